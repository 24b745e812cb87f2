"""`Reshape`, `Permute` and `RepeatVector`."""

from __future__ import annotations

import math
from typing import Any

from keras_core import ops
from keras_core.layers.arguments import Shape, integer, integers, wrong
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.layer import Layer


class Reshape(Layer):
    """Gives the elements of each sample another shape.

    Args:
        target_shape: tuple of ints without the batch size; at most one -1, which stands for what is left.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for anything else.

    Example:
        >>> keras.layers.Reshape((-1, 2))(np.ones((3, 4))).shape
        (3, 2, 2)
    """

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(target_shape, list | tuple):
            raise wrong(self, "target_shape", "a tuple of ints", target_shape)
        self.target_shape = integers(self, "target_shape", target_shape, len(target_shape), minimum=-1)
        if self.target_shape.count(-1) > 1:
            raise wrong(self, "target_shape", "a tuple of ints with at most one -1", target_shape)

    def call(self, inputs: Any) -> Any:
        """Return the inputs in the shape `(batch, *target_shape)`."""
        sizes = ops.shape(inputs)
        known = tuple(size if isinstance(size, int) else None for size in sizes)
        target = self._resolved(known)
        # One size may be left to the backend; where it is needed for the target, the batch's is that of the inputs.
        batch = sizes[0] if known[0] is not None or -1 in target else -1
        return ops.reshape(inputs, (batch, *target))

    def _resolved(self, shape: Shape) -> tuple[int, ...]:
        """Return the target with a number for -1, where the sizes that it depends on are known."""
        sizes = [size for size in shape[1:] if size is not None]
        if len(sizes) < len(shape) - 1:
            return self.target_shape
        total = math.prod(sizes)
        fixed = math.prod(size for size in self.target_shape if size != -1)
        fits = fixed == total if -1 not in self.target_shape else bool(fixed) and total % fixed == 0
        if not fits:
            raise ValueError(
                f"{self.label}: expected inputs whose elements a sample fill target_shape={self.target_shape}, got the "
                f"shape {tuple(shape)}, which has {total} a sample."
            )
        return tuple(total // fixed if size == -1 else size for size in self.target_shape)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs.

        Raises:
            ValueError: where the number of elements differs.
        """
        return input_shape[0], *(None if size == -1 else size for size in self._resolved(tuple(input_shape)))

    def compute_output_spec(self, inputs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return symbolic tensors of the shapes and dtypes of the outputs.

        Args:
            inputs: as of `call`, symbolic tensors.
        """
        return super().compute_output_spec(inputs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "target_shape": self.target_shape}


class Permute(Layer):
    """Changes the order of the axes after that of the batch.

    Args:
        dims: tuple of axes, which begin at 1: `(2, 1)` swaps the first two after that of the batch.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where these are not all axes, each once.

    Example:
        >>> keras.layers.Permute((2, 1))(np.ones((2, 3, 4))).shape
        (2, 4, 3)
    """

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        is_list = isinstance(dims, list | tuple) and not any(isinstance(axis, bool) for axis in dims)
        if not is_list or sorted(dims) != list(range(1, len(dims) + 1)):
            raise wrong(self, "dims", "a tuple of the axes 1, 2, ..., each once", dims)
        self.dims = tuple(dims)
        self.input_spec = InputSpec(ndim=len(dims) + 1)

    def call(self, inputs: Any) -> Any:
        """Return the inputs with the axes in the order of `dims`."""
        return ops.transpose(inputs, (0, *self.dims))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs."""
        return input_shape[0], *(input_shape[axis] for axis in self.dims)

    def compute_output_spec(self, inputs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return symbolic tensors of the shapes and dtypes of the outputs.

        Args:
            inputs: as of `call`, symbolic tensors.
        """
        return super().compute_output_spec(inputs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "dims": self.dims}


class RepeatVector(Layer):
    """Repeats each sample's vector along a new axis.

    Args:
        n: how often.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where `n` is no positive int.

    Example:
        >>> keras.layers.RepeatVector(3)(np.ones((2, 4))).shape
        (2, 3, 4)
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n = integer(self, "n", n)
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs: Any) -> Any:
        """Return the repeated vectors, of shape `(batch, n, features)`."""
        return ops.repeat(ops.expand_dims(inputs, 1), self.n, axis=1)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs."""
        return input_shape[0], self.n, input_shape[1]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "n": self.n}
