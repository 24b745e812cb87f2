"""Ops that compare predictions with what is true, and encode labels."""

import math
from typing import Any

from keras_core.ops.decomposition import norm
from keras_core.ops.elementwise_binary import greater, less, logical_and, multiply, subtract
from keras_core.ops.elementwise_unary import isfinite, log
from keras_core.ops.indexing import one_hot, take_along_axis
from keras_core.ops.precision import as_dtype, widened
from keras_core.ops.reduction import mean, sum
from keras_core.runtime import dtypes
from keras_core.runtime.axes import canonical_axis
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


@op(tensors=("targets", "predictions"), differentiable=())
def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Return whether the prediction of each target is among the `k` largest.

    Args:
        targets: integers of shape `(batch,)`.
        predictions: tensor of shape `(batch, classes)`.
        k: how many.

    Returns:
        Bool tensor of shape `(batch,)`. What equals the `k`-th largest is among them; a target that is out of range,
        or whose prediction is not finite, is not.

    Raises:
        ValueError: where shapes or dtypes do not fit.

    Example:
        >>> ops.in_top_k([1, 0], [[0.1, 0.9], [0.2, 0.8]], 1)
        array([ True, False])
    """
    d = active()
    dtype = d.dtype_of(targets)
    if targets.ndim != 1 or predictions.ndim != 2 or not dtypes.is_integer(dtype):
        shapes = tuple(d.static_shape(targets)), tuple(d.static_shape(predictions))
        raise ValueError(
            f"in_top_k: expected integer targets of shape (batch,) and predictions of shape (batch, classes), got "
            f"shapes {shapes[0]} and {shapes[1]} and dtype {dtype}."
        )
    targets = d.astype(targets, "int32")
    size = to_tensor(d, d.shape(predictions)[1], "int32")
    zero = d.full((), 0, "int32")
    inside = d.logical_and(d.greater_equal(targets, zero), d.less(targets, size))
    own = take_along_axis(predictions, d.expand_dims(d.where(inside, targets, zero), 1), 1)
    higher = sum(d.astype(greater(predictions, own), "int32"), 1)
    own = d.squeeze(own, (1,))
    finite = isfinite(own) if dtypes.is_float(d.dtype_of(own)) else d.full(d.shape(own), True, "bool")
    return logical_and(logical_and(inside, finite), less(higher, k))


@op(tensors=("x1", "x2"), dtype="float")
def psnr(x1: Any, x2: Any, max_val: Any) -> Any:
    """Return the peak signal-to-noise ratio `20 log10(max_val) - 10 log10(mean((x1 - x2) ** 2))`, in decibels.

    Args:
        x1: tensor; integers become `floatx`.
        x2: tensor of the same shape.
        max_val: the largest value that an element can have.

    Returns:
        Scalar tensor; inf for equal tensors.

    Raises:
        ValueError: where the shapes differ.

    Example:
        >>> round(float(ops.psnr([1.0, 2.0], [1.0, 3.0], 1.0)), 4)
        3.0103
    """
    d = active()
    one, other = tuple(d.static_shape(x1)), tuple(d.static_shape(x2))
    if len(one) != len(other) or any(a != b for a, b in zip(one, other, strict=True) if None not in (a, b)):
        raise ValueError(f"psnr: expected tensors of one shape, got {one} and {other}.")
    dtype = d.dtype_of(x1)
    difference = subtract(widened(x1), widened(x2))
    peak = log(widened(to_tensor(d, max_val, dtype)))
    decibels = subtract(multiply(2.0, peak), log(mean(multiply(difference, difference))))
    return as_dtype(multiply(10 / math.log(10), decibels), dtype)


@op(tensors=("x", "y"), dtype="float")
def cdist(x: Any, y: Any) -> Any:
    """Return the Euclidean distance of each row of `x` from each of `y`.

    Args:
        x: tensor of shape `(..., n, depth)`; integers become `floatx`.
        y: tensor of shape `(..., m, depth)`; the leading axes broadcast.

    Returns:
        Tensor of shape `(..., n, m)`. Its derivative at distance 0 is 0.

    Raises:
        ValueError: where ranks or depths do not fit.

    Example:
        >>> ops.cdist([[0.0, 0.0]], [[3.0, 4.0], [0.0, 0.0]])
        array([[5., 0.]], dtype=float32)
    """
    d = active()
    one, other = tuple(d.static_shape(x)), tuple(d.static_shape(y))
    if len(one) < 2 or len(other) < 2 or (None not in (one[-1], other[-1]) and one[-1] != other[-1]):
        raise ValueError(f"cdist: expected tensors of shapes (..., n, depth) and (..., m, depth), got {one}, {other}.")
    # Differences, not products: of near points these would lose all digits.
    difference = subtract(d.expand_dims(x, x.ndim - 1), d.expand_dims(y, y.ndim - 2))
    return norm(difference, axis=-1)


def _prepare_multi_hot(args: list[Any]) -> list[Any]:
    inputs, num_classes, axis, dtype, sparse = args
    if sparse:
        raise ValueError("multi_hot: sparse tensors are not supported, got sparse=True.")
    if num_classes is None:
        raise ValueError("multi_hot: argument 'num_classes' must be given.")
    if inputs.ndim == 0:
        raise ValueError(
            "multi_hot: expected inputs with at least one axis, of the labels of one sample; got a scalar."
        )
    return [inputs, num_classes, canonical_axis(axis, max(inputs.ndim, 1)), dtype, sparse]


@op(static={"dtype": "dtype"}, differentiable=(), prepare=_prepare_multi_hot)
def multi_hot(
    inputs: Any, num_classes: int | None = None, axis: int = -1, dtype: Any = None, sparse: bool = False, **kwargs: Any
) -> Any:
    """Return 1 at each label of a sample and 0 elsewhere, along an axis of classes.

    Args:
        inputs: integers of shape `(labels,)` for one sample, or `(batch, labels, ...)`; a label outside of
            `[0, num_classes)` counts nowhere.
        num_classes: size of the axis of classes; it must be given.
        axis: its position in the result.
        dtype: dtype name; None for `floatx`.
        sparse: must be False; sparse tensors are not supported.
        **kwargs: none.

    Returns:
        Tensor of the shape of `inputs` without the axis of labels and with that of classes.

    Example:
        >>> ops.multi_hot([[0, 2], [1, 1]], 3)
        array([[1., 0., 1.],
               [0., 1., 0.]], dtype=float32)
    """
    d = active()
    labels = min(1, inputs.ndim - 1)
    assert num_classes is not None
    hot = d.any(one_hot(inputs, num_classes, -1, "bool"), (labels,), False)
    order = list(range(hot.ndim - 1))
    order.insert(axis, hot.ndim - 1)
    return d.astype(d.permute_dims(hot, tuple(order)), dtype)
