"""Random numbers are pure functions of their seed."""

import numpy as np
import pytest

from keras_conformance.subject import Subject
from keras_core.ops.random_bits import random_bits, random_normal, random_uniform

SEED = np.array([1, 2], np.uint32)


def _draw(subject: Subject, name: str, seed: np.ndarray, shape: tuple[int, ...] = (64,)) -> np.ndarray:
    functions = {
        "bits": lambda: random_bits(shape, subject.tensor(seed)),
        "uniform": lambda: random_uniform(shape, "float32", subject.tensor(seed)),
        "normal": lambda: random_normal(shape, "float32", subject.tensor(seed)),
    }
    return subject.array(functions[name]())


@pytest.mark.parametrize("name", ["bits", "uniform", "normal"])
def test_same_seed_same_numbers(subject: Subject, name: str) -> None:
    """Drawn twice."""
    assert _draw(subject, name, SEED).tobytes() == _draw(subject, name, SEED).tobytes()


@pytest.mark.parametrize("name", ["bits", "uniform", "normal"])
def test_other_seed_other_numbers(subject: Subject, name: str) -> None:
    """Each of the two words counts."""
    drawn = {_draw(subject, name, np.array(seed, np.uint32)).tobytes() for seed in ((1, 2), (2, 1), (1, 3), (0, 2))}
    assert len(drawn) == 4


@pytest.mark.parametrize("name", ["uniform", "normal"])
def test_neighbouring_seeds_are_independent(subject: Subject, name: str) -> None:
    """Numbers of seeds that follow one another are not correlated."""
    one, other = (_draw(subject, name, np.array([seed, 0], np.uint32), (4000,)) for seed in (7, 8))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.08


@pytest.mark.parametrize("name", ["bits", "uniform", "normal"])
def test_compiled(subject: Subject, name: str) -> None:
    """A compiled draw follows the seed that it is given, and gives what the eager one gives."""
    function = {
        "bits": lambda seed: random_bits((64,), seed),
        "uniform": lambda seed: random_uniform((64,), "float32", seed),
        "normal": lambda seed: random_normal((64,), "float32", seed),
    }[name]
    jit = subject.table.transforms.get("jit")
    if jit is None:
        drawn = [_draw(subject, name, SEED + np.uint32(step)) for step in (0, 1)]
    else:
        compiled = jit(lambda state, inputs: ([function(inputs[0])], state), False, False)
        drawn = [subject.array(compiled([], [subject.tensor(SEED + np.uint32(step))])[0][0]) for step in (0, 1)]
    for step, numbers in enumerate(drawn):
        assert np.allclose(numbers, _draw(subject, name, SEED + np.uint32(step)), rtol=1e-5, atol=1e-6)
