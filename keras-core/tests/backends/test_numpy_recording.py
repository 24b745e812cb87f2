"""What is often done is done from a record, bit by bit the same, and nobody sees it."""

import gc
import weakref

import numpy as np
import pytest

import keras_core as keras
from keras_core import Variable, layers, ops, transforms
from keras_core.backends.numpy import recording
from keras_core.runtime.table import load_table

CALLS = 12  # more than are made before a function is recorded


@pytest.fixture(autouse=True)
def numpy_backend():
    with keras.use_backend("numpy"):
        yield


def test_an_optimizer_that_decides_by_a_count_is_not_recorded():
    weight = Variable(np.ones(3, "float32"))
    optimizer = keras.optimizers.SGD(1.0, gradient_accumulation_steps=2)
    optimizer.build([weight])
    step = transforms.jit(lambda x: optimizer.apply([x]), [weight, *optimizer.variables])
    for k in range(CALLS):
        step(np.ones(3, "float32"))
        assert weight.numpy().tolist() == [1 - (k + 1) // 2] * 3


class Counted:
    """A function that counts how often it runs as Python code."""

    def __init__(self, function):
        self.function = function
        self.count = 0

    def __call__(self, *args):
        self.count += 1
        return self.function(*args)


MODELS = {
    "dense": ((6,), lambda: [layers.Dense(5, activation="gelu"), layers.Dropout(0.5)]),
    "images": (
        (8, 8, 3),
        lambda: [layers.Conv2D(4, 3), layers.BatchNormalization(), layers.MaxPooling2D(), layers.Flatten()],
    ),
    "sequences": ((5, 3), lambda: [layers.LSTM(4, return_sequences=True), layers.GRU(4)]),
    "attention": (
        (4, 8),
        lambda: [layers.LayerNormalization(), layers.GaussianNoise(0.1), layers.GlobalAveragePooling1D()],
    ),
}
OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True, clipnorm=0.5),
    "adam": lambda: keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.01, 3, 0.9), use_ema=True),
    "adamw": lambda: keras.optimizers.AdamW(0.01, clipvalue=0.1),
    "lion": lambda: keras.optimizers.Lion(0.01),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", MODELS)
def test_training_is_bitwise_that_of_the_python_code(name, optimizer):
    shape, make = MODELS[name]
    x = np.random.default_rng(0).normal(size=(4 * CALLS, *shape)).astype("float32")
    y = np.arange(len(x)) % 3

    def trained(run_eagerly):
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input(shape), *make(), layers.Dense(3)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(OPTIMIZERS[optimizer](), loss, metrics=["accuracy"], run_eagerly=run_eagerly)
        history = model.fit(x, y, batch_size=4, epochs=2, validation_split=0.25, verbose=0).history
        state = [variable.numpy().tobytes() for variable in (*model.variables, *model.optimizer.variables)]
        return history, state, model.predict(x, batch_size=4, verbose=0).tobytes(), model.train_function.traces

    recorded, eager = trained(False), trained(True)
    assert recorded[:3] == eager[:3]
    assert recorded[3] < 11 < eager[3]


def test_python_code_runs_no_more_once_it_is_recorded():
    function = Counted(lambda x: ops.sum(x * x))
    compiled = transforms.jit(function)
    assert [float(compiled(np.float32([k, 1]))) for k in range(CALLS)] == [k * k + 1 for k in range(CALLS)]
    assert function.count < CALLS
    before = function.count
    assert float(compiled(np.ones(4, "float32"))) == 4  # another shape
    assert function.count == before + 1


def looks(x):
    return x + 1 if float(ops.sum(x)) > 5 else x


def looks_and_catches(x):
    try:
        return looks(x)
    except Exception:
        return x * 0


def has_as_many_as_are_not_zero(x):
    return ops.ones(len(ops.nonzero(x)[0]))


def counts(x):
    return ops.bincount(ops.cast(x, "int32"))


