"""Strategies for the arguments of an op, derived from its definition and its case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import hypothesis.strategies as st
import numpy as np

from keras_conformance.case import ANY, FLOATS, Arguments, Case, Draw, Sample, args, host_dtype

FREE_FAMILIES: Final = (
    *("elementwise", "elementwise_unary", "elementwise_binary", "activation", "shrinkage", "transcendental"),
    *("arithmetic", "reduction", "nan_reduction", "representation"),
)
"""Families whose ops take tensors of any shape, or of any shapes that broadcast."""

FREE_OPS: Final = (
    *("sort", "argsort", "argmax", "argmin", "flip", "flipud", "fliplr", "ravel", "squeeze", "expand_dims", "swapaxes"),
    *(
        "roll",
        "tril",
        "triu",
        "median",
        "nanmedian",
        "ptp",
        "diff",
        "cumsum",
        "cumprod",
        "moments",
        "normalize",
        "copy",
    ),
    *(
        "zeros_like",
        "ones_like",
        "cast",
        "saturate_cast",
        "erfc",
        "logaddexp",
        "nonzero",
        "unique",
        "diagonal",
        "trace",
    ),
    *("argpartition", "isin", "allclose", "take", "top_k", "append", "outer", "kron", "inner", "rot90"),
)
_ORDINARY: Final = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -2.5, 7.75, 0.001, -0.015625, 100.0)
_SPECIAL: Final = (-0.0, float("nan"), float("inf"), float("-inf"), 1e4, -1e4, 1e-4)
_WIDE: Final = (1e30, -1e30, 1e-20, 16777217.0)
_INTEGERS: Final = (0, 1, 2, 3, -1, -2, 7, 100, 127, -128, 255, 32767, 2**24 + 1, 2**31 - 1, -(2**31), 2**53 + 1)
_METHODS: Final = ("linear", "lower", "higher", "midpoint", "nearest")
_PLAIN: Final = ("cast", "sparsemax", "nan_to_num", "log_softmax")
"""Ops whose oracle, in float64, says something else of extremes than the narrow dtype can."""

_NO_ZERO: Final = ("floor_divide", "mod", "fmod")
_SHIFTS: Final = ("left_shift", "right_shift")
_MAXIMUM_RANK: Final = 3


class NoArguments(Exception):
    """An op of which no argument can be drawn, such as one whose results are random."""


def numbers(dtype: str, special: bool, wide: bool = True) -> st.SearchStrategy[Any]:
    """Return a strategy of numbers of a dtype; with nan and infinities, and also extremes, where asked for."""
    if dtype == "bool":
        return st.booleans()
    if "int" in dtype:
        limits = np.iinfo(dtype)
        return st.sampled_from([x for x in _INTEGERS if limits.min <= x <= limits.max][: None if special else 6])
    extremes = _WIDE if wide and dtype in ("float32", "float64") else ()
    reals = st.sampled_from((*_ORDINARY, *_SPECIAL, *extremes) if special else _ORDINARY)
    if dtype.startswith("complex"):
        return st.builds(complex, st.sampled_from(_ORDINARY[:-1]), st.sampled_from(_ORDINARY[:-1]))
    return reals


@st.composite
def arrays(draw: Any, shape: tuple[int, ...], dtype: str, special: bool, wide: bool) -> np.ndarray:
    """Draw an array."""
    count = int(np.prod(shape))
    values = draw(st.lists(numbers(dtype, special, wide), min_size=count, max_size=count))
    return np.array(values, object if dtype == "uint64" else None).astype(host_dtype(dtype)).reshape(shape)


def shapes(least: int = 0) -> st.SearchStrategy[tuple[int, ...]]:
    """Return a strategy of small shapes, with sizes 0 and 1 among them."""
    return st.lists(st.sampled_from((2, 1, 3, 0)), min_size=least, max_size=_MAXIMUM_RANK).map(tuple)


def _axis(rank: int) -> st.SearchStrategy[int]:
    return st.integers(-rank, rank - 1) if rank else st.nothing()


def _axes(rank: int) -> st.SearchStrategy[Any]:
    some = st.sets(st.integers(0, max(rank - 1, 0)), max_size=rank).map(sorted)
    signed = st.tuples(some, st.booleans()).map(lambda pair: tuple(a - rank if pair[1] else a for a in pair[0]))
    return st.one_of(st.none(), _axis(rank), signed)


def _parameter(name: str, kind: str | None, rank: int, default: Any) -> st.SearchStrategy[Any]:
    """Return the strategy of one parameter that holds no tensor, by how the definition makes it canonical, or by name.

    Raises:
        NoArguments: where nothing is known of it and it has no default.
    """
    by_kind: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "axis": lambda: _axis(rank),
        "axis_of_joined": lambda: _axis(rank),
        "axis_or_none": lambda: st.one_of(st.none(), _axis(rank)),
        "axes": lambda: _axes(rank),
        "axis_or_axes": lambda: _axis(rank),
        "new_axis": lambda: st.integers(-rank - 1, rank),
        "dtype": lambda: st.sampled_from(("float32", "int32", "float16", "float64")),
        "dtype_or_none": lambda: st.none(),
    }
    if kind in by_kind:
        return by_kind[kind]()
    by_name: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "axis": lambda: _axis(rank) if default is not None else st.one_of(st.none(), _axis(rank)),
        "axes": lambda: _axes(rank).filter(lambda axes: isinstance(axes, tuple)),
        "axis1": lambda: _axis(rank),
        "axis2": lambda: _axis(rank),
        "keepdims": st.booleans,
        "decimals": lambda: st.integers(-1, 2),
        "k": lambda: st.integers(-2, 2),
        "kth": lambda: st.integers(0, 1),
        "offset": lambda: st.integers(-2, 2),
        "n": lambda: st.integers(0, 2),
        "shift": lambda: st.integers(-4, 4),
        "method": lambda: st.sampled_from(_METHODS),
        "side": lambda: st.sampled_from(("left", "right")),
        "equal_nan": st.booleans,
        "approximate": st.booleans,
        "negative_slope": lambda: st.sampled_from((0.2, 0.0, 1.5)),
        "alpha": lambda: st.sampled_from((1.0, 0.5)),
        "nan": lambda: st.sampled_from((0.0, -3.0)),
        "threshold": lambda: st.sampled_from((0.5, 0.0)),
        "invert": st.booleans,
    }
    if name in by_name:
        return by_name[name]()
    if default is not _EMPTY:
        return st.just(default)
    raise NoArguments(name)


_EMPTY: Final = object()


@st.composite
def free_arguments(draw: Any, definition: Any, dtype: str) -> Arguments:
    """Draw arguments of an op that takes any shapes."""
    parameters = definition.signature.parameters
    # What float32 cannot hold, or a cast does not promise, has no answer to be compared with.
    plain = definition.name in _PLAIN or ("int" in dtype and definition.dtype in ("float", "inexact_common"))
    special = draw(st.booleans()) and not plain
    wide = definition.family not in ("reduction", "nan_reduction")  # whose squares and sums leave the range
    tensors = [name for name in definition.tensors if parameters[name].default is not None]
    shape = draw(shapes())
    positional: dict[str, Any] = {}
    for place, name in enumerate(tensors):
        own = shape if place == 0 else draw(st.sampled_from((shape, shape[1:], tuple(1 for _ in shape), ())))
        if definition.dtype == "branches" and place == 0:
            positional[name] = draw(arrays(own, "bool", special, False))
            continue
        if name == "indices":
            raise NoArguments(name)
        array = draw(arrays(own, dtype, special, wide))
        if place == 1 and definition.name in _NO_ZERO and ("int" in dtype or dtype == "bool"):
            array = np.where(array == 0, array.dtype.type(1), array)
        if place == 1 and definition.name == "power" and "int" in dtype:
            array = np.where((array < 0) | (array > 7), array.dtype.type(3), array)
        if place == 1 and definition.name in _SHIFTS:
            array = np.asarray(np.abs(array.astype(np.int64)) % (8 * array.dtype.itemsize)).astype(array.dtype)
        positional[name] = array
    named: dict[str, Any] = {}
    for name, parameter in parameters.items():
        if name in definition.tensors:
            continue
        default = _EMPTY if parameter.default is parameter.empty else parameter.default
        named[name] = draw(_parameter(name, definition.static.get(name), len(shape), default))
        if default is not _EMPTY and named[name] == default and type(named[name]) is type(default):
            del named[name]
    return args(*positional.values(), **named)


@st.composite
def drawn_from_a_case(draw: Any, case: Case, dtype: str) -> Arguments:
    """Draw one of a case's samples, with other numbers."""
    special = [getattr(case, name) for name in ("nonfinite", "empty", "zero_d")]
    samples: list[Sample] = [*case.samples, *(sample for sample in special if sample is not None)]
    sample = draw(st.sampled_from(samples))
    if sample is case.nonfinite and dtype not in FLOATS:
        sample = case.samples[0]
    return sample(Draw(f"fuzz {draw(st.integers(0, 9999))}", dtype))


@st.composite
def calls(draw: Any, definition: Any, case: Case, dtypes: tuple[str, ...]) -> tuple[str, Arguments]:
    """Draw the dtype and the arguments of a call."""
    dtype = draw(st.sampled_from([dtype for dtype in case.dtypes if dtype in dtypes and dtype in ANY]))
    free = definition.family in FREE_FAMILIES or definition.name in FREE_OPS
    if free and not definition.lists and draw(st.integers(0, 3)):
        try:
            return dtype, draw(free_arguments(definition, dtype))
        except NoArguments:
            pass
    return dtype, draw(drawn_from_a_case(case, dtype))
