"""What layers with a kernel, a bias and an activation have in common."""

from __future__ import annotations

from typing import Any

from keras_core import activations, constraints, initializers, regularizers
from keras_core.layers.core.low_rank import LowRankAdapted
from keras_core.runtime.variable import Variable


class KernelLayer(LowRankAdapted):
    """A layer with a kernel, perhaps a bias, and an activation.

    Args:
        activation: name or function; None for none.
        use_bias: whether a bias is added.
        kernel_initializer: first value of the kernel.
        bias_initializer: first value of the bias.
        kernel_regularizer: penalty on the kernel, or None.
        bias_regularizer: penalty on the bias, or None.
        activity_regularizer: penalty on the outputs, or None.
        kernel_constraint: what the optimizer applies to the kernel after an update, or None.
        bias_constraint: the same for the bias.
        **kwargs: as of `Layer`.
    """

    def __init__(
        self,
        activation: Any,
        use_bias: bool,
        kernel_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        bias_regularizer: Any,
        activity_regularizer: Any,
        kernel_constraint: Any,
        bias_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self._kernel: Variable | None = None
        self.bias: Variable | None = None

    @property
    def kernel(self) -> Any:
        """The kernel; with low-rank adaptation, the trained change added."""
        return self._kernel if self._is_plain and self._kernel is not None else self._with_change()

    def _add_weights(self, kernel_shape: tuple[int, ...], bias_shape: tuple[int, ...]) -> None:
        self._add_large(kernel_shape, self.kernel_initializer, self.kernel_regularizer, self.kernel_constraint)
        if self.use_bias:
            self.bias = self.add_weight(
                bias_shape,
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )
        if self.lora_rank is not None:
            self.built = True
            self.enable_lora(self.lora_rank, self.lora_alpha)

    def _computes_otherwise(self, cls: type[KernelLayer]) -> bool:
        """Tell whether the layer does not compute `cls.call` with its kernel and bias as they are."""
        own = type(self)
        return (
            self.lora_enabled
            or "call" in self.__dict__
            or any(getattr(own, name) is not getattr(cls, name) for name in ("call", "kernel", "_activated"))
            or any(type(variable) is not Variable for variable in self._own_weights())
        )

    def _activated(self, outputs: Any) -> Any:
        return outputs if self.activation is activations.linear else self.activation(outputs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            **self._low_rank_config(),
        }
