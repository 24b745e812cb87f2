"""What an op of `keras_core.ops` costs over the native call, on one backend: prints JSON.

Run as `python call_overhead.py NAME`; as `python call_overhead.py NAME keras`, it measures the ops of an installed
Keras in place of ours. Both sides of a pair are timed in short turns, and in processor time of the whole
process rather than by the clock, so that what else the machine does counts for neither.
"""

import importlib
import json
import os
import statistics
import sys
import time
import timeit
from typing import Any

ROUNDS = 201
SECONDS_A_ROUND = 0.001

OURS = {
    "add": "ops.add(a, b)",
    "multiply": "ops.multiply(a, b)",
    "matmul": "ops.matmul(a, b)",
    "relu": "ops.relu(a)",
    "exp": "ops.exp(a)",
    "reshape": "ops.reshape(a, (2, 8))",
    "transpose": "ops.transpose(a)",
    "mean": "ops.mean(a)",
    "mean of an axis": "ops.mean(a, -1)",
    "concatenate": "ops.concatenate([a, b], 0)",
    "softmax": "ops.softmax(a, -1)",
    "einsum": "ops.einsum('ij,jk->ik', a, b)",
}

# What a user of the framework would write: the public function by its name. Operators and methods can be faster still
# (`a + b` in JAX): they are the same in either library, so they are not compared.
NATIVE = {
    "numpy": {
        "add": "np.add(a, b)",
        "multiply": "np.multiply(a, b)",
        "matmul": "np.matmul(a, b)",
        "relu": "np.maximum(a, 0)",
        "exp": "np.exp(a)",
        "reshape": "np.reshape(a, (2, 8))",
        "transpose": "np.transpose(a)",
        "mean": "np.mean(a)",
        "mean of an axis": "np.mean(a, -1)",
        "concatenate": "np.concatenate([a, b], 0)",
        "softmax": "softmax(a)",
        "einsum": "np.einsum('ij,jk->ik', a, b)",
    },
    "jax": {
        "add": "jnp.add(a, b)",
        "multiply": "jnp.multiply(a, b)",
        "matmul": "jnp.matmul(a, b)",
        "relu": "jax.nn.relu(a)",
        "exp": "jnp.exp(a)",
        "reshape": "jnp.reshape(a, (2, 8))",
        "transpose": "jnp.transpose(a)",
        "mean": "jnp.mean(a)",
        "mean of an axis": "jnp.mean(a, -1)",
        "concatenate": "jnp.concatenate([a, b], 0)",
        "softmax": "jax.nn.softmax(a, -1)",
        "einsum": "jnp.einsum('ij,jk->ik', a, b)",
    },
    "torch": {
        "add": "torch.add(a, b)",
        "multiply": "torch.multiply(a, b)",
        "matmul": "torch.matmul(a, b)",
        "relu": "torch.relu(a)",
        "exp": "torch.exp(a)",
        "reshape": "torch.reshape(a, (2, 8))",
        "transpose": "torch.transpose(a, 0, 1)",
        "mean": "torch.mean(a)",
        "mean of an axis": "torch.mean(a, -1)",
        "concatenate": "torch.cat([a, b], 0)",
        "softmax": "torch.softmax(a, -1)",
        "einsum": "torch.einsum('ij,jk->ik', a, b)",
    },
    "tensorflow": {
        "add": "tf.add(a, b)",
        "multiply": "tf.multiply(a, b)",
        "matmul": "tf.matmul(a, b)",
        "relu": "tf.nn.relu(a)",
        "exp": "tf.exp(a)",
        "reshape": "tf.reshape(a, (2, 8))",
        "transpose": "tf.transpose(a)",
        "mean": "tf.reduce_mean(a)",
        "mean of an axis": "tf.reduce_mean(a, -1)",
        "concatenate": "tf.concat([a, b], 0)",
        "softmax": "tf.nn.softmax(a, -1)",
        "einsum": "tf.einsum('ij,jk->ik', a, b)",
    },
}
MODULES = {
    "numpy": {"np": "numpy"},
    "jax": {"jax": "jax", "jnp": "jax.numpy"},
    "torch": {"torch": "torch"},
    "tensorflow": {"tf": "tensorflow"},
}
# JAX computes while Python goes on: both sides wait for the result.
WAIT = {"jax": ".block_until_ready()"}


def numpy_softmax(x: Any) -> Any:
    """Softmax as one writes it in NumPy, which has none; SciPy's takes ten times as long."""
    import numpy as np

    powers = np.exp(x - np.max(x, -1, keepdims=True))
    return powers / np.sum(powers, -1, keepdims=True)


def names_of(backend: str, library: str) -> dict[str, Any]:
    """Return what the statements may name: the framework, `ops`, and two 4x4 float32 tensors."""
    import numpy as np

    os.environ["KERAS_CORE_BACKEND"] = os.environ["KERAS_BACKEND"] = backend
    ops = importlib.import_module(library).ops
    values = np.arange(16, dtype="float32").reshape(4, 4) / 16
    return {
        **{name: importlib.import_module(module) for name, module in MODULES[backend].items()},
        "ops": ops,
        "softmax": numpy_softmax,
        "a": ops.convert_to_tensor(values),
        "b": ops.convert_to_tensor(values[::-1] + 1),
    }


def check_equal(native: str, ours: str, names: dict[str, Any]) -> None:
    """Raise an error where the two statements do not compute the same."""
    import numpy as np

    expected, computed = (np.asarray(eval(statement, names)) for statement in (native, ours))
    if expected.shape != computed.shape or not np.allclose(expected, computed, rtol=1e-5, atol=1e-6):
        raise AssertionError(f"{native} and {ours} differ: {expected} and {computed}.")


def compare(native: str, ours: str, names: dict[str, Any]) -> dict[str, Any]:
    """Return medians, and quartiles of the difference over the rounds, in microseconds."""
    timers = [timeit.Timer(statement, timer=time.process_time, globals=names) for statement in (native, ours)]
    for timer in timers:
        timer.timeit(200)
    calls = [max(10, int(SECONDS_A_ROUND * 200 / timer.timeit(200))) for timer in timers]
    rounds = [
        [timer.timeit(number) / number * 1e6 for timer, number in zip(timers, calls, strict=True)]
        for _ in range(ROUNDS)
    ]
    first, median, third = statistics.quantiles([mine - theirs for theirs, mine in rounds], n=4)
    return {
        "statement": native,
        "native": statistics.median(theirs for theirs, _ in rounds),
        "ours": statistics.median(mine for _, mine in rounds),
        "overhead": median,
        "spread": (first, third),
    }


def main() -> None:
    backend, library = sys.argv[1], (*sys.argv, "keras_core")[2]
    names = names_of(backend, library)
    wait = WAIT.get(backend, "")
    rows = {}
    for op, statement in OURS.items():
        native, ours = NATIVE[backend][op] + wait, statement + wait
        check_equal(native, ours, names)
        rows[op] = compare(native, ours, names)
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
