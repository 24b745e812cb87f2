"""Training on data of Grain and on tensors, on this backend and on one that does not know them."""

import grain
import jax.numpy as jnp
import numpy as np
import pytest

import keras_core as keras

X = np.arange(12, dtype="float64").reshape(6, 2) / 10
Y = X.sum(1, keepdims=True)
SAMPLES = list(zip(X, Y, strict=True))


@pytest.fixture(params=["jax", "numpy"], autouse=True)
def backend(request):
    with keras.use_backend(request.param):
        yield


def compiled():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mse")
    return model


def batches():
    return grain.MapDataset.source(SAMPLES).batch(4)


def loader():
    sampler = grain.samplers.IndexSampler(len(SAMPLES), num_epochs=1, shuffle=False)
    return grain.DataLoader(data_source=SAMPLES, sampler=sampler, operations=[grain.transforms.Batch(4)])


@pytest.mark.parametrize("make", [batches, lambda: batches().to_iter_dataset(), loader], ids=["map", "iter", "loader"])
def test_data_of_grain(make):
    history = compiled().fit(make(), epochs=2, validation_data=make(), verbose=0).history
    np.testing.assert_allclose([*history["loss"], *history["val_loss"]], 0, atol=1e-6)
    np.testing.assert_allclose(compiled().predict(make(), verbose=0), Y, rtol=1e-6)


def test_data_of_grain_without_end():
    history = compiled().fit(batches().repeat(), epochs=2, steps_per_epoch=3, verbose=0).history
    assert len(history["loss"]) == 2


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_tensors_in_memory_are_split(dtype):
    history = compiled().fit(jnp.array(X, dtype), jnp.array(Y, dtype), validation_split=0.5, verbose=0).history
    assert history["val_loss"] == [pytest.approx(0, abs=1e-3)]


def test_a_label_outside_the_classes():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match=r"fit: y: expected class numbers in \[0, 3\) .* got 3 at sample 5"):
        model.fit(jnp.array(X), jnp.array([0, 1, 2, 0, 1, 3]), verbose=0)
