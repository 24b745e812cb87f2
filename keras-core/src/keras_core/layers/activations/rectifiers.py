"""Rectifiers as layers: `ReLU`, `LeakyReLU`, `PReLU`, `ELU`."""

from __future__ import annotations

import warnings
from typing import Any

from keras_core import activations, constraints, initializers, ops, regularizers
from keras_core.layers.arguments import integer, known_size, number
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.same_shape import SameShape


class ReLU(SameShape):
    """Computes `x` above a threshold, at most `max_value`, else `negative_slope * (x - threshold)`.

    Args:
        max_value: the largest output, None for no bound.
        negative_slope: slope below the threshold.
        threshold: where the line begins.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where one of them is negative or no number.

    Example:
        >>> keras.layers.ReLU(max_value=1.0)(np.array([-1.0, 0.5, 2.0], "float32")).tolist()
        [0.0, 0.5, 1.0]
    """

    _is_activation = True

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.max_value = None if max_value is None else number(self, "max_value", max_value)
        self.negative_slope = number(self, "negative_slope", negative_slope)
        self.threshold = number(self, "threshold", threshold)

    def call(self, inputs: Any) -> Any:
        """Return the activated inputs."""
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }


class LeakyReLU(SameShape):
    """Computes `x`, and `negative_slope * x` where it is negative.

    Args:
        negative_slope: slope of the negative side.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where the slope is negative or no number.

    Source:
        Maas et al., "Rectifier Nonlinearities Improve Neural Network Acoustic Models", 2013.

    Example:
        >>> keras.layers.LeakyReLU(0.5)(np.array([-1.0, 2.0], "float32")).tolist()
        [-0.5, 2.0]
    """

    _is_activation = True

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        if "alpha" in kwargs:
            negative_slope = kwargs.pop("alpha")
            warnings.warn(
                "LeakyReLU: the argument 'alpha' is of older code; use 'negative_slope' instead.", stacklevel=2
            )
        super().__init__(**kwargs)
        self.negative_slope = number(self, "negative_slope", negative_slope)

    def call(self, inputs: Any) -> Any:
        """Return the activated inputs."""
        return ops.leaky_relu(inputs, self.negative_slope)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "negative_slope": self.negative_slope}


class ELU(SameShape):
    """Computes `x`, and `alpha * (exp(x) - 1)` where it is negative.

    Args:
        alpha: the value to which large negative inputs go, without the sign.
        **kwargs: as of `Layer`.

    Source:
        Clevert et al., "Fast and Accurate Deep Network Learning by Exponential Linear Units", 2015,
        https://arxiv.org/abs/1511.07289.

    Example:
        >>> keras.layers.ELU()(np.array([-1.0, 2.0], "float32")).tolist()
        [-0.6321205496788025, 2.0]
    """

    _is_activation = True

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, inputs: Any) -> Any:
        """Return the activated inputs."""
        return ops.elu(inputs, self.alpha)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "alpha": self.alpha}


class PReLU(SameShape):
    """Computes `x`, and `alpha * x` where it is negative; the slopes `alpha` are learned.

    Args:
        alpha_initializer: first value of the slopes, of the shape of a sample, with size 1 at the shared axes.
        alpha_regularizer: penalty on the slopes, or None.
        alpha_constraint: what the optimizer applies to the slopes after an update, or None.
        shared_axes: axis, or list of axes, along which there is one slope; they begin at 1, after that of the batch.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for an axis that is no positive int, or that the inputs do not have.

    Source:
        He et al., "Delving Deep into Rectifiers", 2015, https://arxiv.org/abs/1502.01852.

    Example:
        >>> layer = keras.layers.PReLU(alpha_initializer="ones")
        >>> layer(np.array([[-1.0, 2.0]], "float32")).tolist()
        [[-1.0, 2.0]]
    """

    _is_activation = True

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        axes = shared_axes if isinstance(shared_axes, list | tuple) or shared_axes is None else [shared_axes]
        self.shared_axes = None if axes is None else [integer(self, "shared_axes", axis) for axis in axes]

    def build(self, input_shape: Any) -> None:
        """Make the slopes."""
        rank = len(input_shape)
        shared = self.shared_axes or []
        if max(shared, default=0) >= rank:
            raise ValueError(
                f"{self.label}: expected inputs that have the axes shared_axes={shared}, got the shape "
                f"{tuple(input_shape)}."
            )
        own = [axis for axis in range(1, rank) if axis not in shared]
        sizes = {axis: known_size(self, input_shape, axis) for axis in own}
        self.alpha = self.add_weight(
            tuple(sizes.get(axis, 1) for axis in range(1, rank)),
            self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
            name="alpha",
        )
        self.input_spec = InputSpec(ndim=rank, axes=sizes if shared else {})

    def call(self, inputs: Any) -> Any:
        """Return the activated inputs."""
        return ops.subtract(ops.relu(inputs), ops.multiply(self.alpha, ops.relu(ops.negative(inputs))))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "alpha_initializer": initializers.serialize(self.alpha_initializer),
            "alpha_regularizer": regularizers.serialize(self.alpha_regularizer),
            "alpha_constraint": constraints.serialize(self.alpha_constraint),
            "shared_axes": self.shared_axes,
        }
