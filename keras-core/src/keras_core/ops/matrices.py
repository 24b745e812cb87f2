"""Ops that make matrices, and take their diagonals and triangles."""

import operator
from typing import Any

from keras_core.ops.checks import require_rank
from keras_core.ops.elementwise_binary import add, minimum, multiply, subtract
from keras_core.ops.indexing import take
from keras_core.ops.reduction import sum as sum_
from keras_core.ops.shaping import moveaxis, pad
from keras_core.ops.sizes import size_of
from keras_core.runtime.axes import canonical_axis
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


def _offsets(rows: Any, columns: Any) -> Any:
    """Return which diagonal each element of a matrix is on: int32 of shape `(rows, columns)`."""
    d = active()
    down = d.expand_dims(d.arange(0, rows, 1, "int32"), 1)
    right = d.expand_dims(d.arange(0, columns, 1, "int32"), 0)
    return d.subtract(right, down)


def _diagonal_number(k: Any) -> Any:
    return active().full((), operator.index(k), "int32")


@op(tensors=(), static={"dtype": "dtype"})
def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """Return a matrix with ones on and below a diagonal and zeros above.

    Args:
        N: number of rows.
        M: number of columns, `N` when None.
        k: which diagonal: 0 the main one, above it positive.
        dtype: dtype name; None for `floatx`.

    Returns:
        Tensor of shape `(N, M)`.

    Example:
        >>> ops.tri(2, 3)
        array([[1., 0., 0.],
               [1., 1., 0.]], dtype=float32)
    """
    d = active()
    below = d.less_equal(_offsets(N, N if M is None else M), _diagonal_number(k))
    return d.astype(below, dtype)


def _triangle(name: str, x: Any, k: int) -> Any:
    require_rank(name, x, 2)
    d = active()
    *_, rows, columns = d.shape(x)
    inside = (d.less_equal if name == "tril" else d.greater_equal)(_offsets(rows, columns), _diagonal_number(k))
    return d.where(inside, x, d.full((), 0, d.dtype_of(x)))


@op()
def tril(x: Any, k: int = 0) -> Any:
    """Return matrices with zeros above a diagonal.

    Args:
        x: tensor of shape `(..., m, n)`.
        k: which diagonal: 0 the main one, above it positive.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        ValueError: for fewer than two axes.

    Example:
        >>> ops.tril([[1, 2], [3, 4]])
        array([[1, 0],
               [3, 4]], dtype=int32)
    """
    return _triangle("tril", x, k)


@op()
def triu(x: Any, k: int = 0) -> Any:
    """Return matrices with zeros below a diagonal.

    Args:
        x: tensor of shape `(..., m, n)`.
        k: which diagonal: 0 the main one, above it positive.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        ValueError: for fewer than two axes.

    Example:
        >>> ops.triu([[1, 2], [3, 4]])
        array([[1, 2],
               [0, 4]], dtype=int32)
    """
    return _triangle("triu", x, k)


def _length(rows: Any, columns: Any, offset: int) -> Any:
    """Return the length of a diagonal: an int, a scalar tensor, or None where it is not known."""
    down, right = max(-offset, 0), max(offset, 0)
    if isinstance(rows, int) and isinstance(columns, int):
        return max(min(rows - down, columns - right), 0)
    if rows is None or columns is None:
        return None
    return minimum(subtract(rows, down), subtract(columns, right))


