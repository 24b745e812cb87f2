"""Labels, weights and sizes that a framework would compute with."""

import numpy as np
import pytest

import keras_core as keras
from keras_core import layers, ops

X = np.ones((6, 4), "float32")
LABELS = np.array([0, 1, 0, 1, 0, 1])
OUTSIDE = np.array([0, 1, 0, 1, 2, 1])


def raises(what):
    return pytest.raises(ValueError, match=what)


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_generalized_cross_entropy"])
@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch", "test_on_batch"])
def test_labels_outside_the_classes(classifier, method, loss):
    chosen = keras.losses.SparseCategoricalCrossentropy() if loss.startswith("sparse") else loss
    if loss.startswith("categorical"):
        chosen = keras.losses.CategoricalGeneralizedCrossEntropy()
    options = {} if method.endswith("batch") else {"verbose": 0}
    with raises(rf"{method}: y: expected class numbers in \[0, 2\) for the loss '{loss}' .* got 2 at sample 4"):
        getattr(classifier(loss=chosen), method)(X, OUTSIDE, **options)


@pytest.mark.parametrize("labels", [OUTSIDE[:, None], OUTSIDE.astype("float32"), OUTSIDE.astype("uint8")], ids=str)
def test_labels_of_other_forms(classifier, labels):
    with raises("got 2.* at sample 4"):
        classifier().fit(X, labels, verbose=0)


def test_labels_that_are_missing(classifier):
    with raises("got nan at sample 1"):
        classifier().fit(X, np.array([0, np.nan, 1, 1, 1, 1]), verbose=0)


def test_tensors_in_memory_are_examined(classifier):
    with raises("fit: y: .* got 2 at sample 4"):
        classifier().fit(ops.convert_to_tensor(X), ops.convert_to_tensor(OUTSIDE), verbose=0)


def test_labels_of_validation_data(classifier):
    with raises("fit: validation_data: y: .* got 2 at sample 4"):
        classifier().fit(X, LABELS, validation_data=(X, OUTSIDE), verbose=0)


@pytest.mark.parametrize("steps_per_execution", [1, 3])
def test_the_batch_of_an_iterable_is_named(classifier, steps_per_execution):
    data = [(X, LABELS), (X, LABELS), (X, OUTSIDE), (X, LABELS)]
    with raises("fit: batch 2 of the data: y: .* got 2 at sample 4"):
        classifier(steps_per_execution=steps_per_execution).fit(iter(data), verbose=0)


