"""The warning where the last activation and the loss do not go together."""

import warnings

import numpy as np
import pytest

import keras_core as keras
from keras_core import layers, losses

X, LABELS = np.ones((4, 3), "float32"), np.array([[0], [1], [0], [1]])


def warnings_of(model, loss):
    model.compile("sgd", loss)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.evaluate(X, LABELS, verbose=0)
    return [str(item.message) for item in caught if "the loss" in str(item.message)]


def ending_with(*last):
    return keras.Sequential([keras.Input((3,)), *last], name="net")


@pytest.mark.parametrize(
    ("last", "loss"),
    [
        ([layers.Dense(1, activation="sigmoid")], "binary_crossentropy"),
        ([layers.Dense(2, activation="softmax")], "sparse_categorical_crossentropy"),
        ([layers.Dense(2), layers.Softmax()], losses.SparseCategoricalCrossentropy()),
        ([layers.Dense(2), layers.Activation("softmax")], losses.SparseCategoricalCrossentropy()),
        ([layers.Dense(2)], losses.SparseCategoricalCrossentropy(from_logits=True)),
        ([layers.Dense(1)], "mse"),
        ([layers.Dense(1)], lambda y_true, y_pred: y_true - y_pred),
        ([layers.Dense(1), layers.Dropout(0.5)], "binary_crossentropy"),
        ([layers.Dense(1, activation="relu")], "binary_crossentropy"),
    ],
)
def test_nothing_is_said_of_what_goes_together_or_is_not_known(last, loss):
    assert warnings_of(ending_with(*last), loss) == []


@pytest.mark.parametrize(
    ("last", "loss", "takes"),
    [
        ([layers.Dense(1)], "binary_crossentropy", "takes probabilities, but"),
        ([layers.Dense(2)], losses.SparseCategoricalCrossentropy(), "takes probabilities, but"),
        ([layers.Dense(1, activation="sigmoid")], losses.BinaryCrossentropy(from_logits=True), "takes logits, but"),
        (
            [layers.Dense(1), layers.Softmax(axis=0)],
            losses.BinaryFocalCrossentropy(from_logits=True),
            "takes logits, but",
        ),
    ],
)
def test_what_does_not_go_together_is_told(last, loss, takes):
    (message,) = warnings_of(ending_with(*last), loss)
    assert message.startswith("model 'net' (Sequential): the loss ")
    assert takes in message
    assert f"layer '{last[-1].name}'" in message


def test_each_output_has_its_own_loss():
    inputs = keras.Input((3,))
    outputs = [layers.Dense(1, name="price")(inputs), layers.Dense(1, name="kind")(inputs)]
    model = keras.Model(inputs, outputs, name="net")
    model.compile("sgd", ["mse", "binary_crossentropy"])
    with pytest.warns(UserWarning, match="layer 'kind'") as caught:
        model.evaluate(X, [LABELS, LABELS], verbose=0)
    assert not [item for item in caught if "'price'" in str(item.message)]


def test_nothing_is_said_of_a_model_with_a_call_of_its_own():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs)

    assert warnings_of(Net(), "binary_crossentropy") == []
