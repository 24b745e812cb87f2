"""`Layer`: tracking, weights in and out, configuration, copies."""

import copy
import pickle

import numpy as np
import pytest

from keras_core import ops
from keras_core.layers import Layer


class Affine(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="ones", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel) + self.bias


class Block(Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.first = Affine(2, name="first")
        self.rest = [Affine(3, name="second"), Affine(4, name="third")]

    def call(self, inputs):
        x = self.first(inputs)
        for layer in self.rest:
            x = layer(x)
        return x


X = np.ones((2, 3), "float32")


# tracking


def test_weights_in_order_of_assignment():
    layer = Block()
    layer(X)
    assert [w.path.split("/")[-2] for w in layer.weights[::2]] == ["first", "second", "third"]
    layer.trainable = False
    assert layer.trainable_variables == [] and len(layer.non_trainable_variables) == 6


def test_trainable_comes_before_non_trainable_in_one_layer():
    class Norm(Layer):
        def build(self, input_shape):
            self.mean = self.add_weight(shape=(1,), trainable=False, name="mean")
            self.gamma = self.add_weight(shape=(1,), name="gamma")

        def call(self, inputs):
            return inputs

    layer = Norm()
    layer(X)
    assert [w.name for w in layer.weights] == ["gamma", "mean"]
    assert [w.name for w in layer.non_trainable_weights] == ["mean"]


def test_frozen_layer_inside():
    layer = Block()
    layer.first.trainable = False
    layer(X)
    assert len(layer.trainable_weights) == 4
    assert len(layer.non_trainable_weights) == 2
    layer.trainable = True
    assert len(layer.trainable_weights) == 6


def test_layer_frozen_before_it_is_built():
    layer = Affine(2, trainable=False)
    layer(X)
    assert layer.trainable_weights == [] and len(layer.non_trainable_weights) == 2


@pytest.mark.parametrize("container", [list, tuple, lambda items: {"k": items[0], "l": items[1]}, set])
def test_containers_are_tracked(container):
    class Holder(Layer):
        def __init__(self):
            super().__init__()
            self.held = container([Affine(1), Affine(2)])

    assert len(Holder()._layers) == 2


def test_containers_notice_changes():
    layer = Layer()
    layer.items = []
    layer.named = {}
    one, two, three = Affine(1), Affine(2), Affine(3)
    layer.items.append(one)
    layer.items += [two]
    layer.named["three"] = three
    assert layer._layers == [one, two, three]
    layer.items.pop(0)
    layer.named["three"] = two
    assert layer._layers == [two]
    del layer.items[0]
    assert layer._layers == []  # the dict holds it too, but two containers of one value are not told apart
    assert layer.named["three"] is two


def test_reassignment_forgets_the_old_value():
    layer = Layer()
    old, new = Affine(1), Affine(2)
    layer.inner = old
    layer.inner = new
    assert layer._layers == [new]
    layer.also = new
    del layer.inner
    assert layer._layers == [new]
    del layer.also
    assert layer._layers == []


def test_shared_variable_counts_once():
    layer = Layer()
    first = Affine(2)
    first(X)
    layer.first, layer.again = first, first
    assert len(layer.weights) == 2


# weights in and out


def test_get_and_set_weights():
    one, two = Block(), Block()
    one(X)
    two(X)
    two.set_weights([w * 2 for w in one.get_weights()])
    assert two.first.kernel.numpy().tolist() == [[2.0, 2.0]] * 3
    assert one.count_params() == 6 + 2 + 6 + 3 + 12 + 4


def test_set_weights_errors():
    layer = Affine(2, name="dense_errors")
    layer(X)
    with pytest.raises(ValueError, match="expected 2 arrays for set_weights, got 1"):
        layer.set_weights([np.ones((3, 2))])
    with pytest.raises(ValueError, match=r"expected shape \(3, 2\) for weight 'dense_errors/kernel', got \(2, 2\)"):
        layer.set_weights([np.ones((2, 2)), np.ones(2)])
    with pytest.raises(ValueError, match="cannot count parameters before it is built"):
        Affine(2).count_params()


def test_own_variables():
    layer, store = Affine(2), {}
    layer(X)
    layer.save_own_variables(store)
    assert sorted(store) == ["0", "1"] and store["0"].shape == (3, 2)
    store["0"] = store["0"] * 5
    layer.load_own_variables(store)
    assert float(layer.kernel.numpy()[0, 0]) == 5.0
    with pytest.raises(ValueError, match=r"expected 0 variables to load, the file has 2\. The layer is not built"):
        Affine(2).load_own_variables(store)


# configuration


def test_automatic_config():
    layer = Affine(3, name="auto", dtype="float16")
    config = layer.get_config()
    assert config["units"] == 3 and config["name"] == "auto"
    again = Affine.from_config(config)
    assert (again.units, again.name, again.compute_dtype) == (3, "auto", "float16")


def test_automatic_config_has_only_what_the_constructor_takes():
    class Strict(Layer):
        def __init__(self, a, b=3):
            super().__init__()

    assert Strict(1).get_config() == {"a": 1, "b": 3}
    with pytest.raises(NotImplementedError, match=r"the argument 'b' = .* has no form as plain data"):
        Strict(1, lambda x: x).get_config()


def test_config_of_a_subclass_extends_the_base():
    class Own(Affine):
        def get_config(self):
            return {**super().get_config(), "units": self.units}

    config = Own(2, activity_regularizer="l2").get_config()
    assert list(config)[:4] == ["name", "trainable", "dtype", "activity_regularizer"]
    assert config["units"] == 2


# copies


@pytest.mark.parametrize("make", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_copies_have_weights_of_their_own(make):
    layer = Block()
    expected = layer(X)
    twin = make(layer)
    np.testing.assert_array_equal(twin(X), expected)
    twin.first.kernel.assign(np.zeros((3, 2)))
    np.testing.assert_array_equal(layer(X), expected)
    assert len(twin.weights) == 6 and twin.rest[0].kernel is twin.weights[2]
    with pytest.raises(ValueError, match="after it was built"):
        twin.rest.append(Affine(2))


def test_add_weight_takes_shape_and_initializer_by_position():
    layer = Layer()
    assert layer.add_weight((2,), "ones", name="a").numpy().tolist() == [1, 1]
    assert layer.add_weight((2,), initializer="ones").shape == (2,)
    assert layer.add_weight().shape == ()


@pytest.mark.parametrize("args", [("name", (2,)), ((2,), "ones", "float32")])
def test_add_weight_takes_nothing_else_by_position(args):
    with pytest.raises(ValueError, match="add_weight takes shape and initializer by position"):
        Layer().add_weight(*args)


def test_add_weight_takes_nothing_twice():
    with pytest.raises(ValueError, match="add_weight got shape twice"):
        Layer().add_weight((2,), shape=(3,))
    with pytest.raises(ValueError, match="add_weight got initializer twice"):
        Layer().add_weight((2,), "ones", initializer="zeros")


def test_add_metric_says_what_to_do_instead():
    with pytest.raises(NotImplementedError, match=r"layer 'old' .*metrics=\[...\]"):
        Layer(name="old").add_metric(1.0, name="x")
