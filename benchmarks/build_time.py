"""What it takes to build models, on one backend: prints JSON.

Run as `python build_time.py NAME`; as `python build_time.py NAME keras`, it measures an installed Keras in place of
ours. Processor time of the process. The first build of a model is cold: whatever a framework compiles for it counts.
The others are warm; of those the median is taken.
"""

import importlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from rich.table import Table

ROUNDS = 5
DEPTH, MILLISECONDS_OVER = 100, 20
RATIO_TO_KERAS = 0.5
SECONDS_COLD = 1.0
STACK, RESNET, TRANSFORMER = f"Sequential of {DEPTH} Dense(8)", "ResNet-50, functional", "transformer of 12 blocks"
# Of what a stack of Dense makes: the time over these is that of the layers.
WEIGHTS = "its weights alone"


def stack(keras: Any) -> Any:
    return keras.Sequential([keras.Input((8,)), *[keras.layers.Dense(8) for _ in range(DEPTH)]])


def weights_of_stack(keras: Any) -> Any:
    kernel, bias = keras.initializers.GlorotUniform(), keras.initializers.Zeros()
    return [
        keras.Variable(initializer, shape=shape, dtype="float32")
        for _ in range(DEPTH)
        for initializer, shape in ((kernel, (8, 8)), (bias, (8,)))
    ]


def resnet(keras: Any) -> Any:
    """Return the network of He et al., 2015, with 50 layers."""
    layers = keras.layers

    def convolved(x: Any, filters: int, size: int, strides: int = 1, activated: bool = True) -> Any:
        x = layers.Conv2D(filters, size, strides, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        return layers.Activation("relu")(x) if activated else x

    x = inputs = keras.Input((224, 224, 3))
    x = layers.MaxPooling2D(3, 2, padding="same")(convolved(x, 64, 7, 2))
    for filters, blocks, first_strides in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            strides = 1 if block else first_strides
            shortcut = x if block else convolved(x, 4 * filters, 1, strides, activated=False)
            x = convolved(convolved(x, filters, 1, strides), filters, 3)
            x = layers.Activation("relu")(layers.Add()([convolved(x, 4 * filters, 1, activated=False), shortcut]))
    return keras.Model(inputs, layers.Dense(1000, "softmax")(layers.GlobalAveragePooling2D()(x)))


def transformer(keras: Any) -> Any:
    """Return an encoder of width 256 with normalization first."""
    layers = keras.layers
    inputs = keras.Input((128,), dtype="int32")
    x = layers.Embedding(1000, 256)(inputs)
    for _ in range(12):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.Dropout(0.1)(layers.MultiHeadAttention(8, 32)(y, y))])
        y = layers.Dense(1024, "gelu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dropout(0.1)(layers.Dense(256)(y))])
    return keras.Model(inputs, layers.Dense(10)(layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))))


MODELS: dict[str, Callable[[Any], Any]] = {
    RESNET: resnet,
    TRANSFORMER: transformer,
    STACK: stack,
    WEIGHTS: weights_of_stack,
}


def seconds(build: Callable[[Any], Any], keras: Any) -> float:
    start = time.process_time()
    build(keras)
    return time.process_time() - start


def measured(backend: str, library: str) -> dict[str, dict[str, float]]:
    """Return milliseconds of the first build and of the later ones."""
    os.environ["KERAS_CORE_BACKEND"] = os.environ["KERAS_BACKEND"] = backend
    keras = importlib.import_module(library)
    # Imports, and what is compiled once a process, are no part of a build.
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    rows = {}
    for name, build in MODELS.items():
        cold = seconds(build, keras)
        warm = statistics.median(seconds(build, keras) for _ in range(ROUNDS))
        rows[name] = {"cold": 1e3 * cold, "ours": 1e3 * warm}
    return rows


def verdict(
    backend: str, name: str, row: dict[str, float], rows: dict[str, dict[str, float]]
) -> tuple[str, bool | None]:
    """Return the aim of a row in words, and whether it is met; None where that cannot be told."""
    row = rows[name]
    if name == WEIGHTS:
        return "", None
    if name == STACK:
        return f"+{MILLISECONDS_OVER} ms", row["ours"] - rows[WEIGHTS]["ours"] <= MILLISECONDS_OVER
    met = row["ours"] <= RATIO_TO_KERAS * row["keras"] if "keras" in row else None
    aim = f"{RATIO_TO_KERAS} x Keras"
    if backend == "jax" and name == RESNET:
        return f"{aim}, cold {SECONDS_COLD:.0f} s", row["cold"] < 1e3 * SECONDS_COLD and met is not False
    return aim, met


def table_of(results: dict[str, dict[str, Any]]) -> Table:
    """Return the table of all backends."""
    with_keras = any("keras" in row for rows in results.values() for row in rows.values())
    table = Table(title="Building models, milliseconds")
    for column in ("backend", "model"):
        table.add_column(column, no_wrap=True)
    for column in ("cold", "warm", *["Keras, warm", "ratio"] * with_keras, "aim", "met"):
        table.add_column(column, justify="right", no_wrap=True)
    for backend, rows in results.items():
        for position, (name, row) in enumerate(rows.items()):
            aim, met = verdict(backend, name, rows)
            beside = [f"{row['keras']:.1f}", f"{row['ours'] / row['keras']:.2f}"] if "keras" in row else ["", ""]
            table.add_row(
                "" if position else backend,
                name,
                f"{row['cold']:.1f}",
                f"{row['ours']:.1f}",
                *beside if with_keras else (),
                aim,
                "" if met is None else "[green]yes[/]" if met else "[yellow]no[/]",
            )
        table.add_section()
    return table


def main() -> None:
    backend, library = sys.argv[1], (*sys.argv, "keras_core")[2]
    print(json.dumps(measured(backend, library)))


if __name__ == "__main__":
    main()
