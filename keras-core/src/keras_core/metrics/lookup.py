"""Metrics by name, and as configurations."""

from collections.abc import Mapping
from typing import Any, Final

from keras_core import metrics
from keras_core.metrics.metric import Metric
from keras_core.runtime.identifiers import Attributes, get_by_identifier
from keras_core.runtime.known_objects import Expected, Functions
from keras_core.runtime.naming import to_snake_case
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

_SHORT: Final = {
    "bce": "BinaryCrossentropy",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "mse": "MeanSquaredError",
    "msle": "MeanSquaredLogarithmicError",
}
_CLASSES: Final = [
    name for name in metrics.__all__ if name[0].isupper() and name not in ("MeanMetricWrapper", "Metric")
]
_NAMES: Final = Attributes(
    "keras_core.metrics",
    {
        **{name: name for name in _CLASSES},
        **{to_snake_case(name): name for name in _CLASSES},
        **_SHORT,
        **{short.upper(): name for short, name in _SHORT.items()},
    },
)
_SLOT: Final[Expected] = (Metric, Functions("metrics"))


def serialize(metric: Any) -> Any:
    """Return the configuration of a metric.

    Example:
        >>> keras.metrics.serialize(keras.metrics.Mean())["class_name"]
        'Mean'
    """
    return serialize_keras_object(metric)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the metric that a configuration describes.

    Args:
        config: the result of `serialize`.
        custom_objects: names, classes and functions that the configuration may name too.
    """
    return deserialize_keras_object(config, custom_objects, expected=_SLOT)


def get(identifier: Any) -> Any:
    """Return a metric.

    Args:
        identifier: name (`"mse"`, `"MeanSquaredError"`), configuration, class, metric, or function
            `(y_true, y_pred) -> values`; None gives None.

    Raises:
        ValueError: for anything else.

    Example:
        >>> keras.metrics.get("mse")
        <MeanSquaredError name=mean_squared_error>
    """
    return get_by_identifier("metric", identifier, _NAMES, _SLOT)
