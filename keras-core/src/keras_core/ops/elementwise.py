"""Elementwise ops composed of others."""

import math
from typing import Any

from keras_core.ops.elementwise_binary import add, divide, equal, greater, less, maximum, minimum, multiply, subtract
from keras_core.ops.elementwise_unary import absolute, exp, isfinite, isnan, log, log1p, logical_not, negative, sqrt
from keras_core.runtime import dtypes
from keras_core.runtime.definition import op
from keras_core.runtime.inference import same
from keras_core.runtime.table import active


@op(tensors=("condition", "x1", "x2"), dtype="branches", differentiable=("x1", "x2"))
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """Return `x1` where the condition is true, else `x2`; or the indices where it is true.

    Args:
        condition: bool tensor.
        x1: tensor or number that broadcasts with the others; None together with `x2`.
        x2: tensor or number that broadcasts with the others; None together with `x1`.

    Returns:
        Tensor of the broadcast shape; without `x1` and `x2` a tuple of index tensors, as `nonzero` gives.

    Raises:
        ValueError: where only one of `x1` and `x2` is given.

    Example:
        >>> ops.where([True, False], 1.0, 2.0)
        array([1., 2.], dtype=float32)
    """
    if (x1 is None) != (x2 is None):
        raise ValueError("where: expected both of x1 and x2, or none of them.")
    d = active()
    condition = d.astype(condition, "bool") if d.dtype_of(condition) != "bool" else condition
    if x1 is None:
        if not condition.ndim:
            raise ValueError("where: expected a condition with at least one axis where x1 and x2 are not given.")
        return d.nonzero(condition)
    first, second = d.dtype_of(x1), d.dtype_of(x2)
    if first != second:
        common = dtypes.promote_names(frozenset((first, second)))
        x1, x2 = (x if d.dtype_of(x) == common else d.astype(x, common) for x in (x1, x2))
    return d.where(condition, x1, x2)


@op(dtype="number")
def square(x: Any) -> Any:
    """Return `x * x`, elementwise.

    Args:
        x: tensor of numbers.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.square([2.0, -3.0])
        array([4., 9.], dtype=float32)
    """
    return active().multiply(x, x)


@op(dtype="float")
def rsqrt(x: Any) -> Any:
    """Return `1 / sqrt(x)`, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.rsqrt([4.0, 16.0])
        array([0.5 , 0.25], dtype=float32)
    """
    return divide(1, sqrt(x))


@op(dtype="float")
def reciprocal(x: Any) -> Any:
    """Return `1 / x`, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.reciprocal([2.0, 4.0])
        array([0.5 , 0.25], dtype=float32)
    """
    return divide(1, x)


@op(dtype="float")
def log2(x: Any) -> Any:
    """Return the logarithm of `x` to base 2, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.log2([1.0, 8.0])
        array([0., 3.], dtype=float32)
    """
    return multiply(log(x), 1 / math.log(2))


@op(dtype="float")
def log10(x: Any) -> Any:
    """Return the logarithm of `x` to base 10, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.log10([1.0, 100.0])
        array([0.       , 2.0000002], dtype=float32)
    """
    return multiply(log(x), 1 / math.log(10))


@op(tensors=("x1", "x2"), dtype="float")
def logaddexp(x1: Any, x2: Any) -> Any:
    """Return `log(exp(x1) + exp(x2))`, elementwise, without overflow.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape.

    Example:
        >>> ops.logaddexp([0.0, 1000.0], 0.0)
        array([6.931472e-01, 1.000000e+03], dtype=float32)
    """
    difference = subtract(x1, x2)
    # Where the difference is nan both are infinite of one sign, or one is nan: their sum is the answer.
    undefined = isnan(difference)
    safe = where(undefined, 0, difference)
    # One comparison chooses both, so that the derivative is right where the two are equal.
    first = greater(x1, x2)
    larger, exponent = where(first, x1, x2), where(first, negative(safe), safe)
    return where(undefined, add(x1, x2), add(larger, log1p(exp(exponent))))


@op(tensors=("x", "x_min", "x_max"), dtype="common")
def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """Return `x` bounded by `x_min` below and `x_max` above, elementwise.

    Args:
        x: tensor or number.
        x_min: lower bound, broadcasts with `x`.
        x_max: upper bound, broadcasts with `x`.

    Returns:
        Tensor of the broadcast shape.

    Example:
        >>> ops.clip([-2.0, 0.5, 3.0], 0.0, 1.0)
        array([0. , 0.5, 1. ], dtype=float32)
    """
    return minimum(maximum(x, x_min), x_max)


@op(dtype="keep", name="round")
def round(x: Any, decimals: int = 0) -> Any:
    """Return `x` rounded to a number of decimals, halves to even, elementwise.

    Args:
        x: tensor of numbers; integers stay as they are when `decimals >= 0`.
        decimals: int; negative ones round before the point.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.round([0.5, 1.5, 2.26], 1)
        array([0.5, 1.5, 2.3], dtype=float32)
    """
    d = active()
    dtype = d.dtype_of(x)
    if not dtypes.is_inexact(dtype):
        if decimals >= 0:
            return x
        factor = 10**-decimals
        return d.astype(multiply(d.round(divide(x, factor)), factor), dtype)
    if decimals == 0:
        return d.round(x)
    factor = 10.0 ** builtin_abs(decimals)
    if decimals > 0:
        return divide(d.round(multiply(x, factor)), factor)
    return multiply(d.round(divide(x, factor)), factor)


