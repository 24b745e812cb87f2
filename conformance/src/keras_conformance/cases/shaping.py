"""Ops and primitives that change shapes, join, split and repeat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import ANY, FEW, Case, Draw, ExpectedError, Sample, args
from keras_conformance.cases.common import MOVES, array, fails, zeros

_LISTED = {"zero_d": "a scalar has no axis", **MOVES}


def _moves(
    name: str,
    oracle: Callable[..., Any],
    *samples: Sample,
    empty: Sample,
    zero_d: Sample | None = None,
    errors: tuple[ExpectedError, ...] = (),
    **changes: Any,
) -> Case:
    return Case(
        name=name,
        oracle=oracle,
        samples=samples,
        empty=empty,
        zero_d=zero_d,
        errors=errors,
        **{"dtypes": FEW, "without": MOVES if zero_d is not None else _LISTED, **changes},
    )


def _axis_error(name: str, **named: Any) -> ExpectedError:
    return fails(lambda: args(zeros(2, 3), **named), ValueError, f"{name}: argument 'axis' must be in")


def _lists(*shapes: tuple[int, ...], **named: Any) -> Sample:
    return lambda d: args([d.array(shape) for shape in shapes], **named)


def _listed(axis: int, *shapes: tuple[int, ...]) -> Sample:
    return lambda d: args([d.array(shape) for shape in shapes], axis)


def _expand_dims(x: Any, axis: Any) -> Any:
    return np.expand_dims(x, tuple(axis) if isinstance(axis, list) else axis)


def _split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    return np.split(x, indices_or_sections, axis)


def _unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    return list(np.moveaxis(x, axis, 0))


def _pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Any:
    options = {"constant_values": constant_values or 0} if mode == "constant" else {}
    return np.pad(x, pad_width, mode, **options)


def _mode(mode: str) -> Sample:
    return lambda d: args(d.array((3, 4)), ((1, 2), (0, 3)), mode=mode)


def _slice(x: Any, start: Any, stop: Any, step: Any) -> Any:
    return x[tuple(map(slice, start, stop, step))]


def _mixed(d: Draw) -> Any:
    # Lists promote: the int32 part takes the dtype of the other.
    return args([d.array((2, 2)), d.array((1, 2))], axis=-2)


OPS: Final = (
    _moves(
        "reshape",
        np.reshape,
        array(2, 6, rest=((3, 4),)),
        array(2, 6, rest=((4, -1),)),
        array(2, 3, rest=(6,)),
        array(2, 3, rest=([-1],)),
        resized=1,
        empty=array(0, 3, rest=((3, 0),)),
        zero_d=array(rest=((1, 1),)),
        dtypes=ANY,
        errors=(
            fails(lambda: args(zeros(2, 3), (4, 2)), Exception, ""),
            fails(lambda: args(zeros(2, 3), "6"), TypeError, "reshape: a shape must be"),
        ),
    ),
    _moves("ravel", np.ravel, array(2, 3), array(2, 1, 2), empty=array(0, 3), zero_d=array()),
    _moves(
        "transpose",
        np.transpose,
        array(2, 3, 4, rest=((1, 2, 0),)),
        array(2, 3),
        array(2, 3, 4, axes=(-1, 0, 1)),
        empty=array(0, 3),
        zero_d=array(),
        errors=(
            fails(lambda: args(zeros(2, 3), (0, 0)), ValueError, "transpose: argument 'axes' must be a permutation"),
        ),
    ),
    _moves(
        "swapaxes", np.swapaxes, array(2, 3, 4, rest=(0, -1)), array(2, 3, rest=(1, 0)), empty=array(0, 3, rest=(0, 1))
    ),
    _moves(
        "moveaxis",
        np.moveaxis,
        array(2, 3, 4, rest=(0, -1)),
        array(2, 3, 4, 5, rest=((0, 2), (3, 0))),
        empty=array(0, 3, rest=(0, 1)),
        errors=(fails(lambda: args(zeros(2, 3), (0, 1), 0), ValueError, "moveaxis: expected as many sources"),),
    ),
    _moves(
        "expand_dims",
        _expand_dims,
        array(2, 3, rest=(1,)),
        array(2, 3, rest=(-1,)),
        array(2, 3, rest=([0, -1],)),
        empty=array(0, 3, rest=(0,)),
        zero_d=array(rest=(0,)),
        errors=(fails(lambda: args(zeros(2, 3), 3), ValueError, "argument 'axis' must be in [-3, 3)"),),
    ),
    _moves(
        "squeeze",
        np.squeeze,
        array(2, 1, 3, 1, rest=(1,)),
        array(2, 1, 3, 1),
        array(1, 2, 1, axis=(0, -1)),
        empty=array(1, 0, rest=(0,)),
        zero_d=array(),
        errors=(fails(lambda: args(zeros(2, 3), axis=1), ValueError, "squeeze: axis 1 has size 3, expected 1"),),
    ),
    _moves(
        "broadcast_to",
        np.broadcast_to,
        array(3, 1, rest=((2, 3, 4),)),
        array(3, rest=((2, 3),)),
        not_resized="the shape does not follow",
        empty=array(0, 1, rest=((2, 0, 3),)),
        zero_d=array(rest=((2, 2),)),
        errors=(fails(lambda: args(zeros(2, 3), (2, 4)), Exception, ""),),
    ),
    _moves(
        "concatenate",
        lambda xs, axis=0: np.concatenate(xs, axis),
        _lists((2, 3), (2, 1), axis=1),
        _lists((2, 3), (1, 3), (3, 3)),
        _mixed,
        empty=_lists((0, 3), (2, 3)),
        dtypes=ANY,
        errors=(
            fails(lambda: args([]), TypeError, "concatenate: argument 'xs' must be a non-empty list"),
            fails(lambda: args([zeros(2)], axis=1), ValueError, "concatenate: argument 'axis' must be in [-1, 1)"),
        ),
    ),
    _moves(
        "stack",
        lambda x, axis=0: np.stack(x, axis),
        _lists((2, 3), (2, 3), axis=1),
        _lists((2, 3), (2, 3)),
        _lists((2,), (2,), (2,), axis=-1),
        empty=_lists((0, 3), (0, 3)),
        zero_d=_lists((), ()),
        errors=(fails(lambda: args([zeros(2)], axis=2), ValueError, "stack: argument 'axis' must be in [-2, 2)"),),
    ),
    _moves(
        "split",
        _split,
        array(4, 6, rest=(3,), axis=1),
        array(5, 2, rest=([1, 3],)),
        array(2, 6, rest=((2,),), axis=-1),
        empty=array(4, 0, rest=(2,)),
        errors=(fails(lambda: args(zeros(4, 3), 3), ValueError, "split: axis 0 of size 4 cannot be divided into 3"),),
    ),
    _moves("unstack", _unstack, array(3, 2, axis=1), array(3, 2), array(2, 3, num=2), empty=array(2, 0)),
    _moves(
        "flip",
        np.flip,
        array(2, 3, axis=1),
        array(2, 3),
        array(2, 3, 2, axis=(0, -1)),
        empty=array(0, 3),
        zero_d=array(),
        errors=(_axis_error("flip", axis=-3),),
    ),
    _moves(
        "roll",
        np.roll,
        array(4, 3, rest=(1,), axis=0),
        array(4, 3, rest=(-2,), axis=1),
        array(4, 3, rest=(5,)),
        array(4, 3, rest=((1, -1),), axis=(0, 1)),
        empty=array(0, 3, rest=(1,), axis=0),
        zero_d=array(rest=(1,)),
    ),
    _moves(
        "tile",
        np.tile,
        array(2, 3, rest=((2, 1),)),
        array(2, 3, rest=(2,)),
        array(2, rest=((2, 2),)),
        array(2, 3, rest=((0, 2),)),
        empty=array(0, 3, rest=((2, 2),)),
        zero_d=array(rest=(3,)),
    ),
    _moves(
        "repeat",
        np.repeat,
        array(2, 3, rest=(2,), axis=1),
        array(2, 3, rest=(2,)),
        array(3, 2, rest=([1, 0, 2],), axis=0),
        array(2, 3, rest=(3,), axis=-2),
        empty=array(0, 3, rest=(2,), axis=1),
        zero_d=array(rest=(3,)),
    ),
    _moves(
        "pad",
        _pad,
        array(2, 3, rest=(((1, 0), (0, 2)),)),
        array(2, 3, rest=(1,), constant_values=1),
        _mode("reflect"),
        _mode("symmetric"),
        _mode("edge"),
        _mode("wrap"),
        empty=array(0, 3, rest=(1,)),
        errors=(
            fails(lambda: args(zeros(3), 1, mode="mirror"), ValueError, "pad: expected mode to be one of"),
            fails(lambda: args(zeros(3), 1, mode="edge", constant_values=1), ValueError, "constant_values"),
            fails(lambda: args(zeros(2), 2, mode="reflect"), ValueError, "can add at most 1 to axis 0"),
        ),
    ),
    _moves(
        "size",
        lambda x: np.size(x),
        array(2, 3),
        array(4),
        empty=array(0, 3),
        zero_d=array(),
        out="int32",
        gradient=False,
    ),
)
PRIMITIVES: Final = (
    _moves(
        "shape",
        lambda x: np.shape(x),
        array(2, 3),
        array(4),
        empty=array(0, 3),
        zero_d=array(),
        out=None,
        gradient=False,
        compilable=False,
    ),
    _moves(
        "reshape",
        np.reshape,
        array(2, 6, rest=((3, 4),)),
        array(2, 6, rest=((4, -1),)),
        array(1, 1, rest=((),)),
        resized=1,
        empty=array(0, 3, rest=((3, 0),)),
        zero_d=array(rest=((1, 1),)),
        dtypes=ANY,
    ),
    _moves(
        "permute_dims",
        np.transpose,
        array(2, 3, 4, rest=((1, 2, 0),)),
        array(2, 3, rest=((1, 0),)),
        empty=array(0, 3, rest=((1, 0),)),
        zero_d=array(rest=((),)),
        dtypes=ANY,
    ),
    _moves(
        "broadcast_to",
        np.broadcast_to,
        array(3, 1, rest=((2, 3, 4),)),
        array(3, rest=((2, 3),)),
        not_resized="the shape does not follow",
        empty=array(0, 1, rest=((2, 0, 3),)),
        zero_d=array(rest=((2, 2),)),
        dtypes=ANY,
    ),
    _moves(
        "concat",
        lambda arrays, axis: np.concatenate(arrays, axis),
        _listed(1, (2, 3), (2, 1)),
        _listed(0, (2, 3)),
        _listed(0, (2,), (3,), (1,)),
        empty=_listed(0, (0, 3), (2, 3)),
        dtypes=ANY,
    ),
    _moves(
        "expand_dims",
        np.expand_dims,
        array(2, 3, rest=(1,)),
        array(2, 3, rest=(2,)),
        empty=array(0, 3, rest=(0,)),
        zero_d=array(rest=(0,)),
        dtypes=ANY,
    ),
    _moves(
        "squeeze",
        np.squeeze,
        array(2, 1, 3, 1, rest=((1, 3),)),
        array(1, 2, rest=((0,),)),
        array(2, 3, rest=((),)),
        empty=array(1, 0, rest=((0,),)),
        zero_d=array(rest=((),)),
        dtypes=ANY,
    ),
    _moves(
        "flip",
        np.flip,
        array(2, 3, rest=((1,),)),
        array(2, 3, rest=(None,)),
        array(2, 3, 2, rest=((0, 2),)),
        empty=array(0, 3, rest=((0,),)),
        zero_d=array(rest=(None,)),
        dtypes=ANY,
    ),
    _moves(
        "slice",
        _slice,
        array(4, 6, rest=((1, 0), (3, None), (1, 2))),
        array(7, rest=((2,), (100,), (3,))),
        array(4, 6, rest=((0, 2), (4, 2), (1, 1))),
        empty=array(0, 3, rest=((0, 1), (None, 2), (1, 1))),
        zero_d=array(rest=((), (), ())),
        dtypes=ANY,
    ),
)
