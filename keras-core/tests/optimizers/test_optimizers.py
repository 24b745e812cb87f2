"""Optimizers against NumPy formulas in float64; state, options, configurations."""

import copy
import pickle

import numpy as np
import pytest

from keras_core import constraints, ops, optimizers
from keras_core.runtime.variable import Variable

START = np.array([[1.0, 2.0], [3.0, -4.0]])
STEPS = 6


def gradient(step):
    return np.array([[0.5, -0.3], [2.0, 0.1 * step]])


def variable(name="kernel", **options):
    return Variable(START.astype("float32"), name=name, **options)


def run(optimizer, steps=STEPS, **options):
    v = variable(**options)
    for step in range(steps):
        optimizer.apply([gradient(step)], [v])
    return v.numpy()


def sgd(w, g, state, t, rate, momentum=0.0, nesterov=False):
    state["m"] = momentum * state.get("m", 0) - rate * g
    return w + (momentum * state["m"] - rate * g if nesterov else state["m"])


def adam(w, g, state, t, rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, weight_decay=0.0):
    w = w - w * weight_decay * rate
    state["m"] = beta_1 * state.get("m", 0) + (1 - beta_1) * g
    state["v"] = beta_2 * state.get("v", 0) + (1 - beta_2) * g**2
    state["h"] = np.maximum(state.get("h", 0), state["v"])
    second = state["h"] if amsgrad else state["v"]
    rate = rate * np.sqrt(1 - beta_2 ** (t + 1)) / (1 - beta_1 ** (t + 1))
    return w - rate * state["m"] / (np.sqrt(second) + epsilon)


def rmsprop(w, g, state, t, rate, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    state["v"] = rho * state.get("v", 0) + (1 - rho) * g**2
    state["a"] = rho * state.get("a", 0) + (1 - rho) * g
    mean_square = state["v"] - state["a"] ** 2 if centered else state["v"]
    state["m"] = momentum * state.get("m", 0) + rate * g / np.sqrt(mean_square + epsilon)
    return w - state["m"]


def reference(formula, steps=STEPS, change=lambda g: g, **options):
    w, state = START, {}
    for t in range(steps):
        w = formula(w, change(gradient(t)), state, t, **options)
    return w


@pytest.mark.parametrize(
    ("cls", "formula", "options"),
    [
        (optimizers.SGD, sgd, {}),
        (optimizers.SGD, sgd, {"momentum": 0.9}),
        (optimizers.SGD, sgd, {"momentum": 0.9, "nesterov": True}),
        (optimizers.Adam, adam, {}),
        (optimizers.Adam, adam, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}),
        (optimizers.Adam, adam, {"amsgrad": True}),
        (optimizers.AdamW, adam, {"weight_decay": 0.1}),
        (optimizers.RMSprop, rmsprop, {}),
        (optimizers.RMSprop, rmsprop, {"rho": 0.5, "momentum": 0.9}),
        (optimizers.RMSprop, rmsprop, {"centered": True, "momentum": 0.5, "epsilon": 1e-3}),
    ],
)
def test_updates(cls, formula, options):
    np.testing.assert_allclose(run(cls(0.1, **options)), reference(formula, rate=0.1, **options), rtol=2e-5)


@pytest.mark.parametrize(
    ("options", "change"),
    [
        ({"clipnorm": 0.5}, lambda g: g * min(1, 0.5 / np.linalg.norm(g))),
        ({"global_clipnorm": 0.5}, lambda g: g * min(1, 0.5 / np.linalg.norm(g))),
        ({"clipvalue": 0.4}, lambda g: np.clip(g, -0.4, 0.4)),
        ({"clipnorm": 100.0}, lambda g: g),
        ({"loss_scale_factor": 4.0}, lambda g: g / 4),
    ],
)
def test_changed_gradients(options, change):
    np.testing.assert_allclose(run(optimizers.SGD(0.1, **options)), reference(sgd, change=change, rate=0.1), rtol=1e-5)


def test_global_norm_is_that_of_all_gradients():
    v, w = variable("v"), variable("w")
    optimizers.SGD(1.0, global_clipnorm=1.0).apply([np.full((2, 2), 3.0), np.full((2, 2), 4.0)], [v, w])
    np.testing.assert_allclose(v.numpy(), START - 0.3, rtol=1e-5)
    np.testing.assert_allclose(w.numpy(), START - 0.4, rtol=1e-5)


def test_weight_decay_leaves_out_what_is_excluded():
    v, w, b = variable("v"), variable("w"), variable("bias")
    optimizer = optimizers.SGD(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[w], var_names=["bias"])
    optimizer.apply([np.zeros((2, 2))] * 3, [v, w, b])
    np.testing.assert_allclose(v.numpy(), START * 0.95, rtol=1e-6)
    np.testing.assert_array_equal(w.numpy(), START)
    np.testing.assert_array_equal(b.numpy(), START)


