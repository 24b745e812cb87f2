"""Metrics against NumPy: values, weights, masks, state, configurations."""

import numpy as np
import pytest

from keras_core import losses, metrics, ops
from keras_core.runtime.call_context import set_mask
from keras_core.runtime.dtypes import standardize_dtype

PREDICTIONS = np.array([[0.1, 0.6, 0.3], [0.05, 0.95, 0.0], [0.5, 0.2, 0.3]], "float32")
LABELS = np.array([2, 1, 0])
ONE_HOT = np.eye(3, dtype="float32")[LABELS]
WEIGHTS = [0.5, 2.0, 1.0]

CASES = [
    (metrics.Accuracy, {}, [1, 2, 3], [1, 2, 4], [1, 1, 0]),
    (metrics.Accuracy, {}, [[1], [2], [3]], [[1], [2], [4]], [1, 1, 0]),
    (metrics.BinaryAccuracy, {}, [[1], [0], [1]], [[0.9], [0.6], [0.5]], [1, 0, 0]),
    (metrics.BinaryAccuracy, {"threshold": 0.4}, [1, 0, 1], [0.9, 0.6, 0.5], [1, 0, 1]),
    (metrics.BinaryAccuracy, {}, [[1, 1], [0, 0], [0, 1]], [[0.9, 0.2], [0.1, 0.2], [0.8, 0.1]], [0.5, 1, 0]),
    (metrics.CategoricalAccuracy, {}, ONE_HOT, PREDICTIONS, [0, 1, 1]),
    (metrics.SparseCategoricalAccuracy, {}, LABELS, PREDICTIONS, [0, 1, 1]),
    (metrics.SparseCategoricalAccuracy, {}, LABELS[:, None].astype("float32"), PREDICTIONS, [0, 1, 1]),
    (metrics.TopKCategoricalAccuracy, {"k": 2}, ONE_HOT, PREDICTIONS, [1, 1, 1]),
    (metrics.TopKCategoricalAccuracy, {"k": 1}, ONE_HOT, PREDICTIONS, [0, 1, 1]),
    (metrics.SparseTopKCategoricalAccuracy, {"k": 2}, LABELS, PREDICTIONS, [1, 1, 1]),
    (
        metrics.SparseTopKCategoricalAccuracy,
        {"k": 2, "from_sorted_ids": True},
        LABELS,
        [[1, 2, 0], [0, 2, 1], [0, 1, 2]],
        [1, 0, 1],
    ),
    (metrics.MeanSquaredError, {}, [[0.0, 1.0], [0.0, 0.0], [1.0, 3.0]], np.ones((3, 2)), [0.5, 1.0, 2.0]),
    (metrics.MeanAbsoluteError, {}, [[0.0, 1.0], [0.0, 0.0], [1.0, 3.0]], np.ones((3, 2)), [0.5, 1.0, 1.0]),
]
NAMES = [f"{index}-{case[0].__name__}" for index, case in enumerate(CASES)]


@pytest.mark.parametrize(("cls", "arguments", "y_true", "y_pred", "values"), CASES, ids=NAMES)
def test_values(cls, arguments, y_true, y_pred, values):
    metric = cls(**arguments)
    assert np.isclose(float(metric(y_true, y_pred)), np.mean(values))
    metric.update_state(y_true, y_pred, sample_weight=WEIGHTS)
    expected = (np.sum(values) + np.dot(values, WEIGHTS)) / (3 + np.sum(WEIGHTS))
    assert np.isclose(float(metric.result()), expected)
    metric.reset_state()
    assert float(metric.result()) == 0.0


@pytest.mark.parametrize(("cls", "arguments", "y_true", "y_pred", "values"), CASES, ids=NAMES)
def test_masks(cls, arguments, y_true, y_pred, values):
    y_pred = np.array(y_pred)  # a copy: the mask must not outlive the test
    set_mask(y_pred, np.array([True, False, True]))
    metric = cls(**arguments)
    metric.update_state(y_true, y_pred)
    assert np.isclose(float(metric.result()), np.mean([values[0], values[2]]))


@pytest.mark.parametrize(("cls", "arguments", "y_true", "y_pred", "values"), CASES, ids=NAMES)
def test_configuration_round_trips(cls, arguments, y_true, y_pred, values):
    metric = cls(**arguments, name="mine")
    loaded = metrics.deserialize(metrics.serialize(metric))
    assert (type(loaded), loaded.get_config()) == (cls, metric.get_config())


def test_top_k_counts_ties_and_not_nan():
    function = metrics.sparse_top_k_categorical_accuracy
    np.testing.assert_array_equal(function([2, 0], [[0.5, 0.5, 0.5], [np.nan, 0.1, 0.2]], k=1), [1.0, 0.0])


