"""Writes `checkpoint_of_keras`, a checkpoint of PyPI's Keras, and what its model predicts: run by hand.

KERAS_BACKEND=jax python write_checkpoint.py
"""

from pathlib import Path

import keras
import numpy as np

FOLDER = Path(__file__).resolve().parent

keras.utils.set_random_seed(3)
inputs = keras.Input((4,), name="given")
x = keras.layers.Dense(3, activation="tanh", name="one")(inputs)
x = keras.layers.BatchNormalization(name="norm")(x)
x = keras.layers.Dropout(0.5, seed=7, name="dropout")(x)
model = keras.Model(inputs, keras.layers.Dense(2, name="two")(x), name="net")
model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
data = np.linspace(-1, 1, 32, dtype="float32").reshape(8, 4)
checkpoints = keras.callbacks.OrbaxCheckpoint(FOLDER / "checkpoint_of_keras")
model.fit(data, np.ones((8, 2), "float32"), epochs=2, verbose=0, callbacks=[checkpoints])
np.savez(
    FOLDER / "checkpoint_of_keras.npz",
    data=data,
    predictions=model.predict(data, verbose=0),
    iterations=model.optimizer.iterations,
    momentum=model.optimizer.variables[2],
)
# Nobody reads these: the path of the folder on this machine, and the devices that held the arrays.
for path in [*FOLDER.rglob("commit_success.txt"), *FOLDER.rglob("_sharding")]:
    path.unlink()
