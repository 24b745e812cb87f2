"""dtype policies: in which dtype a layer computes and in which it keeps its variables."""

from typing import Any, Final

import numpy as np

from keras_core.ops import cast, convert_to_tensor
from keras_core.runtime import config, dtypes
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.naming import did_you_mean
from keras_core.runtime.table import active

_MIXED: Final = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}


class DTypePolicy:
    """In which dtype a layer computes and in which it keeps its variables.

    Args:
        name: dtype name for both, or `"mixed_float16"`, `"mixed_bfloat16"`: computation in the half float, variables in
            float32. None for the global policy's name.

    Raises:
        ValueError: for any other name.
        TypeError: for something that is no string.

    Source:
        Micikevicius et al., 2017, https://arxiv.org/abs/1710.03740.

    Example:
        >>> policy = keras.DTypePolicy("mixed_bfloat16")
        >>> policy.compute_dtype, policy.variable_dtype
        ('bfloat16', 'float32')
    """

    def __init__(self, name: str | None = None) -> None:
        name = dtype_policy().name if name is None else name
        if not isinstance(name, str):
            raise TypeError(f"DTypePolicy: expected a name, got {name!r} of type {type(name).__name__}.")
        self._name = name
        if name in _MIXED:
            self._compute_dtype, self._variable_dtype = _MIXED[name], "float32"
            return
        try:
            self._compute_dtype = self._variable_dtype = dtypes.standardize_dtype(name)
        except ValueError:
            raise ValueError(
                "DTypePolicy: expected 'mixed_float16', 'mixed_bfloat16' or a dtype name such as 'float32', got "
                f"{name!r}.{did_you_mean(name, (*_MIXED, *dtypes.DTYPES))}"
            ) from None

    @property
    def name(self) -> str:
        """The name of the policy."""
        return self._name

    @property
    def compute_dtype(self) -> str:
        """The dtype name in which the layer computes."""
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype name in which the layer keeps its variables."""
        return self._variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        """The kind of quantization: None."""
        return None

    def convert_input(self, x: Any, autocast: bool, dtype: Any) -> Any:
        """Return an input of a layer as a tensor, floats in the dtype where `autocast` is set.

        Args:
            x: tensor, symbolic tensor, Variable, NumPy array, number; anything else comes back as it is.
            autocast: whether floats are cast.
            dtype: dtype name.
        """
        dtype = dtypes.standardize_dtype(dtype)
        table = active()
        if not isinstance(x, (*table.tensor_types, KerasTensor)):
            if isinstance(x, str | bytes) or not (np.isscalar(x) or hasattr(x, "__array__")):
                return x
            x = convert_to_tensor(x)
        own = x.dtype if isinstance(x, KerasTensor) else table.dtype_names[x.dtype]
        return cast(x, dtype) if autocast and own != dtype and dtypes.is_float(own) else x

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "DTypePolicy":
        """Return a policy from the result of `get_config`."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.name == self.name  # pyright: ignore[reportAttributeAccessIssue]

    def __hash__(self) -> int:
        return hash((type(self), self.name))

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'


class FloatDTypePolicy(DTypePolicy):
    """The same as `DTypePolicy`, under its other name.

    Args:
        name: as of `DTypePolicy`.

    Example:
        >>> keras.dtype_policies.FloatDTypePolicy("float16").compute_dtype
        'float16'
    """


_global_policy: list[DTypePolicy] = []


def dtype_policy() -> DTypePolicy:
    """Return the policy of layers that are given none: `floatx` unless set.

    Example:
        >>> keras.config.dtype_policy()
        <DTypePolicy "float32">
    """
    return _global_policy[0] if _global_policy else DTypePolicy(config.floatx())


def replace_global_policy(policy: DTypePolicy | None) -> None:
    """Set the policy of layers that are given none; None for `floatx`."""
    _global_policy[:] = [] if policy is None else [policy]