@op()
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the diagonal over two axes.

    Args:
        x: tensor of rank 2 or more.
        offset: which diagonal: 0 the main one; positive ones are further along `axis2`.
        axis1: the axis of the rows.
        axis2: the axis of the columns.

    Returns:
        Tensor without both axes, and with the diagonal as the last one.

    Raises:
        ValueError: for fewer than two axes, or where both axes are one.

    Example:
        >>> ops.diagonal([[1, 2, 3], [4, 5, 6]], offset=1)
        array([2, 6], dtype=int32)
    """
    require_rank("diagonal", x, 2)
    d = active()
    offset = operator.index(offset)
    first, second = canonical_axis(axis1, x.ndim), canonical_axis(axis2, x.ndim)
    if first == second:
        raise ValueError(
            f"diagonal: expected two different axes, got {axis1} and {axis2} of a tensor of rank {x.ndim}."
        )
    x = moveaxis(x, (first, second), (-2, -1))
    *leading, rows, columns = d.shape(x)
    known = isinstance(rows, int) and isinstance(columns, int)
    flat = d.reshape(x, (*leading, rows * columns if known else -1))
    length = _length(rows, columns, offset)
    if known:
        start = offset if offset >= 0 else -offset * columns
        stop = start + (length - 1) * (columns + 1) + 1 if length else start
        others = len(leading)
        return d.slice(flat, (0,) * others + (start,), (None,) * others + (stop,), (1,) * others + (columns + 1,))
    places = d.arange(0, length, 1, "int32")
    if columns is None:  # of symbolic tensors, where the shape is all that matters
        return d.take(flat, places, len(leading))
    start = offset if offset >= 0 else multiply(columns, -offset)
    return take(flat, add(multiply(places, add(columns, 1)), start), axis=-1)


@op(dtype="accumulate")
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the sum of the diagonal over two axes.

    Args:
        x: tensor of rank 2 or more; narrow integers are summed in 32 bits.
        offset: which diagonal: 0 the main one; positive ones are further along `axis2`.
        axis1: the axis of the rows.
        axis2: the axis of the columns.

    Returns:
        Tensor without both axes.

    Raises:
        ValueError: for fewer than two axes, or where both axes are one.

    Example:
        >>> int(ops.trace([[1, 2], [3, 4]]))
        5
    """
    require_rank("trace", x, 2)
    return sum_(diagonal(x, offset, axis1, axis2), -1)


@op()
def diag(x: Any, k: int = 0) -> Any:
    """Return the matrix with `x` on a diagonal, or the diagonal of the matrix `x`.

    Args:
        x: tensor of rank 1 or 2.
        k: which diagonal: 0 the main one, above it positive.

    Returns:
        Square matrix with `n + |k|` rows for a tensor of shape `(n,)`; tensor of rank 1 for a matrix.

    Raises:
        ValueError: for another rank.

    Example:
        >>> ops.diag([1, 2], k=1)
        array([[0, 1, 0],
               [0, 0, 2],
               [0, 0, 0]], dtype=int32)
    """
    if x.ndim == 2:
        return diagonal(x, k)
    if x.ndim != 1:
        raise ValueError(f"diag: expected a tensor of rank 1 or 2, got shape {tuple(x.shape)}.")
    d = active()
    k = operator.index(k)
    padded = pad(x, (max(-k, 0), max(k, 0)))
    size = d.shape(padded)[0]
    on_it = d.equal(_offsets(size, size), _diagonal_number(k))
    return d.where(on_it, d.expand_dims(padded, 1), d.full((), 0, d.dtype_of(x)))


@op()
def diagflat(x: Any, k: int = 0) -> Any:
    """Return the matrix with the elements of `x` on a diagonal.

    Args:
        x: tensor of any rank.
        k: which diagonal: 0 the main one, above it positive.

    Returns:
        Square matrix with `n + |k|` rows for `n` elements.

    Example:
        >>> ops.diagflat([[1, 2]])
        array([[1, 0],
               [0, 2]], dtype=int32)
    """
    return diag(active().reshape(x, (-1,)), k)


@op()
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """Return the Vandermonde matrix: the powers of the elements of `x` in rows.

    Args:
        x: tensor of shape `(n,)`.
        N: number of columns, `n` when None.
        increasing: whether the powers grow from left to right, else they fall.

    Returns:
        Tensor of shape `(n, N)`.

    Raises:
        ValueError: for another rank, or a number of columns below 0.

    Example:
        >>> ops.vander([2, 3], 3)
        array([[4, 2, 1],
               [9, 3, 1]], dtype=int32)
    """
    d = active()
    if x.ndim != 1:
        raise ValueError(f"vander: expected a tensor of rank 1, got shape {tuple(x.shape)}.")
    columns = size_of(x, 0) if N is None else operator.index(N)
    if isinstance(columns, int) and columns < 0:
        raise ValueError(f"vander: expected a number of columns N >= 0, got {N}.")
    first = d.equal(d.arange(0, columns, 1, "int32"), d.full((), 0, "int32"))
    powers = d.where(first, d.full((), 1, d.dtype_of(x)), d.expand_dims(x, 1))
    if d.dtype_of(x) != "bool":  # whose powers are themselves
        powers = d.cumulative_prod(powers, 1)
    return powers if increasing else d.flip(powers, (1,))
