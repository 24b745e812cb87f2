"""`fit` and `predict` beside the loop that an expert writes in the framework, on one backend: prints a table and JSON.

Run as `python training.py NAME [--rows mlp predict_one ...]`; with `--keras-python PATH`, beside the Keras of that
Python; as `python training.py NAME keras`, it measures an installed Keras by itself. One core, one thread; processor
time of the process; rounds in which all sides take turns.
"""

import argparse
import importlib
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from one_core import measure, restart_on_one_core
from rich.console import Console
from rich.table import Table

CALLS_A_ROUND = {"predict_one": 200}
ROWS_TO_PREDICT, BATCH_TO_PREDICT = 10_000, 32
PREDICT_AIMS = {"predict_one": 2.0, "predict_all": 1.3}
MOST_MILLISECONDS = {"predict_one": 0.5}
FEWEST_ROUNDS, MOST_ROUNDS = 7, 51

Calls = dict[str, Callable[[], Any]]


def seconds_of(call: Callable[[], Any], count: int) -> float:
    """Return the processor time of some calls."""
    start = time.process_time()
    for _ in range(count):
        call()
    return time.process_time() - start


def rounds_of(calls: Calls, count: int, seconds: float) -> dict[str, list[float]]:
    """Return the milliseconds of a call in each round, for about as long as is said.

    Args:
        calls: by name.
        count: calls a round, fewer where they are slow.
        seconds: for all rounds.
    """
    for call in calls.values():
        call()
    once = sum(seconds_of(call, 1) for call in calls.values())
    count = max(1, min(count, int(seconds / FEWEST_ROUNDS / once)))
    rounds = min(MOST_ROUNDS, max(FEWEST_ROUNDS, int(seconds / once / count)))
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            taken[name].append(1e3 * seconds_of(call, count) / count)
    return taken


def row_of(taken: dict[str, list[float]], ours: str, steps: int, aim: float, most: float | None) -> dict[str, Any]:
    """Return the row of one of ours beside the native way that is best; alone if none was measured.

    Args:
        taken: name -> milliseconds of an epoch or a call in each round; names of ours begin with "ours".
        ours: which one of ours.
        steps: by which milliseconds are divided.
        aim: how many times the native time is aimed at.
        most: milliseconds that are aimed at besides.
    """
    medians = {name: statistics.median(values) / steps for name, values in taken.items()}
    row: dict[str, Any] = {"ours": medians[ours]}
    natives = {name: median for name, median in medians.items() if not name.startswith("ours")}
    if natives:
        best = min(natives, key=natives.__getitem__)
        first, ratio, third = statistics.quantiles(
            [mine / theirs for mine, theirs in zip(taken[ours], taken[best], strict=True)], n=4
        )
        met = ratio <= aim and (most is None or row["ours"] <= most)
        row |= {
            "native": natives[best],
            "statement": best,
            "natives": natives,
            "ratio": ratio,
            "spread": (first, third),
        }
        row |= {"aim": f"{aim} x" + (f", {most} ms" if most is not None else ""), "met": met}
    return row


def check_equal(what: str, expected: Any, computed: Any, tolerance: float) -> None:
    """Raise an error where the two sides do not compute the same."""
    import numpy as np

    if not np.allclose(expected, computed, rtol=tolerance, atol=tolerance):
        raise AssertionError(f"{what} differs: {expected} natively, {computed} in ours.")


def check_training(task: Any, model: Any, loops: Callable[[], Any]) -> None:
    """Raise an error unless all native ways and `fit` have the same losses and outputs after the same batches."""
    import numpy as np

    x, y = (array[: 2 * task.chunk * task.batch] for array in task.data())
    first = model.get_weights()
    loss = model.fit(x, y, batch_size=task.batch, shuffle=False, verbose=0).history["loss"][0]
    outputs = model.predict(x, verbose=0)
    model.set_weights(first)
    for name in loops().fits:
        loop = loops()
        check_equal(f"the loss of {name}", loop.fits[name](x, y, False), loss, 1e-3)
        error = np.mean(np.abs(loop.predict(x, task.batch) - outputs))
        if error > 1e-2:
            raise AssertionError(f"The outputs after {name} differ by {error} in the mean.")


def fit_rows(backend: str, keras: Any, name: str, with_native: bool, seconds: float) -> dict[str, dict[str, Any]]:
    """Return the rows of a task: a step for each call, and several where the framework has a way for it."""
    from native_loops import native_loop
    from training_tasks import TASKS

    task = TASKS[name]
    x, y = task.data()
    model = task.model(keras)
    weights = model.get_weights()
    models = {"ours": model}
    calls: Calls = {}
    if with_native:

        def loops() -> Any:
            return native_loop(backend, name, weights, task.batch, task.chunk)

        check_training(task, model, loops)
        calls = {way: (lambda fit=fit: fit(x, y, True)) for way, fit in loops().fits.items()}
    if backend in SEVERAL_STEPS:
        models["ours, several"] = task.model(keras, steps_per_execution=task.chunk)
    for title, each in models.items():
        calls[title] = lambda each=each: each.fit(x, y, batch_size=task.batch, verbose=0)
    taken = rounds_of(calls, 1, seconds)
    titles = {"ours": task.title, "ours, several": f"  steps_per_execution={task.chunk}"}
    return {
        (name if ours == "ours" else f"{name}_several"): {
            "title": titles[ours],
            **row_of(taken, ours, task.steps, task.aims[backend], None),
        }
        for ours in models
    }


