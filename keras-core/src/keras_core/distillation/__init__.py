"""Small models that learn from large ones: imported when it is used."""

from keras_core.contract import lazy_names

_HOMES = {
    "distillation_loss": ("DistillationLoss",),
    "distiller": ("Distiller",),
    "feature_distillation": ("FeatureDistillation",),
    "logits_distillation": ("LogitsDistillation",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # pyright: ignore[reportUnsupportedDunderAll]

__getattr__ = lazy_names(__name__, _HOME_OF)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
