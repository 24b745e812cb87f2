"""Eigenvalues and eigenvectors of any square matrices."""

from typing import Any

from keras_core.ops.control import while_loop
from keras_core.ops.linear_systems import check_matrices, identity_like
from keras_core.runtime.definition import op
from keras_core.runtime.table import active

_ROUNDS = 40
"""Steps of the iteration for each eigenvalue; it takes two or three where matrices are not made to be difficult."""


def _complex(x: Any) -> Any:
    d = active()
    dtype = d.dtype_of(x)
    return d.astype(x, {"float64": "complex128", "complex128": "complex128"}.get(dtype, "complex64"))


def _real_of(dtype: str) -> str:
    return "float64" if dtype == "complex128" else "float32"


def _masks(x: Any) -> tuple[Any, Any]:
    """Return the int32 places of rows and of columns, in shapes that broadcast with matrices."""
    d = active()
    places = d.arange(0, d.shape(x)[-1], 1, "int32")
    return d.expand_dims(places, 1), d.expand_dims(places, 0)


def _element(x: Any, row: Any, column: Any) -> Any:
    """Return one element of each matrix, at int32 places of shape `(matrices, 1, 1)`."""
    d = active()
    rows, columns = _masks(x)
    chosen = d.logical_and(d.equal(rows, row), d.equal(columns, column))
    return d.sum(d.where(chosen, x, d.full((), 0, d.dtype_of(x))), (1, 2), True)


def _shift(x: Any, last: Any) -> Any:
    """Return of the two eigenvalues of the block that ends at `last` the one next to its last element."""
    d = active()
    before = d.maximum(d.subtract(last, d.full((), 1, "int32")), d.full((), 0, "int32"))
    a, b = _element(x, before, before), _element(x, before, last)
    c, e = _element(x, last, before), _element(x, last, last)
    half = d.full((), 0.5, d.dtype_of(x))
    middle = d.multiply(d.add(a, e), half)
    apart = d.multiply(d.subtract(a, e), half)
    root = d.sqrt(d.add(d.multiply(apart, apart), d.multiply(b, c)))
    one, other = d.add(middle, root), d.subtract(middle, root)
    return d.where(d.less(d.abs(d.subtract(one, e)), d.abs(d.subtract(other, e))), one, other)


def _triangular(x: Any) -> tuple[Any, Any]:
    """Return upper triangular matrices `T` and unitary ones `Q` with `Q @ T @ Q^H = x`, by the shifted QR iteration."""
    d = active()
    dtype = d.dtype_of(x)
    size = d.static_shape(x)[-1]
    tiny = d.full((), 2e-16 if dtype == "complex128" else 1e-7, _real_of(dtype))
    zero, unit = d.full((), 0, dtype), identity_like(x)
    basis = d.broadcast_to(unit, d.shape(x))
    last = d.full((d.shape(x)[0], 1, 1), size - 1, "int32")
    steps = d.full((d.shape(x)[0], 1, 1), 0, "int32")

    def unfinished(_matrices: Any, _basis: Any, last: Any, _steps: Any) -> Any:
        table = active()
        return table.any(table.greater(last, table.full((), 0, "int32")), None, False)

    def step(matrices: Any, basis: Any, last: Any, steps: Any) -> Any:
        table = active()
        one = table.full((), 1, "int32")
        shift = _shift(matrices, last)
        # Now and then another shift: there are matrices that the usual one leaves as they are.
        stuck = table.equal(table.remainder(steps, table.full((), 10, "int32")), table.full((), 9, "int32"))
        length = table.sum(table.abs(matrices), (1, 2), True)
        away = table.add(shift, table.multiply(table.astype(length, dtype), table.full((), 0.1 + 0.07j, dtype)))
        shift = table.multiply(table.where(stuck, away, shift), unit)
        q, r = table.qr(table.subtract(matrices, shift))
        moved = table.add(table.matmul(r, q), shift)
        active_ = table.greater(last, table.full((), 0, "int32"))
        matrices = table.where(active_, moved, matrices)
        basis = table.where(active_, table.matmul(basis, q), basis)
        rows, columns = _masks(matrices)
        # A last row that has nothing left of the diagonal is done: its diagonal element is an eigenvalue.
        left = table.logical_and(table.equal(rows, last), table.less(columns, last))
        rest = table.sum(table.where(left, table.abs(matrices), table.full((), 0, _real_of(dtype))), (1, 2), True)
        given_up = table.greater_equal(steps, table.full((), _ROUNDS - 1, "int32"))
        done = table.logical_and(
            active_, table.logical_or(table.less_equal(rest, table.multiply(tiny, length)), given_up)
        )
        matrices = table.where(table.logical_and(done, left), zero, matrices)
        last = table.where(done, table.subtract(last, one), last)
        return matrices, basis, last, table.where(done, table.full((), 0, "int32"), table.add(steps, one))

    matrices, basis, _, _ = while_loop(unfinished, step, (x, basis, last, steps), _ROUNDS * size)
    rows, columns = _masks(matrices)
    return d.where(d.less_equal(rows, columns), matrices, zero), basis


