"""Losses against NumPy: values, weights, masks, reductions, configurations."""

import numpy as np
import pytest

from keras_core import losses, ops
from keras_core.runtime.call_context import set_mask
from keras_core.runtime.dtypes import standardize_dtype

generator = np.random.default_rng(0)
Y_TRUE = generator.random((4, 3)).astype("float32")
Y_PRED = generator.random((4, 3)).astype("float32")
ONE_HOT = np.eye(3, dtype="float32")[[0, 2, 1, 1]]
LABELS = np.array([0, 2, 1, 1])
PROBABILITIES = Y_PRED / Y_PRED.sum(-1, keepdims=True)
WEIGHTS = np.array([1.0, 0.5, 0.0, 2.0], "float32")
ERROR = np.abs(Y_TRUE.astype("float64") - Y_PRED)
LOG_SOFTMAX = Y_PRED - np.log(np.exp(Y_PRED).sum(-1, keepdims=True))
BINARY = (Y_TRUE > 0.5).astype("float32")


def crossentropy(target, probabilities):
    return -(target * np.log(probabilities)).sum(-1)


def binary(target, p):
    return -(target * np.log(p) + (1 - target) * np.log(1 - p)).mean(-1)


CASES = [
    (losses.MeanSquaredError, {}, losses.mean_squared_error, Y_TRUE, Y_PRED, (ERROR**2).mean(-1)),
    (losses.MeanAbsoluteError, {}, losses.mean_absolute_error, Y_TRUE, Y_PRED, ERROR.mean(-1)),
    (
        losses.Huber,
        {"delta": 0.25},
        losses.huber,
        Y_TRUE,
        Y_PRED,
        np.where(ERROR <= 0.25, ERROR**2 / 2, 0.25 * ERROR - 0.25**2 / 2).mean(-1),
    ),
    (
        losses.CategoricalCrossentropy,
        {},
        losses.categorical_crossentropy,
        ONE_HOT,
        Y_PRED,
        crossentropy(ONE_HOT, PROBABILITIES),
    ),
    (
        losses.CategoricalCrossentropy,
        {"from_logits": True, "label_smoothing": 0.3},
        losses.categorical_crossentropy,
        ONE_HOT,
        Y_PRED,
        -((ONE_HOT * 0.7 + 0.1) * LOG_SOFTMAX).sum(-1),
    ),
    (
        losses.SparseCategoricalCrossentropy,
        {},
        losses.sparse_categorical_crossentropy,
        LABELS,
        Y_PRED,
        crossentropy(ONE_HOT, PROBABILITIES),
    ),
    (
        losses.SparseCategoricalCrossentropy,
        {"from_logits": True},
        losses.sparse_categorical_crossentropy,
        LABELS[:, None],
        Y_PRED,
        -(ONE_HOT * LOG_SOFTMAX).sum(-1),
    ),
    (losses.BinaryCrossentropy, {}, losses.binary_crossentropy, BINARY, Y_PRED, binary(BINARY, Y_PRED)),
    (
        losses.BinaryCrossentropy,
        {"from_logits": True, "label_smoothing": 0.2},
        losses.binary_crossentropy,
        BINARY,
        Y_PRED,
        binary(BINARY * 0.8 + 0.1, 1 / (1 + np.exp(-Y_PRED))),
    ),
    (
        losses.LogCosh,
        {},
        losses.log_cosh,
        Y_TRUE,
        Y_PRED,
        np.log(np.cosh(ERROR)).mean(-1),
    ),
    (
        losses.MeanAbsolutePercentageError,
        {},
        losses.mean_absolute_percentage_error,
        Y_TRUE,
        Y_PRED,
        100 * (ERROR / Y_TRUE).mean(-1),
    ),
    (
        losses.MeanSquaredLogarithmicError,
        {},
        losses.mean_squared_logarithmic_error,
        Y_TRUE,
        Y_PRED,
        ((np.log1p(Y_TRUE) - np.log1p(Y_PRED)) ** 2).mean(-1),
    ),
    (
        losses.CosineSimilarity,
        {},
        losses.cosine_similarity,
        Y_TRUE,
        Y_PRED,
        -(Y_TRUE * Y_PRED).sum(-1) / (np.linalg.norm(Y_TRUE, axis=-1) * np.linalg.norm(Y_PRED, axis=-1)),
    ),
    (losses.Poisson, {}, losses.poisson, Y_TRUE, Y_PRED, (Y_PRED - Y_TRUE * np.log(Y_PRED)).mean(-1)),
    (losses.KLDivergence, {}, losses.kl_divergence, Y_TRUE, Y_PRED, (Y_TRUE * np.log(Y_TRUE / Y_PRED)).sum(-1)),
    (losses.Hinge, {}, losses.hinge, BINARY, Y_PRED, np.maximum(1 - (2 * BINARY - 1) * Y_PRED, 0).mean(-1)),
    (
        losses.SquaredHinge,
        {},
        losses.squared_hinge,
        2 * BINARY - 1,
        Y_PRED,
        (np.maximum(1 - (2 * BINARY - 1) * Y_PRED, 0) ** 2).mean(-1),
    ),
    (
        losses.CategoricalHinge,
        {},
        losses.categorical_hinge,
        ONE_HOT,
        Y_PRED,
        np.maximum(((1 - ONE_HOT) * Y_PRED).max(-1) - (ONE_HOT * Y_PRED).sum(-1) + 1, 0),
    ),
    (
        losses.BinaryFocalCrossentropy,
        {"apply_class_balancing": True, "alpha": 0.4, "gamma": 1.5},
        losses.binary_focal_crossentropy,
        BINARY,
        Y_PRED,
        np.where(BINARY > 0, -0.4 * (1 - Y_PRED) ** 1.5 * np.log(Y_PRED), -0.6 * Y_PRED**1.5 * np.log(1 - Y_PRED)).mean(
            -1
        ),
    ),
    (
        losses.CategoricalFocalCrossentropy,
        {"alpha": [0.1, 0.2, 0.3], "gamma": 1.5},
        losses.categorical_focal_crossentropy,
        ONE_HOT,
        Y_PRED,
        -(np.array([0.1, 0.2, 0.3]) * (1 - PROBABILITIES) ** 1.5 * ONE_HOT * np.log(PROBABILITIES)).sum(-1),
    ),
    (
        losses.CategoricalGeneralizedCrossEntropy,
        {"q": 0.7},
        losses.categorical_generalized_cross_entropy,
        LABELS,
        Y_PRED,
        (1 - (ONE_HOT * Y_PRED).sum(-1) ** 0.7) / 0.7,
    ),
    (
        losses.Dice,
        {"axis": -1},
        losses.dice,
        BINARY,
        Y_PRED,
        1 - 2 * (BINARY * Y_PRED).sum(-1) / (BINARY + Y_PRED).sum(-1),
    ),
    (
        losses.Tversky,
        {"alpha": 0.2, "beta": 0.9, "axis": -1},
        losses.tversky,
        BINARY,
        Y_PRED,
        1
        - (h := (BINARY * Y_PRED).sum(-1))
        / (h + 0.2 * (BINARY - BINARY * Y_PRED).sum(-1) + 0.9 * ((1 - BINARY) * Y_PRED).sum(-1)),
    ),
]
NAMES = [f"{case[0].__name__}-{'-'.join(case[1])}" for case in CASES]


