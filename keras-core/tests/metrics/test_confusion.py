"""Metrics of two classes against counts by NumPy, for each threshold."""

import numpy as np
import pytest

from keras_core import metrics, ops
from keras_core.runtime.call_context import set_mask

generator = np.random.default_rng(0)
Y_TRUE = (generator.random((20, 3)) > 0.4).astype("float32")
Y_PRED = generator.random((20, 3)).astype("float32")
WEIGHTS = generator.random((20, 3)).astype("float32")


def counts(thresholds, y_true=Y_TRUE, y_pred=Y_PRED, weights=None):
    weights = np.ones_like(y_pred) if weights is None else np.broadcast_to(weights, y_pred.shape)
    above = y_pred[None] > np.reshape(thresholds, (-1, *(1,) * y_pred.ndim))
    true = y_true.astype(bool)[None]
    parts = {
        "true_positives": above & true,
        "false_positives": above & ~true,
        "true_negatives": ~above & ~true,
        "false_negatives": ~above & true,
    }
    return {name: (part * weights).reshape(len(above), -1).sum(1) for name, part in parts.items()}


COUNTS = {
    "true_positives": metrics.TruePositives,
    "false_positives": metrics.FalsePositives,
    "true_negatives": metrics.TrueNegatives,
    "false_negatives": metrics.FalseNegatives,
}


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("weights", [None, WEIGHTS, WEIGHTS[:, :1], 0.5])
def test_counts_for_thresholds_in_any_order(name, weights):
    metric = COUNTS[name](thresholds=[0.7, 0.2, 0.5])
    metric.update_state(Y_TRUE, Y_PRED, sample_weight=weights)
    metric.update_state(Y_TRUE, Y_PRED, sample_weight=weights)
    expected = 2 * counts([0.7, 0.2, 0.5], weights=weights)[name]
    np.testing.assert_allclose(ops.convert_to_numpy(metric.result()), expected, rtol=1e-5)


def test_one_threshold_gives_a_scalar():
    assert tuple(metrics.TruePositives(thresholds=[0.2])(Y_TRUE, Y_PRED).shape) == ()


def test_what_equals_a_threshold_is_not_above_it_and_nan_is_above_nothing():
    assert float(metrics.TruePositives()([1, 1, 1], [0.5, np.nan, 0.6])) == 1.0


def test_masked_elements_do_not_count():
    y_pred = ops.convert_to_tensor(Y_PRED.copy())
    set_mask(y_pred, ops.convert_to_tensor(np.arange(20) < 10))
    expected = counts([0.5], Y_TRUE[:10], Y_PRED[:10])["true_positives"][0]
    assert float(metrics.TruePositives()(Y_TRUE, y_pred)) == expected


def test_precision_and_recall():
    found = counts([0.3, 0.6])
    hits = found["true_positives"]
    result = ops.convert_to_numpy(metrics.Precision(thresholds=[0.3, 0.6])(Y_TRUE, Y_PRED))
    np.testing.assert_allclose(result, hits / (hits + found["false_positives"]), rtol=1e-5)
    result = ops.convert_to_numpy(metrics.Recall(thresholds=[0.3, 0.6])(Y_TRUE, Y_PRED))
    np.testing.assert_allclose(result, hits / (hits + found["false_negatives"]), rtol=1e-5)


def test_top_k_and_class_id():
    is_top = np.argsort(np.argsort(-Y_PRED, axis=-1), axis=-1) < 2
    hits = (is_top & (Y_TRUE > 0)).sum(0)
    assert float(metrics.Precision(top_k=2)(Y_TRUE, Y_PRED)) == pytest.approx(hits.sum() / is_top.sum())
    of_class = float(metrics.Precision(top_k=2, class_id=1)(Y_TRUE, Y_PRED))
    assert of_class == pytest.approx(hits[1] / is_top[:, 1].sum())


def test_errors_say_what_was_expected():
    with pytest.raises(ValueError, match=r"Precision: expected thresholds in \[0, 1\], got \[1.5\]"):
        metrics.Precision(thresholds=[0.2, 1.5])
    with pytest.raises(ValueError, match=r"precision.*one shape, got shapes \(20, 3\) and \(20, 2\)"):
        metrics.Precision(name="precision").update_state(Y_TRUE, Y_PRED[:, :2])
    with pytest.raises(ValueError, match=r"sample_weight.*got shape \(3,\)"):
        metrics.Precision().update_state(Y_TRUE, Y_PRED, sample_weight=[1.0, 2.0, 3.0])
    with pytest.raises(IndexError, match=r"class_id is 5.*\(20, 3\)"):
        metrics.Recall(class_id=5).update_state(Y_TRUE, Y_PRED)
    with pytest.raises(ValueError, match="top_k: expected at most the number of classes, 3, got 4"):
        metrics.Recall(top_k=4).update_state(Y_TRUE, Y_PRED)


def test_roc_area_is_the_share_of_pairs_in_order():
    y_true, y_pred = Y_TRUE.ravel() > 0, Y_PRED.ravel()
    pairs = (y_pred[y_true][:, None] > y_pred[~y_true][None]).mean()
    assert float(metrics.AUC(num_thresholds=4000)(y_true, y_pred)) == pytest.approx(pairs, abs=2e-3)


