"""Models with layers of the pack go to files and come back; without the pack the error says which one is missing."""

import json
import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest

import keras_core as keras
from keras_core import layers

# Loads a file where nothing is known of a distribution `keras-layers-extra`.
WITHOUT_THE_PACK = """
import importlib.metadata, sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "keras_layers_extra":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    def find_distributions(self, context=importlib.metadata.DistributionFinder.Context()):
        return ()

distributions = importlib.metadata.MetadataPathFinder.find_distributions
importlib.metadata.MetadataPathFinder.find_distributions = classmethod(
    lambda cls, *arguments: [d for d in distributions(*arguments) if d.metadata["Name"] != "keras-layers-extra"]
)
sys.meta_path.insert(0, Hidden())

import keras_core as keras

try:
    keras.saving.load_model(sys.argv[1])
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.fixture
def model():
    inputs = keras.Input((None, 8))
    x = layers.RotaryEmbedding(max_wavelength=100)(inputs)
    x = layers.SwiGLU(12, use_bias=True)(x)
    x = layers.MixtureOfExperts(4, 12, router_jitter=0.1, seed=1)(x)
    model = keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mean_squared_error")
    return model


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    x = random.normal(size=(32, 5, 8)).astype("float32")
    return x, x.mean(1)[:, :2]


def test_training_lowers_the_loss(model, data):
    losses = model.fit(*data, batch_size=16, epochs=15, verbose=0).history["loss"]
    assert losses[-1] < 0.7 * losses[0]


def test_file_names_the_pack_and_holds_no_code(model, tmp_path):
    model.save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        config = json.loads(archive.read("config.json"))
    named = {layer["registered_name"]: layer["module"] for layer in config["config"]["layers"]}
    for name in ("RotaryEmbedding", "SwiGLU", "MixtureOfExperts"):
        assert named[f"keras_layers_extra>{name}"] == "keras_layers_extra"


def test_file_comes_back(model, data, tmp_path):
    model.fit(*data, epochs=1, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    for one, other in zip(model.weights, again.weights, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
    np.testing.assert_array_equal(model.predict(data[0], verbose=0), again.predict(data[0], verbose=0))


def test_weights_alone(model, data, tmp_path):
    model.fit(*data, epochs=1, verbose=0)
    model.save_weights(tmp_path / "model.weights.h5")
    expected = model.get_weights()
    model.fit(*data, epochs=1, verbose=0)
    model.load_weights(tmp_path / "model.weights.h5")
    for one, other in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(one, other)


def load_in_another_process(program, path, **environment):
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_missing_pack(model, tmp_path):
    model.save(tmp_path / "model.keras")
    message = load_in_another_process(WITHOUT_THE_PACK, tmp_path / "model.keras")
    assert "belongs to the pack 'keras_layers_extra', which is not installed" in message
    # A backend in the environment may bring classes of its own.
    assert "no packs are installed" in message or "the packs that are installed declare" in message
    assert "pip install" not in message


def test_disabled_pack(model, tmp_path):
    model.save(tmp_path / "model.keras")
    program = WITHOUT_THE_PACK[WITHOUT_THE_PACK.index("import keras_core") :]
    message = load_in_another_process(
        f"import sys\n{program}", tmp_path / "model.keras", KERAS_CORE_DISABLE_PLUGINS="extra"
    )
    assert "disabled: KERAS_CORE_DISABLE_PLUGINS=extra" in message


def test_another_process_finds_the_pack_by_itself(model, data, tmp_path):
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "x.npy", data[0])
    program = (
        "import sys, numpy as np, keras_core as keras\n"
        "assert 'keras_layers_extra' not in sys.modules\n"
        "model = keras.saving.load_model(sys.argv[1] + '/model.keras')\n"
        "np.save(sys.argv[1] + '/y.npy', model.predict(np.load(sys.argv[1] + '/x.npy'), verbose=0))"
    )
    load_in_another_process(program, tmp_path)
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), model.predict(data[0], verbose=0))
