"""`SwiGLU`: the gated feed-forward network of a transformer."""

from typing import Any

from keras_core import constraints, initializers, layers, ops, regularizers
from keras_layers_extra.arguments import integer, known_size
from keras_layers_extra.initialization import copies


class SwiGLU(layers.Layer):
    """Computes `(silu(inputs @ gate) * (inputs @ up)) @ down` over the last axis.

    Args:
        hidden_dim: size between the two projections; two thirds of that of a network without gates costs the same.
        output_dim: size of the last axis of the outputs; None for that of the inputs.
        use_bias: whether the three projections add a bias.
        kernel_initializer: first values of the kernels.
        bias_initializer: first value of the biases.
        kernel_regularizer: penalty on each kernel, or None.
        bias_regularizer: penalty on each bias, or None.
        kernel_constraint: what the optimizer applies to each kernel after an update, or None.
        bias_constraint: the same for the biases.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for a size that is no positive int.

    Source:
        Shazeer, "GLU Variants Improve Transformer", 2020, arXiv:2002.05202.

    Example:
        >>> keras.layers.SwiGLU(16)(np.ones((2, 5, 8))).shape
        (2, 5, 8)
    """

    def __init__(
        self,
        hidden_dim: int,
        output_dim: int | None = None,
        use_bias: bool = False,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.hidden_dim = integer(self, "hidden_dim", hidden_dim)
        self.output_dim = None if output_dim is None else integer(self, "output_dim", output_dim)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Make the three projections."""
        size = known_size(self, input_shape, -1)
        gate, up, down = copies(self.kernel_initializer, 3)
        gate_bias, up_bias, down_bias = copies(self.bias_initializer, 3)
        self.gate = self._projection("gate", self.hidden_dim, gate, gate_bias, size)
        self.up = self._projection("up", self.hidden_dim, up, up_bias, size)
        self.down = self._projection("down", self.output_dim or size, down, down_bias, self.hidden_dim)

    def _projection(self, name: str, units: int, kernel: Any, bias: Any, size: int) -> layers.Dense:
        layer = layers.Dense(
            units,
            use_bias=self.use_bias,
            kernel_initializer=kernel,
            bias_initializer=bias,
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            kernel_constraint=self.kernel_constraint,
            bias_constraint=self.bias_constraint,
            dtype=self.dtype_policy,
            name=name,
        )
        layer.build((None, size))
        return layer

    def call(self, inputs: Any) -> Any:
        """Return the outputs, of shape `(*inputs.shape[:-1], output_dim)`.

        Args:
            inputs: float tensor, features on the last axis.
        """
        return self.down(ops.silu(self.gate(inputs)) * self.up(inputs))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Return the shape of the outputs."""
        return (*input_shape[:-1], self.output_dim or input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "hidden_dim": self.hidden_dim,
            "output_dim": self.output_dim,
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }
