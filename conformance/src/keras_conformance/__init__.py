"""The conformance suite that every backend of keras-core must pass: a pytest plugin, a command, and the cases.

`check_layer` checks the layer of a pack as the suite checks those of core.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keras_conformance.layer_checks.check_layer import check_layer
    from keras_conformance.layer_checks.specimen import LayerMismatch

__all__ = ["LayerMismatch", "check_layer"]

# Imported when they are used: any pytest run in an environment with the suite imports this module.
_HOMES = {
    "LayerMismatch": "keras_conformance.layer_checks.specimen",
    "check_layer": "keras_conformance.layer_checks.check_layer",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