@pytest.mark.parametrize(("cls", "arguments", "function", "y_true", "y_pred", "expected"), CASES, ids=NAMES)
def test_values(cls, arguments, function, y_true, y_pred, expected):
    np.testing.assert_allclose(function(y_true, y_pred, **arguments), expected, rtol=1e-5)
    np.testing.assert_allclose(cls(reduction=None, **arguments)(y_true, y_pred), expected, rtol=1e-5)
    np.testing.assert_allclose(cls(**arguments)(y_true, y_pred), expected.mean(), rtol=1e-5)
    weighted = cls(**arguments)(y_true, y_pred, sample_weight=WEIGHTS)
    np.testing.assert_allclose(weighted, (expected * WEIGHTS).mean(), rtol=1e-5)


@pytest.mark.parametrize(("cls", "arguments", "function", "y_true", "y_pred", "expected"), CASES, ids=NAMES)
def test_configuration_round_trips(cls, arguments, function, y_true, y_pred, expected):
    loss = cls(**arguments, reduction="sum", name="mine")
    loaded = losses.deserialize(losses.serialize(loss))
    assert (type(loaded), loaded.get_config()) == (cls, loss.get_config())
    np.testing.assert_allclose(loaded(y_true, y_pred), expected.sum(), rtol=1e-5)


