"""Functional models: structure, order, matching of inputs, sharing, configuration, copies."""

import copy
import json
import pickle

import numpy as np
import pytest

import keras_core as keras
from keras_core import ops
from keras_core.layers import Input, Layer
from keras_core.models import Function, Functional, Model, Sequential, model_from_json
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.serialization import register_keras_serializable
from keras_core.runtime.table import use_backend


@register_keras_serializable("test_functional")
class Affine(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)


@register_keras_serializable("test_functional")
class Plus(Layer):
    def call(self, inputs):
        return inputs[0] + inputs[1]


@register_keras_serializable("test_functional")
class Halves(Layer):
    def call(self, inputs):
        return {"low": inputs[:, :2], "high": (inputs[:, 2:], inputs[:, 2:] * 2.0)}


X = np.arange(8, dtype="float32").reshape(2, 4)


@pytest.fixture(autouse=True)
def numpy_backend():
    with use_backend("numpy"):
        yield


def small_model():
    i = Input((4,), name="i")
    tower = Sequential([Input((4,)), Affine(3, name="inner")], name="tower")
    z = Affine(3, name="outer")(i) + tower(i)
    w = ops.mean(z * 2.0, axis=-1, keepdims=True)[:, :2]
    return Model(i, [w, {"z": z}], name="small")


# structure


def test_model_of_inputs_and_outputs_is_functional():
    i = Input((4,))
    model = Model(i, Affine(2)(i))
    assert type(model) is Functional and isinstance(model, Model)
    assert (model.input_shape, model.output_shape) == ((None, 4), (None, 2))
    assert model.built and model(X).shape == (2, 2)


def test_nested_structures_come_back():
    a, b, c = Input((4,), name="a"), Input((4,), name="b"), Input((4,), name="c")
    model = Model({"x": a, "y": [b, c]}, {"s": (a + b, c), "d": [a - b]})
    out = model({"x": X, "y": [X * 2, X * 3]})
    np.testing.assert_array_equal(out["s"][0], X * 3)
    np.testing.assert_array_equal(out["s"][1], X * 3)
    np.testing.assert_array_equal(out["d"][0], -X)
    assert isinstance(out["s"], tuple)


def test_layer_with_structured_outputs():
    i = Input((4,))
    parts = Halves()(i)
    model = Model(i, [parts["low"], parts["high"][1]])
    low, high = model(X)
    np.testing.assert_array_equal(low, X[:, :2])
    np.testing.assert_array_equal(high, X[:, 2:] * 2)


def test_layers_are_ordered_by_their_distance_from_the_outputs():
    a, b = Input((3,), name="a"), Input((3,), name="b")
    x, y = Affine(3, name="d1")(a), Affine(3, name="d2")(b)
    w = Affine(3, name="d3")(Plus(name="add1")([x, y]))
    v = Plus(name="add2")([w, Affine(3, name="d4")(b)])
    model = Model({"a": a, "b": b}, [v, x])
    assert [layer.name for layer in model.layers] == ["a", "b", "d1", "d2", "add1", "d3", "d4", "add2"]
    assert (model.input_names, model.output_names) == (["a", "b"], ["add2", "d1"])


def test_input_that_nothing_uses():
    a, b, c = Input((3,), name="a"), Input((3,), name="b"), Input((3,), name="c")
    model = Model([a, b, c], Affine(2, name="d")(Plus(name="p")([a, Affine(3, name="z")(c)])))
    assert [layer.name for layer in model.layers] == ["c", "a", "z", "p", "b", "d"]


def test_shared_layer():
    a, b = Input((4,)), Input((4,))
    shared = Affine(2)
    model = Model([a, b], [shared(a), shared(b)])
    one, two = model([X, X])
    np.testing.assert_array_equal(one, two)
    assert len(model.weights) == 1
    assert model.layers.count(shared) == 1


def test_model_inside_models():
    i = Input((4,))
    inner = Model(i, Affine(4)(i))
    a = Input((4,))
    outer = Model(a, inner(inner(a)))
    np.testing.assert_allclose(outer(X), inner(inner(X)))
    assert outer.weights == inner.weights or outer.weights[0] is inner.weights[0]


