"""What does not belong to one room."""

from keras_core.runtime.config import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from keras_core.runtime.dtypes import standardize_dtype
from keras_core.runtime.keras_tensor import is_keras_tensor
from keras_core.runtime.seeding import set_random_seed
from keras_core.runtime.serialization import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)
from keras_core.training.data.py_dataset import PyDataset
from keras_core.training.data.unpack import pack_x_y_sample_weight, unpack_x_y_sample_weight
from keras_core.utils.cached_file import get_file
from keras_core.utils.config import Config
from keras_core.utils.download_error import DownloadError
from keras_core.utils.graph import get_source_inputs
from keras_core.utils.labels import normalize, to_categorical
from keras_core.utils.plotting import model_to_dot, plot_model
from keras_core.utils.progbar import Progbar
from keras_core.utils.session import clear_session

Sequence = PyDataset
"""The name of `PyDataset` in older code."""

__all__ = [
    "Config",
    "CustomObjectScope",
    "DownloadError",
    "Progbar",
    "PyDataset",
    "Sequence",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "get_source_inputs",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "model_to_dot",
    "normalize",
    "pack_x_y_sample_weight",
    "plot_model",
    "register_keras_serializable",
    "serialize_keras_object",
    "set_random_seed",
    "standardize_dtype",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
