"""Kernels against NumPy and SciPy, and where they decline."""

import numpy as np
import pytest
import scipy.special
import tensorflow as tf

from keras_backend_tf.kernels import KERNELS
from keras_backend_tf.transforms import TRANSFORMS
from keras_core import ops, use_backend

GENERATOR = np.random.default_rng(0)
FLOAT = {tf.float16: 5e-3, tf.bfloat16: 4e-2, tf.float32: 2e-5, tf.float64: 1e-9}


def close(actual, expected, dtype=tf.float64):
    assert actual.dtype is dtype
    assert actual.shape == np.shape(expected)
    tolerance = FLOAT.get(dtype, 0)
    np.testing.assert_allclose(tf.cast(actual, tf.float64), expected, rtol=tolerance, atol=tolerance)


def normal(*shape, dtype=tf.float64):
    return tf.cast(tf.constant(GENERATOR.normal(size=shape)), dtype)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


ELEMENTWISE = {
    "square": np.square,
    "reciprocal": lambda a: 1 / a,
    "erf": scipy.special.erf,
    "relu": lambda a: np.maximum(a, 0),
    "relu6": lambda a: np.clip(a, 0, 6),
    "selu": lambda a: 1.05070098735548 * np.where(a > 0, a, 1.67326324235438 * np.expm1(a)),
    "softplus": lambda a: np.logaddexp(a, 0),
    "sigmoid": sigmoid,
    "log_sigmoid": lambda a: -np.logaddexp(-a, 0),
}
POSITIVE = {
    "rsqrt": lambda a: 1 / np.sqrt(a),
    "erfinv": scipy.special.erfinv,
    "lgamma": scipy.special.gammaln,
    "digamma": scipy.special.digamma,
}


@pytest.mark.parametrize("name", [*ELEMENTWISE, *POSITIVE])
def test_elementwise(name):
    for dtype in FLOAT:
        for shape in [(3, 4), (), (0, 2)]:
            x = normal(*shape, dtype=dtype) if name in ELEMENTWISE else tf.abs(normal(*shape, dtype=dtype)) / 4 + 0.1
            expected = {**ELEMENTWISE, **POSITIVE}[name](tf.cast(x, tf.float64).numpy())
            close(KERNELS[name](x), expected, dtype)


def test_infinities():
    for dtype in FLOAT:
        close(KERNELS["erf"](tf.constant([-np.inf, np.inf, np.nan], dtype)), [-1, 1, np.nan], dtype)


def test_activations_with_parameters():
    x = normal(3, 4)
    array = x.numpy()
    close(KERNELS["leaky_relu"](tf.cast(x, tf.float32), 0.3), np.where(array > 0, array, 0.3 * array), tf.float32)
    assert KERNELS["leaky_relu"](x, 0.3) is NotImplemented
    close(KERNELS["elu"](x, 1.0), np.where(array > 0, array, np.expm1(array)))
    assert KERNELS["elu"](x, 0.5) is NotImplemented
    for axis in (0, 1):
        close(KERNELS["softmax"](x, axis), scipy.special.softmax(array, axis))
        close(KERNELS["log_softmax"](x, axis), scipy.special.log_softmax(array, axis))


@pytest.mark.parametrize("dtype", FLOAT)
def test_reductions(dtype):
    x = normal(2, 3, 4, dtype=dtype)
    array = tf.cast(x, tf.float64).numpy()
    for axis, keepdims in [(None, False), ((0, 2), True), ((1,), False)]:
        close(KERNELS["mean"](x, axis, keepdims), array.mean(axis, keepdims=keepdims), dtype)


def test_softmax_carries_nan_to_its_whole_row_eagerly_and_compiled():
    x = tf.constant([[np.nan, 1.0, 2.0], [1.0, 2.0, 3.0], [-np.inf, 0.0, 1.0]])
    expected = scipy.special.softmax(x.numpy(), -1)
    for softmax in (KERNELS["softmax"], tf.function(KERNELS["softmax"])):
        close(softmax(x, -1), expected, tf.float32)


def test_shape_kernels():
    x = tf.constant(np.arange(24).reshape(2, 3, 4))
    array = x.numpy()
    equal = np.testing.assert_array_equal
    equal(KERNELS["stack"]([x, x], 1), np.stack([array, array], 1))
    for sections in (2, (1, 3), (0, 4, 4)):
        for part, expected in zip(KERNELS["split"](x, sections, 2), np.split(array, sections, 2), strict=True):
            equal(part, expected)
    assert KERNELS["split"](x, (3, 1), 2) is NotImplemented and KERNELS["split"](x, (9,), 2) is NotImplemented
    widths = ((0, 1), (2, 0), (1, 1))
    equal(KERNELS["pad"](x, widths, "constant", 7), np.pad(array, widths, constant_values=7))
    assert KERNELS["pad"](x, widths, "reflect", None) is NotImplemented