def test_model_from_the_middle():
    model = small_model()
    features = Model(model.input, model.get_layer("outer").output)
    np.testing.assert_array_equal(features(X), model.get_layer("outer")(X))
    rest = Model(model.get_layer("outer").output, model.get_layer("outer").output * 3.0)
    np.testing.assert_array_equal(rest(np.ones((1, 3), "float32")), np.full((1, 3), 3.0))


def test_function():
    x = KerasTensor((None, 2))
    function = Function(x, {"twice": x * 2})
    assert function(np.ones((1, 2), "float32"))["twice"].tolist() == [[2.0, 2.0]]
    assert function.compute_output_shape((5, 2)) == {"twice": (5, 2)}
    assert len(function.operations) == 1 and function.inputs == [x]


def test_training_reaches_the_layers():
    class Mode(Layer):
        def call(self, inputs, training=None):
            return inputs * (2.0 if training else 1.0)

    i = Input((4,))
    model = Model(i, Mode()(i))
    np.testing.assert_array_equal(model(X, training=True), X * 2)
    np.testing.assert_array_equal(model(X), X)
    fixed = Model(i, Mode()(i, training=True))
    np.testing.assert_array_equal(fixed(X, training=False), X * 2)


def test_deep_graph_needs_no_recursion():
    i = x = Input((4,))
    for _ in range(1500):
        x = x + 1.0
    model = Model(i, x)
    np.testing.assert_array_equal(copy.deepcopy(model)(X), X + 1500)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model))(X), X + 1500)


def test_unused_values_are_let_go():
    import weakref

    alive = []

    class Watch(Layer):
        def call(self, inputs):
            if isinstance(inputs, np.ndarray):
                alive.append(sum(reference() is not None for reference in references))
                references.append(weakref.ref(inputs))
            return inputs + 1.0

    references = []
    i = x = Input((4,))
    for _ in range(5):
        x = Watch()(x)
    Model(i, x)(X)
    assert max(alive) <= 2


# matching of inputs


def test_inputs_by_name_and_in_lists():
    a, b = Input((4,), name="a"), Input((1,), name="b")
    model = Model([a, b], a + b)
    np.testing.assert_array_equal(model({"a": X, "b": np.ones(2), "more": X}), X + 1)
    np.testing.assert_array_equal(model((X, np.ones((2, 1)))), X + 1)
    assert Model(a, a * 2.0)([X]).shape == (2, 4)


def test_values_are_cast_to_the_input():
    i = Input((2,), dtype="int32")
    assert Model(i, ops.cast(i, "float32"))(np.array([[1.7, 2.2]])).tolist() == [[1.0, 2.0]]


def test_optional_input():
    class Maybe(Layer):
        def call(self, x, y=None):
            return x if y is None else x + y

    a, b = Input((4,), name="a"), Input((4,), name="b", optional=True)
    model = Model([a, b], Maybe()(a, b))
    np.testing.assert_array_equal(model([X, None]), X)
    np.testing.assert_array_equal(model([X, X]), X * 2)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (lambda: [X], r"expected 2 values for the inputs \['a', 'b'\], got 1 values"),
        (lambda: X, "expected 2 values .*, got one of shape"),
        (lambda: {"a": X}, r"got a dict with the keys \['a'\]; missing: \['b'\]"),
        (lambda: [X, X[:, :3]], r"input 'b': expected shape \(None, 4\), got \(2, 3\)"),
        (lambda: [X, "text"], "input 'b': expected a tensor, array, number"),
    ],
)
def test_inputs_that_do_not_fit(values, message):
    a, b = Input((4,), name="a"), Input((4,), name="b")
    model = Model([a, b], a + b, name="pair")
    with pytest.raises(ValueError, match=rf"model 'pair' \(Functional\).*{message}"):
        model(values())


def test_dict_inputs_want_a_dict():
    a, b = Input((4,), name="a"), Input((4,), name="b")
    model = Model({"a": a, "b": b}, a + b)
    with pytest.raises(ValueError, match=r"expected a dict with the keys \['a', 'b'\], got a list of 2"):
        model([X, X])


