"""What a case is: one op or primitive, how arguments of it are drawn, and what NumPy says they give."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import numpy as np

FLOATS: Final = ("bfloat16", "float16", "float32", "float64")
COMPLEX: Final = ("complex64", "complex128")
SIGNED: Final = ("int8", "int16", "int32", "int64")
INTEGERS: Final = (*SIGNED, "uint8", "uint16", "uint32", "uint64")
REAL: Final = (*INTEGERS, *FLOATS)
NUMBERS: Final = (*REAL, *COMPLEX)
INEXACT: Final = (*FLOATS, *COMPLEX)
ANY: Final = ("bool", *NUMBERS)
FEW: Final = ("bool", "uint8", "int32", "bfloat16", "float32", "complex64")
"""For ops that only move elements: one dtype of each kind."""

WIDE_FLOATS: Final = ("float32", "float64")
WIDE: Final = ("float32", "float64", "complex64", "complex128")

Tree = Any


@cache
def host_dtype(dtype: str) -> np.dtype:
    """Return the NumPy dtype of a name, those of `ml_dtypes` included."""
    import ml_dtypes

    return np.dtype(getattr(ml_dtypes, dtype)) if hasattr(ml_dtypes, dtype) else np.dtype(dtype)


class Draw:
    """Draws arguments of one dtype; the same name gives the same numbers."""

    def __init__(self, name: str, dtype: str) -> None:
        self.dtype = dtype
        self.random = np.random.Generator(np.random.Philox(key=zlib.crc32(name.encode())))

    def array(self, shape: Sequence[int], low: float = -3, high: float = 3, dtype: str | None = None) -> np.ndarray:
        """Return numbers in `[low, high)`; integers and bools by truncation; complex ones in a square."""
        dtype = dtype or self.dtype
        shape = tuple(shape)
        if dtype == "bool":
            return self.random.random(shape) < 0.5
        if dtype.startswith("uint"):
            low = max(low, 0)
            high = max(high, low + 1)
        values: Any = self.random.uniform(low, high, shape)
        if dtype.startswith("complex"):
            values = values + 1j * self.random.uniform(low, high, shape)
        if "int" in dtype:
            values = np.floor(values)
        return np.asarray(values).astype(host_dtype(dtype))

    def distinct(self, shape: Sequence[int], low: float = -3, high: float = 3) -> np.ndarray:
        """Return real numbers in random order of which no two are near each other, where the dtype has enough."""
        count = int(np.prod(shape))
        if "int" in self.dtype:
            low, high = (0, count) if self.dtype.startswith("uint") else (-(count // 2), count - count // 2)
            values = np.arange(low, high)
        else:
            values = np.linspace(low, high, max(count, 1))[:count]
        return self.random.permutation(values).reshape(shape).astype(host_dtype(self.dtype))

    def integers(self, shape: Sequence[int], low: int, high: int, dtype: str = "int32") -> np.ndarray:
        """Return integers in `[low, high)`, whatever the dtype under test."""
        return self.random.integers(low, high, tuple(shape)).astype(dtype)

    def bools(self, shape: Sequence[int]) -> np.ndarray:
        """Return bools, whatever the dtype under test."""
        return self.random.random(tuple(shape)) < 0.5

    def matrix(self, n: int, batch: Sequence[int] = ()) -> np.ndarray:
        """Return well-conditioned square matrices."""
        x = self.array((*batch, n, n), -1, 1)
        return (x + 3 * np.eye(n)).astype(host_dtype(self.dtype))

    def positive_definite(self, n: int, batch: Sequence[int] = ()) -> np.ndarray:
        """Return Hermitian positive definite matrices with well separated eigenvalues."""
        wide = "complex128" if self.dtype.startswith("complex") else "float64"
        x = self.array((*batch, n, n), -1, 1, dtype=wide)
        x = 0.1 * x @ np.conj(np.swapaxes(x, -1, -2)) + np.diag(np.arange(1.0, n + 1))
        return x.astype(host_dtype(self.dtype))


@dataclass(frozen=True)
class Arguments:
    """The arguments of one call: arrays become tensors of the backend, the rest goes in as it is."""

    positional: tuple[Any, ...]
    named: Mapping[str, Any] = field(default_factory=dict)

    def mapped(self, convert: Callable[[Any], Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments with a function applied to each array."""
        return map_arrays(self.positional, convert), {k: map_arrays(v, convert) for k, v in self.named.items()}


def args(*positional: Any, **named: Any) -> Arguments:
    """Return the arguments of one call."""
    return Arguments(*(_with_arrays(part) for part in (positional, named)))


def _with_arrays(tree: Tree) -> Tree:
    """Return the tree with 0-d arrays for the scalars that NumPy gives in place of them."""
    if isinstance(tree, np.generic):
        return np.asarray(tree)
    if isinstance(tree, list | tuple):
        return type(tree)(map(_with_arrays, tree))
    return {key: _with_arrays(value) for key, value in tree.items()} if isinstance(tree, dict) else tree


