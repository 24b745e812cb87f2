"""Weights between backends: one model on several of them, in one process."""

import numpy as np
import pytest

from keras_conformance.case import ANY, Draw, host_dtype
from keras_conformance.checks.comparison import compare
from keras_conformance.models import SKETCHES, arrays
from keras_conformance.subject import Subject
from keras_conformance.tolerance import CURVE
from keras_core import ops
from keras_core.runtime.table import use_backend
from keras_core.runtime.variable import Variable

INITIALIZERS = (
    *("RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling", "GlorotNormal", "GlorotUniform"),
    *("HeNormal", "HeUniform", "LecunNormal", "LecunUniform", "Orthogonal"),
)


def test_variables_move_bit_for_bit(subject: Subject) -> None:
    """From the NumPy backend to this one and back, in each dtype that both have."""
    for dtype in ANY:
        if not subject.has(dtype):
            continue
        array = Draw("weights", dtype).array((3, 5))
        with use_backend("numpy"):
            first = Variable(array, dtype=dtype)
        there = Variable(first, dtype=dtype)
        assert (there.backend, first.backend) == (subject.name, "numpy")
        with use_backend("numpy"):
            back = Variable(there, dtype=dtype)
        assert there.numpy().dtype == host_dtype(dtype)
        assert array.tobytes() == there.numpy().tobytes() == back.numpy().tobytes(), dtype


def test_assignment_beside_another_backend(subject: Subject) -> None:
    """A variable keeps its own kind of tensor when it is assigned to while another backend is active."""
    first = Variable(np.float32([1.0, 2.0]))
    with use_backend("numpy"):
        other = Variable(np.float32([3.0, 4.0]))
        for value in (np.float32([3.0, 4.0]), ops.convert_to_tensor([3.0, 4.0]), other, [3, 4]):
            first.assign([0.0, 0.0])
            first.assign(value)
            assert isinstance(first.value, subject.table.tensor_types)
            assert first.numpy().tolist() == [3.0, 4.0]
    assert ops.convert_to_numpy(ops.add(first, 1)).tolist() == [4.0, 5.0]


def test_special_values_move_bit_for_bit(subject: Subject) -> None:
    """Signed zeros, infinities, nan and numbers near the limits are not changed on the way."""
    for dtype in ("bfloat16", "float16", "float32", "float64"):
        if subject.has(dtype):
            import ml_dtypes

            limits = ml_dtypes.finfo(dtype)
            values = [0.0, -0.0, np.inf, -np.inf, np.nan, limits.max, limits.tiny, limits.smallest_subnormal]
            array = np.array(values, host_dtype(dtype))
            with use_backend("numpy"):
                first = Variable(array, dtype=dtype)
            assert Variable(first, dtype=dtype).numpy().tobytes() == array.tobytes(), dtype


@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_one_seed_one_weight(subject: Subject, initializer: str) -> None:
    """Each initializer draws on each backend the same numbers, to the bit, in each float dtype."""
    from keras_core import initializers

    for dtype in ("bfloat16", "float16", "float32", "float64"):
        if subject.has(dtype):
            draw = getattr(initializers, initializer)
            own = ops.convert_to_numpy(draw(seed=5)((6, 4), dtype))
            with use_backend("numpy"):
                expected = ops.convert_to_numpy(draw(seed=5)((6, 4), dtype))
            assert own.dtype == host_dtype(dtype)
            assert own.tobytes() == expected.tobytes(), dtype


@pytest.mark.parametrize("model", SKETCHES)
def test_models_begin_alike(subject: Subject, model: str) -> None:
    """After one seed a model has the same first weights as on the NumPy backend, to the bit."""
    own = SKETCHES[model].compiled()
    with use_backend("numpy"):
        reference = SKETCHES[model].compiled()
    for variable, array in zip(own.weights, arrays(reference), strict=True):
        assert variable.backend == subject.name
        assert variable.numpy().tobytes() == array.tobytes(), variable.path


@pytest.mark.parametrize("model", SKETCHES)
def test_trained_weights_move(subject: Subject, model: str) -> None:
    """Weights that were trained here give the NumPy backend the same outputs, and come back unchanged."""
    sketch = SKETCHES[model]
    tolerance = subject.ledger.tolerances.get(f"weights/trained_weights_move/{model}", CURVE)
    inputs, labels = sketch.data()
    own = sketch.compiled()
    own.train_on_batch(inputs, labels)
    trained = own.get_weights()
    with use_backend("numpy"):
        reference = sketch.compiled()
        reference.set_weights(trained)
        outputs = reference.predict(inputs, verbose=0)
    compare(own.predict(inputs, verbose=0), outputs, tolerance, "outputs")
    own.set_weights(reference.get_weights())
    assert [array.tobytes() for array in own.get_weights()] == [array.tobytes() for array in trained]


def test_two_backends_train_in_turns(subject: Subject) -> None:
    """Two models, one here and one on the NumPy backend, train batch by batch in one process as each would alone."""
    sketch = SKETCHES["dense"]
    tolerance = subject.ledger.tolerances.get("weights/two_backends_train_in_turns", CURVE)
    inputs, labels = sketch.data()
    alone = sketch.compiled()
    expected = [_step(alone, inputs, labels, start) for start in range(0, 96, 32)]
    own = sketch.compiled()
    with use_backend("numpy"):
        reference = sketch.compiled()
    own_losses, other_losses = [], []
    for start in range(0, 96, 32):
        own_losses.append(_step(own, inputs, labels, start))
        other_losses.append(_step(reference, inputs, labels, start))
    compare(np.asarray(own_losses), expected, tolerance, "losses of the same model alone")
    compare(np.asarray(own_losses), other_losses, tolerance, "losses on the NumPy backend")
    assert {variable.backend for variable in own.variables} == {subject.name}
    assert {variable.backend for variable in reference.variables} == {"numpy"}


def _step(model: object, inputs: np.ndarray, labels: np.ndarray, start: int) -> float:
    batch = slice(start, start + 32)
    return model.train_on_batch(inputs[batch], labels[batch], return_dict=True)["loss"]  # pyright: ignore
