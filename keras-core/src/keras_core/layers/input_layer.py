"""`Input`: where the data enters a model."""

from __future__ import annotations

from typing import Any

from keras_core.layers.layer import Layer
from keras_core.runtime import config
from keras_core.runtime.dtypes import standardize_dtype
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.operation import Node


class InputLayer(Layer):
    """The layer behind `Input`; users call `Input`.

    Args:
        shape: sizes without the batch size; None for sizes that are not known.
        batch_size: the batch size; None for any.
        dtype: dtype name; None for `floatx`.
        sparse: kept for compatibility; must not be True.
        ragged: kept for compatibility; must not be True.
        batch_shape: sizes with the batch size, instead of `shape` and `batch_size`.
        input_tensor: symbolic tensor to take as the input, instead of a shape.
        optional: whether None may be passed.
        name: name of the input; made up when None.

    Raises:
        ValueError: where no shape is given, or two of them.
    """

    def __init__(
        self,
        shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Any = None,
        input_tensor: Any = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if sparse or ragged:
            raise ValueError("Input: sparse and ragged tensors are not supported; got sparse=True or ragged=True.")
        if "input_shape" in kwargs and shape is None:
            shape = kwargs.pop("input_shape")
        if "batch_input_shape" in kwargs and batch_shape is None:
            batch_shape = kwargs.pop("batch_input_shape")
        if input_tensor is not None:
            if not isinstance(input_tensor, KerasTensor):
                raise ValueError(f"Input: expected a KerasTensor for the tensor, got {type(input_tensor).__name__}.")
            if (shape is not None or batch_shape is not None) and tuple(input_tensor.shape) != (
                tuple(batch_shape) if batch_shape is not None else (batch_size, *_sizes(shape))
            ):
                raise ValueError(f"Input: expected the shape of the tensor, {input_tensor.shape}, or none.")
            batch_shape, dtype = input_tensor.shape, dtype or input_tensor.dtype
        elif shape is not None and batch_shape is not None:
            raise ValueError(f"Input: expected 'shape' or 'batch_shape', got both: {shape} and {batch_shape}.")
        elif batch_shape is not None and batch_size is not None:
            raise ValueError(
                f"Input: expected 'batch_size' or 'batch_shape', got both: {batch_size} and {batch_shape}."
            )
        elif shape is None and batch_shape is None:
            raise ValueError("Input: expected a shape, such as Input(shape=(28, 28, 1)), got none.")
        super().__init__(name=name, **kwargs)
        own = self.__dict__
        own["_batch_shape"] = (batch_size, *_sizes(shape)) if batch_shape is None else _sizes(batch_shape)
        own["_input_dtype"] = config.floatx() if dtype is None else standardize_dtype(dtype)
        own["optional"] = bool(optional)
        own["supports_masking"] = True
        own["built"] = True
        output = input_tensor
        if output is None:
            output = KerasTensor(self._batch_shape, self._input_dtype, name=self.name)
        Node(self, (), {}, output)

    def call(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Refuse: values enter where the model is called."""
        raise NotImplementedError(f"{self.label}: an input is not called; call the model.")

    @property
    def batch_shape(self) -> tuple[int | None, ...]:
        """Sizes, the batch size first."""
        return self._batch_shape

    @property
    def dtype(self) -> str:
        """dtype name of the values."""
        return self._input_dtype

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            "batch_shape": self.batch_shape,
            "dtype": self.dtype,
            "sparse": False,
            "ragged": False,
            "name": self.name,
            "optional": self.optional,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        Node(self, (), {}, KerasTensor(self._batch_shape, self._input_dtype, name=self.name))


def _sizes(shape: Any) -> tuple[int | None, ...]:
    sizes = (shape,) if isinstance(shape, int) else tuple(shape) if isinstance(shape, list | tuple) else None
    if sizes is None or not all(map(_is_size, sizes)):
        raise ValueError(f"Input: expected a shape of non-negative ints and None, got {shape!r}.")
    return sizes


def _is_size(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)


def Input(
    shape: Any = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Any = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
) -> KerasTensor:
    """Return a symbolic tensor, from which a model is described.

    Args:
        shape: sizes without the batch size; None for sizes that are not known.
        batch_size: the batch size; None for any.
        dtype: dtype name; None for `floatx`.
        sparse: kept for compatibility; must not be True.
        ragged: kept for compatibility; must not be True.
        batch_shape: sizes with the batch size, instead of `shape` and `batch_size`.
        name: name of the input; made up when None.
        tensor: symbolic tensor to take as the input, instead of a shape.
        optional: whether the model may be called with None for it.

    Raises:
        ValueError: where no shape is given, or two of them.

    Example:
        >>> keras.Input(shape=(28, 28, 1), name="image").shape
        (None, 28, 28, 1)
    """
    layer = InputLayer(
        shape=shape,
        batch_size=batch_size,
        dtype=dtype,
        sparse=sparse,
        ragged=ragged,
        batch_shape=batch_shape,
        input_tensor=tensor,
        optional=optional,
        name=name,
    )
    return layer._inbound_nodes[0].outputs
