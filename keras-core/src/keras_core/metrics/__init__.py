"""Numbers that are followed over batches."""

from collections.abc import Mapping
from types import FunctionType
from typing import Any, Final

from keras_core.losses.functions import (
    binary_crossentropy,
    categorical_crossentropy,
    huber,
    mean_absolute_error,
    mean_squared_error,
    sparse_categorical_crossentropy,
)
from keras_core.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
)
from keras_core.metrics.accuracy_functions import (
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from keras_core.metrics.metric import Metric
from keras_core.metrics.reduction import Mean, MeanMetricWrapper, Sum
from keras_core.metrics.regression import MeanAbsoluteError, MeanSquaredError
from keras_core.runtime.identifiers import get_by_identifier
from keras_core.runtime.naming import to_snake_case
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

_CLASSES: Final = (
    *(Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy, SparseTopKCategoricalAccuracy),
    *(TopKCategoricalAccuracy, Mean, Sum, MeanAbsoluteError, MeanSquaredError),
)
_NAMES: Final[dict[str, Any]] = {
    **{cls.__name__: cls for cls in _CLASSES},
    **{to_snake_case(cls.__name__): cls for cls in _CLASSES},
    **dict.fromkeys(("mae", "MAE"), MeanAbsoluteError),
    **dict.fromkeys(("mse", "MSE"), MeanSquaredError),
}

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "Mean",
    "MeanAbsoluteError",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "Metric",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "Sum",
    "TopKCategoricalAccuracy",
    "binary_accuracy",
    "binary_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "huber",
    "mean_absolute_error",
    "mean_squared_error",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


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
    return deserialize_keras_object(config, custom_objects, expected=(Metric, FunctionType))


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
    return get_by_identifier("metric", identifier, _NAMES, (Metric, FunctionType))
