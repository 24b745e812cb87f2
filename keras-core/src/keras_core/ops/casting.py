"""dtypes of tensors, and real numbers taken as complex ones."""

from typing import Any

import numpy as np

from keras_core.ops.elementwise import where
from keras_core.ops.elementwise_binary import multiply
from keras_core.ops.elementwise_unary import cos, isnan, sin
from keras_core.runtime import dtypes
from keras_core.runtime.conversion import dtype_name
from keras_core.runtime.definition import op
from keras_core.runtime.table import active, host_dtype


def dtype(x: Any) -> str:
    """Return the dtype of a tensor, by name.

    Args:
        x: tensor, Variable or array.

    Example:
        >>> ops.dtype(ops.zeros(2))
        'float32'
    """
    return dtypes.standardize_dtype(dtype_name(active(), x))


def _bounds(dtype: str) -> tuple[Any, Any]:
    import ml_dtypes

    if dtype == "bool":
        return 0, 1
    information = ml_dtypes.finfo(dtype) if dtypes.is_float(dtype) else np.iinfo(dtype)
    kind = float if dtypes.is_float(dtype) else int
    return kind(information.min), kind(information.max)


def _largest_not_above(bound: Any, dtype: str) -> Any:
    """Return the number of a float dtype that is nearest to an integer bound and not beyond it."""
    value = np.asarray(min(max(float(bound), _bounds(dtype)[0]), _bounds(dtype)[1])).astype(host_dtype(dtype))
    return float(value if abs(int(value)) <= abs(int(bound)) else np.nextafter(value, np.zeros((), value.dtype)))


@op(tensors=("x",), static={"dtype": "dtype"}, differentiable=("x",))
def saturate_cast(x: Any, dtype: Any) -> Any:
    """Return `x` in another dtype, with numbers beyond its range replaced by the nearest of it.

    Args:
        x: tensor of real numbers or bools; nan becomes 0 in an integer dtype.
        dtype: dtype name.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        ValueError: for complex dtypes, which have no order.

    Example:
        >>> ops.saturate_cast([-3.0, 1000.0], "uint8")
        array([  0, 255], dtype=uint8)
    """
    d = active()
    source = d.dtype_of(x)
    if source in dtypes.COMPLEX or dtype in dtypes.COMPLEX:
        raise ValueError(f"saturate_cast: expected real dtypes, got {source} and {dtype}.")
    if source == "bool" or source == dtype:
        return d.astype(x, dtype)
    if dtypes.is_float(source) and not dtypes.is_float(dtype):
        return _float_to_integer(x, source, dtype)
    if dtypes.is_float(dtype) and not dtypes.is_float(source):
        x, source = (d.astype(x, "float32"), "float32") if dtype == "float16" else (x, source)
    own, other = _bounds(source), _bounds(dtype)
    if own[0] < other[0]:
        x = d.maximum(x, d.full((), other[0], source))
    if own[1] > other[1]:
        x = d.minimum(x, d.full((), other[1], source))
    return d.astype(x, dtype)


def _float_to_integer(x: Any, source: str, dtype: str) -> Any:
    d = active()
    low, high = (d.full((), _largest_not_above(bound, source), source) for bound in _bounds(dtype))
    smallest, largest = (d.astype(d.full((), bound, dtype), dtype) for bound in _bounds(dtype))
    x = where(isnan(x), 0.0, x)
    result = d.astype(d.minimum(d.maximum(x, low), high), dtype)
    # The largest integer is in general no float, so it is put in afterwards.
    return d.where(d.greater(x, high), largest, d.where(d.less(x, low), smallest, result))


_COMPLEX_OF = {"float64": "complex128"}


def _complex(real: Any, imaginary: Any) -> Any:
    d = active()
    dtype = _COMPLEX_OF.get(d.dtype_of(real), "complex64")
    return d.add(d.astype(real, dtype), d.multiply(d.astype(imaginary, dtype), d.scalar(1j, dtype)))


@op(tensors=("abs_", "angle"), dtype="float")
def polar(abs_: Any, angle: Any) -> Any:
    """Return complex numbers of given modulus and angle, elementwise.

    Args:
        abs_: tensor of real numbers; integers become `floatx`.
        angle: tensor of real numbers, in radians, of a shape that broadcasts with that of `abs_`.

    Returns:
        complex64 tensor of the broadcast shape, complex128 for float64.

    Example:
        >>> ops.polar([2.0], [0.0])
        array([2.+0.j], dtype=complex64)
    """
    d = active()
    if d.dtype_of(angle) != "float64":
        abs_, angle = d.astype(abs_, "float32"), d.astype(angle, "float32")
    return _complex(multiply(abs_, cos(angle)), multiply(abs_, sin(angle)))


@op(dtype="float")
def view_as_complex(x: Any) -> Any:
    """Return the pairs along the last axis as complex numbers.

    Args:
        x: tensor of shape `(..., 2)` of real and imaginary parts; integers become `floatx`.

    Returns:
        complex64 tensor of shape `(...)`, complex128 for float64.

    Raises:
        ValueError: where the last axis is not of size 2.

    Example:
        >>> ops.view_as_complex([[1.0, 2.0]])
        array([1.+2.j], dtype=complex64)
    """
    d = active()
    sizes = d.static_shape(x)
    if not x.ndim or sizes[-1] not in (2, None):
        raise ValueError(f"view_as_complex: expected a last axis of size 2, got shape {tuple(sizes)}.")
    real, imaginary = (
        d.squeeze(
            d.slice(x, (*(0,) * (x.ndim - 1), part), (*(None,) * (x.ndim - 1), part + 1), (1,) * x.ndim), (x.ndim - 1,)
        )
        for part in (0, 1)
    )
    return _complex(real, imaginary)


@op()
def view_as_real(x: Any) -> Any:
    """Return real and imaginary parts along a new last axis.

    Args:
        x: complex tensor; of a real one the imaginary part is 0.

    Returns:
        Real tensor of shape `(*x.shape, 2)`.

    Example:
        >>> ops.view_as_real([1 + 2j])
        array([[1., 2.]], dtype=float32)
    """
    d = active()
    is_complex = d.dtype_of(x) in dtypes.COMPLEX
    parts = (d.real(x), d.imag(x)) if is_complex else (x, d.full(d.shape(x), 0, d.dtype_of(x)))
    return d.concat([d.expand_dims(part, x.ndim) for part in parts], x.ndim)
