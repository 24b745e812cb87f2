"""`EinsumDense`: a dense layer over any axes, said by an equation."""

from __future__ import annotations

import re
from typing import Any

from keras_core import ops, regularizers
from keras_core.layers.arguments import Shape, integer, wrong
from keras_core.layers.core.kernel_layer import KernelLayer
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.quantization.quantizable import Quantizable
from keras_core.layers.quantization.weight import LargeWeight, aligned

_EQUATION = re.compile(r"(\.\.\.)?([A-Za-z]+)(\.\.\.)?,([A-Za-z]+)->(\.\.\.)?([A-Za-z]+)(\.\.\.)?")


class EinsumDense(Quantizable, KernelLayer):
    """Computes `activation(einsum(equation, inputs, kernel) + bias)`.

    Args:
        equation: `"inputs,kernel->outputs"` with a letter an axis, such as `"abc,cd->abd"`; the inputs and the outputs
            may both begin with `...`, or both end with it, for axes that stay.
        output_shape: int or tuple: sizes of the outputs without the first axis (and without those of `...`), None for
            sizes that are those of the inputs.
        activation: name or function; None for none.
        bias_axes: letters of the outputs that the bias has; None for no bias.
        kernel_initializer: first value of the kernel.
        bias_initializer: first value of the bias.
        kernel_regularizer: penalty on the kernel, or None.
        bias_regularizer: penalty on the bias, or None.
        kernel_constraint: what the optimizer applies to the kernel after an update, or None.
        bias_constraint: the same for the bias.
        lora_rank: rank of a low-rank adaptation, see `enable_lora`; None for none.
        lora_alpha: the adaptation is scaled by `lora_alpha / lora_rank`; None for `lora_rank`.
        gptq_unpacked_column_size: kept for compatibility, without effect: sizes follow from the equation.
        quantization_config: how it is quantized where its dtype policy, or `quantize`, says that it is; None for the
            default of the mode.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where the equation is none of this form, or the shapes do not fit it.

    Example:
        >>> keras.layers.EinsumDense("abc,cd->abd", (None, 8), bias_axes="d")(np.ones((2, 3, 4))).shape
        (2, 3, 8)
    """

    def __init__(
        self,
        equation: str,
        output_shape: Any,
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        gptq_unpacked_column_size: int | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            activation,
            bool(bias_axes),
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            kwargs.pop("activity_regularizer", None),
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )
        self._set_quantization(quantization_config)
        self._set_low_rank(lora_rank, lora_alpha)
        self.equation = equation
        self._parse(equation)
        sizes = output_shape if isinstance(output_shape, list | tuple) else (output_shape,)
        self.partial_output_shape = tuple(
            None if size is None else integer(self, "output_shape", size) for size in sizes
        )
        self.bias_axes = bias_axes
        missing = sorted(set(bias_axes or "") - set(self._output_labels))
        if missing:
            raise wrong(self, "bias_axes", f"letters of the outputs '{self._output_labels}'", bias_axes)

    def _parse(self, equation: Any) -> None:
        found = _EQUATION.fullmatch(equation.replace(" ", "")) if isinstance(equation, str) else None
        if found is not None:
            before, labels, after, kernel, before_output, output, after_output = found.groups()
            if (before, after) == (before_output, after_output) and not (before and after):
                self._input_labels, self._kernel_labels, self._output_labels = labels, kernel, output
                self._leading, self._trailing = bool(before), bool(after)
                if set(output) <= set(labels + kernel) and set(kernel) <= set(labels + output):
                    return
        raise wrong(self, "equation", "the form 'abc,cd->abd', '...ab,bc->...ac' or 'ab...,bc->ac...'", equation)

    def _sizes(self, input_shape: Any) -> tuple[dict[str, int | None], Shape]:
        """Return the size of each letter, and the shape of the outputs."""
        shape = tuple(input_shape)
        labels, output = self._input_labels, self._output_labels
        more = len(shape) - len(labels)
        if more < 0 or (more and not (self._leading or self._trailing)):
            raise ValueError(
                f"{self.label}: expected inputs with the axes '{labels}' of equation '{self.equation}', got the shape "
                f"{shape}."
            )
        kept = shape[:more] if self._leading else shape[len(labels) :]
        sizes = dict(zip(labels, shape[more:] if self._leading else shape, strict=False))
        # The first axis of the outputs is the batch's, unless `...` stands there.
        own = output if self._leading else output[1:]
        given = self.partial_output_shape
        count = len(given) if self._leading else len(own)
        if len(given) != count or count > len(own):
            raise wrong(self, "output_shape", f"a size for each of the axes '{own}'", given)
        for label, size in zip(own[len(own) - count :], given, strict=True):
            known = sizes.get(label)
            if known is not None and size is not None and known != size:
                raise ValueError(
                    f"{self.label}: expected {known}, the size of axis '{label}' of the inputs, in 'output_shape', got "
                    f"{size}."
                )
            sizes[label] = known if size is None else size
        outputs = tuple(sizes.get(label) for label in output)
        return sizes, ((*kept, *outputs) if self._leading else (*outputs, *kept))

    def build(self, input_shape: Any) -> None:
        """Make the kernel and the bias."""
        sizes, output_shape = self._sizes(input_shape)
        kernel_shape = tuple(self._known(sizes, label, input_shape) for label in self._kernel_labels)
        bias_shape: tuple[int, ...] = ()
        if self.bias_axes:
            labels = self._output_labels
            first = min(labels.index(label) for label in self.bias_axes)
            bias_shape = tuple(
                self._known(sizes, label, input_shape) if label in self.bias_axes else 1 for label in labels[first:]
            )
            if self._trailing:
                bias_shape += (1,) * (len(output_shape) - len(labels))
        self._kept_axes = len(input_shape) - len(self._input_labels)
        self._add_weights(kernel_shape, bias_shape)
        self.input_spec = InputSpec(ndim=len(input_shape))

    def _known(self, sizes: dict[str, int | None], label: str, input_shape: Any) -> int:
        size = sizes.get(label)
        if size is None:
            raise ValueError(
                f"{self.label}: expected a known size of axis '{label}' of equation '{self.equation}', since the "
                f"weights depend on it; got inputs of shape {tuple(input_shape)} and "
                f"output_shape={self.partial_output_shape}."
            )
        return size

    def quantized_build(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, kernel_shape: Any, mode: str, config: Any = None
    ) -> None:
        """Make the variables of a quantized kernel.

        Args:
            kernel_shape: shape of the kernel.
            mode: mode of quantization.
            config: configuration of the mode; None for the default.
        """
        self._build_quantized(kernel_shape, mode, config)

    def _describe(self, shape: tuple[int, ...]) -> tuple[LargeWeight, ...]:
        kernel, outputs = self._kernel_labels, self._output_labels
        summed = "".join(label for label in kernel if label not in outputs)
        # Axes of `...` have digits for labels. In front they need none: tensors broadcast there.
        kept = "".join(map(str, range(self._kept_axes)))
        inputs = kept * self._leading + self._input_labels + kept * self._trailing
        layout = outputs + kept * self._trailing
        wanted = kept * self._leading + layout
        weight = LargeWeight(
            "kernel",
            shape,
            kernel,
            summed,
            layout,
            lambda inputs, kernel: ops.einsum(self.equation, inputs, kernel),
            tuple(axis for axis, label in enumerate(inputs) if label not in wanted),
            lambda scale: aligned(scale, inputs, wanted),
            attribute="_kernel",
        )
        return (weight,)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return the outputs.

        Args:
            inputs: tensor with the axes of the equation.
            training: whether the scales of float8 are trained.
        """
        if self._scheme is not None:
            return self._activated(self._quantized_outputs(inputs, training))
        outputs = ops.einsum(self.equation, inputs, self.kernel)
        if self.bias is not None:
            outputs = ops.add(outputs, self.bias)
        return self._activated(outputs)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs.

        Raises:
            ValueError: where the shape does not fit the equation.
        """
        return self._sizes(input_shape)[1]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        config = super().get_config()
        del config["use_bias"]
        return {
            **config,
            "equation": self.equation,
            "output_shape": self.partial_output_shape,
            "bias_axes": self.bias_axes,
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            **self._quantization_in_config(),
        }
