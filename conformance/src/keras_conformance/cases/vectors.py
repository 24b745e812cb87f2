"""Products of vectors: inner, outer, cross and Kronecker's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import ANY, NUMBERS, Arguments, Case, Draw, Sample, args
from keras_conformance.cases.common import fails, zeros

_DTYPES: Final = ("bool", "uint8", "int32", "int64", "bfloat16", "float16", "float32", "float64", "complex64")


def _pair(first: tuple[int, ...], second: tuple[int, ...], **named: Any) -> Sample:
    return lambda d: args(d.array(first), d.array(second), **named)


def _with_nan(first: tuple[int, ...], second: tuple[int, ...]) -> Sample:
    def sample(d: Draw) -> Arguments:
        x, y = d.array(first), d.array(second)
        x.reshape(-1)[0] = np.nan
        return args(x, y)

    return sample


def _case(name: str, oracle: Callable[..., Any], *samples: Sample, **changes: Any) -> Case:
    settings: dict[str, Any] = {"dtypes": _DTYPES, "tolerance": 2, "zero_d": _pair((), ())}
    return Case(name=name, oracle=oracle, samples=samples, **{**settings, **changes})


def _cross(x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """Say what NumPy says of vectors of size 3, without its deprecated ones of size 2."""
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    x1, x2 = np.moveaxis(x1, axisa, -1), np.moveaxis(x2, axisb, -1)
    both = x1.shape[-1] == x2.shape[-1] == 2
    a, b = (np.concatenate([x, np.zeros_like(x[..., :1])], -1)[..., :3] for x in (x1, x2))
    parts = [a[..., i] * b[..., j] - a[..., j] * b[..., i] for i, j in ((1, 2), (2, 0), (0, 1))]
    return parts[2] if both else np.stack(parts, axisc)


_BAD_VECTORS: Final = (
    fails(lambda: args(zeros(4), zeros(4)), ValueError, "cross: expected vectors of size 2 or 3 along axis 0 of x1"),
    fails(lambda: args(zeros(3), zeros(3, 4)), ValueError, "cross: expected vectors of size 2 or 3 along axis 1 of x2"),
    fails(lambda: args(zeros(3), zeros(3), axis=1), ValueError, "argument 'axis' must be in [-1, 1)"),
    fails(lambda: args(np.ones(3, bool), np.ones(3, bool)), TypeError, "cross: expected numbers, got dtype bool"),
)

OPS: Final = (
    _case(
        "inner",
        np.inner,
        _pair((2, 3), (4, 3)),
        _pair((3,), (3,)),
        _pair((2, 3), (3,)),
        _pair((2, 3), ()),
        nonfinite=_with_nan((2, 3), (4, 3)),
        empty=_pair((2, 0), (3, 0)),
        errors=(fails(lambda: args(zeros(2, 3), zeros(4)), Exception, ""),),
    ),
    _case(
        "vdot",
        np.vdot,
        _pair((2, 3), (2, 3)),
        _pair((3,), (3,)),
        _pair((2, 3), (6,)),
        nonfinite=_with_nan((2, 3), (2, 3)),
        empty=_pair((0,), (0,)),
        errors=(fails(lambda: args(zeros(3), zeros(4)), Exception, ""),),
    ),
    _case(
        "outer",
        np.outer,
        _pair((2,), (3,)),
        _pair((2, 3), (4,)),
        dtypes=ANY,
        nonfinite=_with_nan((2,), (3,)),
        empty=_pair((0,), (3,)),
    ),
    _case(
        "kron",
        np.kron,
        _pair((2, 3), (3, 2)),
        _pair((2,), (3,)),
        _pair((2, 3), (4,)),
        _pair((2,), (2, 1, 3)),
        dtypes=ANY,
        nonfinite=_with_nan((2,), (3,)),
        empty=_pair((0, 2), (3, 2)),
    ),
    _case(
        "cross",
        _cross,
        _pair((2, 3), (2, 3)),
        _pair((3,), (4, 3)),
        _pair((3, 4), (4, 3), axisa=0),
        _pair((3, 4), (4, 3), axisa=0, axisb=1, axisc=0),
        _pair((2, 3, 4), (2, 3, 4), axis=1),
        _pair((4, 3, 2), (4, 2, 3), axisa=1, axisc=1),
        _pair((5, 2), (5, 3)),
        _pair((5, 3), (5, 2)),
        _pair((5, 2), (5, 2)),
        _pair((2, 5), (2, 5), axis=0),
        dtypes=NUMBERS,
        nonfinite=_with_nan((2, 3), (2, 3)),
        empty=_pair((0, 3), (0, 3)),
        zero_d=None,
        without={"zero_d": "it takes vectors"},
        errors=_BAD_VECTORS,
    ),
)
PRIMITIVES: Final[tuple[Case, ...]] = ()
