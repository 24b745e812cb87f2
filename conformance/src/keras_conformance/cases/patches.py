"""Images cut into blocks, and pooling to a given size."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import FEW, WIDE_FLOATS, Case, Draw, Sample, args, floating
from keras_conformance.cases.common import MOVES, array, distinct, fails, zeros

_WITHOUT: Final = {"zero_d": "it needs spatial axes", **MOVES}


def _to_depth(x: Any, block_size: int, data_format: str = "channels_last") -> Any:
    n = block_size
    if data_format == "channels_first":
        b, c, h, w = x.shape
        return x.reshape(b, c, h // n, n, w // n, n).transpose(0, 1, 3, 5, 2, 4).reshape(b, c * n * n, h // n, w // n)
    b, h, w, c = x.shape
    return x.reshape(b, h // n, n, w // n, n, c).transpose(0, 1, 3, 2, 4, 5).reshape(b, h // n, w // n, c * n * n)


def _to_space(x: Any, block_size: int, data_format: str = "channels_last") -> Any:
    n = block_size
    if data_format == "channels_first":
        b, c, h, w = x.shape
        return x.reshape(b, c // n**2, n, n, h, w).transpose(0, 1, 4, 2, 5, 3).reshape(b, c // n**2, h * n, w * n)
    b, h, w, c = x.shape
    return x.reshape(b, h, w, n, n, c // n**2).transpose(0, 1, 3, 2, 4, 5).reshape(b, h * n, w * n, c // n**2)


def _two(value: Any) -> tuple[int, int]:
    return tuple(value) if isinstance(value, list | tuple) else (value, value)


def _places(sizes: Any, kernel: Any, dilation: Any, padding: Any, stride: Any) -> list[list[tuple[int, int]]]:
    """Return, for each place of the window, the rows and columns of what it sees."""
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    counts = [(n + 2 * p - s) // t + 1 for n, p, s, t in zip(sizes, padding, spans, stride, strict=True)]
    return [
        [
            (r * stride[0] + i * dilation[0] - padding[0], c * stride[1] + j * dilation[1] - padding[1])
            for i in range(kernel[0])
            for j in range(kernel[1])
        ]
        for r in range(counts[0])
        for c in range(counts[1])
    ]


def _unfold(x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    b, c, h, w = x.shape
    places = _places((h, w), *map(_two, (kernel_size, dilation, padding, stride)))
    result = np.zeros((b, c, len(places[0]), len(places)), x.dtype)
    for column, seen in enumerate(places):
        for row, (i, j) in enumerate(seen):
            if 0 <= i < h and 0 <= j < w:
                result[:, :, row, column] = x[:, :, i, j]
    return result.reshape(b, c * len(places[0]), len(places))


def _fold(x: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    h, w = _two(output_size)
    places = _places((h, w), *map(_two, (kernel_size, dilation, padding, stride)))
    x = x.reshape(x.shape[0], x.shape[1] // len(places[0]), len(places[0]), len(places))
    result = np.zeros((*x.shape[:2], h, w), x.dtype)
    for column, seen in enumerate(places):
        for row, (i, j) in enumerate(seen):
            if 0 <= i < h and 0 <= j < w:
                result[:, :, i, j] += x[:, :, row, column]
    return result


def _adaptive(reduce: Callable[..., Any]) -> Callable[..., Any]:
    def oracle(inputs: Any, output_size: Any, data_format: Any = None) -> Any:
        first = 2 if data_format == "channels_first" else 1
        x = inputs
        sizes = output_size if isinstance(output_size, list | tuple) else (output_size,) * (x.ndim - 2)
        for axis, m in enumerate(sizes, first):
            n = x.shape[axis]
            pieces = [
                reduce(np.take(x, range(math.floor(i * n / m), math.ceil((i + 1) * n / m)), axis), axis, keepdims=True)
                for i in range(m)
            ]
            x = np.concatenate(pieces, axis)
        return x

    return oracle


def _case(name: str, oracle: Any, *samples: Sample, **changes: Any) -> Case:
    return Case(name=name, oracle=oracle, samples=samples, **{"dtypes": FEW, "without": _WITHOUT, **changes})


def _folded(d: Draw) -> Any:
    return args(d.array((2, 8, 9)), 4, 2)


_ADDED: Final = ("int32", "bfloat16", *WIDE_FLOATS)

OPS: Final = (
    _case(
        "space_to_depth",
        _to_depth,
        array(2, 4, 6, 3, rest=(2,)),
        array(1, 3, 6, 1, rest=(3,)),
        array(2, 3, 4, 6, rest=(2,), data_format="channels_first"),
        empty=array(0, 4, 6, 3, rest=(2,)),
        errors=(
            fails(lambda: args(zeros(1, 4, 3, 1), 2), ValueError, "space_to_depth: block_size 2 must divide height"),
            fails(lambda: args(zeros(4, 4), 2), ValueError, "space_to_depth: expected images of rank 4"),
        ),
    ),
    _case(
        "depth_to_space",
        _to_space,
        array(2, 2, 3, 8, rest=(2,)),
        array(1, 1, 2, 9, rest=(3,)),
        array(2, 8, 2, 3, rest=(2,), data_format="channels_first"),
        empty=array(0, 2, 3, 8, rest=(2,)),
        errors=(
            fails(
                lambda: args(zeros(1, 4, 4, 6), 2), ValueError, "depth_to_space: the square of block_size 2 must divide"
            ),
        ),
    ),
    _case(
        "unfold",
        _unfold,
        array(2, 2, 4, 5, rest=(2,)),
        array(1, 1, 5, 5, rest=((3, 2), 2, 1)),
        array(1, 2, 6, 5, rest=((2, 3),), padding=(1, 0), stride=(2, 1)),
        empty=array(0, 2, 4, 4, rest=(2,)),
        errors=(
            fails(
                lambda: args(zeros(1, 1, 2, 2), 3), ValueError, "unfold: a window of kernel_size (3, 3) does not fit"
            ),
            fails(lambda: args(zeros(4, 4), 2), ValueError, "unfold: expected images of shape"),
        ),
    ),
    _case(
        "fold",
        _fold,
        _folded,
        array(1, 6, 6, rest=((5, 5), (3, 2), 2, 1, (2, 2))),
        array(1, 6, 8, rest=((6, 5), (2, 3), 1, (1, 0), (2, 2))),
        array(1, 4, 4, rest=(7, 2), stride=3, padding=0),
        dtypes=_ADDED,
        tolerance=2,
        empty=array(0, 8, 9, rest=(4, 2)),
        errors=(
            fails(lambda: args(zeros(1, 8, 8), 4, 2), ValueError, "fold: expected a tensor of shape (batch, a mul"),
        ),
    ),
    _case(
        "adaptive_average_pool",
        _adaptive(np.mean),
        array(2, 7, 3, rest=(3,)),
        array(2, 5, 4, 2, rest=((2, 3),)),
        array(2, 2, 5, 4, rest=((7, 1),), data_format="channels_first"),
        array(1, 2, 3, 4, 2, rest=(2,)),
        dtypes=("bfloat16", "float16", *WIDE_FLOATS, "int32"),
        out=floating,
        empty=array(0, 5, 3, rest=(2,)),
        errors=(
            fails(lambda: args(zeros(2, 3), 2), ValueError, "adaptive_average_pool: expected inputs of rank 3 to 5"),
            fails(lambda: args(zeros(2, 3, 1), 0), ValueError, "argument 'output_size' must be a positive int"),
        ),
        without={**_WITHOUT, "nonfinite": "a matrix product takes 0 times nan to nan"},
    ),
    _case(
        "adaptive_max_pool",
        _adaptive(np.max),
        distinct(2, 7, 3, rest=(3,)),
        distinct(2, 5, 4, 2, rest=((2, 3),)),
        distinct(2, 2, 5, 4, rest=((7, 1),), data_format="channels_first"),
        dtypes=("uint8", *_ADDED),
        nonfinite=lambda d: args(np.array([1, np.nan, 2, 3, np.inf, 4], d.dtype).reshape(1, 6, 1), 3),
        empty=array(0, 5, 3, rest=(2,)),
        without={"zero_d": _WITHOUT["zero_d"]},
        errors=(fails(lambda: args(zeros(2, 3), 2), ValueError, "adaptive_max_pool: expected inputs of rank 3 to 5"),),
    ),
)
PRIMITIVES: Final = ()