VALUES = (ERROR**2).mean(-1)
MASK = np.array([True, True, False, True])
REDUCTIONS = {
    "sum_over_batch_size": lambda v, w: (v * w).mean(),
    "mean": lambda v, w: (v * w).mean(),
    "sum": lambda v, w: (v * w).sum(),
    "mean_with_sample_weight": lambda v, w: (v * w).sum() / np.sum(w),
    "none": lambda v, w: v * w,
    None: lambda v, w: v * w,
}


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_reductions_of_weighted_values(reduction, shape):
    loss = losses.MeanSquaredError(reduction=reduction)
    result = np.asarray(loss(Y_TRUE, Y_PRED, sample_weight=WEIGHTS.reshape(shape)))
    np.testing.assert_allclose(result.ravel(), np.ravel(REDUCTIONS[reduction](VALUES, WEIGHTS)), rtol=1e-5)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_reductions_of_masked_values(reduction):
    y_pred = Y_PRED.copy()
    set_mask(y_pred, MASK)
    result = losses.MeanSquaredError(reduction=reduction)(Y_TRUE, y_pred, sample_weight=WEIGHTS)
    # An average is one over the elements that count.
    scale = 4 / 3 if reduction in ("mean", "sum_over_batch_size") else 1.0
    np.testing.assert_allclose(result, REDUCTIONS[reduction](VALUES, WEIGHTS * MASK * scale), rtol=1e-5)


def test_masked_mean_is_over_what_counts():
    y_pred = Y_PRED.copy()
    set_mask(y_pred, MASK)
    np.testing.assert_allclose(losses.MeanSquaredError()(Y_TRUE, y_pred), VALUES[MASK].mean(), rtol=1e-5)


def test_nothing_that_counts_is_zero():
    y_pred = Y_PRED.copy()
    set_mask(y_pred, np.zeros(4, bool))
    assert float(losses.MeanSquaredError()(Y_TRUE, y_pred)) == 0.0


def test_ignored_class_does_not_count():
    expected = crossentropy(ONE_HOT, PROBABILITIES)
    loss = losses.SparseCategoricalCrossentropy(ignore_class=1)
    np.testing.assert_allclose(loss(LABELS, Y_PRED), expected[:2].mean(), rtol=1e-5)
    loss = losses.SparseCategoricalCrossentropy(ignore_class=-1)
    padded = np.array([0, 2, -1, -1])
    np.testing.assert_allclose(loss(padded, Y_PRED), expected[:2].mean(), rtol=1e-5)


def test_large_labels_stay_exact():
    labels, classes = np.array([2**24 + 1]), 2**24 + 3
    y_pred = np.zeros((1, classes), "float32")
    y_pred[0, -2] = 50.0
    assert float(losses.SparseCategoricalCrossentropy(from_logits=True)(labels, y_pred)) < 1e-3


def test_ranks_that_differ_by_a_last_axis_of_one():
    expected = ((Y_TRUE[:, 0] - Y_PRED[:, 0]) ** 2).mean()
    np.testing.assert_allclose(losses.MeanSquaredError()(Y_TRUE[:, 0], Y_PRED[:, :1]), expected, rtol=1e-5)


def test_values_of_higher_rank_take_one_weight_a_sample():
    y_true, y_pred = np.stack([Y_TRUE] * 2, 1), np.stack([Y_PRED] * 2, 1)
    result = losses.MeanSquaredError()(y_true, y_pred, sample_weight=WEIGHTS)
    np.testing.assert_allclose(result, (VALUES * WEIGHTS).mean(), rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_dtype(dtype):
    loss = losses.MeanSquaredError(dtype=dtype)
    assert loss.dtype == dtype
    assert standardize_dtype(loss(Y_TRUE, Y_PRED).dtype) == dtype


def test_own_loss():
    class Distance(losses.Loss):
        def call(self, y_true, y_pred):
            return ops.abs(y_true["a"] - y_pred["a"])

    assert float(Distance()({"a": np.zeros(2)}, {"a": np.ones(2)})) == 1.0
    with pytest.raises(NotImplementedError, match="call"):
        losses.Loss()(Y_TRUE, Y_PRED)


def test_lists_are_tensors():
    assert float(losses.MeanSquaredError()([[0.0, 1.0]], [[1.0, 1.0]])) == 0.5


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("mse", losses.mean_squared_error),
        ("MAE", losses.mean_absolute_error),
        ("binary_crossentropy", losses.binary_crossentropy),
        (losses.huber, losses.huber),
        (None, None),
    ],
)
def test_get(identifier, expected):
    assert losses.get(identifier) is expected


