"""Random numbers of the gamma, beta and binomial distributions.

Rejection needs a number of attempts that is not known beforehand. Here all numbers have the same fixed number of
attempts at once, so that shapes are static; that all of them fail is as rare as a wrong bit of memory.
"""

from typing import Any

from keras_core.ops.control import scan
from keras_core.ops.elementwise import logaddexp, where
from keras_core.ops.elementwise_binary import (
    add,
    divide,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_or,
    maximum,
    minimum,
    multiply,
    subtract,
)
from keras_core.ops.elementwise_unary import absolute, exp, floor, log, log1p, sqrt
from keras_core.ops.indexing import take_along_axis
from keras_core.ops.random_bits import random_bits, random_normal, random_uniform
from keras_core.ops.random_numbers import draw_seed
from keras_core.ops.special import lgamma
from keras_core.runtime import dtypes
from keras_core.runtime.axes import canonical_shape
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.table import active

_GAMMA_ATTEMPTS = 12  # of which each fails with a probability below 1/20
_BINOMIAL_ATTEMPTS = 32  # of which each fails with a probability below 1/3
_SEARCH_STEPS = 80  # a binomial number of mean 10 is larger with a probability below 1e-40


def _split(seed: Any, count: int) -> list[Any]:
    """Return seeds that depend on one, for draws that must be independent."""
    d = active()
    words = random_bits((2 * count,), seed)
    return [d.slice(words, (2 * i,), (2 * i + 2,), (1,)) for i in range(count)]


def _float_dtype(name: str, dtype: Any) -> str:
    dtype = dtypes.standardize_dtype(dtype)
    if not dtypes.is_float(dtype):
        raise ValueError(f"{name}: expected a float dtype, got {dtype!r}.")
    return dtype


def _work(dtype: str) -> str:
    return "float64" if dtype == "float64" else "float32"


def _parameter(name: str, argument: str, value: Any, shape: tuple[int, ...], dtype: str) -> Any:
    """Return a parameter in the shape of the numbers."""
    d = active()
    x = to_tensor(d, value, dtype)
    sizes = tuple(d.static_shape(x))
    fits = len(sizes) <= len(shape) and all(a in (1, b) for a, b in zip(sizes[::-1], shape[::-1], strict=False))
    if not fits:
        raise ValueError(f"{name}: expected argument '{argument}' to broadcast to shape {shape}, got shape {sizes}.")
    return d.broadcast_to(x, shape)


def _first_accepted(values: Any, accepted: Any, otherwise: Any) -> Any:
    """Return, of attempts along axis 0, the first that is accepted."""
    d = active()
    which = d.argmax(d.astype(accepted, "int32"), 0, True)
    chosen = d.squeeze(take_along_axis(values, which, 0), (0,))
    return where(d.any(accepted, (0,), False), chosen, otherwise)


def _log_gamma(alpha: Any, seed: Any, dtype: str) -> Any:
    """Return logarithms of numbers of the gamma distribution of shape `alpha` and scale 1."""
    d = active()
    shape = tuple(d.shape(alpha))
    normal_seed, uniform_seed, power_seed = _split(seed, 3)
    small = less(alpha, 1.0)
    shifted = subtract(where(small, add(alpha, 1.0), alpha), 1 / 3)
    scale = divide(1.0, sqrt(multiply(9.0, shifted)))
    x = random_normal((_GAMMA_ATTEMPTS, *shape), dtype, normal_seed)
    u = subtract(1.0, random_uniform((_GAMMA_ATTEMPTS, *shape), dtype, uniform_seed))
    root = add(1.0, multiply(scale, x))
    positive = greater(root, 0.0)
    cube = where(positive, multiply(multiply(root, root), root), 1.0)
    # 1 - v + log(v) of v near 1, by its logarithm, in which nothing cancels out for large alpha
    rest = subtract(log(cube), subtract(cube, 1.0))
    accepted = logical_and(positive, less(log(u), add(multiply(0.5, multiply(x, x)), multiply(shifted, rest))))
    factor = log(_first_accepted(cube, accepted, 1.0))
    # A number for alpha + 1 becomes one for alpha by a power of a uniform number.
    power = divide(log(subtract(1.0, random_uniform(shape, dtype, power_seed))), where(small, alpha, 1.0))
    return add(add(log(shifted), factor), where(small, power, 0.0))


def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Return numbers of the gamma distribution of scale 1.

    Args:
        shape: int or tuple of ints.
        alpha: number or tensor that broadcasts to the shape, above 0: shape parameter of the distribution,
            and its mean.
        dtype: float dtype name; None for `floatx`.
        seed: int, `SeedGenerator`, or None.

    Raises:
        ValueError: for another dtype, or an `alpha` that does not fit.

    Source:
        Marsaglia and Tsang, 2000, "A simple method for generating gamma variables".

    Example:
        >>> keras_core.random.gamma((2, 3), 2.0, seed=1).shape
        (2, 3)
    """
    dtype = _float_dtype("gamma", dtype)
    work = _work(dtype)
    alpha = _parameter("gamma", "alpha", alpha, canonical_shape(shape), work)
    result = exp(_log_gamma(alpha, draw_seed(seed), work))
    return result if work == dtype else active().astype(result, dtype)


def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Return numbers of the beta distribution, from 0 to 1.

    Args:
        shape: int or tuple of ints.
        alpha: number or tensor that broadcasts to the shape, above 0: the larger, the nearer to 1.
        beta: number or tensor that broadcasts to the shape, above 0: the larger, the nearer to 0.
        dtype: float dtype name; None for `floatx`.
        seed: int, `SeedGenerator`, or None.

    Raises:
        ValueError: for another dtype, or parameters that do not fit.

    Source:
        The share of one of two gamma variables in their sum.

    Example:
        >>> keras_core.random.beta((2, 3), 2.0, 5.0, seed=1).shape
        (2, 3)
    """
    dtype = _float_dtype("beta", dtype)
    work, sizes = _work(dtype), canonical_shape(shape)
    first, second = _split(draw_seed(seed), 2)
    # By logarithms: for small parameters the variables themselves are 0.
    one = _log_gamma(_parameter("beta", "alpha", alpha, sizes, work), first, work)
    other = _log_gamma(_parameter("beta", "beta", beta, sizes, work), second, work)
    result = exp(subtract(one, logaddexp(one, other)))
    return result if work == dtype else active().astype(result, dtype)


