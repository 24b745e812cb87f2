"""Losses by name, and as configurations."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from keras_core import losses
from keras_core.losses.loss import Loss
from keras_core.runtime.identifiers import Attributes, get_by_identifier
from keras_core.runtime.known_objects import Expected, Functions
from keras_core.runtime.serialization import serialize_keras_object

_SHORT: Final = {
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "mse": "mean_squared_error",
    "msle": "mean_squared_logarithmic_error",
}
_NO_LOSSES: Final = ("Loss", "LossFunctionWrapper", "deserialize", "get", "serialize")
_NAMES: Final = Attributes(
    "keras_core.losses",
    {
        **{name: name for name in losses.__all__ if name not in _NO_LOSSES},
        **_SHORT,
        **{short.upper(): name for short, name in _SHORT.items()},
    },
)
_SLOT: Final[Expected] = (Loss, Functions("losses"))


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
    return get_by_identifier("loss", name, _NAMES, _SLOT, custom_objects)


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
    return get_by_identifier("loss", identifier, _NAMES, _SLOT)
