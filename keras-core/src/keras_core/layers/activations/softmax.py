"""`Softmax` as a layer, with a mask."""

from __future__ import annotations

from typing import Any

from keras_core import activations, ops
from keras_core.layers.arguments import integer
from keras_core.layers.same_shape import SameShape
from keras_core.runtime.table import active


class Softmax(SameShape):
    """Computes `exp(x)` divided by its sum over axes.

    Args:
        axis: int, or list or tuple of ints.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for anything else.

    Example:
        >>> layer = keras.layers.Softmax()
        >>> layer(np.array([1.0, 2.0, 1.0], "float32"), mask=np.array([True, False, True])).tolist()
        [0.5, 0.0, 0.5]
    """

    _is_activation = True

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        axes = axis if isinstance(axis, list | tuple) else [axis]
        for item in axes:
            integer(self, "axis", item, minimum=None)
        self.axis = axis

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Return the shares, which add up to 1 along the axes.

        Args:
            inputs: tensor.
            mask: bool tensor that broadcasts to the inputs: what is False gets 0. None: nothing is left out.

        Raises:
            ValueError: for a mask that does not broadcast.
        """
        axes = tuple(self.axis) if isinstance(self.axis, list | tuple) else self.axis
        if mask is None:
            return activations.softmax(inputs, axes)
        self._check_mask(active().static_shape(mask), active().static_shape(inputs))
        mask = ops.cast(mask, "bool")
        # Finite, so that where everything is masked the shares are numbers, which then become 0.
        lowest = ops.cast(-3e4 if inputs.dtype == "float16" else -1e9, inputs.dtype)
        shares = ops.softmax(ops.where(mask, inputs, lowest), axes)
        return ops.where(mask, shares, ops.cast(0.0, shares.dtype))

    def _check_mask(self, mask: Any, inputs: Any) -> None:
        own = tuple(inputs)[max(len(inputs) - len(mask), 0) :]
        fits = len(mask) <= len(inputs) and all(
            size in (1, whole) or None in (size, whole) for size, whole in zip(mask, own, strict=True)
        )
        if not fits:
            raise ValueError(
                f"{self.label}: expected a mask that broadcasts to the inputs of shape {tuple(inputs)}, got the shape "
                f"{tuple(mask)}."
            )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "axis": self.axis}
