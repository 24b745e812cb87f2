"""Layers as configurations and back."""

from collections.abc import Mapping
from typing import Any

from keras_core.layers.layer import Layer
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object


def serialize(layer: Layer) -> dict[str, Any]:
    """Return the configuration of a layer.

    Args:
        layer: the layer.

    Example:
        >>> keras.layers.serialize(keras.layers.Layer(name="first"))["config"]["name"]
        'first'
    """
    return serialize_keras_object(layer)


def deserialize(
    config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None, safe_mode: bool | None = True
) -> Layer:
    """Return the layer that a configuration describes.

    Args:
        config: result of `serialize`.
        custom_objects: names and classes that the configuration may name too.
        safe_mode: as of `deserialize_keras_object`.

    Raises:
        TypeError: where it describes a class that is not known, or none of a layer.
    """
    return deserialize_keras_object(config, custom_objects, safe_mode, expected=Layer)
