"""Models as estimators of scikit-learn, which must be installed to use them."""

from typing import Any

__all__ = ["SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'keras_core.wrappers' has no attribute {name!r}")
    # scikit-learn is loaded, and asked for, at the first use.
    from keras_core.wrappers import estimators

    return getattr(estimators, name)


def __dir__() -> list[str]:
    return sorted(__all__)
