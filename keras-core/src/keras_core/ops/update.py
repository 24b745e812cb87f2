"""Updates of lists of variables, as optimizers make them; a backend may fuse each into one kernel.

Buffers of the lists that are returned may be reused by a kernel; the caller assigns the results to the variables.
"""

from typing import Any

from keras_core.ops.update_rules import RULES
from keras_core.runtime.definition import op
from keras_core.runtime.table import active

Tensors = list[Any]


def _cast(scalar: Any, like: Any) -> Any:
    return _cast_to(scalar, active().dtype_of(like))


def _cast_to(x: Any, dtype: str) -> Any:
    d = active()
    return x if d.dtype_of(x) == dtype else d.astype(x, dtype)


@op(tensors=("*variables", "*gradients", "learning_rate"), dtype="keep", differentiable=())
def sgd_update(variables: Tensors, gradients: Tensors, learning_rate: Any) -> Tensors:
    """Return `variable - learning_rate * gradient` for each.

    Args:
        variables: list of tensors.
        gradients: list of tensors of the same shapes and dtypes.
        learning_rate: scalar tensor.

    Example:
        >>> ops.update.sgd_update([ops.ones(2)], [ops.ones(2)], 0.1)
        [array([0.9, 0.9], dtype=float32)]
    """
    d = active()
    return [d.subtract(v, d.multiply(g, _cast(learning_rate, v))) for v, g in zip(variables, gradients, strict=True)]


@op(tensors=("*variables", "*gradients", "*velocities", "learning_rate"), dtype="keep", differentiable=())
def momentum_update(
    variables: Tensors, gradients: Tensors, velocities: Tensors, learning_rate: Any, momentum: float, nesterov: bool
) -> tuple[Tensors, Tensors]:
    """Return variables and velocities after one step with momentum.

    Args:
        variables: list of tensors.
        gradients: list of tensors of the same shapes and dtypes.
        velocities: list of tensors of the same shapes and dtypes.
        learning_rate: scalar tensor.
        momentum: float.
        nesterov: whether the step looks ahead.

    Example:
        >>> ops.update.momentum_update([ops.ones(1)], [ops.ones(1)], [ops.zeros(1)], 0.1, 0.9, False)
        ([array([0.9], dtype=float32)], [array([-0.1], dtype=float32)])
    """
    d = active()
    new_variables: Tensors = []
    new_velocities: Tensors = []
    for variable, gradient, velocity in zip(variables, gradients, velocities, strict=True):
        factor = d.full((), momentum, d.dtype_of(variable))
        step = d.multiply(gradient, _cast(learning_rate, variable))
        velocity = d.subtract(d.multiply(factor, velocity), step)
        moved = d.subtract(d.multiply(factor, velocity), step) if nesterov else velocity
        new_variables.append(d.add(variable, moved))
        new_velocities.append(velocity)
    return new_variables, new_velocities


@op(tensors=("*variables", "*gradients", "*momentums", "*velocities", "learning_rate", "step"), differentiable=())
def adam_update(
    variables: Tensors,
    gradients: Tensors,
    momentums: Tensors,
    velocities: Tensors,
    learning_rate: Any,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    step: Any,
) -> tuple[Tensors, Tensors, Tensors]:
    """Return variables and both moments after one step of Adam.

    Args:
        variables: list of tensors.
        gradients: list of tensors of the same shapes and dtypes.
        momentums: first moments.
        velocities: second moments.
        learning_rate: scalar tensor.
        beta_1: decay of the first moment.
        beta_2: decay of the second moment.
        epsilon: added to the root of the second moment.
        step: scalar tensor: 1, 2, ...

    Source:
        Kingma and Ba, 2014, https://arxiv.org/abs/1412.6980, the form before section 2.1 ends.

    Example:
        >>> one, zero = [ops.ones(1)], [ops.zeros(1)]
        >>> ops.update.adam_update(one, one, zero, zero, 0.1, 0.9, 0.999, 1e-7, 1)[0]
        [array([0.90000033], dtype=float32)]
    """
    d = active()
    results: tuple[Tensors, Tensors, Tensors] = ([], [], [])
    rates: dict[str, Any] = {}
    for variable, gradient, momentum, velocity in zip(variables, gradients, momentums, velocities, strict=True):
        narrow = d.dtype_of(variable)
        # A half float rounds beta_2 to 1, and then nothing would move.
        dtype = "float32" if narrow in ("float16", "bfloat16") else narrow
        value, slope, mean, square = (_cast_to(x, dtype) for x in (variable, gradient, momentum, velocity))
        if dtype not in rates:
            one, count = d.scalar(1.0, dtype), _cast_to(step, dtype)
            bias_1 = d.subtract(one, d.pow(d.scalar(beta_1, dtype), count))
            bias_2 = d.subtract(one, d.pow(d.scalar(beta_2, dtype), count))
            rates[dtype] = d.divide(d.multiply(_cast_to(learning_rate, dtype), d.sqrt(bias_2)), bias_1)
        mean = d.add(mean, d.multiply(d.subtract(slope, mean), d.scalar(1 - beta_1, dtype)))
        change = d.subtract(d.multiply(slope, slope), square)
        square = d.add(square, d.multiply(change, d.scalar(1 - beta_2, dtype)))
        root = d.add(d.sqrt(square), d.scalar(epsilon, dtype))
        value = d.subtract(value, d.divide(d.multiply(mean, rates[dtype]), root))
        for column, result in zip(results, (value, mean, square), strict=True):
            column.append(_cast_to(result, narrow))
    return results


@op(tensors=("*tensors", "*scalars"), differentiable=())
def each_update(
    tensors: Tensors, scalars: Tensors, rule: str, options: tuple[tuple[str, Any], ...], columns: int
) -> tuple[Tensors, ...]:
    """Return variables and their state after one step by a rule of `update_rules`.

    One op for all rules, so that a backend which compiles composites makes one program of a step.

    Args:
        tensors: variables, then their gradients, then each part of the state, one after the other.
        scalars: scalar tensors that the rule takes.
        rule: its name.
        options: pairs of name and value of what else the rule takes.
        columns: how many lists are in `tensors`.

    Returns:
        List of variables, and a list for each part of the state.

    Example:
        >>> tensors = [ops.ones(2), ops.ones(2), ops.zeros(2)]
        >>> ops.update.each_update(tensors, [0.5], "adagrad", (("epsilon", 0.0),), 3)
        ([array([0.5, 0.5], dtype=float32)], [array([1., 1.], dtype=float32)])
    """
    d = active()
    count = len(tensors) // columns
    results: tuple[Tensors, ...] = tuple([] for _ in range(columns - 1))
    for index in range(count):
        row = tensors[index::count]
        narrow = d.dtype_of(row[0])
        dtype = "float32" if narrow in ("float16", "bfloat16") else narrow
        wide = [_cast_to(x, dtype) for x in (*row, *scalars)]
        for column, result in zip(results, RULES[rule](*wide, **dict(options)), strict=True):
            column.append(_cast_to(result, narrow))
    return results
