"""Products and decompositions of matrices."""

import math
from functools import lru_cache
from typing import Any

from keras_core.ops.elementwise_binary import multiply
from keras_core.ops.reduction import max as max_
from keras_core.ops.reduction import sum as sum_
from keras_core.runtime import dtypes
from keras_core.runtime.axes import canonical_axis
from keras_core.runtime.definition import op
from keras_core.runtime.table import active

_PAIR = ("x1", "x2")


@op(primitive="matmul", tensors=_PAIR, dtype="common")
def matmul(x1: Any, x2: Any) -> Any:
    """Return the matrix product over the last two axes.

    Args:
        x1: tensor of shape `(..., m, k)`, or `(k,)`.
        x2: tensor of shape `(..., k, n)`, or `(k,)`; the leading axes broadcast.

    Returns:
        Tensor of shape `(..., m, n)`; an axis that a 1-D argument lacks is left out.

    Raises:
        ValueError: where the sizes do not agree.

    Example:
        >>> ops.matmul([[1.0, 2.0]], [[3.0], [4.0]])
        array([[11.]], dtype=float32)
    """
    ...


@op(tensors=_PAIR, dtype="common")
def dot(x1: Any, x2: Any) -> Any:
    """Return the product over the last axis of `x1` and the last but one (or only) of `x2`.

    Args:
        x1: tensor.
        x2: tensor; with a scalar the product is elementwise.

    Example:
        >>> float(ops.dot([1.0, 2.0], [3.0, 4.0]))
        11.0
    """
    if x1.ndim == 0 or x2.ndim == 0:
        return multiply(x1, x2)
    return tensordot(x1, x2, ((x1.ndim - 1,), (max(x2.ndim - 2, 0),)))


