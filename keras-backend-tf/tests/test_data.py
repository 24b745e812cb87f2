"""Training on a `tf.data.Dataset` and on tensors, on this backend and on one that does not know them."""

import numpy as np
import pytest
import tensorflow as tf

import keras_core as keras

X = np.arange(12, dtype="float64").reshape(6, 2) / 10
Y = X.sum(1, keepdims=True)


@pytest.fixture(params=["tensorflow", "numpy"], autouse=True)
def backend(request):
    with keras.use_backend(request.param):
        yield


def compiled(**options):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    return model


def dataset(*arrays):
    return tf.data.Dataset.from_tensor_slices(arrays or (X, Y)).batch(4)


def test_a_data_set_gives_the_batches_of_arrays():
    history = compiled().fit(dataset(), epochs=2, validation_data=dataset(), verbose=0).history
    np.testing.assert_allclose([*history["loss"], *history["val_loss"]], 0, atol=1e-6)
    np.testing.assert_allclose(compiled().predict(dataset(), verbose=0), Y, rtol=1e-6)


def test_a_data_set_without_end():
    history = compiled().fit(dataset().repeat(), epochs=2, steps_per_epoch=3, verbose=0).history
    assert len(history["loss"]) == 2


def test_dicts_of_a_data_set():
    inputs = {"a": keras.Input((2,), name="a"), "b": keras.Input((1,), name="b")}
    model = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.concatenate([inputs["a"], inputs["b"]])))
    model.compile("sgd", "mse")
    batches = tf.data.Dataset.from_tensor_slices(({"a": X, "b": Y}, Y)).batch(3)
    assert np.isfinite(model.fit(batches, verbose=0).history["loss"]).all()


def test_classes_are_weighted():
    labels = np.array([0, 1, 0, 1, 0, 1])
    model = compiled(optimizer=keras.optimizers.SGD(0.0))
    expected = model.evaluate(X, labels, sample_weight=np.array([1, 3, 1, 3, 1, 3]), verbose=0)
    assert model.fit(dataset(X, labels), class_weight={1: 3.0}, verbose=0).history["loss"] == [pytest.approx(expected)]


def test_tensors_in_memory_are_split():
    history = compiled().fit(tf.constant(X), tf.constant(Y), validation_split=0.5, verbose=0).history
    assert history["val_loss"] == [pytest.approx(0, abs=1e-6)]


RAGGED = tf.ragged.constant([[1.0, 2.0], [3.0]])
SPARSE = tf.sparse.from_dense(X[:2])


@pytest.mark.parametrize("tensor", [RAGGED, SPARSE], ids=["ragged", "sparse"])
def test_tensors_that_are_not_dense(tensor):
    with pytest.raises(ValueError, match=r"x: expected arrays.* Of a sparse or ragged one make a dense one first"):
        compiled().fit(tensor, Y[:2], verbose=0)
    batches = tf.data.Dataset.from_tensors((tensor, Y[:2]))
    with pytest.raises(ValueError, match=r"batch 0 of the data: x: .* got \w+\. .* make it dense"):
        compiled().fit(batches, verbose=0)


def test_samples_that_are_in_no_batches():
    with pytest.raises(ValueError, match="The axis of the batch is missing"):
        compiled().fit(tf.data.Dataset.from_tensor_slices((X, Y)), verbose=0)


def test_sizes_that_a_compiled_step_does_not_look_at():
    batches = [(X, Y), (X[:4], Y[:4]), (X[:, :1], Y)]
    with pytest.raises(ValueError, match="expected shape") as caught:
        compiled().fit(iter(batches), verbose=0)
    assert "in batch 2 of the epoch, of fit" in caught.value.__notes__
