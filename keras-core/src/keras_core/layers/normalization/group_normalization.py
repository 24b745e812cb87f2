"""`GroupNormalization`: groups of channels are normalized for each sample."""

from __future__ import annotations

from typing import Any

from keras_core import ops
from keras_core.layers.arguments import integer, wrong
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.normalization.affine import AffineNormalization
from keras_core.runtime.table import active


class GroupNormalization(AffineNormalization):
    """Normalizes groups of channels of each sample by their mean and variance, then scales and shifts each channel.

    One group is layer normalization, a group a channel instance normalization.

    Args:
        groups: number of groups, a divisor of the number of channels; -1 for a group a channel.
        axis: the axis of the channels, any but that of the batch.
        epsilon: small number added to the variance.
        center: whether `beta` is added.
        scale: whether `gamma` is multiplied.
        beta_initializer: first value of `beta`.
        gamma_initializer: first value of `gamma`.
        beta_regularizer: penalty on `beta`, or None.
        gamma_regularizer: penalty on `gamma`, or None.
        beta_constraint: what the optimizer applies to `beta` after an update, or None.
        gamma_constraint: the same for `gamma`.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for a number of groups that is neither positive nor -1, or does not divide the channels.

    Source:
        Wu and He, "Group Normalization", 2018, https://arxiv.org/abs/1803.08494.

    Example:
        >>> layer = keras.layers.GroupNormalization(groups=2, epsilon=0.0)
        >>> layer(np.array([[1.0, 3.0, 5.0, 9.0]], "float32")).tolist()
        [[-1.0, 1.0, -1.0, 1.0]]
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **kwargs,
        )
        self.groups = integer(self, "groups", groups, minimum=-1)
        if self.groups == 0:
            raise wrong(self, "groups", "a positive int, or -1 for a group a channel", groups)
        self.axis = integer(self, "axis", axis, minimum=None)

    def build(self, input_shape: Any) -> None:
        """Make `gamma` and `beta`."""
        (channels,) = sizes = self._sizes(input_shape, (self.axis,))
        if self.axis % len(input_shape) == 0:
            raise wrong(self, "axis", "an axis other than 0, that of the batch,", self.axis)
        groups = channels if self.groups == -1 else self.groups
        if channels % groups:
            raise wrong(self, "groups", f"a divisor of {channels}, the number of channels,", groups)
        self.groups = groups
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: channels})
        if self.scale:
            self._add_gamma(sizes)
        if self.center:
            self._add_beta(sizes)

    def call(self, inputs: Any) -> Any:
        """Return the normalized inputs, of the same shape.

        Args:
            inputs: tensor of two axes or more, that of the batch first.
        """
        dtype = active().dtype_of(inputs)
        x = ops.cast(inputs, "float32") if dtype in ("float16", "bfloat16") else inputs
        axis = self.axis % inputs.ndim
        sizes = ops.shape(inputs)
        channels = active().static_shape(inputs)[axis]
        grouped = _reshaped(x, (*sizes[:axis], self.groups, channels // self.groups, *sizes[axis + 1 :]))
        over = tuple(position for position in range(1, grouped.ndim) if position != axis)
        mean, variance = ops.moments(grouped, over, keepdims=True)
        factor = ops.rsqrt(ops.add(variance, self.epsilon))
        x = _reshaped(ops.multiply(ops.subtract(grouped, mean), factor), sizes)
        wide = tuple(channels if position == axis else 1 for position in range(inputs.ndim))
        for weight, combine in ((self.gamma, ops.multiply), (self.beta, ops.add)):
            x = x if weight is None else combine(x, ops.cast(ops.reshape(weight, wide), x.dtype))
        return x if active().dtype_of(x) == dtype else ops.cast(x, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "groups": self.groups, "axis": self.axis}


def _reshaped(x: Any, sizes: tuple[Any, ...]) -> Any:
    """Reshape where one size may be unknown, and is left to the backend."""
    unknown = [position for position, size in enumerate(sizes) if not isinstance(size, int)]
    if len(unknown) == 1:
        sizes = tuple(-1 if position == unknown[0] else size for position, size in enumerate(sizes))
    return ops.reshape(x, sizes)
