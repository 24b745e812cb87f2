"""A model as pure functions inside `jax.jit` and `jax.grad`: the loop that somebody writes natively."""

from typing import Any

import jax
import numpy as np
import pytest

import keras_core
from keras_core import Input, Sequential, layers, metrics, optimizers

X = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
Y = X[:, :1] + 1.0


@pytest.fixture(autouse=True)
def on_jax() -> Any:
    with keras_core.use_backend("jax"):
        yield


def model() -> Sequential:
    found = Sequential(
        [Input((3,)), layers.Dense(8), layers.BatchNormalization(), layers.Dropout(0.1), layers.Dense(1)]
    )
    found.compile(optimizers.Adam(0.05), loss="mse")
    return found


def values(variables: Any) -> list[Any]:
    return [variable.value for variable in variables]


def test_a_jitted_and_donating_step_trains_with_its_states() -> None:
    keras = model()
    optimizer = keras.optimizer
    optimizer.build(keras.trainable_variables)
    error = metrics.MeanSquaredError()

    def loss_of(trained: Any, kept: Any, measured: Any, x: Any, y: Any) -> Any:
        outputs, kept = keras.stateless_call(trained, kept, x, training=True)
        loss, (_, kept, measured) = keras.stateless_compute_loss(trained, kept, measured, x=x, y=y, y_pred=outputs)
        return loss, (kept, measured, outputs)

    def step(state: Any, x: Any, y: Any) -> Any:
        trained, kept, slots, counts, measured = state
        differentiate = jax.value_and_grad(loss_of, has_aux=True)
        (loss, (kept, measured, outputs)), gradients = differentiate(trained, kept, measured, x, y)
        trained, slots = optimizer.stateless_apply(slots, gradients, trained)
        return loss, (trained, kept, slots, error.stateless_update_state(counts, y, outputs), measured)

    step = jax.jit(step, donate_argnums=0)
    parts = (keras.trainable_variables, keras.non_trainable_variables, optimizer.variables, error.variables)
    parts += (keras.metrics_variables,)
    before = [[variable.numpy().copy() for variable in part] for part in parts]
    state = jax.tree.map(jax.numpy.array, tuple(values(part) for part in parts))
    losses = []
    for _ in range(30):
        loss, state = step(state, X, Y)
        losses.append(float(loss))
    assert losses[-1] < losses[0] / 2
    assert float(error.stateless_result(state[3])) == pytest.approx(np.mean(losses), rel=1e-4)
    for part, old in zip(parts, before, strict=True):  # the functions are pure: nothing is written to the model
        for variable, value in zip(part, old, strict=True):
            np.testing.assert_array_equal(variable.numpy(), value)
    changed = [not np.array_equal(new, old) for new, old in zip(state[1], before[1], strict=True)]
    assert changed == [True] * 3  # two averages and the state of the random numbers
    for variable, value in zip([*parts[0], *parts[1]], [*state[0], *state[1]], strict=True):
        variable.assign(value)
    assert keras.evaluate(X, Y, verbose=0) < losses[0] / 2
