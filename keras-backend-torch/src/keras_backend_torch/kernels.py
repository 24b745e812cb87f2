"""Composite ops that torch computes natively; `docs/internals.md` of core has the table of their arguments.

A kernel answers `NotImplemented` where torch would compute something else, or nothing at all.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import repeat
from types import MappingProxyType
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor

from keras_backend_torch.host import DTYPES, current_device, is_functional, is_tracing, is_transformed
from keras_backend_torch.transforms import differentiation_depth
from keras_backend_torch.updates import UPDATES
from keras_core.contract import or_else

Ints = tuple[int, ...]
Maybe = Tensor | None
Pairs = Sequence[tuple[int, int]]


def _give_way(error: RuntimeError, x: Any, *_: Any) -> Any:
    """Leave integers and bools that torch has no kernel for to the composite."""
    if isinstance(x, Tensor) and not (x.is_floating_point() or x.is_complex()):
        return NotImplemented
    raise error


# activations and reductions


def _logsumexp(x: Tensor, axis: Ints | None, keepdims: bool) -> Tensor:
    # Of nothing but -inf torch's derivative is nan; sums of float16 overflow; () stands for all axes.
    if axis == () or x.requires_grad or x.dtype is torch.float16:
        return NotImplemented
    return torch.logsumexp(x, tuple(range(x.ndim)) if axis is None else axis, keepdims)


def _mean(x: Tensor, axis: Ints | None, keepdims: bool, mean: Callable[..., Tensor] = torch.mean) -> Tensor:
    # No axis is faster than None, and an int than a tuple of one; () would stand for all axes.
    if axis is None:
        return mean(x, None, True) if keepdims else mean(x)
    if len(axis) == 1:
        return mean(x, axis[0], keepdims)
    return mean(x, axis, keepdims) if axis else NotImplemented


# shape and indexing


def _pad(x: Tensor, pad_width: Pairs, mode: str, constant_values: Any) -> Tensor:
    if mode != "constant" or not isinstance(constant_values, bool | int | float | None):
        return NotImplemented
    return _pad_spatial(x, pad_width, constant_values)


# convolution and pooling: torch wants channels at axis 1; a view of the channels_last tensor has the memory format
# "channels_last" of torch, so that nothing is copied

_CONVOLUTIONS: Final = MappingProxyType({1: F.conv1d, 2: F.conv2d, 3: F.conv3d})
_MAX_POOLS: Final = MappingProxyType({1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d})
_AVERAGE_POOLS: Final = MappingProxyType({1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d})


def _pad_spatial(x: Tensor, padding: Pairs, value: Any) -> Tensor:
    return F.pad(x, [width for pair in reversed(padding) for width in pair], value=value)


def _fits(padding: Pairs, limits: Iterable[float]) -> bool:
    return all(low == high <= limit for (low, high), limit in zip(padding, limits, strict=False))


def _over_windows(
    inputs: Tensor,
    padding: Pairs,
    data_format: str,
    limits: Iterable[float],
    fill: float,
    compute: Callable[..., Tensor],
) -> Tensor:
    """Return `compute(x, widths)` of the inputs with channels at axis 1, padded before where torch would refuse to."""
    x = inputs.movedim(-1, 1) if data_format == "channels_last" else inputs
    widths = [low for low, _ in padding]
    if not _fits(padding, limits):
        x, widths = _pad_spatial(x, padding, fill), [0] * len(widths)
    outputs = compute(x, widths)
    return outputs.movedim(1, -1) if data_format == "channels_last" else outputs


def _conv(
    inputs: Tensor, kernel: Tensor, strides: Ints, padding: Pairs | str, data_format: str, dilation_rate: Ints
) -> Tensor:
    rank = len(strides)
    if isinstance(padding, str) or rank not in _CONVOLUTIONS:
        return NotImplemented
    weight = kernel.permute(rank + 1, rank, *range(rank))

    def convolve(x: Tensor, widths: list[int]) -> Tensor:
        return _CONVOLUTIONS[rank](x, weight, None, strides, widths, dilation_rate, x.shape[1] // kernel.shape[-2])

    return _over_windows(inputs, padding, data_format, repeat(math.inf), 0.0, convolve)


def _pool(pools: Mapping[int, Callable[..., Tensor]], *options: bool) -> Callable[..., Tensor]:
    """Return the kernel of a pooling; `options` are those by which an average does not count what is padded."""

    def kernel(inputs: Tensor, pool_size: Ints, strides: Ints, padding: Pairs | str, data_format: str) -> Tensor:
        if isinstance(padding, str) or len(pool_size) not in pools:
            return NotImplemented
        pool, limits = pools[len(pool_size)], [size // 2 for size in pool_size]
        if options and (not inputs.is_floating_point() or not _fits(padding, limits)):
            return NotImplemented  # it would count what was padded before
        lowest = -math.inf if inputs.is_floating_point() else torch.iinfo(inputs.dtype).min
        return _over_windows(
            *(inputs, padding, data_format, limits, lowest),
            lambda x, widths: pool(x, pool_size, strides, widths, *options),
        )

    return kernel


# normalization and attention


def _batch_normalization(
    x: Tensor, mean: Tensor, variance: Tensor, axis: int, offset: Maybe, scale: Maybe, epsilon: float
) -> Tensor:
    # torch takes mean and variance for constants; where they are functions of x the composite differentiates them.
    if mean.requires_grad or variance.requires_grad or is_transformed() or x.ndim < 2 or axis == 0 or mean.ndim != 1:
        return NotImplemented
    y = F.batch_norm(x.movedim(axis, 1), mean, variance, scale, offset, False, 0.0, epsilon)
    return y.movedim(1, axis)


def _layer_normalization(x: Tensor, gamma: Maybe, beta: Maybe, axis: Ints, epsilon: float) -> Tensor:
    if not axis or axis != tuple(range(x.ndim - len(axis), x.ndim)):
        return NotImplemented
    return torch.layer_norm(x, x.shape[axis[0] :], gamma, beta, epsilon)


def _dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    bias: Maybe,
    mask: Maybe,
    scale: float,
    is_causal: bool,
    flash_attention: bool | None,
    attn_logits_soft_cap: float | None = None,
) -> Tensor:
    if attn_logits_soft_cap is not None or query.shape[2] != key.shape[2]:
        return NotImplemented
    if differentiation_depth() > 1 or is_transformed():
        return NotImplemented  # torch's fused attention has no second and no forward derivative
    if is_causal and (mask is not None or bias is not None):
        triangle = torch.ones((query.shape[1], key.shape[1]), dtype=torch.bool, device=query.device).tril()
        mask = triangle if mask is None else mask & triangle
        is_causal = False
    if mask is not None:
        # A row without any key becomes the mean of the values: its query and bias are 0. A huge number in place of -inf
        # would lose the logarithm of how many they are, by which the derivative is divided.
        some = mask.any(-1, keepdim=True)
        query = torch.where(some, query.transpose(1, 2), 0.0).transpose(1, 2)
        allowed = torch.zeros((), dtype=query.dtype, device=query.device) if bias is None else bias
        bias = torch.where(some, torch.where(mask, allowed, -math.inf), 0.0)
    attended = F.scaled_dot_product_attention(
        query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), bias, 0.0, is_causal, scale=scale
    )
    return attended.transpose(1, 2)


# losses


def _sparse_categorical_crossentropy(target: Tensor, output: Tensor, from_logits: bool, axis: int) -> Tensor:
    is_usual = from_logits and axis in (-1, output.ndim - 1) and target.ndim == output.ndim - 1 > 0
    if not is_usual or target.is_floating_point() or not output.is_floating_point():
        return NotImplemented
    rows = output if output.ndim == 2 else output.reshape(-1, output.shape[-1])
    labels = target.to(torch.int64).reshape(-1)
    try:
        losses = F.cross_entropy(rows, labels, reduction="none", ignore_index=_NO_LABEL)
    except (IndexError, RuntimeError):  # labels that count from the end or are out of range
        return NotImplemented
    return losses.reshape(target.shape)


_NO_LABEL: Final = torch.iinfo(torch.int64).min

# recurrent layers


def _recurrent(function: Callable[..., Any], order: Sequence[int] | None = None) -> Callable[..., Any]:
    """Return the kernel for a recurrent layer of torch, whose gates may stand in another order."""

    def kernel(sequences: Tensor, *arguments: Any) -> tuple[Tensor, ...]:
        if differentiation_depth() > 1 or is_transformed() or sequences.dtype.itemsize < 4 or 0 in sequences.shape:
            return NotImplemented  # oneDNN's layers have one derivative only, and no layer of torch takes nothing
        *states, kernel, recurrent_kernel, bias, return_sequences = arguments
        biases = () if bias is None else bias if bias.ndim == 2 else (bias, torch.zeros_like(bias))
        weights = [kernel.T, recurrent_kernel.T, *biases]
        if order is not None:
            parts = [weight.chunk(len(order)) for weight in weights]
            weights = [torch.cat([chunks[gate] for gate in order]) for chunks in parts]
        first = [state[None] for state in states]
        more = weights, bias is not None, 1, 0.0, True, False, True
        # A step of torch takes a fifth longer where derivatives might be wanted, also where none is.
        learns = torch.is_grad_enabled() and any(x.requires_grad for x in (sequences, *states, *weights))
        with torch.set_grad_enabled(learns):
            outputs, *last = function(sequences, first if len(first) > 1 else first[0], *more)
        return (*(state[0] for state in last), *[outputs] * return_sequences)

    return kernel


# random numbers


def _generator(seed: Tensor, device: torch.device) -> torch.Generator:
    first, second = seed.tolist()
    # The generator of the CPU reads 32 bits only, so each must depend on both words (the mixing of SplitMix64).
    mixed = (first << 32 | second) + 0x9E3779B97F4A7C15
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % 2**64
    return torch.Generator(device=device).manual_seed(mixed ^ mixed >> 31)


def _random(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def draw(seed: Tensor, shape: Sequence[int], dtype: torch.dtype, device: torch.device) -> Tensor:
        return function(shape, generator=_generator(seed, device), dtype=dtype, device=device)

    @cache
    def traced_draw() -> Callable[..., Tensor]:
        # One opaque op, since a traced seed has no value; so compiled numbers are the eager ones.
        op = torch.library.custom_op(f"keras_backend_torch::{function.__name__}", draw, mutates_args=())
        op.register_fake(lambda seed, shape, dtype, device: torch.empty(shape, dtype=dtype, device=device))
        return op

    def kernel(shape: Ints, dtype: str, seed: Tensor) -> Tensor:
        native = DTYPES[dtype]
        if not native.is_floating_point or native.itemsize < 2 or is_functional():
            return NotImplemented
        return (traced_draw() if is_tracing() else draw)(seed, shape, native, current_device())

    return kernel


_SAME_IN_TORCH: Final = (
    *("rsqrt", "reciprocal", "log2", "log10", "erf", "erfinv", "lgamma", "digamma", "logaddexp", "selu", "sigmoid"),
    *("celu", "softmax", "log_softmax", "stack"),
)
_SAME_BUT_FOR_INTEGERS: Final = MappingProxyType(
    {"clip": torch.clamp, "roll": torch.roll, "pad": _pad}
    | {"relu": torch.relu, "tensordot": torch.tensordot, "conv": _conv, "max_pool": _pool(_MAX_POOLS)}
    | {"scatter_add": lambda x, at, updates: torch.index_add(x, 0, at.to(torch.int64), updates)}
    | {"scatter_add_along_axis": lambda x, at, updates, axis: torch.scatter_add(x, axis, at.to(torch.int64), updates)}
)

KERNELS: Final = MappingProxyType(
    {name: getattr(torch, name) for name in _SAME_IN_TORCH}
    | {name: or_else(kernel, _give_way, name == "relu") for name, kernel in _SAME_BUT_FOR_INTEGERS.items()}
    | {"relu6": F.relu6, "leaky_relu": F.leaky_relu, "elu": F.elu}
    | {"silu": F.silu, "log_sigmoid": F.logsigmoid, "hard_silu": F.hardswish}  # hardsigmoid has no second derivative
    | {
        "softplus": lambda x: F.softplus(x, 1.0, 50.0),  # linear above 50: exact in float64 too
        "eigen_decomposition": lambda x: tuple(torch.linalg.eig(x)),
        # oneDNN, below torch, answers nan for gelu(inf, approximate=False) in float32 and bfloat16.
        "gelu": lambda x, approximate: F.gelu(x, approximate="tanh" if approximate else "none"),
        "logsumexp": _logsumexp,
        "mean": _mean,
        "split": lambda x, at, axis: list(torch.tensor_split(x, at, axis)),
        "einsum": or_else(
            torch.einsum, lambda *_: NotImplemented
        ),  # the composite knows unsigned integers, says what is wrong
        # torch has no such pooling of volumes in float16.
        "average_pool": or_else(_pool(_AVERAGE_POOLS, False, False), lambda *_: NotImplemented),
        "batch_normalization": _batch_normalization,
        "layer_normalization": _layer_normalization,
        "lstm": _recurrent(torch.lstm),
        "gru": _recurrent(torch.gru, (1, 0, 2)),
        "sparse_categorical_crossentropy": _sparse_categorical_crossentropy,
        "dot_product_attention": _dot_product_attention,
        "random_uniform": _random(torch.rand),
        "random_normal": _random(torch.randn),
        **UPDATES,
    }
)
