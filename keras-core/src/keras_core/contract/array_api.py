"""Bind the primitives to any namespace that follows the Python Array API standard."""

from collections.abc import Callable, Mapping
from typing import Any

from keras_core.contract.errors import UnsupportedOpError
from keras_core.contract.primitives import PRIMITIVE_NAMES

_SAME_SIGNATURE = (
    *("abs", "negative", "sign", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan"),
    *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "floor", "ceil", "round", "trunc", "isfinite", "isnan"),
    *("isinf", "logical_not", "bitwise_invert", "real", "imag", "conj", "add", "subtract", "multiply", "divide"),
    *("floor_divide", "remainder", "pow", "atan2", "maximum", "minimum", "equal", "not_equal", "less", "less_equal"),
    *("greater", "greater_equal", "logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or"),
    *("bitwise_xor", "bitwise_left_shift", "bitwise_right_shift", "where", "reshape", "permute_dims"),
    *("broadcast_to", "matmul"),
)
_LINEAR_ALGEBRA = ("cholesky", "qr", "eigh", "solve", "slogdet")


def bind_array_api(namespace: Any, dtypes: Mapping[str, Any], backend: str) -> dict[str, Callable[..., Any]]:
    """Return the primitives that an Array API namespace supplies.

    Args:
        namespace: a module such as `numpy`, `jax.numpy`, `cupy` or `array_api_strict`.
        dtypes: dtype name -> dtype of the namespace.
        backend: name of the backend, for errors.

    Returns:
        Primitive name -> function with the strict signature of the contract. Functions that the namespace does not
        have (an optional extension, or one of a later edition of the standard) are left out; the caller supplies them.

    Example:
        >>> import numpy
        >>> primitives = bind_array_api(numpy, {"float32": numpy.dtype("float32")}, "numpy")
        >>> primitives["full"]((2,), 1.5, "float32").tolist()
        [1.5, 1.5]
    """
    bound: dict[str, Callable[..., Any]] = {}
    for name in _SAME_SIGNATURE:
        if hasattr(namespace, name):
            bound[name] = getattr(namespace, name)
    extension = getattr(namespace, "linalg", None)
    for name in _LINEAR_ALGEBRA:
        if hasattr(extension, name):
            bound[name] = getattr(extension, name)
    bound.update(_adapted(namespace, dtypes, backend))
    return {name: bound[name] for name in PRIMITIVE_NAMES if name in bound}


def _adapted(xp: Any, dtypes: Mapping[str, Any], backend: str) -> dict[str, Callable[..., Any]]:
    """Return the primitives whose calling form differs from the standard's."""

    def native(dtype: str) -> Any:
        try:
            return dtypes[dtype]
        except KeyError:
            raise UnsupportedOpError("astype", backend, f"it has no dtype {dtype}") from None

    index = native("int32") if "int32" in dtypes else None

    def reduction(name: str) -> Callable[..., Any]:
        function = getattr(xp, name)
        return lambda x, axis, keepdims: function(x, axis=axis, keepdims=keepdims)

    def same_dtype_reduction(name: str) -> Callable[..., Any]:
        function = getattr(xp, name)
        return lambda x, axis, keepdims: function(x, axis=axis, keepdims=keepdims, dtype=x.dtype)

    def as_index(name: str) -> Callable[..., Any]:
        function = getattr(xp, name)
        return lambda x, axis, keepdims: xp.astype(function(x, axis=axis, keepdims=keepdims), index)

    def slice_(x: Any, start: Any, stop: Any, step: Any) -> Any:
        return x[tuple(map(slice, start, stop, step))]

    adapted: dict[str, Callable[..., Any]] = {
        "full": lambda shape, fill_value, dtype: xp.full(shape, fill_value, dtype=native(dtype)),
        "arange": lambda start, stop, step, dtype: xp.arange(start, stop, step, dtype=native(dtype)),
        "astype": lambda x, dtype: xp.astype(x, native(dtype)),
        "stop_gradient": lambda x: x,
        "shape": lambda x: tuple(x.shape),
        "concat": lambda arrays, axis: xp.concat(arrays, axis=axis),
        "expand_dims": lambda x, axis: xp.expand_dims(x, axis=axis),
        "squeeze": lambda x, axis: xp.squeeze(x, axis=axis),
        "flip": lambda x, axis: xp.flip(x, axis=axis),
        "slice": slice_,
        "take": lambda x, indices, axis: xp.take(x, indices, axis=axis),
        "nonzero": lambda x: tuple(xp.astype(part, index) for part in xp.nonzero(x)),
        "sort": lambda x, axis: xp.sort(x, axis=axis),
        "argsort": lambda x, axis: xp.astype(xp.argsort(x, axis=axis, stable=True), index),
        "argmax": as_index("argmax"),
        "argmin": as_index("argmin"),
        "sum": same_dtype_reduction("sum"),
        "prod": same_dtype_reduction("prod"),
        "max": reduction("max"),
        "min": reduction("min"),
        "all": reduction("all"),
        "any": reduction("any"),
    }
    if hasattr(getattr(xp, "ndarray", None), "view"):  # not of the standard, but of most arrays
        adapted["bitcast"] = lambda x, dtype: x.view(native(dtype))
    if hasattr(xp, "take_along_axis"):
        adapted["take_along_axis"] = lambda x, indices, axis: xp.take_along_axis(x, indices, axis=axis)
    for name in ("cumulative_sum", "cumulative_prod"):
        if hasattr(xp, name):
            adapted[name] = _cumulative(getattr(xp, name))
    linalg: Any = getattr(xp, "linalg", None)
    if hasattr(linalg, "svd"):
        adapted["svd"] = lambda x, full_matrices: linalg.svd(x, full_matrices=full_matrices)
    fourier: Any = getattr(xp, "fft", None)
    if hasattr(fourier, "fft"):
        adapted["fft"] = lambda x: fourier.fft(x)
        adapted["ifft"] = lambda x: fourier.ifft(x)
    return adapted


def _cumulative(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, axis: function(x, axis=axis, dtype=x.dtype)
