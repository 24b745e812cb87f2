"""How much resident memory cycles of build, fit of one step and predict leave behind, on one backend: prints JSON.

Run as `python memory.py NAME [--cycles 1000]`; as `python memory.py NAME keras`, it measures an installed Keras in
place of ours. The cycles before the first measurement fill caches that are bounded.
"""

import argparse
import gc
import importlib
import json
import os
from typing import Any

import numpy as np
import psutil
from one_core import restart_on_one_core

WARM_UP, MEGABYTES = 200, 2.0


def cycle(keras: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Build a model, fit one step, predict."""
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    model.fit(x, y, batch_size=len(x), verbose=0)
    model.predict(x, verbose=0)


def megabytes() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 2**20


def measured(backend: str, library: str, cycles: int) -> dict[str, Any]:
    """Return the resident memory after the warm-up, after each tenth of the cycles, and by how much it grew."""
    os.environ["KERAS_CORE_BACKEND"] = os.environ["KERAS_BACKEND"] = backend
    keras = importlib.import_module(library)
    x, y = np.ones((4, 8), "float32"), np.ones((4, 1), "float32")
    for _ in range(WARM_UP):
        cycle(keras, x, y)
    found = [megabytes()]
    for _ in range(10):
        for _ in range(cycles // 10):
            cycle(keras, x, y)
        found.append(megabytes())
    grown = found[-1] - found[0]
    return {"cycles": cycles, "megabytes": found, "grown": grown, "aim": f"{MEGABYTES} MB", "met": grown < MEGABYTES}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backend")
    parser.add_argument("library", nargs="?", default="keras_core", help="keras_core or keras")
    parser.add_argument("--cycles", type=int, default=1000)
    options = parser.parse_args()
    restart_on_one_core()
    print(json.dumps(measured(options.backend, options.library, options.cycles)))


if __name__ == "__main__":
    main()