@pytest.mark.parametrize("function", [looks, looks_and_catches, has_as_many_as_are_not_zero, counts, lambda x: x.sum()])
def test_what_depends_on_values_is_not_recorded(function):
    compiled, eager = transforms.jit(function), function
    for k in range(CALLS):
        x = np.arange(3, dtype="float32") * (k % 4)
        np.testing.assert_array_equal(compiled(x), eager(ops.convert_to_tensor(x)))


def several(x):
    orthogonal, triangular = ops.qr(x)
    first, second = ops.split(ops.concatenate([orthogonal, triangular], 0), 2)
    return {"sum": first + second, "constant": ops.ones(2), "shape": ops.shape(x)[0], "same": x}


def test_results_of_all_kinds():
    compiled = transforms.jit(several)
    for k in range(CALLS):
        x = np.eye(3, dtype="float32") * (k + 1)
        found, expected = compiled(x), several(ops.convert_to_tensor(x))
        assert sorted(found) == sorted(expected)
        for name, value in expected.items():
            np.testing.assert_array_equal(found[name], value)


def test_linear_algebra_is_recorded():
    function = Counted(lambda x: [*ops.svd(x), *ops.slogdet(x), *ops.qr(x)])
    compiled = transforms.jit(function)
    for k in range(CALLS):
        x = np.eye(3, dtype="float32") + k
        for found, expected in zip(compiled(x), function.function(ops.convert_to_tensor(x)), strict=True):
            np.testing.assert_array_equal(found, expected)
    assert function.count < CALLS


def test_who_writes_to_a_result_changes_no_other():
    compiled = transforms.jit(lambda x: (ops.ones(2), x * 2))
    for _ in range(CALLS):
        constant, double = compiled(np.ones(2, "float32"))
        assert constant.tolist() == [1, 1] and double.tolist() == [2, 2]
        constant += 1
        double += 1


def test_a_kernel_of_somebody_else_may_decide_by_values(monkeypatch):
    table = load_table("numpy")
    relu = table.op_relu

    def kernel(x):
        return relu(x) if x.sum() > 5 else NotImplemented

    monkeypatch.setattr(table, "op_relu", kernel)
    compiled = transforms.jit(lambda x: ops.relu(x - 1))
    for k in range(CALLS):
        x = np.arange(3, dtype="float32") * (k % 5)
        np.testing.assert_array_equal(compiled(x), np.maximum(x - 1, 0))


def test_an_error_behind_an_update_leaves_the_state_as_it_was():
    weight = Variable(np.ones(3, "float32"))
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build([weight])

    def step(x, place):
        optimizer.apply([x])
        return ops.take(ops.arange(4), place, axis=0)

    compiled = transforms.jit(step, [weight, *optimizer.variables])
    for _ in range(CALLS):
        compiled(np.ones(3, "float32"), np.int32(1))
    before = weight.numpy().tolist()
    with pytest.raises(IndexError, match="out of range"):
        compiled(np.ones(3, "float32"), np.int32(9))
    assert weight.numpy().tolist() == before


def small_step():
    """Return a weight and a jitted training step."""
    weight = Variable(np.ones(3, "float32"))
    optimizer = keras.optimizers.SGD(0.5, momentum=0.9)
    optimizer.build([weight])

    def step(x):
        gradients = transforms.grad(lambda: ops.sum(weight * x), variables=[weight])()
        optimizer.apply(gradients)

    return weight, transforms.jit(step, [weight, *optimizer.variables])


@pytest.mark.parametrize("hold", [lambda v: v.value, lambda v: v.value[1:], lambda v: memoryview(v.value)])
def test_who_holds_an_old_value_keeps_it(hold):
    weight, step = small_step()
    held, before = [], []
    for _ in range(CALLS):
        held.append(hold(weight))
        before.append(bytes(held[-1]))
        step(np.float32([1, 2, 3]))
    assert [bytes(x) for x in held] == before
    assert len(set(before)) == CALLS


