"""First values of weights."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from keras_core.initializers.base import Initializer
from keras_core.initializers.constant import Constant, Identity, IdentityInitializer, Ones, Zeros
from keras_core.initializers.fourier import STFT, STFTInitializer
from keras_core.initializers.random import (
    Orthogonal,
    OrthogonalInitializer,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
    compute_fans,
)
from keras_core.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
)
from keras_core.runtime.identifiers import get_by_identifier
from keras_core.runtime.known_objects import Functions
from keras_core.runtime.naming import to_snake_case
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

_CLASSES: Final = (
    *(Constant, Identity, Ones, Zeros, STFT, Orthogonal, RandomNormal, RandomUniform, TruncatedNormal, VarianceScaling),
    *(GlorotNormal, GlorotUniform, HeNormal, HeUniform, LecunNormal, LecunUniform),
)
_NAMES: Final[dict[str, type[Initializer]]] = {
    **{cls.__name__: cls for cls in _CLASSES},
    **{to_snake_case(cls.__name__): cls for cls in _CLASSES},
    "IdentityInitializer": Identity,
    "OrthogonalInitializer": Orthogonal,
    "STFTInitializer": STFT,
    "normal": RandomNormal,
    "one": Ones,
    "uniform": RandomUniform,
    "zero": Zeros,
}

constant, identity, ones, zeros, orthogonal, stft = Constant, Identity, Ones, Zeros, Orthogonal, STFT
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
variance_scaling = VarianceScaling
glorot_normal, glorot_uniform = GlorotNormal, GlorotUniform
he_normal, he_uniform = HeNormal, HeUniform
lecun_normal, lecun_uniform = LecunNormal, LecunUniform

__all__ = sorted(
    {
        *(cls.__name__ for cls in _CLASSES),
        *(to_snake_case(cls.__name__) for cls in _CLASSES),
        *(
            "IdentityInitializer",
            "Initializer",
            "OrthogonalInitializer",
            "STFTInitializer",
            "deserialize",
            "get",
            "serialize",
        ),
    }
)


def serialize(initializer: Initializer | Callable[..., Any]) -> Any:
    """Return the configuration of an initializer.

    Example:
        >>> keras.initializers.serialize(keras.initializers.Zeros())["class_name"]
        'Zeros'
    """
    return serialize_keras_object(initializer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the initializer that a configuration describes.

    Args:
        config: the result of `serialize`.
        custom_objects: names and classes that the configuration may name too.
    """
    return deserialize_keras_object(config, custom_objects, expected=(Initializer, Functions()))


def get(identifier: Any) -> Any:
    """Return an initializer.

    Args:
        identifier: name (`"glorot_uniform"`, `"GlorotUniform"`), configuration, class, initializer or callable
            `(shape, dtype) -> tensor`; None gives None.

    Raises:
        ValueError: for anything else.

    Example:
        >>> keras.initializers.get("zeros")
        <Zeros>
    """
    if hasattr(identifier, "__array__") and not callable(identifier):
        return Constant(identifier)
    return get_by_identifier("initializer", identifier, _NAMES, (Initializer, Functions()))
