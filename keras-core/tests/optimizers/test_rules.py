"""Optimizers that are a rule, against NumPy formulas in float64; their state, errors and configurations."""

import numpy as np
import pytest

from keras_core import ops, optimizers, transforms
from keras_core.runtime.variable import Variable

START = np.array([[1.0, 2.0, -1.0], [3.0, -4.0, 0.5]])
STEPS = 5


def gradient(step):
    return np.array([[0.5, -0.3, 1.0], [2.0, 0.1 * (step + 1), -0.7]])


def adadelta(w, g, s, t, rate, rho=0.95, epsilon=1e-7):
    s["v"] = rho * s.get("v", 0) + (1 - rho) * g**2
    change = np.sqrt((s.get("d", 0) + epsilon) / (s["v"] + epsilon)) * g
    s["d"] = rho * s.get("d", 0) + (1 - rho) * change**2
    return w - rate * change


def adagrad(w, g, s, t, rate, initial_accumulator_value=0.1, epsilon=1e-7):
    s["v"] = s.get("v", initial_accumulator_value) + g**2
    return w - rate * g / np.sqrt(s["v"] + epsilon)


def moments(g, s, beta_1, beta_2):
    s["m"] = beta_1 * s.get("m", 0) + (1 - beta_1) * g
    s["v"] = beta_2 * s.get("v", 0) + (1 - beta_2) * g**2


