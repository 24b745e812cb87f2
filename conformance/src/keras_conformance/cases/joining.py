"""Ops that join tensors, cut them and turn them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import ANY, FEW, INTEGERS, Arguments, Case, Draw, Sample, args
from keras_conformance.cases.common import MOVES, array, fails, zeros

_DTYPES: Final = (*FEW, "float64")


def _moves(name: str, oracle: Callable[..., Any], *samples: Sample, **changes: Any) -> Case:
    settings: dict[str, Any] = {"dtypes": _DTYPES, "without": {"zero_d": "it needs an axis", **MOVES}}
    return Case(name=name, oracle=oracle, samples=samples, **{**settings, **changes})


def _listed(*shapes: tuple[int, ...]) -> Sample:
    return lambda d: args([d.array(shape) for shape in shapes])


def _two(first: tuple[int, ...], second: tuple[int, ...], **named: Any) -> Sample:
    return lambda d: args(d.array(first), d.array(second), **named)


def _stacks(name: str, oracle: Callable[..., Any], *shapes: tuple[tuple[int, ...], ...]) -> Case:
    return _moves(
        name,
        oracle,
        *(_listed(*each) for each in shapes),
        _listed((3,), (3,)),
        _listed((2, 3), (2, 3)),
        _listed((2, 2, 1), (2, 2, 1), (2, 2, 1)),
        dtypes=ANY,
        empty=_listed((0, 3), (0, 3)),
        zero_d=_listed((), ()),
        without=MOVES,
        errors=(
            fails(lambda: args([]), TypeError, f"{name}: argument 'xs' must be a non-empty list or tuple"),
            fails(lambda: args([zeros(2, 3), zeros(3, 2, 4)]), Exception, ""),
        ),
    )


def _splits(name: str, oracle: Callable[..., Any], axis: int, rank: int) -> Case:
    shape = (4, 6, 2)
    return _moves(
        name,
        oracle,
        array(*shape, rest=(2,)),
        array(*shape, rest=((1, 2),)),
        array(*shape, rest=([1],)),
        *((array(4, rest=(2,)),) if rank == 1 else ()),
        empty=array(0, 0, 2, rest=(1,)),
        errors=(
            fails(lambda: args(zeros(5, 5, 5), 2), ValueError, f"split: axis {axis} of size 5 cannot be divided"),
            fails(lambda: args(zeros(*(2,) * (rank - 1)), 2), ValueError, f"{name}: expected a tensor of rank {rank}"),
        ),
    )


def _unraveled(low: int, high: int, *shapes: tuple[int, ...]) -> Sample:
    return lambda d: args(d.array(shapes[0], low, high), shapes[1])


def _unravel(indices: Any, shape: Any) -> Any:
    return tuple(np.unravel_index(indices.astype(np.int64), shape))


def _from_the_end(d: Draw) -> Arguments:
    return args(np.array([0, 3, 5], d.dtype) - np.array(0 if d.dtype.startswith("u") else 6, d.dtype), (2, 3))


def _unravel_wrapped(indices: Any, shape: Any) -> Any:
    wide = indices.astype(np.int64)
    return _unravel(np.where(wide < 0, wide + int(np.prod(shape)), wide), shape)


OPS: Final = (
    _moves(
        "append",
        lambda x1, x2, axis=None: np.append(x1, x2, axis),
        _two((2, 3), (4,)),
        _two((2, 3), (1, 3), axis=0),
        _two((2, 3), (2, 2), axis=-1),
        dtypes=ANY,
        empty=_two((0, 3), (2,)),
        zero_d=_two((), ()),
        without=MOVES,
        errors=(fails(lambda: args(zeros(2), zeros(2), 1), ValueError, "argument 'axis' must be in [-1, 1)"),),
    ),
    _stacks("hstack", np.hstack, ((3,), (2,)), ((2, 3), (2, 1))),
    _stacks("vstack", np.vstack, ((2, 3), (3,)), ((2, 3), (1, 3))),
    _stacks("dstack", np.dstack, ((2, 3, 1), (2, 3)), ((1, 3, 2), (3,))),
    _stacks("column_stack", np.column_stack, ((3,), (3, 2)), ((2, 3), (2, 1))),
    _moves(
        "array_split",
        lambda x, sections, axis=0: np.array_split(x, sections, axis),
        array(7, rest=(3,)),
        array(2, 5, rest=(2,), axis=1),
        array(3, rest=(5,)),
        array(6, rest=((2, 3),)),
        array(2, 5, rest=(5,), axis=-1),
        empty=array(0, rest=(2,)),
        errors=(fails(lambda: args(zeros(3), 0), ValueError, "array_split: expected one section or more, got 0"),),
    ),
    _splits("hsplit", np.hsplit, 1, 1),
    _splits("vsplit", np.vsplit, 0, 2),
    _splits("dsplit", np.dsplit, 2, 3),
    _moves(
        "flipud",
        np.flipud,
        array(3, 2),
        array(4),
        empty=array(0, 2),
        errors=(fails(lambda: args(zeros()), ValueError, "flipud: expected a tensor of rank 1 or more"),),
    ),
    _moves(
        "fliplr",
        np.fliplr,
        array(2, 3),
        array(2, 3, 2),
        empty=array(2, 0),
        errors=(fails(lambda: args(zeros(2)), ValueError, "fliplr: expected a tensor of rank 2 or more"),),
    ),
    _moves(
        "rot90",
        lambda array, k=1, axes=(0, 1): np.rot90(array, k, axes),
        *(array(2, 3, k=k) for k in (1, 0, 2, 3, 4, -1, -2, -3, 7)),
        *(array(2, 3, 4, k=k, axes=axes) for k in (1, 2, 3) for axes in ((0, 2), (2, 0), (1, -1), (-2, 0))),
        array(2, 3),
        empty=array(0, 3),
        errors=(
            fails(lambda: args(zeros(3)), ValueError, "rot90: expected a tensor of rank 2 or more"),
            fails(lambda: args(zeros(2, 3), 1, (0, -2)), ValueError, "rot90: expected a pair of different axes"),
            fails(lambda: args(zeros(2, 3), 1, (0, 1, 1)), ValueError, "rot90: expected a pair of different axes"),
        ),
    ),
    Case(
        name="unravel_index",
        oracle=_unravel_wrapped,
        samples=(_unraveled(0, 24, (5,), (2, 3, 4)), _unraveled(0, 6, (2, 2), (6,)), _from_the_end),
        dtypes=INTEGERS,
        gradient=False,
        empty=_unraveled(0, 6, (0,), (2, 3)),
        zero_d=_unraveled(0, 6, (), (2, 3)),
        without=MOVES,
        errors=(
            fails(lambda: args(zeros(2), (2, 3)), TypeError, "unravel_index: argument 'indices' must be integers"),
        ),
    ),
)
PRIMITIVES: Final[tuple[Case, ...]] = ()
