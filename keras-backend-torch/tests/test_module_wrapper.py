"""`TorchModuleWrapper`: the same numbers as the module, trained, frozen, saved without code."""

import base64
import copy

import numpy as np
import pytest
import torch

import keras_core
from keras_core import Input, Sequential, layers, ops
from keras_core.saving import deserialize_keras_object, register_keras_serializable, serialize_keras_object

X = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
Y = X.sum(1, keepdims=True)


@pytest.fixture(autouse=True)
def backend():
    with keras_core.use_backend("torch"):
        yield


@register_keras_serializable("tests")
def network():
    torch.manual_seed(0)
    parts = (torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
    return torch.nn.Sequential(*parts)


@register_keras_serializable("tests")
class Scaled(torch.nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor
        self.weight = torch.nn.Parameter(torch.ones(3))

    def forward(self, x):
        return x * self.weight * self.factor

    def get_config(self):
        return {"factor": self.factor}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def values(x):
    return ops.convert_to_numpy(x)


def test_variables_have_the_names_of_the_module():
    layer = layers.TorchModuleWrapper(network(), name="net")
    assert [(v.path, v.shape, v.dtype, v.trainable) for v in layer.weights] == [
        ("net/0.weight", (4, 3), "float32", True),
        ("net/0.bias", (4,), "float32", True),
        ("net/1.weight", (4,), "float32", True),
        ("net/1.bias", (4,), "float32", True),
        ("net/3.weight", (1, 4), "float32", True),
        ("net/3.bias", (1,), "float32", True),
        ("net/1.running_mean", (4,), "float32", False),
        ("net/1.running_var", (4,), "float32", False),
        ("net/1.num_batches_tracked", (), "int64", False),
    ]


@pytest.mark.parametrize("training", [False, True])
def test_outputs_and_buffers_are_those_of_the_module(training):
    module = network()
    layer = layers.TorchModuleWrapper(copy.deepcopy(module))
    module.train(training)
    wanted = module(torch.from_numpy(X)).detach().numpy()
    np.testing.assert_allclose(values(layer(X, training=training)), wanted, rtol=1e-6)
    for name, buffer in module.named_buffers():
        np.testing.assert_allclose(layer._adopted[name].numpy(), buffer.numpy(), rtol=1e-6)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_training_is_that_of_torch(jit_compile):
    module = network()
    model = Sequential([Input((3,)), layers.TorchModuleWrapper(copy.deepcopy(module))])
    model.compile(keras_core.optimizers.SGD(0.1), loss="mse", jit_compile=jit_compile)
    losses = model.fit(X, Y, batch_size=8, epochs=3, verbose=0).history["loss"]
    optimizer, wanted = torch.optim.SGD(module.parameters(), 0.1), []
    for _ in range(3):
        loss = torch.mean((module(torch.from_numpy(X)) - torch.from_numpy(Y)) ** 2)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        wanted.append(loss.item())
    assert losses == pytest.approx(wanted, rel=1e-4)
    trained = model.layers[-1].module
    for name, value in module.state_dict().items():
        np.testing.assert_allclose(trained.state_dict()[name].numpy(), value.numpy(), rtol=1e-4, atol=1e-6)


def test_the_mode_stays_where_training_is_not_said():
    layer = layers.TorchModuleWrapper(torch.nn.Dropout(0.5))
    layer(X, training=False)
    np.testing.assert_array_equal(values(layer(X)), X)
    layer(X, training=True)
    assert (values(layer(X)) == 0).any()


def test_frozen_parameters():
    module = torch.nn.Linear(3, 1)
    module.bias.requires_grad = False
    layer = layers.TorchModuleWrapper(module)
    assert [v.name for v in layer.trainable_variables] == ["weight"]
    layer.trainable = False
    assert layer.trainable_variables == []


def test_parameters_are_the_current_ones():
    layer = layers.TorchModuleWrapper(torch.nn.Linear(3, 1))
    layer.weights[0].assign(np.full((1, 3), 2.0))
    first, _ = layer.parameters()
    assert isinstance(first, torch.nn.Parameter)
    assert first.tolist() == [[2.0] * 3]


def test_tied_parameters_are_one_variable():
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Linear(3, 3))
    module[1].weight = module[0].weight
    layer = layers.TorchModuleWrapper(module)
    assert [v.name for v in layer.weights] == ["0.weight", "0.bias", "1.bias"]
    np.testing.assert_allclose(values(layer(X)), module(torch.from_numpy(X)).detach().numpy(), rtol=1e-5)


@pytest.mark.parametrize(
    ("module", "shape", "wanted"),
    [
        (torch.nn.Linear(3, 5), (None, 3), (None, 5)),
        (torch.nn.Conv2d(3, 4, 3, stride=2), (None, 3, None, 9), (None, 4, None, 4)),
        (torch.nn.Flatten(), (2, 3, 4), (2, 12)),
    ],
)
def test_shapes_are_inferred(module, shape, wanted):
    layer = layers.TorchModuleWrapper(module)
    assert layer.compute_output_shape(shape) == wanted
    assert layer(Input(batch_shape=shape)).shape == wanted


@pytest.mark.parametrize("given", [(None, 7), lambda shape: (shape[0], 7)])
def test_a_shape_that_was_given(given):
    assert layers.TorchModuleWrapper(torch.nn.Identity(), output_shape=given).compute_output_shape((None, 3)) == (
        None,
        7,
    )


@pytest.mark.parametrize("source", [network, Scaled(2.0)])
def test_saving_with_data_in_place_of_code(source, tmp_path):
    model = Sequential([Input((3,)), layers.TorchModuleWrapper(source, name="net")])
    for variable in model.trainable_weights:
        variable.assign(variable.numpy() + 0.5)
    model.save(tmp_path / "x.keras")
    again = keras_core.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    assert serialize_keras_object(again) == serialize_keras_object(model)


def test_code_is_not_saved_but_weights_are(tmp_path):
    model = Sequential([Input((3,)), layers.TorchModuleWrapper(network(), name="net")])
    with pytest.raises(ValueError, match=r"'module', a Sequential, is code .* a function without arguments"):
        model.save(tmp_path / "x.keras")
    model.save_weights(tmp_path / "x.weights.h5")
    other = Sequential([Input((3,)), layers.TorchModuleWrapper(network(), name="net")])
    other.layers[0].weights[0].assign(np.zeros((4, 3)))
    other.load_weights(tmp_path / "x.weights.h5")
    np.testing.assert_array_equal(other.predict(X, verbose=0), model.predict(X, verbose=0))


@pytest.mark.parametrize("code", [base64.b64encode(b"PK\x03\x04").decode(), {"class_name": "__bytes__", "config": {}}])
@pytest.mark.parametrize("safe_mode", [True, False])
def test_pickled_code_is_not_loaded(code, safe_mode):
    config = serialize_keras_object(layers.TorchModuleWrapper(network))
    config["config"]["module"] = code
    with pytest.raises(ValueError, match=r"holds pickled code for 'module', which is never loaded.*load_weights"):
        deserialize_keras_object(config, safe_mode=safe_mode)


@pytest.mark.parametrize("code", [base64.b64encode(b"PK\x03\x04").decode(), serialize_keras_object(network)])
def test_configurations_of_keras_are_read_but_for_their_code(code):
    keras = {"module": "keras.layers", "class_name": "TorchModuleWrapper", "registered_name": None}
    config = {**keras, "config": {"name": "net", "module": code, "output_shape": None}}
    if isinstance(code, dict):
        assert deserialize_keras_object(config).name == "net"
    else:
        with pytest.raises(ValueError, match="holds pickled code for 'module', which is never loaded"):
            deserialize_keras_object(config)


@pytest.mark.parametrize("module", [3, lambda: 3])
def test_what_is_no_module(module):
    with pytest.raises(TypeError, match=r"module: expected torch's Module, or a function that makes one, got 3"):
        layers.TorchModuleWrapper(module)


def test_another_backend():
    with keras_core.use_backend("numpy"), pytest.raises(ValueError, match=r"set_backend\('torch'\)"):
        layers.TorchModuleWrapper(network())
