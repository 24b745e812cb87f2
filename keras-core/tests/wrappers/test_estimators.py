"""Models as estimators of scikit-learn."""

import subprocess
import sys

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import keras_core as keras
from keras_core.wrappers import SKLearnClassifier, SKLearnRegressor, SKLearnTransformer

X = np.random.default_rng(0).normal(size=(60, 3)).astype("float32")
LABELS = np.array(["no", "yes"])[(X.sum(axis=1) > 0).astype(int)]
SEEN = []


def classifier(X, y, hidden=8):
    SEEN.append((X.shape, y.shape, hidden))
    keras.utils.set_random_seed(0)
    parts = [keras.layers.Dense(hidden, "relu"), keras.layers.Dense(y.shape[1], "softmax")]
    model = keras.Sequential([keras.Input(X.shape[1:]), *parts])
    model.compile(keras.optimizers.Adam(0.05), "categorical_crossentropy")
    return model


def regressor(X, y):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input(X.shape[1:]), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


QUIET = {"verbose": 0}


def test_a_classifier_learns_labels():
    SEEN.clear()
    estimator = SKLearnClassifier(classifier, model_kwargs={"hidden": 5}, fit_kwargs={"epochs": 15, **QUIET})
    assert estimator.fit(X, LABELS) is estimator
    assert SEEN == [((60, 3), (60, 2), 5)]
    assert estimator.classes_.tolist() == ["no", "yes"]
    assert estimator.score(X, LABELS) > 0.9
    scores = estimator.decision_function(X)
    assert scores.shape == (60, 2)
    assert (estimator.predict(X) == estimator.classes_[scores.argmax(axis=1)]).all()
    assert (estimator.n_features_in_, estimator.epoch_, len(estimator.history_["loss"])) == (3, 15, 15)


def test_a_regressor_learns_values_of_its_own_copy_of_a_model():
    model = regressor(X, None)
    before = model.get_weights()
    estimator = SKLearnRegressor(model, fit_kwargs={"epochs": 40, **QUIET}).fit(X, X @ [1.0, 2.0, 3.0])
    assert estimator.predict(X).shape == (60,)
    assert estimator.score(X, X @ [1.0, 2.0, 3.0]) > 0.95
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_transformer_gives_the_outputs():
    estimator = SKLearnTransformer(regressor, fit_kwargs=QUIET)
    found = estimator.fit_transform(X, X[:, 0])
    assert (found.shape, estimator.predict(X).shape) == ((60, 1), (60,))
    np.testing.assert_allclose(found, estimator.model_.predict(X, verbose=0), rtol=1e-6)


def test_fit_begins_anew_unless_the_start_is_warm():
    cold = SKLearnRegressor(regressor, fit_kwargs={"epochs": 2, **QUIET}).fit(X, X[:, 0])
    model = cold.model_
    assert cold.fit(X, X[:, 0], epochs=3).epoch_ == 3
    assert cold.model_ is not model
    warm = SKLearnRegressor(regressor, warm_start=True, fit_kwargs={"epochs": 2, **QUIET}).fit(X, X[:, 0])
    model = warm.model_
    assert warm.fit(X, X[:, 0]).epoch_ == 4
    assert warm.model_ is model


def test_a_warm_start_takes_no_new_labels():
    estimator = SKLearnClassifier(classifier, warm_start=True, fit_kwargs=QUIET).fit(X, LABELS)
    estimator.fit(X[:1], LABELS[:1])
    assert estimator.classes_.tolist() == ["no", "yes"]
    with pytest.raises(ValueError, match=r"expected the labels of the first fit, \['no', 'yes'\], got \['maybe'\]"):
        estimator.fit(X, np.where(LABELS == "no", "maybe", LABELS))


def test_they_work_in_the_machinery_of_scikit_learn():
    estimator = SKLearnClassifier(classifier, fit_kwargs={"epochs": 15, **QUIET})
    copied = clone(estimator)
    assert copied.get_params() == estimator.get_params()
    scores = cross_val_score(make_pipeline(StandardScaler(), estimator), X, LABELS, cv=3)
    assert scores.mean() > 0.8


@pytest.mark.parametrize("kind", [SKLearnClassifier, SKLearnRegressor, SKLearnTransformer])
def test_predictions_want_a_fitted_estimator(kind):
    with pytest.raises(NotFittedError):
        kind(regressor).predict(X)


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (keras.Sequential([keras.layers.Dense(1)]), RuntimeError, "to be compiled with an optimizer and a loss"),
        (lambda X, y: 3, ValueError, "expected a model, or a function that returns one, got 3"),
    ],
)
def test_what_is_no_compiled_model_is_refused(model, error, message):
    with pytest.raises(error, match=f"SKLearnRegressor: .*{message}"):
        SKLearnRegressor(model).fit(X, X[:, 0])


def test_targets_have_one_axis():
    with pytest.raises(ValueError, match="1d array"):
        SKLearnRegressor(regressor).fit(X, X)


def test_numbers_are_no_labels():
    with pytest.raises(ValueError, match="Unknown label type"):
        SKLearnClassifier(classifier).fit(X, X[:, 0])


def test_metadata_are_handed_to_fit_where_it_asks_for_them():
    estimator = SKLearnRegressor(regressor, fit_kwargs=QUIET)
    with pytest.raises(RuntimeError, match="enable_metadata_routing"):
        estimator.set_fit_request(sample_weight=True)
    with sklearn.config_context(enable_metadata_routing=True):
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(scaler, estimator.set_fit_request(sample_weight=True))
        pipeline.fit(X, X[:, 0], sample_weight=np.zeros(60))
        assert estimator.history_["loss"] == [0.0]


def test_the_package_is_asked_for_at_the_first_use_only():
    code = """
import sys
sys.modules["sklearn"] = None
import keras_core.wrappers
try:
    keras_core.wrappers.SKLearnRegressor
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    assert "pip install 'scikit-learn>=1.6'" in done.stdout
