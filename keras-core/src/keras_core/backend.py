"""What programs ask about the backend and the settings of the process.

`keras_core.backend()` gives the name of the active backend, as `keras_core.backend.backend()` does: the module itself
can be called.
"""

import sys
from types import ModuleType

from keras_core.runtime.config import (
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from keras_core.runtime.dtypes import is_float_dtype, is_int_dtype, result_type, standardize_dtype
from keras_core.runtime.keras_tensor import is_keras_tensor
from keras_core.runtime.naming import get_uid
from keras_core.runtime.table import backend
from keras_core.utils.session import clear_session

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
]


class _CallableModule(ModuleType):
    """Before it was a module, `keras_core.backend` was the function, which programs still call."""

    def __call__(self) -> str:
        """Return the name of the active backend."""
        return backend()


sys.modules[__name__].__class__ = _CallableModule
