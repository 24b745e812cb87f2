"""Initializers that draw nothing."""

from typing import Any

import numpy as np

from keras_core.initializers.base import DrawsIn, HostInitializer
from keras_core.runtime.known_objects import DATA
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object


class Zeros(HostInitializer):
    """Zeros.

    Example:
        >>> keras.initializers.Zeros()((2,)).tolist()
        [0.0, 0.0]
    """

    def values(self, shape: tuple[int, ...], draws: DrawsIn) -> np.ndarray:
        """Return zeros."""
        return np.zeros(shape, "float32")


class Ones(HostInitializer):
    """Ones.

    Example:
        >>> keras.initializers.Ones()((2,)).tolist()
        [1.0, 1.0]
    """

    def values(self, shape: tuple[int, ...], draws: DrawsIn) -> np.ndarray:
        """Return ones."""
        return np.ones(shape, "float32")


class Constant(HostInitializer):
    """A given value.

    Args:
        value: number, or an array that broadcasts to the shape.

    Example:
        >>> keras.initializers.Constant(3.0)((2,)).tolist()
        [3.0, 3.0]
    """

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def values(self, shape: tuple[int, ...], draws: DrawsIn) -> np.ndarray:
        """Return the value, broadcast."""
        return np.array(np.broadcast_to(np.asarray(self.value), shape))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"value": serialize_keras_object(self.value)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Constant":
        """Return an initializer from the result of `get_config`."""
        return cls(deserialize_keras_object(config["value"], expected=DATA))


class Identity(HostInitializer):
    """The identity matrix, scaled.

    Args:
        gain: float, the value on the diagonal.

    Raises:
        ValueError: (the call) for a shape that is no matrix.

    Example:
        >>> keras.initializers.Identity(2.0)((2, 3)).tolist()
        [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]]
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def values(self, shape: tuple[int, ...], draws: DrawsIn) -> np.ndarray:
        """Return the matrix."""
        if len(shape) != 2:
            raise ValueError(f"Identity: expected the shape of a matrix, got {shape} of rank {len(shape)}.")
        return self.gain * np.eye(*shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"gain": self.gain}


IdentityInitializer = Identity
