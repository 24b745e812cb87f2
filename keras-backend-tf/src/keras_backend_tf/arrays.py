"""Shapes, indexing, sorting and linear algebra: the primitives that are more than one raw operation.

`keras_core.contract.Primitives` says what each means.
"""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_backend_tf.host import COMPLEX, executing_eagerly, integers, raw, scalar, sizes, static_shape

Function = Callable[..., Any]

_BITS = {tf.float32: (tf.int32, -(2**31)), tf.float64: (tf.int64, -(2**63))}
_INDEX_DTYPES = frozenset({tf.int16, tf.int32, tf.int64})
REAL_PART = {tf.complex64: tf.float32, tf.complex128: tf.float64}


def cast(x: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    """Return the tensor with a native dtype; itself where it has it already."""
    return x if x.dtype is dtype else raw.Cast(x=x, DstT=dtype)


def real(x: tf.Tensor) -> tf.Tensor:
    return raw.Real(input=x, Tout=REAL_PART[x.dtype])


def imag(x: tf.Tensor) -> tf.Tensor:
    return raw.Imag(input=x, Tout=REAL_PART[x.dtype])


def all_axes(x: tf.Tensor, axis: tuple[int, ...] | None) -> tf.Tensor:
    return integers(tuple(range(len(static_shape(x)))) if axis is None else axis)


# shape


def shape(x: tf.Tensor) -> tuple[Any, ...]:
    """Return the sizes: ints where they are known, else scalar int32 tensors."""
    static = static_shape(x)
    if None not in static:
        return static
    dynamic = raw.Unpack(value=raw.Shape(input=x), num=len(static), axis=0)
    return tuple(dynamic[axis] if size is None else size for axis, size in enumerate(static))


def reshape(x: tf.Tensor, shape: tuple[Any, ...]) -> tf.Tensor:
    """Return the elements in another shape, whose sizes may be scalar tensors."""
    return raw.Reshape(tensor=x, shape=sizes(shape))


def permute_dims(x: tf.Tensor, axes: tuple[int, ...]) -> tf.Tensor:
    """Return the tensor with its axes in another order."""
    return raw.Transpose(x=x, perm=integers(tuple(axes)))


def swap_axes(x: tf.Tensor, axis: int, other: int) -> tf.Tensor:
    """Return the tensor with two axes exchanged."""
    if axis == other:
        return x
    order = list(range(len(static_shape(x))))
    order[axis], order[other] = other, axis
    return permute_dims(x, tuple(order))


def on_last_axis(operation: Function) -> Function:
    """Return an operation along the last axis as one along any axis."""

    def call(x: tf.Tensor, axis: int) -> tf.Tensor:
        last = len(x.shape) - 1
        return swap_axes(operation(swap_axes(x, axis, last)), axis, last)

    return call


def concat(arrays: Any, axis: int) -> tf.Tensor:
    return raw.ConcatV2(values=list(arrays), axis=integers(axis)) if len(arrays) > 1 else arrays[0]


def squeeze(x: tf.Tensor, axis: tuple[int, ...]) -> tf.Tensor:
    return raw.Squeeze(input=x, axis=list(axis)) if axis else x


def flip(x: tf.Tensor, axis: tuple[int, ...] | None) -> tf.Tensor:
    return raw.ReverseV2(tensor=x, axis=all_axes(x, axis))


# indexing, sorting


def slice_(x: tf.Tensor, start: tuple[int, ...], stop: tuple[int | None, ...], step: tuple[int, ...]) -> tf.Tensor:
    if not start:
        return x
    to_the_end = [bound is None or bound >= 2**31 for bound in stop]
    return raw.StridedSlice(
        input=x,
        begin=integers(tuple(start)),
        end=integers(tuple(0 if open_end else bound for bound, open_end in zip(stop, to_the_end, strict=True))),
        strides=integers(tuple(step)),
        end_mask=sum(1 << axis for axis, open_end in enumerate(to_the_end) if open_end),
    )


def index(indices: tf.Tensor) -> tf.Tensor:
    """Return indices in a dtype that the gather and scatter operations take."""
    return indices if indices.dtype in _INDEX_DTYPES else cast(indices, tf.int64)


def take(x: tf.Tensor, indices: tf.Tensor, axis: int) -> tf.Tensor:
    return raw.GatherV2(params=x, indices=index(indices), axis=integers(axis))


def take_along_axis(x: tf.Tensor, indices: tf.Tensor, axis: int) -> tf.Tensor:
    last = len(static_shape(x)) - 1
    x, indices = swap_axes(x, axis, last), swap_axes(index(indices), axis, last)
    return swap_axes(raw.GatherV2(params=x, indices=indices, axis=integers(last), batch_dims=last), axis, last)


def nonzero(x: tf.Tensor) -> tuple[tf.Tensor, ...]:
    rank = len(static_shape(x))
    indices = raw.Where(condition=x if x.dtype is tf.bool else raw.NotEqual(x=x, y=scalar(0, x.dtype.name)))
    return tuple(raw.Unpack(value=cast(indices, tf.int32), num=rank, axis=1))


def _sort_keys(x: tf.Tensor) -> tf.Tensor:
    """Return integers that are ordered as `x` is, with both zeros equal and all nans equal and last."""
    if x.dtype is tf.bool:
        return cast(x, tf.uint8)
    if x.dtype.is_integer:
        return x
    if x.dtype not in _BITS:
        x = cast(x, tf.float32)
    dtype, lowest = _BITS[x.dtype]
    bits = raw.Bitcast(input=x, type=dtype)
    negative = raw.Less(x=bits, y=scalar(0, dtype.name))
    keys = raw.SelectV2(condition=negative, t=raw.Sub(x=scalar(lowest, dtype.name), y=bits), e=bits)
    return raw.SelectV2(condition=raw.IsNan(x=x), t=scalar(dtype.max, dtype.name), e=keys)


def _seen_without_nan(x: tf.Tensor) -> bool:
    """Tell whether the values can be looked at for nothing, in the memory of the host, and none is nan."""
    if not executing_eagerly() or "CPU:" not in x.device:
        return False
    peak = raw.Max(input=x, axis=all_axes(x, None), keep_dims=False).numpy()
    return bool(peak == peak)


def _sort_last(x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Sort along the last axis: the inverted values, largest first, which keeps equal elements in their order."""
    size = shape(x)[-1]
    size = size if isinstance(size, tf.Tensor) else integers(size)
    if x.dtype.is_floating and _seen_without_nan(x):
        values, order = raw.TopKV2(input=raw.Neg(x=x), k=size)
        return raw.Neg(x=values), order
    values, order = raw.TopKV2(input=raw.Invert(x=_sort_keys(x)), k=size)
    if x.dtype.is_floating:
        return take_along_axis(x, order, len(static_shape(x)) - 1), order
    return cast(raw.Invert(x=values), x.dtype), order


sort = on_last_axis(lambda x: _sort_last(x)[0])
argsort = on_last_axis(lambda x: _sort_last(x)[1])


def arg_extreme(extreme: Function, operation: Function) -> Function:
    def call(x: tf.Tensor, axis: int, keepdims: bool) -> tf.Tensor:
        dimension = integers(axis)
        if x.dtype.is_floating and not _seen_without_nan(x):  # the native operation ignores nan
            peak = extreme(input=x, axis=dimension, keep_dims=True)
            hits = raw.LogicalOr(x=raw.Equal(x=x, y=peak), y=raw.IsNan(x=x))
            result = raw.ArgMax(input=hits, dimension=dimension, output_type=tf.int32)
        else:
            result = operation(input=x, dimension=dimension, output_type=tf.int32)
        return raw.ExpandDims(input=result, axis=dimension) if keepdims else result

    return call


# linear algebra


def matmul(x1: tf.Tensor, x2: tf.Tensor) -> tf.Tensor:
    rank1, rank2 = len(static_shape(x1)), len(static_shape(x2))
    if rank1 == rank2 == 2:
        return raw.MatMul(a=x1, b=x2)
    if rank1 == 1:
        return squeeze(matmul(raw.ExpandDims(input=x1, axis=integers(0)), x2), (max(rank2 - 2, 0),))
    if rank2 == 1:
        return squeeze(matmul(x1, raw.ExpandDims(input=x2, axis=integers(1))), (rank1 - 1,))
    inner = x2.shape[-2]
    if rank2 == 2 and inner and not executing_eagerly():  # one flat product has the faster gradient
        flat = raw.MatMul(a=reshape(x1, (-1, inner)), b=x2)
        return reshape(flat, (*shape(x1)[:-1], shape(x2)[-1]))
    return raw.BatchMatMulV2(x=x1, y=x2)


def adjoint(x: tf.Tensor) -> tf.Tensor:
    """Return the conjugate transpose of matrices."""
    rank = len(static_shape(x))
    order = integers((*range(rank - 2), rank - 1, rank - 2))
    return (raw.ConjugateTranspose if x.dtype in COMPLEX else raw.Transpose)(x=x, perm=order)


def _real_values(x: tf.Tensor) -> tf.Tensor:
    return real(x) if x.dtype in COMPLEX else x


def qr(x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    q, r = raw.Qr(input=x, full_matrices=False)
    return q, r


def svd(x: tf.Tensor, full_matrices: bool) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    values, left, right = raw.Svd(input=x, compute_uv=True, full_matrices=full_matrices)
    return left, _real_values(values), adjoint(right)


def eigh(x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    values, vectors = raw.SelfAdjointEigV2(input=x, compute_v=True)
    return _real_values(values), vectors


def slogdet(x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    sign, logarithm = raw.LogMatrixDeterminant(input=x)
    return sign, _real_values(logarithm)
