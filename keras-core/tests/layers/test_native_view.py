"""Places of variables in views of layers as modules of frameworks."""

import numpy as np
import pytest

import keras_core
from keras_core import Input, Sequential, layers
from keras_core.layers.native_view import places_in_view


def model() -> Sequential:
    return Sequential([Input((3,)), layers.Dense(2, name="a"), layers.BatchNormalization(name="n")], name="m")


def test_weights_and_other_states_have_paths_below_the_layer() -> None:
    with keras_core.use_backend("numpy"):
        found = {place.path: place.is_weight for place in places_in_view("view", model(), "numpy")}
    weights = {("a", "kernel"), ("a", "bias"), ("n", "gamma"), ("n", "beta")}
    assert {path for path, is_weight in found.items() if is_weight} == weights
    assert {path for path, is_weight in found.items() if not is_weight} == {
        ("n", "moving_mean"),
        ("n", "moving_variance"),
    }


def test_a_frozen_weight_is_a_weight() -> None:
    with keras_core.use_backend("numpy"):
        frozen = model()
        frozen.trainable = False
        assert sum(place.is_weight for place in places_in_view("view", frozen, "numpy")) == 4


def test_a_single_layer_has_paths_of_one_name() -> None:
    layer = layers.Dense(2)
    layer(np.ones((1, 3), "float32"))
    places = places_in_view("view", layer, layer.variables[0].backend)
    assert [place.path for place in places] == [("kernel",), ("bias",)]
    assert [place.variable for place in places] == layer.variables


def test_errors_say_what_to_do() -> None:
    with pytest.raises(TypeError, match="view: expected a model or layer, got int"):
        places_in_view("view", 3, "numpy")
    with pytest.raises(ValueError, match=r"view\('d'\): expected a built layer; call it once"):
        places_in_view("view", layers.Dense(2, name="d"), "numpy")
    with keras_core.use_backend("numpy"), pytest.raises(ValueError, match=r"'abacus'.*is of 'numpy'.*use_backend"):
        places_in_view("view", model(), "abacus")


def test_two_variables_of_one_path_are_refused() -> None:
    class Twins(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="twins")
            self.one, self.other = layers.Dense(2, name="same"), layers.Dense(2, name="same")

        def call(self, x):
            return self.other(self.one(x))

    with keras_core.use_backend("numpy"):
        twins = Twins()
        twins(np.ones((1, 2), "float32"))
        with pytest.raises(ValueError, match=r"view\('twins'\): expected one variable a path.*twins/same/bias"):
            places_in_view("view", twins, "numpy")
