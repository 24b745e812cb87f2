"""What a plugin provides, and nothing else."""

from keras_core.contract.array_api import bind_array_api
from keras_core.contract.binding import bound
from keras_core.contract.by_dtype import by_dtype, computed_in
from keras_core.contract.devices import Devices
from keras_core.contract.errors import UnsupportedOpError
from keras_core.contract.formats import Format
from keras_core.contract.hookspecs import PROJECT, HookSpecs, hookimpl, hookspec
from keras_core.contract.host import HostConversion
from keras_core.contract.lazy_backend import LazyBackend
from keras_core.contract.lazy_names import lazy_names
from keras_core.contract.primitives import PRIMITIVE_NAMES, Primitives
from keras_core.contract.recording import recorded_once_frequent
from keras_core.contract.substitution import or_else, widened
from keras_core.contract.transforms import TRANSFORM_NAMES, Transforms
from keras_core.contract.version import CONTRACT_VERSION, is_compatible

__all__ = [
    "CONTRACT_VERSION",
    "PRIMITIVE_NAMES",
    "PROJECT",
    "TRANSFORM_NAMES",
    "Devices",
    "Format",
    "HookSpecs",
    "HostConversion",
    "LazyBackend",
    "Primitives",
    "Transforms",
    "UnsupportedOpError",
    "bind_array_api",
    "bound",
    "by_dtype",
    "computed_in",
    "hookimpl",
    "hookspec",
    "is_compatible",
    "lazy_names",
    "or_else",
    "recorded_once_frequent",
    "widened",
]