def _vectors_of_triangular(x: Any) -> Any:
    """Return eigenvectors, in columns, of upper triangular matrices: one back substitution each."""
    d = active()
    dtype = d.dtype_of(x)
    size = d.static_shape(x)[-1]
    rows, columns = _masks(x)
    zero = d.full((), 0, dtype)
    values = d.sum(d.where(d.equal(rows, columns), x, zero), (1,), True)
    length = d.max(d.abs(x), (1, 2), True)
    tiny = d.multiply(length, d.full((), 2e-16 if dtype == "complex128" else 1e-7, _real_of(dtype)))
    tiny = d.maximum(tiny, d.full((), 1e-30, _real_of(dtype)))
    vectors = d.broadcast_to(d.astype(d.equal(rows, columns), dtype), d.shape(x))
    for row in range(size - 2, -1, -1):
        line = d.slice(x, (0, row, 0), (None, row + 1, None), (1, 1, 1))
        own = d.slice(values, (0, 0, row), (None, None, row + 1), (1, 1, 1))
        above = d.where(d.greater(columns, d.full((), row, "int32")), line, zero)
        total = d.matmul(above, vectors)
        gap = d.subtract(values, own)
        # Equal eigenvalues have either another vector, or none; then this one is nearly the same.
        gap = d.where(d.less(d.abs(gap), tiny), d.astype(tiny, dtype), gap)
        found = d.divide(total, gap)
        here = d.logical_and(d.equal(rows, d.full((), row, "int32")), d.greater(columns, d.full((), row, "int32")))
        vectors = d.where(here, found, vectors)
    return vectors


def _unit_columns(x: Any) -> Any:
    d = active()
    dtype = d.dtype_of(x)
    size = d.abs(x)
    largest = d.max(size, (size.ndim - 2,), True)
    scaled = d.divide(x, d.astype(largest, dtype))
    squares = d.real(d.multiply(scaled, d.conj(scaled)))
    return d.divide(scaled, d.astype(d.sqrt(d.sum(squares, (x.ndim - 2,), True)), dtype))


