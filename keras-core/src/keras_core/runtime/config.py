"""Settings of the process: default float dtype, epsilon, image data format."""

from dataclasses import dataclass
from typing import Final

FLOATX_CHOICES: Final = ("bfloat16", "float16", "float32", "float64")
DATA_FORMATS: Final = ("channels_last", "channels_first")


@dataclass
class _Settings:
    floatx: str = "float32"
    epsilon: float = 1e-7
    image_data_format: str = "channels_last"


_settings = _Settings()


def fingerprint() -> str:
    """Return a text that is another one whenever a setting is."""
    return f"{_settings.floatx} {_settings.epsilon!r} {_settings.image_data_format}"


def floatx() -> str:
    """Return the name of the default float dtype, `"float32"` unless changed."""
    return _settings.floatx


def set_floatx(value: str) -> None:
    """Set the default float dtype.

    Args:
        value: `"bfloat16"`, `"float16"`, `"float32"` or `"float64"`.

    Raises:
        ValueError: for any other value.
    """
    if value not in FLOATX_CHOICES:
        raise ValueError(f"set_floatx: expected one of {FLOATX_CHOICES}, got {value!r}.")
    _settings.floatx = value


def epsilon() -> float:
    """Return the fuzz factor that keeps divisions and logarithms finite, 1e-7 unless changed."""
    return _settings.epsilon


def set_epsilon(value: float) -> None:
    """Set the fuzz factor, a positive float."""
    _settings.epsilon = float(value)


def image_data_format() -> str:
    """Return the default position of image channels, `"channels_last"` unless changed."""
    return _settings.image_data_format


def set_image_data_format(data_format: str) -> None:
    """Set the default position of image channels.

    Args:
        data_format: `"channels_last"` or `"channels_first"`.

    Raises:
        ValueError: for any other value.
    """
    _settings.image_data_format = standardize_data_format(data_format)


def standardize_data_format(data_format: str | None) -> str:
    """Return a valid data format, the default for None.

    Raises:
        ValueError: for anything but `"channels_last"`, `"channels_first"` and None.
    """
    if data_format is None:
        return _settings.image_data_format
    lowered = str(data_format).lower()
    if lowered not in DATA_FORMATS:
        raise ValueError(f"data_format: expected one of {DATA_FORMATS}, got {data_format!r}.")
    return lowered
