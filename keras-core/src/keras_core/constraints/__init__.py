"""Projections of weights after each update."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from keras_core.constraints.constraint import Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from keras_core.runtime.identifiers import get_by_identifier
from keras_core.runtime.known_objects import Functions
from keras_core.runtime.naming import to_snake_case
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

_CLASSES: Final = (MaxNorm, MinMaxNorm, NonNeg, UnitNorm)
_NAMES: Final[dict[str, type[Constraint]]] = {
    **{cls.__name__: cls for cls in _CLASSES},
    **{to_snake_case(cls.__name__): cls for cls in _CLASSES},
}

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "serialize",
    "unit_norm",
]


def serialize(constraint: Constraint | Callable[..., Any]) -> Any:
    """Return the configuration of a constraint.

    Example:
        >>> keras.constraints.serialize(keras.constraints.NonNeg())["class_name"]
        'NonNeg'
    """
    return serialize_keras_object(constraint)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the constraint that a configuration describes.

    Args:
        config: the result of `serialize`.
        custom_objects: names and classes that the configuration may name too.
    """
    return deserialize_keras_object(config, custom_objects, expected=(Constraint, Functions()))


def get(identifier: Any) -> Any:
    """Return a constraint.

    Args:
        identifier: name (`"max_norm"`), configuration, class, constraint or callable `weights -> weights`; None gives
            None.

    Raises:
        ValueError: for anything else.

    Example:
        >>> keras.constraints.get("max_norm").get_config()
        {'max_value': 2, 'axis': 0}
    """
    return get_by_identifier("constraint", identifier, _NAMES, (Constraint, Functions()))
