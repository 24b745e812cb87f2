"""Penalties on weights, added to the loss."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from keras_core.regularizers.regularizer import L1, L1L2, L2, OrthogonalRegularizer, Regularizer
from keras_core.runtime.identifiers import get_by_identifier
from keras_core.runtime.known_objects import Functions
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

_NAMES: Final[dict[str, type[Regularizer]]] = {
    **{cls.__name__: cls for cls in (L1, L2, L1L2, OrthogonalRegularizer)},
    "l1": L1,
    "l2": L2,
    "l1l2": L1L2,
    "l1_l2": L1L2,
    "orthogonal_regularizer": OrthogonalRegularizer,
}

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "serialize",
]


def serialize(regularizer: Regularizer | Callable[..., Any]) -> Any:
    """Return the configuration of a regularizer.

    Example:
        >>> keras.regularizers.serialize(keras.regularizers.L2(0.5))["config"]
        {'l2': 0.5}
    """
    return serialize_keras_object(regularizer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the regularizer that a configuration describes.

    Args:
        config: the result of `serialize`.
        custom_objects: names and classes that the configuration may name too.
    """
    return deserialize_keras_object(config, custom_objects, expected=(Regularizer, Functions()))


def get(identifier: Any) -> Any:
    """Return a regularizer.

    Args:
        identifier: name (`"l2"`), configuration, class, regularizer or callable `weights -> loss`; None gives None.

    Raises:
        ValueError: for anything else.

    Example:
        >>> keras.regularizers.get("l2").get_config()
        {'l2': 0.01}
    """
    return get_by_identifier("regularizer", identifier, _NAMES, (Regularizer, Functions()))
