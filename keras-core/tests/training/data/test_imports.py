"""Data bring no library that the program does not use."""

import subprocess
import sys

PROGRAM = """
import sys
import numpy as np
import pandas as pd
import polars as pl
import keras_core as keras

keras.set_backend("numpy")
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
x, y = np.ones((4, 2)), np.ones((4, 1))
frame = pd.DataFrame({"a": [1, 2], "b": [True, False]})
model.fit(x, y, validation_split=0.5, verbose=0)
model.fit(frame, frame["a"], class_weight={1: 2.0}, verbose=0)
model.fit(pl.DataFrame({"a": [1.0, 2.0], "b": [3, 4]}), pl.Series([1, 2]), verbose=0)
model.fit(iter([(x, y)]), verbose=0)
for wrong in (object(), np.array(["a", "b"]), iter([(x, object())])):
    try:
        model.fit(wrong, verbose=0)
    except ValueError:
        continue
    raise SystemExit("no error")
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_no_framework_is_imported():
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    imported = set(run.stdout.split())
    assert {"pandas", "polars", "keras_core"} <= imported
    assert not imported & {"jax", "torch", "tensorflow", "grain", "flax", "keras"}
