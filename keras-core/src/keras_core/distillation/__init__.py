"""Small models that learn from large ones: imported when it is used."""

from importlib import import_module
from typing import Any

_HOMES = {
    "distillation_loss": ("DistillationLoss",),
    "distiller": ("Distiller",),
    "feature_distillation": ("FeatureDistillation",),
    "logits_distillation": ("LogitsDistillation",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'.")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
