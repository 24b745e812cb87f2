"""What an optimizer does to one variable: a pure function for each, which `ops.update.each_update` applies to lists.

A rule takes a variable, its gradient and its state, all of one dtype, then scalars of that dtype that change from step
to step, and by name the numbers that do not. It returns the new variable and its new state.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from keras_core.ops.elementwise import clip, rsqrt, square, where
from keras_core.ops.elementwise_binary import maximum, power
from keras_core.ops.elementwise_unary import absolute, sign, sqrt
from keras_core.ops.products import matmul
from keras_core.ops.reduction import mean
from keras_core.ops.reduction import sum as sum_
from keras_core.ops.shaping import expand_dims, swapaxes

Tensors = tuple[Any, ...]


def _moved(average: Any, value: Any, keep: float) -> Any:
    # Not `keep * average + (1 - keep) * value`, so that an average of equal values is that value.
    return average + (value - average) * (1 - keep)


def adadelta(
    variable: Any, gradient: Any, squares: Any, changes: Any, rate: Any, *, rho: float, epsilon: float
) -> Tensors:
    """Zeiler, 2012, https://arxiv.org/abs/1212.5701."""
    squares = _moved(squares, square(gradient), rho)
    change = gradient * sqrt(changes + epsilon) * rsqrt(squares + epsilon)
    return variable - rate * change, squares, _moved(changes, square(change), rho)


def adafactor(
    variable: Any,
    gradient: Any,
    *rest: Any,
    epsilon_1: float,
    epsilon_2: float,
    clip_threshold: float,
) -> Tensors:
    """Shazeer and Stern, 2018, https://arxiv.org/abs/1804.04235, algorithm 4; with one average not factored."""
    *averages, rate, keep = rest
    squares = square(gradient) + epsilon_1
    if len(averages) == 1:
        state: Tensors = (_kept(averages[0], squares, keep),)
    else:
        rows = _kept(averages[0], mean(squares, -1), keep)
        columns = _kept(averages[1], mean(squares, -2), keep)
        shares = rows / mean(rows, -1, keepdims=True)
        state = (rows, columns, expand_dims(shares, -1) * expand_dims(columns, -2))
    change = gradient * rsqrt(state[-1])
    change = change / maximum(_root_mean_square(change) / clip_threshold, 1.0)
    return variable - rate * maximum(_root_mean_square(variable), epsilon_2) * change, *state


def _kept(average: Any, value: Any, keep: Any) -> Any:
    return average * keep + value * (1 - keep)


def _root_mean_square(x: Any) -> Any:
    return sqrt(mean(square(x)))


def adagrad(variable: Any, gradient: Any, squares: Any, rate: Any, *, epsilon: float) -> Tensors:
    """Duchi et al., 2011, https://jmlr.org/papers/v12/duchi11a.html."""
    squares = squares + square(gradient)
    return variable - rate * gradient * rsqrt(squares + epsilon), squares


