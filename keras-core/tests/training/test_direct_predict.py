"""`predict` on the direct way computes and refuses what it does on the ordinary one."""

import numpy as np
import pytest

import keras_core as keras
from keras_core import ops
from keras_core.training import trainer
from keras_core.training.direct_predict import predicted_directly

X = np.random.default_rng(0).normal(size=(7, 3)).astype("float32")


def dense_model():
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])


def two_inputs():
    keras.utils.set_random_seed(0)
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    dense = keras.layers.Dense(2)
    return keras.Model({"a": a, "b": b}, {"sum": dense(a) + b[:, :2], "other": [dense(b)]})


@pytest.fixture
def taken(monkeypatch):
    """How the calls of `predict` went: True for those on the direct way."""
    found = []

    def noted(*arguments):
        found.append(True)  # also where an error ends the call
        outputs = predicted_directly(*arguments)
        found[-1] = outputs is not NotImplemented
        return outputs

    monkeypatch.setattr(trainer, "predicted_directly", noted)
    return found


def ordinary(model, x, **options):
    return model.predict(x, verbose=0, callbacks=[], **options)


def assert_same(computed, expected):
    leaves, definition = keras.tree.flatten(computed), keras.tree.flatten(expected)
    assert [type(leaf) for leaf in leaves] == [np.ndarray] * len(definition)
    assert [leaf.dtype for leaf in leaves] == [leaf.dtype for leaf in definition]
    for one, other in zip(leaves, definition, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("size", [None, 1, 3, 7, 100])
def test_it_computes_what_the_ordinary_way_does(taken, size):
    model = dense_model()
    expected = ordinary(model, X, batch_size=size)
    assert_same(model.predict(X, batch_size=size, verbose=0), expected)
    assert taken == [True]


@pytest.mark.parametrize("dtype", ["float64", "float16", "int32", "bool", ">f4"])
def test_numbers_of_other_dtypes(taken, dtype):
    model = dense_model()
    x = X.astype(dtype)
    expected = ordinary(model, x)
    assert_same(model.predict(x, verbose=0), expected)
    assert taken == [True]


@pytest.mark.parametrize("size", [2, None])
def test_nested_inputs_and_outputs(taken, size):
    model = two_inputs()
    x = {"a": X, "b": X + 1}
    expected = ordinary(model, x, batch_size=size)
    computed = model.predict(x, batch_size=size, verbose=0)
    assert_same(computed, expected)
    assert list(computed) == list(expected)
    assert isinstance(computed["other"], list)
    assert taken == [True]


def test_a_list_of_inputs_is_one_batch_of_several(taken):
    keras.utils.set_random_seed(0)
    a, b = keras.Input((3,)), keras.Input((3,))
    model = keras.Model([a, b], keras.layers.Add()([a, b]))
    assert_same(model.predict([X, X], verbose=0, batch_size=4), X + X)
    assert_same(model.predict([X, X], verbose=0, batch_size=4), X + X)
    assert taken == [False, True]


def test_the_first_call_makes_the_step_and_later_ones_trace_no_more(taken):
    model = dense_model()
    model.predict(X, batch_size=4, verbose=0)
    traces = model.predict_function.traces
    model.predict(X, batch_size=4, verbose=0)
    assert taken == [False, True]
    if keras.transforms.compiles(keras.runtime.table.active()):
        assert model.predict_function.traces == traces


def test_new_weights_count(taken):
    model = dense_model()
    before = model.predict(X, verbose=0)
    model.set_weights([2 * weight for weight in model.get_weights()])
    np.testing.assert_allclose(model.predict(X, verbose=0), 2 * before, rtol=1e-6)
    model.compile("sgd", "mse")
    model.fit(X, X[:, :2], verbose=0)
    expected = ordinary(model, X)
    assert_same(model.predict(X, verbose=0), expected)
    assert taken[1]


def test_a_step_of_the_users_own_is_run(taken):
    class Doubled(keras.Sequential):
        def predict_step(self, data):
            return {"twice": 2 * self(data, training=False), "rows": ops.ones((3,))}

    model = Doubled([keras.Input((3,)), keras.layers.Dense(2)])
    expected = ordinary(model, X, batch_size=4)
    computed = model.predict(X, batch_size=4, verbose=0)
    assert_same(computed, expected)
    assert computed["rows"].shape == (6,)
    assert taken == [True]


def test_the_users_array_is_not_written_to_and_not_shared():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Identity()])
    x = X.copy()
    model.predict(x, verbose=0)
    outputs = model.predict(x, verbose=0)
    x += 1
    assert_same(outputs, X)