builtin_abs = abs


@op(dtype="float", infer=same)
def erf(x: Any) -> Any:
    """Return the error function of `x`, elementwise.

    Args:
        x: tensor of real numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Source:
        Below 2 in magnitude the Maclaurin series of DLMF 7.6.2, above it the continued fraction of DLMF 7.9.2.

    Example:
        >>> ops.erf([0.0, 1.0])
        array([0.       , 0.8427008], dtype=float32)
    """
    d = active()
    size = absolute(x)
    # The untaken branch is evaluated at a harmless point, so that no gradient is nan.
    small = less(size, 2.0)
    inner = where(small, x, 0.0)
    squared = multiply(inner, inner)
    term = series = inner
    for n in range(1, 32):
        term = divide(multiply(multiply(2.0, squared), term), 2.0 * n + 1.0)
        series = add(series, term)
    series = multiply(multiply(2 / math.sqrt(math.pi), exp(multiply(-1.0, squared))), series)
    outer = where(small, 3.0, minimum(size, 20.0))
    fraction = outer
    for n in range(40, 0, -1):
        fraction = add(outer, divide(n / 2.0, fraction))
    tail = divide(exp(multiply(-1.0, multiply(outer, outer))), multiply(math.sqrt(math.pi), fraction))
    return where(small, series, multiply(d.sign(x), subtract(1.0, tail)))


@op(dtype="float")
def nan_to_num(x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    """Return `x` with nan and infinities replaced by numbers, elementwise.

    Args:
        x: tensor of numbers.
        nan: replaces nan.
        posinf: replaces inf; None for the largest finite number of the dtype.
        neginf: replaces -inf; None for the lowest finite number of the dtype.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.nan_to_num([1.0, float("nan")], nan=7.0)
        array([1., 7.], dtype=float32)
    """
    largest = largest_finite(active().dtype_of(x))
    x = where(isnan(x), nan, x)
    x = where(logical_not(less(x, math.inf)), largest if posinf is None else posinf, x)
    return where(equal(x, -math.inf), -largest if neginf is None else neginf, x)


def largest_finite(dtype: str) -> float:
    """Return the largest finite number of a float dtype, the largest integer of an integer dtype."""
    import ml_dtypes

    return float(ml_dtypes.finfo(dtype).max) if dtypes.is_float(dtype) else float(ml_dtypes.iinfo(dtype).max)


@op(tensors=("x1", "x2"), dtype="float", differentiable=())
def isclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """Return whether `|x1 - x2| <= atol + rtol * |x2|`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.
        rtol: relative tolerance.
        atol: absolute tolerance.
        equal_nan: whether nan is close to nan.

    Returns:
        Bool tensor of the broadcast shape.

    Example:
        >>> ops.isclose([1.0, 2.0], [1.0, 2.1])
        array([ True, False])
    """
    d = active()
    bound = add(atol, multiply(rtol, absolute(x2)))
    near = d.logical_and(d.less_equal(absolute(subtract(x1, x2)), bound), isfinite(x2))
    near = d.logical_or(near, equal(x1, x2))
    return d.logical_or(near, d.logical_and(isnan(x1), isnan(x2))) if equal_nan else near


@op(tensors=("x",), dtype="keep")
def real(x: Any) -> Any:
    """Return the real part of `x`, elementwise.

    Args:
        x: tensor.

    Returns:
        Real tensor of the shape of `x`; `x` itself where it is real.

    Example:
        >>> ops.real([1 + 2j])
        array([1.], dtype=float32)
    """
    d = active()
    return d.real(x) if d.dtype_of(x) in dtypes.COMPLEX else x


@op(tensors=("x",), dtype="keep")
def imag(x: Any) -> Any:
    """Return the imaginary part of `x`, elementwise.

    Args:
        x: tensor.

    Returns:
        Real tensor of the shape of `x`; zeros where it is real.

    Example:
        >>> ops.imag([1 + 2j])
        array([2.], dtype=float32)
    """
    d = active()
    if d.dtype_of(x) in dtypes.COMPLEX:
        return d.imag(x)
    finite = d.where(isfinite(x), x, d.full(d.shape(x), 0, d.dtype_of(x)))
    return subtract(finite, finite)


@op(tensors=("x",), dtype="keep")
def conjugate(x: Any) -> Any:
    """Return the complex conjugate of `x`, elementwise.

    Args:
        x: tensor.

    Returns:
        Tensor of the shape of `x`; `x` itself where it is real.

    Example:
        >>> ops.conjugate([1 + 2j])
        array([1.-2.j], dtype=complex64)
    """
    d = active()
    return d.conj(x) if d.dtype_of(x) in dtypes.COMPLEX else x