def adamax(
    variable: Any,
    gradient: Any,
    momentum: Any,
    norm: Any,
    rate: Any,
    *,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> Tensors:
    """Kingma and Ba, 2014, https://arxiv.org/abs/1412.6980, algorithm 2; `rate` is corrected for the first steps."""
    momentum = _moved(momentum, gradient, beta_1)
    norm = maximum(norm * beta_2, absolute(gradient))
    return variable - rate * momentum / (norm + epsilon), momentum, norm


def amsgrad(
    variable: Any,
    gradient: Any,
    momentum: Any,
    velocity: Any,
    largest: Any,
    rate: Any,
    *,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> Tensors:
    """Reddi et al., 2018, https://openreview.net/forum?id=ryQu7f-RZ; `rate` is corrected for the first steps."""
    momentum = _moved(momentum, gradient, beta_1)
    velocity = _moved(velocity, square(gradient), beta_2)
    largest = maximum(largest, velocity)
    return variable - rate * momentum / (sqrt(largest) + epsilon), momentum, velocity, largest


def ftrl(
    variable: Any,
    gradient: Any,
    squares: Any,
    linear: Any,
    rate: Any,
    *,
    learning_rate_power: float,
    l1: float,
    l2: float,
    l2_shrinkage: float,
    beta: float,
) -> Tensors:
    """McMahan et al., 2013, https://research.google.com/pubs/archive/41159.pdf."""
    more = squares + square(gradient)
    before, after = (power(total, -learning_rate_power) for total in (squares, more))
    linear = linear + gradient + variable * (2 * l2_shrinkage) - (after - before) / rate * variable
    quadratic = (after + beta) / rate + 2 * l2
    return (clip(linear, -l1, l1) - linear) / quadratic, more, linear


def lamb(
    variable: Any,
    gradient: Any,
    momentum: Any,
    velocity: Any,
    rate: Any,
    correction_1: Any,
    correction_2: Any,
    *,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> Tensors:
    """You et al., 2019, https://arxiv.org/abs/1904.00962."""
    momentum = _moved(momentum, gradient, beta_1)
    velocity = _moved(velocity, square(gradient), beta_2)
    change = momentum / correction_1 / (sqrt(velocity / correction_2) + epsilon)
    length, norm = sqrt(sum_(square(variable))), sqrt(sum_(square(change)))
    ratio = length / where(norm > 0, norm, length)
    trust = where(length > 0, ratio, 1.0)
    return variable - rate * trust * change, momentum, velocity


def lion(variable: Any, gradient: Any, momentum: Any, rate: Any, *, beta_1: float, beta_2: float) -> Tensors:
    """Chen et al., 2023, https://arxiv.org/abs/2302.06675."""
    change = sign(momentum * beta_1 + gradient * (1 - beta_1))
    return variable - rate * change, _moved(momentum, gradient, beta_2)


def muon(
    variable: Any,
    gradient: Any,
    velocity: Any,
    rate: Any,
    *,
    momentum: float,
    nesterov: bool,
    coefficients: tuple[float, float, float],
    steps: int,
    size: float | None,
) -> Tensors:
    """Jordan et al., 2024, https://kellerjordan.github.io/posts/muon/; `size` is the root mean square of a step."""
    velocity = velocity * momentum + gradient
    change = gradient + velocity * momentum if nesterov else velocity
    change = orthogonalized(change, coefficients, steps)
    if size is not None:
        change = change * (max(variable.shape) ** 0.5 * size)
    return variable - rate * change, velocity


def orthogonalized(x: Any, coefficients: tuple[float, float, float], steps: int) -> Any:
    """Return matrices with the singular vectors of given ones, and singular values of about 1.

    By an odd polynomial of fifth degree, the iteration of Newton and Schulz, which needs products of matrices only.

    Args:
        x: tensor of shape (..., rows, columns).
        coefficients: of the polynomial, from the first degree to the fifth.
        steps: how often it is applied.
    """
    first, third, fifth = coefficients
    is_tall = x.shape[-2] > x.shape[-1]
    x = swapaxes(x, -1, -2) if is_tall else x
    x = x / (sqrt(sum_(square(x), (-2, -1), keepdims=True)) + 1e-7)
    for _ in range(steps):
        gram = matmul(x, swapaxes(x, -1, -2))
        x = x * first + matmul(gram * third + matmul(gram, gram) * fifth, x)
    return swapaxes(x, -1, -2) if is_tall else x


def nadam(
    variable: Any,
    gradient: Any,
    momentum: Any,
    velocity: Any,
    share: Any,
    ahead: Any,
    correction: Any,
    *,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> Tensors:
    """Dozat, 2016, https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ; the shares hold the learning rate."""
    momentum = _moved(momentum, gradient, beta_1)
    velocity = _moved(velocity, square(gradient), beta_2)
    change = (momentum * ahead + gradient * share) / (sqrt(velocity / correction) + epsilon)
    return variable - change, momentum, velocity


def rmsprop(
    variable: Any,
    gradient: Any,
    velocity: Any,
    *rest: Any,
    rho: float,
    momentum: float,
    epsilon: float,
    centered: bool,
) -> Tensors:
    """Hinton, 2012, lecture 6e of "Neural Networks for Machine Learning"."""
    *more, rate = rest
    velocity = _kept(velocity, square(gradient), rho)
    scale, state = velocity, [velocity]
    average = _kept(more[-1], gradient, rho) if centered else None
    if average is not None:
        scale = scale - square(average)
    change = rate * gradient * rsqrt(scale + epsilon)
    if momentum:
        change = more[0] * momentum + change
        state.append(change)
    if average is not None:
        state.append(average)
    return variable - change, *state


def schedule_free_adam(
    variable: Any,
    gradient: Any,
    point: Any,
    velocity: Any,
    rate: Any,
    share: Any,
    correction: Any,
    *,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> Tensors:
    """Defazio et al., 2024, https://arxiv.org/abs/2405.15682; the variable is the point between average and `point`."""
    velocity = _moved(velocity, square(gradient), beta_2)
    average = (variable - point * (1 - beta_1)) / beta_1
    point = point - rate * gradient / (sqrt(velocity / correction) + epsilon)
    average = average + (point - average) * share
    return average * beta_1 + point * (1 - beta_1), point, velocity


RULES: Final[Mapping[str, Callable[..., Tensors]]] = MappingProxyType(
    {
        rule.__name__: rule
        for rule in (
            *(adadelta, adafactor, adagrad, adamax, amsgrad, ftrl, lamb, lion, muon, nadam, rmsprop),
            schedule_free_adam,
        )
    }
)
"""Name -> rule."""
