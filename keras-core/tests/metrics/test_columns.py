"""Overlap of classes, F scores, the coefficient of determination and correlations against NumPy."""

import numpy as np
import pytest

from keras_core import metrics, models, ops
from keras_core.layers import Dense

generator = np.random.default_rng(0)
TRUE, PREDICTED = generator.integers(0, 3, 30), generator.integers(0, 3, 30)
TARGETS, OUTPUTS = generator.random((20, 2)).astype("float32"), generator.random((20, 2)).astype("float32")
WEIGHTS = generator.random(20).astype("float32")


def overlaps(true, predicted, classes=3):
    return np.array(
        [((true == c) & (predicted == c)).sum() / ((true == c) | (predicted == c)).sum() for c in range(classes)]
    )


def test_overlap_over_two_batches():
    metric = metrics.IoU(3, [0, 2])
    for part in (slice(0, 12), slice(12, 30)):
        metric.update_state(TRUE[part], PREDICTED[part])
    assert float(metric.result()) == pytest.approx(overlaps(TRUE, PREDICTED)[[0, 2]].mean(), rel=1e-5)
    assert int(ops.convert_to_numpy(metric.total_confusion_matrix.value).sum()) == 30


def test_overlap_of_one_hot_labels_and_of_probabilities():
    hot, scores = np.eye(3, dtype="float32")[TRUE], np.eye(3, dtype="float32")[PREDICTED] * 0.6
    expected = overlaps(TRUE, PREDICTED).mean()
    assert float(metrics.OneHotMeanIoU(3)(hot, scores)) == pytest.approx(expected, rel=1e-5)
    assert float(metrics.MeanIoU(3, sparse_y_pred=False)(TRUE, scores)) == pytest.approx(expected, rel=1e-5)
    binary = metrics.BinaryIoU([1], threshold=0.4)(TRUE > 0, np.where(PREDICTED > 0, 0.4, 0.3).astype("float32"))
    assert float(binary) == pytest.approx(overlaps(TRUE > 0, PREDICTED > 0, 2)[1], rel=1e-5)


def test_ignored_and_unknown_labels_do_not_count():
    kept = TRUE != 1
    expected = overlaps(TRUE[kept], PREDICTED[kept])[[0, 2]].mean()
    assert float(metrics.IoU(3, [0, 2], ignore_class=1)(TRUE, PREDICTED)) == pytest.approx(expected, rel=1e-5)
    moved = np.where(TRUE == 1, 255, TRUE)
    assert float(metrics.IoU(3, [0, 2])(moved, PREDICTED)) == pytest.approx(expected, rel=1e-5)


def test_fractions_of_weights_that_an_integer_state_cuts_off_are_warned_of():
    with pytest.warns(UserWarning, match="dtype='float32'"):
        metrics.MeanIoU(3).update_state(TRUE, PREDICTED, sample_weight=np.full(30, 0.5))
    with pytest.raises(ValueError, match=r"target_class_ids from 0 to 2, got \[3\]"):
        metrics.IoU(3, [3])


@pytest.mark.parametrize("average", [None, "micro", "macro", "weighted"])
@pytest.mark.parametrize("beta", [1.0, 2.0])
def test_f_score(average, beta):
    hot, scores = np.eye(3, dtype="float32")[TRUE], np.eye(3, dtype="float32")[PREDICTED]
    axis = None if average == "micro" else 0
    hits, wrong, missed = ((part * 1.0).sum(axis) for part in (hot * scores, (1 - hot) * scores, hot * (1 - scores)))
    expected = (1 + beta**2) * hits / ((1 + beta**2) * hits + beta**2 * missed + wrong)
    if average == "macro":
        expected = expected.mean()
    if average == "weighted":
        expected = np.average(expected, weights=hot.sum(0))
    result = metrics.FBetaScore(average=average, beta=beta)(hot, scores)
    np.testing.assert_allclose(ops.convert_to_numpy(result), expected, rtol=1e-5)


@pytest.mark.parametrize("how", [None, "uniform_average", "variance_weighted_average"])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_determination(how, weights):
    w = np.ones(20) if weights is None else weights
    mean = np.average(TARGETS, axis=0, weights=w)
    total, residual = (((TARGETS - x) ** 2 * w[:, None]).sum(0) for x in (mean, OUTPUTS))
    expected = 1 - residual / total
    if how is not None:
        expected = np.average(expected, weights=total if how.startswith("variance") else None)
    result = metrics.R2Score(class_aggregation=how)(TARGETS, OUTPUTS, sample_weight=weights)
    np.testing.assert_allclose(ops.convert_to_numpy(result), expected, rtol=1e-4)


def test_states_of_columns_refuse_what_does_not_fit():
    for metric in (metrics.F1Score(), metrics.R2Score()):
        with pytest.raises(ValueError, match="no batch came yet"):
            metric.result()
        with pytest.raises(ValueError, match=r"one shape \(batch, columns\), got shapes \(3,\) and \(3,\)"):
            metric.update_state([1.0, 0.0, 1.0], [1.0, 0.0, 0.0])
        metric.update_state(TARGETS, OUTPUTS)
        with pytest.raises(ValueError, match="expected 2 columns, as before, got 3"):
            metric.update_state(np.ones((4, 3)), np.ones((4, 3)))


def test_correlations():
    y_true, y_pred = TARGETS.T, OUTPUTS.T
    pearson = [np.corrcoef(a, b)[0, 1] for a, b in zip(y_true, y_pred, strict=True)]
    assert float(metrics.PearsonCorrelation()(y_true, y_pred)) == pytest.approx(np.mean(pearson), rel=1e-4)
    concordance = [
        2 * np.cov(a, b, ddof=0)[0, 1] / (a.var() + b.var() + (a.mean() - b.mean()) ** 2)
        for a, b in zip(y_true, y_pred, strict=True)
    ]
    assert float(metrics.ConcordanceCorrelation()(y_true, y_pred)) == pytest.approx(np.mean(concordance), rel=1e-4)
    assert np.isnan(float(metrics.pearson_correlation([1.0, 1.0], [1.0, 2.0])))


def test_root_of_weighted_squares():
    expected = np.sqrt(np.average(((TARGETS - OUTPUTS) ** 2).mean(1), weights=WEIGHTS))
    result = metrics.RootMeanSquaredError()(TARGETS, OUTPUTS, sample_weight=WEIGHTS)
    assert float(result) == pytest.approx(expected, rel=1e-5)


def test_names():
    assert isinstance(metrics.get("auc"), metrics.AUC)
    assert isinstance(metrics.get("MSLE"), metrics.MeanSquaredLogarithmicError)
    with pytest.raises(ValueError, match="Did you mean 'precision'"):
        metrics.get("precison")
    with pytest.raises(TypeError, match=r"'mean_io_u': MeanIoU needs 'num_classes'. Pass an object"):
        metrics.get("mean_io_u")


def test_models_are_compiled_with_names():
    model = models.Sequential([Dense(2, activation="sigmoid")])
    names = ["auc", "precision", "recall", "f1_score", "r2_score", "hinge", "root_mean_squared_error", "kl_divergence"]
    model.compile("sgd", loss="hinge", metrics=names)
    labels = (TARGETS > 0.5).astype("float32")
    history = model.fit(OUTPUTS, labels, epochs=1, batch_size=10, verbose=0).history
    assert set(history) == {"loss", *names}
    expected = metrics.AUC()(labels, model.predict(OUTPUTS, verbose=0))
    assert model.evaluate(OUTPUTS, labels, verbose=0, return_dict=True)["auc"] == pytest.approx(
        float(expected), abs=1e-3
    )
