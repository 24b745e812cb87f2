"""Shape and dtype of every primitive, computed without values.

One rule a primitive, of the same signature, over `KerasTensor`s; a size may be None: not known yet. A composite needs
no
rule, its body runs on these.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from keras_core.contract.primitives import PRIMITIVE_NAMES
from keras_core.runtime.dtypes import REAL_OF_COMPLEX
from keras_core.runtime.keras_tensor import KerasTensor

Shape = tuple[int | None, ...]


def broadcast_shapes(*shapes: Shape) -> Shape:
    """Return the shape to which shapes broadcast.

    Raises:
        ValueError: where two sizes are known, unequal and neither is 1.
    """
    rank = max(map(len, shapes))
    result: list[int | None] = []
    for sizes in zip(*((1,) * (rank - len(shape)) + tuple(shape) for shape in shapes), strict=True):
        wide = {size for size in sizes if size != 1}
        known = wide - {None}
        if len(known) > 1:
            raise ValueError(f"shapes {' and '.join(map(str, shapes))} cannot be broadcast together.")
        # A known size above 1 decides; an unknown one could still be 1 or that size.
        result.append(known.pop() if known else (None if wide else 1))
    return tuple(result)


def known_size(size: Any) -> int | None:
    """Return a size as an int, None for one that is no plain number (a scalar tensor)."""
    return None if size is None or isinstance(size, KerasTensor) or not hasattr(size, "__index__") else int(size)


def _sizes(shape: Sequence[Any]) -> Shape:
    return tuple(map(known_size, shape))


def same(x: KerasTensor, *_arguments: Any) -> KerasTensor:
    """Return the shape and dtype of the first argument: the rule of many ops, composites of many steps included."""
    return KerasTensor(x.shape, x.dtype)


def _boolean(x: KerasTensor) -> KerasTensor:
    return KerasTensor(x.shape, "bool")


def _real(x: KerasTensor) -> KerasTensor:
    return KerasTensor(x.shape, REAL_OF_COMPLEX.get(x.dtype, x.dtype))


def _binary(x1: KerasTensor, x2: KerasTensor) -> KerasTensor:
    return KerasTensor(broadcast_shapes(x1.shape, x2.shape), x1.dtype)


def _comparison(x1: KerasTensor, x2: KerasTensor) -> KerasTensor:
    return KerasTensor(broadcast_shapes(x1.shape, x2.shape), "bool")


def _where(condition: KerasTensor, x1: KerasTensor, x2: KerasTensor) -> KerasTensor:
    return KerasTensor(broadcast_shapes(condition.shape, x1.shape, x2.shape), x1.dtype)


def _full(shape: Sequence[Any], fill_value: Any, dtype: str) -> KerasTensor:
    return KerasTensor(_sizes(shape), dtype)


def _arange(start: Any, stop: Any, step: Any, dtype: str) -> KerasTensor:
    if any(value is None or isinstance(value, KerasTensor) for value in (start, stop, step)):
        return KerasTensor((None,), dtype)
    return KerasTensor((max(0, math.ceil((stop - start) / step)),), dtype)


def _astype(x: KerasTensor, dtype: str) -> KerasTensor:
    return KerasTensor(x.shape, dtype)


def _shape(x: KerasTensor) -> Shape:
    return x.shape


def reshaped(shape: Shape, new: Sequence[Any]) -> Shape:
    """Return the shape after a reshape to sizes of which one may be -1.

    Raises:
        ValueError: where the numbers of elements are known and differ.
    """
    target = _sizes(new)
    if target.count(-1) > 1:
        raise ValueError(f"reshape: at most one size may be -1, got {tuple(new)}.")
    known = None not in shape
    total = math.prod(size for size in shape if size is not None)
    if -1 in target:
        rest = [size for size in target if size != -1]
        if not known or None in rest:
            # Sizes that stand unknown on both sides cancel out when they are as many.
            if shape.count(None) == rest.count(None) and None in rest:
                given = math.prod(size for size in rest if size is not None)
                filled = total // given if given else 0
                return tuple(filled if size == -1 else size for size in target)
            return tuple(None if size == -1 else size for size in target)
        given = math.prod(size for size in rest if size is not None)
        if given == 0 or total % given:
            raise ValueError(f"reshape: {total} elements of shape {shape} do not fit into {tuple(new)}.")
        return tuple(total // given if size == -1 else size for size in target)
    if known and None not in target and math.prod(size for size in target if size is not None) != total:
        raise ValueError(f"reshape: {total} elements of shape {shape} do not fit into {tuple(new)}.")
    return target


def _reshape(x: KerasTensor, shape: Sequence[Any]) -> KerasTensor:
    return KerasTensor(reshaped(x.shape, shape), x.dtype)


def _permute_dims(x: KerasTensor, axes: tuple[int, ...]) -> KerasTensor:
    return KerasTensor(tuple(x.shape[axis] for axis in axes), x.dtype)


def _broadcast_to(x: KerasTensor, shape: Sequence[Any]) -> KerasTensor:
    target = _sizes(shape)
    if broadcast_shapes(x.shape, target) != target and None not in target:
        raise ValueError(f"broadcast_to: shape {x.shape} cannot be broadcast to {tuple(shape)}.")
    return KerasTensor(target, x.dtype)


def _concat(arrays: Sequence[KerasTensor], axis: int) -> KerasTensor:
    first = arrays[0]
    total: int | None = 0
    merged = list(first.shape)
    for array in arrays:
        if array.ndim != first.ndim:
            shapes = [array.shape for array in arrays]
            raise ValueError(f"concatenate: all ranks must be equal, got shapes {shapes}.")
        for position, size in enumerate(array.shape):
            if position == axis:
                total = None if total is None or size is None else total + size
            elif merged[position] is None:
                merged[position] = size
            elif size is not None and size != merged[position]:
                shapes = [array.shape for array in arrays]
                raise ValueError(f"concatenate: sizes must be equal except along axis {axis}, got shapes {shapes}.")
    merged[axis] = total
    return KerasTensor(merged, first.dtype)


def _expand_dims(x: KerasTensor, axis: int) -> KerasTensor:
    return KerasTensor((*x.shape[:axis], 1, *x.shape[axis:]), x.dtype)


def _squeeze(x: KerasTensor, axis: tuple[int, ...]) -> KerasTensor:
    for position in axis:
        if x.shape[position] not in (1, None):
            raise ValueError(f"squeeze: axis {position} has size {x.shape[position]}, expected 1; shape {x.shape}.")
    return KerasTensor(tuple(size for position, size in enumerate(x.shape) if position not in axis), x.dtype)


def _slice(x: KerasTensor, start: Any, stop: Any, step: Any) -> KerasTensor:
    sizes: list[int | None] = []
    for size, first, last, stride in zip(x.shape, start, stop, step, strict=True):
        if size is None:
            sizes.append(None if last is None else _unclamped(first, last, stride))
        else:
            sizes.append(len(range(*slice(first, last, stride).indices(size))))
    return KerasTensor(tuple(sizes), x.dtype)


def _unclamped(first: int, last: int, stride: int) -> int | None:
    # An unknown size can be too small for the bounds, but an empty range is empty whatever the size.
    return 0 if last <= first else None


def _take(x: KerasTensor, indices: KerasTensor, axis: int) -> KerasTensor:
    return KerasTensor((*x.shape[:axis], indices.shape[0], *x.shape[axis + 1 :]), x.dtype)


def _take_along_axis(x: KerasTensor, indices: KerasTensor, axis: int) -> KerasTensor:
    sizes = broadcast_shapes(
        (*x.shape[:axis], 1, *x.shape[axis + 1 :]), (*indices.shape[:axis], 1, *indices.shape[axis + 1 :])
    )
    return KerasTensor((*sizes[:axis], indices.shape[axis], *sizes[axis + 1 :]), x.dtype)


def _nonzero(x: KerasTensor) -> tuple[KerasTensor, ...]:
    return tuple(KerasTensor((None,), "int32") for _ in range(x.ndim))


def _argsort(x: KerasTensor, axis: int) -> KerasTensor:
    return KerasTensor(x.shape, "int32")


def reduced(shape: Shape, axis: tuple[int, ...] | None, keepdims: bool) -> Shape:
    """Return the shape after a reduction over axes."""
    axes = tuple(range(len(shape))) if axis is None else axis
    if keepdims:
        return tuple(1 if position in axes else size for position, size in enumerate(shape))
    return tuple(size for position, size in enumerate(shape) if position not in axes)


def _reduction(x: KerasTensor, axis: tuple[int, ...] | None, keepdims: bool) -> KerasTensor:
    return KerasTensor(reduced(x.shape, axis, keepdims), x.dtype)


def _arg_reduction(x: KerasTensor, axis: int, keepdims: bool) -> KerasTensor:
    return KerasTensor(reduced(x.shape, (axis,), keepdims), "int32")


def _matmul(x1: KerasTensor, x2: KerasTensor) -> KerasTensor:
    if x1.ndim == 0 or x2.ndim == 0:
        raise ValueError(f"matmul: expected at least one axis each, got shapes {x1.shape} and {x2.shape}.")
    left = list(x1.shape if x1.ndim > 1 else (1, *x1.shape))
    right = list(x2.shape if x2.ndim > 1 else (*x2.shape, 1))
    if left[-1] is not None and right[-2] is not None and left[-1] != right[-2]:
        raise ValueError(
            f"matmul: the last axis of x1 and the last but one of x2 must agree, got shapes {x1.shape} and {x2.shape}."
        )
    sizes = broadcast_shapes(tuple(left[:-2]), tuple(right[:-2])) if len(left) > 2 or len(right) > 2 else ()
    rows = (left[-2],) if x1.ndim > 1 else ()
    columns = (right[-1],) if x2.ndim > 1 else ()
    return KerasTensor((*sizes, *rows, *columns), x1.dtype)


def _smaller(m: int | None, n: int | None) -> int | None:
    return None if m is None or n is None else min(m, n)


def _qr(x: KerasTensor) -> tuple[KerasTensor, KerasTensor]:
    *batch, m, n = x.shape
    k = _smaller(m, n)
    return KerasTensor((*batch, m, k), x.dtype), KerasTensor((*batch, k, n), x.dtype)


def _svd(x: KerasTensor, full_matrices: bool) -> tuple[KerasTensor, KerasTensor, KerasTensor]:
    *batch, m, n = x.shape
    k = _smaller(m, n)
    u, v = (m, n) if full_matrices else (k, k)
    values = KerasTensor((*batch, k), REAL_OF_COMPLEX.get(x.dtype, x.dtype))
    return KerasTensor((*batch, m, u), x.dtype), values, KerasTensor((*batch, v, n), x.dtype)


def _eigh(x: KerasTensor) -> tuple[KerasTensor, KerasTensor]:
    return KerasTensor(x.shape[:-1], REAL_OF_COMPLEX.get(x.dtype, x.dtype)), same(x)


def _solve(x1: KerasTensor, x2: KerasTensor) -> KerasTensor:
    return same(x2)


def _slogdet(x: KerasTensor) -> tuple[KerasTensor, KerasTensor]:
    return KerasTensor(x.shape[:-2], x.dtype), KerasTensor(x.shape[:-2], REAL_OF_COMPLEX.get(x.dtype, x.dtype))


_SAME = (
    *("negative", "sign", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan"),
    *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "floor", "ceil", "round", "trunc", "logical_not"),
    *("bitwise_invert", "conj", "stop_gradient", "flip", "sort", "cumulative_sum", "cumulative_prod", "cholesky"),
    *("fft", "ifft"),
)
_BINARY = (
    *("add", "subtract", "multiply", "divide", "floor_divide", "remainder", "pow", "atan2", "maximum", "minimum"),
    *("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift"),
    *("logical_and", "logical_or", "logical_xor"),
)
_COMPARISON = ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")

RULES: Final[dict[str, Callable[..., Any]]] = {
    **dict.fromkeys(_SAME, same),
    **dict.fromkeys(_BINARY, _binary),
    **dict.fromkeys(_COMPARISON, _comparison),
    **dict.fromkeys(("isfinite", "isnan", "isinf"), _boolean),
    **dict.fromkeys(("abs", "real", "imag"), _real),
    **dict.fromkeys(("sum", "prod", "max", "min", "all", "any"), _reduction),
    **dict.fromkeys(("argmax", "argmin"), _arg_reduction),
    "where": _where,
    "full": _full,
    "arange": _arange,
    "astype": _astype,
    "bitcast": _astype,
    "shape": _shape,
    "reshape": _reshape,
    "permute_dims": _permute_dims,
    "broadcast_to": _broadcast_to,
    "concat": _concat,
    "expand_dims": _expand_dims,
    "squeeze": _squeeze,
    "slice": _slice,
    "take": _take,
    "take_along_axis": _take_along_axis,
    "nonzero": _nonzero,
    "argsort": _argsort,
    "matmul": _matmul,
    "qr": _qr,
    "svd": _svd,
    "eigh": _eigh,
    "solve": _solve,
    "slogdet": _slogdet,
}

assert RULES.keys() == set(PRIMITIVE_NAMES), "each primitive needs one rule"