def test_a_value_that_nobody_holds_is_changed_where_it_is():
    weight, step = small_step()
    places = []
    for _ in range(CALLS):
        step(np.float32([1, 2, 3]))
        places.append(weight.handle.ctypes.data)
    assert len(set(places[-3:])) == 1


def test_what_the_code_needs_later_is_not_overwritten():
    weight, other = Variable(np.ones(3, "float32")), Variable(np.zeros(3, "float32"))
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build([weight])

    def step(x):
        old, part = weight.value, ops.reshape(weight.value, (3, 1))
        optimizer.apply([x])
        other.assign(old + part[:, 0] + weight)

    compiled = transforms.jit(step, [weight, other, *optimizer.variables])
    for k in range(CALLS):
        compiled(np.ones(3, "float32"))
        assert weight.numpy().tolist() == [-k] * 3
        assert other.numpy().tolist() == [2 * (1 - k) - k] * 3


def test_a_constant_that_becomes_a_weight_is_not_overwritten():
    weight = Variable(np.ones(3, "float32"))
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build([weight])

    def reset(x):
        weight.assign(ops.full((3,), 5.0))
        return x

    reset = transforms.jit(reset, [weight])
    update = transforms.jit(lambda x: optimizer.apply([x]), [weight, *optimizer.variables])
    for _ in range(CALLS):
        reset(np.zeros(1, "float32"))
        assert weight.numpy().tolist() == [5, 5, 5]
        update(np.ones(3, "float32"))
        assert weight.numpy().tolist() == [4, 4, 4]


def test_without_donation_the_state_stays_as_it_was():
    weight = Variable(np.ones(3, "float32"))
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build([weight])
    step = transforms.jit(lambda x: optimizer.apply([x]), [weight, *optimizer.variables], donate=False)
    places = set()
    for _ in range(CALLS):
        before = weight.handle.ctypes.data
        step(np.ones(3, "float32"))
        places.add(weight.handle.ctypes.data == before)
    assert places == {False}


def test_an_error_of_a_record_is_that_of_the_code():
    model = keras.Sequential([keras.Input((2,)), layers.Embedding(4, 2), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.zeros((4 * CALLS, 2), "int32")
    model.fit(x, np.zeros(len(x)), batch_size=4, verbose=0)
    before = [weight.tolist() for weight in model.get_weights()]
    with pytest.raises(Exception, match="embedding") as found:
        model.fit(x[:4] + 9, np.zeros(4), batch_size=4, verbose=0)
    assert "out of range" in str(found.value) or "9" in str(found.value)
    assert [weight.tolist() for weight in model.get_weights()] == before


def test_nothing_of_the_recording_outlives_it(monkeypatch):
    made = []
    box = recording._Program.box

    def boxed(self, value):
        result = box(self, value)
        made.extend(map(weakref.ref, recording._recorded((result,))))
        return result

    monkeypatch.setattr(recording._Program, "box", boxed)
    compiled = transforms.jit(lambda x: ops.sum(ops.relu(x) * 2))
    gc.disable()
    try:
        for _ in range(CALLS):
            compiled(np.ones(3, "float32"))
    finally:
        gc.enable()
    assert made
    assert [reference for reference in made if reference() is not None] == []


def test_a_weight_that_is_a_view_of_another_one_does_not_change_it():
    whole, part = Variable(np.ones((1, 3), "float32")), Variable(np.zeros(3, "float32"))
    optimizer = keras.optimizers.SGD(1.0)
    optimizer.build([part])
    share = transforms.jit(lambda x: part.assign(ops.reshape(whole, (3,))), [whole, part])
    update = transforms.jit(lambda x: optimizer.apply([x]), [part, *optimizer.variables])
    for _ in range(CALLS):
        share(np.zeros(1, "float32"))
        update(np.ones(3, "float32"))
        assert whole.numpy().tolist() == [[1, 1, 1]]
        assert part.numpy().tolist() == [0, 0, 0]
