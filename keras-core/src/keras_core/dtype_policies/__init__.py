"""dtype policies: in which dtype layers compute and keep their variables."""

from collections.abc import Mapping
from typing import Any

from keras_core.dtype_policies.named import policy_named, set_dtype_policy
from keras_core.dtype_policies.policy import DTypePolicy, FloatDTypePolicy, dtype_policy
from keras_core.dtype_policies.policy_map import DTypePolicyMap
from keras_core.dtype_policies.quantized import (
    AWQDTypePolicy,
    GPTQDTypePolicy,
    Int4DTypePolicy,
    QuantizedDTypePolicy,
    QuantizedFloat8DTypePolicy,
)
from keras_core.runtime import dtypes
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

__all__ = [
    "AWQDTypePolicy",
    "DTypePolicy",
    "DTypePolicyMap",
    "FloatDTypePolicy",
    "GPTQDTypePolicy",
    "Int4DTypePolicy",
    "QuantizedDTypePolicy",
    "QuantizedFloat8DTypePolicy",
    "deserialize",
    "dtype_policy",
    "get",
    "serialize",
    "set_dtype_policy",
]


def serialize(dtype_policy: DTypePolicy) -> dict[str, Any]:
    """Return the configuration of a policy.

    Example:
        >>> keras.dtype_policies.serialize(keras.DTypePolicy("float32"))["config"]
        {'name': 'float32'}
    """
    return serialize_keras_object(dtype_policy)


def deserialize(config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> DTypePolicy:
    """Return the policy that a configuration describes.

    Args:
        config: the result of `serialize`.
        custom_objects: names and classes that the configuration may name too.
    """
    return deserialize_keras_object(config, custom_objects, expected=DTypePolicy)


def get(identifier: Any) -> DTypePolicy:
    """Return a policy.

    Args:
        identifier: policy, its name, a configuration, a dtype in any form; None for the global policy.

    Raises:
        ValueError: for anything else.

    Example:
        >>> keras.dtype_policies.get("mixed_float16").compute_dtype
        'float16'
    """
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return policy_named(identifier)
    return DTypePolicy(dtypes.standardize_dtype(identifier))
