"""Learning rates that change over training."""

from collections.abc import Mapping
from typing import Any

from keras_core.optimizers.schedules.decay import CosineDecayRestarts, InverseTimeDecay, PolynomialDecay
from keras_core.optimizers.schedules.schedule import (
    CosineDecay,
    ExponentialDecay,
    LearningRateSchedule,
    PiecewiseConstantDecay,
)
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]


def serialize(learning_rate_schedule: LearningRateSchedule) -> Any:
    """Return the configuration of a schedule.

    Example:
        >>> schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.9)
        >>> keras.optimizers.schedules.serialize(schedule)["class_name"]
        'ExponentialDecay'
    """
    return serialize_keras_object(learning_rate_schedule)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the schedule that a configuration describes.

    Args:
        config: the result of `serialize`.
        custom_objects: names and classes that the configuration may name too.
    """
    return deserialize_keras_object(config, custom_objects, expected=LearningRateSchedule)
