"""Mistakes in backends, devices, dtypes and settings."""

import numpy as np

import keras_core as keras
from keras_core import layers, ops
from mistakes.mistake import mistake


@mistake(
    ValueError,
    "there is no backend 'nunpy'.",
    "Did you mean 'numpy'?",
    "A backend of that name is usually installed by: pip install keras-backend-nunpy",
)
def misspelt_backend():
    """A misspelt backend."""
    keras.config.set_backend("nunpy")


@mistake(
    ValueError,
    "set_floatx: expected one of ('bfloat16', 'float16', 'float32', 'float64'), got 'flaot32'.",
    "Did you mean 'float32'?",
)
def misspelt_floatx():
    """A misspelt default float dtype."""
    keras.config.set_floatx("flaot32")


@mistake(
    ValueError,
    "data_format: expected one of ('channels_last', 'channels_first'), got 'channel_last'.",
    "Did you mean 'channels_last' or 'channels_first'?",
)
def misspelt_default_data_format():
    """A misspelt default data format."""
    keras.config.set_image_data_format("channel_last")


@mistake(
    ValueError,
    "DTypePolicy: expected 'mixed_float16', 'mixed_bfloat16' or a dtype name such as 'float32', got",
    "'mixed_flaot16'.",
    "Did you mean 'mixed_float16' or 'mixed_bfloat16' or 'float16'?",
)
def misspelt_policy():
    """A misspelt dtype policy."""
    keras.config.set_dtype_policy("mixed_flaot16")


@mistake(
    ValueError,
    "device: expected one of the backend's devices",
    "got 'gpus:7'.",
)
def misspelt_device():
    """A device that does not exist."""
    with keras.device("gpus:7"):
        ops.zeros(3)


@mistake(
    AttributeError,
    "module 'keras_core.layers' has no attribute 'Dnse', nor has an installed layer pack.",
    "Did you mean 'Dense'?",
)
def misspelt_layer():
    """A misspelt layer."""
    layers.Dnse(3)


@mistake(
    ValueError,
    "cast: dtype: expected one of bool, uint8, uint16, uint32, uint64, int8, int16, int32, int64,",
    "float8_e4m3fn, float8_e5m2, bfloat16, float16, float32, float64, complex64, complex128, got",
    "'flaot32'.",
    "Did you mean 'float32'?",
)
def misspelt_cast():
    """A misspelt dtype of a cast."""
    ops.cast(np.ones(3), "flaot32")


@mistake(
    ValueError,
    "argument 'seed' must be an int, a SeedGenerator or None, got 'one'.",
)
def text_as_a_seed():
    """A seed that is no number."""
    keras.random.normal((3,), seed="one")


@mistake(
    TypeError,
    "expected a tensor, array, number or list of numbers, got 'a'",
)
def strings_as_a_tensor():
    """Strings as a tensor."""
    ops.convert_to_tensor(["a", "b"])


@mistake(
    TypeError,
    "add: expected numbers or bools, got object of NumPy dtype object.",
)
def objects_as_a_tensor():
    """Arbitrary objects as a tensor."""
    ops.add(object(), 1)
