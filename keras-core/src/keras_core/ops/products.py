"""Products of matrices and sums of products."""

import math
from functools import lru_cache
from typing import Any

from keras_core.ops.elementwise_binary import multiply
from keras_core.runtime.axes import canonical_axis
from keras_core.runtime.definition import op
from keras_core.runtime.dtypes import is_inexact
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import active

_PAIR = ("x1", "x2")


@op(primitive="matmul", tensors=_PAIR, dtype="product")
def matmul(x1: Any, x2: Any) -> Any:
    """Return the matrix product over the last two axes.

    Args:
        x1: tensor of shape `(..., m, k)`, or `(k,)`.
        x2: tensor of shape `(..., k, n)`, or `(k,)`; the leading axes broadcast.

    Returns:
        Tensor of shape `(..., m, n)`; an axis that a 1-D argument lacks is left out. Where both are int8 it is int32,
        as quantized layers need it; other integers keep their dtype, in which sums may wrap.

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
    width = merged_size(inner)
    rows = d.reshape(d.permute_dims(x1, (*kept1, *left)), (merged_size([sizes1[axis] for axis in kept1]), width))
    columns = d.reshape(d.permute_dims(x2, (*right, *kept2)), (width, merged_size([sizes2[axis] for axis in kept2])))
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
    left = d.reshape(x, (*sizes_x[:b], merged_size(sizes_x[b : b + r]), merged_size(sizes_x[b + r :])))
    right = d.reshape(
        y, (*sizes_y[:b], merged_size(sizes_y[b : b + len(inner)]), merged_size(sizes_y[b + len(inner) :]))
    )
    result = d.matmul(left, right)
    sizes = (*sizes_x[: b + r], *sizes_y[len(sizes_y) - c :])
    return d.reshape(result, sizes), "".join((*batch, *rows, *columns))


def merged_size(sizes: list[Any]) -> Any:
    """Return the size of several axes in one: an int, a scalar tensor, or None where one is unknown."""
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


def _infer_einsum(subscripts: str, *operands: KerasTensor) -> Any:
    """Return the sizes of the labels of the result; what the rule does not know is for the body to infer, or refuse."""
    terms, output = parse_einsum(subscripts, tuple(operand.ndim for operand in operands))
    sizes: dict[str, int | None] = {}
    for operand, labels in zip(operands, terms, strict=True):
        for label, size in zip(labels, operand.shape, strict=True):
            before = sizes.setdefault(label, size)
            if before == 1 or (before is None and size != 1):
                sizes[label] = size
            elif size not in (before, 1, None):
                return NotImplemented
    if not is_inexact(operands[0].dtype):
        return NotImplemented  # products of small integers are of wider ones
    return KerasTensor(tuple(sizes[label] for label in output), operands[0].dtype)


@op(tensors=("*operands",), dtype="product", ignored=("optimize",), infer=_infer_einsum)
def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Any:
    """Return the sum of products that Einstein's notation describes.

    Args:
        subscripts: labels of the axes, as `"bij,bjk->bik"`; `...` stands for leading axes that broadcast.
        operands: tensors, one a term of the subscripts.
        **kwargs: `optimize` is taken and ignored: terms are contracted from left to right.

    Returns:
        Tensor of the common dtype; int32 where all operands are int8, as in `matmul`.

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
