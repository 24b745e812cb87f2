"""Windows, numbers spaced by a factor, grids of coordinates, and tensors whose values nobody asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import ANY, FEW, FLOATS, Arguments, Case, Draw, Sample, args, floating, host_dtype
from keras_conformance.cases.common import MOVES, array, fails, nonfinite_array, zeros

_CONSTANT: Final = {
    "nonfinite": "it makes constants",
    "zero_d": "its arguments are numbers",
    "empty": "a sample has size zero",
}
_FINITE: Final = {"nonfinite": "it needs finite ends"}


def _window(name: str, oracle: Callable[..., Any], *rest: Any) -> Case:
    return Case(
        name=name,
        oracle=oracle,
        samples=tuple((lambda d, count=count: args(count, *rest)) for count in (7, 8, 1, 0, 2, 100)),
        dtypes=("float32",),
        gradient=False,
        without=_CONSTANT,
        errors=(fails(lambda: args("many", *rest), TypeError, f"{name}: expected a number of points"),),
    )


def _ends(*shapes: tuple[int, ...], low: float = 0.5, **named: Any) -> Sample:
    return lambda d: args(d.array(shapes[0], low, 2), d.array(shapes[1], 3, 6), **named)


def _negative_ends(d: Draw) -> Arguments:
    return args(np.array([-1.0, 2.0]).astype(host_dtype(d.dtype)), np.array([-8.0, 2.0]).astype(host_dtype(d.dtype)), 4)


def _floats(x: Any) -> Any:
    return np.asarray(x, np.float64)


def _geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, axis: int = 0) -> Any:
    return np.geomspace(_floats(start), _floats(stop), num, endpoint, axis=axis)


def _logspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10, axis: int = 0) -> Any:
    return np.logspace(_floats(start), _floats(stop), num, endpoint, base, axis=axis)


def _spaced(name: str, oracle: Callable[..., Any], low: float, *more: Sample) -> Case:
    return Case(
        name=name,
        oracle=oracle,
        samples=(
            _ends((3,), (3,), low=low, num=4),
            _ends((), (), low=low, num=5),
            _ends((2, 3), (3,), low=low, num=4, axis=-1),
            _ends((2,), (2,), low=low, num=4, endpoint=False, axis=1),
            _ends((), (), low=low, num=1),
            *more,
        ),
        dtypes=(*FLOATS, "int32"),
        out=floating,
        tolerance=4,
        empty=_ends((2,), (2,), low=low, num=0),
        zero_d=_ends((), (), low=low, num=3),
        without=_FINITE,
        errors=(
            fails(lambda: args(zeros(), zeros(), num=-1), ValueError, f"{name}: expected num >= 0"),
            fails(lambda: args(zeros(), zeros(), dtype="float31"), ValueError, "dtype: expected one of"),
        ),
    )


def _grid(*shapes: tuple[int, ...], **named: Any) -> Sample:
    return lambda d: Arguments(tuple(d.array(shape) for shape in shapes), named)


def _meshgrid(*x: Any, indexing: str = "xy") -> Any:
    return list(np.meshgrid(*x, indexing=indexing))


def _of_shape(shape: Any) -> Sample:
    return lambda d: Arguments((shape,), {"dtype": d.dtype})


OPS: Final = (
    _window("bartlett", np.bartlett),
    _window("blackman", np.blackman),
    _window("hamming", np.hamming),
    _window("hanning", np.hanning),
    _window("kaiser", np.kaiser, 8.6),
    _spaced("geomspace", _geomspace, 1, _negative_ends),
    _spaced("logspace", _logspace, -2, _ends((3,), (3,), low=-2, num=4, base=2.0)),
    Case(
        name="meshgrid",
        oracle=_meshgrid,
        samples=(
            _grid((3,), (2,)),
            _grid((3,), (2,), indexing="ij"),
            _grid((3,), (2,), (4,)),
            _grid((3,), (2,), (4,), indexing="ij"),
            _grid((3,)),
        ),
        dtypes=FEW,
        empty=_grid((3,), (0,)),
        zero_d=_grid((), (2,)),
        without=MOVES,
        errors=(
            fails(lambda: Arguments((zeros(2),), {"indexing": "yx"}), ValueError, "meshgrid: expected indexing to be"),
            fails(lambda: args(zeros(2, 2)), ValueError, "meshgrid: expected tensors of rank 1, got shape (2, 2)"),
        ),
    ),
    Case(
        name="empty",
        oracle=lambda shape, dtype=None: np.zeros(shape),
        samples=(_of_shape((2, 3)), _of_shape(3), _of_shape((0, 2))),
        dtypes=ANY,
        gradient=False,
        without=_CONSTANT,
        errors=(fails(lambda: args(2, dtype="float31"), ValueError, "dtype: expected one of"),),
    ),
    Case(
        name="empty_like",
        oracle=lambda x, dtype=None: np.zeros(x.shape),
        samples=(array(2, 3), array(3)),
        dtypes=ANY,
        gradient=False,
        nonfinite=lambda d: args(nonfinite_array(d)),
        empty=array(0, 3),
        zero_d=array(),
        errors=(fails(lambda: args(zeros(2), dtype="float31"), ValueError, "dtype: expected one of"),),
    ),
)
PRIMITIVES: Final[tuple[Case, ...]] = ()
