"""A program that trains with `BackupAndRestore`, and may kill itself; run by the tests, as a process of its own too.

    python program.py FOLDER DATA [--kill MOMENT EPOCH BATCH] [--kill-write NUMBER MOMENT] [--wait] [--background]

What came out, weights and history, is in FOLDER/result.npz when it ends by itself.
"""

import argparse
import json
import os
import signal
from pathlib import Path

import numpy as np

import keras_core as keras
from keras_core.runtime import atomic

ROWS, BATCH, EPOCHS = 22, 4, 4  # six batches an epoch, the last one of two rows


def data():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(ROWS, 3)).astype("float32")
    return x, (x.sum(axis=1) > 0).astype("int32")


class Batches(keras.utils.PyDataset):
    """Shuffles as data sets of older programs do, and draws noise for each batch."""

    def __init__(self):
        super().__init__()
        self.order = np.arange(ROWS)

    def __len__(self):
        return -(-ROWS // BATCH)

    def __getitem__(self, index):
        x, y = data()
        rows = self.order[index * BATCH : (index + 1) * BATCH]
        return x[rows], y[rows]

    def on_epoch_end(self):
        np.random.shuffle(self.order)


def endless():
    x, y = data()
    while True:
        rows = np.random.permutation(ROWS)[:BATCH]
        yield x[rows], y[rows]


class Passes:
    """An iterable with a generator of its own, from which it shuffles in each pass and draws for each batch."""

    def __init__(self):
        self.generator = np.random.default_rng(3)

    def __iter__(self):
        x, y = data()
        order = self.generator.permutation(ROWS)
        for start in range(0, ROWS, BATCH):
            rows = order[start : start + BATCH]
            yield x[rows] + self.generator.normal(size=3).astype("float32") / 9, y[rows]


class Epochs:
    """An iterable whose order follows from the number of the epoch."""

    epoch = 0

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __iter__(self):
        x, y = data()
        order = np.random.default_rng(self.epoch).permutation(ROWS)
        for start in range(0, ROWS, BATCH):
            yield x[order[start : start + BATCH]], y[order[start : start + BATCH]]


DATA = {
    "arrays": lambda: {"x": data()[0], "y": data()[1], "batch_size": BATCH},
    "batches": lambda: {"x": data()[0], "y": data()[1], "batch_size": BATCH, "shuffle": "batch"},
    "steps": lambda: {"x": data()[0], "y": data()[1], "batch_size": BATCH, "steps_per_epoch": 5},
    "dataset": lambda: {"x": Batches()},
    "generator": lambda: {"x": endless(), "steps_per_epoch": 6},
    "iterable": lambda: {"x": Passes()},
    "epochs": lambda: {"x": Epochs()},
}


class Kill(keras.callbacks.Callback):
    """Kills the process: `batch_begin`, `batch_end` (before the backup), `epoch_begin`, `epoch_end` or `validation`."""

    def __init__(self, moment, epoch, batch, kill):
        self.at = moment, epoch, batch
        self.kill = kill
        self.epoch = None

    def look(self, moment, batch=0):
        if (moment, self.epoch, batch) == self.at:
            self.kill()

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        self.look("epoch_begin")

    def on_train_batch_begin(self, batch, logs=None):
        self.look("batch_begin", batch)

    def on_train_batch_end(self, batch, logs=None):
        self.look("batch_end", batch)

    def on_test_begin(self, logs=None):
        self.look("validation")

    def on_epoch_end(self, epoch, logs=None):
        self.look("epoch_end")


class Wait(keras.callbacks.Callback):
    """Says which batch is done, and lets the parent do what it likes meanwhile."""

    def on_train_batch_end(self, batch, logs=None):
        print("batch", batch, flush=True)


class Noted(keras.callbacks.Callback):
    """A callback of somebody else's, which keeps the loss of each batch."""

    def __init__(self):
        self.losses = []

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])

    def get_resume_state(self):
        return {"losses": self.losses}

    def set_resume_state(self, state):
        self.losses = state["losses"]


def make(lazy=False, **options):
    keras.ops.zeros(())  # to import a framework may draw random numbers
    keras.utils.set_random_seed(5)
    layers = keras.layers
    first = [] if lazy else [keras.Input((3,))]
    model = keras.Sequential(
        [
            *first,
            layers.Dense(5, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.GaussianNoise(0.1),
            layers.Dense(2, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.Adam(
        0.02, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=7, gradient_accumulation_steps=2
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model


def run(
    folder, kind, kill_at=None, kill=None, background=False, save_freq=1, lazy=False, steps_per_execution=1, more=()
):
    """Train; return the model, the history, and the losses of all batches."""
    callbacks = keras.callbacks
    model = make(lazy, steps_per_execution=steps_per_execution)
    noted = Noted()
    backup = callbacks.BackupAndRestore(folder / "backup", save_freq=save_freq, double_checkpoint=True)
    backup.save_on_background = background
    called = [
        backup,
        noted,
        callbacks.SwapEMAWeights(),
        callbacks.ReduceLROnPlateau("loss", 0.5, patience=1, min_delta=0.3),
        callbacks.EarlyStopping("val_loss", patience=9, restore_best_weights=True),
        callbacks.ModelCheckpoint(folder / "best.weights.h5", save_weights_only=True, save_best_only=True),
        callbacks.CSVLogger(folder / "log.csv"),
        *more,
    ]
    if kill_at is not None:
        called.append(Kill(*kill_at, kill))
    x, y = data()
    history = model.fit(
        **DATA[kind](),
        epochs=EPOCHS,
        verbose=0,
        callbacks=called,
        validation_data=(x[:7], y[:7]),
        validation_batch_size=4,
    )
    return model, history, noted.losses


def save_result(folder, model, history, losses):
    variables = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    np.savez(
        folder / "result.npz",
        history=json.dumps([history.epoch, history.history]),
        losses=losses,
        csv=(folder / "log.csv").read_text(),
        **{str(position): variable.numpy() for position, variable in enumerate(variables)},
    )


def kill_itself():
    os.kill(os.getpid(), signal.SIGKILL)


def kill_in_write(number, moment):
    """Let the process be killed while the file of a number is written: before it has its name, or right after."""
    replace = os.replace

    def killing(source, target):
        is_the_one = Path(target).name == f"backup-{number}.state"
        if is_the_one and moment == "before":
            with open(source, "r+b") as file:
                file.truncate(1000)
            kill_itself()
        replace(source, target)
        if is_the_one:
            kill_itself()

    atomic.os.replace = killing


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("kind", choices=DATA)
    parser.add_argument("--kill", nargs=3)
    parser.add_argument("--kill-write", nargs=2)
    parser.add_argument("--wait", action="store_true")
    parser.add_argument("--background", action="store_true")
    given = parser.parse_args()
    if given.kill_write:
        kill_in_write(*given.kill_write)
    kill_at = given.kill and (given.kill[0], int(given.kill[1]), int(given.kill[2]))
    more = [Wait()] if given.wait else []
    results = run(given.folder, given.kind, kill_at, kill_itself, background=given.background, more=more)
    save_result(given.folder, *results)


if __name__ == "__main__":
    main()
