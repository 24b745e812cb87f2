"""From floats to small integers and to floats of eight bits: imported when it is used."""

from keras_core.contract import lazy_names

# Module -> the public names that it brings.
_HOMES = {
    "calibrated_config": ("AWQConfig", "GPTQConfig"),
    "config": ("Float8QuantizationConfig", "Int4QuantizationConfig", "Int8QuantizationConfig", "QuantizationConfig"),
    "fake": ("fake_quant_with_min_max_vars",),
    "float8": ("compute_float8_amax_history", "compute_float8_scale", "quantize_and_dequantize"),
    "integers": ("abs_max_quantize", "abs_max_quantize_grouped_with_zero_point"),
    "lookup": ("deserialize", "get", "serialize"),
    "packing": ("pack_int4", "unpack_int4"),
    "quantizer": ("AbsMaxQuantizer", "Quantizer"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)  # pyright: ignore[reportUnsupportedDunderAll]

__getattr__ = lazy_names(__name__, _HOME_OF)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