def test_graphs_that_are_not_whole():
    a, b = Input((4,), name="a"), Input((4,), name="b")
    with pytest.raises(ValueError, match=r"depend on the input 'b' \(None, 4\), which is not among the inputs \['a'\]"):
        Model(a, a + b)
    with pytest.raises(ValueError, match=r"expected symbolic tensors, such as Input.* for the inputs; got array"):
        Model(X, a)
    with pytest.raises(ValueError, match="an input is given twice"):
        Model([a, a], a + 1)
    with pytest.raises(ValueError, match=r"names must be unique in a model, got several layers named \['same'\]"):
        Model(a, Affine(2, name="same")(Affine(2, name="same")(a)))
    with pytest.raises(TypeError, match="expected Model\\(inputs, outputs\\)"):
        Model(1, 2, 3)


# shapes and dtypes


def test_compute_output_shape():
    model = small_model()
    assert model.compute_output_shape((7, 4)) == [(7, 1), {"z": (7, 3)}]
    a, b = Input((4,)), Input((4,))
    assert Model({"x": a, "y": b}, a + b).compute_output_shape({"x": (3, 4), "y": (3, 4)}) == (3, 4)


# configuration


def test_config_has_the_layout_of_keras():
    config = small_model().get_config()
    assert list(config) == ["name", "trainable", "layers", "input_layers", "output_layers"]
    assert config["input_layers"] == ["i", 0, 0]
    assert config["output_layers"][1]["z"][1:] == [0, 0]
    by_name = {layer["class_name"]: layer for layer in config["layers"]}
    assert by_name["Mean"]["module"] == "keras.src.ops.numpy"
    assert by_name["Mean"]["config"].items() >= {"axis": -1, "keepdims": True}.items()
    symbol = by_name["Affine"]["inbound_nodes"][0]["args"][0]
    expected = {"shape": [None, 4], "dtype": "float32", "keras_history": ["i", 0, 0]}
    assert symbol == {"class_name": "__keras_tensor__", "config": expected}
    assert by_name["InputLayer"]["inbound_nodes"] == []
    key = by_name["GetItem"]["inbound_nodes"][0]["args"][1]
    assert key[1] == {"class_name": "__slice__", "config": {"start": None, "stop": 2, "step": None}}


def test_json_and_back():
    model = small_model()
    again = model_from_json(model.to_json())
    assert again.to_json() == model.to_json()
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(again(X)[0], model(X)[0])


def test_config_of_shared_layers_and_several_calls():
    a, b = Input((4,), name="a"), Input((4,), name="b")
    shared = Affine(4, name="shared")
    shared(Input((4,)))  # a call outside the model does not count
    model = Model([a, b], Plus(name="plus")([shared(shared(a)), shared(b)]))
    config = json.loads(json.dumps(model.get_config()))
    again = Model.from_config(config)
    assert json.loads(json.dumps(again.get_config())) == config
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(again([X, X]), model([X, X]))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: ops.pad(x, [[0, 0], [1, 1]], constant_values=1.0),
        lambda x: ops.einsum("ij,kj->ik", x, x),
        lambda x: ops.concatenate([x, x * 2.0], axis=-1),
        lambda x: ops.stack(ops.split(x, 2, axis=1), axis=1),
        lambda x: ops.clip(x, 1.0, 2.0),
        lambda x: ops.where(x > 1.0, x, 0.0),
        lambda x: ops.top_k(x, 2)[1],
        lambda x: ops.one_hot(ops.argmax(x, axis=-1), 4),
        lambda x: ops.expand_dims(ops.logsumexp(x, axis=1), -1),
        lambda x: ops.transpose(ops.reshape(x, (-1, 2, 2)), (0, 2, 1)),
        lambda x: x[:, None, ..., 1:3],
        lambda x: ops.cast(x, "int32") // 2,
    ],
)
def test_ops_in_configurations(function):
    i = Input((4,), name="i")
    model = Model(i, function(i))
    again = Model.from_config(json.loads(model.to_json())["config"])
    np.testing.assert_array_equal(again(X), model(X))
    assert again.to_json() == model.to_json()


