"""Settings of the process: numbers and layouts, what is shown, how far training may go."""

from dataclasses import dataclass
from typing import Final

from keras_core.runtime.naming import did_you_mean

FLOATX_CHOICES: Final = ("bfloat16", "float16", "float32", "float64")
DATA_FORMATS: Final = ("channels_last", "channels_first")


@dataclass
class _Settings:
    floatx: str = "float32"
    epsilon: float = 1e-7
    image_data_format: str = "channels_last"
    interactive_logging: bool = True
    traceback_filtering: bool = True
    flash_attention: bool | None = None
    max_epochs: int | None = None
    max_steps_per_epoch: int | None = None


_settings = _Settings()


def fingerprint() -> str:
    """Return a text that is another one whenever a setting is."""
    return f"{_settings.floatx} {_settings.epsilon!r} {_settings.image_data_format} {_settings.flash_attention}"


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
        raise ValueError(
            f"set_floatx: expected one of {FLOATX_CHOICES}, got {value!r}.{did_you_mean(value, FLOATX_CHOICES)}"
        )
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
        raise ValueError(
            f"data_format: expected one of {DATA_FORMATS}, got {data_format!r}."
            f"{did_you_mean(data_format, DATA_FORMATS)}"
        )
    return lowered


# what is shown


def enable_interactive_logging() -> None:
    """Let progress and messages go to the standard output, as at the start."""
    _settings.interactive_logging = True


def disable_interactive_logging() -> None:
    """Let progress and messages go to the logger `keras_core` of Python's `logging`, with level INFO.

    Example:
        >>> keras.config.disable_interactive_logging()
        >>> keras.config.is_interactive_logging_enabled()
        False
        >>> keras.config.enable_interactive_logging()
    """
    _settings.interactive_logging = False


def is_interactive_logging_enabled() -> bool:
    """Tell whether progress and messages go to the standard output."""
    return _settings.interactive_logging


def enable_traceback_filtering() -> None:
    """Leave the inner frames of `keras_core` out of the tracebacks of layers, as at the start."""
    _settings.traceback_filtering = True


def disable_traceback_filtering() -> None:
    """Show every frame in tracebacks."""
    _settings.traceback_filtering = False


def is_traceback_filtering_enabled() -> bool:
    """Tell whether tracebacks of layers leave the inner frames of `keras_core` out."""
    return _settings.traceback_filtering


# fused attention


def enable_flash_attention() -> None:
    """Let ops and layers that are told nothing use fused attention where the backend has it, as at the start."""
    _settings.flash_attention = None


def disable_flash_attention() -> None:
    """Let ops and layers that are told nothing compute attention without fused kernels."""
    _settings.flash_attention = False


def is_flash_attention_enabled() -> bool | None:
    """Return False where fused attention is disabled, else None: whoever computes may choose."""
    return _settings.flash_attention


# how far training may go


def max_epochs() -> int | None:
    """Return the largest number of epochs that `fit` runs, None for no limit."""
    return _settings.max_epochs


def set_max_epochs(max_epochs: int | None) -> None:
    """Limit the epochs of every `fit`, for a quick look whether a program runs.

    Args:
        max_epochs: positive int; None for no limit.

    Raises:
        ValueError: for anything else.
    """
    _settings.max_epochs = _limit("set_max_epochs", max_epochs)


def max_steps_per_epoch() -> int | None:
    """Return the largest number of batches an epoch, of an evaluation and a prediction, None for no limit."""
    return _settings.max_steps_per_epoch


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Limit the batches of each epoch of `fit`, and those of `evaluate` and `predict`.

    Args:
        max_steps_per_epoch: positive int; None for no limit.

    Raises:
        ValueError: for anything else.
    """
    _settings.max_steps_per_epoch = _limit("set_max_steps_per_epoch", max_steps_per_epoch)


def _limit(name: str, value: int | None) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise ValueError(f"{name}: expected a positive int or None, got {value!r}.")
    return value


def reset_session_settings() -> None:
    """Set back what belongs to a session and not to the numbers: what is shown, and fused attention."""
    for name in ("interactive_logging", "traceback_filtering", "flash_attention"):
        setattr(_settings, name, getattr(_Settings, name))


# kept for compatibility


def enable_unsafe_deserialization() -> None:
    """Refuse: code in a model file is never run, and no setting of the process changes what a loader trusts.

    A file is data. Say at the call that loads it which classes and functions it may name, or register them.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError(
        "enable_unsafe_deserialization: expected no wish to run code from model files, which keras_core never does: "
        "not for one file, and not for the whole process. Register what the file names by "
        "@keras_core.saving.register_keras_serializable(), or pass it: load_model(path, custom_objects={...})."
    )


def is_nnx_enabled() -> bool:
    """Return False: variables are those of `keras_core` on every backend."""
    return False