SEVERAL_STEPS = ("jax", "tensorflow")
"""Where several steps can be computed in one go."""

KERAS_PREDICTS_ONLY = ("numpy",)
"""Where Keras has no `fit`."""


def predict_row(backend: str, keras: Any, name: str, with_native: bool, seconds: float) -> dict[str, Any]:
    """Return the row of `predict`, with the MLP."""
    import numpy as np
    from native_loops import native_loop
    from training_tasks import TASKS

    task = TASKS["mlp"]
    count = 1 if name == "predict_one" else ROWS_TO_PREDICT
    x = np.random.default_rng(0).normal(size=(count, *task.shape)).astype("float32")
    model = task.model(keras)
    calls: Calls = {}
    if with_native:
        loop = native_loop(backend, "mlp", model.get_weights(), BATCH_TO_PREDICT, 1)
        if count == 1:
            calls["a call"] = lambda: loop.predict_one(x)
        else:
            calls["calls"] = lambda: loop.predict(x, BATCH_TO_PREDICT)
        for call in calls.values():
            check_equal(name, call(), model.predict(x, batch_size=BATCH_TO_PREDICT, verbose=0), 1e-4)
    calls["ours"] = lambda: model.predict(x, batch_size=BATCH_TO_PREDICT, verbose=0)
    taken = rounds_of(calls, CALLS_A_ROUND.get(name, 1), seconds)
    title = "predict of one sample" if count == 1 else f"predict of {count:,}, batch {BATCH_TO_PREDICT}"
    return {"title": title, **row_of(taken, "ours", 1, PREDICT_AIMS[name], MOST_MILLISECONDS.get(name))}


def measured(backend: str, library: str, names: list[str], seconds: float) -> dict[str, dict[str, Any]]:
    """Return the rows that are asked for and that the backend has."""
    from training_tasks import TASKS

    os.environ["KERAS_CORE_BACKEND"] = os.environ["KERAS_BACKEND"] = backend
    keras = importlib.import_module(library)
    with_native = library == "keras_core"
    rows: dict[str, dict[str, Any]] = {}
    for name in names or [*TASKS, *PREDICT_AIMS]:
        if name in PREDICT_AIMS:
            rows[name] = predict_row(backend, keras, name, with_native, seconds)
        elif backend in TASKS[name].aims and (with_native or backend not in KERAS_PREDICTS_ONLY):
            rows |= fit_rows(backend, keras, name, with_native, seconds)
    return rows if with_native else {name: {"title": row["title"], "keras": row["ours"]} for name, row in rows.items()}


def table_of(results: dict[str, dict[str, Any]]) -> Table:
    """Return the table of all backends."""
    with_keras = any("keras" in row for rows in results.values() for row in rows.values())
    table = Table(title="fit and predict, float32, one core, milliseconds a step of fit or a call of predict")
    for column in ("backend", "what", "best native"):
        table.add_column(column, no_wrap=True)
    for column in ("native", "ours", "ratio", "quartiles", "aim", "met", *["Keras"] * with_keras):
        table.add_column(column, justify="right", no_wrap=True)
    for backend, rows in results.items():
        for position, row in enumerate(rows.values()):
            native = [""] * 6
            if "native" in row:
                low, high = row["spread"]
                met = "[green]yes[/]" if row["met"] else "[yellow]no[/]"
                native = [row["statement"], f"{row['native']:.3f}", f"{row['ratio']:.2f}"]
                native += [f"{low:.2f} {high:.2f}", row["aim"], met]
            statement, time_of_native, *rest = native
            keras = [f"{row['keras']:.3f}" if "keras" in row else ""] * with_keras
            cells = (
                row["title"],
                statement,
                time_of_native,
                f"{row['ours']:.3f}" if "ours" in row else "",
                *rest,
                *keras,
            )
            table.add_row("" if position else backend, *cells)
        table.add_section()
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backend")
    parser.add_argument("library", nargs="?", default="keras_core", help="keras_core or keras")
    parser.add_argument("--rows", nargs="*", default=[], help="mlp, cnn, transformer, lstm, predict_one, predict_all")
    parser.add_argument("--keras-python", help="a Python that has Keras and the framework: measures the same in it too")
    parser.add_argument("--seconds", type=float, default=4.0, help="for which the rounds of a row take, about")
    options = parser.parse_args()
    restart_on_one_core()
    rows = measured(options.backend, options.library, options.rows, options.seconds)
    if options.keras_python:
        chosen = ["--rows", *options.rows, "--seconds", str(options.seconds)]
        beside = measure("training.py", options.keras_python, options.backend, "keras", *chosen)
        rows = {name: row | beside.get(name, {}) for name, row in rows.items()}
    Console(width=160).print(table_of({options.backend: rows}))
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