@op(differentiable=())
def eigen_decomposition(x: Any) -> tuple[Any, Any]:
    """Return eigenvalues and eigenvectors as constants for differentiation; `eig` is the same with derivatives.

    Args:
        x: complex tensor of shape `(..., n, n)`, of known `n`.

    Returns:
        Tensor of shape `(..., n)`, in any order, and tensor of shape `(..., n, n)` of vectors of length 1 in columns.

    Source:
        Francis, 1961, "The QR transformation", with the shift of Wilkinson; Golub and Van Loan, "Matrix Computations",
        2013, chapter 7.

    Example:
        >>> from keras_core.ops.eigen import eigen_decomposition
        >>> eigen_decomposition(np.array([[2, 0], [0, 2]], "complex64"))[0].real
        array([2., 2.], dtype=float32)
    """
    d = active()
    sizes = d.shape(x)
    size = d.static_shape(x)[-1]
    if size is None:
        raise ValueError(f"eig: expected matrices of a known size, got shape {tuple(d.static_shape(x))}.")
    if size == 0:
        return d.full(sizes[:-1], 0, d.dtype_of(x)), x
    stacked = d.reshape(x, (-1, size, size)) if x.ndim != 3 else x
    triangle, basis = _triangular(stacked)
    rows, columns = _masks(triangle)
    values = d.sum(d.where(d.equal(rows, columns), triangle, d.full((), 0, d.dtype_of(x))), (2,), False)
    vectors = _unit_columns(d.matmul(basis, _vectors_of_triangular(triangle)))
    return d.reshape(values, sizes[:-1]), d.reshape(vectors, sizes)


def _infer_eig(x: Any) -> Any:
    from keras_core.runtime.keras_tensor import KerasTensor

    check_matrices("eig", x, square=True)
    dtype = "complex128" if x.dtype in ("float64", "complex128") else "complex64"
    return KerasTensor(x.shape[:-1], dtype), KerasTensor(x.shape, dtype)


@op(dtype="float", infer=_infer_eig)
def eig(x: Any) -> tuple[Any, Any]:
    """Return eigenvalues and eigenvectors of square matrices.

    Args:
        x: tensor of shape `(..., n, n)`; integers become `floatx`.

    Returns:
        Eigenvalues of shape `(..., n)`, in any order, and eigenvectors of length 1 in the columns of a tensor of shape
        `(..., n, n)`, both complex. They have first and second derivatives where all eigenvalues are different; the
        first one of a vector is without a part along the vector.

    Raises:
        ValueError: where the matrices are not square.

    Source:
        The derivative: Magnus, 1985, "On differentiating eigenvalues and eigenvectors".

    Example:
        >>> ops.eig([[2.0, 0.0], [0.0, 2.0]])[0]
        array([2.+0.j, 2.+0.j], dtype=complex64)
    """
    check_matrices("eig", x, square=True)
    d = active()
    x = _complex(x)
    dtype = d.dtype_of(x)
    fixed = d.stop_gradient(x)
    values, vectors = (d.stop_gradient(part) for part in eigen_decomposition(fixed))
    if 0 in d.static_shape(x)[-2:]:
        return values, vectors
    # Of the two steps the first makes the first derivative right, the second one the second.
    found = _followed(x, *_followed(x, values, vectors))
    start = d.stop_gradient(vectors)
    along = d.sum(d.multiply(d.conj(start), found[1]), (x.ndim - 2,), True)
    turned = d.divide(found[1], along)
    length = d.sum(d.astype(d.real(d.multiply(d.conj(turned), turned)), dtype), (x.ndim - 2,), True)
    return found[0], d.divide(turned, d.sqrt(length))


def _followed(x: Any, values: Any, vectors: Any) -> tuple[Any, Any]:
    """Return eigenvalues and vectors with what a change of the matrix would add: zero, but for its derivative."""
    d = active()
    dtype = d.dtype_of(x)
    turned = d.solve(vectors, d.matmul(x, vectors))
    rows, columns = _masks(x)
    zero, one = d.full((), 0, dtype), d.full((), 1, dtype)
    on_diagonal = d.equal(rows, columns)
    change = d.subtract(turned, d.where(on_diagonal, d.expand_dims(values, x.ndim - 1), zero))
    change = d.subtract(change, d.stop_gradient(change))
    moved = d.sum(d.where(on_diagonal, change, zero), (x.ndim - 1,), False)
    gaps = d.subtract(d.expand_dims(values, x.ndim - 2), d.expand_dims(values, x.ndim - 1))
    near = d.equal(gaps, zero)
    mixed = d.where(near, zero, d.divide(change, d.where(near, one, gaps)))
    return d.add(values, moved), d.add(vectors, d.matmul(vectors, mixed))
