"""Mistakes in compilation and training."""

import numpy as np

import keras_core as keras
from keras_core import layers
from mistakes.mistake import mistake

X, Y = np.ones((8, 3), "float32"), np.ones((8, 1), "float32")


def regressor(compiled=True):
    model = keras.Sequential([keras.Input((3,), name="features"), layers.Dense(1, name="head")], name="net")
    if compiled:
        model.compile("sgd", "mse")
    return model


def two_outputs():
    inputs = keras.Input((3,), name="features")
    outputs = [layers.Dense(1, name="price")(inputs), layers.Dense(2, name="kind")(inputs)]
    return keras.Model(inputs, outputs, name="net")


@mistake(
    ValueError,
    "model 'net' (Sequential): call compile(optimizer, loss) before fit().",
)
def fit_before_compile():
    """`fit` before `compile`."""
    regressor(compiled=False).fit(X, Y, verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): call compile(optimizer, loss) before evaluate().",
)
def evaluate_before_compile():
    """`evaluate` before `compile`."""
    regressor(compiled=False).evaluate(X, Y, verbose=0)


@mistake(
    ValueError,
    "unknown optimizer 'adma'.",
    "Did you mean 'adamax' or 'adam' or 'nadam'?",
)
def misspelt_optimizer():
    """A misspelt optimizer."""
    regressor().compile("adma", "mse")


@mistake(
    ValueError,
    "unknown loss 'categorical_crossentrop'.",
    "Did you mean 'categorical_crossentropy' or 'CategoricalCrossentropy' or",
    "'categorical_focal_crossentropy'?",
)
def misspelt_loss():
    """A misspelt loss."""
    regressor().compile("adam", "categorical_crossentrop")


@mistake(
    ValueError,
    "unknown metric 'acuracy'.",
    "Did you mean 'accuracy' or 'Accuracy' or 'BinaryAccuracy'?",
)
def misspelt_metric():
    """A misspelt metric."""
    model = regressor()
    model.compile("adam", "mse", metrics=["acuracy"])
    model.fit(X, Y, verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): there is no loss to make small.",
    "Give compile() a loss, call add_loss() in a layer, or override compute_loss() or train_step().",
)
def no_loss():
    """Training without a loss."""
    model = regressor()
    model.compile("adam")
    model.fit(X, Y, verbose=0)


@mistake(
    ValueError,
    "unknown optimizer 'mse'.",
)
def loss_as_optimizer():
    """The loss in the place of the optimizer."""
    regressor().compile("mse", "adam")


@mistake(
    ValueError,
    "Adam: expected learning_rate to be a float, LearningRateSchedule or function without",
    "arguments, got 'fast'.",
)
def learning_rate_as_a_string():
    """A learning rate that is no number."""
    keras.optimizers.Adam(learning_rate="fast")


@mistake(
    UserWarning,
    "Adam: the learning_rate -0.1 is negative, so that steps make the loss larger.",
)
def negative_learning_rate():
    """A negative learning rate."""
    keras.optimizers.Adam(learning_rate=-0.1)


@mistake(
    ValueError,
    "Adam: unexpected arguments ['lr'].",
)
def learning_rate_of_older_code():
    """`lr` instead of `learning_rate`."""
    keras.optimizers.Adam(lr=0.1)


@mistake(
    ValueError,
    "Adam: expected only one of clipnorm, clipvalue and global_clipnorm, got clipnorm=1.0,",
    "clipvalue=0.5, global_clipnorm=None.",
)
def two_kinds_of_clipping():
    """Two ways of clipping the gradients."""
    keras.optimizers.Adam(clipnorm=1.0, clipvalue=0.5)


@mistake(
    ValueError,
    "sgd.apply: unknown variable 'net/dense_2/kernel';",
    "the optimizer takes only those that it was built with.",
    "Make a new optimizer for others.",
)
def optimizer_of_another_model():
    """An optimizer that was used for another model."""
    optimizer = keras.optimizers.SGD(0.1)
    for units in (1, 2):
        model = keras.Sequential([keras.Input((3,)), layers.Dense(units), layers.Dense(1)], name="net")
        model.compile(optimizer, "mse")
        model.train_on_batch(X, Y)


@mistake(
    UserWarning,
    "model 'net' (Sequential): training changes nothing, since all weights are frozen or there are",
    "none.",
    "Set trainable=True on the model or a layer of it.",
)
def everything_frozen():
    """Training of a model all of whose weights are frozen."""
    model = regressor()
    model.trainable = False
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)


@mistake(
    ValueError,
    "sgd.apply: no gradients for any variable;",
    "does the loss depend on them?",
)
def gradients_of_none():
    """Gradients that are all `None`."""
    weight = keras.Variable(np.zeros(3), name="weight")
    keras.optimizers.SGD(0.1).apply_gradients([(None, weight)])