@pytest.mark.parametrize(
    ("curve", "how"),
    [
        ("ROC", "interpolation"),
        ("ROC", "majoring"),
        ("ROC", "minoring"),
        ("PR", "majoring"),
    ],
)
def test_areas_under_the_points_of_the_curve(curve, how):
    metric = metrics.AUC(num_thresholds=3, curve=curve, summation_method=how)
    y_true, y_pred = np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.3, 0.9], "float32")
    metric.update_state(y_true, y_pred)
    found = counts(metric.thresholds, y_true, y_pred)
    recall = found["true_positives"] / 2
    x, y = (found["false_positives"] / 2, recall)
    if curve == "PR":
        positives = found["true_positives"] + found["false_positives"]
        x, y = recall, np.divide(found["true_positives"], positives, where=positives > 0, out=np.zeros(3))
    heights = {"interpolation": (y[1:] + y[:-1]) / 2, "majoring": np.maximum(y[1:], y[:-1])}
    area = ((x[:-1] - x[1:]) * heights.get(how, np.minimum(y[1:], y[:-1]))).sum()
    assert float(metric.result()) == pytest.approx(area)


def test_labels_have_areas_of_their_own():
    single = [float(metrics.AUC()(Y_TRUE[:, i], Y_PRED[:, i])) for i in range(3)]
    assert float(metrics.AUC(multi_label=True)(Y_TRUE, Y_PRED)) == pytest.approx(np.mean(single), rel=1e-4)
    weighted = metrics.AUC(multi_label=True, num_labels=3, label_weights=[1, 2, 3])(Y_TRUE, Y_PRED)
    assert float(weighted) == pytest.approx(np.average(single, weights=[1, 2, 3]), rel=1e-4)


def test_auc_takes_weights_of_labels_that_keras_wrote():
    weights = {"class_name": "__tensor__", "config": {"value": [1.0, 2.0, 0.5], "dtype": "float32"}}
    config = {**metrics.AUC(multi_label=True).get_config(), "label_weights": weights}
    assert metrics.AUC.from_config(config).label_weights == [1.0, 2.0, 0.5]


def test_logits():
    logits = np.log(Y_PRED / (1 - Y_PRED))
    expected = float(metrics.AUC(curve="PR")(Y_TRUE, Y_PRED))
    assert float(metrics.AUC(curve="PR", from_logits=True)(Y_TRUE, logits)) == pytest.approx(expected, abs=1e-2)


@pytest.mark.parametrize("arguments", [{"curve": "x"}, {"num_thresholds": 1}, {"num_labels": 2}, {"thresholds": [2.0]}])
def test_areas_refuse_what_has_no_meaning(arguments):
    with pytest.raises(ValueError, match=f"AUC: .*{next(iter(arguments))}"):
        metrics.AUC(**arguments)


@pytest.mark.parametrize(
    ("cls", "bounded", "wanted"),
    [
        (metrics.SensitivityAtSpecificity, "specificity", "recall"),
        (metrics.SpecificityAtSensitivity, "recall", "specificity"),
        (metrics.PrecisionAtRecall, "recall", "precision"),
        (metrics.RecallAtPrecision, "precision", "recall"),
    ],
)
def test_operating_points(cls, bounded, wanted):
    found = counts(np.linspace(0, 1, 50))
    hits, wrong = found["true_positives"], found["false_positives"]
    positives = hits + wrong
    quotients = {
        "recall": hits / (hits + found["false_negatives"]),
        "specificity": found["true_negatives"] / (found["true_negatives"] + wrong),
        "precision": np.divide(hits, positives, where=positives > 0, out=np.zeros(50)),
    }
    expected = quotients[wanted][quotients[bounded] >= 0.6].max()
    assert float(cls(0.6, num_thresholds=50)(Y_TRUE, Y_PRED)) == pytest.approx(expected, rel=1e-5)
    with pytest.raises(ValueError, match=r"to be in \[0, 1\], got 2"):
        cls(2)


@pytest.mark.parametrize(
    "metric",
    [
        metrics.AUC(thresholds=[0.5, 0.2], curve="pr", multi_label=True, label_weights=[1.0, 2.0]),
        metrics.Precision(thresholds=[0.5, 0.2], top_k=2, class_id=1),
        metrics.FalsePositives(thresholds=0.3),
        metrics.RecallAtPrecision(0.5, num_thresholds=7, class_id=1),
        metrics.IoU(3, [0, 2], ignore_class=1),
        metrics.MeanIoU(3, sparse_y_pred=False),
        metrics.OneHotIoU(3, [1]),
        metrics.OneHotMeanIoU(3),
        metrics.BinaryIoU([1], threshold=0.3),
        metrics.F1Score(average="micro", threshold=0.3),
        metrics.FBetaScore(beta=2.0),
        metrics.R2Score(class_aggregation=None, num_regressors=2),
    ],
    ids=lambda metric: type(metric).__name__,
)
def test_configuration_round_trips(metric):
    loaded = metrics.deserialize(metrics.serialize(metric))
    assert (type(loaded), loaded.get_config()) == (type(metric), metric.get_config())