def test_configurations_that_are_broken():
    config = json.loads(small_model().to_json())["config"]
    lost = copy.deepcopy(config)
    lost["layers"] = [layer for layer in lost["layers"] if layer["name"] != "outer"]
    with pytest.raises(ValueError, match="need outputs that nothing makes"):
        Model.from_config(lost)
    old = copy.deepcopy(config)
    old["layers"][1]["inbound_nodes"] = [[["i", 0, 0, {}]]]
    with pytest.raises(ValueError, match="layout of Keras 2"):
        Model.from_config(old)


# subclasses


class FromGraph(Model):
    def __init__(self, units=3):
        i = Input((4,))
        super().__init__(inputs=i, outputs=Affine(units)(i))
        self.units = units


def test_subclass_that_describes_a_graph():
    model = FromGraph(2)
    assert isinstance(model, Functional) and model(X).shape == (2, 2)
    assert model.get_config() == {"units": 2}
    again = FromGraph.from_config(model.get_config())
    assert again.output_shape == (None, 2)
    assert pickle.loads(pickle.dumps(model)).units == 2


# copies


@pytest.mark.parametrize("make", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies(make):
    model = small_model()
    twin = make(model)
    np.testing.assert_array_equal(twin(X)[0], model(X)[0])
    assert twin.to_json() == model.to_json()
    twin.get_layer("outer").kernel.assign(np.zeros((4, 3)))
    assert np.abs(model.get_layer("outer").kernel.numpy()).max() > 0
    assert Model(twin.input, twin.get_layer("outer").output)(X).max() == 0.0


def test_trainable():
    model = small_model()
    model.trainable = False
    assert model.trainable_weights == [] and not model.get_layer("outer").trainable
    i = Input((4,))
    assert Model(i, Affine(2)(i), trainable=False).trainable_weights == []


@register_keras_serializable("test_functional")
class WithMore(Model):
    def __init__(self, units=2, **kwargs):
        inputs = Input((3,))
        super().__init__(inputs, Affine(units)(inputs), **kwargs)
        self.units = units
        self.more = Affine(4, name="more")

    def call(self, inputs, training=None):
        return self.more(super().call(inputs, training=training))


def test_subclass_with_layers_of_its_own(tmp_path):
    model = WithMore()
    x = np.ones((2, 3), "float32")
    outputs = ops.convert_to_numpy(model(x))
    assert outputs.shape == (2, 4)
    assert [layer.name for layer in model.layers][-1] != "more"
    assert [variable.shape for variable in model.variables] == [(3, 2), (2, 4)]
    assert model.variables[-1].path == f"{model.name}/more/kernel"
    model.compile("sgd", "mse")
    model.fit(x, np.zeros((2, 4)), verbose=0)
    assert not np.allclose(ops.convert_to_numpy(model(x)), outputs)
    model.save_weights(tmp_path / "model.weights.h5")
    again = WithMore()
    again(x)
    again.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_allclose(ops.convert_to_numpy(again(x)), ops.convert_to_numpy(model(x)), rtol=1e-6)


def test_parts_of_a_model_may_be_its_attributes():
    inputs = Input((3,))
    hidden = Affine(2)(inputs)
    model = Model(inputs, Affine(1)(hidden))
    model.encoder = Model(inputs, hidden)
    assert model.encoder.layers[-1] in model.layers
    assert len(model.variables) == 2


def test_layers_that_are_frozen_stay_so_in_a_copy_from_the_configuration():
    x = Input((2,))
    frozen = keras.layers.Dense(2, trainable=False, name="frozen")
    model = Model(x, keras.layers.Dense(2, name="free")(frozen(x)))
    copy = Model.from_config(model.get_config())
    assert [copy.get_layer(name).trainable for name in ("frozen", "free")] == [False, True]
    model.trainable = False
    assert not Model.from_config(model.get_config()).get_layer("free").trainable