def test_moving_average():
    optimizer, v = optimizers.SGD(0.1, use_ema=True, ema_momentum=0.75), variable()
    average = None
    for step in range(STEPS):
        optimizer.apply([gradient(step)], [v])
        average = v.numpy() if average is None else 0.75 * average + 0.25 * v.numpy()
    np.testing.assert_allclose(optimizer.variables[2].numpy(), average, rtol=1e-5)
    optimizer.finalize_variable_values([v])
    np.testing.assert_allclose(v.numpy(), average, rtol=1e-5)
    optimizer.apply([gradient(0)], [v])
    assert not np.array_equal(v.numpy(), average)


def test_moving_average_overwrites():
    optimizer, v = optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2), variable()
    w, average = START, START
    for step in range(4):
        optimizer.apply([gradient(step)], [v])
        w = w - 0.1 * gradient(step)
        average = w if step == 0 else 0.5 * average + 0.5 * w
        w = average if step % 2 else w
        np.testing.assert_allclose(v.numpy(), w, rtol=1e-5)


def test_gradients_are_accumulated():
    optimizer, v = optimizers.Adam(0.1, gradient_accumulation_steps=3), variable()
    for step in range(3):
        np.testing.assert_array_equal(v.numpy(), START)
        optimizer.apply([gradient(step)], [v])
    mean = np.mean([gradient(step) for step in range(3)], axis=0)
    np.testing.assert_allclose(v.numpy(), adam(START, mean, {}, 0, 0.1), rtol=1e-5)
    assert int(optimizer.iterations) == 1
    np.testing.assert_array_equal(optimizer.variables[2].numpy(), np.zeros((2, 2)))


def test_constraint_is_applied_after_the_step():
    v = variable()
    v.constraint = constraints.NonNeg()
    optimizers.SGD(0.1).apply([gradient(0)], [v])
    np.testing.assert_allclose(v.numpy(), np.maximum(START - 0.1 * gradient(0), 0), rtol=1e-6)


def test_variables_have_names_and_order_of_keras():
    v, b = variable("kernel"), variable("bias")
    optimizer = optimizers.Adam(use_ema=True, gradient_accumulation_steps=2, amsgrad=True, name="opt")
    optimizer.build([v, b])
    slots = [("average",), ("gradient_accumulator",), ("momentum", "velocity"), ("velocity_hat",)]
    expected = [f"opt/{name}_{slot}" for group in slots for name in ("kernel", "bias") for slot in group]
    assert [x.path for x in optimizer.variables] == ["opt/iteration", "opt/learning_rate", *expected]
    assert optimizer.variables[0].dtype == "int32"
    assert not any(x.trainable for x in optimizer.variables)


def test_schedule_takes_the_place_of_the_learning_rate():
    schedule = optimizers.schedules.PiecewiseConstantDecay([0, 1], [0.1, 0.2, 0.3])
    optimizer, v = optimizers.SGD(schedule), variable()
    for _ in range(3):
        optimizer.apply([np.ones((2, 2))], [v])
    np.testing.assert_allclose(v.numpy(), START - 0.6, rtol=1e-5)
    assert [x.name for x in optimizer.variables] == ["iteration"]
    with pytest.raises(TypeError, match="cannot be set"):
        optimizer.learning_rate = 0.5


def test_learning_rate_can_be_set():
    optimizer = optimizers.SGD(0.1)
    optimizer.learning_rate = 0.5
    assert float(optimizer.learning_rate) == 0.5
    optimizer.learning_rate = optimizers.schedules.CosineDecay(0.25, 10)
    assert float(optimizer.learning_rate) == 0.25
    assert [x.name for x in optimizer.variables] == ["iteration"]
    assert float(optimizers.SGD(lambda: 0.3).learning_rate) == pytest.approx(0.3)


@pytest.mark.parametrize("cls", [optimizers.SGD, optimizers.Adam, optimizers.AdamW])
def test_state_round_trips(cls):
    options = {"momentum": 0.9} if cls is optimizers.SGD else {}
    one, other, v = cls(0.1, **options), cls(0.2, **options), variable()
    for step in range(3):
        one.apply([gradient(step)], [v])
    store = {}
    one.save_own_variables(store)
    assert list(store) == [str(index) for index in range(len(one.variables))]
    w = Variable(v.numpy())
    other.build([w])
    other.load_own_variables(store)
    one.apply([gradient(3)], [v])
    other.apply([gradient(3)], [w])
    np.testing.assert_array_equal(v.numpy(), w.numpy())


def test_state_of_another_optimizer_is_left_out():
    optimizer = optimizers.Adam()
    optimizer.build([variable()])
    with pytest.warns(UserWarning, match="state is not loaded"):
        optimizer.load_own_variables({"0": np.zeros(())})


@pytest.mark.parametrize(
    "optimizer",
    [
        optimizers.SGD(0.1, momentum=0.5, nesterov=True, clipnorm=1.0),
        optimizers.Adam(optimizers.schedules.ExponentialDecay(0.1, 10, 0.9), use_ema=True),
        optimizers.AdamW(0.1, weight_decay=0.2, gradient_accumulation_steps=4),
    ],
)
def test_configuration_round_trips(optimizer):
    loaded = optimizers.deserialize(optimizers.serialize(optimizer))
    assert (type(loaded), loaded.get_config()) == (type(optimizer), optimizer.get_config())
    assert type(optimizers.get(optimizers.serialize(optimizer))) is type(optimizer)


