"""Which way of quantization belongs to a mode, and what files hold in each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from keras_core.dtype_policies import Int4DTypePolicy, QuantizedDTypePolicy, QuantizedFloat8DTypePolicy
from keras_core.dtype_policies.quantized import MODES
from keras_core.layers.quantization.calibrated import Calibrated
from keras_core.layers.quantization.float8 import Float8
from keras_core.layers.quantization.schemes import Blocks, OneScale, PackedOneScale, Scheme
from keras_core.quantizers.calibrated_config import AWQConfig, GPTQConfig
from keras_core.quantizers.config import (
    Float8QuantizationConfig,
    Int4QuantizationConfig,
    Int8QuantizationConfig,
    QuantizationConfig,
)
from keras_core.runtime.naming import did_you_mean


def _int4(policy: QuantizedDTypePolicy) -> Scheme:
    size = policy.block_size if isinstance(policy, Int4DTypePolicy) else -1
    return PackedOneScale((-8, 7), rounds_inputs=False) if size == -1 else Blocks(size)


def _float8(policy: QuantizedDTypePolicy) -> Scheme:
    default = QuantizedFloat8DTypePolicy.default_amax_history_length
    return Float8(getattr(policy, "amax_history_length", default))


def _calibrated(policy: Any) -> Scheme:
    return Calibrated(policy.weight_bits, policy.group_size, scales_inputs=policy.quantization_mode == "awq")


_SCHEMES: Final[dict[str, Callable[[Any], Scheme]]] = {
    "int8": lambda policy: OneScale((-127, 127), rounds_inputs=True),
    "int4": _int4,
    "float8": _float8,
    "gptq": _calibrated,
    "awq": _calibrated,
}

_CONFIGS: Final[dict[str, tuple[type[QuantizationConfig], str | None]]] = {
    "int8": (Int8QuantizationConfig, None),
    "int4": (Int4QuantizationConfig, None),
    "float8": (Float8QuantizationConfig, None),
    "gptq": (GPTQConfig, "GPTQConfig(dataset, tokenizer)"),
    "awq": (AWQConfig, "AWQConfig(dataset, tokenizer)"),
}
"""Mode -> class of its configuration, and how it is made where it has to be given."""

# What files hold, in this order: `{}` stands for the large weight, `...` for the other weights.
_FLOAT8 = tuple(f"{word}_{suffix}" for word in ("inputs", "{}", "outputs_grad") for suffix in ("scale", "amax_history"))
_STORED: Final[dict[str | None, tuple[str, ...]]] = {
    None: ("{}", "..."),
    "int8": ("{}", "...", "{}_scale"),
    "int4": ("{}", "...", "{}_scale", "{}_zero", "g_idx"),
    "float8": ("{}", "...", *_FLOAT8),
    "gptq": ("...", "quantized_{}", "{}_scale", "{}_zero", "g_idx"),
    "awq": ("...", "quantized_{}", "{}_scale", "{}_zero", "awq_scales", "g_idx"),
}


def scheme_of(policy: QuantizedDTypePolicy) -> Scheme:
    """Return the way of quantization of a dtype policy."""
    mode = policy.quantization_mode
    assert mode is not None
    return _SCHEMES[mode](policy)


def stored_names(weight: str, others: tuple[str, ...], modes: tuple[str, ...]) -> dict[str | None, list[str]]:
    """Return mode -> names of what files hold of a layer, in order. Those that a layer does not have are left out.

    Args:
        weight: name of the large weight.
        others: names of the others.
        modes: modes of the layer.
    """
    return {
        mode: [name for word in _STORED[mode] for name in (others if word == "..." else (word.format(weight),))]
        for mode in (None, *modes)
    }


def checked(label: str, mode: Any, config: Any, own: Any = None) -> tuple[str, QuantizationConfig]:
    """Return mode and configuration, each of which may have been left out.

    Args:
        label: what is quantized, for errors.
        mode: the mode, None for that of the configuration.
        config: the configuration; None for the layer's own where it is of the mode, else the default.
        own: the layer's own.

    Raises:
        ValueError: where both are missing, or do not fit together, or nothing can be the default.
    """
    if config is not None and not isinstance(config, QuantizationConfig):
        raise ValueError(f"{label}: expected config to be a quantization configuration or None, got {config!r}.")
    if mode is None and config is None:
        raise ValueError(f"{label}: quantize() needs a mode, one of {', '.join(map(repr, MODES))}, or a config.")
    mode = config.mode if mode is None else mode
    if mode not in MODES:
        raise ValueError(
            f"{label}: expected the mode of quantization to be one of {', '.join(map(repr, MODES))}, got {mode!r}."
            f"{did_you_mean(mode, MODES)}"
        )
    cls, form = _CONFIGS[mode]
    if config is None:
        config = own if isinstance(own, cls) else None
    if config is None:
        if form is not None:
            raise ValueError(f"{label}: quantize({mode!r}) needs config={form}.")
        config = cls()
    if config.mode != mode:
        raise ValueError(f"{label}: expected config to be of the mode {mode!r}, got one of {config.mode!r}.")
    return mode, config


def config_of_policy(policy: QuantizedDTypePolicy) -> QuantizationConfig:
    """Return the default configuration for a dtype policy of a mode that needs no data."""
    if policy.quantization_mode == "int4":
        return Int4QuantizationConfig(block_size=policy.block_size if isinstance(policy, Int4DTypePolicy) else -1)
    assert policy.quantization_mode is not None
    return _CONFIGS[policy.quantization_mode][0]()
