"""Files of models that were trained on the backend."""

from pathlib import Path

import numpy as np
import pytest

from keras_conformance.checks.comparison import compare
from keras_conformance.models import SKETCHES, arrays, fit
from keras_conformance.subject import Subject
from keras_conformance.tolerance import CURVE
from keras_core.runtime.table import use_backend
from keras_core.saving import load_model


@pytest.mark.parametrize("model", SKETCHES)
def test_round_trip(subject: Subject, model: str, tmp_path: Path) -> None:
    """A model that comes back from its file has the same weights, to the bit, and gives the same outputs."""
    sketch = SKETCHES[model]
    inputs, _ = sketch.data()
    own = sketch.compiled()
    fit(own, sketch, 1)
    own.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    assert {variable.backend for variable in again.variables} == {subject.name}
    for one, other in zip(own.weights, again.weights, strict=True):
        assert (one.dtype, one.shape, one.trainable) == (other.dtype, other.shape, other.trainable)
        assert one.numpy().tobytes() == other.numpy().tobytes(), one.path
    compare(again.predict(inputs, verbose=0), own.predict(inputs, verbose=0), CURVE, "predict")


@pytest.mark.parametrize("model", SKETCHES)
def test_training_goes_on(subject: Subject, model: str, tmp_path: Path) -> None:
    """After a file training goes on as without it: the optimizer's state is in the file."""
    sketch = SKETCHES[model]
    own = sketch.compiled()
    fit(own, sketch, 1)
    own.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    assert int(again.optimizer.iterations.numpy()) > 0
    for one, other in zip(own.optimizer.variables, again.optimizer.variables, strict=True):
        assert one.numpy().tobytes() == other.numpy().tobytes(), one.path
    # Not to the bit: frameworks may add in another order each time.
    expected, history = fit(own, sketch, 2), fit(again, sketch, 2)
    assert list(history) == list(expected)
    for name, values in expected.items():
        compare(np.asarray(history[name]), values, CURVE, name)


def test_weights_alone(subject: Subject, tmp_path: Path) -> None:
    """A file of weights gives another model of the same layers the same variables."""
    sketch = SKETCHES["dense"]
    own, other = sketch.compiled(), sketch.compiled()
    fit(own, sketch, 1)
    own.save_weights(tmp_path / "model.weights.h5")
    other.load_weights(tmp_path / "model.weights.h5")
    assert [array.tobytes() for array in arrays(own)] == [array.tobytes() for array in arrays(other)]


@pytest.mark.parametrize("direction", ["from_numpy", "to_numpy"])
def test_file_of_another_backend(subject: Subject, direction: str, tmp_path: Path) -> None:
    """A file that was written on one backend loads on another, with the same bits and nearly the same outputs."""
    tolerance = subject.ledger.tolerances.get(f"saving/file_of_another_backend/{direction}", CURVE)
    writer, reader = ("numpy", subject.name) if direction == "from_numpy" else (subject.name, "numpy")
    sketch = SKETCHES["convolution"]
    inputs, _ = sketch.data()
    with use_backend(writer):
        written = sketch.compiled()
        fit(written, sketch, 1)
        written.save(tmp_path / "model.keras")
        expected = written.predict(inputs, verbose=0)
    with use_backend(reader):
        read = load_model(tmp_path / "model.keras")
        assert [array.tobytes() for array in arrays(read)] == [array.tobytes() for array in arrays(written)]
        compare(read.predict(inputs, verbose=0), expected, tolerance, "predict")


def test_every_float_dtype(subject: Subject, tmp_path: Path) -> None:
    """Weights of each float dtype go through a file bit for bit."""
    from keras_core import Input, Sequential, layers

    for dtype in ("bfloat16", "float16", "float32", "float64"):
        if subject.has(dtype):
            model = Sequential([Input((4,)), layers.Dense(3, dtype=dtype)])
            model.save(tmp_path / f"{dtype}.keras")
            again = load_model(tmp_path / f"{dtype}.keras")
            assert again.layers[0].kernel.dtype == dtype
            assert [a.tobytes() for a in arrays(again)] == [a.tobytes() for a in arrays(model)], dtype