def _binomial_of_small_mean(counts: Any, probabilities: Any, seed: Any) -> Any:
    """Return binomial numbers of a mean below 10, by a search for a uniform number among the sums of probabilities."""
    d = active()
    uniform = random_uniform(tuple(d.shape(counts)), "float64", seed)
    odds = divide(probabilities, subtract(1.0, probabilities))
    start = exp(multiply(counts, log1p(multiply(-1.0, probabilities))))
    nothing = multiply(0.0, uniform)

    def step(state: Any, k: Any) -> Any:
        number, rest, probability = state
        rest = subtract(rest, probability)
        number = add(number, active().astype(greater_equal(rest, 0.0), "float64"))
        ratio = multiply(divide(maximum(subtract(counts, k), 0.0), add(k, 1.0)), odds)
        return (number, rest, multiply(probability, ratio)), ()

    places = d.arange(0, _SEARCH_STEPS, 1, "float64")
    (number, _, _), _ = scan(step, (nothing, uniform, start), places, length=_SEARCH_STEPS)
    return minimum(number, counts)


def _binomial_of_large_mean(n: Any, p: Any, seed: Any) -> Any:
    """Return binomial numbers of a mean of at least 10 and a probability of at most 1/2, by transformed rejection."""
    d = active()
    shape = (_BINOMIAL_ATTEMPTS, *d.shape(n))
    first, second = _split(seed, 2)
    odds = log(divide(p, subtract(1.0, p)))
    deviation = sqrt(multiply(n, multiply(p, subtract(1.0, p))))
    b = add(1.15, multiply(2.53, deviation))
    a = add(add(-0.0873, multiply(0.0248, b)), multiply(0.01, p))
    center = add(multiply(n, p), 0.5)
    inner = subtract(0.92, divide(4.2, b))
    alpha = multiply(add(2.83, divide(5.1, b)), deviation)
    mode = floor(multiply(add(n, 1.0), p))
    u = subtract(random_uniform(shape, "float64", first), 0.5)
    v = subtract(1.0, random_uniform(shape, "float64", second))
    distance = maximum(subtract(0.5, absolute(u)), 1e-300)
    k = floor(add(multiply(add(divide(multiply(2.0, a), distance), b), u), center))
    at_once = logical_and(greater_equal(distance, 0.07), less_equal(v, inner))
    possible = logical_and(greater_equal(k, 0.0), less_equal(k, n))
    inside = where(possible, k, mode)
    height = log(divide(multiply(v, alpha), add(divide(a, multiply(distance, distance)), b)))
    best = add(lgamma(add(mode, 1.0)), lgamma(add(subtract(n, mode), 1.0)))
    own = add(lgamma(add(inside, 1.0)), lgamma(add(subtract(n, inside), 1.0)))
    below = less_equal(height, add(subtract(best, own), multiply(subtract(inside, mode), odds)))
    return _first_accepted(inside, logical_and(possible, logical_or(at_once, below)), mode)


def binomial(shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Return how often something happens in a number of trials.

    Args:
        shape: int or tuple of ints.
        counts: number or tensor that broadcasts to the shape: of trials.
        probabilities: number or tensor that broadcasts to the shape, from 0 to 1: that it happens in one trial.
        dtype: float dtype name; None for `floatx`.
        seed: int, `SeedGenerator`, or None.

    Returns:
        Tensor of whole numbers in a float dtype; nan for negative counts and for probabilities that are none.

    Raises:
        ValueError: for another dtype, or parameters that do not fit.

    Source:
        Below a mean of 10 inversion by sequential search, above it Hoermann, 1993, "The generation of binomial random
        variates" (BTRS).

    Example:
        >>> bool(ops.all(keras_core.random.binomial((9,), 4, 0.5, seed=1) <= 4))
        True
    """
    dtype = _float_dtype("binomial", dtype)
    d = active()
    sizes = canonical_shape(shape)
    n = _parameter("binomial", "counts", counts, sizes, "float64")
    p = _parameter("binomial", "probabilities", probabilities, sizes, "float64")
    allowed = logical_and(greater_equal(n, 0.0), logical_and(greater_equal(p, 0.0), less_equal(p, 1.0)))
    n, p = floor(where(allowed, n, 0.0)), where(allowed, p, 0.0)
    turned = greater(p, 0.5)
    rare = where(turned, subtract(1.0, p), p)
    large = greater_equal(multiply(n, rare), 10.0)
    first, second = _split(draw_seed(seed), 2)
    few = _binomial_of_small_mean(n, where(large, 0.0, rare), first)
    many = _binomial_of_large_mean(where(large, n, 40.0), where(large, rare, 0.5), second)
    number = where(large, many, few)
    return d.astype(where(allowed, where(turned, subtract(n, number), number), float("nan")), dtype)
