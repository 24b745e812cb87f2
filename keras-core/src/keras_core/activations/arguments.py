"""What activations take."""

from typing import Any

from keras_core import ops
from keras_core.runtime import config, dtypes


def float_tensor(x: Any) -> Any:
    """Return anything tensor-like as a tensor of floats; integers become `floatx`."""
    x = ops.convert_to_tensor(x)
    return x if dtypes.is_inexact(dtypes.standardize_dtype(x.dtype)) else ops.cast(x, config.floatx())
