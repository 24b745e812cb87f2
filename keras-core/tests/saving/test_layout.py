"""Paths in files; what is expected here is what Keras 3.15.1 wrote for the same objects."""

import keras_core as keras
from keras_core import layers
from keras_core.saving.layout import places


def paths(item):
    return {place.path: place.item.name for place in places(item)}


def dense(name):
    return layers.Dense(2, name=name)


class Bare(keras.Layer):
    def call(self, inputs):
        return inputs


def test_lists_are_numbered_by_class_and_what_was_found_before_takes_a_number():
    layer = Bare(name="bare")
    layer.a = dense("first")
    layer.b = [layer.a, dense("second"), layers.Dropout(0.5, name="third")]
    assert paths(layer) == {"": "bare", "a": "first", "b/dense_1": "second", "b/dropout": "third"}


def test_containers_inside_containers():
    layer = Bare(name="bare")
    layer.c = [[1, 2], [], [dense("x")], None, dense("y"), keras.optimizers.SGD(0.1, name="sgd")]
    layer.e = {"n": [1], "m": {"z": dense("z")}}
    layer.f = (dense("u"), [(dense("v"),)])
    assert paths(layer) == {
        "": "bare",
        "c/container_2/dense": "x",
        "c/dense": "y",
        "c/sgd": "sgd",
        "e/container_1/dense": "z",
        "f/dense": "u",
        "f/container/container/dense": "v",
    }


def test_dicts_follow_their_own_order():
    layer = Bare(name="bare")
    layer.d = {"k2": dense("k2"), "k1": dense("k1")}
    assert paths(layer) == {"": "bare", "d/dense": "k2", "d/dense_1": "k1"}


def test_public_names_come_before_those_with_an_underscore():
    class Hidden(Bare):
        @property
        def shown(self):
            return self._hidden

        @property
        def broken(self):
            raise RuntimeError("not in this state")

    layer = Hidden(name="bare")
    layer._hidden, layer.Upper, layer._own = dense("hidden"), dense("upper"), dense("own")
    assert list(paths(layer)) == ["", "Upper", "shown", "_own"]


def test_metrics_losses_seeds_and_arguments_of_the_constructor_are_no_part_of_it():
    class Wrapper(Bare):
        def __init__(self, wrapped):
            super().__init__(name="wrapper")
            self.inner = wrapped
            self.total = keras.metrics.Mean()
            self.loss = keras.losses.MeanSquaredError()
            self.seeds = [keras.random.SeedGenerator(1)]

    assert paths(Wrapper(dense("inner"))) == {"": "wrapper", "inner": "inner"}


def test_functional_and_sequential_models_have_their_layers_first():
    class Extended(keras.Model):
        def __init__(self):
            inputs = keras.Input((2,), name="i")
            self.again, self.aux = dense("used"), dense("aux")
            super().__init__(inputs, self.again(inputs), name="extended")

    assert paths(Extended()) == {"": "extended", "layers/input_layer": "i", "layers/dense": "used", "aux": "aux"}
    stack = keras.Sequential([keras.Input((2,)), dense("one"), keras.Sequential([dense("two")], name="in")], name="s")
    assert paths(stack) == {
        "": "s",
        "layers/dense": "one",
        "layers/sequential": "in",
        "layers/sequential/layers/dense": "two",
    }


def test_subclassed_model_has_the_rest_of_its_layers_in_a_list():
    class Tower(keras.Model):
        def __init__(self):
            super().__init__(name="tower")
            self.alone, self.zone = dense("alone"), dense("zone")
            self.parts = [dense("part")]

    model = Tower()
    # `alone` comes before `layers` in the alphabet, `parts` and `zone` after it.
    assert paths(model) == {"": "tower", "alone": "alone", "layers/dense_1": "zone", "layers/dense_2": "part"}


def test_optimizer_of_a_compiled_model():
    model = keras.Sequential([keras.Input((2,)), dense("one")], name="s")
    model.compile(keras.optimizers.Adam(name="adam"), "mse")
    assert paths(model) == {"": "s", "layers/dense": "one", "optimizer": "adam"}
