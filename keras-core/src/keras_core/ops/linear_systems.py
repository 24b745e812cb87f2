"""Systems of linear equations, inverses of any matrix, triangular factors, and powers."""

import math
from typing import Any

from keras_core.ops.control import scan
from keras_core.ops.decomposition import inv, solve
from keras_core.ops.elementwise_binary import greater, multiply
from keras_core.ops.sizes import size_of, smaller
from keras_core.runtime import dtypes
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


def check_matrices(name: str, x: Any, square: bool) -> None:
    """Raise unless a tensor holds matrices.

    Raises:
        ValueError: for a rank below 2; for other than square ones where these are asked for.
    """
    sizes = tuple(active().static_shape(x))
    if x.ndim < 2:
        raise ValueError(f"{name}: expected matrices, a tensor of rank 2 or more, got shape {sizes}.")
    if square and None not in sizes[-2:] and sizes[-1] != sizes[-2]:
        raise ValueError(f"{name}: expected square matrices, got shape {sizes}.")


def adjoint(x: Any) -> Any:
    """Return the conjugate transpose of matrices."""
    d = active()
    swapped = d.permute_dims(x, (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))
    return d.conj(swapped) if d.dtype_of(x) in dtypes.COMPLEX else swapped


def _triangle(x: Any, lower: bool) -> Any:
    """Return matrices with zeros in place of the other triangle."""
    d = active()
    rows, columns = (d.arange(0, size, 1, "int32") for size in d.shape(x)[-2:])
    rows, columns = d.expand_dims(rows, 1), d.expand_dims(columns, 0)
    kept = d.greater_equal(rows, columns) if lower else d.less_equal(rows, columns)
    return d.where(kept, x, d.full((), 0, d.dtype_of(x)))


def identity_like(x: Any) -> Any:
    """Return an identity matrix of the number of rows and the dtype of matrices."""
    d = active()
    places = d.arange(0, d.shape(x)[-2], 1, "int32")
    return d.astype(d.equal(d.expand_dims(places, 1), d.expand_dims(places, 0)), d.dtype_of(x))


