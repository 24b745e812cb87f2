"""The configuration of a model in a file, and the model that one describes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from keras_core.models.model import Model
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object, sharing_scope
from keras_core.saving.errors import ModelFileError

_NUMBER = "shared_object_id"


def model_config(model: Any) -> dict[str, Any]:
    """Return the configuration of a model. A layer that stands in several places has a number in each of them."""
    with sharing_scope():
        config = serialize_keras_object(model)
    counts = Counter(part[_NUMBER] for part in _dicts(config) if _NUMBER in part)
    for part in _dicts(config):
        if _NUMBER in part and counts[part[_NUMBER]] == 1:
            del part[_NUMBER]
    return config


def without_training(config: Any) -> Any:
    """Take the training configuration out of the configuration of a model and of those inside it."""
    for part in _dicts(config):
        if "class_name" in part:
            part.pop("compile_config", None)
    return config


def with_open_choices(config: Any) -> Any:
    """Leave to the active backend what Keras decided for its own: it writes `jit_compile="auto"` as True or False."""
    for part in _dicts(config):
        compiled = part.get("compile_config") if "class_name" in part else None
        if isinstance(compiled, dict) and "jit_compile" in compiled:
            compiled["jit_compile"] = "auto"
    return config


def model_from_config(config: Any, what: str, safe_mode: bool | None) -> Any:
    """Return the model that a configuration describes, with new weights.

    Args:
        config: the configuration.
        what: whose it is, for errors.
        safe_mode: as of `deserialize_keras_object`.

    Raises:
        ModelFileError: where it describes none, or names what is not known.
    """
    try:
        with sharing_scope():
            model = deserialize_keras_object(config, None, safe_mode, expected=Model)
    except Exception as error:  # of any class in the file, those of users included
        raise ModelFileError(f"{what}: the model cannot be built. {error}") from error
    if not isinstance(model, Model):
        raise ModelFileError(f"{what}: expected the configuration of a model, got that of {type(model).__name__}.")
    return model


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            yield item
            pending += item.values()
        elif isinstance(item, list | tuple):
            pending += item
