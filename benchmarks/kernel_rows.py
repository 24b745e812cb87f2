"""The calls on which kernels are compared with composites: for each op, arguments of three realistic sizes.

Arguments are described: a tuple of ints is the shape of a float32 tensor, the classes below are other arguments.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Ints:
    """Tensor of int32 below `high`."""

    shape: tuple[int, ...]
    high: int


@dataclass(frozen=True)
class Complex:
    """Tensor of complex64."""

    shape: tuple[int, ...]


@dataclass(frozen=True)
class Number:
    """Scalar tensor of float32."""

    value: float


@dataclass(frozen=True)
class Many:
    """List of float32 tensors."""

    shapes: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Static:
    """An argument that is no tensor."""

    value: Any


class Seed:
    """What random numbers start from."""


@dataclass(frozen=True)
class Row:
    """One op: `call(op, *tensors)`, and the descriptions of the tensors for each size."""

    call: Callable[..., Any]
    sizes: tuple[tuple[Any, ...], ...]


def draw(description: Any, generator: np.random.Generator) -> Any:
    """Return the array, or list of arrays, of a description; floats lie between 0.1 and 0.9."""
    match description:
        case Ints(shape, high):
            return generator.integers(0, high, shape, "int32")
        case Complex(shape):
            return generator.normal(size=shape).astype("complex64")
        case Number(value):
            return np.array(value, "float32")
        case Many(shapes):
            return [draw(shape, generator) for shape in shapes]
        case Seed():
            return np.array([1, 2], "uint32")
    return generator.uniform(0.1, 0.9, description).astype("float32")


MATRICES = ((4, 4), (128, 256), (512, 1024))
IMAGES = ((1, 8, 8, 4), (4, 32, 32, 16), (8, 64, 64, 32))
SEQUENCES = ((1, 8, 8, 8), (32, 50, 64, 64), (64, 100, 128, 128))
"""Batch, time, features, units."""
ATTENTION = ((1, 8, 2, 8), (2, 128, 4, 32), (2, 512, 8, 64))
WEIGHTS = (
    ((4, 4), (4,)),
    ((128, 256), (256,), (256, 10), (10,)),
    ((3, 3, 64, 128), (128,), (2048, 512), (512,), (512, 10), (10,)),
)


def _one(call: Callable[..., Any] = lambda op, x: op(x), shapes: Any = MATRICES) -> Row:
    return Row(call, tuple((shape,) for shape in shapes))


def _alike(count: int, call: Callable[..., Any]) -> Row:
    return Row(call, tuple((shape,) * count for shape in MATRICES))


def _last_axis(count: int, call: Callable[..., Any]) -> Row:
    """`count` more tensors have the shape of the last axis."""
    return Row(call, tuple((shape, *(shape[-1:],) * count) for shape in MATRICES))


def _update(lists: int, call: Callable[..., Any], *scalars: Number) -> Row:
    return Row(call, tuple((*(Many(shapes),) * lists, *scalars) for shapes in WEIGHTS))


def _recurrent(states: int, gates: int, bias: Callable[[int], tuple[int, ...]]) -> Row:
    def arguments(batch: int, time: int, features: int, units: int) -> tuple[Any, ...]:
        columns = gates * units
        return (batch, time, features), *((batch, units),) * states, (features, columns), (units, columns), bias(units)

    return Row(lambda op, *args: op(*args), tuple(arguments(*sizes) for sizes in SEQUENCES))


_ELEMENTWISE = (
    *("square", "rsqrt", "reciprocal", "log2", "log10", "erf", "erfinv", "lgamma", "digamma"),
    *("relu", "relu6", "selu", "silu", "softplus", "softsign", "sigmoid", "log_sigmoid", "hard_sigmoid", "hard_silu"),
    *("leaky_relu", "elu", "celu", "gelu", "softmax", "log_softmax"),
)
_RANDOM = Row(lambda op, shape, seed: op(shape, "float32", seed), tuple((Static(x), Seed()) for x in MATRICES))
_REDUCTIONS = ("mean", "var", "std", "logsumexp")

ROWS: dict[str, Row] = {
    **{name: _one() for name in _ELEMENTWISE},
    **{name: _one(lambda op, x: op(x, -1)) for name in _REDUCTIONS},
    "logaddexp": _alike(2, lambda op, x, y: op(x, y)),
    "clip": _one(lambda op, x: op(x, 0.3, 0.6)),
    "stack": _alike(4, lambda op, *xs: op(list(xs), 1)),
    "split": _one(lambda op, x: op(x, 4, -1)),
    "tile": _one(lambda op, x: op(x, (1, 2))),
    "repeat": _one(lambda op, x: op(x, 2, 0)),
    "roll": _one(lambda op, x: op(x, 1, 0)),
    "pad": _one(lambda op, x: op(x, ((1, 1), (2, 2)))),
    "einsum": Row(lambda op, x, y: op("bqhd,bkhd->bhqk", x, y), tuple((shape, shape) for shape in ATTENTION)),
    "tensordot": Row(
        lambda op, x, y: op(x, y, 1), (((4, 4), (4, 4)), ((4, 64, 128), (128, 64)), ((16, 128, 256), (256, 256)))
    ),
    "one_hot": Row(lambda op, x: op(x, 100), tuple((Ints((size,), 100),) for size in (4, 1024, 16384))),
    "sparse_categorical_crossentropy": Row(
        lambda op, target, output: op(target, output, True),
        tuple((Ints((size,), 100), (size, 100)) for size in (4, 128, 4096)),
    ),
    "top_k": _one(lambda op, x: op(x, 3)),
    "eigen_decomposition": Row(lambda op, x: op(x), tuple((Complex((size, size)),) for size in (3, 8, 24))),
    "det": Row(lambda op, x: op(x), tuple(((size, size),) for size in (3, 16, 128))),
    "scatter_add": Row(
        lambda op, x, at, new: op(x, at, new),
        (
            ((4, 4), Ints((4,), 4), (4, 4)),
            ((128, 64), Ints((256,), 128), (256, 64)),
            ((10000, 64), Ints((2048,), 10000), (2048, 64)),
        ),
    ),
    "scatter_add_along_axis": Row(
        lambda op, x, at, new: op(x, at, new, 1),
        tuple(((n, m), Ints((n, k), m), (n, k)) for n, m, k in ((4, 4, 2), (128, 64, 8), (2048, 128, 16))),
    ),
    "conv": Row(
        lambda op, x, kernel: op(x, kernel, 1, "same"),
        tuple((shape, (3, 3, shape[-1], shape[-1])) for shape in IMAGES),
    ),
    "max_pool": _one(lambda op, x: op(x, 2), IMAGES),
    "average_pool": _one(lambda op, x: op(x, 2), IMAGES),
    "batch_normalization": Row(
        lambda op, x, *rest: op(x, rest[0], rest[1], -1, rest[2], rest[3]),
        tuple((shape, *(shape[-1:],) * 4) for shape in IMAGES),
    ),
    "layer_normalization": _last_axis(2, lambda op, x, gamma, beta: op(x, gamma, beta)),
    "rms_normalization": _last_axis(1, lambda op, x, scale: op(x, scale)),
    "dot_product_attention": Row(lambda op, *qkv: op(*qkv), tuple((shape,) * 3 for shape in ATTENTION)),
    "lstm": _recurrent(2, 4, lambda units: (4 * units,)),
    "gru": _recurrent(1, 3, lambda units: (2, 3 * units)),
    "random_uniform": _RANDOM,
    "random_normal": _RANDOM,
    "sgd_update": _update(2, lambda op, *args: op(*args), Number(0.1)),
    "momentum_update": _update(3, lambda op, *args: op(*args, 0.9, False), Number(0.1)),
    "adam_update": _update(4, lambda op, *args: op(*args[:-1], 0.9, 0.999, 1e-7, args[-1]), Number(0.1), Number(3.0)),
}
"""What is called for each op that some backend has a kernel for."""
