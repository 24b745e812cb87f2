"""Activation functions."""

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, Final

from keras_core.activations.bounded import (
    glu,
    hard_sigmoid,
    hard_tanh,
    log_sigmoid,
    log_softmax,
    sigmoid,
    softmax,
    softsign,
    sparse_sigmoid,
    sparsemax,
    tanh,
    tanh_shrink,
)
from keras_core.activations.rectifiers import (
    celu,
    elu,
    exponential,
    gelu,
    hard_shrink,
    hard_silu,
    leaky_relu,
    linear,
    mish,
    relu,
    relu6,
    selu,
    silu,
    soft_shrink,
    softplus,
    sparse_plus,
    squareplus,
    threshold,
)
from keras_core.runtime.identifiers import get_by_identifier
from keras_core.runtime.known_objects import Expected, Functions, LayerLike
from keras_core.runtime.registry import get_registered_name
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

swish, hard_swish = silu, hard_silu

_FUNCTIONS: Final = (
    celu,
    elu,
    exponential,
    gelu,
    glu,
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_tanh,
    leaky_relu,
    linear,
    log_sigmoid,
    log_softmax,
    mish,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    soft_shrink,
    softmax,
    softplus,
    softsign,
    sparse_plus,
    sparse_sigmoid,
    sparsemax,
    squareplus,
    tanh,
    tanh_shrink,
    threshold,
)
_NAMES: Final[dict[str, Callable[..., Any]]] = {
    **{function.__name__: function for function in _FUNCTIONS},
    "hard_swish": hard_silu,
    "swish": silu,
}

_SLOT: Final[Expected] = (LayerLike, Functions("activations"))

__all__ = sorted([*_NAMES, "deserialize", "get", "serialize"])


def serialize(activation: Callable[..., Any]) -> Any:
    """Return the configuration of an activation: its name, where it is one of Keras.

    Example:
        >>> keras.activations.serialize(keras.activations.relu)
        'relu'
    """
    if isinstance(activation, FunctionType) and _NAMES.get(get_registered_name(activation)) is activation:
        return activation.__name__
    return serialize_keras_object(activation)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the activation that a configuration describes.

    Args:
        config: the result of `serialize`.
        custom_objects: names and functions that the configuration may name too.
    """
    return get_by_identifier("activation", config, _NAMES, _SLOT, custom_objects)


def get(identifier: Any) -> Any:
    """Return an activation function.

    Args:
        identifier: name (`"relu"`), configuration, or callable `tensor -> tensor`, such as a function or a layer; None
            gives `linear`.

    Raises:
        ValueError: for anything else; for an unknown name, with the names that are near.

    Example:
        >>> keras.activations.get("tanh") is keras.activations.tanh
        True
    """
    return linear if identifier is None else get_by_identifier("activation", identifier, _NAMES, _SLOT)
