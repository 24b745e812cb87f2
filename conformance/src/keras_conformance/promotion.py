"""The dtype to which two dtypes are promoted, as Keras documents it; written apart from core, which it examines."""

from __future__ import annotations

from typing import Final

PYTHON_NUMBERS: Final = {bool: "bool", int: "int", float: "float", complex: "complex"}
"""Names of the weak dtypes: Python numbers take on the dtype that they meet, where it is of their kind or above."""

_WEAK: Final = {"bool": "bool", "int": "int32", "float": "float32", "complex": "complex64"}
_BITS: Final = {"bfloat16": 16, "float16": 16, "float32": 32, "float64": 64, "complex64": 32, "complex128": 64}


def _kind(dtype: str) -> int:
    """Return the place of a dtype among bools, integers, floats and complex numbers."""
    return next(place for place, kind in enumerate(("bool", "int", "float", "complex")) if kind in dtype)


def _integers(one: str, other: str) -> str:
    """Return the narrowest integer that holds both; where there is none, the default float."""
    (first, one_unsigned), (second, other_unsigned) = (
        (int(dtype.lstrip("uint")), dtype.startswith("u")) for dtype in (one, other)
    )
    if one_unsigned == other_unsigned:
        return one if first >= second else other
    unsigned, signed = (first, second) if one_unsigned else (second, first)
    bits = max(2 * unsigned, signed)
    return f"int{bits}" if bits <= 64 else "float32"


def promoted(one: str, other: str) -> str:
    """Return the dtype of what both are converted to.

    Args:
        one: name of a dtype; `"int"`, `"float"` and `"complex"` are Python numbers.
        other: another one.
    """
    if one == other:
        return _WEAK.get(one, one)
    low, high = sorted((one, other), key=_kind)
    if _kind(low) < _kind(high):
        if _kind(high) == 3 and "float64" in (low, high):
            return "complex128"
        return _WEAK.get(high, high)
    if low in _WEAK or high in _WEAK:  # of one kind, a Python number gives way
        return high if low in _WEAK else low
    if _kind(low) == 1:
        return _integers(low, high)
    if _BITS[low] == _BITS[high]:
        return "float32"  # bfloat16 and float16, neither of which holds the other
    return max(low, high, key=_BITS.__getitem__)
