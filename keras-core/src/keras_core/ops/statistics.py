"""Averages and correlations."""

from typing import Any

from keras_core.ops.checks import require_real
from keras_core.ops.convolution import conv
from keras_core.ops.elementwise import clip, conjugate
from keras_core.ops.elementwise_binary import divide, multiply, subtract
from keras_core.ops.elementwise_unary import sqrt
from keras_core.ops.indexing import take
from keras_core.ops.matrices import diagonal
from keras_core.ops.products import matmul
from keras_core.ops.reduction import max as max_
from keras_core.ops.reduction import mean
from keras_core.ops.reduction import min as min_
from keras_core.ops.reduction import sum as sum_
from keras_core.ops.shaping import pad
from keras_core.ops.sizes import as_scalar, larger, minus, plus, quotient, size_of, smaller
from keras_core.runtime import dtypes
from keras_core.runtime.definition import op
from keras_core.runtime.table import active

_AXES = {"axis": "axes"}


@op(tensors=("x", "weights"), dtype="float", static=_AXES)
def average(x: Any, axis: Any = None, weights: Any = None) -> Any:
    """Return the weighted average over axes.

    Args:
        x: tensor of numbers; integers become `floatx`.
        axis: int or tuple of ints; None for all.
        weights: tensor of the shape of `x`, or of rank 1 and as long as the one axis; None for equal weights.

    Returns:
        Tensor without the axes.

    Raises:
        ValueError: where the shape of the weights is neither.

    Example:
        >>> float(ops.average([1.0, 3.0], weights=[3.0, 1.0]))
        1.5
    """
    if weights is None:
        return mean(x, axis)
    d = active()
    if weights.ndim != x.ndim:
        if weights.ndim != 1 or axis is None or len(axis) != 1:
            raise ValueError(
                f"average: expected weights of the shape {tuple(x.shape)} of x, or of rank 1 together with one axis, "
                f"got shape {tuple(weights.shape)} and axis {axis}."
            )
        weights = d.reshape(weights, tuple(-1 if position == axis[0] else 1 for position in range(x.ndim)))
        weights = d.broadcast_to(weights, d.shape(x))
    return divide(sum_(multiply(x, weights), axis), sum_(weights, axis))