@mistake(
    ValueError,
    "sgd.apply: got 1 gradients for 2 variables.",
)
def gradients_without_variables():
    """Fewer gradients than variables."""
    weights = [keras.Variable(np.zeros(3), name="one"), keras.Variable(np.zeros(3), name="two")]
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build(weights)
    optimizer.apply([np.zeros(3)])


@mistake(
    TypeError,
    "fit: expected epochs to be an int, got 1.5.",
)
def no_epochs():
    """A number of epochs that is no whole number."""
    regressor().fit(X, Y, epochs=1.5, verbose=0)


@mistake(
    ValueError,
    "loss: the model has one output, so expected one value, got [",
)
def one_loss_too_many():
    """Two losses for a model with one output."""
    model = regressor()
    model.compile("sgd", ["mse", "mae"])
    model.fit(X, Y, verbose=0)


@mistake(
    ValueError,
    "loss: no output is named ['knd'];",
    "the outputs are ['price', 'kind'].",
    "Did you mean 'kind'?",
)
def loss_of_an_unknown_output():
    """A loss for an output whose name is misspelt."""
    model = two_outputs()
    model.compile("sgd", {"price": "mse", "knd": "mse"})
    model.fit(X, [Y, np.ones((8, 2))], verbose=0)


@mistake(
    ValueError,
    "y: expected a list of 2 or a dict, one entry for each of the outputs ['price', 'kind'], got",
    "one value, of shape (8, 1).",
)
def targets_of_one_output():
    """Targets for one of two outputs."""
    model = two_outputs()
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)


@mistake(
    ValueError,
    "y: the output 'head' has the loss 'mse' but no targets came for it.",
    "Give y, or data that are pairs (inputs, targets).",
)
def no_targets():
    """No targets for a loss that needs them."""
    regressor().fit(X, verbose=0)


@mistake(
    ValueError,
    "metrics: expected a list of 2 or a dict, one entry for each of the outputs ['price', 'kind'],",
    "got ['mae', 'mae', 'mae'].",
)
def metric_that_is_no_list():
    """Metrics for two outputs in one list."""
    model = two_outputs()
    model.compile("sgd", "mse", metrics=["mae", "mae", "mae"])
    model.fit(X, [Y, np.ones((8, 2))], verbose=0)


@mistake(
    TypeError,
    "callbacks: expected callbacks, got",
)
def callback_that_is_none():
    """A function as a callback."""
    regressor().fit(X, Y, callbacks=[print], verbose=0)


@mistake(
    UserWarning,
    "EarlyStopping: the logs have no 'val_loss', which it monitors;",
    "they have ['loss'].",
)
def monitored_number_that_is_not_there():
    """A callback that watches a number that is not logged."""
    stop = keras.callbacks.EarlyStopping(monitor="val_loss")
    regressor().fit(X, Y, callbacks=[stop], verbose=0)


@mistake(
    ValueError,
    "EarlyStopping: expected mode to be one of ('auto', 'min', 'max'), got 'maximum'.",
    "Did you mean 'max'?",
)
def misspelt_mode():
    """A misspelt mode of a callback."""
    keras.callbacks.EarlyStopping(monitor="loss", mode="maximum")


@mistake(
    ValueError,
    "ModelCheckpoint: expected filepath to end in an extension that can save a model, '.keras', got",
    "'best'.",
)
def checkpoint_without_extension():
    """A checkpoint file without its extension."""
    keras.callbacks.ModelCheckpoint("best")


@mistake(
    ValueError,
    "ReduceLROnPlateau: expected a factor below 1, got 2.0.",
)
def factor_that_does_not_reduce():
    """A plateau callback whose factor does not reduce."""
    keras.callbacks.ReduceLROnPlateau(factor=2.0)


@mistake(
    ValueError,
    "LearningRateScheduler: expected the schedule to return a float, got None.",
)
def schedule_that_returns_nothing():
    """A schedule without a `return`."""

    def halve(epoch, rate):
        rate / 2

    regressor().fit(X, Y, callbacks=[keras.callbacks.LearningRateScheduler(halve)], verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): expected steps_per_execution to be a positive int or 'auto', got 0.",
)
def no_steps_in_one_execution():
    """Steps per execution of zero."""
    regressor().compile("sgd", "mse", steps_per_execution=0)


@mistake(
    TypeError,
    "model 'net' (Net): expected train_step() to return a dict, name -> scalar, got None.",
)
def train_step_without_return():
    """A `train_step` without a `return`."""

    class Net(keras.Model):
        def call(self, inputs):
            return inputs

        def train_step(self, data):
            x, _ = data
            self(x)

    model = Net(name="net")
    model.compile("sgd", "mse", run_eagerly=True)
    model.fit(X, Y, verbose=0)