def _axes_pair(axes: Any, first: int, second: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if isinstance(axes, int):
        return tuple(range(first - axes, first)), tuple(range(axes))
    left, right = axes
    left = left if isinstance(left, list | tuple) else (left,)
    right = right if isinstance(right, list | tuple) else (right,)
    if len(left) != len(right):
        raise ValueError(f"tensordot: expected as many axes of x1 as of x2, got {axes}.")
    return tuple(canonical_axis(a, first) for a in left), tuple(canonical_axis(a, second) for a in right)


def _prepare_tensordot(args: list[Any]) -> list[Any]:
    """Make the axes a pair of tuples."""
    x1, x2, axes = args
    return [x1, x2, _axes_pair(axes, x1.ndim, x2.ndim)]


@op(tensors=_PAIR, dtype="common", prepare=_prepare_tensordot)
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """Return the sum of products over given axes of both tensors.

    Args:
        x1: tensor.
        x2: tensor.
        axes: int: so many last axes of `x1` and first of `x2`; or a pair of axes, or of lists of axes.

    Returns:
        Tensor with the other axes of `x1` and then those of `x2`.

    Example:
        >>> ops.tensordot([[1.0, 2.0]], [3.0, 4.0], axes=1)
        array([11.], dtype=float32)
    """
    d = active()
    left, right = axes
    kept1 = [axis for axis in range(x1.ndim) if axis not in left]
    kept2 = [axis for axis in range(x2.ndim) if axis not in right]
    sizes1, sizes2 = d.shape(x1), d.shape(x2)
    # What is unknown of one tensor may be known of the other.
    inner = [sizes1[a] if isinstance(sizes1[a], int) else sizes2[b] for a, b in zip(left, right, strict=True)]
    width = _merge(inner)
    rows = d.reshape(d.permute_dims(x1, (*kept1, *left)), (_merge([sizes1[axis] for axis in kept1]), width))
    columns = d.reshape(d.permute_dims(x2, (*right, *kept2)), (width, _merge([sizes2[axis] for axis in kept2])))
    product = d.matmul(rows, columns)
    return d.reshape(product, (*(sizes1[axis] for axis in kept1), *(sizes2[axis] for axis in kept2)))


# einsum ------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def parse_einsum(subscripts: str, ranks: tuple[int, ...]) -> tuple[tuple[str, ...], str]:
    """Return one string of labels an operand, and that of the result; `...` becomes labels of its own.

    Raises:
        ValueError: where the subscripts do not fit the operands.
    """
    text = subscripts.replace(" ", "")
    inputs, arrow, output = text.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(ranks):
        raise ValueError(f"einsum: {subscripts!r} names {len(terms)} operands, got {len(ranks)}.")
    spare = [chr(code) for code in range(0x100, 0x180)]
    widest = 0
    expanded: list[str] = []
    for term, rank in zip(terms, ranks, strict=True):
        labels = term.replace("...", "")
        extra = rank - len(labels) if "..." in term else 0
        if extra < 0 or (extra == 0 and "..." not in term and len(labels) != rank):
            raise ValueError(f"einsum: {term!r} of {subscripts!r} does not fit an operand of rank {rank}.")
        if not all(label.isalpha() for label in labels):
            raise ValueError(f"einsum: labels must be letters, got {term!r} in {subscripts!r}.")
        widest = max(widest, extra)
        expanded.append(term.replace("...", "".join(spare[:extra][::-1])))
    ellipsis = "".join(spare[:widest][::-1])
    if not arrow:
        joined = inputs.replace("...", "").replace(",", "")
        output = ellipsis + "".join(sorted(label for label in set(joined) if joined.count(label) == 1))
    else:
        output = output.replace("...", ellipsis)
    known = set("".join(expanded))
    if len(set(output)) != len(output) or not set(output) <= known:
        raise ValueError(f"einsum: each label of the result must stand once and in an operand, got {subscripts!r}.")
    return tuple(expanded), output


def _without_repeats(x: Any, labels: str) -> tuple[Any, str]:
    """Return the diagonal over labels that stand twice in one operand."""
    d = active()
    for label in dict.fromkeys(labels):
        while labels.count(label) > 1:
            first = labels.index(label)
            second = labels.index(label, first + 1)
            size = d.shape(x)[first]
            places = d.arange(0, size, 1, "int32")
            rows = d.reshape(places, tuple(-1 if axis == first else 1 for axis in range(x.ndim)))
            columns = d.reshape(places, tuple(-1 if axis == second else 1 for axis in range(x.ndim)))
            zero = d.full((), 0, d.dtype_of(x))
            x = d.sum(d.where(d.equal(rows, columns), x, zero), (second,), False)
            labels = labels[:second] + labels[second + 1 :]
    return x, labels


def _summed(x: Any, labels: str, kept: set[str]) -> tuple[Any, str]:
    axes = tuple(axis for axis, label in enumerate(labels) if label not in kept)
    if not axes:
        return x, labels
    return active().sum(x, axes, False), "".join(label for label in labels if label in kept)


def _product(x: Any, x_labels: str, y: Any, y_labels: str, kept: set[str]) -> tuple[Any, str]:
    """Contract two operands by one matrix product."""
    d = active()
    x, x_labels = _summed(x, x_labels, kept | set(y_labels))
    y, y_labels = _summed(y, y_labels, kept | set(x_labels))
    shared = [label for label in x_labels if label in y_labels]
    # An ellipsis axis of size 1 broadcasts; such a label cannot be contracted as it is.
    x, y = _equal_sizes(x, x_labels, y, y_labels, shared)
    batch = [label for label in shared if label in kept]
    inner = [label for label in shared if label not in kept]
    rows = [label for label in x_labels if label not in shared]
    columns = [label for label in y_labels if label not in shared]
    x = d.permute_dims(x, tuple(x_labels.index(label) for label in (*batch, *rows, *inner)))
    y = d.permute_dims(y, tuple(y_labels.index(label) for label in (*batch, *inner, *columns)))
    sizes_x, sizes_y = list(d.shape(x)), list(d.shape(y))
    b, r, c = len(batch), len(rows), len(columns)
    left = d.reshape(x, (*sizes_x[:b], _merge(sizes_x[b : b + r]), _merge(sizes_x[b + r :])))
    right = d.reshape(y, (*sizes_y[:b], _merge(sizes_y[b : b + len(inner)]), _merge(sizes_y[b + len(inner) :])))
    result = d.matmul(left, right)
    sizes = (*sizes_x[: b + r], *sizes_y[len(sizes_y) - c :])
    return d.reshape(result, sizes), "".join((*batch, *rows, *columns))


def _merge(sizes: list[Any]) -> Any:
    """Return the product of sizes: an int, a scalar tensor, or None where a size is not known."""
    if all(isinstance(size, int) for size in sizes):
        return math.prod(sizes)
    if len(sizes) == 1:
        return sizes[0]
    d = active()
    if any(size is None for size in sizes):
        return None
    total = d.full((), 1, "int32")
    for size in sizes:
        total = d.multiply(total, d.full((), size, "int32") if isinstance(size, int) else d.astype(size, "int32"))
    return total


def _equal_sizes(x: Any, x_labels: str, y: Any, y_labels: str, shared: list[str]) -> tuple[Any, Any]:
    d = active()
    sizes_x, sizes_y = list(d.shape(x)), list(d.shape(y))
    changed_x = changed_y = False
    for label in shared:
        i, j = x_labels.index(label), y_labels.index(label)
        one, other = sizes_x[i], sizes_y[j]
        if isinstance(one, int) and isinstance(other, int) and one != other:
            if one != 1 and other != 1:
                raise ValueError(f"einsum: label {label!r} has sizes {one} and {other}.")
            if one == 1:
                sizes_x[i], changed_x = other, True
            else:
                sizes_y[j], changed_y = one, True
    x = d.broadcast_to(x, tuple(sizes_x)) if changed_x else x
    return x, d.broadcast_to(y, tuple(sizes_y)) if changed_y else y


@op(tensors=("*operands",), dtype="common")
def einsum(subscripts: str, *operands: Any) -> Any:
    """Return the sum of products that Einstein's notation describes.

    Args:
        subscripts: labels of the axes, as `"bij,bjk->bik"`; `...` stands for leading axes that broadcast.
        operands: tensors, one a term of the subscripts.

    Raises:
        ValueError: where the subscripts do not fit the operands.

    Example:
        >>> ops.einsum("ij,j->i", [[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0])
        array([3., 7.], dtype=float32)
    """
    d = active()
    terms, output = parse_einsum(subscripts, tuple(operand.ndim for operand in operands))
    pending = [_without_repeats(x, labels) for x, labels in zip(operands, terms, strict=True)]
    x, labels = pending[0]
    for position, (y, y_labels) in enumerate(pending[1:], start=1):
        kept = set(output).union(*(later for _, later in pending[position + 1 :]))
        x, labels = _product(x, labels, y, y_labels, kept)
    x, labels = _summed(x, labels, set(output))
    order = tuple(labels.index(label) for label in output)
    return x if order == tuple(range(x.ndim)) else d.permute_dims(x, order)


# norms and decompositions ------------------------------------------------------------------------------------------


@op(dtype="float", static={"axis": "axes"})
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the norm of vectors or matrices.

    Args:
        x: tensor of numbers; integers become `floatx`.
        ord: None: the 2-norm of the elements; of vectors any number or inf; of matrices `"fro"`, 1, inf.
        axis: int for vectors, a pair for matrices, None for all.
        keepdims: whether the axes stay, of size 1.

    Raises:
        ValueError: for an order that is not known.

    Example:
        >>> float(ops.norm([3.0, 4.0]))
        5.0
    """
    d = active()
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
    if len(axes) == 2 and ord in (1, math.inf):
        inner, outer = (axes[0], axes[1]) if ord == 1 else (axes[1], axes[0])
        result = max_(sum_(size, inner, keepdims=True), outer, keepdims=True)
        return result if keepdims else d.squeeze(result, axes)
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
    total = d.sum(d.pow(size, d.full((), order, dtype)), axes, keepdims)
    return d.pow(total, d.full((), 1 / order, dtype))


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
    sizes = d.shape(x)
    n = sizes[-1]
    rows = d.arange(0, n, 1, "int32")
    unit = d.astype(d.equal(d.expand_dims(rows, 1), d.expand_dims(rows, 0)), d.dtype_of(x))
    return d.solve(x, d.broadcast_to(unit, sizes))


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

    Args:
        x: tensor of shape `(..., n, n)`.

    Example:
        >>> float(ops.det([[2.0, 0.0], [0.0, 4.0]]))
        8.0
    """
    _matrix("det", x, square=True)
    d = active()
    sign, logarithm = d.slogdet(x)
    return multiply(sign, d.exp(logarithm))


@op(dtype="float")
def qr(x: Any, mode: str = "reduced") -> tuple[Any, Any]:
    """Return an orthonormal `Q` and an upper-triangular `R` with `Q @ R = x`.

    Args:
        x: tensor of shape `(..., m, n)`.
        mode: `"reduced"`.

    Example:
        >>> [part.shape for part in ops.qr(ops.ones((3, 2)))]
        [(3, 2), (2, 2)]
    """
    _matrix("qr", x, square=False)
    if mode != "reduced":
        raise ValueError(f"qr: expected mode 'reduced', got {mode!r}.")
    return active().qr(x)


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
