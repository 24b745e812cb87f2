"""Composite ops that torch computes natively; `docs/internals.md` of core has the table of their arguments.

A kernel answers `NotImplemented` where torch would compute something else, or nothing at all.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor

from keras_backend_torch.host import DTYPES, current_device, is_functional, is_tracing
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


def _repeat(x: Tensor, repeats: int | Ints, axis: int | None) -> Tensor:
    counts = repeats if isinstance(repeats, int) else torch.tensor(repeats, device=x.device)
    return torch.repeat_interleave(x, counts, axis)


def _reduction(function: Callable[..., Tensor], but_for: torch.dtype | None = None) -> Callable[..., Tensor]:
    def kernel(x: Tensor, axis: Ints | None, keepdims: bool) -> Tensor:
        if axis == () or x.dtype is but_for:  # torch takes () for all axes
            return NotImplemented
        return function(x, tuple(range(x.ndim)) if axis is None else axis, keepdims)

    return kernel


def _mean(x: Tensor, axis: Ints | None, keepdims: bool, mean: Callable[..., Tensor] = torch.mean) -> Tensor:
    # torch takes one int faster than a tuple of one, and () for all axes. Its module is slow to look a name up in.
    if axis is None:
        return mean(x, None, keepdims)
    if len(axis) == 1:
        return mean(x, axis[0], keepdims)
    return mean(x, axis, keepdims) if axis else NotImplemented


def _spread(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def kernel(x: Tensor, axis: Ints, keepdims: bool) -> Tensor:
        return function(x, axis, correction=0, keepdim=keepdims) if x.numel() else NotImplemented

    return _reduction(kernel)


def _einsum(subscripts: str, *operands: Tensor) -> Tensor:
    try:
        return torch.einsum(subscripts, *operands)
    except RuntimeError:
        return NotImplemented  # the composite knows unsigned integers, or says what is wrong


# shape and indexing


def _pad(x: Tensor, pad_width: Pairs, mode: str, constant_values: Any) -> Tensor:
    if mode != "constant" or not isinstance(constant_values, bool | int | float | None):
        return NotImplemented
    return _pad_spatial(x, pad_width, constant_values)


def _one_hot(x: Tensor, num_classes: int, axis: int, dtype: str, sparse: bool) -> Tensor:
    if sparse or x.is_floating_point() or is_tracing():
        return NotImplemented
    index = x.to(torch.int64).unsqueeze(-1)
    hot = ((index >= 0) & (index < num_classes)).to(DTYPES[dtype])
    encoded = torch.zeros((*x.shape, num_classes), dtype=DTYPES[dtype], device=x.device)
    if num_classes:
        encoded.scatter_(-1, index.clamp(0, num_classes - 1), hot)
    return encoded.movedim(-1, axis)


def _top_k(x: Tensor, k: int, sorted: bool, is_stable: bool = False) -> tuple[Tensor, Tensor]:
    # torch.topk does not promise the first of equal elements.
    values, indices = torch.sort(x, dim=-1, descending=True, stable=True)
    return values[..., :k], indices[..., :k].to(torch.int32)


# convolution and pooling: torch wants channels at axis 1; a view of the channels_last tensor has the memory format
# "channels_last" of torch, so that nothing is copied

_CONVOLUTIONS: Final = MappingProxyType({1: F.conv1d, 2: F.conv2d, 3: F.conv3d})
_MAX_POOLS: Final = MappingProxyType({1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d})
_AVERAGE_POOLS: Final = MappingProxyType({1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d})


def _channels_first(x: Tensor, data_format: str) -> Tensor:
    return x.movedim(-1, 1) if data_format == "channels_last" else x


def _in_format(x: Tensor, data_format: str) -> Tensor:
    return x.movedim(1, -1) if data_format == "channels_last" else x


def _symmetric(padding: Pairs, limits: Sequence[int] | None = None) -> list[int] | None:
    """Return one width an axis where both sides have it, and none is above its limit; else None."""
    if any(low != high for low, high in padding):
        return None
    if limits is not None and any(low > limit for (low, _), limit in zip(padding, limits, strict=True)):
        return None
    return [low for low, _ in padding]


def _pad_spatial(x: Tensor, padding: Pairs, value: Any) -> Tensor:
    return F.pad(x, [width for pair in reversed(padding) for width in pair], value=value)


def _conv(
    inputs: Tensor, kernel: Tensor, strides: Ints, padding: Pairs | str, data_format: str, dilation_rate: Ints
) -> Tensor:
    rank = len(strides)
    if isinstance(padding, str) or rank not in _CONVOLUTIONS:
        return NotImplemented
    x = _channels_first(inputs, data_format)
    groups = x.shape[1] // kernel.shape[-2]
    weight = kernel.permute(rank + 1, rank, *range(rank))
    widths = _symmetric(padding)
    if widths is None:
        x, widths = _pad_spatial(x, padding, 0.0), [0] * rank
    return _in_format(_CONVOLUTIONS[rank](x, weight, None, strides, widths, dilation_rate, groups), data_format)


def _max_pool(inputs: Tensor, pool_size: Ints, strides: Ints, padding: Pairs | str, data_format: str) -> Tensor:
    rank = len(pool_size)
    if isinstance(padding, str) or rank not in _MAX_POOLS:
        return NotImplemented
    x = _channels_first(inputs, data_format)
    widths = _symmetric(padding, [size // 2 for size in pool_size])
    if widths is None:
        lowest = -math.inf if x.is_floating_point() else torch.iinfo(x.dtype).min
        x, widths = _pad_spatial(x, padding, lowest), [0] * rank
    return _in_format(_MAX_POOLS[rank](x, pool_size, strides, widths), data_format)


def _average_pool(inputs: Tensor, pool_size: Ints, strides: Ints, padding: Pairs | str, data_format: str) -> Tensor:
    rank = len(pool_size)
    if isinstance(padding, str) or rank not in _AVERAGE_POOLS or not inputs.is_floating_point():
        return NotImplemented
    if rank == 3 and inputs.dtype.itemsize == 2 and inputs.device.type == "cpu":
        return NotImplemented  # torch has no such pooling
    pool = _AVERAGE_POOLS[rank]
    x = _channels_first(inputs, data_format)
    widths = _symmetric(padding, [size // 2 for size in pool_size])
    if widths is not None:
        return _in_format(pool(x, pool_size, strides, widths, False, False), data_format)
    inside = torch.ones((1, 1, *x.shape[2:]), dtype=x.dtype, device=x.device)
    share = pool(_pad_spatial(inside, padding, 0.0), pool_size, strides)
    return _in_format(pool(_pad_spatial(x, padding, 0.0), pool_size, strides) / share, data_format)


# normalization and attention


def _batch_normalization(
    x: Tensor, mean: Tensor, variance: Tensor, axis: int, offset: Maybe, scale: Maybe, epsilon: float
) -> Tensor:
    # torch takes mean and variance for constants; where they are functions of x the composite differentiates them.
    if mean.requires_grad or variance.requires_grad or is_tracing() or x.ndim < 2 or axis == 0 or mean.ndim != 1:
        return NotImplemented
    y = F.batch_norm(x.movedim(axis, 1), mean, variance, scale, offset, False, 0.0, epsilon)
    return y.movedim(1, axis)


def _over_last_axes(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def kernel(x: Tensor, *arguments: Any) -> Tensor:
        *parameters, axis, epsilon = arguments
        if not axis or axis != tuple(range(x.ndim - len(axis), x.ndim)):
            return NotImplemented
        return function(x, x.shape[axis[0] :], *parameters, epsilon)

    return kernel


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
    if differentiation_depth() > 1 or is_tracing():
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


# recurrent layers


def _recurrent(function: Callable[..., Any], order: Sequence[int] | None = None) -> Callable[..., Any]:
    """Return the kernel for a recurrent layer of torch, whose gates may stand in another order."""

    def kernel(sequences: Tensor, *arguments: Any) -> tuple[Tensor, ...]:
        if differentiation_depth() > 1 or is_tracing() or sequences.dtype.itemsize < 4 or 0 in sequences.shape:
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
    {"square": torch.square, "clip": torch.clamp, "repeat": _repeat, "roll": torch.roll, "pad": _pad}
    | {"relu": torch.relu, "tensordot": torch.tensordot, "top_k": _top_k, "conv": _conv, "max_pool": _max_pool}
    | {"scatter_add": lambda x, at, updates: torch.index_add(x, 0, at.to(torch.int64), updates)}
    | {"scatter_add_along_axis": lambda x, at, updates, axis: torch.scatter_add(x, axis, at.to(torch.int64), updates)}
)

KERNELS: Final = MappingProxyType(
    {name: getattr(torch, name) for name in _SAME_IN_TORCH}
    | {name: or_else(kernel, _give_way, name == "relu") for name, kernel in _SAME_BUT_FOR_INTEGERS.items()}
    | {"relu6": F.relu6, "leaky_relu": F.leaky_relu, "softsign": F.softsign, "elu": F.elu}
    | {"silu": F.silu, "log_sigmoid": F.logsigmoid, "hard_silu": F.hardswish}  # hardsigmoid has no second derivative
    | {
        "softplus": lambda x: F.softplus(x, 1.0, 50.0),  # linear above 50: exact in float64 too
        "eigen_decomposition": lambda x: tuple(torch.linalg.eig(x)),
        # oneDNN, below torch, answers nan for gelu(inf, approximate=False) in float32 and bfloat16.
        "gelu": lambda x, approximate: F.gelu(x, approximate="tanh" if approximate else "none"),
        # Of nothing but -inf torch's derivative is nan; sums of float16 overflow.
        "logsumexp": _reduction(
            lambda x, *how: NotImplemented if x.requires_grad else torch.logsumexp(x, *how), but_for=torch.float16
        ),
        "mean": _mean,
        "var": _spread(torch.var),
        "std": _spread(torch.std),
        "split": lambda x, at, axis: list(torch.tensor_split(x, at, axis)),
        "einsum": _einsum,
        "one_hot": _one_hot,
        "average_pool": _average_pool,
        "batch_normalization": _batch_normalization,
        "layer_normalization": _over_last_axes(torch.layer_norm),
        "rms_normalization": _over_last_axes(torch.rms_norm),
        "lstm": _recurrent(torch.lstm),
        "gru": _recurrent(torch.gru, (1, 0, 2)),
        "dot_product_attention": _dot_product_attention,
        "random_uniform": _random(torch.rand),
        "random_normal": _random(torch.randn),
        **UPDATES,
    }
)