def test_what_is_not_plain_goes_the_ordinary_way(taken):
    model = dense_model()
    expected = model.predict(X, verbose=0)
    taken.clear()
    assert_same(model.predict(X.tolist(), verbose=0), expected)
    assert_same(model.predict(iter([X[:4], X[4:]]), verbose=0), expected)
    assert_same(model.predict(ops.convert_to_tensor(X), verbose=0), expected)
    assert taken[:2] == [False, False]
    taken.clear()
    seen = []
    callback = keras.callbacks.LambdaCallback(on_predict_batch_end=lambda batch, logs: seen.append(batch))
    assert_same(model.predict(X, batch_size=4, verbose=0, callbacks=[callback]), expected)
    assert_same(model.predict(X, batch_size=4, verbose=0, steps=1), expected[:4])
    assert seen == [0, 1]
    assert taken == []


def test_the_limit_of_steps_counts(taken):
    model = dense_model()
    expected = model.predict(X, verbose=0)
    keras.config.set_max_steps_per_epoch(1)
    try:
        assert_same(model.predict(X, batch_size=4, verbose=0), expected[:4])
    finally:
        keras.config.set_max_steps_per_epoch(None)
    assert taken == [False, False]


@pytest.mark.parametrize(
    ("x", "size", "message"),
    [
        (X[:0], None, "expected at least one sample"),
        (np.float32(1.0) * np.ones(()), None, "expected one row a sample"),
        (np.array(["a", "b"]), None, "expected numbers or bools"),
        (X, 0, "batch_size: expected a positive int"),
        (X, True, "batch_size: expected a positive int"),
        ({"a": X, "b": X[:2]}, None, "expected as many samples in all arrays"),
        (None, None, "expected data, got None"),
    ],
)
def test_bad_data_are_refused_as_ever(x, size, message):
    model = two_inputs() if isinstance(x, dict) else dense_model()
    good = {"a": X, "b": X} if isinstance(x, dict) else X
    model.predict(good, verbose=0)
    errors = []
    for callbacks in ([], None):
        with pytest.raises(ValueError, match=message) as caught:
            model.predict(x, batch_size=size, verbose=0, callbacks=callbacks)
        errors.append(str(caught.value))
    assert errors[0] == errors[1]


@pytest.mark.parametrize("size", [2, 100])
def test_an_error_of_the_step_says_what_it_says_on_the_ordinary_way(taken, size):
    model = dense_model()
    model.predict(X, verbose=0)
    taken.clear()
    found = []
    for callbacks in ([], None):
        with pytest.raises(ValueError) as caught:
            model.predict(X[:, :2], batch_size=size, verbose=0, callbacks=callbacks)
        found.append((str(caught.value), getattr(caught.value, "__notes__", [])))
    assert found[0] == found[1]
    assert taken == [True]


def test_an_error_of_a_later_batch_names_it(taken):
    class Picky(keras.Sequential):
        def predict_step(self, data):
            if len(data) == 1:
                raise ValueError("too few")
            return self(data, training=False)

    model = Picky([keras.Input((3,)), keras.layers.Dense(2)])
    model.predict(X[:6], batch_size=3, verbose=0)
    taken.clear()
    with pytest.raises(ValueError, match="too few") as caught:
        model.predict(X, batch_size=3, verbose=0)
    assert "in batch 2 of the epoch, of predict" in caught.value.__notes__
    assert taken == [True]


def test_a_single_batch_of_nested_inputs():
    model = two_inputs()
    x = {"a": X.astype("float64"), "b": X + 1}
    assert_same(model.predict_on_batch(x), ordinary(model, x))


def test_a_single_batch_of_lists_and_tensors():
    model = dense_model()
    expected = ordinary(model, X)
    assert_same(model.predict_on_batch(ops.convert_to_tensor(X)), expected)
    np.testing.assert_allclose(model.predict_on_batch(X.tolist()), expected, rtol=1e-5)


@pytest.mark.parametrize("x", [X[:0], np.array(["a"]), {"a": X, "b": X[:2]}])
def test_a_bad_batch_is_refused_by_the_name_of_the_method(x):
    model = two_inputs() if isinstance(x, dict) else dense_model()
    with pytest.raises(ValueError, match="predict_on_batch: "):
        model.predict_on_batch(x)