def test_stateless_apply_changes_nothing():
    optimizer, v = optimizers.Adam(0.1), variable()
    optimizer.build([v])
    values, state = optimizer.stateless_apply([x.value for x in optimizer.variables], [gradient(0)], [v.value])
    np.testing.assert_allclose(values[0], adam(START, gradient(0), {}, 0, 0.1), rtol=1e-5)
    assert int(state[0]) == 1 and int(optimizer.iterations) == 0
    np.testing.assert_array_equal(v.numpy(), START)
    with pytest.raises(ValueError, match="1 trainable and 4 optimizer variables"):
        optimizer.stateless_apply([], [gradient(0)], [v.value])


def test_own_optimizer_updates_one_variable_after_the_other():
    class Signs(optimizers.Optimizer):
        def update_step(self, gradient, variable, learning_rate):
            self.assign_sub(variable, learning_rate * ops.sign(gradient))

    np.testing.assert_allclose(run(Signs(0.1), steps=1), START - 0.1 * np.sign(gradient(0)), rtol=1e-6)


def test_apply_gradients_takes_pairs():
    v, optimizer = variable(), optimizers.SGD(0.1)
    optimizer.apply_gradients([(gradient(0), v)])
    np.testing.assert_allclose(v.numpy(), START - 0.1 * gradient(0), rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("amsgrad", [False, True])
def test_half_floats_train_in_their_dtype(dtype, amsgrad):
    v = variable(dtype=dtype)
    optimizer = optimizers.Adam(0.1, clipnorm=1.0, amsgrad=amsgrad)
    for _ in range(2):
        optimizer.apply([np.full((2, 2), 300.0, "float16")], [v])
    assert v.dtype == dtype
    np.testing.assert_allclose(v.numpy().astype("float32"), START - 0.2, rtol=2e-2)


def test_variable_to_overwrite_takes_the_gradient():
    v, w = variable("v"), variable("w")
    w.overwrite_with_gradient = True
    optimizer = optimizers.Adam(0.1)
    optimizer.apply([gradient(0), gradient(1)], [v, w])
    np.testing.assert_allclose(w.numpy(), gradient(1), rtol=1e-6)
    assert len(optimizer.variables) == 4


def test_missing_gradients_warn():
    v, w = variable("v"), variable("w")
    with pytest.warns(UserWarning, match=r"\['w'\]"):
        optimizers.SGD(0.1).apply([gradient(0), None], [v, w])
    np.testing.assert_array_equal(w.numpy(), START)


def test_wrong_calls_are_errors():
    optimizer, v, w = optimizers.SGD(0.1), variable("v"), variable("w")
    with pytest.raises(ValueError, match="build"):
        optimizer.apply([gradient(0)])
    optimizer.build([v])
    with pytest.raises(ValueError, match="unknown variable 'w'"):
        optimizer.apply([gradient(0)], [w])
    with pytest.raises(ValueError, match="no gradients for any variable"):
        optimizer.apply([None], [v])
    with pytest.raises(ValueError, match="2 gradients for 1 variables"):
        optimizer.apply([gradient(0), gradient(0)], [v])
    with pytest.raises(ValueError, match="expected 2 arrays, got 1"):
        optimizer.set_weights([0])


@pytest.mark.parametrize(
    ("cls", "options", "message"),
    [
        (optimizers.SGD, {"clipnorm": 1.0, "clipvalue": 1.0}, "only one of"),
        (optimizers.SGD, {"clipnorm": 0.0}, "positive"),
        (optimizers.SGD, {"use_ema": True, "ema_momentum": 2}, "ema_momentum"),
        (optimizers.SGD, {"use_ema": True, "ema_overwrite_frequency": 0}, "ema_overwrite_frequency"),
        (optimizers.SGD, {"gradient_accumulation_steps": 1}, "gradient_accumulation_steps"),
        (optimizers.SGD, {"momentum": 1.5}, "momentum"),
        (optimizers.SGD, {"colour": 1}, "colour"),
        (optimizers.SGD, {"learning_rate": "fast"}, "learning_rate"),
        (optimizers.Adam, {"beta_1": 1.0}, "beta_1"),
        (optimizers.AdamW, {"weight_decay": None}, "weight_decay"),
    ],
)
def test_bad_arguments_are_errors(cls, options, message):
    with pytest.raises(ValueError, match=message):
        cls(**options)


def test_get():
    assert type(optimizers.get("ADAM")) is optimizers.Adam
    assert type(optimizers.get(optimizers.SGD)) is optimizers.SGD
    assert type(optimizers.get({"class_name": "adam", "config": {}})) is optimizers.Adam
    with pytest.raises(ValueError, match="Did you mean"):
        optimizers.get("adamm")


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_keep_the_state(duplicate):
    optimizer, v = optimizers.Adam(0.1), variable()
    optimizer.apply([gradient(0)], [v])
    other = duplicate(optimizer)
    assert int(other.iterations) == 1
    np.testing.assert_array_equal(other.variables[2].numpy(), optimizer.variables[2].numpy())
