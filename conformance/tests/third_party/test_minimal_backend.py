"""A backend that was written against the contract alone, installed as its own wheel, trains and conforms."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "examples" / "keras-backend-minimal"
LIMIT_OF_LINES = 300

TRAINING = """
import json
import numpy as np
import keras_core as keras
from keras_core import layers

try:
    from sklearn.datasets import load_digits
    x, y = load_digits(return_X_y=True)
    x = x[:800].reshape(-1, 8, 8, 1).astype("float32") / 16
    y = y[:800].astype("int32")
except ImportError:  # bars in one of ten places, with noise
    random = np.random.default_rng(0)
    y = random.integers(0, 10, 800).astype("int32")
    x = 0.1 * random.standard_normal((800, 8, 8, 1)).astype("float32")
    for position, label in enumerate(y):
        x[position, label % 5 : label % 5 + 3, 4 * (label // 5) : 4 * (label // 5) + 3] += 1

model = keras.Sequential([
    keras.Input((8, 8, 1)),
    layers.Conv2D(8, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dense(32, activation="relu"),
    layers.Dense(10),
])
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
history = model.fit(x[:600], y[:600], batch_size=32, epochs=5, verbose=0)
loss, accuracy = model.evaluate(x[600:], y[600:], verbose=0)
weight = model.trainable_variables[0].value
print(json.dumps({
    "backend": keras.backend.backend() if hasattr(keras.backend, "backend") else keras.backend(),
    "tensor": type(weight).__module__.partition(".")[0],
    "losses": history.history["loss"],
    "accuracy": float(accuracy),
}))
"""


def _run(arguments: Sequence[str], folder: Path, site: Path | None = None) -> str:
    environment = {**os.environ, "KERAS_CORE_BACKEND": "minimal", "PYTEST_ADDOPTS": ""}
    if site is not None:
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=folder, env=environment, timeout=600
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it into a folder of its own; its dependency comes from the environment."""
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("site")
    isolated = [] if importlib.util.find_spec("hatchling") is None else ["--no-build-isolation"]
    _run(["-m", "pip", "wheel", "--no-deps", *isolated, "--wheel-dir", str(wheels), str(PROJECT)], wheels)
    (wheel,) = wheels.glob("keras_backend_minimal-*.whl")
    _run(["-m", "pip", "install", "--no-deps", "--no-index", "--target", str(target), str(wheel)], wheels)
    return target


def test_size() -> None:
    """It is small."""
    lines = sum(len(file.read_text().splitlines()) for file in PROJECT.rglob("*.py"))
    assert lines <= LIMIT_OF_LINES


def test_is_listed(site: Path, tmp_path: Path) -> None:
    """Core finds it by its entry point."""
    code = (
        "import json; from keras_core.plugins import list_plugins\n"
        "print(json.dumps([[p.name, str(p.state), p.distribution] for p in list_plugins()]))"
    )
    listed = json.loads(_run(["-c", code], tmp_path, site))
    assert ["minimal", "available", "keras-backend-minimal"] in listed


def test_trains(site: Path, tmp_path: Path) -> None:
    """A convolutional network learns on it; core derives gradients and everything else."""
    found = json.loads(_run(["-c", TRAINING], tmp_path, site).splitlines()[-1])
    assert found["backend"] == "minimal"
    assert found["tensor"] == "array_api_strict"
    assert found["losses"][-1] < 0.3 * found["losses"][0]
    assert found["accuracy"] > 0.9


def test_conforms(site: Path, tmp_path: Path) -> None:
    """The suite passes on it, with two dtypes declared unsupported and nothing else."""
    _run(["-m", "keras_conformance", "run", "minimal", "--report", "report.json"], tmp_path, site)
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["counts"]["failed"] == report["counts"]["not run"] == report["counts"]["xfailed"] == 0
    assert report["counts"]["unsupported"] == 2
    assert report["kernels"] == []
    assert len(report["primitives"]) >= 94
