"""`ActivityRegularization`: a penalty on what passes through."""

from __future__ import annotations

from typing import Any

from keras_core.layers.same_shape import SameShape
from keras_core.regularizers import L1L2


class ActivityRegularization(SameShape):
    """Returns its inputs, and adds a penalty on them to the loss.

    Args:
        l1: weight of the sum of absolute values.
        l2: weight of the sum of squares.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where a weight is negative.

    Example:
        >>> layer = keras.layers.ActivityRegularization(l2=0.5)
        >>> outputs = layer(np.full((1, 2), 3.0, "float32"))
        >>> float(layer.losses[0])
        9.0
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=L1L2(l1, l2), **kwargs)
        self.l1 = l1
        self.l2 = l2

    def call(self, inputs: Any) -> Any:
        """Return the inputs."""
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        config = super().get_config()
        del config["activity_regularizer"]
        return {**config, "l1": self.l1, "l2": self.l2}
