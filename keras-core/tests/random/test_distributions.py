"""Random numbers follow the distributions whose names they have. Seeds are fixed, so that no test fails by chance."""

import numpy as np
import pytest
from scipy import stats

from keras_core import layers, ops, random

COUNT = 4000
# The largest distance of COUNT numbers from their distribution function is above this once in 10,000 times.
BOUND = 2.23 / np.sqrt(COUNT)


def _numbers(tensor):
    return ops.convert_to_numpy(tensor).astype(np.float64)


def _distance(numbers, distribution):
    return stats.kstest(numbers, distribution.cdf).statistic


@pytest.mark.parametrize("alpha", [0.05, 0.5, 1.0, 2.5, 40.0, 5000.0])
def test_gamma(alpha):
    numbers = _numbers(random.gamma((COUNT,), alpha, seed=3))
    assert _distance(numbers, stats.gamma(alpha)) < BOUND


@pytest.mark.parametrize("alpha, beta", [(0.1, 0.1), (0.5, 3.0), (2.0, 2.0), (30.0, 5.0), (1e-3, 1e-3)])
def test_beta(alpha, beta):
    numbers = _numbers(random.beta((COUNT,), alpha, beta, seed=4))
    # Numbers next to 0 and 1 are rounded: compare where both have the same floats.
    places = np.array([1e-6, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
    found = (numbers[:, None] <= places).mean(0)
    assert np.abs(found - stats.beta(alpha, beta).cdf(places)).max() < BOUND


@pytest.mark.parametrize("count, probability", [(1, 0.3), (7, 0.5), (12, 0.9), (40, 0.5), (1000, 0.02), (10**6, 0.7)])
def test_binomial(count, probability):
    numbers = _numbers(random.binomial((COUNT,), count, probability, dtype="float64", seed=5))
    distribution = stats.binom(count, probability)
    places = np.unique(numbers)
    found = (numbers[:, None] <= places).mean(0)
    assert np.abs(found - distribution.cdf(places)).max() < BOUND
    assert np.all(numbers == np.floor(numbers)) and numbers.min() >= 0 and numbers.max() <= count


def test_binomial_at_the_ends():
    numbers = _numbers(random.binomial((3, 2), np.array([[0.0, 5.0]]), np.array([[0.5], [0.0], [1.0]]), seed=1))
    assert np.array_equal(numbers[:, 0], [0, 0, 0]) and numbers[1, 1] == 0 and numbers[2, 1] == 5
    assert np.isnan(_numbers(random.binomial((2,), [3.0, -1.0], [1.5, 0.5], seed=1))).all()


def test_uniform_and_normal():
    assert _distance(_numbers(random.uniform((COUNT,), -1.0, 3.0, seed=6)), stats.uniform(-1, 4)) < BOUND
    assert _distance(_numbers(random.normal((COUNT,), 2.0, 0.5, seed=7)), stats.norm(2, 0.5)) < BOUND


def test_truncated_normal():
    numbers = _numbers(random.truncated_normal((COUNT,), 1.0, 2.0, seed=8))
    assert _distance((numbers - 1) / 2, stats.truncnorm(-2, 2)) < BOUND


def test_categorical():
    logits = np.log(np.array([[0.1, 0.2, 0.7]], "float32"))
    counts = np.bincount(_numbers(random.categorical(logits, COUNT, seed=9))[0].astype(int), minlength=3)
    assert stats.chisquare(counts, COUNT * np.array([0.1, 0.2, 0.7])).pvalue > 1e-4


def test_randint():
    counts = np.bincount(_numbers(random.randint((COUNT,), 0, 7, seed=10)).astype(int), minlength=7)
    assert len(counts) == 7 and stats.chisquare(counts).pvalue > 1e-4


def test_shuffle_puts_each_row_anywhere():
    places = [int(np.argmax(_numbers(random.shuffle(np.arange(5), seed=seed)) == 0)) for seed in range(200)]
    assert stats.chisquare(np.bincount(places, minlength=5)).pvalue > 1e-4


def test_dropout_keeps_the_mean():
    numbers = _numbers(random.dropout(np.ones((COUNT,), "float32"), 0.3, seed=11))
    assert set(np.round(np.unique(numbers), 5)) == {0.0, round(1 / 0.7, 5)}
    assert abs((numbers == 0).mean() - 0.3) < BOUND


@pytest.mark.parametrize(
    "draw",
    [
        lambda seed: random.gamma((16,), 0.7, seed=seed),
        lambda seed: random.beta((16,), 0.7, 2.0, seed=seed),
        lambda seed: random.binomial((16,), 40, 0.4, seed=seed),
    ],
)
def test_seeds(draw):
    assert np.array_equal(_numbers(draw(1)), _numbers(draw(1)))
    assert not np.array_equal(_numbers(draw(1)), _numbers(draw(2)))
    generator = random.SeedGenerator(5)
    assert not np.array_equal(_numbers(draw(generator)), _numbers(draw(generator)))


def test_gamma_and_beta_of_one_seed_generator_are_independent():
    generator = random.SeedGenerator(12)
    one, other = (_numbers(random.gamma((COUNT,), 2.0, seed=generator)) for _ in range(2))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.07


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32", "float64"])
def test_dtypes(dtype):
    for numbers in (
        random.gamma((2,), 2.0, dtype=dtype, seed=1),
        random.beta((2,), 2.0, 1.0, dtype=dtype, seed=1),
        random.binomial((2,), 3, 0.5, dtype=dtype, seed=1),
    ):
        assert ops.dtype(numbers) == dtype


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: random.gamma((2,), 1.0, dtype="int32"), "gamma: expected a float dtype"),
        (lambda: random.beta((2,), np.ones(3), 1.0), "beta: expected argument 'alpha' to broadcast to shape"),
        (lambda: random.binomial((2,), 1, np.ones((2, 2))), "binomial: expected argument 'probabilities' to broadcast"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        call()


def test_path_of_the_state_of_a_generator():
    generator = random.SeedGenerator(5, name="draws")
    assert (generator.state.path, generator.state.name) == ("draws/seed_generator_state", "seed_generator_state")
    made_up = random.SeedGenerator(5)
    assert made_up.state.path == f"{made_up.name}/seed_generator_state"
    (state,) = layers.Dropout(0.5).variables
    assert state.path.endswith("/seed_generator_state")
