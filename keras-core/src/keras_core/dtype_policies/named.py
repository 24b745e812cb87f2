"""dtype policies by their names."""

from typing import Any

from keras_core.dtype_policies.policy import DTypePolicy, replace_global_policy
from keras_core.dtype_policies.quantized import quantized_policy


def policy_named(name: Any) -> DTypePolicy:
    """Return the policy with a name: a dtype, `"mixed_bfloat16"`, `"int8_from_float32"`, `"int4/64_from_float32"`, ...

    Raises:
        ValueError: for a name that is none of a policy.
        TypeError: for something that is no string.
    """
    return (quantized_policy(name) if isinstance(name, str) else None) or DTypePolicy(name)


def set_dtype_policy(policy: DTypePolicy | str | None) -> None:
    """Set the policy of layers that are given none.

    Args:
        policy: policy or its name; None for `floatx`, as at the start.

    Raises:
        ValueError: for a name that is none of a policy.

    Example:
        >>> keras.config.set_dtype_policy("mixed_bfloat16")
        >>> keras.config.dtype_policy().compute_dtype
        'bfloat16'
        >>> keras.config.set_dtype_policy(None)
    """
    replace_global_policy(policy_named(policy) if isinstance(policy, str) else policy)
