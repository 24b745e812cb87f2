"""`LayerNormalization`: each sample is normalized by its own mean and variance."""

from __future__ import annotations

from typing import Any

from keras_core import ops
from keras_core.layers.arguments import integer, of_kind, wrong
from keras_core.layers.normalization.affine import AffineNormalization


class LayerNormalization(AffineNormalization):
    """Normalizes over axes of each sample, then scales by `gamma` and shifts by `beta`.

    Args:
        axis: int or tuple of ints: the axes over which mean and variance are taken; `gamma` and `beta` have their
            sizes.
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
        TypeError: where `axis` is neither an int nor a list or tuple of ints.
        ValueError: where the inputs have no such axis, or two of them are one.

    Source:
        Ba et al., "Layer Normalization", 2016, https://arxiv.org/abs/1607.06450.

    Example:
        >>> layer = keras.layers.LayerNormalization(epsilon=0.0)
        >>> layer(np.array([[1.0, 3.0]], "float32")).tolist()
        [[-1.0, 1.0]]
    """

    def __init__(
        self,
        axis: Any = -1,
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
        # An option of older files: no mean is taken off, there is always a scale and never a shift.
        self.rms_scaling = bool(kwargs.pop("rms_scaling", False))
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
        self._several = isinstance(axis, list | tuple)
        axes = list(axis) if self._several else [axis]
        self.axis = [of_kind(integer, self, "axis", item) for item in axes]
        if not axes:
            raise wrong(self, "axis", "an int or a tuple of ints", axis)

    def build(self, input_shape: Any) -> None:
        """Make `gamma` and `beta`."""
        self._sizes(input_shape, tuple(self.axis))
        ndim = len(input_shape)
        if len({axis % ndim for axis in self.axis}) < len(self.axis):
            raise wrong(self, "axis", f"axes that differ for inputs of shape {tuple(input_shape)}", self.axis)
        # The sizes of the weights are in the order of the axes of the inputs.
        self.axis = sorted(self.axis, key=lambda axis: axis % ndim)
        sizes = self._sizes(input_shape, tuple(self.axis))
        if self.scale or self.rms_scaling:
            self._add_gamma(sizes)
        if self.center and not self.rms_scaling:
            self._add_beta(sizes)

    def call(self, inputs: Any) -> Any:
        """Return the normalized inputs, of the same shape."""
        axes = tuple(self.axis)
        if self.rms_scaling:
            inverse = ops.rsqrt(ops.add(ops.var(inputs, axes, keepdims=True), self.epsilon))
            gamma: Any = self.gamma
            sizes = dict(zip([axis % inputs.ndim for axis in axes], gamma.shape, strict=True))
            gamma = ops.reshape(gamma, tuple(sizes.get(axis, 1) for axis in range(inputs.ndim)))
            return ops.multiply(inputs, ops.multiply(inverse, gamma))
        return ops.layer_normalization(inputs, self.gamma, self.beta, axes, self.epsilon)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        axis = self.axis if self._several else self.axis[0]
        return {**super().get_config(), "axis": axis, "rms_scaling": self.rms_scaling}
