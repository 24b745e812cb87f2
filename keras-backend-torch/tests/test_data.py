"""Training on a `DataLoader` and on tensors, on this backend and on one that does not know them."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

import keras_core as keras

X = np.arange(12, dtype="float64").reshape(6, 2) / 10
Y = X.sum(1, keepdims=True)


@pytest.fixture(params=["torch", "numpy"], autouse=True)
def backend(request):
    with keras.use_backend(request.param):
        yield


def compiled(**options):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    return model


def loader(**options):
    return DataLoader(TensorDataset(torch.tensor(X), torch.tensor(Y)), batch_size=4, **options)


def test_a_loader_gives_the_batches_of_arrays():
    assert compiled().fit(loader(), epochs=2, validation_data=loader(), verbose=0).history["loss"] == [0, 0]
    np.testing.assert_allclose(compiled().predict(loader(), verbose=0), Y, rtol=1e-6)


def test_steps_go_on_over_the_end_of_a_loader(recwarn):
    history = compiled().fit(loader(), epochs=3, steps_per_epoch=1, verbose=0).history
    assert (len(history["loss"]), len(recwarn)) == (3, 0)


def test_a_loader_with_fewer_batches_than_steps():
    with pytest.warns(UserWarning, match="the data ran out after 2 of the 3 batches of epoch 1"):
        compiled().fit(loader(), steps_per_epoch=3, verbose=0)


def test_classes_are_weighted():
    labels = torch.tensor([0, 1, 0, 1, 0, 1])
    data = DataLoader(TensorDataset(torch.tensor(X), labels), batch_size=3)
    model = compiled()
    weighted = model.evaluate(X, labels, sample_weight=np.array([1, 3, 1, 3, 1, 3]), batch_size=3, verbose=0)
    model.compile(keras.optimizers.SGD(0.0), "mse")
    assert model.fit(data, class_weight={1: 3.0}, verbose=0).history["loss"] == [pytest.approx(weighted)]


def test_tensors_in_memory_are_split():
    history = compiled().fit(torch.tensor(X), torch.tensor(Y), validation_split=0.5, verbose=0).history
    assert history["val_loss"] == [pytest.approx(0, abs=1e-6)]


def test_a_label_outside_the_classes():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    labels = torch.tensor([0, 1, 2, 0, 1, 3])
    data = DataLoader(TensorDataset(torch.tensor(X, dtype=torch.float32), labels), batch_size=2)
    with pytest.raises(ValueError, match=r"fit: batch 2 of the data: y: .* in \[0, 3\) .* got 3 at sample 1"):
        model.fit(data, verbose=0)


def test_a_data_set_of_samples_is_no_data_set_of_batches():
    with pytest.raises(ValueError, match=r"got .* of type TensorDataset\. Of single samples a loader makes batches"):
        compiled().fit(TensorDataset(torch.tensor(X), torch.tensor(Y)), verbose=0)


def test_an_error_of_a_loader_says_at_which_batch():
    def collate(samples):
        raise KeyError("no label")

    with pytest.raises(KeyError, match="no label") as caught:
        compiled().fit(loader(collate_fn=collate), verbose=0)
    assert "batch 0 of the data: raised by the DataLoader itself" in caught.value.__notes__


def test_tensors_with_gradients():
    tensor = torch.tensor(X, requires_grad=True)
    assert compiled().evaluate(tensor, Y, verbose=0) == pytest.approx(0, abs=1e-6)
