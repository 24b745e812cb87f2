"""`Dense`: the fully connected layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras_core import activations, ops
from keras_core.layers.arguments import Shape, integer, known_size
from keras_core.layers.core.kernel_layer import KernelLayer
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.quantization.quantizable import Quantizable
from keras_core.layers.quantization.weight import LargeWeight
from keras_core.runtime.dtypes import is_float
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import DispatchTable


class Dense(Quantizable, KernelLayer):
    """Computes `activation(inputs @ kernel + bias)` over the last axis.

    Args:
        units: size of the last axis of the outputs.
        activation: name or function; None for none.
        use_bias: whether a bias is added.
        kernel_initializer: first value of the kernel, of shape `(inputs.shape[-1], units)`.
        bias_initializer: first value of the bias, of shape `(units,)`.
        kernel_regularizer: penalty on the kernel, or None.
        bias_regularizer: penalty on the bias, or None.
        activity_regularizer: penalty on the outputs, or None.
        kernel_constraint: what the optimizer applies to the kernel after an update, or None.
        bias_constraint: the same for the bias.
        lora_rank: rank of a low-rank adaptation, see `enable_lora`; None for none.
        lora_alpha: the adaptation is scaled by `lora_alpha / lora_rank`; None for `lora_rank`.
        quantization_config: how it is quantized where its dtype policy, or `quantize`, says that it is; None for the
            default of the mode.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where `units` is no positive int.

    Example:
        >>> keras.layers.Dense(2, activation="relu")(np.ones((4, 3))).shape
        (4, 2)
    """

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )
        self._set_quantization(quantization_config)
        self._set_low_rank(lora_rank, lora_alpha)
        self.units = integer(self, "units", units)
        self.supports_masking = True
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: Any) -> None:
        """Make the kernel and the bias."""
        size = known_size(self, input_shape, -1)
        self._add_weights((size, self.units), (self.units,))
        self.input_spec = InputSpec(min_ndim=2, axes={-1: size})

    def quantized_build(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, kernel_shape: Any, mode: str, config: Any = None
    ) -> None:
        """Make the variables of a quantized kernel.

        Args:
            kernel_shape: shape of the kernel, `(size of the inputs, units)`.
            mode: mode of quantization.
            config: configuration of the mode; None for the default.
        """
        self._build_quantized(kernel_shape, mode, config)

    def _describe(self, shape: tuple[int, ...]) -> tuple[LargeWeight, ...]:
        return (LargeWeight("kernel", shape, "io", "i", "o", ops.matmul, attribute="_kernel"),)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return the outputs, of shape `(*inputs.shape[:-1], units)`."""
        if self._scheme is not None:
            return self._activated(self._quantized_outputs(inputs, training))
        kernel, bias = self.kernel, self.bias
        # Ops take variables too, but in a small layer a tenth of the time would go into finding that out.
        outputs = ops.matmul(inputs, kernel.value if kernel is self._kernel else kernel)
        if bias is not None:
            outputs = ops.add(outputs, bias.value)
        return self._activated(outputs)

    def _direct_body(self, table: DispatchTable, dtype: str) -> Callable[[Any], Any] | None:
        kernel, bias = self._kernel, self.bias
        activation = None if self.activation is activations.linear else self.activation
        if self._scheme is not None or self._computes_otherwise(Dense):
            return None
        if any(variable.dtype != dtype for variable in self._own_weights()):
            return None  # primitives do not promote
        matmul, add = table.matmul, table.add

        def body(inputs: Any) -> Any:
            outputs = matmul(inputs, kernel._value)
            if bias is not None:
                outputs = add(outputs, bias._value)
            return outputs if activation is None else activation(outputs)

        return body

    def _outputs_by_rule(self, x: Any) -> Any:
        if self._scheme is not None or self._computes_otherwise(Dense):
            return None
        if any(variable.dtype != x.dtype for variable in self._own_weights()) or not is_float(x.dtype):
            return None
        return self._activated(KerasTensor(self.compute_output_shape(x.shape), x.dtype))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "units": self.units, **self._quantization_in_config()}
