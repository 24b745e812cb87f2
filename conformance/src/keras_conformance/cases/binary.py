"""Elementwise ops and primitives of two tensors and more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from keras_conformance.case import (
    ANY,
    FLOATS,
    INEXACT,
    INTEGERS,
    NUMBERS,
    REAL,
    Arguments,
    Case,
    Draw,
    Sample,
    args,
    floating,
    host_dtype,
    number,
)
from keras_conformance.cases.common import NO_FLOATS, fails, nonfinite_array, nonfinite_pairs, zeros

Shapes = tuple[tuple[int, ...], tuple[int, ...]]
_SHAPES: Final[tuple[Shapes, ...]] = (((2, 3), (2, 3)), ((2, 1, 3), (4, 1)), ((3,), ()))


def _plain(shapes: Shapes, low: float = -3, high: float = 3) -> Sample:
    return lambda d: args(d.array(shapes[0], low, high), d.array(shapes[1], low, high))


def _with_ties(shapes: Shapes) -> Sample:
    def sample(d: Draw) -> Arguments:
        return args(*(np.floor(d.array(s).real).astype(host_dtype(d.dtype)) for s in shapes))

    return sample


def _without_ties(shapes: Shapes) -> Sample:
    """Numbers of the first argument are odd multiples of 1/8, those of the second even ones (integers where it
    must)."""

    def sample(d: Draw) -> Arguments:
        x, y = (np.floor(d.array(s, -20, 20, dtype="float64")) for s in shapes)
        if d.dtype in REAL and "float" not in d.dtype:
            return args(d.array(shapes[0], -20, 20), d.array(shapes[1], -20, 20))
        return args(((2 * x + 1) / 8).astype(host_dtype(d.dtype)), (y / 4).astype(host_dtype(d.dtype)))

    return sample


def _quotients(shapes: Shapes) -> Sample:
    """Numbers whose quotients are exact and, for floats, never integers."""

    def sample(d: Draw) -> Arguments:
        if "float" in d.dtype:
            x = (2 * np.floor(d.array(shapes[0], -12, 12, dtype="float64")) + 1) / 8
            y = 2.0 ** np.floor(d.array(shapes[1], -1, 3, dtype="float64"))
            y = y * np.where(d.bools(shapes[1]), 1, -1)
            return args(x.astype(host_dtype(d.dtype)), np.asarray(y).astype(host_dtype(d.dtype)))
        y = d.array(shapes[1], 1, 6)
        if not d.dtype.startswith("u") and d.dtype != "bool":
            y = np.where(d.bools(shapes[1]), y, -y).astype(y.dtype)
        return args(d.array(shapes[0], -50, 50), np.ones(shapes[1], bool) if d.dtype == "bool" else y)

    return sample


def _powers(shapes: Shapes) -> Sample:
    def sample(d: Draw) -> Arguments:
        return args(d.array(shapes[0], 0.3, 3), d.array(shapes[1], 0 if "int" in d.dtype else -2, 3))

    return sample


def _shifts(shapes: Shapes) -> Sample:
    return lambda d: args(d.array(shapes[0], -100, 100), d.array(shapes[1], 0, 6))


def _nan_pairs(d: Draw) -> Arguments:
    x = np.array([np.nan, 1.5, np.nan]).astype(host_dtype(d.dtype))
    y = np.array([2.0, np.nan, np.nan]).astype(host_dtype(d.dtype))
    return args(x, y)


class Row(NamedTuple):
    """One function: name of the op, of the primitive, oracle, and what differs from the usual."""

    op: str
    primitive: str
    oracle: Callable[..., Any]
    op_dtypes: tuple[str, ...]
    dtypes: tuple[str, ...]
    op_out: Any = "same"
    out: Any = "same"
    draw: Callable[[Shapes], Sample] = _plain
    gradient: bool = True
    nonfinite: Sample | None = nonfinite_pairs


_REAL_OR_BOOL = ("bool", *REAL)
_BITS = ("bool", *INTEGERS)
_COMPARED = ("bool", "uint8", "int32", "int64", "bfloat16", "float16", "float32", "float64")

BINARY: Final = (
    Row("add", "add", np.add, ANY, ANY),
    Row("subtract", "subtract", np.subtract, ANY, NUMBERS, op_out=number),
    Row("multiply", "multiply", np.multiply, ANY, ANY),
    Row("divide", "divide", np.divide, ANY, INEXACT, op_out=floating),
    Row(
        "floor_divide",
        "floor_divide",
        np.floor_divide,
        _REAL_OR_BOOL,
        REAL,
        number,
        draw=_quotients,
        nonfinite=_nan_pairs,
    ),
    Row("mod", "remainder", np.remainder, _REAL_OR_BOOL, REAL, number, draw=_quotients, nonfinite=_nan_pairs),
    Row("power", "pow", np.power, NUMBERS, NUMBERS, draw=_powers),
    Row("arctan2", "atan2", np.arctan2, (*FLOATS, "int32", "bool"), FLOATS, op_out=floating),
    Row("maximum", "maximum", np.maximum, _REAL_OR_BOOL, _REAL_OR_BOOL, draw=_without_ties),
    Row("minimum", "minimum", np.minimum, _REAL_OR_BOOL, _REAL_OR_BOOL, draw=_without_ties),
    Row("equal", "equal", np.equal, ANY, ANY, "bool", "bool", _with_ties, gradient=False),
    Row("not_equal", "not_equal", np.not_equal, ANY, ANY, "bool", "bool", _with_ties, gradient=False),
    Row("less", "less", np.less, _COMPARED, _REAL_OR_BOOL, "bool", "bool", _with_ties, gradient=False),
    Row(
        "less_equal", "less_equal", np.less_equal, _COMPARED, _REAL_OR_BOOL, "bool", "bool", _with_ties, gradient=False
    ),
    Row("greater", "greater", np.greater, _COMPARED, _REAL_OR_BOOL, "bool", "bool", _with_ties, gradient=False),
    Row(
        "greater_equal", "greater_equal", np.greater_equal, _COMPARED, _REAL_OR_BOOL, "bool", "bool", _with_ties, False
    ),
    Row("logical_and", "logical_and", np.logical_and, _COMPARED, ("bool",), "bool", "bool", _with_ties, gradient=False),
    Row("logical_or", "logical_or", np.logical_or, _COMPARED, ("bool",), "bool", "bool", _with_ties, gradient=False),
    Row("logical_xor", "logical_xor", np.logical_xor, _COMPARED, ("bool",), "bool", "bool", _with_ties, gradient=False),
    Row("bitwise_and", "bitwise_and", np.bitwise_and, _BITS, _BITS, gradient=False),
    Row("bitwise_or", "bitwise_or", np.bitwise_or, _BITS, _BITS, gradient=False),
    Row("bitwise_xor", "bitwise_xor", np.bitwise_xor, _BITS, _BITS, gradient=False),
    Row("left_shift", "bitwise_left_shift", np.left_shift, INTEGERS, INTEGERS, draw=_shifts, gradient=False),
    Row("right_shift", "bitwise_right_shift", np.right_shift, INTEGERS, INTEGERS, draw=_shifts, gradient=False),
)


def _case(row: Row, primitive: bool) -> Case:
    dtypes = row.dtypes if primitive else row.op_dtypes

    def oracle(x: Any, y: Any) -> Any:
        if not primitive and row.op_out is floating and x.dtype.kind in "biu":
            x, y = x.astype(np.float64), y.astype(np.float64)
        if not primitive and row.op_out is number and x.dtype == bool:
            x, y = x.astype(np.int32), y.astype(np.int32)
        return row.oracle(x, y)

    return Case(
        name=row.primitive if primitive else row.op,
        oracle=oracle,
        samples=tuple(row.draw(shapes) for shapes in _SHAPES),
        dtypes=dtypes,
        out=row.out if primitive else row.op_out,
        gradient=row.gradient,
        nonfinite=row.nonfinite if "float32" in dtypes else None,
        empty=row.draw(((0, 3), (3,))),
        zero_d=row.draw(((), ())),
        without={} if "float32" in dtypes else NO_FLOATS,
        # Core does not look at shapes on the way into the framework, whose own exception it is.
        errors=(fails(lambda: args(zeros(2, 3), zeros(4)), Exception, ""),) if "float32" in dtypes else (),
    )


def _where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    return np.nonzero(condition) if x1 is None else np.where(condition, x1, x2)


def _where_sample(shapes: tuple[tuple[int, ...], ...]) -> Sample:
    return lambda d: args(d.bools(shapes[0]), d.array(shapes[1]), d.array(shapes[2]))


def _where_case(primitive: bool) -> Case:
    return Case(
        name="where",
        oracle=_where,
        samples=(_where_sample(((2, 3),) * 3), _where_sample(((2, 1), (3,), ()))),
        dtypes=ANY,
        nonfinite=lambda d: args(d.bools((7,)), nonfinite_array(d), nonfinite_array(d)[::-1].copy()),
        empty=_where_sample(((0, 3), (3,), ())),
        zero_d=_where_sample(((), (), ())),
        errors=()
        if primitive
        else (fails(lambda: args(np.array([True]), zeros(1)), ValueError, "where: expected both"),),
    )


def _isclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    return np.isclose(x1, x2, rtol, atol, equal_nan)


def _clip_sample(d: Draw) -> Arguments:
    x = d.distinct((2, 6))
    low, high = ((1, 3) if d.dtype.startswith("u") else (-2, 2)) if "int" in d.dtype else (-1.1, 1.3)
    return args(x, np.asarray(low).astype(host_dtype(d.dtype)), np.asarray(high).astype(host_dtype(d.dtype)))


def _logaddexp(x1: Any, x2: Any) -> Any:
    return np.logaddexp(np.asarray(x1, np.float64), np.asarray(x2, np.float64))


OPS: Final = (
    *(_case(row, primitive=False) for row in BINARY),
    _where_case(primitive=False),
    Case(
        name="logaddexp",
        oracle=_logaddexp,
        samples=(_plain(_SHAPES[0]), _plain(_SHAPES[1])),
        dtypes=(*FLOATS, "int32"),
        out=floating,
        nonfinite=nonfinite_pairs,
        empty=_plain(((0, 3), (3,))),
        zero_d=_plain(((), ())),
    ),
    Case(
        name="clip",
        oracle=np.clip,
        samples=(_clip_sample, lambda d: args(d.array((2, 3)), d.array((3,), -2, 0), d.array((2, 1), 1, 3))),
        dtypes=("uint8", "int32", "int64", *FLOATS),
        nonfinite=lambda d: args(nonfinite_array(d), -1.0, 2.0),
        empty=lambda d: args(d.array((0, 3)), 0.0, 1.0),
        zero_d=lambda d: args(d.array(()), -1.0, 1.0),
    ),
    Case(
        name="isclose",
        oracle=_isclose,
        samples=(
            lambda d: args(np.array([1.0, 2.0, 3.0], d.dtype), np.array([1.0, 2.001, 3.000001], d.dtype), rtol=1e-4),
            lambda d: args(np.array([1.0, 2.0], d.dtype), np.array([1.25, 9.0], d.dtype), atol=0.5),
        ),
        dtypes=("float32", "float64"),
        out="bool",
        gradient=False,
        nonfinite=lambda d: Arguments(nonfinite_pairs(d).positional, {"equal_nan": True}),
        empty=_plain(((0, 3), (3,))),
        zero_d=_plain(((), ())),
    ),
)
PRIMITIVES: Final = (*(_case(row, primitive=True) for row in BINARY), _where_case(primitive=True))
