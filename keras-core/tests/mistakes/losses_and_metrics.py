"""Mistakes in losses and metrics."""

import numpy as np

import keras_core as keras
from keras_core import layers
from mistakes.mistake import mistake

X = np.ones((8, 3), "float32")
LABELS = np.array([0, 1, 2, 0, 1, 2, 0, 1])


def classifier(units=3, activation="softmax"):
    return keras.Sequential(
        [keras.Input((3,), name="features"), layers.Dense(units, activation=activation, name="head")], name="net"
    )


@mistake(
    ValueError,
    "categorical_crossentropy: target and output must have one shape, got (8,) and (8, 3).",
    "Integer labels are for sparse_categorical_crossentropy;",
    "to_categorical makes them one-hot.",
    "in the loss 'categorical_crossentropy' of the output 'head'",
)
def integer_labels_for_one_hot_loss():
    """Integer labels for `categorical_crossentropy`."""
    model = classifier()
    model.compile("sgd", "categorical_crossentropy")
    model.fit(X, LABELS, verbose=0)


@mistake(
    ValueError,
    "sparse_categorical_crossentropy: target of shape (8, 3) does not fit output of shape (8, 3):",
    "expected one integer label for each row of classes.",
    "One-hot labels are for categorical_crossentropy.",
    "in the loss 'sparse_categorical_crossentropy' of the output 'head'",
)
def one_hot_labels_for_sparse_loss():
    """One-hot labels for `sparse_categorical_crossentropy`."""
    model = classifier()
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(X, keras.utils.to_categorical(LABELS, 3), verbose=0)


@mistake(
    ValueError,
    "targets of shape (8,) do not fit predictions of shape (8, 2).",
    "The last layer has a unit for each number of a target.",
    "in the loss 'binary_crossentropy' of the output 'head'",
)
def two_outputs_for_a_binary_loss():
    """Two units for `binary_crossentropy` of one label."""
    model = classifier(2)
    model.compile("sgd", "binary_crossentropy")
    model.fit(X, LABELS % 2, verbose=0)


@mistake(
    ValueError,
    "targets of shape (8, 2) do not fit predictions of shape (8, 4).",
    "The last layer has a unit for each number of a target.",
    "in the loss 'mse' of the output 'head'",
)
def units_that_do_not_fit_the_targets():
    """A last layer whose units are not those of the targets."""
    model = classifier(4, None)
    model.compile("sgd", "mse")
    model.fit(X, np.ones((8, 2)), verbose=0)


@mistake(
    UserWarning,
    "model 'net' (Sequential): the loss 'sparse_categorical_crossentropy' takes probabilities, but",
    "layer 'head' (Dense) gives logits.",
    "Give the layer an activation, 'sigmoid' or 'softmax', or the loss from_logits=True.",
)
def logits_for_a_loss_of_probabilities():
    """No activation at the end, and a loss of probabilities."""
    model = classifier(3, None)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(X, LABELS, verbose=0)


@mistake(
    UserWarning,
    "model 'net' (Sequential): the loss 'sparse_categorical_crossentropy' takes logits, but layer",
    "'head' (Dense) gives probabilities.",
    "Take the activation off the layer, or give the loss from_logits=False.",
)
def probabilities_for_a_loss_of_logits():
    """A softmax at the end, and a loss of logits."""
    model = classifier(3, "softmax")
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(X, LABELS, verbose=0)


@mistake(
    ValueError,
    "MeanSquaredError: expected reduction to be one of ('sum_over_batch_size', 'sum', 'mean',",
    "'mean_with_sample_weight', 'none', None), got 'summ'.",
    "Did you mean 'sum'?",
)
def misspelt_reduction():
    """A misspelt reduction."""
    keras.losses.MeanSquaredError(reduction="summ")


@mistake(
    ValueError,
    "CategoricalCrossentropy: expected label_smoothing to be in [0, 1], got 10.",
)
def smoothing_in_percent():
    """Label smoothing in percent."""
    keras.losses.CategoricalCrossentropy(label_smoothing=10)


@mistake(
    ValueError,
    "weights of shape (3,) do not fit values of shape (4,).",
    "There is one weight for each sample.",
)
def weights_that_do_not_fit_the_loss():
    """Weights that do not fit the values of a loss."""
    keras.losses.MeanSquaredError()(np.ones((4, 3)), np.zeros((4, 3)), sample_weight=np.ones(3))


@mistake(
    NotImplementedError,
    "Custom has no method call(y_true, y_pred).",
)
def loss_without_call():
    """A loss without a method `call`."""

    class Custom(keras.losses.Loss):
        def loss(self, y_true, y_pred):
            return y_true - y_pred

    Custom()(np.ones((4, 1)), np.zeros((4, 1)))


@mistake(
    ValueError,
    "loss: expected a name, configuration, object or function, got 3.",
)
def loss_that_is_none():
    """A loss that is a number."""
    classifier().compile("sgd", 3)


@mistake(
    TypeError,
    "metric 'MeanIoU': MeanIoU needs 'num_classes'.",
    "Pass an object: MeanIoU(num_classes=...).",
)
def metric_that_needs_classes():
    """A metric by name that needs an argument."""
    model = classifier()
    model.compile("sgd", "mse", metrics=["MeanIoU"])
    model.fit(X, np.eye(3)[LABELS], verbose=0)


@mistake(
    ValueError,
    "Precision: expected thresholds in [0, 1], got [50].",
)
def threshold_in_percent():
    """A threshold in percent."""
    keras.metrics.Precision(thresholds=50)


@mistake(
    ValueError,
    "AUC: expected curve to be one of ('ROC', 'PR', 'PRGAIN'), got 'RCO'.",
    "Did you mean 'ROC'?",
)
def misspelt_curve():
    """A misspelt curve of `AUC`."""
    keras.metrics.AUC(curve="RCO")


@mistake(
    ValueError,
    "F1Score: expected average to be one of (None, 'micro', 'macro', 'weighted'), got 'mcro'.",
    "Did you mean 'micro' or 'macro'?",
)
def misspelt_average():
    """A misspelt average of `F1Score`."""
    keras.metrics.F1Score(average="mcro")


@mistake(
    ValueError,
    "f1_score: expected y_true and y_pred of one shape (batch, columns), got shapes (8,) and (8, 3).",
)
def integer_labels_for_f1():
    """Integer labels for `F1Score`."""
    keras.metrics.F1Score()(LABELS, np.full((8, 3), 1 / 3))


@mistake(
    ValueError,
    "expected integer labels, one axis less than the predictions of shape (3, 3), got the shape (3,",
    "One-hot labels are for the categorical form of the metric.",
)
def one_hot_labels_for_sparse_accuracy():
    """One-hot labels for a sparse metric."""
    keras.metrics.SparseTopKCategoricalAccuracy(k=2)(np.eye(3), np.eye(3))


@mistake(
    NotImplementedError,
    "Custom has no method update_state().",
)
def metric_without_update():
    """A metric without `update_state`."""

    class Custom(keras.metrics.Metric):
        def result(self):
            return 0.0

    Custom(name="custom")(np.ones(2), np.ones(2))


@mistake(
    ValueError,
    "weights of shape (3,) do not fit values of shape (4,).",
    "There is one weight for each sample.",
)
def metric_weights_that_do_not_fit():
    """Weights that do not fit the values of a metric."""
    keras.metrics.Mean()(np.ones(4), sample_weight=np.ones(3))