def test_labels_of_each_position():
    model = keras.Sequential([keras.Input((3, 4)), layers.Dense(2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    labels = np.zeros((2, 3), "int32")
    labels[1, 2] = 5
    with raises(r"got 5 at sample 1, position \(2,\)"):
        model.fit(np.ones((2, 3, 4)), labels, verbose=0)


def test_classes_along_another_axis():
    model = keras.Sequential([keras.Input((3, 4)), layers.Softmax(axis=1)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(axis=1))
    with raises(r"in \[0, 3\)"):
        model.evaluate(np.ones((2, 3, 4)), np.full((2, 4), 3), verbose=0)
    assert model.evaluate(np.ones((2, 3, 4)), np.full((2, 4), 2), verbose=0) == pytest.approx(np.log(3))


def test_the_output_is_named():
    inputs = keras.Input((4,))
    outputs = {"a": layers.Dense(3, name="a")(inputs), "b": layers.Dense(2, name="b")(inputs)}
    model = keras.Model(inputs, outputs)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", {"a": loss, "b": loss})
    with raises(r"in \[0, 2\) .* of the output 'b', got 2"):
        model.fit(X, {"a": OUTSIDE, "b": OUTSIDE}, verbose=0)


# what is right


def test_ignored_labels(classifier):
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    history = classifier(loss=loss, metrics=None).fit(X, np.array([0, 1, -1, 1, 0, -1]), verbose=0).history
    assert np.isfinite(history["loss"]).all()
    with raises("got -2 at sample 2"):
        classifier(loss=loss).fit(X, np.array([0, 1, -2, 1, 0, -1]), verbose=0)


def test_negative_labels_without_weight(classifier):
    labels = np.array([0, 1, -1, 1, 0, 1])
    model = classifier(metrics=None)
    assert np.isfinite(model.evaluate(X, labels, sample_weight=np.array([1, 1, 0, 1, 1, 1]), verbose=0))
    with raises("got -1 at sample 2"):
        model.evaluate(X, labels, sample_weight=np.array([0, 1, 1, 1, 1, 1]), verbose=0)


def test_a_loss_that_changes_its_labels(classifier):
    class FromOne(keras.losses.SparseCategoricalCrossentropy):
        def call(self, y_true, y_pred):
            return super().call(y_true - 1, y_pred)

    history = classifier(loss=FromOne(), metrics=None).fit(X, LABELS + 1, verbose=0).history
    assert np.isfinite(history["loss"]).all()


def test_a_step_of_the_users_own_takes_any_data():
    class Own(keras.Sequential):
        def train_step(self, data):
            x, y = data
            return super().train_step((x, y % 2))

    model = Own([keras.Input((4,)), layers.Dense(2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    assert np.isfinite(model.fit(X, LABELS + 2, verbose=0).history["loss"]).all()


# weights


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite(line, bad):
    weights = np.array([1, 2, bad, 1])
    with raises(rf"fit: sample_weight: expected finite numbers, got {bad} at sample 2"):
        line().fit(np.ones((4, 1)), np.ones((4, 1)), sample_weight=weights, verbose=0)
    with raises("fit: batch 0 of the data: sample_weight"):
        line().fit(iter([(np.ones((4, 1)), np.ones((4, 1)), weights)]), verbose=0)


def test_weights_may_be_negative(line):
    history = line().fit(np.ones((2, 1)), np.ones((2, 1)), sample_weight=np.array([-1.0, -1.0]), verbose=0).history
    assert history["loss"] == [-1.0]


# sizes


def test_rows_of_inputs_may_be_something_else_than_samples():
    class MeanOfNodes(keras.Model):
        def call(self, inputs):
            return ops.mean(inputs["nodes"], keepdims=True) + ops.mean(inputs["edges"])

    model = MeanOfNodes()
    model.compile("sgd", "mse")
    graph = {"nodes": np.ones((5, 1), "float32"), "edges": np.ones((8, 2), "float32")}
    assert model.evaluate(iter([(graph, np.ones((1, 1), "float32"))]), verbose=0) == 1


def test_batches_without_samples(line):
    with raises("evaluate: batch 0 of the data: expected at least one sample, got none"):
        line().evaluate(iter([(np.ones((0, 1)), np.ones((0, 1)))]), verbose=0)


def test_fewer_targets_than_samples(line):
    data = [(np.ones((4, 1)), np.ones((4, 1))), (np.ones((4, 1)), np.ones((3, 1)))]
    with raises("fit: batch 1 of the data: expected as many samples in all arrays, got x: 4; y: 3"):
        line().fit(iter(data), verbose=0)


def test_sizes_that_are_repeated_are_warned_of_once(line):
    model = line()
    with pytest.warns(UserWarning, match=r"fit: y: targets of shape \(4, 3\) and the output .* \(None, 1\)") as caught:
        model.fit(np.ones((4, 1)), np.ones((4, 3)), batch_size=1, epochs=2, verbose=0)
    assert len(caught) == 1


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_sizes_that_mean_the_same_are_not_warned_of(line, shape, recwarn):
    line().fit(np.ones((4, 1)), np.ones(shape), verbose=0)
    assert len(recwarn) == 0


def test_a_loss_of_the_users_own_compares_what_it_likes(line, recwarn):
    line(loss=lambda y, found: ops.mean(ops.abs(y - found), -1)).fit(np.ones((4, 1)), np.ones((4, 3)), verbose=0)
    assert len(recwarn) == 0


def test_the_batch_in_which_a_step_fails_is_noted(line):
    with raises("expected shape") as caught:
        line().predict(iter([np.ones((2, 1)), np.ones((2, 5))]), verbose=0)
    assert "in batch 1 of the epoch, of predict" in caught.value.__notes__


# the loss


def test_data_that_make_the_loss_nan_are_named(line):
    x = np.ones((6, 1))
    x[4] = np.inf
    with pytest.warns(UserWarning, match=r"fit: the loss is \w+, not finite\. x has inf at sample 4\.") as caught:
        line().fit(x, np.ones((6, 1)), epochs=3, verbose=0)
    assert len([item for item in caught if "not finite" in str(item.message)]) == 1


def test_targets_that_make_the_loss_nan_are_named(line):
    y = {"a": np.array([[1.0], [np.nan]])}
    inputs = keras.Input((1,))
    model = keras.Model(inputs, {"a": layers.Dense(1, name="a")(inputs)})
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="y has nan at sample 1"):
        model.fit(np.ones((2, 1)), y, verbose=0)


def test_steps_that_are_too_large(line):
    with pytest.warns(UserWarning, match=r"not finite\. All numbers of x and y are\. A smaller learning rate"):
        line(optimizer=keras.optimizers.SGD(1e30)).fit(np.ones((8, 1)), np.ones((8, 1)), batch_size=1, verbose=0)


def test_a_loss_that_is_nan_by_batches(line):
    with pytest.warns(UserWarning, match="Look for such numbers in the data"):
        line().fit(iter([(np.full((2, 1), np.nan), np.ones((2, 1)))]), verbose=0)
