"""Estimators of scikit-learn that train a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from keras_core.models import Model, clone_model
from keras_core.utils.labels import to_categorical

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise ImportError(
        "keras_core.wrappers: expected the package 'scikit-learn', 1.6 or newer: pip install 'scikit-learn>=1.6'"
    ) from error


class _Estimator(BaseEstimator):
    """Trains a model.

    Args:
        model: compiled model, which stays as it is: a copy with weights of its own is trained; or a function
            `(X, y, **model_kwargs) -> compiled model`.
        warm_start: whether `fit` goes on with the model of the last one.
        model_kwargs: further arguments of the function.
        fit_kwargs: arguments of the model's `fit`.
    """

    model_: Any
    history_: dict[str, list[Any]]

    def __init__(
        self,
        model: Model | Callable[..., Any],
        warm_start: bool = False,
        model_kwargs: Mapping[str, Any] | None = None,
        fit_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.warm_start = warm_start
        self.model_kwargs = model_kwargs
        self.fit_kwargs = fit_kwargs

    def fit(self, X: Any, y: Any, **kwargs: Any) -> Any:
        """Train a model.

        Args:
            X: array of shape `(samples, features)`.
            y: array of shape `(samples,)`.
            **kwargs: arguments of the model's `fit`, before those in `fit_kwargs`.

        Returns:
            The estimator itself.

        Raises:
            ValueError: for data that do not fit.
            RuntimeError: for a model that is not compiled with an optimizer and a loss.
        """
        X, y = validate_data(self, X, y)
        y = self._encoded(y)
        goes_on = self.warm_start and hasattr(self, "model_")
        if not goes_on:
            self.model_, self.history_ = self._make_model(X, y), {}
        _check_compiled(self.model_, type(self).__name__)
        found = self.model_.fit(X, y, **{**(self.fit_kwargs or {}), **kwargs}).history
        for name, values in found.items():
            self.history_.setdefault(name, []).extend(values)
        return self

    def set_fit_request(self, **kwargs: Any) -> Any:
        """Say which metadata scikit-learn's routing hands to `fit`.

        Args:
            **kwargs: name of an argument of the model's `fit`, such as `sample_weight` -> whether it is handed on, or
                its name in the metadata; None: it is an error if it is given.

        Returns:
            The estimator itself.

        Raises:
            RuntimeError: where routing is not enabled.
        """
        from sklearn import get_config

        if not get_config().get("enable_metadata_routing", False):
            raise RuntimeError(
                f"{type(self).__name__}: set_fit_request needs metadata routing; call "
                "sklearn.set_config(enable_metadata_routing=True) before."
            )
        requests = self._get_metadata_request()
        for name, alias in kwargs.items():
            requests.fit.add_request(param=name, alias=alias)
        self._metadata_request = requests
        return self

    @property
    def epoch_(self) -> int:
        """The number of epochs that the model was trained."""
        check_is_fitted(self, "model_")
        return max(map(len, self.history_.values()), default=0)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        return tags

    def _encoded(self, y: Any) -> Any:
        """Return the targets as the model is given them."""
        return y

    def _make_model(self, X: Any, y: Any) -> Any:
        if isinstance(self.model, Model):
            _check_compiled(self.model, type(self).__name__)
            model = clone_model(self.model)
            model.compile_from_config(self.model.get_compile_config())
            return model
        return self.model(X, y, **(self.model_kwargs or {}))

    def _outputs(self, X: Any) -> np.ndarray:
        check_is_fitted(self, "model_")
        return self.model_.predict(validate_data(self, X, reset=False), verbose=0)

    def _values(self, X: Any) -> np.ndarray:
        outputs = self._outputs(X)
        return outputs[:, 0] if outputs.ndim == 2 and outputs.shape[1] == 1 else outputs


class SKLearnClassifier(ClassifierMixin, _Estimator):
    """A model as a classifier of scikit-learn.

    The model gets one-hot targets, so that it has one output a class, and `"categorical_crossentropy"` is its loss.

    Args:
        model: compiled model, which stays as it is: a copy with weights of its own is trained; or a function
            `(X, y, **model_kwargs) -> compiled model`.
        warm_start: whether `fit` goes on with the model of the last one.
        model_kwargs: further arguments of the function.
        fit_kwargs: arguments of the model's `fit`.

    Attributes:
        model_: the trained model.
        history_: name of a loss or metric -> its value after each epoch.
        classes_: the labels.
    """

    classes_: np.ndarray

    def predict(self, X: Any) -> np.ndarray:
        """Return the label of each sample.

        Args:
            X: array of shape `(samples, features)`.
        """
        scores = self.decision_function(X)
        return self.classes_[np.argmax(scores, axis=1)]

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the outputs of the model, of shape `(samples, classes)`.

        Args:
            X: array of shape `(samples, features)`.
        """
        return self._outputs(X)

    def _encoded(self, y: Any) -> Any:
        check_classification_targets(y)
        labels, numbers = np.unique(y, return_inverse=True)
        if self.warm_start and hasattr(self, "model_"):
            unknown = np.setdiff1d(labels, self.classes_)
            if len(unknown):
                raise ValueError(
                    f"{type(self).__name__}: expected the labels of the first fit, {self.classes_.tolist()}, got "
                    f"{unknown.tolist()} too."
                )
            numbers = np.searchsorted(self.classes_, y)
        else:
            self.classes_ = labels
        return to_categorical(numbers, len(self.classes_))


class SKLearnRegressor(RegressorMixin, _Estimator):
    """A model as a regressor of scikit-learn.

    Args:
        model: compiled model, which stays as it is: a copy with weights of its own is trained; or a function
            `(X, y, **model_kwargs) -> compiled model`.
        warm_start: whether `fit` goes on with the model of the last one.
        model_kwargs: further arguments of the function.
        fit_kwargs: arguments of the model's `fit`.

    Attributes:
        model_: the trained model.
        history_: name of a loss or metric -> its value after each epoch.
    """

    def predict(self, X: Any) -> np.ndarray:
        """Return the value of each sample.

        Args:
            X: array of shape `(samples, features)`.
        """
        return self._values(X)


class SKLearnTransformer(TransformerMixin, _Estimator):
    """A model as a transformer of scikit-learn.

    Args:
        model: compiled model, which stays as it is: a copy with weights of its own is trained; or a function
            `(X, y, **model_kwargs) -> compiled model`.
        warm_start: whether `fit` goes on with the model of the last one.
        model_kwargs: further arguments of the function.
        fit_kwargs: arguments of the model's `fit`.

    Attributes:
        model_: the trained model.
        history_: name of a loss or metric -> its value after each epoch.
    """

    def predict(self, X: Any) -> np.ndarray:
        """Return the outputs of the model, without an axis of size 1.

        Args:
            X: array of shape `(samples, features)`.
        """
        return self._values(X)

    def transform(self, X: Any) -> np.ndarray:
        """Return the outputs of the model.

        Args:
            X: array of shape `(samples, features)`.
        """
        return self._outputs(X)


def _check_compiled(model: Any, name: str) -> None:
    if not isinstance(model, Model):
        raise ValueError(f"{name}: expected a model, or a function that returns one, got {model!r}.")
    if not model.compiled or model.loss is None:
        raise RuntimeError(f"{name}: expected {model.label} to be compiled with an optimizer and a loss.")
