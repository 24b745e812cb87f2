"""Dropout of whole channels, and dropout that keeps mean and variance."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from keras_core import ops
from keras_core.layers.arguments import data_format_of
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.regularization.noise import Dropout, RandomLayer, checked_noise_shape, noise_shape_for
from keras_core.ops.random_numbers import normal, uniform

# The value to which large negative inputs of the activation selu go.
_SATURATION = -1.0507009873554805 * 1.6732632423543772


class SpatialDropout(Dropout):
    """Sets whole channels to 0 at random while training; users take `SpatialDropout2D` and the others.

    Source:
        Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2014,
        https://arxiv.org/abs/1411.4280.
    """

    rank: ClassVar[int]

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        """Check the arguments.

        Args:
            rate: probability of 0, from 0 to 1.
            data_format: `"channels_last"`, `"channels_first"`, or None for the default.
            seed: int from which the random numbers come, or None.
            name: name of the layer; made up when None.
            dtype: as of `Layer`.
            **kwargs: as of `Layer`.

        Raises:
            ValueError: for a rate out of range, or an unknown data format.
        """
        super().__init__(rate, seed=seed, name=name, dtype=dtype, **kwargs)
        self.data_format = data_format_of(self, data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _shape_of_decisions(self, inputs: Any) -> tuple[Any, ...]:
        ones = (1,) * self.rank
        return (None, *ones, None) if self.data_format == "channels_last" else (None, None, *ones)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        config = super().get_config()
        del config["noise_shape"], config["trainable"]  # files of Keras have no such keys, and it takes none
        return {**config, "dtype": self.dtype_policy.name, "data_format": self.data_format}


class SpatialDropout1D(SpatialDropout):
    """Sets whole channels of sequences to 0 at random while training, and divides the others by `1 - rate`.

    Args:
        rate: probability of 0, from 0 to 1.
        seed: int from which the random numbers come, or None.
        name: name of the layer; made up when None.
        dtype: as of `Layer`.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for a rate out of range.

    Example:
        >>> keras.layers.SpatialDropout1D(0.5)(np.ones((2, 8, 3))).shape
        (2, 8, 3)
    """

    rank = 1

    def __init__(
        self, rate: float, seed: int | None = None, name: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(rate, "channels_last", seed, name, dtype, **kwargs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        config = super().get_config()
        del config["data_format"]
        return config


class SpatialDropout2D(SpatialDropout):
    """Sets whole channels of images to 0 at random while training. See `SpatialDropout.__init__` for the arguments.

    Example:
        >>> keras.layers.SpatialDropout2D(0.5)(np.ones((2, 8, 8, 3))).shape
        (2, 8, 8, 3)
    """

    rank = 2


class SpatialDropout3D(SpatialDropout):
    """Sets whole channels of volumes to 0 at random while training. See `SpatialDropout.__init__` for the arguments.

    Example:
        >>> keras.layers.SpatialDropout3D(0.5)(np.ones((2, 8, 8, 8, 3))).shape
        (2, 8, 8, 8, 3)
    """

    rank = 3


class RateLayer(RandomLayer):
    """Disturbs its inputs as strongly as dropout of a rate does.

    Args:
        rate: the probability of 0 of that dropout, from 0 to 1. Training needs a rate below 1.
        seed: int from which the random numbers come, or None.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where the rate is out of range.
    """

    rate: float

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed, **kwargs)
        self._set_strength("rate", rate, maximum=1)

    def disturbed(self, inputs: Any) -> Any:
        """Return the inputs, disturbed.

        Raises:
            ValueError: for a rate of 1.
        """
        if self.rate == 1:
            raise ValueError(f"{self.label}: expected a 'rate' below 1 for training, got 1: nothing would be left.")
        return self.disturbed_by_rate(inputs) if self.rate > 0 else inputs

    def disturbed_by_rate(self, inputs: Any) -> Any:
        """Return the inputs, disturbed; the rate is between 0 and 1."""
        raise NotImplementedError(f"{self.label} has no method disturbed_by_rate().")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "rate": self.rate}


class GaussianDropout(RateLayer):
    """Multiplies by normally distributed noise of mean 1 while training.

    Args:
        rate: the noise has the standard deviation `sqrt(rate / (1 - rate))`, that of dropout. Training needs a rate
            below 1.
        seed: int from which the random numbers come, or None.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where the rate is out of range.

    Source:
        Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014.

    Example:
        >>> keras.layers.GaussianDropout(0.5)(np.ones((2,))).tolist()
        [1.0, 1.0]
    """

    def disturbed_by_rate(self, inputs: Any) -> Any:
        """Return the inputs times noise."""
        stddev = math.sqrt(self.rate / (1.0 - self.rate))
        return ops.multiply(inputs, normal(ops.shape(inputs), 1.0, stddev, self.compute_dtype, self.seed_generator))


class AlphaDropout(RateLayer):
    """Sets elements to the saturation of `selu` at random while training, and keeps mean 0 and variance 1.

    Args:
        rate: the probability, from 0 to 1. Training needs a rate below 1.
        noise_shape: shape of the random decisions, broadcast to the inputs, None for sizes of theirs; None for all.
        seed: int from which the random numbers come, or None.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where the rate is out of range.

    Source:
        Klambauer et al., "Self-Normalizing Neural Networks", 2017, https://arxiv.org/abs/1706.02515.

    Example:
        >>> keras.layers.AlphaDropout(0.5)(np.ones((2,))).tolist()
        [1.0, 1.0]
    """

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, seed, **kwargs)
        self.noise_shape = checked_noise_shape(self, noise_shape)

    def disturbed_by_rate(self, inputs: Any) -> Any:
        """Return the inputs, some elements saturated, moved back to mean 0 and variance 1."""
        sizes = ops.shape(inputs)
        given = noise_shape_for(self, inputs) or (None,) * len(sizes)
        shape = tuple(own if size is None else size for own, size in zip(sizes, given, strict=True))
        kept = ops.greater_equal(uniform(shape, dtype="float32", seed=self.seed_generator), self.rate)
        factor = ((1.0 - self.rate) * (1.0 + self.rate * _SATURATION**2)) ** -0.5
        chosen = ops.where(kept, inputs, ops.cast(_SATURATION, inputs.dtype))
        return ops.add(ops.multiply(chosen, factor), -factor * _SATURATION * self.rate)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "noise_shape": self.noise_shape}
