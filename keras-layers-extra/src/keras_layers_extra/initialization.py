"""Several first values from one initializer."""

from typing import Any

from keras_core import ops


def copies(initializer: Any, count: int) -> list[Any]:
    """Return initializers of one distribution that draw different values, where it draws at all.

    An initializer with a seed gives the same values at each call; the copies have the seeds that follow.

    Args:
        initializer: an initializer or a function `(shape, dtype) -> tensor`.
        count: how many.

    Example:
        >>> from keras_layers_extra.initialization import copies
        >>> copies(keras.initializers.RandomNormal(seed=1), 2)[1].seed
        2
    """
    config = initializer.get_config() if hasattr(initializer, "get_config") else {}
    if "seed" not in config or not isinstance(config["seed"], int | None):
        return [initializer] * count
    cls, seed = type(initializer), config["seed"]
    return [cls.from_config({**config, "seed": None if seed is None else seed + position}) for position in range(count)]


def stacked(initializers: list[Any]) -> Any:
    """Return an initializer of a stack of tensors, each with first values of its own.

    Drawn as one tensor, matrices would have the deviation of a convolution, whose leading axes count as inputs.

    Args:
        initializers: one a tensor of the stack.
    """

    def stack(shape: Any, dtype: Any = None) -> Any:
        return ops.stack([draw(tuple(shape[1:]), dtype=dtype) for draw in initializers])

    return stack