def test_get_builds_objects_and_suggests():
    assert type(losses.get("MeanSquaredError")) is losses.MeanSquaredError
    with pytest.raises(ValueError, match="Did you mean 'categorical_crossentropy'"):
        losses.get("categorical_crossentrop")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: losses.MeanSquaredError(reduction="average"), "reduction"),
        (lambda: losses.CategoricalCrossentropy(label_smoothing=1.5), "label_smoothing"),
        (lambda: losses.categorical_crossentropy(ONE_HOT[:, :2], Y_PRED), "one shape"),
    ],
)
def test_bad_arguments_are_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("shape", [(3,), (3, 1)], ids=str)
def test_weights_of_samples_where_targets_lack_the_last_axis(shape):
    loss = losses.MeanSquaredError()(
        np.reshape([0.0, 1.0, 2.0], shape), np.zeros((3, 1)), sample_weight=[1.0, 3.0, 0.5]
    )
    assert float(loss) == pytest.approx((3 + 0.5 * 4) / 3)


def test_circle_by_its_formula():
    labels = np.array([0, 1, 0, 1])
    points = Y_PRED / np.linalg.norm(Y_PRED, axis=-1, keepdims=True)
    likeness = points.astype("float64") @ points.T
    expected = []
    for i in range(4):
        same = [likeness[i, j] for j in range(4) if labels[j] == labels[i] and j != i]
        other = [likeness[i, j] for j in range(4) if labels[j] != labels[i]]
        near = sum(np.exp(2.0 * max(1.3 - s, 0) * (0.7 - s)) for s in same)
        far = sum(np.exp(2.0 * max(s + 0.3, 0) * (s - 0.3)) for s in other)
        expected.append(np.log1p(near * far))
    loss = losses.Circle(gamma=2.0, margin=0.3, reduction=None)
    np.testing.assert_allclose(ops.convert_to_numpy(loss(labels, points)), expected, rtol=1e-5)


def test_circle_leaves_out_what_has_no_other_of_its_label():
    points = Y_PRED / np.linalg.norm(Y_PRED, axis=-1, keepdims=True)
    labels = np.array([0, 0, 1, 2])
    values = ops.convert_to_numpy(losses.circle(labels, points, gamma=2.0))
    np.testing.assert_allclose(losses.Circle(gamma=2.0)(labels, points), values[:2].mean(), rtol=1e-5)


def test_ctc_of_one_label_sums_over_its_places():
    logits = Y_PRED[None]
    p = np.exp(LOG_SOFTMAX.astype("float64"))
    # The paths of label 1 in 4 steps: blanks, then one run of it, then blanks.
    paths = [
        [1 if start <= step < stop else 0 for step in range(4)] for start in range(4) for stop in range(start + 1, 5)
    ]
    expected = -np.log(sum(np.prod([p[step, label] for step, label in enumerate(path)]) for path in paths))
    np.testing.assert_allclose(losses.CTC()(np.array([[1]]), logits), expected, rtol=1e-5)
    with pytest.raises(ValueError, match=r"ctc: expected labels y_true of shape \(batch, max_length\)"):
        losses.ctc(np.array([1]), logits)


def test_arguments_out_of_range_are_refused():
    with pytest.raises(ValueError, match=r"q to be in \(0, 1\), got 1"):
        losses.CategoricalGeneralizedCrossEntropy(q=1)
    with pytest.raises(ValueError, match="BinaryFocalCrossentropy: expected label_smoothing"):
        losses.BinaryFocalCrossentropy(label_smoothing=2)


def test_short_names_and_near_names():
    assert losses.get("kld") is losses.get("KLD") is losses.kl_divergence
    assert isinstance(losses.get("Hinge"), losses.Hinge)
    with pytest.raises(ValueError, match="'squared_hinge'"):
        losses.get("squared_hing")
