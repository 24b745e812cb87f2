"""What training makes small."""

from collections.abc import Callable, Mapping
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
from keras_core.losses.loss import Loss, LossFunctionWrapper
from keras_core.losses.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Huber,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)
from keras_core.runtime.identifiers import get_by_identifier
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

_CLASSES: Final = (
    *(BinaryCrossentropy, CategoricalCrossentropy, Huber, MeanAbsoluteError, MeanSquaredError),
    SparseCategoricalCrossentropy,
)
_FUNCTIONS: Final = (
    *(binary_crossentropy, categorical_crossentropy, huber, mean_absolute_error, mean_squared_error),
    sparse_categorical_crossentropy,
)
_NAMES: Final[dict[str, Any]] = {
    **{cls.__name__: cls for cls in _CLASSES},
    **{function.__name__: function for function in _FUNCTIONS},
    **dict.fromkeys(("bce", "BCE"), binary_crossentropy),
    **dict.fromkeys(("mae", "MAE"), mean_absolute_error),
    **dict.fromkeys(("mse", "MSE"), mean_squared_error),
}

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Huber",
    "Loss",
    "LossFunctionWrapper",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "huber",
    "mean_absolute_error",
    "mean_squared_error",
    "serialize",
    "sparse_categorical_crossentropy",
]


def serialize(loss: Loss | Callable[..., Any]) -> Any:
    """Return the configuration of a loss.

    Example:
        >>> keras.losses.serialize(keras.losses.MeanSquaredError())["class_name"]
        'MeanSquaredError'
    """
    return serialize_keras_object(loss)


def deserialize(name: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the loss that a configuration describes.

    Args:
        name: the result of `serialize`.
        custom_objects: names, classes and functions that the configuration may name too.
    """
    return get_by_identifier("loss", name, _NAMES, (Loss, FunctionType), custom_objects)


def get(identifier: Any) -> Any:
    """Return a loss.

    Args:
        identifier: name (`"mse"` gives the function, `"MeanSquaredError"` the object), configuration, class, loss, or
            function `(y_true, y_pred) -> values`; None gives None.

    Raises:
        ValueError: for anything else.

    Example:
        >>> keras.losses.get("mse") is keras.losses.mean_squared_error
        True
    """
    return get_by_identifier("loss", identifier, _NAMES, (Loss, FunctionType))
