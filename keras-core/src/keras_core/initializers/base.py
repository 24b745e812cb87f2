"""`Initializer`, and the base of those that work on the host."""

from abc import ABC, abstractmethod
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from keras_core.runtime import config, dtypes
from keras_core.runtime.table import active, host_dtype

DrawsIn: TypeAlias = Literal["float32", "float64"]
_WIDE: Final = ("float64", "complex128")


class Initializer:
    """First values of weights: `initializer(shape, dtype)`.

    Subclasses define `__call__`, and `get_config` where they take arguments.

    Example:
        >>> class Halves(keras.initializers.Initializer):
        ...     def __call__(self, shape, dtype=None):
        ...         return ops.full(shape, 0.5, dtype)
        >>> float(Halves()((), "float32"))
        0.5
    """

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """Return a tensor.

        Args:
            shape: tuple of ints.
            dtype: dtype name; None for `floatx`.
        """
        raise NotImplementedError(f"{type(self).__name__} has no method __call__(shape, dtype=None).")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Initializer":
        """Return an initializer from the result of `get_config`."""
        return cls(**config)

    def clone(self) -> "Initializer":
        """Return one of the same configuration; one without a seed draws a new one."""
        return type(self).from_config(self.get_config())

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items())
        return f"<{type(self).__name__}{' ' if arguments else ''}{arguments}>"


class HostInitializer(Initializer, ABC):
    """An initializer whose values come from NumPy, so that they are the same on every backend."""

    # Nobody else holds the tensor that a call returns, so a variable may keep it, also where tensors are arrays.
    _gives_away = True

    @abstractmethod
    def values(self, shape: tuple[int, ...], draws: DrawsIn) -> np.ndarray:
        """Return the values in any NumPy dtype, before they are cast, in an array that nobody else holds.

        Args:
            shape: sizes.
            draws: the dtype of the random numbers that are drawn: no wider than the weights need, which takes half of
                the time.
        """

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """Return a tensor of the active backend.

        Args:
            shape: tuple of ints.
            dtype: dtype name; None for `floatx`.
        """
        sizes = tuple(shape)
        name = config.floatx() if dtype is None else dtypes.standardize_dtype(dtype)
        # The root: while a model is only described, weights are made all the same.
        table = active().root
        values = self.values(sizes, "float64" if name in _WIDE else "float32")
        return table.adopt(np.asarray(values, host_dtype(name), order="C"), name)
