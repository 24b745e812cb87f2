"""`SpectralNormalization`: the kernel of a layer is kept at a largest singular value of 1."""

from __future__ import annotations

from typing import Any

from keras_core import initializers, ops
from keras_core.layers.arguments import integer
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.wrappers.wrapper import Wrapper


class SpectralNormalization(Wrapper):
    """Divides the kernel of a layer, at each training call, by its largest singular value, found by power iteration.

    The quotient takes the place of the kernel: a step of training goes on from there, with the gradient there.

    Args:
        layer: a layer with a weight `kernel` or `embeddings`.
        power_iterations: steps of the iteration at each call.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where `layer` is no layer or (the build) has no such weight, or the number is not positive.

    Source:
        Miyato et al., "Spectral Normalization for Generative Adversarial Networks", 2018,
        https://arxiv.org/abs/1802.05957.

    Example:
        >>> layer = keras.layers.SpectralNormalization(keras.layers.Dense(3), power_iterations=20)
        >>> outputs = layer(np.ones((2, 4)), training=True)
        >>> round(float(np.linalg.norm(layer.layer.get_weights()[0], 2)), 3)
        1.0
    """

    def __init__(self, layer: Any, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.power_iterations = integer(self, "power_iterations", power_iterations)

    def build(self, input_shape: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Build the layer inside, and make the vector of the iteration."""
        super().build(input_shape)
        self.input_spec = InputSpec(min_ndim=1, axes={-1: input_shape[-1]})
        name = next((name for name in ("kernel", "embeddings") if hasattr(self.layer, name)), None)
        if name is None:
            raise ValueError(
                f"{self.label}: expected a layer with a weight 'kernel' or 'embeddings' for 'layer', got "
                f"{self.layer.label}."
            )
        self.kernel = getattr(self.layer, name)
        if not self.trainable:
            self.kernel.trainable = False  # it is a weight of this layer, too
        self.vector_u = self.add_weight(
            (1, self.kernel.shape[-1]), initializers.TruncatedNormal(stddev=0.02), trainable=False, name="vector_u"
        )

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the outputs of the layer inside.

        Args:
            inputs: as of that layer.
            training: whether its kernel is normalized first.
        """
        if training:
            vector, kernel = self.normalized_weights()
            self.vector_u.assign(vector)
            self.kernel.assign(_in_place_of(ops.convert_to_tensor(self.kernel), kernel))
        return self.layer(inputs)

    def normalized_weights(self) -> tuple[Any, Any]:
        """Return the vector after the iteration, of shape `(1, channels)`, and the normalized kernel.

        A kernel of zeros stays as it is.
        """
        kernel = ops.convert_to_tensor(self.kernel)
        matrix = ops.reshape(kernel, (-1, kernel.shape[-1]))
        before = vector = ops.cast(self.vector_u, kernel.dtype)
        for _ in range(self.power_iterations):
            other = ops.normalize(ops.matmul(vector, ops.transpose(matrix)), axis=None, epsilon=1e-12)
            vector = ops.normalize(ops.matmul(other, matrix), axis=None, epsilon=1e-12)
        # The vectors are constants of the step, as in the paper.
        other, vector = ops.stop_gradient(other), ops.stop_gradient(vector)
        largest = ops.sum(ops.multiply(ops.matmul(other, matrix), vector))
        alive = ops.any(ops.not_equal(kernel, 0))
        divisor = ops.where(alive, largest, ops.cast(1.0, kernel.dtype))
        return ops.where(alive, vector, before), ops.divide(kernel, divisor)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the outputs of the layer inside."""
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "power_iterations": self.power_iterations}


@ops.custom_gradient
def _in_place_of(kernel: Any, normalized: Any) -> Any:
    """Return the normalized kernel, whose gradient is that of the kernel."""
    return normalized, lambda upstream: (upstream, ops.zeros_like(normalized))
