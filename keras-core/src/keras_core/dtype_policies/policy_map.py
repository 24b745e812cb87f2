"""`DTypePolicyMap`: another policy for layers of other paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from keras_core.dtype_policies.named import policy_named
from keras_core.dtype_policies.policy import DTypePolicy, dtype_policy
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object


class DTypePolicyMap(DTypePolicy, MutableMapping):
    """Gives each layer the policy of its path; a layer whose path is not in it gets the default.

    A layer follows the default until it is built, since its path is not known before.

    Args:
        default_policy: policy or its name; None for the global policy at each look-up.
        policy_map: path, or regular expression of whole paths -> policy or its name.

    Raises:
        TypeError: for something else than a dict, or for a key that is no string.
        ValueError: for something that is no policy.

    Example:
        >>> policies = keras.dtype_policies.DTypePolicyMap("float32", {"decoder/.*": "mixed_bfloat16"})
        >>> policies["decoder/dense"].compute_dtype, policies["encoder/dense"].compute_dtype
        ('bfloat16', 'float32')
    """

    def __init__(self, default_policy: Any = None, policy_map: Mapping[str, Any] | None = None) -> None:
        if policy_map is not None and not isinstance(policy_map, Mapping):
            raise TypeError(
                f"DTypePolicyMap: expected policy_map to be a dict, got {policy_map!r} of type "
                f"{type(policy_map).__name__}."
            )
        self._default_policy = (
            default_policy if isinstance(default_policy, DTypePolicy | None) else _policy(default_policy)
        )
        self._policies: dict[str, DTypePolicy] = {}
        for key, policy in (policy_map or {}).items():
            self[key] = policy

    # as a policy: what the default is

    @property
    def default_policy(self) -> DTypePolicy:
        """The policy of layers whose path is not in the map."""
        return dtype_policy() if self._default_policy is None else self._default_policy

    @property
    def name(self) -> str:
        """`"map_"` and the name of the default policy."""
        return f"map_{self.default_policy.name}"

    @property
    def compute_dtype(self) -> str:
        """The dtype name in which layers of the default policy compute."""
        return self.default_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype name in which layers of the default policy keep their variables."""
        return self.default_policy.variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        """The kind of quantization of the default policy."""
        return self.default_policy.quantization_mode

    # as a dict

    def __getitem__(self, key: str) -> DTypePolicy:
        if key in self._policies:
            return self._policies[key]
        found = [pattern for pattern in self._policies if re.fullmatch(pattern, key)]
        if len(found) > 1:
            raise ValueError(f"DTypePolicyMap: expected one pattern that fits the path {key!r}, found {found}.")
        return self._policies[found[0]] if found else self.default_policy

    def __setitem__(self, key: str, policy: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(f"DTypePolicyMap: expected a path or pattern as key, got {key!r}.")
        if key in self._policies:
            raise ValueError(f"DTypePolicyMap: {key!r} has the policy {self._policies[key]} already; delete it before.")
        try:
            re.compile(key)
        except re.error as error:
            raise ValueError(f"DTypePolicyMap: expected a regular expression as key, got {key!r}: {error}.") from None
        self._policies[key] = _policy(policy)

    def __delitem__(self, key: str) -> None:
        del self._policies[key]

    def __contains__(self, key: object) -> bool:
        return key in self._policies

    def pop(self, key: str, *default: Any) -> Any:
        """Remove a path and return its policy.

        Args:
            key: path or pattern.
            *default: what is returned where there is no such key.

        Raises:
            KeyError: where there is no such key and no default.
        """
        return self._policies.pop(key, *default)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the policy of a path, the default policy where it is not in the map.

        Args:
            key: path.
            default: kept for the interface of dicts; the map has a policy for each path.
        """
        return self[key]

    def __len__(self) -> int:
        return len(self._policies)

    def __iter__(self) -> Iterator[str]:
        return iter(self._policies)

    # as data

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            "default_policy": None if self._default_policy is None else _written(self._default_policy),
            "policy_map": {key: serialize_keras_object(policy) for key, policy in self._policies.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> DTypePolicyMap:
        """Return a map from the result of `get_config`.

        Args:
            config: result of `get_config`.
            custom_objects: names and classes that it may name too.
        """

        def read(value: Any) -> Any:
            return (
                deserialize_keras_object(value, custom_objects, expected=DTypePolicy)
                if isinstance(value, dict)
                else value
            )

        policies = {key: read(value) for key, value in (config.get("policy_map") or {}).items()}
        return cls(read(config.get("default_policy")), policies)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash((type(self), self._default_policy, tuple(self._policies)))

    def __repr__(self) -> str:
        mapping = [(key, policy.name) for key, policy in self._policies.items()]
        return f"<DTypePolicyMap default_policy={self.default_policy.name}, mapping={mapping}>"


def _policy(value: Any) -> DTypePolicy:
    if isinstance(value, DTypePolicy):
        return value
    if isinstance(value, dict):
        return deserialize_keras_object(value, expected=DTypePolicy)
    if value is None:
        raise ValueError("DTypePolicyMap: expected a policy or its name, got None.")
    return policy_named(value)


def _written(policy: DTypePolicy) -> Any:
    """Return the name of a policy that its name describes, else its configuration."""
    return policy.name if type(policy) is DTypePolicy else serialize_keras_object(policy)
