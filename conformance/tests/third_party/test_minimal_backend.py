"""A backend that was written against the contract alone, installed as its own wheel, trains and conforms."""

import json
from pathlib import Path
from typing import Any

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
    chosen = np.random.default_rng(0).permutation(len(y))[:800]  # of all writers; they are in order
    x = x[chosen].reshape(-1, 8, 8, 1).astype("float32") / 16
    y = y[chosen].astype("int32")
except ImportError:  # bars in one of ten places, with noise
    random = np.random.default_rng(0)
    y = random.integers(0, 10, 800).astype("int32")
    x = 0.1 * random.standard_normal((800, 8, 8, 1)).astype("float32")
    for position, label in enumerate(y):
        x[position, label % 5 : label % 5 + 3, 4 * (label // 5) : 4 * (label // 5) + 3] += 1

keras.utils.set_random_seed(1)
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
history = model.fit(x[:600], y[:600], batch_size=32, epochs=8, verbose=0)
loss, accuracy = model.evaluate(x[600:], y[600:], verbose=0)
weight = model.trainable_variables[0].value
print(json.dumps({
    "backend": keras.backend(),
    "tensor": type(weight).__module__.partition(".")[0],
    "losses": history.history["loss"],
    "accuracy": float(accuracy),
}))
"""


def test_size() -> None:
    """It is small."""
    lines = sum(len(file.read_text().splitlines()) for file in PROJECT.rglob("*.py"))
    assert lines <= LIMIT_OF_LINES


def test_is_listed(run: Any) -> None:
    """Core finds it by its entry point."""
    code = (
        "import json; from keras_core.plugins import list_plugins\n"
        "print(json.dumps([[p.name, str(p.state), p.distribution] for p in list_plugins()]))"
    )
    assert ["minimal", "available", "keras-backend-minimal"] in json.loads(run("-c", code))


def test_trains(run: Any) -> None:
    """A convolutional network learns on it; core derives gradients and everything else."""
    found = json.loads(run("-c", TRAINING).splitlines()[-1])
    assert found["backend"] == "minimal"
    assert found["tensor"] == "array_api_strict"
    assert found["losses"][-1] < 0.3 * found["losses"][0]
    assert found["accuracy"] > 0.9


@pytest.mark.parametrize("tier", ["inference", "training", "full"])
def test_conforms(run: Any, tmp_path: Path, tier: str) -> None:
    """The suite passes on it in each tier, with two dtypes declared unsupported and nothing else."""
    run("-m", "keras_conformance", "run", "minimal", "--strict", "--tier", tier, "--report", "report.json")
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["tier"] == tier
    assert {outcome: count for outcome, count in report["counts"].items() if count} == {
        "passed": report["denominator"] - 2,
        "unsupported": 2,
    }
    assert report["problems"] == []
    assert (report["beyond_tier"] == 0) == (tier == "full")
    assert report["kernels"] == []
    assert len(report["primitives"]) >= 94
