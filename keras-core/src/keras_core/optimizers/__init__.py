"""How gradients change variables."""

from collections.abc import Mapping
from typing import Any, Final

from keras_core.optimizers import schedules
from keras_core.optimizers.adadelta import Adadelta
from keras_core.optimizers.adafactor import Adafactor
from keras_core.optimizers.adagrad import Adagrad
from keras_core.optimizers.adam import Adam, AdamW
from keras_core.optimizers.adamax import Adamax
from keras_core.optimizers.ftrl import Ftrl
from keras_core.optimizers.lamb import Lamb
from keras_core.optimizers.lion import Lion
from keras_core.optimizers.loss_scale import LossScaleOptimizer
from keras_core.optimizers.muon import Muon
from keras_core.optimizers.nadam import Nadam
from keras_core.optimizers.optimizer import Optimizer
from keras_core.optimizers.rmsprop import RMSprop
from keras_core.optimizers.schedule_free import ScheduleFreeAdamW
from keras_core.optimizers.several import MultiOptimizer, OptimizerMap
from keras_core.optimizers.sgd import SGD
from keras_core.runtime.identifiers import get_by_identifier
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

_CLASSES: Final = (
    *(Adadelta, Adafactor, Adagrad, Adam, AdamW, Adamax, Ftrl, Lamb, Lion, Muon, Nadam, RMSprop, SGD),
    ScheduleFreeAdamW,
)
_NAMES: Final[dict[str, type[Optimizer]]] = {
    **{cls.__name__: cls for cls in _CLASSES},
    **{cls.__name__.lower(): cls for cls in _CLASSES},
}

__all__ = [
    *("SGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion"),
    *("LossScaleOptimizer", "MultiOptimizer", "Muon", "Nadam", "Optimizer", "OptimizerMap", "RMSprop"),
    *("ScheduleFreeAdamW", "deserialize", "get", "schedules", "serialize"),
]


def serialize(optimizer: Optimizer) -> Any:
    """Return the configuration of an optimizer.

    Example:
        >>> keras.optimizers.serialize(keras.optimizers.SGD())["class_name"]
        'SGD'
    """
    return serialize_keras_object(optimizer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the optimizer that a configuration describes.

    Args:
        config: the result of `serialize`.
        custom_objects: names and classes that the configuration may name too.
    """
    return deserialize_keras_object(config, custom_objects, expected=Optimizer)


def get(identifier: Any) -> Any:
    """Return an optimizer.

    Args:
        identifier: name in any case (`"adam"`), configuration, class or optimizer; None gives None.

    Raises:
        ValueError: for anything else.

    Example:
        >>> type(keras.optimizers.get("adamw")).__name__
        'AdamW'
    """
    if isinstance(identifier, Optimizer):
        return identifier
    name = identifier
    if isinstance(identifier, str) and identifier.lower() in _NAMES:
        name = identifier.lower()
    found = get_by_identifier("optimizer", name, _NAMES, Optimizer)
    if found is not None and not isinstance(found, Optimizer) and not hasattr(found, "apply"):
        raise ValueError(f"optimizer: expected a name, configuration or optimizer, got {identifier!r}.")
    return found