def map_arrays(tree: Tree, convert: Callable[[Any], Any]) -> Tree:
    """Return lists, tuples and dicts with a function applied to the NumPy arrays in them."""
    if isinstance(tree, np.ndarray):
        return convert(tree)
    if isinstance(tree, list | tuple):
        return type(tree)(map_arrays(item, convert) for item in tree)
    if isinstance(tree, dict):
        return {key: map_arrays(item, convert) for key, item in tree.items()}
    return tree


def leaves(tree: Tree) -> list[Any]:
    """Return what lists and tuples hold, in order."""
    if isinstance(tree, list | tuple):
        return [leaf for item in tree for leaf in leaves(item)]
    return [tree]


Sample = Callable[[Draw], Arguments]


@dataclass(frozen=True)
class ExpectedError:
    """A call that must fail.

    Attributes:
        arguments: of the call.
        error: class of the exception; `Exception` where the framework raises its own.
        message: text that the message contains.
    """

    arguments: Callable[[], Arguments]
    error: type[BaseException]
    message: str


@dataclass(frozen=True)
class Case:
    """Everything that the suite knows of one op, or of one primitive.

    Attributes:
        name: name of the op in the database, or of the primitive.
        oracle: what NumPy says; gets the arguments, inexact arrays in float64 or complex128. None where the value is
        not
            fixed (random numbers): then all that `observe` returns must be true.
        samples: functions that draw arguments; the first is the one for gradient, symbolic, compiled and composite.
        dtypes: dtypes of the drawn arguments.
        out: dtype of the result by that of the arguments: `"same"`, a name, or a function of the dtype; a tuple of
            these where there are several results; None where only symbolic inference says it.
        out_of: dtype of the result by the arguments, where they name it.
        gradient: whether the derivative is compared with finite differences of the oracle.
        why_no_gradient: the reason, where an op is differentiable and `gradient` is False.
        why_not_smooth: the reason, where the second derivative is not compared too.
        nonfinite: draws arguments with nan and infinities; None with a reason in `without`.
        empty: draws arguments of size zero; None with a reason in `without`.
        zero_d: draws 0-d arguments; None with a reason in `without`.
        without: reason by name, for `"nonfinite"`, `"empty"` and `"zero_d"` that do not apply.
        errors: calls that must fail, besides those that are derived from the definition.
        observe: what is compared, `(arguments, results) -> list of arrays`, where results are not unique.
        differentiate: what is differentiated, `results -> list of tensors`, where results are not unique.
        tolerance: factor on the tolerances of the dtype.
        reuses_buffers: whether the op may write into its arguments.
        compilable: whether shapes of results follow from shapes of arguments.
        resized: position of the sample of which compiled functions also get longer arguments: all that share their
            first size with the first one.
        not_resized: the reason why the op must refuse these; empty where it must not.
        thorough: whether all samples are drawn in all dtypes; else all in one and the first in the others.
    """

    name: str
    oracle: Callable[..., Any] | None
    samples: tuple[Sample, ...]
    dtypes: tuple[str, ...]
    out: Any = "same"
    out_of: Callable[[Arguments], str] | None = None
    gradient: bool = True
    why_no_gradient: str = ""
    why_not_smooth: str = ""
    nonfinite: Sample | None = None
    empty: Sample | None = None
    zero_d: Sample | None = None
    without: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[ExpectedError, ...] = ()
    observe: Callable[[Arguments, list[np.ndarray]], list[Any]] | None = None
    differentiate: Callable[[list[Any]], list[Any]] | None = None
    tolerance: float = 1.0
    reuses_buffers: bool = False
    compilable: bool = True
    resized: int = 0
    not_resized: str = ""
    thorough: bool = False

    def reference_dtype(self) -> str:
        """Return the dtype in which checks that need only one are made."""
        return next(
            (dtype for dtype in ("float32", "complex64", "int32", "bool") if dtype in self.dtypes), self.dtypes[0]
        )


def result_dtype(rule: Any, dtype: str) -> str:
    """Return the dtype of a result: `rule` is `"same"`, a dtype name or a function of the dtype."""
    if callable(rule):
        return rule(dtype)
    return dtype if rule == "same" else rule


def floating(dtype: str) -> str:
    """Return the dtype itself where it is inexact, float32 for integers and bools."""
    return dtype if dtype in INEXACT else "float32"


def real_part(dtype: str) -> str:
    """Return the real dtype of the same precision."""
    return {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)


def accumulated(dtype: str) -> str:
    """Return the dtype in which sums of a dtype are taken: narrow integers in 32 bits."""
    return {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}.get(dtype, dtype)


def number(dtype: str) -> str:
    """Return int32 for bool, else the dtype."""
    return "int32" if dtype == "bool" else dtype
