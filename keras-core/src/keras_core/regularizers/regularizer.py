"""Penalties on weights."""

import math
from typing import Any

from keras_core import ops


class Regularizer:
    """A penalty: `regularizer(weights)` is a scalar that is added to the loss.

    Subclasses define `__call__`, and `get_config` where they take arguments.

    Example:
        >>> class Total(keras.regularizers.Regularizer):
        ...     def __call__(self, x):
        ...         return ops.sum(x)
        >>> float(Total()(ops.ones(3)))
        3.0
    """

    def __call__(self, x: Any) -> Any:
        """Return a scalar tensor.

        Args:
            x: weights, of any shape.
        """
        return 0.0

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        raise NotImplementedError(f"{type(self).__name__} has no method get_config(), so it cannot be saved.")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Regularizer":
        """Return a regularizer from the result of `get_config`."""
        return cls(**config)


def _factor(owner: str, name: str, value: Any) -> float:
    number = 0.0 if value is None else value
    if isinstance(number, bool | str) or not math.isfinite(number) or number < 0:
        raise ValueError(f"{owner}: expected {name} to be a non-negative finite float, got {value!r}.")
    return float(number)


class L1L2(Regularizer):
    """`l1 * sum(|x|) + l2 * sum(x ** 2)`.

    Args:
        l1: non-negative float.
        l2: non-negative float.

    Example:
        >>> float(keras.regularizers.L1L2(l1=1.0, l2=1.0)(ops.convert_to_tensor([1.0, -2.0])))
        8.0
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = _factor("L1L2", "l1", l1)
        self.l2 = _factor("L1L2", "l2", l2)

    def __call__(self, x: Any) -> Any:
        """Return the penalty."""
        x = ops.convert_to_tensor(x)
        penalty = ops.zeros((), ops.dtype(x))
        if self.l1:
            penalty = ops.add(penalty, self.l1 * ops.sum(ops.abs(x)))
        if self.l2:
            penalty = ops.add(penalty, self.l2 * ops.sum(ops.square(x)))
        return penalty

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"l1": self.l1, "l2": self.l2}


class L1(Regularizer):
    """`l1 * sum(|x|)`.

    Args:
        l1: non-negative float.

    Example:
        >>> float(keras.regularizers.L1(1.0)(ops.convert_to_tensor([1.0, -2.0])))
        3.0
    """

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = _factor("L1", "l1", 0.01 if l1 is None else l1)

    def __call__(self, x: Any) -> Any:
        """Return the penalty."""
        return self.l1 * ops.sum(ops.abs(x))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"l1": self.l1}


class L2(Regularizer):
    """`l2 * sum(x ** 2)`.

    Args:
        l2: non-negative float.

    Example:
        >>> float(keras.regularizers.L2(1.0)(ops.convert_to_tensor([1.0, -2.0])))
        5.0
    """

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = _factor("L2", "l2", 0.01 if l2 is None else l2)

    def __call__(self, x: Any) -> Any:
        """Return the penalty."""
        return self.l2 * ops.sum(ops.square(x))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"l2": self.l2}


class OrthogonalRegularizer(Regularizer):
    """Mean absolute cosine between different rows or columns of a matrix, times a factor.

    Args:
        factor: float.
        mode: `"rows"` or `"columns"`.

    Raises:
        ValueError: for another mode, or (the call) for weights that are no matrix.

    Example:
        >>> float(keras.regularizers.OrthogonalRegularizer()(ops.eye(3)))
        0.0
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        if mode not in ("rows", "columns"):
            raise ValueError(f"OrthogonalRegularizer: expected mode to be 'rows' or 'columns', got {mode!r}.")
        self.factor = _factor("OrthogonalRegularizer", "factor", factor)
        self.mode = mode

    def __call__(self, inputs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the penalty.

        Args:
            inputs: weights, a matrix.
        """
        if len(inputs.shape) != 2:
            raise ValueError(f"OrthogonalRegularizer: expected a matrix, got weights of shape {tuple(inputs.shape)}.")
        rows = ops.convert_to_tensor(inputs) if self.mode == "rows" else ops.transpose(inputs)
        unit = ops.normalize(rows, axis=1)
        products = ops.matmul(unit, ops.transpose(unit))
        size = rows.shape[0]
        off_diagonal = ops.abs(products) * (1.0 - ops.eye(size, dtype=products.dtype))
        pairs = max(size * (size - 1) / 2, 1.0)
        return self.factor * 0.5 * ops.sum(off_diagonal) / pairs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"factor": self.factor, "mode": self.mode}