def _epsilon(x: Any) -> float:
    import ml_dtypes

    dtype = active().dtype_of(x)
    return float(ml_dtypes.finfo({"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)).eps)


def _largest_side(x: Any) -> int:
    sizes = active().static_shape(x)[-2:]
    return max([size for size in sizes if size is not None], default=1)


@op(tensors=("a", "b"), dtype="float")
def solve_triangular(a: Any, b: Any, lower: bool = False) -> Any:
    """Return `x` with `a @ x = b` for triangular matrices.

    Args:
        a: tensor of shape `(..., n, n)`, of which only one triangle is read.
        b: tensor of shape `(..., n, k)`, or `(..., n)`.
        lower: whether it is the lower triangle.

    Returns:
        Tensor of the shape of `b`.

    Raises:
        ValueError: where the matrices are not square.

    Example:
        >>> ops.solve_triangular([[2.0, 1.0], [0.0, 4.0]], [4.0, 8.0])
        array([1., 2.], dtype=float32)
    """
    check_matrices("solve_triangular", a, square=True)
    return solve(_triangle(a, lower), b)


@op(dtype="float")
def cholesky_inverse(x: Any, upper: bool = False) -> Any:
    """Return the inverse of Hermitian positive definite matrices of which the Cholesky factors are given.

    Args:
        x: tensor of shape `(..., n, n)`: `L` with `L @ L^H` the matrix, or `U` with `U^H @ U`.
        upper: whether it is `U`.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        ValueError: where the matrices are not square.

    Example:
        >>> ops.cholesky_inverse([[2.0, 0.0], [0.0, 1.0]])
        array([[0.25, 0.  ],
               [0.  , 1.  ]], dtype=float32)
    """
    check_matrices("cholesky_inverse", x, square=True)
    d = active()
    factor = _triangle(x, not upper)
    inverse = inv(factor)
    return d.matmul(inverse, adjoint(inverse)) if upper else d.matmul(adjoint(inverse), inverse)


@op(dtype="float")
def logdet(x: Any) -> Any:
    """Return the natural logarithm of the determinant of Hermitian positive definite matrices.

    Args:
        x: tensor of shape `(..., n, n)`.

    Returns:
        Real tensor of shape `(...)`; of a negative determinant it is that of its absolute value.

    Raises:
        ValueError: where the matrices are not square.

    Example:
        >>> float(ops.logdet([[1.0, 0.0], [0.0, 1.0]]))
        0.0
    """
    check_matrices("logdet", x, square=True)
    return active().slogdet(x)[1]


def _inverse_of_singular(s: Any, share: float) -> tuple[Any, Any]:
    """Return the reciprocals of singular values, 0 for those that are taken for 0, and 1 for these, else 0."""
    d = active()
    dtype = d.dtype_of(s)
    one, zero = d.full((), 1, dtype), d.full((), 0, dtype)
    kept = d.greater(s, d.multiply(d.max(s, (s.ndim - 1,), True), d.full((), share, dtype)))
    return d.where(kept, d.divide(one, d.where(kept, s, one)), zero), d.where(kept, zero, one)


@op(dtype="float")
def pinv(x: Any, rcond: float | None = None) -> Any:
    """Return the Moore-Penrose inverse of matrices.

    Args:
        x: tensor of shape `(..., m, n)`.
        rcond: singular values at most this share of the largest are taken for 0; None for the number at which the
            dtype cannot tell them from it.

    Returns:
        Tensor of shape `(..., n, m)`. It has derivatives of any order, for matrices that keep their rank.

    Raises:
        ValueError: for a rank below 2.

    Source:
        Ben-Israel and Greville, "Generalized Inverses", 2003, chapter 1: the inverse of a full-rank factorization. Its
        derivative is that of Golub and Pereyra, 1973, "The differentiation of pseudo-inverses and nonlinear least
        squares problems whose variables separate". Unlike that of singular vectors it exists for equal singular values.

    Example:
        >>> ops.pinv([[2.0, 0.0], [0.0, 0.0]])
        array([[0.5, 0. ],
               [0. , 0. ]], dtype=float32)
    """
    check_matrices("pinv", x, square=False)
    d = active()
    u, s, vh = (d.stop_gradient(part) for part in d.svd(d.stop_gradient(x), False))
    if 0 in d.static_shape(s)[-1:]:
        return d.matmul(adjoint(vh), adjoint(u))
    share = _epsilon(x) * _largest_side(x) if rcond is None else rcond
    inverse, dropped = (d.astype(part, d.dtype_of(x)) for part in _inverse_of_singular(s, share))
    rows, columns = d.expand_dims(inverse, inverse.ndim), d.expand_dims(inverse, inverse.ndim - 1)
    rest = d.multiply(d.expand_dims(dropped, dropped.ndim), identity_like(adjoint(u)))
    # The singular vectors are constants. `x` is `left @ diag(s) @ right` with two functions of it that have full rank,
    # and here, where they are orthonormal, Gram matrices of 1.
    left = d.matmul(x, d.multiply(adjoint(vh), columns))
    kept = d.subtract(identity_like(rest), rest)
    u_kept = d.matmul(u, kept)
    right = d.multiply(rows, d.solve(d.add(d.matmul(adjoint(u_kept), left), rest), d.matmul(adjoint(u_kept), x)))
    of_left = d.solve(d.add(d.matmul(adjoint(left), left), rest), adjoint(left))
    of_right = d.solve(d.add(d.matmul(right, adjoint(right)), rest), d.multiply(rows, of_left))
    return d.matmul(adjoint(right), of_right)


@op(tensors=("a", "b"), dtype="float")
def lstsq(a: Any, b: Any, rcond: float | None = None) -> Any:
    """Return the `x` of least norm among those for which the norm of `a @ x - b` is least.

    Args:
        a: tensor of shape `(m, n)`, or `(..., m, n)`.
        b: tensor of shape `(..., m, k)`, or `(m,)`.
        rcond: singular values of `a` at most this share of the largest are taken for 0; None for the number at which
            the dtype cannot tell them from it.

    Returns:
        Tensor of shape `(..., n, k)`, or `(n,)`.

    Raises:
        ValueError: where ranks or sizes do not fit.

    Example:
        >>> ops.lstsq([[1.0], [1.0]], [1.0, 3.0]).round(4)
        array([2.], dtype=float32)
    """
    check_matrices("lstsq", a, square=False)
    d = active()
    shapes = tuple(d.static_shape(a)), tuple(d.static_shape(b))
    fits = b.ndim in (a.ndim, a.ndim - 1)
    if not fits or ((pair := {shapes[0][-2], shapes[1][a.ndim - 2]} - {None}) and len(pair) > 1):
        raise ValueError(f"lstsq: expected b to have as many rows as a, got shapes {shapes[0]} and {shapes[1]}.")
    inverse = pinv(a, rcond)
    if b.ndim == a.ndim:
        return d.matmul(inverse, b)
    return d.squeeze(d.matmul(inverse, d.expand_dims(b, b.ndim)), (b.ndim,))


@op(dtype="float", differentiable=())
def matrix_rank(x: Any, tol: Any = None) -> Any:
    """Return how many singular values of matrices are not taken for 0.

    Args:
        x: tensor of shape `(..., m, n)`.
        tol: what is above it counts; None for the largest singular value times `max(m, n)` times the distance of 1 to
            the next number of the dtype.

    Returns:
        int32 tensor of shape `(...)`.

    Raises:
        ValueError: for a rank below 2.

    Example:
        >>> int(ops.matrix_rank([[1.0, 1.0], [1.0, 1.0]]))
        1
    """
    check_matrices("matrix_rank", x, square=False)
    d = active()
    s = d.svd(x, False)[1]
    last = s.ndim - 1
    if tol is None:
        tol = multiply(d.max(s, (last,), True), _epsilon(x) * _largest_side(x)) if 0 not in d.static_shape(s) else 0.0
    elif hasattr(tol, "shape") and len(tol.shape):
        tol = d.expand_dims(tol, len(tol.shape))
    return d.sum(d.astype(greater(s, tol), "int32"), (last,), False)


@op(dtype="float")
def lu_factor(x: Any) -> tuple[Any, Any]:
    """Return the triangular factors of matrices, with pivoting by rows.

    Args:
        x: tensor of shape `(..., m, n)`.

    Returns:
        Tensor of shape `(..., m, n)` with `U` in its upper triangle and, below the diagonal, `L` without its diagonal
        of ones; and int32 tensor of shape `(..., min(m, n))`: with which row each row was exchanged, one after the
        other.

    Raises:
        ValueError: for a rank below 2.

    Source:
        Golub and Van Loan, "Matrix Computations", 2013, algorithm 3.4.1.

    Example:
        >>> ops.lu_factor([[1.0, 2.0], [4.0, 4.0]])
        (array([[4.  , 4.  ],
               [0.25, 1.  ]], dtype=float32), array([1, 1], dtype=int32))
    """
    check_matrices("lu_factor", x, square=False)
    d = active()
    height, width = size_of(x, x.ndim - 2), size_of(x, x.ndim - 1)
    sizes = d.shape(x)
    batch = d.static_shape(x)[:-2]
    stacked = d.reshape(x, (_product(batch), height, width))
    rows, columns = d.arange(0, height, 1, "int32"), d.arange(0, width, 1, "int32")
    dtype = d.dtype_of(x)
    zero, one = d.full((), 0, dtype), d.full((), 1, dtype)
    steps = smaller(height, width)

    def step(matrices: Any, k: Any) -> Any:
        table = active()
        place = table.reshape(k, (1,))
        column = table.take(matrices, place, 2)
        size = table.abs(table.squeeze(table.stop_gradient(column), (2,)))
        below = table.greater_equal(rows, k)
        size = table.where(below, size, table.full((), -1, table.dtype_of(size)))
        pivot = table.argmax(size, 1, True)
        order = table.where(table.equal(rows, k), pivot, table.where(table.equal(rows, pivot), k, rows))
        index = table.broadcast_to(table.expand_dims(order, 2), table.shape(matrices))
        matrices = table.take_along_axis(matrices, index, 1)
        column, row = table.take(matrices, place, 2), table.take(matrices, place, 1)
        head = table.take(column, place, 1)
        singular = table.equal(head, zero)
        factors = table.divide(column, table.where(singular, one, head))
        lower = table.expand_dims(table.greater(rows, k), 1)
        factors = table.where(lower, factors, zero)
        row = table.where(table.greater(columns, k), row, zero)
        matrices = table.subtract(matrices, table.multiply(factors, row))
        here = table.logical_and(lower, table.expand_dims(table.equal(columns, k), 0))
        return table.where(here, factors, matrices), table.squeeze(pivot, (1,))

    if isinstance(steps, int) and steps == 0:
        return x, d.full((*sizes[:-2], 0), 0, "int32")
    factored, pivots = scan(step, stacked, d.arange(0, steps, 1, "int32"), length=steps)
    pivots = d.permute_dims(pivots, (1, 0))
    return d.reshape(factored, sizes), d.reshape(pivots, (*sizes[:-2], steps))


def _product(sizes: Any) -> int:
    return math.prod(sizes) if all(isinstance(size, int) for size in sizes) else -1


@op(dtype="float")
def matrix_power(x: Any, n: int) -> Any:
    """Return the product of `n` times the same square matrices.

    Args:
        x: tensor of shape `(..., m, m)`; integers become `floatx`.
        n: int; 0 gives the identity, below 0 the power of the inverse.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        ValueError: where the matrices are not square.
        TypeError: where `n` is no int.

    Example:
        >>> ops.matrix_power([[1.0, 1.0], [0.0, 1.0]], 3)
        array([[1., 3.],
               [0., 1.]], dtype=float32)
    """
    check_matrices("matrix_power", x, square=True)
    if isinstance(n, bool) or not hasattr(n, "__index__"):
        raise TypeError(f"matrix_power: expected n to be an int, got {n!r}.")
    d = active()
    exponent = int(n)
    if exponent < 0:
        x, exponent = inv(x), -exponent
    result = None
    while exponent:
        if exponent % 2:
            result = x if result is None else d.matmul(result, x)
        exponent //= 2
        x = d.matmul(x, x) if exponent else x
    return d.broadcast_to(identity_like(x), d.shape(x)) if result is None else result
