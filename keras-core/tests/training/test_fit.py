"""`fit`: what it computes, shows and refuses."""

import numpy as np
import pytest

from keras_core import random
from keras_core.callbacks import ModelCheckpoint
from keras_core.layers import Activation, BatchNormalization, Dense, Dropout, Input, Layer
from keras_core.metrics import MeanAbsoluteError
from keras_core.models import Model, Sequential, load_model
from keras_core.optimizers import SGD, Adam
from keras_core.runtime.table import backend, use_backend
from keras_core.training.callbacks.history import History
from keras_core.utils import set_random_seed


def test_fit_learns(classifier, x, labels):
    history = classifier(optimizer=Adam(0.05)).fit(x, labels, epochs=20, batch_size=8, verbose=0)
    assert isinstance(history, History)
    assert history.epoch == list(range(20))
    assert history.history["loss"][-1] < 0.5 * history.history["loss"][0]
    assert history.history["accuracy"][-1] > 0.9


def linear_regression(x, y, w, steps, rate, batch, momentum=0.0):
    """Return the mean loss of each epoch and the last weights of gradient descent, in float64."""
    velocity, losses = np.zeros_like(w), []
    for _ in range(steps):
        total = 0.0
        for start in range(0, len(x), batch):
            part, target = x[start : start + batch], y[start : start + batch]
            error = part @ w - target
            total += (error**2).mean() * len(part)
            velocity = momentum * velocity - rate * 2 * part.T @ error / error.size
            w = w + velocity
        losses.append(total / len(x))
    return losses, w


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_trajectory_is_that_of_the_formula(x, momentum):
    y = x @ np.arange(8.0).reshape(4, 2) / 4
    model = Sequential([Input((4,)), Dense(2, use_bias=False)])
    start = model.get_weights()[0].astype("float64")
    model.compile(optimizer=SGD(0.02, momentum=momentum), loss="mse")
    found = model.fit(x, y, batch_size=16, epochs=10, shuffle=False, verbose=0).history["loss"]
    losses, weights = linear_regression(x.astype("float64"), y, start, 10, 0.02, 16, momentum)
    np.testing.assert_allclose(found, losses, rtol=1e-4)
    np.testing.assert_allclose(model.get_weights()[0], weights, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_trajectory_is_the_same_on_the_embedded_backend(classifier, x, labels, optimizer):
    with use_backend("numpy"):
        expected = classifier(optimizer=optimizer).fit(x, labels, batch_size=9, epochs=4, shuffle=False, verbose=0)
    found = classifier(optimizer=optimizer).fit(x, labels, batch_size=9, epochs=4, shuffle=False, verbose=0)
    assert list(found.history) == list(expected.history)
    np.testing.assert_allclose(found.history["loss"], expected.history["loss"], rtol=1e-4)


def test_models_of_two_backends_train_in_turns(classifier, x, labels):
    with use_backend("numpy"):
        first = classifier()
        alone = classifier()
    second = classifier()
    losses = {"first": [], "second": [], "alone": []}
    for _ in range(3):
        losses["first"] += first.fit(x, labels, shuffle=False, verbose=0).history["loss"]
        losses["second"] += second.fit(x, labels, shuffle=False, verbose=0).history["loss"]
        with use_backend(second._table.name):
            losses["alone"] += alone.fit(x, labels, shuffle=False, verbose=0).history["loss"]
    assert (first._table.name, second._table.name) == ("numpy", backend())
    assert losses["first"] == losses["alone"]
    np.testing.assert_allclose(losses["second"], losses["first"], rtol=1e-4)
    second.set_weights(first.get_weights())
    for own, other in zip(second.get_weights(), first.get_weights(), strict=True):
        np.testing.assert_array_equal(own, other)


def test_history_has_metrics_and_validation(classifier, x, labels):
    model = classifier(weighted_metrics=["accuracy"])
    history = model.fit(x, labels, epochs=2, verbose=0, validation_data=(x, labels, np.ones(40))).history
    names = ["accuracy", "loss", "val_accuracy", "val_loss", "val_weighted_accuracy", "weighted_accuracy"]
    assert list(history) == names
    assert all(len(values) == 2 and isinstance(values[0], float) for values in history.values())


def test_validation_split_takes_the_last_samples_before_shuffling(line):
    x = np.concatenate([np.zeros((6, 1)), np.ones((2, 1))])
    history = line().fit(x, x * 3, validation_split=0.25, epochs=1, verbose=0).history
    assert history["loss"] == [0.0]
    assert history["val_loss"] == [9.0]


@pytest.mark.parametrize(
    ("frequency", "epochs"), [(2, {2, 4}), ([1, 3], {1, 3})], ids=["every second", "first and third"]
)
def test_validation_frequency(line, frequency, epochs):
    class Epochs(History):
        def on_epoch_end(self, epoch, logs=None):
            if "val_loss" in logs:
                found.add(epoch + 1)

    found = set()
    data = np.ones((4, 1)), np.ones((4, 1))
    line().fit(*data, validation_data=data, validation_freq=frequency, epochs=4, verbose=0, callbacks=[Epochs()])
    assert found == epochs


def test_each_validation_sees_the_same_samples(line):
    x, y = np.zeros((6, 1)), np.arange(6.0)
    data = {"validation_data": (x, y), "validation_batch_size": 1, "validation_steps": 2}
    assert line().fit(x, x, epochs=3, verbose=0, **data).history["val_loss"] == [0.5, 0.5, 0.5]


def test_sample_weights_weigh_the_loss(line):
    x, y = np.ones((4, 1)), np.array([[1.0], [2.0], [3.0], [4.0]])
    loss = line().fit(x, y, sample_weight=np.array([1.0, 0.0, 0.0, 0.5]), verbose=0).history["loss"]
    assert loss == [(1 + 0.5 * 16) / 4]


def test_class_weights_weigh_the_loss(line):
    x, y = np.ones((4, 1)), np.array([0, 1, 1, 2])
    loss = line().fit(x, y, class_weight={1: 3.0, 2: 0.25}, verbose=0).history["loss"]
    assert loss == [(0 + 3 + 3 + 0.25 * 4) / 4]


def test_shuffling_is_repeatable_by_the_global_seed(classifier, x, labels):
    losses = []
    for seed in (3, 3, 4):
        set_random_seed(seed)
        losses.append(classifier().fit(x, labels, epochs=2, batch_size=8, verbose=0).history["loss"])
    assert losses[0] == losses[1] != losses[2]


def test_initial_epoch(line):
    assert line().fit(np.ones((4, 1)), np.ones((4, 1)), initial_epoch=2, epochs=5, verbose=0).epoch == [2, 3, 4]


def test_fit_twice_goes_on(line):
    model = line()
    x = np.ones((4, 1))
    first = model.fit(x, x * 2, verbose=0).history["loss"] + model.fit(x, x * 2, verbose=0).history["loss"]
    assert first == line().fit(x, x * 2, epochs=2, verbose=0).history["loss"]


def test_one_row(line):
    assert line().fit(np.ones((1, 1)), np.ones((1, 1)), verbose=0).history["loss"] == [1.0]


def test_generator(line):
    x = np.ones((2, 1))
    batches = ((x, x * 3) for _ in range(6))
    assert len(line().fit(batches, steps_per_epoch=2, epochs=3, verbose=0).epoch) == 3


def test_generator_with_weights(line):
    x = np.ones((2, 1))
    history = line().fit(iter([(x, x * 3, np.array([1.0, 0.0]))]), verbose=0).history
    assert history["loss"] == [4.5]


def test_generator_that_ends_early_ends_training(line):
    x = np.ones((2, 1))
    with pytest.warns(UserWarning, match="no batch for epoch 2"):
        assert line().fit(iter([(x, x)]), epochs=3, verbose=0).epoch == [0]


def test_iterable_is_begun_again_each_epoch(line):
    x = np.ones((2, 1))

    class Batches:
        def __iter__(self):
            return iter([(x, x * 3)] * 2)

    assert len(line().fit(Batches(), epochs=3, verbose=0).epoch) == 3


def test_steps_per_epoch_goes_on_where_the_last_epoch_ended(line):
    class Batches(History):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(logs["loss"])

    seen = []
    x, y = np.zeros((6, 1)), np.arange(6.0)
    line().fit(x, y, batch_size=1, steps_per_epoch=3, epochs=2, shuffle=False, verbose=0, callbacks=[Batches()])
    np.testing.assert_allclose(seen, [0.0, 0.5, 5 / 3, 9.0, 12.5, 50 / 3], rtol=1e-5)


def test_tensors_of_the_backend(classifier, x, labels):
    from keras_core import ops

    tensors = ops.convert_to_tensor(x), ops.convert_to_tensor(labels)
    found = classifier().fit(*tensors, validation_split=0.25, epochs=2, verbose=0, batch_size=8, shuffle=False)
    expected = classifier().fit(x, labels, validation_split=0.25, epochs=2, verbose=0, batch_size=8, shuffle=False)
    np.testing.assert_allclose(found.history["val_loss"], expected.history["val_loss"], rtol=1e-6)


def test_tensors_are_shuffled(classifier, x, labels):
    from keras_core import ops

    set_random_seed(1)
    found = classifier().fit(ops.convert_to_tensor(x), ops.convert_to_tensor(labels), batch_size=8, verbose=0)
    set_random_seed(1)
    expected = classifier().fit(x, labels, batch_size=8, verbose=0)
    np.testing.assert_allclose(found.history["loss"], expected.history["loss"], rtol=1e-6)


class Centred(Layer):
    """Takes off a moving mean, which training changes."""

    def build(self, input_shape):
        self.mean = self.add_weight(shape=(input_shape[-1],), initializer="zeros", trainable=False)
        self.steps = self.add_weight(shape=(), dtype="int32", initializer="zeros", trainable=False)

    def call(self, inputs, training=None):
        if training:
            self.mean.assign(self.mean * 0.5 + inputs[0] * 0.5)
            self.steps.assign_add(1)
        return inputs - self.mean


def test_layers_change_their_state(line):
    layer = Centred()
    model = Sequential([Input((1,)), layer, Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    model.fit(np.ones((6, 1)), np.ones((6, 1)), batch_size=2, verbose=0, validation_split=0.0)
    model.evaluate(np.ones((6, 1)), np.ones((6, 1)), verbose=0)
    model.predict(np.ones((6, 1)), verbose=0)
    assert int(layer.steps.numpy()) == 3
    np.testing.assert_allclose(layer.mean.numpy(), [0.875])


def test_batch_normalization_moves_its_statistics(x):
    layer = BatchNormalization(momentum=0.5)
    model = Sequential([Input((4,)), layer, Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    model.fit(x, np.ones((40, 1)), batch_size=20, shuffle=False, verbose=0)
    mean = 0.5 * (0.5 * x[:20].mean(0)) + 0.5 * x[20:].mean(0)
    variance = 0.5 * (0.5 + 0.5 * x[:20].var(0)) + 0.5 * x[20:].var(0)
    np.testing.assert_allclose(layer.moving_mean.numpy(), mean, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(layer.moving_variance.numpy(), variance, rtol=1e-4)


def test_random_seeds_advance_in_training_only(x):
    model = Sequential([Input((4,)), Dropout(0.5, seed=1), Dense(1)])
    model.compile(optimizer=SGD(0.0), loss="mse")
    y = np.ones((40, 1))
    losses = model.fit(x, y, epochs=3, batch_size=40, verbose=0).history["loss"]
    assert len(set(losses)) == 3
    assert model.evaluate(x, y, verbose=0) == model.evaluate(x, y, verbose=0)


def test_losses_of_layers_count(x):
    class Penalty(Layer):
        def call(self, inputs):
            self.add_loss(3.0 * (inputs[0, 0] * 0.0 + 1.0))
            return inputs

    model = Sequential([Input((1,)), Penalty(), Dense(1, kernel_initializer="ones", kernel_regularizer="l2")])
    model.compile(optimizer="sgd", loss="mse")
    history = model.fit(np.ones((4, 1)), np.ones((4, 1)), batch_size=2, verbose=0).history
    np.testing.assert_allclose(model.evaluate(np.ones((4, 1)), np.ones((4, 1)), verbose=0), 3.01, rtol=1e-2)
    np.testing.assert_allclose(history["loss"], [3.01], rtol=1e-2)


def test_subclassed_model_is_built_by_fit(x, labels):
    class Two(Model):
        def __init__(self):
            super().__init__()
            self.first, self.second = Dense(8, activation="relu"), Dense(2)

        def call(self, inputs):
            return Activation("softmax")(self.second(self.first(inputs)))

    model = Two()
    model.compile(optimizer=Adam(0.05), loss="sparse_categorical_crossentropy")
    losses = model.fit(x, labels, epochs=10, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_model_whose_code_is_for_values_only(x, labels):
    """A call that cannot run on symbolic tensors builds the model by values."""

    class Odd(Model):
        def __init__(self):
            super().__init__()
            self.dense = Dense(2, activation="softmax")

        def call(self, inputs):
            if getattr(inputs, "is_odd", None) is None and type(inputs).__name__ == "KerasTensor":
                raise RuntimeError("no symbolic tensors")
            return self.dense(inputs)

    model = Odd()
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    assert len(model.fit(x, labels, verbose=0).history["accuracy"]) == 1


def test_frozen_layers_stay(x, labels):
    model = Sequential([Input((4,)), Dense(3), Dense(2, activation="softmax")])
    model.layers[0].trainable = False
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
    before = model.get_weights()
    model.fit(x, labels, verbose=0)
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert changed == [False, False, True, True]


def test_a_layer_frozen_later_stays_from_the_next_fit_on(classifier, x, labels):
    model = classifier()
    model.fit(x, labels, verbose=0)
    model.layers[0].trainable = False
    before = model.get_weights()
    model.fit(x, labels, verbose=0)
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert changed == [False, False, True, True]


@pytest.mark.parametrize("options", [{"run_eagerly": True}, {"steps_per_execution": 3}], ids=str)
def test_ways_to_run_give_the_same(classifier, x, labels, options):
    found = classifier(**options).fit(x, labels, batch_size=9, epochs=2, shuffle=False, verbose=0).history
    expected = classifier().fit(x, labels, batch_size=9, epochs=2, shuffle=False, verbose=0).history
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-5)


def test_moving_averages_replace_the_weights_at_the_end():
    model = Sequential([Input((1,)), Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(optimizer=SGD(0.5, use_ema=True, ema_momentum=0.5), loss="mse")
    model.fit(np.ones((1, 1)), np.ones((1, 1)), epochs=2, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0], [[1.0]])
    np.testing.assert_allclose(model.optimizer._averages[0].numpy(), [[1.0]])


def test_masked_steps_do_not_count():
    from keras_core.layers import Embedding

    ids = np.array([[1, 2, 0], [3, 0, 0]])
    y = np.where(ids[..., None] == 0, 1e3, 1.0)
    model = Sequential([Input((3,), dtype="int32"), Embedding(5, 2, mask_zero=True), Dense(1)])
    model.compile(optimizer=SGD(0.0), loss="mse", metrics=["mae"])
    history = model.fit(ids, y, verbose=0).history
    assert history["loss"][0] < 10
    assert history["mae"][0] < 10
    np.testing.assert_allclose(model.evaluate(ids, y, verbose=0), [history["loss"][0], history["mae"][0]], rtol=1e-5)


def test_one_weight_a_sample_is_that_of_all_its_steps_that_count():
    from keras_core.layers import Embedding

    ids = np.array([[1, 2, 0], [3, 0, 0]])
    weights, counts = np.array([1.0, 4.0]), ids != 0
    model = Sequential([Input((3,), dtype="int32"), Embedding(5, 2, mask_zero=True), Dense(1)])
    model.compile(optimizer=SGD(0.0), loss="mse", weighted_metrics=["mae"])
    errors = np.abs(model.predict(ids, verbose=0)[..., 0] - 1.0)
    history = model.fit(ids, np.ones((2, 3, 1)), sample_weight=weights, verbose=0).history
    weights_of_steps = weights[:, None] * counts
    assert history["loss"][0] == pytest.approx((errors**2 * weights_of_steps).sum() / counts.sum(), rel=1e-5)
    assert history["mae"][0] == pytest.approx((errors * weights_of_steps).sum() / weights_of_steps.sum(), rel=1e-5)


def test_no_hook_is_called_while_training(classifier, x, labels, monkeypatch):
    import pluggy._hooks

    model = classifier()
    calls = []
    original = pluggy._hooks.HookCaller.__call__
    monkeypatch.setattr(
        pluggy._hooks.HookCaller, "__call__", lambda self, **kwargs: calls.append(self.name) or original(self, **kwargs)
    )
    model.fit(x, labels, epochs=2, batch_size=8, verbose=0, validation_split=0.2)
    assert calls == []
    from keras_core.plugins import formats

    formats()  # the count works
    assert calls


def test_files_of_checkpoints(classifier, x, labels, tmp_path):
    model = classifier()
    whole = ModelCheckpoint(tmp_path / "new" / "whole-{epoch}.keras")
    weights = ModelCheckpoint(tmp_path / "best.weights.h5", "loss", save_weights_only=True, save_best_only=True)
    model.fit(x, labels, epochs=2, verbose=0, callbacks=[whole, weights])
    expected = model.predict(x, verbose=0)
    loaded = load_model(tmp_path / "new" / "whole-2.keras")
    np.testing.assert_allclose(loaded.predict(x, verbose=0), expected, rtol=1e-6)
    assert loaded.evaluate(x, labels, verbose=0) == pytest.approx(model.evaluate(x, labels, verbose=0))
    other = classifier()
    other.load_weights(tmp_path / "best.weights.h5")
    np.testing.assert_allclose(other.predict(x, verbose=0), expected, rtol=1e-6)


def test_metrics_and_optimizer_made_on_another_backend(line):
    with use_backend("numpy"):
        metric, optimizer = MeanAbsoluteError(), SGD(0.5)
    x = np.ones((2, 1))
    history = line(optimizer=optimizer, metrics=[metric]).fit(x, x, epochs=2, verbose=0).history
    assert history == {"loss": [1.0, 0.0], "mean_absolute_error": [1.0, 0.0]}


def test_several_outputs(x, labels):
    inputs = Input((4,))
    model = Model(inputs, [Dense(2, activation="softmax", name="kind")(inputs), Dense(2, name="size")(inputs)])
    losses = {"kind": "sparse_categorical_crossentropy", "size": "mse"}
    model.compile(optimizer=Adam(0.05), loss=losses, loss_weights=[1.0, 2.0], metrics={"kind": "accuracy"})
    history = model.fit(x, [labels, x[:, :2]], epochs=5, verbose=0, sample_weight=np.ones(40)).history
    assert list(history) == ["kind_accuracy", "kind_loss", "loss", "size_loss"]
    assert history["loss"][-1] < history["loss"][0]
    total = np.add(history["kind_loss"], np.multiply(history["size_loss"], 2))
    np.testing.assert_allclose(history["loss"], total, rtol=1e-5)


# errors

BAD_DATA = {
    "unequal lengths": (lambda x, y: ((x, y[:10]), {}), "x: 40; y: 10"),
    "no rows": (lambda x, y: ((x[:0], y[:0]), {}), "at least one sample"),
    "nothing": (lambda x, y: ((), {}), "x: expected data"),
    "strings": (lambda x, y: ((x, np.array(["a"] * 40)), {}), "y: expected numbers or bools"),
    "objects": (lambda x, y: ((x.astype(object), y), {}), "x: expected numbers or bools"),
    "a number": (lambda x, y: ((3, y), {}), "x: expected one row a sample|x: expected an array"),
    "all for validation": (lambda x, y: ((x, y), {"validation_split": 1.0}), "validation_split"),
    "a generator split": (lambda x, y: ((iter([(x, y)]),), {"validation_split": 0.5}), "validation_data instead"),
    "a generator and y": (lambda x, y: ((iter([(x, y)]), y), {}), "which must yield it"),
    "a generator of nothing": (lambda x, y: ((iter([]),), {}), "no batch"),
    "batch size": (lambda x, y: ((x, y), {"batch_size": 0}), "batch_size: expected a positive int"),
    "shuffle": (lambda x, y: ((x, y), {"shuffle": "yes"}), "shuffle: expected"),
    "both weights": (lambda x, y: ((x, y), {"class_weight": {0: 1.0}, "sample_weight": y}), "got both"),
    "no mapping": (lambda x, y: ((x, y), {"class_weight": [1.0, 2.0]}), "a dict from class"),
    "shape of x": (lambda x, y: ((x[:, :3], y), {}), r"expected shape \(None, 4\), got \(32, 3\)"),
    "no targets": (lambda x, y: ((x,), {}), "targets"),
    "validation data": (lambda x, y: ((x, y), {"validation_data": (x, y, y, y)}), "validation_data"),
}


@pytest.mark.parametrize("case", BAD_DATA)
def test_bad_data(classifier, x, labels, case):
    make, message = BAD_DATA[case]
    args, options = make(x, labels)
    with pytest.raises(ValueError, match=message):
        classifier().fit(*args, verbose=0, **options)


def test_bad_batch_of_a_generator_is_named(classifier, x, labels):
    with pytest.raises(ValueError, match="batch 1 of the data"):
        classifier().fit(iter([(x, labels), (x, labels, labels, labels)]), verbose=0)


@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch", "test_on_batch"])
def test_before_compile(method):
    model = Sequential([Input((1,)), Dense(1)], name="plain")
    with pytest.raises(ValueError, match=rf"plain.*call compile\(optimizer, loss\) before {method}"):
        getattr(model, method)(np.ones((1, 1)), np.ones((1, 1)))


def test_no_loss(x, labels):
    model = Sequential([Input((4,)), Dense(1)])
    model.compile(optimizer="sgd")
    with pytest.raises(ValueError, match="no loss to make small"):
        model.fit(x, labels, verbose=0)


def test_a_step_that_returns_no_logs(x):
    class Silent(Sequential):
        def train_step(self, data):
            return None

    model = Silent([Input((4,)), Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    with pytest.raises(TypeError, match="train_step"):
        model.fit(x, x, verbose=0)


def test_random_layers_of_a_step_draw_new_numbers(x):
    """A seed generator that belongs to the model is part of its compiled step."""

    class Noisy(Model):
        def __init__(self):
            super().__init__()
            self.seeds = random.SeedGenerator(1)
            self.dense = Dense(1)

        def call(self, inputs):
            return self.dense(inputs) + random.normal((1,), seed=self.seeds)

    model = Noisy()
    model.compile(optimizer=SGD(0.0), loss="mse")
    losses = model.fit(x, np.ones((40, 1)), batch_size=40, epochs=3, verbose=0).history["loss"]
    assert len(set(losses)) == 3
