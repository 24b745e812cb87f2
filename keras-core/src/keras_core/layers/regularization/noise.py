"""Layers that disturb their inputs while training."""

from __future__ import annotations

import math
from typing import Any

from keras_core import ops
from keras_core.layers.arguments import wrong
from keras_core.layers.same_shape import SameShape
from keras_core.ops.random_numbers import SeedGenerator, dropout, normal


class RandomLayer(SameShape):
    """Disturbs its inputs while training, in other runs it returns them; users take the classes below.

    Args:
        seed: int from which the random numbers come, or None.
        **kwargs: as of `Layer`.
    """

    seed_generator: SeedGenerator

    def __init__(self, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed

    def _set_strength(self, name: str, value: Any, maximum: float | None = None) -> None:
        """Take the argument that says how much is disturbed; 0 needs no random numbers."""
        number = value if isinstance(value, int) else float(value) if hasattr(value, "__float__") else math.nan
        if isinstance(value, bool) or not 0 <= number <= (math.inf if maximum is None else maximum):
            what = "a number >= 0" if maximum is None else f"a number from 0 to {maximum}"
            raise wrong(self, name, what, value)
        setattr(self, name, number)
        if number > 0:
            self.seed_generator = SeedGenerator(self.seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the inputs, disturbed if training.

        Args:
            inputs: tensor.
            training: whether to disturb.
        """
        return self.disturbed(inputs) if training else inputs

    def disturbed(self, inputs: Any) -> Any:
        """Return the inputs, disturbed."""
        raise NotImplementedError(f"{self.label} has no method disturbed().")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "seed": self.seed}


def checked_noise_shape(layer: Any, value: Any) -> tuple[Any, ...] | None:
    """Return the argument `noise_shape` as a tuple.

    Raises:
        ValueError: for anything but None, a list or a tuple.
    """
    if value is not None and not isinstance(value, list | tuple):
        raise wrong(layer, "noise_shape", "a tuple of ints and None", value)
    return None if value is None else tuple(value)


def noise_shape_for(layer: Any, inputs: Any) -> tuple[Any, ...] | None:
    """Return the shape of a layer's random decisions.

    Raises:
        ValueError: where it has another rank than the inputs.
    """
    shape = layer.noise_shape
    if shape is not None and len(shape) != inputs.ndim:
        raise ValueError(
            f"{layer.label}: expected 'noise_shape' to have the {inputs.ndim} axes of the inputs, got {shape}."
        )
    return shape


class Dropout(RandomLayer):
    """Sets elements to 0 at random while training, and divides the others by `1 - rate`.

    Args:
        rate: probability of 0, from 0 to 1.
        noise_shape: shape of the random decisions, broadcast to the inputs, None for sizes of theirs; None for all.
        seed: int from which the random numbers come, or None.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where the rate is out of range.

    Source:
        Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014.

    Example:
        >>> keras.layers.Dropout(0.5)(np.ones((2,))).tolist()
        [1.0, 1.0]
    """

    rate: float

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed, **kwargs)
        self._set_strength("rate", rate, maximum=1)
        self.noise_shape = checked_noise_shape(self, noise_shape)

    def disturbed(self, inputs: Any) -> Any:
        """Return the inputs, some elements 0."""
        if self.rate == 0:
            return inputs
        if self.rate == 1:
            return ops.zeros_like(inputs)
        return dropout(inputs, self.rate, self._shape_of_decisions(inputs), self.seed_generator)

    def _shape_of_decisions(self, inputs: Any) -> tuple[Any, ...] | None:
        return noise_shape_for(self, inputs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "rate": self.rate, "noise_shape": self.noise_shape}


class GaussianNoise(RandomLayer):
    """Adds normally distributed noise while training.

    Args:
        stddev: standard deviation of the noise.
        seed: int from which the random numbers come, or None.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where the standard deviation is negative.

    Example:
        >>> keras.layers.GaussianNoise(0.1)(np.ones((2,))).tolist()
        [1.0, 1.0]
    """

    stddev: float

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed, **kwargs)
        self._set_strength("stddev", stddev)

    def disturbed(self, inputs: Any) -> Any:
        """Return the inputs with noise."""
        if self.stddev == 0:
            return inputs
        noise = normal(ops.shape(inputs), 0.0, self.stddev, self.compute_dtype, self.seed_generator)
        return ops.add(inputs, noise)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "stddev": self.stddev}
