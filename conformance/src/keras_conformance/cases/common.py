"""Arguments that many cases share."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import INEXACT, Arguments, Draw, ExpectedError, Sample, args, host_dtype

NONFINITE: Final = (np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -2.5)


def nonfinite(d: Draw) -> Arguments:
    """Return one array of nan, infinities, zeros of both signs and ordinary numbers."""
    return args(nonfinite_array(d))


def nonfinite_array(d: Draw) -> np.ndarray:
    """Return nan, infinities, zeros of both signs and ordinary numbers."""
    return np.array(NONFINITE).astype(host_dtype(d.dtype))


def nonfinite_pairs(d: Draw) -> Arguments:
    """Return two arrays in which each special number meets each."""
    first, second = np.meshgrid(nonfinite_array(d), nonfinite_array(d))
    return args(first.copy(), second.copy())


def with_nan(*shape: int, nans: int = 2, rest: tuple[Any, ...] = (), **named: Any) -> Sample:
    """Return a sample of ordinary numbers among which, in a dtype that has it, some are nan."""

    def sample(d: Draw) -> Arguments:
        x = d.array(shape)
        if d.dtype in INEXACT:
            x.flat[: nans * 3 : 3] = np.nan
        return args(x, *rest, **named)

    return sample


def with_infinities(*shape: int, rest: tuple[Any, ...] = (), **named: Any) -> Sample:
    """Return a sample of ordinary numbers among which there is nan in one row, inf in another, -inf in a third."""

    def sample(d: Draw) -> Arguments:
        x = d.array(shape)
        rows = x.reshape(shape[0], -1)
        for row, value in zip(rows, (np.nan, np.inf, -np.inf), strict=False):
            row[0] = value
        return args(x, *rest, **named)

    return sample


def array(*shape: int, low: float = -3, high: float = 3, rest: tuple[Any, ...] = (), **named: Any) -> Sample:
    """Return a sample of one array and further arguments."""
    return lambda d: args(d.array(shape, low, high), *rest, **named)


def distinct(*shape: int, rest: tuple[Any, ...] = (), **named: Any) -> Sample:
    """Return a sample of one array without equal elements, and further arguments."""
    return lambda d: args(d.distinct(shape), *rest, **named)


def fails(make: Callable[[], Arguments], error: type[BaseException], message: str) -> ExpectedError:
    """Return a call that must fail."""
    return ExpectedError(make, error, message)


def zeros(*shape: int) -> np.ndarray:
    """Return float32 zeros."""
    return np.zeros(shape, np.float32)


MOVES: Final = {"nonfinite": "it moves elements and computes with none"}
NO_FLOATS: Final = {"nonfinite": "it takes no floats"}