def test_indexing_kernels():
    equal = np.testing.assert_array_equal
    for index_dtype in (tf.int32, tf.int16, tf.uint8, tf.uint32):
        added = KERNELS["scatter_add"](tf.zeros((3, 2)), tf.constant([1, 1], index_dtype), tf.ones((2, 2)))
        equal(added, [[0, 0], [2, 2], [0, 0]])
    values, indices = KERNELS["top_k"](tf.constant([[1, 5, 5], [7, 0, 2]]), 2, True)
    equal(values, [[5, 5], [7, 2]])
    equal(indices, [[1, 2], [0, 2]])
    assert indices.dtype is tf.int32


def test_einsum():
    x, y, z = normal(2, 3), normal(3, 4), normal(4, 4)
    for subscripts, operands in [("ij,jk", (x, y)), ("ij,jk,kl->il", (x, y, z)), ("ii->i", (z,)), ("...j->...", (x,))]:
        expected = np.einsum(subscripts, *(operand.numpy() for operand in operands))
        close(KERNELS["einsum"](subscripts, *operands), expected)
    assert KERNELS["einsum"]("i,i->", tf.constant([1], tf.uint8), tf.constant([1], tf.uint8)) is NotImplemented
    for subscripts, operands in [("ij->ik", (x,)), ("ij,jk->il", (x, y)), ("ij,jk->ik", (x, x)), ("ij,jk->ik", (x,))]:
        assert KERNELS["einsum"](subscripts, *operands) is NotImplemented


def test_einsum_in_a_graph_is_products_and_transposes():
    x, y = normal(2, 3, 4), normal(2, 5, 4)
    compiled = tf.function(lambda x, y: ops.einsum("bqd,bkd->bkq", x, y), autograph=False)
    with use_backend("tensorflow"):
        graph = compiled.get_concrete_function(x, y)
    assert "Einsum" not in {operation.type for operation in graph.graph.get_operations()}
    close(graph(x, y), np.einsum("bqd,bkd->bkq", x.numpy(), y.numpy()))


