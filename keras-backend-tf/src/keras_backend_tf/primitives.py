"""The mandatory primitives, on `tf.raw_ops`.

The raw operations are what the functions of `tf.math` call after they have converted their arguments and looked for
dispatchers: both are done in core here, and a raw call takes about half the time. Where the CPU kernels lack a dtype, a
table (`by_dtype`) names the way round it, so that no other dtype pays for it.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from keras_backend_tf import arrays
from keras_backend_tf.arrays import cast
from keras_backend_tf.host import (
    COMPLEX,
    FLOAT8,
    HALF,
    UNSIGNED,
    EagerTensor,
    executing_eagerly,
    from_host,
    integers,
    native_dtype,
    raw,
    scalar,
    sizes,
)
from keras_core.contract import by_dtype, computed_in

Function = Callable[..., Any]

_BOOL = tf.bool
_SMALL_INTEGERS = (tf.int8, tf.int16, tf.uint8, tf.uint16)


def widened(function: Function, wide: Mapping[tf.DType, tf.DType]) -> Function:
    """Return `function` that computes some dtypes in a wider one."""
    return computed_in(function, wide, tf.Tensor, cast)


HALF_IN_FLOAT32 = dict.fromkeys(HALF, tf.float32)


def _binary_or_logical(operation: Function, logical: Function) -> Function:
    """Return an operation that TensorFlow has for numbers only, and its meaning for bools."""

    def call(x1: tf.Tensor, x2: tf.Tensor) -> tf.Tensor:
        return logical(x=x1, y=x2) if x1.dtype is _BOOL else operation(x=x1, y=x2)

    return call


def _order(operation: Function) -> Function:
    def call(x1: tf.Tensor, x2: tf.Tensor) -> tf.Tensor:
        if x1.dtype is _BOOL:
            x1, x2 = cast(x1, tf.uint8), cast(x2, tf.uint8)
        return operation(x=x1, y=x2)

    return call


def _test_of_parts(operation: Function, join: Function) -> Function:
    """Return a test of floats that looks at both parts of complex numbers."""

    def call(x: tf.Tensor) -> tf.Tensor:
        return join(x=operation(x=arrays.real(x)), y=operation(x=arrays.imag(x)))

    return by_dtype(operation, dict.fromkeys(COMPLEX, call))


# creation and conversion


def _full(shape: tuple[Any, ...], fill_value: bool | int | float | complex, dtype: str) -> tf.Tensor:
    if native_dtype(dtype) in FLOAT8:
        return _astype(_full(shape, fill_value, "float32"), dtype)
    return raw.Fill(dims=sizes(shape), value=scalar(fill_value, dtype))


def _arange(start: Any, stop: Any, step: Any, dtype: str) -> tf.Tensor:
    """Count, then scale: nothing accumulates, and eager and traced results are the same numbers."""
    native = native_dtype(dtype)
    if any(isinstance(bound, tf.Tensor) for bound in (start, stop, step)):
        wide = tf.int64 if native.is_integer else tf.float64
        bounds = (tf.cast(bound, wide) for bound in (start, stop, step))
        return cast(raw.Range(**dict(zip(("start", "limit", "delta"), bounds, strict=True))), native)
    count = max(0, math.ceil((stop - start) / step))
    exact = "int64" if all(isinstance(bound, int) for bound in (start, stop, step)) else "float64"
    if executing_eagerly():
        return from_host(np.arange(count, dtype=exact) * step + start, dtype)
    values = cast(raw.Range(start=scalar(0, "int64"), limit=scalar(count, "int64"), delta=scalar(1, "int64")), tf.int64)
    values = raw.Mul(x=cast(values, native_dtype(exact)), y=scalar(step, exact))
    return cast(raw.AddV2(x=values, y=scalar(start, exact)), native)


def _astype(x: tf.Tensor, dtype: str) -> tf.Tensor:
    target = native_dtype(dtype)
    source = x.dtype
    if source is target:
        return x
    if source in COMPLEX:
        if target is _BOOL:
            return raw.NotEqual(x=x, y=scalar(0, source.name))
        if target not in COMPLEX:
            x = arrays.real(x)
    if target in FLOAT8:
        x = cast(x, tf.float32)
    return raw.Cast(x=x, DstT=target)


# elementwise


def _complex_abs(x: tf.Tensor) -> tf.Tensor:
    return raw.ComplexAbs(x=x, Tout=arrays.REAL_PART[x.dtype])


def _pow(x1: tf.Tensor, x2: tf.Tensor) -> tf.Tensor:
    if not x1.dtype.is_integer:  # 0 ** 0 has 0 / 0 for a derivative, and of complex numbers no value
        both = raw.LogicalAnd(x=raw.Equal(x=x1, y=raw.ZerosLike(x=x1)), y=raw.Equal(x=x2, y=raw.ZerosLike(x=x2)))
        x1 = raw.SelectV2(condition=both, t=scalar(1, x1.dtype.name), e=x1)
    return raw.Pow(x=x1, y=x2)


def _where(condition: tf.Tensor, x1: tf.Tensor, x2: tf.Tensor) -> tf.Tensor:
    if x1.dtype in FLOAT8:
        return cast(_where(condition, cast(x1, tf.float32), cast(x2, tf.float32)), x1.dtype)
    return raw.SelectV2(condition=condition, t=x1, e=x2)


def _add(x1: tf.Tensor, x2: tf.Tensor) -> tf.Tensor:
    """Add; in graphs a bias by its own operation: its gradient is faster, and products and convolutions take it in."""
    if type(x2) is EagerTensor or x1.dtype is not tf.float32:
        return raw.LogicalOr(x=x1, y=x2) if x1.dtype is _BOOL else raw.AddV2(x=x1, y=x2)
    size, rank = x2.shape.num_elements(), x2.shape.rank or 0
    if not size or not 0 < rank < (x1.shape.rank or 0) or x1.shape[-rank:] != x2.shape:
        return raw.AddV2(x=x1, y=x2)
    if type(x1) is not EagerTensor and x1.op.type == "Reshape":  # `matmul` has a flat product before it
        flat = raw.BiasAdd(value=arrays.reshape(x1, (-1, size)), bias=arrays.reshape(x2, (size,)))
        return arrays.reshape(flat, arrays.shape(x1))
    return raw.BiasAdd(value=x1, bias=x2) if rank == 1 else raw.AddV2(x=x1, y=x2)


# reduction


def reduction(operation: Function) -> Function:
    """Return a raw reduction as a function of `(x, axis, keepdims)`."""
    return lambda x, axis, keepdims: operation(input=x, axis=arrays.all_axes(x, axis), keep_dims=keepdims)


def _cumulative(operation: Function) -> Function:
    return lambda x, axis: operation(x=x, axis=integers(axis))


def _cumulative_prod(x: tf.Tensor, axis: int) -> tf.Tensor:
    shape = arrays.static_shape(x)
    size, step = shape[axis], 1
    if x.dtype.is_integer or size is None:
        return raw.Cumprod(x=x, axis=integers(axis))
    # In steps of 1, 2, 4, ... elements: the derivative of `raw.Cumprod` is wrong where one is 0.
    along = [position == axis for position in range(len(shape))]
    while step < size:
        widths = integers(tuple((step if here else 0, 0) for here in along))
        longer = raw.PadV2(input=x, paddings=widths, constant_values=scalar(1, x.dtype.name))
        stop = tuple(size if here else None for here in along)
        earlier = arrays.slice_(longer, (0,) * len(along), stop, (1,) * len(along))
        x, step = raw.Mul(x=x, y=earlier), 2 * step
    return x


_UNSIGNED_POWER = dict.fromkeys(UNSIGNED, tf.int64)  # modulo 2 ** width: the low bits of a product are those of int64
_INTEGER_MATMUL = {**dict.fromkeys(_SMALL_INTEGERS, tf.int32), tf.uint32: tf.int64, tf.uint64: tf.int64}
_FLOAT_FUNCTIONS = (
    *("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan"),
    *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "floor", "ceil", "round"),
)

PRIMITIVES: dict[str, Function] = {
    "full": _full,
    "arange": _arange,
    "astype": _astype,
    "bitcast": lambda x, dtype: raw.Bitcast(input=x, type=native_dtype(dtype)),
    "abs": by_dtype(raw.Abs, {**dict.fromkeys(UNSIGNED, lambda x: x), **dict.fromkeys(COMPLEX, _complex_abs)}),
    # A difference from 0 becomes `Neg` in a graph.
    "negative": by_dtype(
        raw.Neg, dict.fromkeys(UNSIGNED, lambda x: raw.AddV2(x=raw.Invert(x=x), y=scalar(1, x.dtype.name)))
    ),
    "sign": by_dtype(raw.Sign, dict.fromkeys(UNSIGNED, lambda x: cast(cast(x, _BOOL), x.dtype))),
    **{name: getattr(raw, name.capitalize()) for name in _FLOAT_FUNCTIONS},
    # Not `TruncateDiv(x, 1)`: the graph optimizer takes a division by 1 for the identity.
    "trunc": lambda x: raw.Mul(x=raw.Sign(x=x), y=raw.Floor(x=raw.Abs(x=x))),
    "isfinite": _test_of_parts(raw.IsFinite, raw.LogicalAnd),
    "isnan": _test_of_parts(raw.IsNan, raw.LogicalOr),
    "isinf": _test_of_parts(raw.IsInf, raw.LogicalOr),
    "logical_not": raw.LogicalNot,
    "bitwise_invert": lambda x: raw.LogicalNot(x=x) if x.dtype is _BOOL else raw.Invert(x=x),
    "real": arrays.real,
    "imag": arrays.imag,
    "conj": lambda x: raw.Conj(input=x),
    "stop_gradient": lambda x: raw.StopGradient(input=x),
    "add": _add,
    "subtract": raw.Sub,
    "multiply": _binary_or_logical(raw.Mul, raw.LogicalAnd),
    "divide": raw.RealDiv,
    "floor_divide": raw.FloorDiv,
    "remainder": raw.FloorMod,
    "pow": widened(_pow, _UNSIGNED_POWER),
    "atan2": lambda x1, x2: raw.Atan2(y=x1, x=x2),
    "maximum": _binary_or_logical(raw.Maximum, raw.LogicalOr),
    "minimum": _binary_or_logical(raw.Minimum, raw.LogicalAnd),
    "equal": raw.Equal,
    "not_equal": raw.NotEqual,
    "less": _order(raw.Less),
    "less_equal": _order(raw.LessEqual),
    "greater": _order(raw.Greater),
    "greater_equal": _order(raw.GreaterEqual),
    "logical_and": raw.LogicalAnd,
    "logical_or": raw.LogicalOr,
    "logical_xor": raw.NotEqual,
    "bitwise_and": _binary_or_logical(raw.BitwiseAnd, raw.LogicalAnd),
    "bitwise_or": _binary_or_logical(raw.BitwiseOr, raw.LogicalOr),
    "bitwise_xor": _binary_or_logical(raw.BitwiseXor, raw.NotEqual),
    "bitwise_left_shift": raw.LeftShift,
    "bitwise_right_shift": raw.RightShift,
    "where": _where,
    "shape": arrays.shape,
    "reshape": arrays.reshape,
    "permute_dims": arrays.permute_dims,
    "broadcast_to": lambda x, shape: raw.BroadcastTo(input=x, shape=sizes(shape)),
    "concat": arrays.concat,
    "expand_dims": lambda x, axis: raw.ExpandDims(input=x, axis=integers(axis)),
    "squeeze": arrays.squeeze,
    "flip": widened(arrays.flip, dict.fromkeys(FLOAT8, tf.float32)),
    "slice": arrays.slice_,
    "take": arrays.take,
    "take_along_axis": arrays.take_along_axis,
    "nonzero": arrays.nonzero,
    "sort": arrays.sort,
    "argsort": arrays.argsort,
    "argmax": arrays.arg_extreme(raw.Max, raw.ArgMax),
    "argmin": arrays.arg_extreme(raw.Min, raw.ArgMin),
    "sum": widened(reduction(raw.Sum), HALF_IN_FLOAT32),
    **{name: reduction(getattr(raw, name.capitalize())) for name in ("prod", "max", "min", "all", "any")},
    "cumulative_sum": widened(_cumulative(raw.Cumsum), HALF_IN_FLOAT32),
    "cumulative_prod": _cumulative_prod,
    "matmul": widened(arrays.matmul, _INTEGER_MATMUL),
    "cholesky": widened(lambda x: raw.Cholesky(input=x), HALF_IN_FLOAT32),
    "qr": widened(arrays.qr, HALF_IN_FLOAT32),
    "svd": widened(arrays.svd, HALF_IN_FLOAT32),
    "eigh": widened(arrays.eigh, HALF_IN_FLOAT32),
    "solve": widened(lambda x1, x2: raw.MatrixSolve(matrix=x1, rhs=x2), HALF_IN_FLOAT32),
    "slogdet": widened(arrays.slogdet, HALF_IN_FLOAT32),
    "fft": lambda x: raw.FFT(input=x),
    "ifft": lambda x: raw.IFFT(input=x),
}
