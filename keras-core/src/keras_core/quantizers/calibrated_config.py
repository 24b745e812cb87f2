"""What `Model.quantize` is told about the ways that look at data."""

from __future__ import annotations

from typing import Any, ClassVar

from keras_core.quantizers.config import QuantizationConfig


class CalibratedConfig(QuantizationConfig):
    """Common to ways of quantization that look at what a model computes for some data."""

    options: ClassVar[tuple[str, ...]]
    """Names of the arguments after the data, in the order of the configuration."""

    counts: ClassVar[tuple[str, ...]]
    """Those of them that are ints >= 1."""

    bits: ClassVar[tuple[int, ...]]
    """How many bits a weight may have."""

    weight_bits: int
    group_size: int

    def _set(self, dataset: Any, tokenizer: Any, **options: Any) -> None:
        """Take the arguments of the constructor."""
        QuantizationConfig.__init__(self)
        self.dataset = dataset
        self.tokenizer = tokenizer
        for name, value in options.items():
            setattr(self, name, value)
        name = type(self).__name__
        for count in self.counts:
            value = options[count]
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ValueError(f"{name}: expected {count} to be an int >= 1, got {value!r}.")
        if self.weight_bits not in self.bits:
            raise ValueError(f"{name}: expected weight_bits to be one of {self.bits}, got {self.weight_bits!r}.")
        size = self.group_size
        if not isinstance(size, int) or isinstance(size, bool) or (size < 1 and size != -1):
            raise ValueError(f"{name}: expected group_size to be -1 or an int >= 1, got {size!r}.")

    def dtype_policy_string(self) -> str:
        """Return the first part of the name of the dtype policy, such as `"gptq/4/128"`."""
        return f"{self.mode}/{self.weight_bits}/{self.group_size}"

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor, without the data and the tokenizer, which no file holds."""
        return {"dataset": None, "tokenizer": None, **{name: getattr(self, name) for name in self.options}}

    def for_layers(self) -> CalibratedConfig:
        """Return the configuration that layers keep: without data, tokenizer and layers of the model."""
        return self.from_config({**self.get_config(), "quantization_layer_structure": None})

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> CalibratedConfig:
        """Return a configuration from the result of `get_config`."""
        return cls(**config)


class GPTQConfig(CalibratedConfig):
    """Rounds the weights one after the other, and moves what is left of them so that the outputs for the data stay.

    Args:
        dataset: iterable of texts, or of arrays of token ids.
        tokenizer: what turns a text into token ids: an object with a method `tokenize`, or a function; may be None
            where the data are ids.
        weight_bits: 2, 3, 4 or 8.
        num_samples: how many sequences are taken from the data.
        per_channel: whether each channel has scales of its own, instead of all channels of a layer together.
        sequence_length: length of a sequence.
        hessian_damping: added to the diagonal of the Hessian, as a fraction of its mean.
        group_size: how many weights of a channel share a scale; -1 for all of them.
        symmetric: whether zero is in the middle of the range.
        activation_order: whether the weights whose inputs are largest come first.
        quantization_layer_structure: dict with `"pre_block_layers"`, the layers before the blocks, and
            `"sequential_blocks"`, the blocks, whose dense layers are quantized; None for that of the model.

    Raises:
        ValueError: for a number that is not allowed.

    Source:
        Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers", 2022,
        https://arxiv.org/abs/2210.17323.

    Example:
        >>> keras.quantizers.GPTQConfig(["some text"], str.split, weight_bits=3).dtype_policy_string()
        'gptq/3/128'
    """

    options = (
        *("weight_bits", "num_samples", "per_channel", "sequence_length", "hessian_damping", "group_size"),
        *("symmetric", "activation_order", "quantization_layer_structure"),
    )
    counts = ("num_samples", "sequence_length")
    bits = (2, 3, 4, 8)

    def __init__(
        self,
        dataset: Any,
        tokenizer: Any,
        *,
        weight_bits: int = 4,
        num_samples: int = 128,
        per_channel: bool = True,
        sequence_length: int = 512,
        hessian_damping: float = 0.01,
        group_size: int = 128,
        symmetric: bool = False,
        activation_order: bool = False,
        quantization_layer_structure: Any = None,
    ) -> None:
        self._set(
            dataset,
            tokenizer,
            weight_bits=weight_bits,
            num_samples=num_samples,
            per_channel=per_channel,
            sequence_length=sequence_length,
            hessian_damping=hessian_damping,
            group_size=group_size,
            symmetric=symmetric,
            activation_order=activation_order,
            quantization_layer_structure=quantization_layer_structure,
        )
        if not isinstance(hessian_damping, int | float) or not 0 <= hessian_damping <= 1:
            raise ValueError(f"GPTQConfig: expected hessian_damping from 0 to 1, got {hessian_damping!r}.")

    @property
    def mode(self) -> str:
        """`"gptq"`."""
        return "gptq"


class AWQConfig(CalibratedConfig):
    """Scales the weights up whose inputs are large, so that rounding changes the outputs for the data least.

    Args:
        dataset: iterable of texts, or of arrays of token ids.
        tokenizer: what turns a text into token ids: an object with a method `tokenize`, or a function; may be None
            where the data are ids.
        weight_bits: 4.
        num_samples: how many sequences are taken from the data.
        sequence_length: length of a sequence.
        group_size: how many weights of a channel share a scale; -1 for all of them.
        num_grid_points: how many exponents of the inputs are tried for the scaling.
        quantization_layer_structure: as of `GPTQConfig`.

    Raises:
        ValueError: for a number that is not allowed.

    Source:
        Lin et al., "AWQ: Activation-aware Weight Quantization for LLM Compression and Acceleration", 2023,
        https://arxiv.org/abs/2306.00978.

    Example:
        >>> keras.quantizers.AWQConfig(["some text"], str.split, group_size=32).dtype_policy_string()
        'awq/4/32'
    """

    options = (
        *("weight_bits", "num_samples", "sequence_length", "group_size", "num_grid_points"),
        "quantization_layer_structure",
    )
    counts = ("num_samples", "sequence_length", "num_grid_points")
    bits = (4,)

    def __init__(
        self,
        dataset: Any,
        tokenizer: Any,
        *,
        weight_bits: int = 4,
        num_samples: int = 128,
        sequence_length: int = 512,
        group_size: int = 128,
        num_grid_points: int = 20,
        quantization_layer_structure: Any = None,
    ) -> None:
        self._set(
            dataset,
            tokenizer,
            weight_bits=weight_bits,
            num_samples=num_samples,
            sequence_length=sequence_length,
            group_size=group_size,
            num_grid_points=num_grid_points,
            quantization_layer_structure=quantization_layer_structure,
        )

    @property
    def mode(self) -> str:
        """`"awq"`."""
        return "awq"
