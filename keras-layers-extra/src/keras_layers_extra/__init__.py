"""A layer pack for keras-core: modern blocks.

Its classes are imported when they are used, so that core can list them without importing anything.
"""

from importlib import import_module
from typing import Any, Final

HOMES: Final = {
    "MixtureOfExperts": "keras_layers_extra.mixture_of_experts",
    "RotaryEmbedding": "keras_layers_extra.rotary_embedding",
    "SwiGLU": "keras_layers_extra.swiglu",
}
"""Class -> the module that it lives in."""

__version__ = "1.0.0"
__all__ = ["MixtureOfExperts", "RotaryEmbedding", "SwiGLU", "__version__"]


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'keras_layers_extra' has no attribute {name!r}")
    found = getattr(import_module(HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
