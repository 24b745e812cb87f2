"""What training makes small: imported when it is used."""

from importlib import import_module
from typing import Any

from keras_core.runtime.naming import no_attribute

# Module -> the public names that it brings.
_HOMES = {
    "crossentropies": (
        *("binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy"),
        *("categorical_focal_crossentropy", "categorical_generalized_cross_entropy", "sparse_categorical_crossentropy"),
    ),
    "crossentropy_losses": (
        *("BinaryCrossentropy", "BinaryFocalCrossentropy", "CategoricalCrossentropy", "CategoricalFocalCrossentropy"),
        *("CategoricalGeneralizedCrossEntropy", "SparseCategoricalCrossentropy"),
    ),
    "error_losses": (
        *("CosineSimilarity", "Huber", "KLDivergence", "LogCosh", "MeanAbsoluteError", "MeanAbsolutePercentageError"),
        *("MeanSquaredError", "MeanSquaredLogarithmicError", "Poisson"),
    ),
    "errors": (
        *("cosine_similarity", "huber", "kl_divergence", "log_cosh", "mean_absolute_error"),
        *("mean_absolute_percentage_error", "mean_squared_error", "mean_squared_logarithmic_error", "poisson"),
    ),
    "lookup": ("deserialize", "get", "serialize"),
    "loss": ("Loss", "LossFunctionWrapper"),
    "margin_losses": ("CategoricalHinge", "Circle", "Hinge", "SquaredHinge"),
    "margins": ("categorical_hinge", "circle", "hinge", "squared_hinge"),
    "structure_losses": ("CTC", "Dice", "Tversky"),
    "structures": ("ctc", "dice", "tversky"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise no_attribute(__name__, name, __all__)
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
