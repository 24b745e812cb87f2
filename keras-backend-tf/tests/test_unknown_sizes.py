"""Sizes that are not known while `tf.function` traces: ops, layers and gradients give what they give eagerly."""

import numpy as np
import pytest
import tensorflow as tf

import keras_core as keras
from keras_core import ops
from keras_core.layers import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Embedding,
    Flatten,
    GlobalAveragePooling2D,
    LayerNormalization,
    MaxPooling2D,
    Reshape,
)
from keras_core.runtime.table import use_backend
from keras_core.transforms import value_and_grad


@pytest.fixture(autouse=True)
def on_tensorflow():
    with use_backend("tensorflow"):
        yield


def traced(function, *shapes, dtype=tf.float32):
    """Return the function as one graph for tensors of shapes with unknown sizes."""
    return tf.function(function, autograph=False, input_signature=[tf.TensorSpec(shape, dtype) for shape in shapes])


def numbers(*shape):
    return tf.constant(np.random.default_rng(0).standard_normal(shape).astype("float32"))


OPS = {
    "add": lambda x: x + ops.mean(x, axis=0, keepdims=True),
    "matmul": lambda x: ops.matmul(x, ops.transpose(x)),
    "reshape": lambda x: ops.reshape(x, (-1, 2)),
    "reshape_by_shape": lambda x: ops.reshape(x, (ops.shape(x)[0] * 2, ops.shape(x)[1] // 2)),
    "transpose": lambda x: ops.transpose(x, (1, 0)),
    "expand_dims": lambda x: ops.expand_dims(x, -1),
    "broadcast_to": lambda x: ops.broadcast_to(x[:1], ops.shape(x)),
    "concatenate": lambda x: ops.concatenate([x, 2 * x], axis=-1),
    "stack": lambda x: ops.stack([x, -x], axis=1),
    "split": lambda x: ops.concatenate(ops.split(x, [1], axis=0)[::-1], axis=0),
    "tile": lambda x: ops.tile(x, (2, 1)),
    "repeat": lambda x: ops.repeat(x, 2, axis=0),
    "roll": lambda x: ops.roll(x, 1, axis=0),
    "flip": lambda x: ops.flip(x, axis=0),
    "pad": lambda x: ops.pad(x, ((1, 1), (0, 2))),
    "slice": lambda x: x[1:, ::2],
    "last": lambda x: x[-1],
    "take": lambda x: ops.take(x, [0, -1], axis=0),
    "zeros_like": lambda x: ops.zeros_like(x) + ops.ones_like(x),
    "arange": lambda x: ops.arange(ops.shape(x)[0]),
    "where": lambda x: ops.where(x > 0, x, 0.0),
    "sum": lambda x: ops.sum(x, axis=-1),
    "mean": lambda x: ops.mean(x),
    "var": lambda x: ops.var(x, axis=0),
    "std": lambda x: ops.std(x),
    "max": lambda x: ops.max(x, axis=0),
    "argmax": lambda x: ops.argmax(x, axis=0),
    "cumsum": lambda x: ops.cumsum(x, axis=0),
    "sort": lambda x: ops.sort(x, axis=0),
    "top_k": lambda x: ops.top_k(ops.transpose(x), 2)[0],
    "softmax": lambda x: ops.softmax(x),
    "softmax_over_unknown": lambda x: ops.softmax(x, axis=0),
    "logsumexp": lambda x: ops.logsumexp(x, axis=0),
    "einsum": lambda x: ops.einsum("ij,kj->ik", x, x),
    "einsum_of_three": lambda x: ops.einsum("ij,kj,kl->il", x, x, x),
    "one_hot": lambda x: ops.one_hot(ops.argmax(x, axis=1), 4),
    "norm": lambda x: ops.norm(x, axis=-1),
    "dot": lambda x: ops.tensordot(x, x, axes=((0,), (0,))),
    "dot_of_one_unknown": lambda x: ops.tensordot(x, ops.ones((4, 2, 3)), axes=1),
    "size": lambda x: ops.size(x),
    "relu": lambda x: ops.relu(x),
    "layer_normalization": lambda x: ops.layer_normalization(x, epsilon=1e-3),
}


@pytest.mark.parametrize("name", OPS)
def test_op_of_unknown_sizes(name):
    function = traced(OPS[name], (None, None))
    for rows in (2, 5):
        x = numbers(rows, 4)
        found, expected = function(x), OPS[name](x)
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert function.experimental_get_tracing_count() == 1


@pytest.mark.parametrize("name", ["matmul", "mean", "softmax", "concatenate", "einsum", "slice", "var", "reshape"])
def test_gradient_of_unknown_sizes(name):
    def gradient(x):
        return value_and_grad(lambda y: ops.sum(ops.square(OPS[name](y))))(x)[1]

    function = traced(gradient, (None, 4))
    for rows in (2, 5):
        np.testing.assert_allclose(function(numbers(rows, 4)), gradient(numbers(rows, 4)), rtol=1e-4, atol=1e-5)


MODELS = {
    "images": lambda: [
        Conv2D(4, 3, padding="same", activation="relu"),
        MaxPooling2D(),
        Conv2D(4, 3, strides=2, padding="same"),
        BatchNormalization(),
        AveragePooling2D(2, padding="same"),
        GlobalAveragePooling2D(),
        Dense(3, activation="softmax"),
    ],
    "rows": lambda: [Dense(6, activation="gelu"), LayerNormalization(), Reshape((2, -1)), Flatten(), Dense(1)],
}
SHAPES = {"images": (None, None, None, 1), "rows": (None, 4)}


@pytest.mark.parametrize("name", MODELS)
def test_model_on_unknown_sizes(name):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(MODELS[name]())
    model.build(SHAPES[name])
    function = traced(lambda x: model(x, training=False), SHAPES[name])
    for sizes in ((1, 8, 9), (3, 12, 7)):
        x = numbers(*[size or one for size, one in zip(SHAPES[name], sizes, strict=False)], *SHAPES[name][len(sizes) :])
        np.testing.assert_allclose(function(x), model(x, training=False), rtol=1e-4, atol=1e-5)
    assert function.experimental_get_tracing_count() == 1


def test_embedding_of_unknown_length():
    layer = Embedding(5, 2)
    function = traced(lambda x: layer(x), (None, None), dtype=tf.int32)
    layer.build()
    for x in (tf.constant([[1, 4, 0]]), tf.constant([[2], [3]])):
        np.testing.assert_array_equal(function(x), layer(x))


def test_shapes_are_numbers_where_known_and_tensors_where_not():
    seen = []

    @tf.function(autograph=False, input_signature=[tf.TensorSpec((None, 3))])
    def function(x):
        seen.append(ops.shape(x))
        return ops.shape(x)[0]

    assert int(function(tf.zeros((5, 3)))) == 5
    assert seen[0][1] == 3 and isinstance(seen[0][0], tf.Tensor)