def adamax(w, g, s, t, rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    s["m"] = beta_1 * s.get("m", 0) + (1 - beta_1) * g
    s["u"] = np.maximum(beta_2 * s.get("u", 0), abs(g))
    return w - rate / (1 - beta_1**t) * s["m"] / (s["u"] + epsilon)


def nadam(w, g, s, t, rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    moments(g, s, beta_1, beta_2)
    now, ahead = (beta_1 * (1 - 0.5 * 0.96**time) for time in (t, t + 1))
    s["p"] = s.get("p", 1) * now
    mean = ahead * s["m"] / (1 - s["p"] * ahead) + (1 - now) * g / (1 - s["p"])
    return w - rate * mean / (np.sqrt(s["v"] / (1 - beta_2**t)) + epsilon)


def lamb(w, g, s, t, rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    moments(g, s, beta_1, beta_2)
    change = s["m"] / (1 - beta_1**t) / (np.sqrt(s["v"] / (1 - beta_2**t)) + epsilon)
    return w - rate * np.linalg.norm(w) / np.linalg.norm(change) * change


def lion(w, g, s, t, rate, beta_1=0.9, beta_2=0.99):
    m = s.get("m", 0)
    s["m"] = beta_2 * m + (1 - beta_2) * g
    return w - rate * np.sign(beta_1 * m + (1 - beta_1) * g)


def ftrl(w, g, s, t, rate, l1_regularization_strength=0.0, l2_regularization_strength=0.0, beta=0.0):
    before = s.get("v", 0.1)
    s["v"] = before + g**2
    s["z"] = s.get("z", 0) + g - (np.sqrt(s["v"]) - np.sqrt(before)) / rate * w
    clipped = np.clip(s["z"], -l1_regularization_strength, l1_regularization_strength)
    return (clipped - s["z"]) / ((beta + np.sqrt(s["v"])) / rate + 2 * l2_regularization_strength)


def adafactor(w, g, s, t, rate, beta_2_decay=-0.8, clip_threshold=1.0):
    keep = 1 - t**beta_2_decay
    rows = s["r"] = keep * s.get("r", 0) + (1 - keep) * (g**2).mean(1)
    columns = s["c"] = keep * s.get("c", 0) + (1 - keep) * (g**2).mean(0)
    change = g / np.sqrt(np.outer(rows, columns) / rows.mean())
    change /= max(1, np.sqrt((change**2).mean()) / clip_threshold)
    return w - min(rate, t**-0.5) * np.sqrt((w**2).mean()) * change


def muon(w, g, s, t, rate, momentum=0.95, nesterov=True, rms_rate=0.2, weight_decay=0.004):
    w = w * (1 - rate * weight_decay)
    s["m"] = momentum * s.get("m", 0) + g
    left, values, right = np.linalg.svd(g + momentum * s["m"] if nesterov else s["m"], full_matrices=False)
    values /= np.linalg.norm(values)
    for _ in range(5):
        values = 3.4445 * values - 4.775 * values**3 + 2.0315 * values**5
    return w - rate * rms_rate * np.sqrt(3) * (left * values) @ right


def schedule_free(w, g, s, t, rate, beta_1=0.9, beta_2=0.999, epsilon=1e-8, warmup_steps=0):
    z = s.get("z", w)
    average = (w - (1 - beta_1) * z) / beta_1
    moments(g, s, 0, beta_2)
    rate *= min(1, t / warmup_steps) if warmup_steps else 1
    s["z"] = z - rate * g / (np.sqrt(s["v"] / (1 - beta_2**t)) + epsilon)
    average = average * (1 - 1 / t) + s["z"] / t
    return beta_1 * average + (1 - beta_1) * s["z"]


CASES = [
    (optimizers.Adadelta, adadelta, {"rho": 0.5, "epsilon": 0.01}),
    (optimizers.Adagrad, adagrad, {}),
    (optimizers.Adagrad, adagrad, {"initial_accumulator_value": 1.0}),
    (optimizers.Adamax, adamax, {"beta_2": 0.5}),
    (optimizers.Nadam, nadam, {}),
    (optimizers.Lamb, lamb, {"beta_1": 0.5}),
    (optimizers.Lion, lion, {}),
    (optimizers.Ftrl, ftrl, {}),
    (optimizers.Ftrl, ftrl, {"l1_regularization_strength": 0.3, "l2_regularization_strength": 0.1, "beta": 0.2}),
    (optimizers.Adafactor, adafactor, {"clip_threshold": 0.5}),
    (optimizers.Muon, muon, {}),
    (optimizers.Muon, muon, {"nesterov": False, "weight_decay": 0.1}),
    (optimizers.ScheduleFreeAdamW, schedule_free, {"warmup_steps": 3}),
]


def expected(formula, rate, **options):
    w, state = START, {}
    for t in range(STEPS):
        w = formula(w, gradient(t), state, t + 1, rate, **options)
    return w


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize(("cls", "formula", "options"), CASES)
def test_updates(cls, formula, options, jit):
    optimizer, v = cls(0.1, **options), Variable(START.astype("float32"), name="kernel")
    optimizer.build([v])
    step = transforms.jit(lambda grads: optimizer.apply(grads)) if jit else optimizer.apply
    for t in range(STEPS):
        step([ops.convert_to_tensor(gradient(t), "float32")])
    np.testing.assert_allclose(v.numpy(), expected(formula, 0.1, **options), rtol=5e-5)


def test_lamb_of_a_variable_of_zeros_takes_the_plain_step():
    v = Variable(np.zeros(2, "float32"))
    optimizers.Lamb(0.5).apply([np.ones(2)], [v])
    np.testing.assert_allclose(v.numpy(), -0.5, rtol=1e-5)


def test_muon_leaves_what_is_no_matrix_to_adam():
    shapes = {"kernel": (2, 2), "bias": (2,), "embeddings": (3, 2), "head": (2, 2)}
    optimizer = optimizers.Muon(0.1, exclude_layers=["^he"])
    optimizer.build([Variable(np.ones(shape, "float32"), name=name) for name, shape in shapes.items()])
    names = [variable.name for variable in optimizer.variables[2:]]
    assert names[:3] == ["kernel_momentum", "bias_momentum", "bias_velocity"]
    assert names[3:] == ["embeddings_momentum", "embeddings_velocity", "head_momentum", "head_velocity"]


@pytest.mark.parametrize(
    ("cls", "options", "match"),
    [
        (optimizers.Ftrl, {"learning_rate_power": 1.0}, "learning_rate_power"),
        (optimizers.Ftrl, {"initial_accumulator_value": -1.0}, "initial_accumulator_value"),
        (optimizers.Lion, {"beta_1": 0.0}, "beta_1"),
        (optimizers.ScheduleFreeAdamW, {"beta_1": 0.0}, "beta_1"),
        (optimizers.Adagrad, {"unknown": 1}, "unknown"),
    ],
)
def test_bad_arguments(cls, options, match):
    with pytest.raises(ValueError, match=match):
        cls(**options)


@pytest.mark.parametrize("cls", [case[0] for case in CASES])
def test_configuration_makes_the_same_optimizer(cls):
    config = optimizers.serialize(cls(0.5, weight_decay=0.25))
    assert optimizers.serialize(optimizers.deserialize(config)) == config


def test_half_floats_keep_their_dtype():
    v = Variable(np.ones(3), dtype="float16")
    optimizer = optimizers.Nadam(0.1)
    optimizer.apply([np.ones(3)], [v])
    assert v.dtype == optimizer.variables[2].dtype == "float16"
