"""Configurations of losses, metrics, optimizers and initializers."""

from __future__ import annotations

import json
from typing import Any

from keras_conformance.checks.comparison import Mismatch


def check_configuration(obj: Any) -> None:
    """Check that an object's configuration survives JSON and makes an object with the same one.

    Raises:
        Mismatch: where it does not.
    """
    from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

    data = json.loads(json.dumps(serialize_keras_object(obj)))
    copy = deserialize_keras_object(data)
    if type(copy) is not type(obj):
        raise Mismatch(f"a copy from the configuration is a {type(copy).__name__}, expected a {type(obj).__name__}")
    again = json.loads(json.dumps(serialize_keras_object(copy)))
    if again != data:
        raise Mismatch(f"the configuration of a copy is {again}, expected {data}")
