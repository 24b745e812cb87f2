"""Keras as an open plugin ecosystem: the Keras API over backends that are ordinary packages.

Importing this package imports no framework; names are fetched and the backend is loaded at first use.
"""

from importlib import import_module
from typing import Any

__version__ = "1.0.0"

_MODULES = (
    *("activations", "backend", "callbacks", "config", "constraints", "distillation", "dtype_policies"),
    *("initializers", "layers", "losses", "metrics", "mixed_precision", "models", "ops", "optimizers", "quantizers"),
    *("random", "regularizers", "saving", "transforms", "tree", "utils", "wrappers"),
)
_NAMES = {
    "DTypePolicy": "keras_core.dtype_policies",
    "FloatDTypePolicy": "keras_core.dtype_policies",
    "Function": "keras_core.models",
    "Initializer": "keras_core.initializers",
    "Input": "keras_core.layers",
    "InputSpec": "keras_core.layers",
    "KerasTensor": "keras_core.runtime.keras_tensor",
    "Layer": "keras_core.layers",
    "Loss": "keras_core.losses",
    "Metric": "keras_core.metrics",
    "Model": "keras_core.models",
    "Operation": "keras_core.runtime.operation",
    "Optimizer": "keras_core.optimizers",
    "Quantizer": "keras_core.quantizers",
    "Regularizer": "keras_core.regularizers",
    "RematScope": "keras_core.runtime.rematerialization",
    "Sequential": "keras_core.models",
    "StatelessScope": "keras_core.runtime.scopes",
    "SymbolicScope": "keras_core.runtime.symbolic",
    "Variable": "keras_core.runtime.variable",
    "device": "keras_core.runtime.devices",
    "load_backend": "keras_core.runtime.table",
    "name_scope": "keras_core.runtime.scopes",
    "remat": "keras_core.runtime.rematerialization",
    "set_backend": "keras_core.runtime.table",
    "use_backend": "keras_core.runtime.table",
}
_OTHER_NAMES = {"load_backend": "load_table"}

__all__ = ["__version__", "version", *_MODULES, *_NAMES]


def version() -> str:
    """Return the version of `keras_core`, `__version__`.

    Example:
        >>> keras.version() == keras.__version__
        True
    """
    return __version__


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value: Any = import_module(f"keras_core.{name}")
    elif name in _NAMES:
        value = getattr(import_module(_NAMES[name]), _OTHER_NAMES.get(name, name))
    else:
        from keras_core.runtime.naming import no_attribute

        raise no_attribute(__name__, name, __all__)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
