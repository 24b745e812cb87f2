"""Products in floats of eight bits, whose scales follow the numbers that they have to hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from keras_core import ops
from keras_core.layers.quantization.schemes import Part, Scheme
from keras_core.layers.quantization.weight import LargeWeight
from keras_core.ops.elementwise import largest_finite
from keras_core.quantizers.float8 import compute_float8_amax_history, compute_float8_scale, quantize_and_dequantize


@dataclass(frozen=True)
class Float8(Scheme):
    """Inputs and weights rounded to `float8_e4m3fn`, gradients of outputs to `float8_e5m2`.

    Scales and histories are trained by being set to their gradients, since gradients are known only in reverse mode.

    Attributes:
        history_length: how many steps a scale looks back.

    Source:
        Micikevicius et al., "FP8 Formats for Deep Learning", 2022, https://arxiv.org/abs/2209.05433.
    """

    history_length: int
    keeps_float = True
    bias_dtype = "bfloat16"

    def parts(self, weight: LargeWeight) -> dict[str, Part]:
        """Return a scale and a history for inputs, weight and gradients of outputs."""
        parts = {}
        for word in ("inputs", weight.name, "outputs_grad"):
            for suffix, shape, first in (("scale", (), "ones"), ("amax_history", (self.history_length,), "zeros")):
                name = f"{word}_{suffix}"
                parts[name] = Part(name, name, shape, "float32", first, is_trained=True)
        return parts

    def quantized(self, value: Any, weight: LargeWeight, config: Any) -> dict[str, Any]:
        """Return no values: scales are found in training."""
        return {}

    def product(self, weight: LargeWeight, parts: dict[str, Any], inputs: Any, config: Any, training: Any) -> Any:
        """Return products of rounded numbers; their derivative is a product of rounded numbers too."""
        assert weight.product is not None
        rounded, with_rounded_gradient = _rounded(bool(training)), _with_rounded_gradient(bool(training))
        value = rounded(ops.cast(parts["float"], ops.dtype(inputs)), *_state(parts, weight.name))
        outputs = weight.product(rounded(inputs, *_state(parts, "inputs")), value)
        return with_rounded_gradient(outputs, *_state(parts, "outputs_grad"))


def _state(parts: dict[str, Any], word: str) -> tuple[Any, Any]:
    return parts[f"{word}_scale"], parts[f"{word}_amax_history"]


def _next(x: Any, scale: Any, history: Any, dtype: str) -> tuple[Any, Any]:
    """Return scale and history after a tensor was seen. The scale is that for the tensors before it."""
    return compute_float8_scale(ops.max(history), scale, largest_finite(dtype)), compute_float8_amax_history(x, history)


def _rounded(training: bool) -> Callable[..., Any]:
    dtype = "float8_e4m3fn"

    @ops.custom_gradient
    def rounded(x: Any, scale: Any, history: Any) -> Any:
        def backward(upstream: Any) -> tuple[Any, ...]:
            return upstream, *(_next(x, scale, history, dtype) if training else (scale, history))

        return quantize_and_dequantize(x, scale, dtype, ops.dtype(x)), backward

    return rounded


def _with_rounded_gradient(training: bool) -> Callable[..., Any]:
    dtype = "float8_e5m2"

    @ops.custom_gradient
    def same(x: Any, scale: Any, history: Any) -> Any:
        def backward(upstream: Any) -> tuple[Any, ...]:
            rounded = quantize_and_dequantize(upstream, scale, dtype, ops.dtype(upstream))
            return rounded, *(_next(upstream, scale, history, dtype) if training else (scale, history))

        return x, backward

    return same
