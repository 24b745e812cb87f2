"""`BatchNormalization`: each channel is normalized by its mean and variance in the batch."""

from __future__ import annotations

from typing import Any

from keras_core import initializers, ops
from keras_core.layers.arguments import integer, number, wrong
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.normalization.affine import AffineNormalization
from keras_core.runtime.table import active
from keras_core.runtime.variable import Variable

_CLIPPING = ("rmax", "rmin", "dmax")
_HALF = ("float16", "bfloat16")


class BatchNormalization(AffineNormalization):
    """Normalizes each channel, while training by the batch, else by moving statistics of the batches seen before.

    With `trainable=False` the moving statistics are used while training too. Half-precision inputs are normalized in
    float32, and the moving statistics are computed in it.

    Args:
        axis: the axis of channels, any one.
        momentum: how much of the moving statistics stays at a step.
        epsilon: small number added to the variance.
        center: whether `beta` is added.
        scale: whether `gamma` is multiplied.
        beta_initializer: first value of `beta`.
        gamma_initializer: first value of `gamma`.
        moving_mean_initializer: first value of the moving mean.
        moving_variance_initializer: first value of the moving variance.
        beta_regularizer: penalty on `beta`, or None.
        gamma_regularizer: penalty on `gamma`, or None.
        beta_constraint: what the optimizer applies to `beta` after an update, or None.
        gamma_constraint: the same for `gamma`.
        renorm: whether batches are corrected towards the moving statistics while training.
        renorm_clipping: dict with bounds of the corrections: `rmax` and `rmin` of the factor, `dmax` of the shift.
        renorm_momentum: the `momentum` of the statistics towards which is corrected.
        synchronized: whether replicas share their statistics; with one replica it changes nothing.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for a number out of range, an unknown key of `renorm_clipping`, inputs without such an axis.

    Source:
        Ioffe and Szegedy, "Batch Normalization", 2015, https://arxiv.org/abs/1502.03167; Ioffe, "Batch
        Renormalization", 2017, https://arxiv.org/abs/1702.03275.

    Example:
        >>> layer = keras.layers.BatchNormalization(epsilon=0.0)
        >>> layer(np.array([[1.0], [3.0]], "float32"), training=True).tolist()
        [[-1.0], [1.0]]
    """

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: dict[str, float] | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
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
        # Older files write a list of one axis.
        single = axis[0] if isinstance(axis, list | tuple) and len(axis) == 1 else axis
        self.axis = integer(self, "axis", single, minimum=None)
        self.momentum = number(self, "momentum", momentum, maximum=1)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.synchronized = bool(synchronized)
        self.renorm = bool(renorm)
        self.renorm_clipping = self._checked_clipping(renorm_clipping)
        self.renorm_momentum = number(self, "renorm_momentum", renorm_momentum, maximum=1)

    def _checked_clipping(self, clipping: Any) -> dict[str, float] | None:
        if clipping is None:
            return {} if self.renorm else None
        expected = f"a dict with keys from {', '.join(_CLIPPING)}"
        if not isinstance(clipping, dict) or not set(clipping) <= set(_CLIPPING):
            raise wrong(self, "renorm_clipping", expected, clipping)
        bounds = {key: number(self, f"renorm_clipping[{key!r}]", value) for key, value in clipping.items()}
        if bounds.get("rmin", 0.0) > bounds.get("rmax", float("inf")):
            raise wrong(self, "renorm_clipping", "rmin <= rmax", clipping)
        return bounds

    def build(self, input_shape: Any) -> None:
        """Make `gamma`, `beta`, the moving statistics."""
        sizes = self._sizes(input_shape, (self.axis,))
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: sizes[0]})
        # Read in float32 with mixed precision: what is normalized is in float32 as well.
        if self.scale:
            self._add_gamma(sizes, autocast=False)
        if self.center:
            self._add_beta(sizes, autocast=False)
        self.moving_mean = self._add_statistic("moving_mean", self.moving_mean_initializer, sizes)
        self.moving_variance = self._add_statistic("moving_variance", self.moving_variance_initializer, sizes)
        if self.renorm:
            self.moving_stddev = self._add_statistic("moving_stddev", "ones", sizes)
            self.renorm_mean = self._add_statistic("renorm_mean", "zeros", sizes)
            self.renorm_stddev = self._add_statistic("renorm_stddev", "ones", sizes)

    def _add_statistic(self, name: str, initializer: Any, shape: tuple[int, ...]) -> Variable:
        return self.add_weight(shape, initializer, trainable=False, autocast=False, aggregation="mean", name=name)

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the normalized inputs, of the same shape.

        Args:
            inputs: tensor of two axes or more.
            training: whether the batch's own statistics are used, and the moving ones updated.
            mask: bool tensor of the shape of the inputs without the last axis: what is False does not count in the
                statistics. None: everything counts.
        """
        dtype = self._working_dtype
        inputs = _cast(inputs, dtype)
        if training and self.trainable:
            mean, variance = self._moments(inputs, mask)
            scale, shift = self._correction(mean, variance)
            self._update(mean, variance)
        else:
            mean, variance, scale, shift = self.moving_mean, self.moving_variance, self.gamma, self.beta
        outputs = ops.batch_normalization(inputs, mean, variance, self.axis, shift, scale, self.epsilon)
        return _cast(outputs, self.compute_dtype)

    @property
    def _working_dtype(self) -> str:
        return "float32" if self.compute_dtype in _HALF else self.compute_dtype

    def _moments(self, inputs: Any, mask: Any) -> tuple[Any, Any]:
        """Return mean and variance of the channels."""
        channel = self.axis % inputs.ndim
        axes = tuple(axis for axis in range(inputs.ndim) if axis != channel)
        if mask is None:
            return ops.moments(inputs, axes)
        if mask.ndim != inputs.ndim - 1:
            raise ValueError(
                f"{self.label}: expected a mask of {inputs.ndim - 1} axes, one less than the inputs, got {mask.ndim}."
            )
        # Sizes of 1 in the mask stand for those of the inputs, so what counts is counted in their shape.
        weights = ops.multiply(ops.ones_like(inputs), ops.cast(ops.expand_dims(mask, -1), self._working_dtype))
        # Where all is masked, the sums are 0, and 0 / 1 is what the moving statistics can bear.
        count = ops.maximum(ops.sum(weights, axes, keepdims=True), 1.0)
        mean = ops.divide(ops.sum(ops.multiply(inputs, weights), axes, keepdims=True), count)
        square = ops.multiply(ops.square(ops.subtract(inputs, mean)), weights)
        variance = ops.divide(ops.sum(square, axes, keepdims=True), count)
        return ops.squeeze(mean, axes), ops.squeeze(variance, axes)

    def _correction(self, mean: Any, variance: Any) -> tuple[Any, Any]:
        """Return scale and shift after the normalization, corrected towards the moving statistics."""
        if not self.renorm:
            return self.gamma, self.beta
        factor = ops.divide(self._deviation(variance), self.renorm_stddev)
        offset = ops.divide(ops.subtract(mean, self.renorm_mean), self.renorm_stddev)
        bounds = self.renorm_clipping or {}
        if "rmax" in bounds:
            factor = ops.minimum(factor, bounds["rmax"])
        if "rmin" in bounds:
            factor = ops.maximum(factor, bounds["rmin"])
        if "dmax" in bounds:
            offset = ops.clip(offset, -bounds["dmax"], bounds["dmax"])
        # The corrections are constants of the step, as in the paper.
        factor, offset = ops.stop_gradient(factor), ops.stop_gradient(offset)
        if self.gamma is not None:
            factor, offset = ops.multiply(factor, self.gamma), ops.multiply(offset, self.gamma)
        return factor, offset if self.beta is None else ops.add(offset, self.beta)

    def _deviation(self, variance: Any) -> Any:
        return ops.sqrt(ops.add(variance, self.epsilon))

    def _update(self, mean: Any, variance: Any) -> None:
        mean, variance = ops.stop_gradient(mean), ops.stop_gradient(variance)
        self._move(self.moving_mean, mean, self.momentum)
        if not self.renorm:
            self._move(self.moving_variance, variance, self.momentum)
            return
        deviation = self._deviation(variance)
        moved = self._move(self.moving_stddev, deviation, self.momentum)
        self.moving_variance.assign(ops.subtract(ops.square(moved), self.epsilon))
        self._move(self.renorm_mean, mean, self.renorm_momentum)
        self._move(self.renorm_stddev, deviation, self.renorm_momentum)

    def _move(self, variable: Variable, value: Any, momentum: float) -> Any:
        """Move a statistic towards its value in the batch; computed in the dtype of the value, which is not half."""
        new = ops.add(
            ops.multiply(ops.cast(variable, self._working_dtype), momentum), ops.multiply(value, 1.0 - momentum)
        )
        variable.assign(new)
        return new

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "axis": self.axis,
            "momentum": self.momentum,
            "moving_mean_initializer": initializers.serialize(self.moving_mean_initializer),
            "moving_variance_initializer": initializers.serialize(self.moving_variance_initializer),
            "renorm": self.renorm,
            "renorm_clipping": self.renorm_clipping,
            "renorm_momentum": self.renorm_momentum,
            "synchronized": self.synchronized,
        }


def _cast(x: Any, dtype: str) -> Any:
    return x if active().dtype_of(x) == dtype else ops.cast(x, dtype)
