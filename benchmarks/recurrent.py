"""What recurrent layers take over the same in the framework, on one backend: prints JSON.

Run as `python recurrent.py NAME`; as `python recurrent.py NAME keras`, it measures an installed Keras in place of ours,
without gradients. Processor time of the process; both sides take turns.
"""

import importlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from ratios import table_of_ratios
from rich.table import Table

BATCH, STEPS, FEATURES, UNITS = 32, 50, 64, 64
ROUNDS, SECONDS_A_ROUND = 21, 0.02
RATIO = 1.1
KINDS = ("LSTM", "GRU")
FORWARD, BACKWARD = "forward", "forward and backward"

Weights = list[np.ndarray]
Calls = dict[str, Callable[[], Any]]


# What one writes in a framework that has no such layer: one product for the inputs of all steps, then a loop.


def lstm_step(library: Any, state: Any, projected: Any, recurrent: Any, sigmoid: Any) -> Any:
    """Return the output and the memory after one step."""
    hidden, memory = state
    gates = projected + library.matmul(hidden, recurrent)
    into, forget, new, output = (gates[:, i * UNITS : (i + 1) * UNITS] for i in range(4))
    memory = sigmoid(forget) * memory + sigmoid(into) * library.tanh(new)
    return sigmoid(output) * library.tanh(memory), memory


def gru_step(library: Any, state: Any, projected: Any, recurrent: Any, bias: Any, sigmoid: Any) -> Any:
    """Return the output after one step, whose reset gate comes after the product."""
    (hidden,) = state
    recurred = library.matmul(hidden, recurrent) + bias
    gates = sigmoid(projected[:, : 2 * UNITS] + recurred[:, : 2 * UNITS])
    update, reset = gates[:, :UNITS], gates[:, UNITS:]
    new = library.tanh(projected[:, 2 * UNITS :] + reset * recurred[:, 2 * UNITS :])
    return (update * hidden + (1 - update) * new,)


def stepper(kind: str, library: Any, sigmoid: Any, weights: Sequence[Any]) -> tuple[Any, Any, int]:
    """Return the function of a state and a step's inputs, the bias of the inputs and the number of states."""
    _, recurrent, bias = weights
    if kind == "LSTM":
        return lambda state, x: lstm_step(library, state, x, recurrent, sigmoid), bias, 2
    return lambda state, x: gru_step(library, state, x, recurrent, bias[1], sigmoid), bias[0], 1


def numpy_calls(kind: str, weights: Weights, x: Any) -> Calls:
    step, bias, count = stepper(kind, np, lambda x: 1 / (1 + np.exp(-x)), weights)

    def forward() -> Any:
        state = (np.zeros((BATCH, UNITS), "float32"),) * count
        for projected in (x @ weights[0] + bias).transpose(1, 0, 2):
            state = step(state, projected)
        return state[0]

    return {FORWARD: forward}


def jax_calls(kind: str, weights: Weights, x: Any) -> Calls:
    import jax
    import jax.numpy as jnp

    def last(weights: Any, x: Any) -> Any:
        step, bias, count = stepper(kind, jnp, jax.nn.sigmoid, weights)
        state = (jnp.zeros((BATCH, UNITS)),) * count
        projected = (x @ weights[0] + bias).transpose(1, 0, 2)
        return jax.lax.scan(lambda state, x: (step(state, x), None), state, projected)[0][0]

    values = [jnp.asarray(weight) for weight in weights]
    forward = jax.jit(last)
    backward = jax.jit(jax.value_and_grad(lambda weights, x: last(weights, x).sum()))
    return {
        FORWARD: lambda: forward(values, x).block_until_ready(),
        BACKWARD: lambda: jax.block_until_ready(backward(values, x)),
    }


def torch_calls(kind: str, weights: Weights, x: Any) -> Calls:
    import torch

    def in_order(weight: np.ndarray) -> Any:
        # torch has the reset gate first.
        parts = np.split(weight, 3 if kind == "GRU" else 4, -1)
        ordered = [parts[1], parts[0], parts[2]] if kind == "GRU" else parts
        return torch.tensor(np.concatenate(ordered, -1).T.copy())

    kernel, recurrent, bias = weights
    layer = getattr(torch.nn, kind)(FEATURES, UNITS, batch_first=True)
    biases = bias if kind == "GRU" else np.stack([bias, np.zeros_like(bias)])
    with torch.no_grad():
        for parameter, value in zip(layer.parameters(), (kernel, recurrent, *biases), strict=True):
            parameter.copy_(in_order(value))

    def last() -> Any:
        state = layer(x)[1]
        return (state[0] if kind == "LSTM" else state)[0]

    def forward() -> Any:
        with torch.no_grad():
            return last()

    return {
        FORWARD: forward,
        BACKWARD: lambda: ((value := last().sum()), torch.autograd.grad(value, list(layer.parameters()))),
    }


