"""Quantizers: from floats to integers and their scale."""

from __future__ import annotations

from typing import Any

from keras_core.quantizers.integers import abs_max_quantize
from keras_core.runtime.dtypes import standardize_dtype


class Quantizer:
    """What turns a tensor into integers. This one returns the tensor as it is; subclasses write `__call__`.

    Args:
        output_dtype: dtype of the integers.

    Example:
        >>> keras.Quantizer()(1.5)
        1.5
    """

    def __init__(self, output_dtype: Any = "int8") -> None:
        self.output_dtype = standardize_dtype(output_dtype)

    def __call__(self, x: Any) -> Any:
        """Return the integers, and their scale, of a tensor."""
        return x

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor.

        Raises:
            NotImplementedError: in a subclass that does not write it.
        """
        raise NotImplementedError(
            f"{type(self).__name__}: write get_config(), which returns the arguments of __init__() as a dict."
        )

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Quantizer:
        """Return a quantizer from the result of `get_config`."""
        return cls(**config)


class AbsMaxQuantizer(Quantizer):
    """Multiplies by a scale under which the largest magnitude becomes the largest integer.

    Args:
        axis: int, or list or tuple of ints: the axes over which one scale is taken; None where the layer says it, the
            last one without a layer.
        value_range: smallest and largest integer.
        epsilon: added to the largest magnitude.
        output_dtype: dtype of the integers.

    Raises:
        TypeError: where the axis is nothing of this.

    Example:
        >>> integers, scale = keras.quantizers.AbsMaxQuantizer(axis=-1)(np.float32([[1.0, -4.0]]))
        >>> integers.tolist()
        [[32, -127]]
    """

    def __init__(
        self,
        axis: Any = None,
        value_range: tuple[int, int] = (-127, 127),
        epsilon: float = 1e-7,
        output_dtype: Any = "int8",
    ) -> None:
        super().__init__(output_dtype)
        axes = (axis,) if isinstance(axis, int) else axis
        if axes is not None and not (isinstance(axes, list | tuple) and all(isinstance(item, int) for item in axes)):
            raise TypeError(f"AbsMaxQuantizer: expected axis to be an int, a tuple of ints or None, got {axis!r}.")
        self.axis = None if axes is None else tuple(axes)
        self.value_range = tuple(value_range)
        self.epsilon = epsilon

    def __call__(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, x: Any, axis: Any = None, to_numpy: bool = False
    ) -> tuple[Any, Any]:
        """Return the integers, and the scale by which the tensor was multiplied.

        Args:
            x: float tensor.
            axis: axes over which one scale is taken; None for those of the constructor.
            to_numpy: whether NumPy computes it, and arrays are returned.
        """
        axes = axis if axis is not None else self.axis if self.axis is not None else -1
        return abs_max_quantize(x, axes, self.value_range, self.output_dtype, self.epsilon, to_numpy)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        config = {"value_range": self.value_range, "epsilon": self.epsilon, "output_dtype": self.output_dtype}
        return config if self.axis is None else {**config, "axis": self.axis}
