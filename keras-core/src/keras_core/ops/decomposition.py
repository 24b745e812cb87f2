"""Norms, decompositions and inverses of matrices."""

import math
from typing import Any

from keras_core.ops.elementwise_binary import multiply
from keras_core.runtime import dtypes
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


@op(dtype="float", static={"axis": "axes"})
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the norm of vectors or matrices.

    Args:
        x: tensor of numbers; integers become `floatx`.
        ord: None: the 2-norm of the elements; of vectors any number, inf or -inf; of matrices `"fro"`, `"nuc"` (the sum
            of the singular values), 2, -2 (the largest, the smallest), 1, -1 (sums of columns), inf, -inf (of rows).
        axis: int for vectors, a pair for matrices, None for all.
        keepdims: whether the axes stay, of size 1.

    Raises:
        ValueError: for an order that is not known.

    Example:
        >>> float(ops.norm([3.0, 4.0]))
        5.0
    """
    d = active()
    dtype = d.dtype_of(x)
    if dtype in ("float16", "bfloat16"):
        # Squares leave the range of halves long before their root does.
        return d.astype(norm(d.astype(x, "float32"), ord, axis, keepdims), dtype)
    axes = tuple(range(x.ndim)) if axis is None else axis
    size = d.abs(x)
    if ord in (None, "fro") or (ord == 2 and len(axes) == 1):
        total = d.sum(d.multiply(size, size), axes, keepdims)
        # The derivative of a square root is infinite at 0; there the norm has the subgradient 0.
        positive = d.greater(total, d.full((), 0, d.dtype_of(total)))
        one = d.full((), 1, d.dtype_of(total))
        zero = d.full((), 0, d.dtype_of(total))
        return d.where(positive, d.sqrt(d.where(positive, total, one)), d.where(d.isnan(total), total, zero))
    if len(axes) == 1:
        return _vector_norm(size, ord, axes, keepdims)
    if len(axes) == 2 and ord in (1, -1, math.inf, -math.inf):
        inner, outer = (axes[0], axes[1]) if ord in (1, -1) else (axes[1], axes[0])
        sums = d.sum(size, (inner,), True)
        result = d.max(sums, (outer,), True) if ord > 0 else d.min(sums, (outer,), True)
        return result if keepdims else d.squeeze(result, axes)
    if len(axes) == 2 and ord in (2, -2, "nuc"):
        others = tuple(axis for axis in range(x.ndim) if axis not in axes)
        values = d.svd(d.permute_dims(x, (*others, *axes)), False)[1]
        reduce = {2: d.max, -2: d.min, "nuc": d.sum}[ord]
        result = reduce(values, (values.ndim - 1,), False)
        for axis in axes if keepdims else ():
            result = d.expand_dims(result, axis)
        return result
    raise ValueError(f"norm: order {ord!r} is not known for {len(axes)} axes.")


def _vector_norm(size: Any, order: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    d = active()
    dtype = d.dtype_of(size)
    if order == math.inf:
        return d.max(size, axes, keepdims)
    if order == -math.inf:
        return d.min(size, axes, keepdims)
    if order == 0:
        return d.sum(d.astype(d.astype(size, "bool"), dtype), axes, keepdims)
    if not isinstance(order, int | float):
        raise ValueError(f"norm: order {order!r} is not known for vectors.")
    if order == 1:
        return d.sum(size, axes, keepdims)
    total = d.sum(d.pow(size, d.full((), order, dtype)), axes, keepdims)
    if order < 0:
        return d.pow(total, d.full((), 1 / order, dtype))
    # As for the 2-norm: the derivative of the root is infinite at 0.
    one, zero = d.full((), 1, dtype), d.full((), 0, dtype)
    nothing = d.equal(total, zero)
    return d.where(nothing, zero, d.pow(d.where(nothing, one, total), d.full((), 1 / order, dtype)))


def _matrix(name: str, x: Any, square: bool) -> None:
    sizes = active().static_shape(x)
    if x.ndim < 2:
        raise ValueError(f"{name}: expected matrices, a tensor of rank 2 or more, got shape {tuple(sizes)}.")
    if square and None not in sizes[-2:] and sizes[-1] != sizes[-2]:
        raise ValueError(f"{name}: expected square matrices, got shape {tuple(sizes)}.")


@op(dtype="float")
def cholesky(x: Any, upper: bool = False) -> Any:
    """Return the triangular factor of Hermitian positive definite matrices.

    Args:
        x: tensor of shape `(..., n, n)`.
        upper: whether the upper factor is returned instead of the lower.

    Example:
        >>> ops.cholesky([[4.0, 0.0], [0.0, 9.0]])
        array([[2., 0.],
               [0., 3.]], dtype=float32)
    """
    _matrix("cholesky", x, square=True)
    d = active()
    lower = d.cholesky(x)
    if not upper:
        return lower
    adjoint = d.permute_dims(lower, (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))
    return d.conj(adjoint) if d.dtype_of(x) in dtypes.COMPLEX else adjoint


@op(dtype="float")
def inv(x: Any) -> Any:
    """Return the inverse of square matrices.

    Args:
        x: tensor of shape `(..., n, n)`.

    Example:
        >>> ops.inv([[2.0, 0.0], [0.0, 4.0]])
        array([[0.5 , 0.  ],
               [0.  , 0.25]], dtype=float32)
    """
    _matrix("inv", x, square=True)
    d = active()
    return d.solve(x, d.broadcast_to(_unit(x), d.shape(x)))


def _unit(x: Any) -> Any:
    """Return the identity matrix as large as the matrices of `x`."""
    d = active()
    rows = d.arange(0, d.shape(x)[-1], 1, "int32")
    return d.astype(d.equal(d.expand_dims(rows, 1), d.expand_dims(rows, 0)), d.dtype_of(x))


@op(tensors=("a", "b"), dtype="float")
def solve(a: Any, b: Any) -> Any:
    """Return `x` with `a @ x = b`.

    Args:
        a: tensor of shape `(..., n, n)`.
        b: tensor of shape `(..., n, k)`, or `(n,)`.

    Example:
        >>> ops.solve([[2.0, 0.0], [0.0, 4.0]], [2.0, 4.0])
        array([1., 1.], dtype=float32)
    """
    _matrix("solve", a, square=True)
    d = active()
    if b.ndim == a.ndim - 1:
        return d.squeeze(d.solve(a, d.expand_dims(b, b.ndim)), (b.ndim,))
    return d.solve(a, b)


@op(dtype="float")
def slogdet(x: Any) -> tuple[Any, Any]:
    """Return sign and natural logarithm of the absolute determinant.

    Args:
        x: tensor of shape `(..., n, n)`.

    Example:
        >>> [float(part) for part in ops.slogdet([[1.0, 0.0], [0.0, -1.0]])]
        [-1.0, 0.0]
    """
    _matrix("slogdet", x, square=True)
    return active().slogdet(x)


@op(dtype="float")
def det(x: Any) -> Any:
    """Return the determinant of square matrices.

    Its gradient is the matrix of the cofactors, also where a matrix is singular. Of higher derivatives this holds for
    matrices of rank `n - 1` or more; of a lower rank they are 0.

    Args:
        x: tensor of shape `(..., n, n)`.

    Example:
        >>> float(ops.det([[2.0, 0.0], [0.0, 4.0]]))
        8.0
    """
    _matrix("det", x, square=True)
    d = active()
    if 0 in d.static_shape(x):
        return _det(x)
    fixed = d.stop_gradient(x)
    regular = _is_regular(fixed)
    # The determinant is linear along a matrix of rank 1, so it is the mean of those at two points, which are regular
    # where the rank is not below n - 1; and so are its derivatives, which no formula with the inverse gives.
    step = _of_rank_1(fixed)
    beside = d.logical_and(d.logical_not(regular), _is_regular(d.add(fixed, step)))
    first = _det(_where(d.logical_or(regular, beside), d.where(_matrices(regular), x, d.add(x, step))))
    second = _det(_where(beside, d.subtract(x, step)))
    half = d.full((), 0.5, d.dtype_of(x))
    mean = d.add(d.multiply(half, first), d.multiply(half, second))
    value = d.stop_gradient(d.subtract(_det(fixed), mean))
    return d.where(regular, first, d.add(value, mean))


def _det(x: Any) -> Any:
    d = active()
    sign, logarithm = d.slogdet(x)
    return multiply(sign, d.exp(logarithm))


def _matrices(x: Any) -> Any:
    """Return one number a matrix as matrices of one element."""
    d = active()
    return d.expand_dims(d.expand_dims(x, x.ndim), x.ndim + 1)


def _where(condition: Any, x: Any) -> Any:
    """Return the matrices of which a condition holds, in place of others the identity."""
    return active().where(_matrices(condition), x, _unit(x))


def _is_regular(x: Any) -> Any:
    """Return whether matrices have full rank as far as their digits tell."""
    d = active()
    dtype = d.dtype_of(x)
    real = dtypes.REAL_OF_COMPLEX.get(dtype, dtype)
    # Rows of one size: that they have different ones does not make them depend on each other.
    sizes = d.max(d.abs(x), (x.ndim - 1,), True)
    zero, one = d.full((), 0, real), d.full((), 1, real)
    usable = d.logical_and(d.isfinite(sizes), d.greater(sizes, zero))
    rows = d.where(usable, d.divide(x, d.astype(d.where(usable, sizes, one), dtype)), d.full((), 0, dtype))
    pivots = d.sum(d.abs(d.multiply(d.qr(rows)[1], _unit(x))), (x.ndim - 1,), False)
    digits = {"bfloat16": 7, "float16": 10, "float64": 52}.get(real, 23)
    errors = (d.static_shape(x)[-1] or 1) * 2.0 ** (3 - digits)
    least, greatest = d.min(pivots, (x.ndim - 2,), False), d.max(pivots, (x.ndim - 2,), False)
    return d.greater(least, d.multiply(greatest, d.full((), errors, real)))


def _of_rank_1(x: Any) -> Any:
    """Return a matrix as large as `x`, the product of two vectors that stand in no relation to those of any user."""
    d = active()
    dtype = d.dtype_of(x)
    real = dtypes.REAL_OF_COMPLEX.get(dtype, dtype)
    places = d.astype(d.arange(1, d.shape(x)[-1] + 1, 1, "int32"), real)
    squares = d.multiply(places, places)
    product = d.multiply(d.expand_dims(d.cos(squares), 1), d.expand_dims(d.sin(squares), 0))
    size = d.max(d.abs(x), (x.ndim - 2, x.ndim - 1), True)
    size = d.where(d.equal(size, d.full((), 0, real)), d.full((), 1, real), size)
    return d.astype(d.multiply(size, product), dtype)


@op(dtype="float")
def qr(x: Any, mode: str = "reduced") -> tuple[Any, Any]:
    """Return an orthonormal `Q` and an upper-triangular `R` with `Q @ R = x`.

    Args:
        x: tensor of shape `(..., m, n)`.
        mode: `"reduced"`: `Q` of `min(m, n)` columns; or `"complete"`: `Q` of `m` columns.

    Raises:
        ValueError: for another mode.

    Example:
        >>> [part.shape for part in ops.qr(ops.ones((3, 2)))]
        [(3, 2), (2, 2)]
    """
    _matrix("qr", x, square=False)
    if mode not in ("reduced", "complete"):
        raise ValueError(f"qr: expected mode 'reduced' or 'complete', got {mode!r}.")
    d = active()
    if mode == "reduced":
        return d.qr(x)
    *batch, rows, columns = d.shape(x)
    places = d.arange(0, rows, 1, "int32")
    unit = d.astype(d.equal(d.expand_dims(places, 1), d.expand_dims(places, 0)), d.dtype_of(x))
    # The columns of the identity fill up the basis.
    q, r = d.qr(d.concat([x, d.broadcast_to(unit, (*batch, rows, rows))], x.ndim - 1))
    return q, d.slice(r, (0,) * x.ndim, (*(None,) * (x.ndim - 1), columns), (1,) * x.ndim)


@op(dtype="float")
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Return the singular value decomposition.

    Args:
        x: tensor of shape `(..., m, n)`.
        full_matrices: whether `U` and `V` are square.
        compute_uv: whether `U` and `V` are returned, or the singular values alone.

    Returns:
        `U`, descending singular values `S` and `V^H`, or `S`.

    Example:
        >>> ops.svd([[3.0, 0.0], [0.0, 4.0]], compute_uv=False)
        array([4., 3.], dtype=float32)
    """
    _matrix("svd", x, square=False)
    parts = active().svd(x, full_matrices if compute_uv else False)
    return tuple(parts) if compute_uv else parts[1]


@op(dtype="float")
def eigh(x: Any) -> tuple[Any, Any]:
    """Return ascending eigenvalues and eigenvectors, in columns, of Hermitian matrices.

    Args:
        x: tensor of shape `(..., n, n)`.

    Example:
        >>> ops.eigh([[2.0, 0.0], [0.0, 1.0]])[0]
        array([1., 2.], dtype=float32)
    """
    _matrix("eigh", x, square=True)
    return active().eigh(x)
