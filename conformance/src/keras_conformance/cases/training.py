"""Random numbers, updates of optimizers, and what steers differentiation."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import FLOATS, INEXACT, WIDE_FLOATS, Arguments, Case, Draw, Sample, args
from keras_conformance.cases.common import array, nonfinite

_CONSTANTS = {"nonfinite": "its argument is a seed", "zero_d": "a sample is 0-d", "empty": "a sample has size zero"}
_UPDATES = {
    "nonfinite": "its parts are checked",
    "zero_d": "a sample holds a 0-d tensor",
    "empty": "a sample holds an empty tensor",
}
_SEED: Final = np.array([17, 4096], np.uint32)
_MANY = 4000


def _seeded(*shape: int) -> Sample:
    return lambda d: args(shape, d.dtype, _SEED)


def _seeded_bits(*shape: int) -> Sample:
    return lambda d: args(shape, _SEED)


def _rotated(x: Any, places: int) -> Any:
    return (x << np.uint32(places)) | (x >> np.uint32(32 - places))


def _threefry(shape: tuple[int, ...], seed: Any) -> Any:
    """Threefry-2x32 with 20 rounds of Salmon et al., 2011, on the counters `(i, 0)`."""
    count = math.prod(shape)
    half = (count + 1) // 2
    key = (seed[0], seed[1], seed[0] ^ seed[1] ^ np.uint32(0x1BD11BDA))
    x, y = np.arange(half, dtype=np.uint32) + key[0], np.zeros(half, np.uint32) + key[1]
    for group in range(5):
        for places in ((13, 15, 26, 6), (17, 29, 16, 24))[group % 2]:
            x = x + y
            y = _rotated(y, places) ^ x
        x, y = x + key[(group + 1) % 3], y + key[(group + 2) % 3] + np.uint32(group + 1)
    return np.concatenate([x, y])[:count].reshape(shape)


def _uniform_observed(arguments: Arguments, results: list[Any]) -> list[Any]:
    """Whether all lie in [0, 1), and whether the first moments are those of the distribution."""
    (x,) = (np.asarray(result, np.float64) for result in results)
    facts = [np.all((x >= 0) & (x < 1))]
    if x.size == _MANY:
        facts += [abs(x.mean() - 1 / 2) < 0.02, abs(x.var() - 1 / 12) < 0.01, abs(np.mean(x < 0.25) - 0.25) < 0.03]
        facts += [np.unique(x).size > (100 if arguments.positional[1] in ("bfloat16", "float16") else 3900)]
    return [np.array(facts)]


def _normal_observed(arguments: Arguments, results: list[Any]) -> list[Any]:
    """Whether all are finite, and whether moments and tails are those of the distribution."""
    (x,) = (np.asarray(result, np.float64) for result in results)
    facts = [np.all(np.isfinite(x))]
    if x.size == _MANY:
        facts += [abs(x.mean()) < 0.06, abs(x.std() - 1) < 0.04, abs(np.mean(x**3)) < 0.2, abs(np.mean(x**4) - 3) < 0.5]
        facts += [abs(np.mean(np.abs(x) < 0.6745) - 0.5) < 0.03]
    return [np.array(facts)]


def _drawn(name: str, observe: Any) -> Case:
    return Case(
        name=name,
        oracle=None,
        samples=(_seeded(40, 100), _seeded(3), _seeded(), _seeded(0, 2)),
        dtypes=FLOATS,
        gradient=False,
        without=_CONSTANTS,
        observe=observe,
    )


def _lists(count: int, *rest: Any) -> Sample:
    def sample(d: Draw) -> Arguments:
        shapes = ((2, 3), (4,), (), (0, 2))
        rate = np.asarray(0.125, np.float32)
        drawn = [[d.array(shape, 0.1 if which > 1 else -2, 2) for shape in shapes] for which in range(count)]
        return args(*drawn, rate, *rest)

    return sample


def _each(function: Callable[..., tuple[Any, ...]], lists: int) -> Callable[..., Any]:
    """Apply a rule for one variable to lists of them; return one list a result."""

    def oracle(*arguments: Any) -> Any:
        rows = zip(*arguments[:lists], strict=True)
        return [list(column) for column in zip(*(function(*row, *arguments[lists:]) for row in rows), strict=True)]

    return oracle


def _sgd(variable: Any, gradient: Any, rate: Any) -> tuple[Any, ...]:
    return (variable - rate * gradient,)


def _momentum(
    variable: Any, gradient: Any, velocity: Any, rate: Any, momentum: float, nesterov: bool
) -> tuple[Any, ...]:
    velocity = momentum * velocity - rate * gradient
    return variable + (momentum * velocity - rate * gradient if nesterov else velocity), velocity


def _adam(
    variable: Any,
    gradient: Any,
    first: Any,
    second: Any,
    rate: Any,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    step: Any,
) -> tuple[Any, ...]:
    first = beta_1 * first + (1 - beta_1) * gradient
    second = beta_2 * second + (1 - beta_2) * gradient**2
    rate = rate * np.sqrt(1 - beta_2**step) / (1 - beta_1**step)
    return variable - rate * first / (np.sqrt(second) + epsilon), first, second


def _ruled(rule: str, scalars: int, columns: int, **options: Any) -> Sample:
    """Return a sample of `each_update`: lists in one, scalars, a rule and its options."""

    def sample(d: Draw) -> Arguments:
        shapes = ((2, 3), (4, 2))
        tensors = [d.array(shape, 0.1 if which > 1 else -2, 2) for which in range(columns) for shape in shapes]
        factors = [np.asarray(0.125 * (1 + which), np.float32) for which in range(scalars)]
        return args(tensors, factors, rule, tuple(options.items()), columns)

    return sample


def _by_rule(tensors: Any, scalars: Any, rule: str, options: Any, columns: int) -> list[list[Any]]:
    count = len(tensors) // columns
    rows = [_RULES[rule](*tensors[index::count], *scalars, **dict(options)) for index in range(count)]
    return [list(column) for column in zip(*rows, strict=True)]


def _adadelta(
    variable: Any, gradient: Any, squares: Any, changes: Any, rate: Any, rho: float, epsilon: float
) -> tuple[Any, ...]:
    squares = rho * squares + (1 - rho) * gradient**2
    change = np.sqrt((changes + epsilon) / (squares + epsilon)) * gradient
    return variable - rate * change, squares, rho * changes + (1 - rho) * change**2


def _adagrad(variable: Any, gradient: Any, squares: Any, rate: Any, epsilon: float) -> tuple[Any, ...]:
    squares = squares + gradient**2
    return variable - rate * gradient / np.sqrt(squares + epsilon), squares


def _adamax(
    variable: Any, gradient: Any, mean: Any, norm: Any, rate: Any, beta_1: float, beta_2: float, epsilon: float
) -> tuple[Any, ...]:
    mean = beta_1 * mean + (1 - beta_1) * gradient
    norm = np.maximum(beta_2 * norm, abs(gradient))
    return variable - rate * mean / (norm + epsilon), mean, norm


def _lamb(
    variable: Any,
    gradient: Any,
    mean: Any,
    square: Any,
    rate: Any,
    first: Any,
    second: Any,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> tuple[Any, ...]:
    mean, square = beta_1 * mean + (1 - beta_1) * gradient, beta_2 * square + (1 - beta_2) * gradient**2
    change = mean / first / (np.sqrt(square / second) + epsilon)
    return variable - rate * np.linalg.norm(variable) / np.linalg.norm(change) * change, mean, square


_RULES: Final = {"adadelta": _adadelta, "adagrad": _adagrad, "adamax": _adamax, "lamb": _lamb}


def _update(name: str, oracle: Any, *samples: Sample) -> Case:
    return Case(
        name=name,
        oracle=oracle,
        samples=samples,
        dtypes=("bfloat16", *WIDE_FLOATS),
        gradient=False,
        without=_UPDATES,
        reuses_buffers=True,
        # Powers of the decay rates are taken in the dtype of the variables.
        tolerance=40 if name in ("adam_update", "each_update") else 4,
    )


OPS: Final = (
    Case(
        name="random_bits",
        oracle=_threefry,
        samples=(_seeded_bits(5), _seeded_bits(2, 4), _seeded_bits(), _seeded_bits(0, 3)),
        dtypes=("uint32",),
        gradient=False,
        without=_CONSTANTS,
    ),
    _drawn("random_uniform", _uniform_observed),
    _drawn("random_normal", _normal_observed),
    _update("sgd_update", lambda *arguments: _each(_sgd, 2)(*arguments)[0], _lists(2)),
    _update("momentum_update", _each(_momentum, 3), _lists(3, 0.75, False), _lists(3, 0.75, True)),
    _update(
        "adam_update",
        _each(_adam, 4),
        _lists(4, 0.875, 0.96875, 1e-7, np.asarray(1, np.int32)),
        _lists(4, 0.875, 0.96875, 1e-7, np.asarray(7, np.int32)),
    ),
    _update(
        "each_update",
        _by_rule,
        _ruled("adadelta", 1, 4, rho=0.875, epsilon=0.25),
        _ruled("adagrad", 1, 3, epsilon=0.25),
        _ruled("adamax", 1, 4, beta_1=0.875, beta_2=0.75, epsilon=0.25),
        _ruled("lamb", 3, 4, beta_1=0.875, beta_2=0.75, epsilon=0.25),
    ),
    Case(
        name="stop_gradient",
        oracle=lambda variable: variable,
        samples=(array(2, 5),),
        dtypes=INEXACT,
        gradient=False,
        nonfinite=nonfinite,
        empty=array(0, 3),
        zero_d=array(),
    ),
)
PRIMITIVES: Final = ()