def reference_conv(x, kernel, strides, padding, dilation):
    """Convolve `(N, *spatial, C)` with `(*spatial, C / groups, O)` by its definition."""
    rank = len(strides)
    groups = x.shape[-1] // kernel.shape[-2]
    x = np.pad(x, ((0, 0), *padding, (0, 0)))
    window = [(k - 1) * d + 1 for k, d in zip(kernel.shape, dilation, strict=False)]
    out = [(x.shape[i + 1] - window[i]) // strides[i] + 1 for i in range(rank)]
    per_group, filters = kernel.shape[-2], kernel.shape[-1] // groups
    result = np.zeros((x.shape[0], *out, kernel.shape[-1]))
    for place in np.ndindex(*out):
        slices = [slice(p * s, p * s + w, d) for p, s, w, d in zip(place, strides, window, dilation, strict=True)]
        patch = x[(slice(None), *slices)]
        for group in range(groups):
            part = patch[..., group * per_group : (group + 1) * per_group]
            chosen = slice(group * filters, (group + 1) * filters)
            axes = list(range(1, rank + 2))
            result[(slice(None), *place, chosen)] = np.tensordot(
                part, kernel[..., chosen], (axes, list(range(rank + 1)))
            )
    return result


CONVOLUTIONS = [
    # size, channels, kernel, out channels, groups, strides, padding, dilation
    ((9,), 4, (3,), 6, 1, (2,), ((1, 0),), (1,)),
    ((9,), 4, (3,), 8, 4, (2,), ((1, 1),), (1,)),
    ((9,), 4, (3,), 8, 2, (1,), ((2, 0),), (2,)),
    ((7, 8), 3, (3, 2), 5, 1, (1, 1), ((1, 1), (0, 1)), (1, 1)),
    ((7, 8), 3, (3, 2), 5, 1, (2, 1), ((2, 0), (0, 0)), (1, 2)),
    ((7, 8), 4, (3, 2), 8, 4, (2, 2), ((0, 0), (0, 0)), (1, 1)),
    ((7, 8), 4, (3, 2), 8, 4, (2, 1), ((1, 0), (0, 0)), (2, 1)),
    ((7, 8), 4, (3, 2), 6, 2, (1, 2), ((1, 1), (0, 0)), (1, 1)),
    ((5, 6, 7), 2, (2, 3, 2), 4, 1, (1, 2, 1), ((1, 0), (0, 0), (1, 1)), (1, 1, 1)),
    ((5, 6, 7), 4, (2, 3, 2), 4, 2, (1, 1, 1), ((0, 0), (0, 0), (0, 0)), (1, 1, 1)),
    ((5, 6, 7), 2, (2, 3, 2), 4, 1, (1, 1, 1), ((0, 0), (0, 0), (0, 0)), (2, 1, 1)),
]


@pytest.mark.parametrize("case", CONVOLUTIONS, ids=str)
@pytest.mark.parametrize("dtype", [tf.float32, tf.float64])
def test_conv(case, dtype):
    size, channels, window, filters, groups, strides, padding, dilation = case
    x = normal(2, *size, channels, dtype=dtype)
    kernel = normal(*window, channels // groups, filters, dtype=dtype)
    result = KERNELS["conv"](x, kernel, strides, padding, "channels_last", dilation)
    if result is NotImplemented:
        assert max(dilation) > 1  # no gradient on this device
        return
    close(result, reference_conv(x.numpy(), kernel.numpy(), strides, padding, dilation), dtype)
    first = tf.transpose(x, (0, len(size) + 1, *range(1, len(size) + 1)))
    other = KERNELS["conv"](first, kernel, strides, padding, "channels_first", dilation)
    np.testing.assert_allclose(tf.transpose(other, (0, *range(2, len(size) + 2), 1)), result, rtol=1e-4, atol=1e-5)

    def loss(xs):
        output = KERNELS["conv"](*xs, strides, padding, "channels_last", dilation)
        return tf.reduce_sum(output * output), []

    value, _, gradients = TRANSFORMS["value_and_grad"](loss)([x, kernel])
    np.testing.assert_allclose(
        sum(tf.reduce_sum(a * b) for a, b in zip(gradients, (x, kernel), strict=True)), 4 * value, rtol=1e-3
    )


def test_conv_of_unknown_sizes():
    @tf.function(input_signature=[tf.TensorSpec([None, None, 2])], autograph=False)
    def traced(x):
        return [KERNELS["conv"](x, tf.ones((3, 2, 1)), (s,), p, "channels_last", (1,)) for s, p in options]

    options = [(1, ((1, 1),)), (2, "same"), (1, ((0, 0),))]
    assert [part.shape[1] for part in traced(tf.ones((1, 7, 2)))] == [7, 4, 5]


def reference_pool(x, pool_size, strides, padding, function):
    x = np.pad(x, ((0, 0), *padding, (0, 0)), constant_values=np.nan)
    rank = len(pool_size)
    out = [(x.shape[i + 1] - pool_size[i]) // strides[i] + 1 for i in range(rank)]
    result = np.zeros((x.shape[0], *out, x.shape[-1]))
    for place in np.ndindex(*out):
        slices = [slice(p * s, p * s + w) for p, s, w in zip(place, strides, pool_size, strict=True)]
        patch = x[(slice(None), *slices)]
        result[(slice(None), *place)] = function(patch, axis=tuple(range(1, rank + 1)))
    return result


@pytest.mark.parametrize(
    "case",
    [
        ((9,), (2,), (2,), ((0, 0),)),
        ((9,), (3,), (2,), ((1, 1),)),
        ((7, 8), (3, 2), (2, 1), ((1, 1), (0, 1))),
        ((7, 8), (3, 2), (1, 2), ((2, 0), (1, 0))),
        ((5, 6, 7), (2, 3, 2), (1, 2, 1), ((1, 0), (1, 1), (0, 0))),
    ],
    ids=str,
)
def test_pools(case):
    size, pool_size, strides, padding = case
    x = normal(2, *size, 3, dtype=tf.float32)
    first = tf.transpose(x, (0, len(size) + 1, *range(1, len(size) + 1)))
    for pool, function in ((ops.max_pool, np.nanmax), (ops.average_pool, np.nanmean)):
        expected = reference_pool(x.numpy(), pool_size, strides, padding, function)
        with use_backend("tensorflow"):
            close(pool(x, pool_size, strides, padding, "channels_last"), expected, tf.float32)
            moved = np.moveaxis(expected, -1, 1)
            close(pool(first, pool_size, strides, padding, "channels_first"), moved, tf.float32)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("name", ["max_pool", "average_pool"])
def test_a_nan_anywhere_in_a_window_is_its_pool(name, place):
    x = np.ones((1, 6, 1), "float32")
    x[0, place] = np.nan
    x[0, 4] = np.inf
    for call in (KERNELS[name], tf.function(KERNELS[name], autograph=False)):
        result = call(tf.constant(x), (3,), (3,), ((0, 0),), "channels_last")
        np.testing.assert_array_equal(np.ravel(result), [np.nan, np.inf])


def test_infinities_of_both_signs_in_a_window_are_no_nan():
    x = tf.constant([[[np.inf], [-np.inf], [1.0], [2.0]]], tf.float32)
    for call in (KERNELS["max_pool"], tf.function(KERNELS["max_pool"], autograph=False)):
        np.testing.assert_array_equal(np.ravel(call(x, (2,), (2,), ((0, 0),), "channels_last")), [np.inf, 2])


@pytest.mark.parametrize("other", [0.0, np.nan])
def test_gradients_of_pools_whether_there_is_a_nan_elsewhere_or_not(other):
    x = tf.constant(np.ravel([1.0, 3.0, 2.0, 4.0, other, other]).reshape(1, 6, 1), tf.float32)

    def first_and_second(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                largest = KERNELS["max_pool"](x, (2,), (2,), ((0, 0),), "channels_last")[:, :2]
                value = tf.reduce_sum(largest**3)
            gradient = inner.gradient(value, x)
        return gradient, outer.gradient(gradient, x)

    for call in (first_and_second, tf.function(first_and_second), tf.function(first_and_second, jit_compile=True)):
        first, second = call(x)
        np.testing.assert_allclose(np.ravel(first), [0, 27, 0, 48, 0, 0])
        np.testing.assert_allclose(np.ravel(second), [0, 18, 0, 24, 0, 0])


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_softmax_spreads_what_is_no_number(value, place):
    x = np.arange(6, dtype="float32").reshape(2, 3)
    x[0, place] = value
    for call in (KERNELS["softmax"], tf.function(KERNELS["softmax"], autograph=False)):
        result = call(tf.constant(x), 1).numpy()
        assert np.isnan(result[0]).all() and np.isfinite(result[1]).all()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_random(dtype):
    seed = tf.constant([7, 11], tf.uint32)
    uniform = lambda seed: KERNELS["random_uniform"]((20_000,), dtype, seed)  # noqa: E731
    normals = lambda seed: KERNELS["random_normal"]((20_000,), dtype, seed)  # noqa: E731
    for draw in (uniform, normals):
        numbers = draw(seed)
        assert numbers.dtype.name == dtype
        np.testing.assert_array_equal(numbers, draw(seed))
        assert not np.array_equal(numbers, draw(tf.constant([7, 12], tf.uint32)))
        for jit_compile in (None, True):
            compiled = tf.function(draw, autograph=False, jit_compile=jit_compile)(seed)
            tolerance = 1e-2 if dtype == "bfloat16" else 2e-3
            np.testing.assert_allclose(*(tf.cast(x, tf.float64) for x in (numbers, compiled)), tolerance, tolerance)
    numbers = tf.cast(uniform(seed), tf.float64).numpy()
    assert numbers.min() >= 0 and numbers.max() < 1 and abs(numbers.mean() - 0.5) < 0.01
    numbers = tf.cast(normals(seed), tf.float64).numpy()
    assert abs(numbers.mean()) < 0.03 and abs(numbers.std() - 1) < 0.02 and np.isfinite(numbers).all()


@pytest.mark.parametrize("shape", [(4,), (2, 3)])
def test_sparse_categorical_crossentropy_takes_labels_that_count_from_the_end(shape):
    logits, labels = normal(*shape, 5), GENERATOR.integers(-5, 5, size=shape)
    shares = scipy.special.log_softmax(logits.numpy(), -1)
    expected = -np.take_along_axis(shares, labels[..., None] % 5, -1)[..., 0]
    loss = KERNELS["sparse_categorical_crossentropy"]
    for dtype in (tf.int32, tf.int16, tf.int64):
        close(loss(tf.constant(labels, dtype), logits, True, -1), expected)


def test_sparse_categorical_crossentropy_leaves_the_rest_to_the_composite():
    loss, labels, logits = KERNELS["sparse_categorical_crossentropy"], tf.constant([0, 1]), normal(2, 3)
    assert loss(labels, logits, False, -1) is NotImplemented
    assert loss(labels, logits, True, 0) is NotImplemented
    assert loss(labels[:, None], logits, True, -1) is NotImplemented
    assert loss(tf.constant([0, 1, 2]), logits, True, -1) is NotImplemented
    assert loss(tf.constant([0.0, 1.0]), logits, True, -1) is NotImplemented
    assert loss(labels, tf.cast(logits, tf.float16), True, -1) is NotImplemented