@pytest.mark.parametrize(
    ("values", "weights", "total", "count"),
    [
        ([1.0, 3.0, 5.0, 7.0], None, 16, 4),
        ([1.0, 3.0, 5.0, 7.0], [1, 1, 0, 0], 4, 2),
        ([1.0, 3.0], 0.5, 1.0, 0.5),
        (3.0, None, 3, 1),
        ([[1.0, 3.0], [5.0, 7.0]], None, 8, 2),
        ([[1.0, 3.0], [5.0, 7.0]], [1, 0.5], 5, 1.5),
        ([[1.0, 3.0], [5.0, 7.0]], [[1], [0.5]], 5, 1.5),
        ([[1.0, 3.0], [5.0, 7.0]], [[1, 2], [3, 4]], 25, 5),
        ([1.0, 2.0], [[1], [2]], 5, 3),
    ],
)
def test_mean(values, weights, total, count):
    metric = metrics.Mean()
    metric.update_state(values, sample_weight=weights)
    assert [float(variable) for variable in metric.variables] == [total, count]
    assert float(metric.result()) == pytest.approx(total / count)


@pytest.mark.parametrize(
    ("values", "weights", "total"),
    [([[1.0, 3.0], [5.0, 7.0]], None, 16), ([[1.0, 3.0], [5.0, 7.0]], [1, 0.5], 10), ([1.0, 2.0], 0.5, 1.5)],
)
def test_sum(values, weights, total):
    metric = metrics.Sum()
    metric.update_state(values, weights)
    assert float(metric.result()) == total


def test_state_is_variables_with_the_names_of_keras():
    metric = metrics.SparseCategoricalAccuracy(name="accuracy")
    assert [variable.path for variable in metric.variables] == ["accuracy/total", "accuracy/count"]
    assert not any(variable.trainable for variable in metric.variables)


def test_stateless_methods_leave_the_state():
    metric = metrics.Mean()
    metric.update_state([1.0, 3.0])
    state = metric.stateless_update_state([10.0, 1.0], [2.0, 4.0])
    assert [float(value) for value in state] == [16.0, 3.0]
    assert float(metric.stateless_result(state)) == pytest.approx(16 / 3)
    assert [float(value) for value in metric.stateless_reset_state()] == [0.0, 0.0]
    assert float(metric.result()) == 2.0
    with pytest.raises(ValueError, match="2 variables, got 1"):
        metric.stateless_result([1.0])


def test_metrics_inside_belong_to_a_metric():
    class Both(metrics.Metric):
        def __init__(self):
            super().__init__(name="both")
            self.parts = [metrics.Mean(), metrics.Sum()]
            self.seen = self.add_weight(name="seen")

        def update_state(self, values):
            self.seen.assign_add(1.0)
            for part in self.parts:
                part.update_state(values)

        def result(self):
            return {part.name: part.result() for part in self.parts}

    metric = Both()
    metric.update_state([1.0, 3.0])
    assert [variable.path for variable in metric.variables] == ["both/seen", "mean/total", "mean/count", "sum/total"]
    assert {name: float(value) for name, value in metric.result().items()} == {"mean": 2.0, "sum": 4.0}
    metric.reset_state()
    assert [float(variable) for variable in metric.variables] == [0.0] * 4


def test_mean_of_a_function():
    metric = metrics.MeanMetricWrapper(losses.huber, name="h", delta=2.0)
    metric.update_state([[0.0], [0.0]], [[1.0], [4.0]])
    assert float(metric.result()) == pytest.approx((0.5 + 6.0) / 2)
    loaded = metrics.deserialize(metrics.serialize(metric))
    assert loaded.get_config() == metric.get_config()
    assert float(loaded([[0.0]], [[4.0]])) == pytest.approx(6.0)


def test_dtype():
    metric = metrics.Mean(dtype="float64")
    assert metric.dtype == "float64"
    assert standardize_dtype(metric([1.0]).dtype) == "float64"


@pytest.mark.parametrize(
    ("identifier", "cls"), [("mse", "MeanSquaredError"), ("Mean", "Mean"), ("accuracy", "Accuracy")]
)
def test_get(identifier, cls):
    assert type(metrics.get(identifier)).__name__ == cls


def test_get_keeps_functions_and_suggests():
    assert metrics.get(losses.huber) is losses.huber
    with pytest.raises(ValueError, match="Did you mean 'binary_accuracy'"):
        metrics.get("binary_acuracy")


def test_predictions_may_be_tensors_of_ops():
    assert float(metrics.CategoricalAccuracy()(ops.convert_to_tensor(ONE_HOT), ops.convert_to_tensor(ONE_HOT))) == 1.0