def tensorflow_calls(kind: str, weights: Weights, x: Any) -> Calls:
    import tensorflow as tf

    variables = [tf.Variable(weight) for weight in weights]

    @tf.function
    def forward() -> Any:
        values = [tf.convert_to_tensor(variable) for variable in variables]
        step, bias, count = stepper(kind, tf, tf.sigmoid, values)
        state = (tf.zeros((BATCH, UNITS)),) * count
        projected = tf.transpose(tf.matmul(x, values[0]) + bias, (1, 0, 2))
        return tf.while_loop(
            lambda i, *state: i < STEPS,
            lambda i, *state: (i + 1, *step(state, projected[i])),
            (0, *state),
            maximum_iterations=STEPS,
        )[1]

    @tf.function
    def backward() -> Any:
        with tf.GradientTape() as tape:
            value = tf.reduce_sum(forward())
        return value, tape.gradient(value, variables)

    return {FORWARD: forward, BACKWARD: backward}


NATIVE = {"numpy": numpy_calls, "jax": jax_calls, "torch": torch_calls, "tensorflow": tensorflow_calls}
TITLES = {"numpy": "loop", "jax": "jit of scan", "torch": "nn.{0}", "tensorflow": "tf.function of while_loop"}


def our_calls(backend: str, layer: Any, x: Any) -> Calls:
    """Return the calls of the layer, compiled where the framework's are."""
    from keras_core import ops, transforms

    compiled = transforms.jit if backend in ("jax", "tensorflow") else lambda function: function
    forward = compiled(lambda x: layer(x))
    backward = compiled(transforms.value_and_grad(lambda x: ops.sum(layer(x)), variables=layer.trainable_variables))
    if backend != "jax":
        return {FORWARD: lambda: forward(x), BACKWARD: lambda: backward(x)}
    import jax

    return {
        FORWARD: lambda: forward(x).block_until_ready(),
        BACKWARD: lambda: jax.block_until_ready(backward(x)),
    }


def called(layer: Any, x: Any) -> Callable[[], Any]:
    """Return the plain call of a layer, which waits where the framework does not."""

    def call() -> Any:
        result = layer(x)
        return result.block_until_ready() if hasattr(result, "block_until_ready") else result

    return call


def compare(native: Callable[[], Any], ours: Callable[[], Any]) -> dict[str, float]:
    """Return the medians over the rounds in milliseconds."""

    def seconds(call: Callable[[], Any], count: int) -> float:
        start = time.process_time()
        for _ in range(count):
            call()
        return (time.process_time() - start) / count

    calls = (native, ours)
    counts = [max(1, int(SECONDS_A_ROUND / min(seconds(call, 3) for _ in range(3)))) for call in calls]
    rounds = [[seconds(call, count) for call, count in zip(calls, counts, strict=True)] for _ in range(ROUNDS)]
    return {
        "native": 1e3 * statistics.median(first for first, _ in rounds),
        "ours": 1e3 * statistics.median(second for _, second in rounds),
    }


def check_equal(native: Any, ours: Any) -> None:
    """Raise an error where the two results are not the same numbers."""
    for expected, computed in zip(flat(native), flat(ours), strict=True):
        if expected.shape != computed.shape or not np.allclose(expected, computed, rtol=1e-3, atol=1e-4):
            raise AssertionError(f"The two differ: {expected} and {computed}.")


def flat(results: Any) -> list[np.ndarray]:
    """Return results and gradients as arrays, those of gates in the order of Keras."""
    if isinstance(results, list | tuple):
        return [array for item in results for array in flat(item)]
    return [np.asarray(results.detach() if hasattr(results, "detach") else results)]


def measured(backend: str, library: str) -> dict[str, dict[str, Any]]:
    """Return a row for each layer and direction."""
    os.environ["KERAS_CORE_BACKEND"] = os.environ["KERAS_BACKEND"] = backend
    keras = importlib.import_module(library)
    x = keras.ops.convert_to_tensor(np.random.default_rng(0).normal(size=(BATCH, STEPS, FEATURES)).astype("float32"))
    rows = {}
    for kind in KINDS:
        layer = getattr(keras.layers, kind)(UNITS)
        layer.build((BATCH, STEPS, FEATURES))
        native = NATIVE[backend](kind, layer.get_weights(), x)
        ours = our_calls(backend, layer, x) if library == "keras_core" else {FORWARD: called(layer, x)}
        for direction in native.keys() & ours.keys():
            results = native[direction](), ours[direction]()
            # Gradients of torch's parameters have another order of axes and gates: their value is compared.
            check_equal(*results if direction == FORWARD else (result[0] for result in results))
            title = TITLES[backend].format(kind)
            rows[f"{kind}, {direction}"] = compare(native[direction], ours[direction]) | {"statement": title}
    return dict(sorted(rows.items()))


def table_of(results: dict[str, dict[str, Any]]) -> Table:
    """Return the table of all backends."""
    title = f"{UNITS} units, {STEPS} steps of {FEATURES} features, batch {BATCH}, float32, milliseconds"
    return table_of_ratios(title, ("layer", "in the framework"), results, RATIO, digits=2)


def main() -> None:
    backend, library = sys.argv[1], (*sys.argv, "keras_core")[2]
    print(json.dumps(measured(backend, library)))


if __name__ == "__main__":
    main()
