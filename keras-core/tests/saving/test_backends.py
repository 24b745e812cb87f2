"""A file that one backend wrote is read in a fresh process on each backend of the environment."""

import os
import subprocess
import sys

import numpy as np
import pytest

import keras_core as keras
from keras_core import layers, ops

READER = """
import sys
import numpy as np
import keras_core as keras
loaded = keras.saving.load_model(sys.argv[1])
inputs, targets = np.load(sys.argv[2]), np.load(sys.argv[3])
before = keras.ops.convert_to_numpy(loaded(inputs))
loaded.train_on_batch(inputs, targets)
after = keras.ops.convert_to_numpy(loaded(inputs))
np.savez(sys.argv[4], before=before, after=after, iterations=loaded.optimizer.iterations.numpy())
others = sorted(set(sys.modules) & {"jax", "torch", "tensorflow", "keras"})
print(keras.backend(), *others)
"""

BACKENDS = sorted({"numpy", keras.backend()})


@pytest.fixture(scope="module", params=BACKENDS)
def written(request, tmp_path_factory):
    """Return a folder with a model saved on a backend, inputs, targets, and predictions before and after a step."""
    folder = tmp_path_factory.mktemp(request.param)
    random = np.random.default_rng(1)
    inputs, targets = random.normal(size=(4, 6, 6, 1)).astype("float32"), random.integers(0, 3, 4)
    with keras.use_backend(request.param):
        model = keras.Sequential(
            [
                keras.Input((6, 6, 1)),
                layers.Conv2D(4, 3, activation="relu"),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dropout(0.0),
                layers.Dense(3, activation="softmax"),
            ]
        )
        model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
        model.train_on_batch(inputs, targets)
        model.save(folder / "model.keras")
        np.save(folder / "inputs.npy", inputs)
        np.save(folder / "targets.npy", targets)
        before = ops.convert_to_numpy(model(inputs))
        model.train_on_batch(inputs, targets)
        np.savez(folder / "expected.npz", before=before, after=ops.convert_to_numpy(model(inputs)))
    return folder


@pytest.mark.parametrize("backend", BACKENDS)
def test_predictions_and_training_agree(backend, written):
    files = [str(written / name) for name in ("model.keras", "inputs.npy", "targets.npy", f"{backend}.npz")]
    environment = {**os.environ, "KERAS_CORE_BACKEND": backend}
    run = subprocess.run([sys.executable, "-c", READER, *files], capture_output=True, text=True, env=environment)
    assert run.returncode == 0, run.stderr
    used, *frameworks = run.stdout.split()
    assert used == backend
    if backend == "numpy":
        assert frameworks == []  # whatever wrote the file
    with np.load(files[-1]) as found, np.load(written / "expected.npz") as expected:
        np.testing.assert_allclose(found["before"], expected["before"], atol=1e-5)
        np.testing.assert_allclose(found["after"], expected["after"], atol=1e-4)
        assert found["iterations"] == 2


FORMATS = """
import sys
from pathlib import Path
import keras_core as keras

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
folder = Path(sys.argv[1])
model.save(folder / "x.keras")
model.save(folder / "y.keras", weights_format="safetensors")
model.save_weights(folder / "x.weights.h5")
model.save_weights(folder / "x.safetensors")
model.save_weights(folder / "x.weights.json", max_shard_size=1)
model.save_weights(folder / "x.safetensors.index.json", max_shard_size=1)

def drawn(*_arguments):
    raise AssertionError("a random number is drawn")

keras.initializers.GlorotUniform.__call__ = drawn
for name in ("x.keras", "y.keras"):
    keras.saving.load_model(folder / name)
for name in ("x.keras", "y.keras", "x.weights.h5", "x.safetensors", "x.weights.json", "x.safetensors.index.json"):
    assert model.load_weights(folder / name).complete
others = {"jax", "torch", "tensorflow", "keras", "safetensors", "orbax"}
print(keras.backend(), *sorted(set(sys.modules) & others))
"""


def test_formats_import_no_framework_and_loading_draws_no_numbers(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FORMATS, str(tmp_path)],
        env={**os.environ, "KERAS_CORE_BACKEND": "numpy"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["numpy"]