@op(static=_AXES)
def ptp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the largest element minus the smallest, over axes.

    Args:
        x: tensor of real numbers.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Returns:
        Tensor without the axes; nan where an element is nan.

    Raises:
        TypeError: for complex numbers and bools.
        ValueError: over nothing.

    Example:
        >>> int(ops.ptp([4, 9, 2]))
        7
    """
    require_real("ptp", x)
    if active().dtype_of(x) == "bool":
        raise TypeError("ptp: expected numbers, got dtype bool.")
    return subtract(max_(x, axis, keepdims), min_(x, axis, keepdims))


@op(dtype="float")
def corrcoef(x: Any) -> Any:
    """Return Pearson's correlation coefficients of variables.

    Args:
        x: tensor of shape `(n, k)`: `n` variables, observed `k` times; or `(k,)`: one variable.

    Returns:
        Tensor of shape `(n, n)`, or a scalar; nan for a variable that does not vary.

    Raises:
        ValueError: for another rank.

    Example:
        >>> ops.corrcoef([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
        array([[ 1., -1.],
               [-1.,  1.]], dtype=float32)
    """
    d = active()
    if x.ndim not in (1, 2):
        raise ValueError(f"corrcoef: expected a tensor of rank 1 or 2, got shape {tuple(x.shape)}.")
    dtype = d.dtype_of(x)
    if dtype in ("float16", "bfloat16"):
        return d.astype(corrcoef(d.astype(x, "float32")), dtype)
    rows = d.expand_dims(x, 0) if x.ndim == 1 else x
    centered = subtract(rows, mean(rows, 1, keepdims=True))
    adjoint = d.permute_dims(conjugate(centered), (1, 0))
    products = matmul(centered, adjoint)
    variances = diagonal(products)
    deviations = sqrt(d.real(variances) if dtype in dtypes.COMPLEX else variances)
    scale = multiply(d.expand_dims(deviations, 1), d.expand_dims(deviations, 0))
    if dtype in dtypes.COMPLEX:
        result = divide(products, d.astype(scale, dtype))
    else:
        result = clip(divide(products, scale), -1.0, 1.0)  # rounding must not make more than a full correlation
    return d.reshape(result, ()) if x.ndim == 1 else result


@op(tensors=("x1", "x2"), dtype="float")
def correlate(x1: Any, x2: Any, mode: str = "valid") -> Any:
    """Return the cross-correlation of two sequences: `c[k] = sum(x1[n + k] * conj(x2[n]))`.

    Args:
        x1: tensor of shape `(n,)`; integers become `floatx`.
        x2: tensor of shape `(m,)`.
        mode: `"valid"`: only where both overlap entirely; `"same"`: as long as the longer one; `"full"`: wherever they
            overlap.

    Returns:
        Tensor of shape `(max(n, m) - min(n, m) + 1,)`, `(max(n, m),)` or `(n + m - 1,)`.

    Raises:
        ValueError: for another mode, tensors that are not of rank 1, or empty sequences.

    Example:
        >>> ops.correlate([1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.5], mode="full")
        array([0.5, 2. , 3.5, 5. , 4. , 0. ], dtype=float32)
    """
    if mode not in ("valid", "same", "full"):
        raise ValueError(f"correlate: expected mode to be 'valid', 'same' or 'full', got {mode!r}.")
    d = active()
    shapes = tuple(d.static_shape(x1)), tuple(d.static_shape(x2))
    if any(len(shape) != 1 or shape[0] == 0 for shape in shapes):
        raise ValueError(f"correlate: expected two sequences of length above 0, got shapes {shapes}.")
    (n,), (m,) = shapes
    if n is None or m is None:
        return _correlate_unknown(x1, x2, mode)
    if n < m:  # the other way round it is the conjugate, read backwards
        return d.flip(conjugate(correlate(x2, x1, mode)), (0,))
    before, after = {"valid": (0, 0), "same": (m // 2, m - 1 - m // 2), "full": (m - 1, m - 1)}[mode]
    padded = pad(x1, (before, after))
    if d.dtype_of(x1) not in dtypes.COMPLEX:
        kernel = d.reshape(x2, (m, 1, 1))
        return d.reshape(conv(d.reshape(padded, (1, -1, 1)), kernel, data_format="channels_last"), (-1,))
    return _windowed(padded, x2, 0, n + before + after - m + 1, m)


def _windowed(x1: Any, x2: Any, first: Any, count: Any, size: Any) -> Any:
    """Return the products of `x2` with that many windows of `x1`, the first of which begins at `first`."""
    d = active()
    starts = d.expand_dims(d.arange(first, plus(first, count), 1, "int32"), 1)
    windows = take(x1, d.add(starts, d.expand_dims(d.arange(0, size, 1, "int32"), 0)))
    return matmul(windows, conjugate(x2))


def _correlate_unknown(x1: Any, x2: Any, mode: str) -> Any:
    """Return the part that a mode asks for of the full correlation, as far as sizes tell when the graph runs."""
    d = active()
    n, m = size_of(x1, 0), size_of(x2, 0)
    border = d.full((minus(m, 1),), 0, d.dtype_of(x1))
    padded = d.concat([border, x1, border], 0)
    short, long = smaller(n, m), larger(n, m)
    if mode == "full":
        first, count = 0, minus(plus(n, m), 1)
    elif mode == "valid":
        first, count = minus(short, 1), plus(minus(long, short), 1)
    else:
        is_short = d.less(as_scalar(n), as_scalar(m))
        first = d.where(is_short, as_scalar(quotient(n, 2)), as_scalar(quotient(minus(m, 1), 2)))
        count = long
    return _windowed(padded, x2, first, count, m)
