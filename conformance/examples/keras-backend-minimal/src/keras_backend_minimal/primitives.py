"""The primitives: those of the standard as they are, and the few where the contract asks for more than the standard."""

from collections.abc import Callable
from typing import Any

import array_api_strict as xp
import numpy as np

from keras_backend_minimal.host import DTYPES
from keras_core.contract import bind_array_api

# Of bools the standard has no sum, order or product.
_AS_INTEGERS = ("maximum", "minimum", "less", "less_equal", "greater", "greater_equal")
_SORTS = ("sort", "argsort", "argmax", "argmin")


def primitives() -> dict[str, Callable[..., Any]]:
    """Return the answer to `keras_primitives`."""
    bound = bind_array_api(xp, DTYPES, "minimal")
    bound |= {name: _two_bools(bound[name]) for name in _AS_INTEGERS}
    bound |= {name: _one_bool(bound[name]) for name in _SORTS}
    bound["add"] = _for_bools(bound["add"], xp.logical_or)
    bound["multiply"] = _for_bools(bound["multiply"], xp.logical_and)
    bound["astype"] = _from_complex(bound["astype"])
    bound["slice"] = _slice
    bound["bitcast"] = lambda x, dtype: xp.asarray(np.from_dlpack(x).view(dtype))
    return bound


def _for_bools(function: Callable[..., Any], logical: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x1, x2: (logical if x1.dtype == xp.bool else function)(x1, x2)


def _two_bools(function: Callable[..., Any]) -> Callable[..., Any]:
    def compared(x1: Any, x2: Any) -> Any:
        if x1.dtype != xp.bool:
            return function(x1, x2)
        result = function(xp.astype(x1, xp.uint8), xp.astype(x2, xp.uint8))
        return xp.astype(result, xp.bool)

    return compared


def _one_bool(function: Callable[..., Any]) -> Callable[..., Any]:
    def sorted_(x: Any, *rest: Any) -> Any:
        if x.dtype != xp.bool:
            return function(x, *rest)
        result = function(xp.astype(x, xp.uint8), *rest)
        return xp.astype(result, xp.bool) if result.dtype == xp.uint8 else result  # indices stay

    return sorted_


def _from_complex(astype: Callable[..., Any]) -> Callable[..., Any]:
    """Casts of complex numbers to real ones and bools, which the standard leaves to the caller."""

    def cast(x: Any, dtype: str) -> Any:
        if x.dtype in (xp.complex64, xp.complex128) and not dtype.startswith("complex"):
            if dtype == "bool":
                return xp.logical_or(xp.real(x) != 0, xp.imag(x) != 0)
            x = xp.real(x)
        return astype(x, dtype)

    return cast


def _slice(x: Any, start: tuple[int, ...], stop: tuple[int | None, ...], step: tuple[int, ...]) -> Any:
    """Slice with bounds past the end clamped, which the standard leaves open."""
    bounds = [
        slice(min(first, size), None if last is None else max(min(last, size), min(first, size)), stride)
        for first, last, stride, size in zip(start, stop, step, x.shape, strict=True)
    ]
    return x[tuple(bounds)]
