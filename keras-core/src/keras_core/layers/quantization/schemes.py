"""The ways of quantization: what they keep of a weight, how it is made, and how outputs are computed from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from keras_core import ops
from keras_core.layers.quantization.pairs import packed, packed_shape, unpacked
from keras_core.layers.quantization.weight import LargeWeight, aligned
from keras_core.quantizers.config import QuantizationConfig
from keras_core.quantizers.integers import abs_max_quantize_grouped_with_zero_point
from keras_core.quantizers.quantizer import AbsMaxQuantizer


class Part(NamedTuple):
    """A variable that is kept of a weight.

    Attributes:
        attribute: attribute of the layer.
        name: name of the variable.
        shape: its shape.
        dtype: its dtype; None for that of the layer's variables.
        initializer: its first value.
        is_trained: whether its gradient is its new value.
    """

    attribute: str
    name: str
    shape: tuple[int, ...]
    dtype: str | None
    initializer: Any
    is_trained: bool = False


class Scheme:
    """A way of quantization."""

    keeps_float: ClassVar[bool] = False
    """Whether the float weight stays beside the parts."""

    bias_dtype: ClassVar[str | None] = None
    """dtype to which a bias is rounded; None for none."""

    def parts(self, weight: LargeWeight) -> dict[str, Part]:
        """Return what is kept of a weight, by words that the other methods use."""
        raise NotImplementedError

    def quantized(self, value: Any, weight: LargeWeight, config: Any) -> dict[str, Any]:
        """Return the values of the parts for a value of the weight. NumPy computes them."""
        raise NotImplementedError

    def integers(self, weight: LargeWeight, parts: dict[str, Any]) -> Any:
        """Return the integers of which the weight consists, in its shape."""
        raise NotImplementedError

    def restored(self, weight: LargeWeight, parts: dict[str, Any], dtype: str) -> Any:
        """Return the float weight that the parts stand for."""
        raise NotImplementedError

    def product(self, weight: LargeWeight, parts: dict[str, Any], inputs: Any, config: Any, training: Any) -> Any:
        """Return the outputs for some inputs."""
        assert weight.product is not None
        return weight.product(inputs, self.restored(weight, parts, ops.dtype(inputs)))


@dataclass(frozen=True)
class OneScale(Scheme):
    """Integers and one scale for each channel, by which floats were multiplied.

    Attributes:
        value_range: smallest and largest integer.
        rounds_inputs: whether inputs are quantized too where no configuration says it.
    """

    value_range: tuple[int, int]
    rounds_inputs: bool

    def parts(self, weight: LargeWeight) -> dict[str, Part]:
        """Return the integers and the scales."""
        return self._two_parts(weight, weight.shape, weight.sizes(weight.layout))

    def _two_parts(self, weight: LargeWeight, shape: tuple[int, ...], scale_shape: tuple[int, ...]) -> dict[str, Part]:
        return {
            "integers": Part(weight.attribute, weight.name, shape, "int8", "zeros"),
            "scale": Part(f"{weight.name}_scale", f"{weight.name}_scale", scale_shape, None, "ones"),
        }

    def quantized(self, value: Any, weight: LargeWeight, config: Any) -> dict[str, Any]:
        """Return integers and scales."""
        integers, scale = self._rounded(value, weight.summed_axes, config)
        return {"integers": integers, "scale": aligned(scale, weight.labels, weight.layout)}

    def _rounded(self, value: Any, axes: tuple[int, ...], config: Any) -> tuple[Any, Any]:
        default = AbsMaxQuantizer(value_range=self.value_range)
        integers, scale = _apply(QuantizationConfig.weight_quantizer_or_default(config, default), value, axes)
        expected = tuple(1 if axis in axes else size for axis, size in enumerate(value.shape))
        _check_scale("weight_quantizer", scale, expected)
        return integers, scale

    def integers(self, weight: LargeWeight, parts: dict[str, Any]) -> Any:
        """Return the integers."""
        return parts["integers"]

    def restored(self, weight: LargeWeight, parts: dict[str, Any], dtype: str) -> Any:
        """Return integers divided by scales."""
        scale = aligned(ops.cast(parts["scale"], dtype), weight.layout, weight.labels)
        return ops.divide(ops.cast(parts["integers"], dtype), scale)

    def _factors(self, weight: LargeWeight, parts: dict[str, Any], dtype: str) -> tuple[Any, Any]:
        """Return by what inputs are multiplied, and by what the outputs are divided."""
        return ops.cast(parts["integers"], dtype), ops.cast(parts["scale"], dtype)

    def product(self, weight: LargeWeight, parts: dict[str, Any], inputs: Any, config: Any, training: Any) -> Any:
        """Return products of integers, divided by the scales, of the inputs too where these are quantized.

        The integers are computed with as floats, which hold their products exactly; most devices are quickest with
        these, and derivatives pass through.
        """
        assert weight.product is not None
        dtype = ops.dtype(inputs)
        integers, scale = self._factors(weight, parts, dtype)
        default = AbsMaxQuantizer() if self.rounds_inputs else None
        quantizer = QuantizationConfig.activation_quantizer_or_default(config, default)
        if quantizer is not None:
            inputs, of_inputs = _straight_through(quantizer, inputs, weight.summed_inputs)
            scale = ops.multiply(weight.aligned_inputs(of_inputs), scale)
        return ops.divide(weight.product(inputs, integers), scale)


class PackedOneScale(OneScale):
    """The same with two integers in a byte. The weight is kept as a matrix with a scale for a column."""

    def parts(self, weight: LargeWeight) -> dict[str, Part]:
        """Return the integers and the scales."""
        return self._two_parts(weight, packed_shape(weight), weight.matrix_shape[1:])

    def quantized(self, value: Any, weight: LargeWeight, config: Any) -> dict[str, Any]:
        """Return integers and scales."""
        integers, scale = self._rounded(weight.reshaped(value), (0,), config)
        return {"integers": packed(weight, integers), "scale": ops.squeeze(scale, 0)}

    def integers(self, weight: LargeWeight, parts: dict[str, Any]) -> Any:
        """Return the integers."""
        return weight.from_reshaped(unpacked(weight, parts["integers"]))

    def restored(self, weight: LargeWeight, parts: dict[str, Any], dtype: str) -> Any:
        """Return integers divided by scales."""
        matrix = ops.cast(unpacked(weight, parts["integers"]), dtype)
        return weight.from_reshaped(ops.divide(matrix, ops.cast(parts["scale"], dtype)))

    def _factors(self, weight: LargeWeight, parts: dict[str, Any], dtype: str) -> tuple[Any, Any]:
        return self.restored(weight, parts, dtype), 1.0  # a column need not be a channel


@dataclass(frozen=True)
class Blocks(Scheme):
    """Integers of four bits, and a scale and a zero point for each block of rows of a channel.

    Attributes:
        size: number of rows of a block.
    """

    size: int

    def parts(self, weight: LargeWeight) -> dict[str, Part]:
        """Return integers, scales, zero points, and to which block rows belong."""
        rows, columns = weight.matrix_shape
        count = math.ceil(rows / self.size)
        shape = (columns, count) if weight.is_transposed else (count, columns)
        parts = {
            "integers": Part(weight.attribute, weight.name, packed_shape(weight), "int8", "zeros"),
            "scale": Part(f"{weight.name}_scale", f"{weight.name}_scale", shape, None, "ones"),
            "zero": Part(f"{weight.name}_zero", f"{weight.name}_zero", shape, weight.zero_dtype, "zeros"),
        }
        if weight.index is not None:
            blocks = blocks_of_rows(rows, self.size)
            parts["index"] = Part(weight.index, weight.index, (rows,), "float32", lambda shape, dtype: blocks)
        return parts

    def quantized(self, value: Any, weight: LargeWeight, config: Any) -> dict[str, Any]:
        """Return integers, scales and zero points."""
        integers, scale, zero = abs_max_quantize_grouped_with_zero_point(weight.reshaped(value), self.size)
        return {"integers": packed(weight, integers), "scale": weight.kept(scale), "zero": weight.kept(zero)}

    def integers(self, weight: LargeWeight, parts: dict[str, Any]) -> Any:
        """Return the integers."""
        return weight.from_reshaped(unpacked(weight, parts["integers"]))

    def restored(self, weight: LargeWeight, parts: dict[str, Any], dtype: str) -> Any:
        """Return integers less zero points, times scales."""
        matrix = ops.cast(unpacked(weight, parts["integers"]), dtype)
        blocks = parts["index"] if "index" in parts else blocks_of_rows(weight.matrix_shape[0], self.size)
        index = ops.cast(blocks, "int32")
        scale, zero = (ops.take(weight.kept(ops.cast(parts[word], dtype)), index, axis=0) for word in ("scale", "zero"))
        return weight.from_reshaped(ops.multiply(ops.subtract(matrix, zero), scale))


def blocks_of_rows(rows: int, size: int) -> np.ndarray:
    """Return to which block each row belongs, as floats, which is how Keras keeps it."""
    return (np.arange(rows) // size).astype("float32")


def _apply(quantizer: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """Return what a quantizer makes of a tensor, over the axes of the layer where it has none of its own."""
    return quantizer(x, axis=axes) if getattr(quantizer, "axis", ()) is None else quantizer(x)


def _straight_through(quantizer: Any, x: Any, axes: tuple[int, ...]) -> tuple[Any, Any]:
    """Return the integers of inputs as floats, whose derivative is as if nothing were rounded, and their scale."""
    rounded, scale = _apply(quantizer, x, axes)
    found = [1 if axis in [position % x.ndim for position in axes] else size for axis, size in enumerate(scale.shape)]
    _check_scale("activation_quantizer", scale, tuple(found))
    scale = ops.stop_gradient(scale)
    scaled = ops.multiply(x, scale)
    return ops.add(scaled, ops.stop_gradient(ops.subtract(ops.cast(rounded, ops.dtype(x)), scaled))), scale


def _check_scale(argument: str, scale: Any, expected: tuple[Any, ...]) -> None:
    if tuple(scale.shape) != expected:
        raise ValueError(
            f"expected {argument} to give scales of shape {expected}, one for all that is summed up, got "
            f"{tuple(scale.shape)}; make it without an axis, which leaves that to the layer."
        )
