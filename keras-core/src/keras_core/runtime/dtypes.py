"""dtype names and the promotion lattice.

Promotion follows the lattice that JAX documents ("Type promotion semantics"), with one difference that Keras documents:
where integers meet floats, or too wide integers meet each other, the result is a float of the other operand's width or
`floatx`, never silently float64. Python scalars are weak: they take the dtype of the tensor they meet.
"""

from functools import cache
from typing import Any, Final

from keras_core.runtime import config
from keras_core.runtime.naming import did_you_mean

INTEGERS: Final = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")
FLOATS: Final = ("float8_e4m3fn", "float8_e5m2", "bfloat16", "float16", "float32", "float64")
COMPLEX: Final = ("complex64", "complex128")
DTYPES: Final = ("bool", *INTEGERS, *FLOATS, *COMPLEX)
REAL_OF_COMPLEX: Final = {"complex64": "float32", "complex128": "float64"}

_WEAK: Final = {bool: "bool", int: "int", float: "float", complex: "complex"}
# Direct successors in the lattice; "int", "float" and "complex" are the weak types of Python scalars.
_SUCCESSORS: Final[dict[str, tuple[str, ...]]] = {
    "bool": ("int",),
    "int": ("uint8", "int8"),
    "uint8": ("uint16", "int16"),
    "uint16": ("uint32", "int32"),
    "uint32": ("uint64", "int64"),
    "uint64": ("float",),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float",),
    "float": ("float8_e4m3fn", "float8_e5m2", "bfloat16", "float16", "complex"),
    "float8_e4m3fn": ("bfloat16", "float16"),
    "float8_e5m2": ("bfloat16", "float16"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64", "complex64"),
    "float64": ("complex128",),
    "complex": ("complex64",),
    "complex64": ("complex128",),
    "complex128": (),
}


@cache
def _upper_bounds(name: str) -> frozenset[str]:
    return frozenset({name}).union(*(_upper_bounds(successor) for successor in _SUCCESSORS[name]))


@cache
def _join(names: frozenset[str]) -> str:
    bounds = frozenset.intersection(*(_upper_bounds(name) for name in names))
    # The least upper bound is the common bound from which all the others can be reached.
    for name in bounds:
        if _upper_bounds(name) >= bounds:
            return name
    raise ValueError(f"dtypes {' and '.join(sorted(names))} have no common dtype; cast one of them with ops.cast.")


@cache
def _resolve(names: frozenset[str], floatx: str) -> str:
    joined = _join(names)
    if joined == "int":
        return "int32"
    if joined == "float":
        return floatx
    if joined == "complex":
        return "complex128" if floatx == "float64" else "complex64"
    return joined


def result_type(*dtypes: Any) -> str:
    """Return the name of the dtype to which dtypes are promoted.

    Args:
        dtypes: dtype names, objects with a dtype name, or the Python types `bool`, `int`, `float`, `complex`, which
            are weak. None counts as `float`.

    Returns:
        A dtype name.

    Raises:
        ValueError: for something that is no dtype, for no argument at all, and for the two kinds of float8 together,
            which have no common dtype.

    Example:
        >>> result_type("int32", float), result_type("int64", "float16")
        ('float32', 'float16')
    """
    if not dtypes:
        raise ValueError("result_type: expected at least one dtype, got none.")
    return _resolve(frozenset(map(_lattice_name, dtypes)), config.floatx())


def promote_names(names: frozenset[str]) -> str:
    """`result_type` for names already of the lattice; the hot path of op calls."""
    return _resolve(names, config.floatx())


def weak_type(value: Any) -> str | None:
    """Return the lattice name of a Python scalar's type, None for anything else."""
    return _WEAK.get(type(value))


def _lattice_name(dtype: Any) -> str:
    if isinstance(dtype, type) and dtype in _WEAK:
        return _WEAK[dtype]
    if dtype is None or dtype == "float":
        return "float"
    if dtype == "int":
        return "int"
    return standardize_dtype(dtype)


_ALIASES: Final = {"half": "float16", "double": "float64", "int": "int32", "float": "float32"}


def standardize_dtype(dtype: Any) -> str:
    """Return the name of a dtype.

    Args:
        dtype: a name, a NumPy dtype or scalar type, a native dtype of any framework, a Python type, or None for
            `floatx`.

    Raises:
        ValueError: where it names no known dtype.

    Example:
        >>> import numpy
        >>> standardize_dtype(numpy.int16), standardize_dtype(None), standardize_dtype(int)
        ('int16', 'float32', 'int32')
    """
    if dtype is None:
        return config.floatx()
    if isinstance(dtype, str):
        name = dtype
    elif isinstance(dtype, type) and dtype in (int, float, bool, complex):  # `np.dtype("bool") == bool` holds too
        name = {int: "int32", float: config.floatx(), bool: "bool", complex: "complex64"}[dtype]
    elif isinstance(dtype, type):
        name = dtype.__name__.rstrip("_")
    elif isinstance(getattr(dtype, "name", None), str):
        name = dtype.name
    else:
        name = str(dtype).rpartition(".")[2]
    if name in DTYPES:
        return name
    if name == "float":
        return config.floatx()
    if name in _ALIASES:
        return _ALIASES[name]
    raise ValueError(f"dtype: expected one of {', '.join(DTYPES)}, got {dtype!r}.{did_you_mean(dtype, DTYPES)}")


def is_float(dtype: str) -> bool:
    """Tell whether a dtype name is that of a real float."""
    return dtype in FLOATS


def is_inexact(dtype: str) -> bool:
    """Tell whether a dtype name is that of a float or a complex number."""
    return dtype in FLOATS or dtype in COMPLEX


def is_integer(dtype: str) -> bool:
    """Tell whether a dtype name is that of an integer (bool is none)."""
    return dtype in INTEGERS


def float_for(dtype: str) -> str:
    """Return the dtype in which an op that needs inexact numbers works: itself, or `floatx` for ints and bools."""
    return dtype if is_inexact(dtype) else config.floatx()


def holds(dtype: str, number: Any) -> bool:
    """Tell whether a dtype name is not that of an integer dtype whose bounds a Python int exceeds."""
    if type(number) is not int or dtype not in INTEGERS:
        return True
    signed, bits = dtype.startswith("i"), int(dtype.lstrip("uint"))
    return -(1 << (bits - 1)) * signed <= number < 1 << (bits - signed)


def is_int_dtype(dtype: Any) -> bool:
    """Tell whether any form of dtype is an integer one; bool is none.

    Args:
        dtype: as of `standardize_dtype`.

    Raises:
        ValueError: where it names no known dtype.
    """
    return is_integer(standardize_dtype(dtype))


def is_float_dtype(dtype: Any) -> bool:
    """Tell whether any form of dtype is a real float one.

    Args:
        dtype: as of `standardize_dtype`.

    Raises:
        ValueError: where it names no known dtype.
    """
    return is_float(standardize_dtype(dtype))
