"""What a call of a layer, and of a functional model, costs over the same in the framework, on one backend: prints JSON.

Run as `python layer_overhead.py NAME`; as `python layer_overhead.py NAME keras`, it measures an installed Keras in
place of ours. How it is timed: see `call_overhead.py`.
"""

import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from call_overhead import WAIT, check_equal, compare
from ratios import table_of_ratios
from rich.table import Table

RATIO = 2.0
DEPTH = 20
OURS = {"Dense(8)": "dense(x)", f"model of {DEPTH} Dense(8)": "model(x)"}

Pairs = list[tuple[Any, Any]]


def numpy_stack(weights: Pairs) -> Callable[[Any], Any]:
    """Products and sums of arrays: the layers that NumPy has."""

    def call(x: Any) -> Any:
        for kernel, bias in weights:
            x = x @ kernel + bias
        return x

    return call


def jax_stack(weights: Pairs) -> Callable[[Any], Any]:
    """The same in `jax.numpy`, not compiled: neither is ours when it is called by itself."""
    import jax.numpy as jnp

    return numpy_stack([(jnp.asarray(kernel), jnp.asarray(bias)) for kernel, bias in weights])


def torch_stack(weights: Pairs) -> Callable[[Any], Any]:
    """`torch.nn.Linear`, in a `Sequential` where there are several; without gradients, as ours outside of training."""
    import torch

    torch.set_grad_enabled(False)  # Keras would record otherwise
    layers = []
    for kernel, bias in weights:
        layer = torch.nn.Linear(*kernel.shape)
        layer.weight.copy_(torch.tensor(kernel.T.copy()))
        layer.bias.copy_(torch.tensor(bias))
        layers.append(layer)
    return layers[0] if len(layers) == 1 else torch.nn.Sequential(*layers)


def tensorflow_stack(weights: Pairs) -> Callable[[Any], Any]:
    """`tf.matmul` and `tf.nn.bias_add` on variables."""
    import tensorflow as tf

    variables = [(tf.Variable(kernel), tf.Variable(bias)) for kernel, bias in weights]

    def call(x: Any) -> Any:
        for kernel, bias in variables:
            x = tf.nn.bias_add(tf.matmul(x, kernel), bias)
        return x

    return call


STACKS = {"numpy": numpy_stack, "jax": jax_stack, "torch": torch_stack, "tensorflow": tensorflow_stack}
NATIVE = {
    "numpy": ("x @ kernel + bias", f"{DEPTH} times"),
    "jax": ("x @ kernel + bias", f"{DEPTH} times"),
    "torch": ("nn.Linear(8, 8)", "nn.Sequential of them"),
    "tensorflow": ("tf.nn.bias_add(tf.matmul(x, kernel), bias)", f"{DEPTH} times"),
}


def names_of(backend: str, library: str) -> dict[str, Any]:
    """Return what the statements may name: layers of the library and of the framework with the same weights."""
    import numpy as np

    os.environ["KERAS_CORE_BACKEND"] = os.environ["KERAS_BACKEND"] = backend
    keras = importlib.import_module(library)
    x = keras.ops.convert_to_tensor(np.arange(32, dtype="float32").reshape(4, 8) / 32)
    dense = keras.layers.Dense(8)
    dense.build((4, 8))
    inputs = outputs = keras.Input((8,))
    for _ in range(DEPTH):
        outputs = keras.layers.Dense(8)(outputs)
    model = keras.Model(inputs, outputs)
    values = model.get_weights()
    stack = STACKS[backend]
    return {
        "x": x,
        "dense": dense,
        "model": model,
        "native_dense": stack([tuple(dense.get_weights())]),
        "native_model": stack(list(zip(values[::2], values[1::2], strict=True))),
    }


def table_of(results: dict[str, dict[str, Any]]) -> Table:
    """Return the table of all backends."""
    title = "Layers over the native call, input (4, 8) float32, microseconds"
    return table_of_ratios(title, ("call", "native call"), results, RATIO, digits=1)


def main() -> None:
    backend, library = sys.argv[1], (*sys.argv, "keras_core")[2]
    names = names_of(backend, library)
    wait = WAIT.get(backend, "")
    rows = {}
    for title, (name, ours) in zip(NATIVE[backend], OURS.items(), strict=True):
        native = f"native_{ours}{wait}"
        check_equal(native, ours + wait, names)
        rows[name] = compare(native, ours + wait, names) | {"statement": title}
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
