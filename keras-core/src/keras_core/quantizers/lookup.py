"""Quantizers by name, and as configurations."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Final

from keras_core.quantizers.config import QuantizationConfig
from keras_core.quantizers.quantizer import AbsMaxQuantizer, Quantizer
from keras_core.runtime.identifiers import get_by_identifier
from keras_core.runtime.known_objects import Functions
from keras_core.runtime.naming import to_snake_case
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

_CLASSES: Final = (AbsMaxQuantizer, Quantizer)
_NAMES: Final[dict[str, type[Quantizer]]] = {
    **{cls.__name__: cls for cls in _CLASSES},
    **{to_snake_case(cls.__name__): cls for cls in _CLASSES},
}


def serialize(initializer: Quantizer | QuantizationConfig) -> Any:
    """Return the configuration of a quantizer.

    Args:
        initializer: the quantizer; the name is that of Keras.

    Example:
        >>> keras.quantizers.serialize(keras.quantizers.AbsMaxQuantizer(axis=0))["config"]["axis"]
        (0,)
    """
    return serialize_keras_object(initializer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the quantizer that a configuration describes.

    Args:
        config: the result of `serialize`.
        custom_objects: names and classes that the configuration may name too.
    """
    return deserialize_keras_object(config, custom_objects, expected=(Quantizer, QuantizationConfig, Functions()))


def get(identifier: Any, **kwargs: Any) -> Any:
    """Return a quantizer.

    Args:
        identifier: name (`"abs_max_quantizer"`), configuration, class, quantizer or function; None gives None.
        **kwargs: arguments of the class that the identifier names.

    Raises:
        ValueError: for anything else, and for arguments where the identifier names no class.

    Example:
        >>> keras.quantizers.get("abs_max_quantizer", axis=0).axis
        (0,)
    """
    cls = _NAMES.get(identifier) if isinstance(identifier, str) else identifier
    if inspect.isclass(cls) and issubclass(cls, Quantizer):
        return cls(**kwargs)
    if kwargs:
        raise ValueError(f"quantizer: expected no arguments {sorted(kwargs)}, since {identifier!r} names no class.")
    return get_by_identifier("quantizer", identifier, _NAMES, (Quantizer, Functions()))
