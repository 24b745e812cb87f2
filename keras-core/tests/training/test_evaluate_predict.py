"""`evaluate` and `predict`."""

import numpy as np
import pytest

from keras_core import ops
from keras_core.layers import Add, Dense, Input
from keras_core.models import Model, Sequential


def test_evaluate_is_the_mean_over_samples(line):
    x, y = np.zeros((5, 1)), np.arange(5.0)
    model = line(metrics=["mae"])
    assert model.evaluate(x, y, batch_size=2, verbose=0) == pytest.approx([6.0, 2.0])
    assert model.evaluate(x, y, verbose=0, return_dict=True) == pytest.approx({"loss": 6.0, "mae": 2.0})


def test_evaluate_without_metrics_is_a_number(line):
    assert line().evaluate(np.ones((2, 1)), np.ones((2, 1)), verbose=0) == 1.0


def test_evaluate_some_steps(line):
    x, y = np.zeros((6, 1)), np.arange(6.0)
    assert line().evaluate(x, y, batch_size=1, steps=2, verbose=0) == 0.5


def test_evaluate_changes_no_weight(classifier, x, labels):
    model = classifier()
    before = model.get_weights()
    model.evaluate(x, labels, verbose=0)
    for own, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(own, other)


def test_evaluate_refuses_what_it_does_not_know(line):
    with pytest.raises(ValueError, match="unexpected arguments"):
        line().evaluate(np.ones((2, 1)), np.ones((2, 1)), verbosity=1)


def test_evaluate_without_a_loss():
    model = Sequential([Input((1,)), Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer="sgd", metrics=["mae"])
    assert model.evaluate(np.ones((2, 1)), np.ones((2, 1)), verbose=0) == [0.0, 1.0]


def test_predict_batches_of_unequal_lengths(classifier, x):
    model = classifier()
    found = model.predict(x, batch_size=12, verbose=0)
    assert isinstance(found, np.ndarray)
    np.testing.assert_allclose(found, ops.convert_to_numpy(model(x)), rtol=1e-5, atol=1e-6)


def test_predict_before_compile(x):
    assert Sequential([Dense(3)]).predict(x, verbose=0).shape == (40, 3)


@pytest.mark.parametrize("with_targets", [False, True])
def test_predict_batches_of_a_generator(classifier, x, with_targets):
    batches = ((x[:3], x) if with_targets else x[:3] for _ in range(2))
    assert classifier().predict(batches, verbose=0).shape == (6, 2)


def test_predict_some_steps(classifier, x):
    assert classifier().predict(x, batch_size=4, steps=2, verbose=0).shape == (8, 2)


def test_predict_in_one_go(classifier, x):
    found = classifier(steps_per_execution=3).predict(x, batch_size=8, verbose=0)
    np.testing.assert_allclose(found, classifier().predict(x, verbose=0), rtol=1e-5, atol=1e-6)


def test_predict_nothing(classifier, x):
    with pytest.raises(ValueError, match="at least one sample"):
        classifier().predict(x[:0], verbose=0)


@pytest.mark.parametrize("as_dict", [False, True])
def test_several_inputs_and_outputs(x, as_dict):
    first, second = Input((4,), name="first"), Input((4,), name="second")
    total = Add()([first, second])
    model = Model([first, second], {"total": total, "nested": [first * 2, second]})
    data = {"second": x * 3, "first": x} if as_dict else [x, x * 3]
    found = model.predict(data, batch_size=16, verbose=0)
    np.testing.assert_allclose(found["total"], x * 4, rtol=1e-6)
    np.testing.assert_allclose(found["nested"][0], x * 2, rtol=1e-6)
    np.testing.assert_allclose(found["nested"][1], x * 3, rtol=1e-6)


def test_float64_data_are_those_of_float32(classifier, x):
    wide = x.astype("float64")
    np.testing.assert_array_equal(
        classifier().predict(wide, verbose=0), classifier().predict(wide.astype("float32"), verbose=0)
    )
