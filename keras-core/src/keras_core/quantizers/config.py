"""What layers are told about how they are quantized."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from keras_core.quantizers.quantizer import AbsMaxQuantizer, Quantizer
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

_FOUR_BITS: Final = (-8, 7)


class QuantizationConfig:
    """The quantizers of a layer. Its subclasses are for one kind of quantization each.

    Args:
        weight_quantizer: for the weights; None for that of the layer.
        activation_quantizer: for the inputs; None leaves them as floats.

    Example:
        >>> keras.quantizers.Int8QuantizationConfig(activation_quantizer=None).mode
        'int8'
    """

    def __init__(self, weight_quantizer: Any = None, activation_quantizer: Any = None) -> None:
        self.weight_quantizer = weight_quantizer
        self.activation_quantizer = activation_quantizer

    @property
    def mode(self) -> str:
        """The kind of quantization."""
        raise NotImplementedError(
            f"{type(self).__name__} has no mode; use Int8QuantizationConfig, Int4QuantizationConfig, "
            "Float8QuantizationConfig, GPTQConfig or AWQConfig."
        )

    def dtype_policy_string(self) -> str:
        """Return the first part of the name of the dtype policy, such as `"int4/128"`."""
        return self.mode

    def for_layers(self) -> QuantizationConfig:
        """Return the configuration that layers keep."""
        return self

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            "weight_quantizer": serialize_keras_object(self.weight_quantizer),
            "activation_quantizer": serialize_keras_object(self.activation_quantizer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> QuantizationConfig:
        """Return a configuration from the result of `get_config`."""
        return cls(**{name: deserialize_keras_object(value, expected=Quantizer) for name, value in config.items()})

    @staticmethod
    def weight_quantizer_or_default(config: QuantizationConfig | None, default: Any) -> Any:
        """Return the quantizer of the weights that a configuration has, the default where it has none."""
        chosen = None if config is None else config.weight_quantizer
        return default if chosen is None else chosen

    @staticmethod
    def activation_quantizer_or_default(config: QuantizationConfig | None, default: Any) -> Any:
        """Return the quantizer of the inputs that a configuration has, which may be None; without one, the default."""
        return default if config is None else config.activation_quantizer

    def _check(self, argument: str, bounds: tuple[int, int]) -> None:
        """Raise an error where a quantizer does not give int8 within some bounds."""
        name = type(self).__name__
        quantizer = getattr(self, argument)
        if quantizer is None:
            return
        if not isinstance(quantizer, Quantizer):
            raise TypeError(f"{name}: expected {argument} to be a Quantizer or None, got {quantizer!r}.")
        if quantizer.output_dtype != "int8":
            raise ValueError(f"{name}: expected {argument} with output_dtype='int8', got {quantizer.output_dtype!r}.")
        low, high = getattr(quantizer, "value_range", bounds)
        if low < bounds[0] or high > bounds[1]:
            raise ValueError(f"{name}: expected {argument} with a value_range within {bounds}, got {(low, high)}.")


def _default_or(quantizer: Any) -> Any:
    return AbsMaxQuantizer() if quantizer == "default" else quantizer


class Int8QuantizationConfig(QuantizationConfig):
    """Weights of eight bits, with one scale for a channel; inputs of eight bits, with one for a row.

    Args:
        weight_quantizer: for the weights; None for `AbsMaxQuantizer` over the axes of the layer.
        activation_quantizer: for the inputs, `"default"` for `AbsMaxQuantizer` over the axes of the layer; None leaves
            them as floats.

    Raises:
        TypeError: for something that is no quantizer.
        ValueError: for one of another dtype or range.

    Example:
        >>> keras.layers.Dense(2, quantization_config=keras.quantizers.Int8QuantizationConfig()).units
        2
    """

    def __init__(self, weight_quantizer: Any = None, activation_quantizer: Any = "default") -> None:
        super().__init__(weight_quantizer, _default_or(activation_quantizer))
        for argument in ("weight_quantizer", "activation_quantizer"):
            self._check(argument, (-128, 127))

    @property
    def mode(self) -> str:
        """`"int8"`."""
        return "int8"


class Int4QuantizationConfig(QuantizationConfig):
    """Weights of four bits, with a scale and a zero point for each block of a channel.

    Args:
        weight_quantizer: for the weights, where there is one scale for a channel; None for `AbsMaxQuantizer`.
        activation_quantizer: for the inputs, likewise; None, and `"default"`, leave them as floats.
        block_size: how many weights of a channel share a scale and a zero point; None or -1 for all of them, with a
            scale alone.

    Raises:
        TypeError: for something that is no quantizer.
        ValueError: for one of another dtype or range, for quantizers with blocks, and for another block size.

    Example:
        >>> keras.quantizers.Int4QuantizationConfig(block_size=64).dtype_policy_string()
        'int4/64'
    """

    def __init__(
        self, weight_quantizer: Any = None, activation_quantizer: Any = "default", block_size: int | None = 128
    ) -> None:
        super().__init__(weight_quantizer, None if activation_quantizer == "default" else activation_quantizer)
        self._check("weight_quantizer", _FOUR_BITS)
        self._check("activation_quantizer", (-128, 127))
        is_size = isinstance(block_size, int | np.integer) and not isinstance(block_size, bool)
        if block_size is not None and not (is_size and (block_size == -1 or block_size > 0)):
            raise ValueError(
                f"Int4QuantizationConfig: expected block_size to be None, -1 or an int >= 1, got {block_size!r}."
            )
        self.block_size = block_size
        if self.has_blocks and (self.weight_quantizer is not None or self.activation_quantizer is not None):
            raise ValueError(
                f"Int4QuantizationConfig: expected no quantizers with block_size={block_size}, since blocks have zero "
                "points, which quantizers do not give. Pass block_size=-1 for one scale a channel."
            )

    @property
    def has_blocks(self) -> bool:
        """Whether weights of one channel have several scales."""
        return self.block_size not in (None, -1)

    @property
    def mode(self) -> str:
        """`"int4"`."""
        return "int4"

    def dtype_policy_string(self) -> str:
        """Return `"int4/<block_size>"`."""
        return f"int4/{self.block_size if self.has_blocks else -1}"

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "block_size": self.block_size}


class Float8QuantizationConfig(QuantizationConfig):
    """Products of floats of eight bits, for training.

    Example:
        >>> keras.quantizers.Float8QuantizationConfig().mode
        'float8'
    """

    def __init__(self) -> None:
        super().__init__(None, None)

    @property
    def mode(self) -> str:
        """`"float8"`."""
        return "float8"

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor: none."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Float8QuantizationConfig:
        """Return a configuration from the result of `get_config`."""
        return cls(**config)
