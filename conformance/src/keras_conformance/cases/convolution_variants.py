"""Convolutions that are made of the ordinary one."""

from __future__ import annotations

import itertools
from typing import Any, Final

import numpy as np

from keras_conformance.case import WIDE_FLOATS, Case, Sample, args, floating
from keras_conformance.cases.common import fails, zeros
from keras_conformance.cases.convolution import _conv, _tuple

_DTYPES: Final = ("bfloat16", "float16", *WIDE_FLOATS, "int32")
_WITHOUT: Final = {
    "zero_d": "it needs spatial axes",
    "nonfinite": "a window spreads one nan or infinity, but how far is "
    "left open where kernels are computed by transforms",
}


def _transposed(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: Any = None,
    dilation_rate: Any = 1,
) -> Any:
    """Add a window for each element, and cut the border off."""
    x = np.moveaxis(inputs, 1, -1) if data_format == "channels_first" else inputs
    x, kernel = x.astype(np.float64), kernel.astype(np.float64)
    rank = x.ndim - 2
    strides, dilation = _tuple(strides, rank), _tuple(dilation_rate, rank)
    spans = [(k - 1) * d + 1 for k, d in zip(kernel.shape[:-2], dilation, strict=True)]
    full = [(n - 1) * s + span for n, s, span in zip(x.shape[1:-1], strides, spans, strict=True)]
    wanted = []
    for axis, (n, s, span) in enumerate(zip(x.shape[1:-1], strides, spans, strict=True)):
        if output_padding is not None:
            border = span // 2 if padding == "same" else 0
            wanted.append((n - 1) * s + span - 2 * border + _tuple(output_padding, rank)[axis])
        else:
            wanted.append(n * s + (max(span - s, 0) if padding == "valid" else 0))
    total = np.zeros((x.shape[0], *(max(f, w) + f for f, w in zip(full, wanted, strict=True)), kernel.shape[-2]))
    for place in itertools.product(*map(range, x.shape[1:-1])):
        for tap in itertools.product(*map(range, kernel.shape[:-2])):
            at = tuple(p * s + t * d for p, s, t, d in zip(place, strides, tap, dilation, strict=True))
            total[(slice(None), *at)] += x[(slice(None), *place)] @ kernel[tap].T
    starts = [max(f - w, 0) // 2 for f, w in zip(full, wanted, strict=True)]
    cut = tuple(slice(start, start + w) for start, w in zip(starts, wanted, strict=True))
    result = total[(slice(None), *cut)]
    return np.moveaxis(result, -1, 1) if data_format == "channels_first" else result


def _depthwise(
    inputs: Any, kernel: Any, strides: Any = 1, padding: Any = "valid", data_format: Any = None, dilation_rate: Any = 1
) -> Any:
    joined = kernel.reshape(*kernel.shape[:-2], 1, -1)
    return _conv(inputs, joined, strides, padding, data_format, dilation_rate)


def _separable(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: Any = None,
    dilation_rate: Any = 1,
) -> Any:
    x = _depthwise(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return _conv(x, pointwise_kernel, 1, "valid", data_format)


def _with(inputs: tuple[int, ...], *kernels: tuple[int, ...], **named: Any) -> Sample:
    return lambda d: args(d.array(inputs, -2, 2), *(d.array(kernel, -2, 2) for kernel in kernels), **named)


def _case(name: str, oracle: Any, *samples: Sample, **changes: Any) -> Case:
    return Case(
        name=name,
        oracle=oracle,
        samples=samples,
        **{"dtypes": _DTYPES, "out": floating, "without": _WITHOUT, "tolerance": 8, **changes},
    )


OPS: Final = (
    _case(
        "conv_transpose",
        _transposed,
        _with((2, 4, 3), (3, 2, 3), strides=2),
        _with((2, 4, 3), (3, 2, 3), padding="same"),
        _with((1, 3, 2, 2), (4, 3, 3, 2), strides=(3, 2), padding="same"),
        _with((1, 3, 4, 2), (2, 3, 3, 2), strides=(3, 1)),
        _with((1, 3, 2), (5, 1, 2), strides=2, padding="same", output_padding=0),
        _with((1, 3, 2), (3, 1, 2), strides=2, padding="same", output_padding=1),
        _with((1, 3, 2), (4, 1, 2), strides=3, output_padding=2),
        _with((1, 3, 2), (1, 1, 2), strides=3, output_padding=0),
        _with((1, 5, 2), (3, 1, 2), dilation_rate=2),
        _with((1, 5, 2), (3, 1, 2), dilation_rate=2, padding="same"),
        _with((1, 2, 3, 4), (3, 2, 5, 2), strides=2, padding="same", data_format="channels_first"),
        _with((1, 2, 3, 2, 1), (2, 2, 2, 2, 1), strides=2),
        empty=_with((0, 4, 3), (3, 2, 3)),
        errors=(
            fails(
                lambda: args(zeros(1, 4, 3), zeros(3, 3, 2)), ValueError, "conv_transpose: expected inputs of rank 3"
            ),
            fails(
                lambda: args(zeros(1, 4, 3), zeros(3, 2, 3), 2, "valid", 2),
                ValueError,
                "conv_transpose: argument 'output_padding' must be an int",
            ),
            fails(lambda: args(zeros(1, 4, 3), zeros(3, 2, 3), 2, "full"), ValueError, "argument 'padding' must be"),
        ),
    ),
    _case(
        "depthwise_conv",
        _depthwise,
        _with((2, 6, 3), (3, 3, 2), strides=2, padding="same"),
        _with((2, 5, 4, 3), (3, 2, 3, 1)),
        _with((2, 2, 5, 4), (3, 2, 2, 2), data_format="channels_first", padding="same"),
        _with((1, 7, 2), (3, 2, 1), dilation_rate=2),
        empty=_with((0, 6, 3), (3, 3, 2)),
        errors=(fails(lambda: args(zeros(1, 4, 3), zeros(3, 2, 1)), ValueError, "depthwise_conv: expected inputs of"),),
    ),
    _case(
        "separable_conv",
        _separable,
        _with((2, 6, 3), (3, 3, 2), (1, 6, 4), strides=2, padding="same"),
        _with((2, 5, 4, 2), (3, 2, 2, 1), (1, 1, 2, 3)),
        _with((2, 2, 5, 4), (3, 2, 2, 2), (1, 1, 4, 2), data_format="channels_first"),
        empty=_with((0, 6, 3), (3, 3, 1), (1, 3, 2)),
        tolerance=24,
        errors=(
            fails(
                lambda: args(zeros(1, 4, 3), zeros(3, 3, 2), zeros(1, 3, 4)),
                ValueError,
                "separable_conv: argument 'pointwise_kernel' must have shape (1, 6, filters)",
            ),
        ),
    ),
)
PRIMITIVES: Final = ()
