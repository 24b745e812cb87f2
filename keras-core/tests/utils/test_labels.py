"""Labels as indicator vectors, rows of length one, the seed of a run."""

import numpy as np
import pytest

import keras_core as keras
from keras_core import ops


def test_to_categorical_counts_the_classes():
    np.testing.assert_array_equal(keras.utils.to_categorical([0, 2, 1]), np.eye(3)[[0, 2, 1]])


def test_to_categorical_drops_a_last_axis_of_one():
    assert keras.utils.to_categorical(np.zeros((4, 1), "int32"), 5).shape == (4, 5)


def test_to_categorical_keeps_other_axes():
    assert keras.utils.to_categorical(np.zeros((2, 3), "int32"), 5).shape == (2, 3, 5)


def test_to_categorical_of_a_tensor_is_a_tensor():
    labels = ops.convert_to_tensor([1, 0])
    result = keras.utils.to_categorical(labels, 2)
    assert type(result) is type(labels)
    np.testing.assert_array_equal(ops.convert_to_numpy(result), [[0, 1], [1, 0]])


@pytest.mark.parametrize("labels", [[0, 3], [-1, 0]])
def test_to_categorical_names_the_range(labels):
    with pytest.raises(ValueError, match=r"expected class numbers in \[0, 3\), got numbers from"):
        keras.utils.to_categorical(labels, 3)


def test_to_categorical_refuses_fractions():
    with pytest.raises(ValueError, match="expected whole numbers"):
        keras.utils.to_categorical([0.5, 1.0])


@pytest.mark.parametrize("order", [1, 2, np.inf])
def test_normalize_arrays_and_tensors_alike(order):
    x = np.array([[3.0, -4.0], [0.0, 0.0]], "float32")
    expected = x / np.array([[np.linalg.norm(x[0], order)], [1]])
    np.testing.assert_allclose(keras.utils.normalize(x, order=order), expected, rtol=1e-6)
    tensor = keras.utils.normalize(ops.convert_to_tensor(x), order=order)
    np.testing.assert_allclose(ops.convert_to_numpy(tensor), expected, rtol=1e-6)


def test_the_seed_gives_the_same_weights_again():
    keras.utils.set_random_seed(3)
    first = keras.layers.Dense(2)
    first.build((None, 4))
    keras.utils.set_random_seed(3)
    second = keras.layers.Dense(2)
    second.build((None, 4))
    np.testing.assert_array_equal(first.kernel.numpy(), second.kernel.numpy())
