"""Projections of weights after an update."""

from collections.abc import Sequence
from typing import Any

from keras_core import ops
from keras_core.runtime import config

Axis = int | Sequence[int]


class Constraint:
    """A projection: `constraint(weights)` is what the optimizer keeps after an update.

    Subclasses define `__call__`, and `get_config` where they take arguments.

    Example:
        >>> class Halve(keras.constraints.Constraint):
        ...     def __call__(self, w):
        ...         return w / 2
        >>> Halve()(ops.ones(2)).tolist()
        [0.5, 0.5]
    """

    def __call__(self, w: Any) -> Any:
        """Return the projected weights.

        Args:
            w: weights, of any shape.
        """
        raise NotImplementedError(f"{type(self).__name__} has no method __call__(w).")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Constraint":
        """Return a constraint from the result of `get_config`."""
        return cls(**config)


def _lengths(w: Any, axis: Axis) -> Any:
    return ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))


class MaxNorm(Constraint):
    """Shortens vectors that are longer than a bound.

    Args:
        max_value: the largest Euclidean length.
        axis: axis or axes along which a vector lies: 0 for the kernel of `Dense`.

    Example:
        >>> keras.constraints.MaxNorm(1.0)(ops.convert_to_tensor([3.0, 4.0])).round(3)
        array([0.6, 0.8], dtype=float32)
    """

    def __init__(self, max_value: float = 2, axis: Axis = 0) -> None:
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """Return the projected weights."""
        w = ops.convert_to_tensor(w)
        lengths = _lengths(w, self.axis)
        return w * (ops.clip(lengths, 0.0, float(self.max_value)) / (lengths + config.epsilon()))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"max_value": self.max_value, "axis": self.axis}


class MinMaxNorm(Constraint):
    """Brings the lengths of vectors between two bounds, or part of the way.

    Args:
        min_value: the smallest Euclidean length.
        max_value: the largest one.
        rate: how much of the way is gone at each call, 1 for all.
        axis: axis or axes along which a vector lies: 0 for the kernel of `Dense`.

    Example:
        >>> keras.constraints.MinMaxNorm(0.0, 1.0)(ops.convert_to_tensor([3.0, 4.0])).round(3)
        array([0.6, 0.8], dtype=float32)
    """

    def __init__(self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Axis = 0) -> None:
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """Return the projected weights."""
        w = ops.convert_to_tensor(w)
        lengths = _lengths(w, self.axis)
        bounded = ops.clip(lengths, float(self.min_value), float(self.max_value))
        wanted = self.rate * bounded + (1 - self.rate) * lengths
        return w * (wanted / (lengths + config.epsilon()))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"min_value": self.min_value, "max_value": self.max_value, "rate": self.rate, "axis": self.axis}


class NonNeg(Constraint):
    """Sets negative weights to 0.

    Example:
        >>> keras.constraints.NonNeg()(ops.convert_to_tensor([-1.0, 2.0])).tolist()
        [0.0, 2.0]
    """

    def __call__(self, w: Any) -> Any:
        """Return the projected weights."""
        return ops.maximum(ops.convert_to_tensor(w), 0.0)


class UnitNorm(Constraint):
    """Gives vectors the length 1.

    Args:
        axis: axis or axes along which a vector lies: 0 for the kernel of `Dense`.

    Example:
        >>> keras.constraints.UnitNorm()(ops.convert_to_tensor([3.0, 4.0])).round(3)
        array([0.6, 0.8], dtype=float32)
    """

    def __init__(self, axis: Axis = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """Return the projected weights."""
        w = ops.convert_to_tensor(w)
        return w / (_lengths(w, self.axis) + config.epsilon())

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"axis": self.axis}
