"""Saving and loading 101 MB of weights, over what the framework itself takes for the same bytes: prints JSON.

Run as `python saving.py NAME [--repeat 9]` with NAME one of numpy, torch, jax, tensorflow. Both sides alternate in one
process; figures are medians of processor time, with those of the clock beside, which hang on the disk: we wait until
the file is there (fsync), and frameworks do not; TMPDIR=/dev/shm leaves the disk out. What is held in memory at most
is measured in a process of its own for each format, as resident memory over what was there before, in multiples of the
weights.
"""

import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from one_core import restart_on_one_core

WIDTH, LAYERS = 1024, 24
FORMATS = ("x.keras", "x.weights.h5", "x.safetensors")
AIMS = {"save": 1.3, "load": 1.5}
PEAKS = {"save": 0.3, "load": 1.2, "load_model": 1.2}


def build(keras: Any, count: int = LAYERS) -> Any:
    return keras.Sequential([keras.Input((WIDTH,)), *(keras.layers.Dense(WIDTH) for _ in range(count))])


def save(model: Any, path: Path) -> None:
    (model.save if path.suffix == ".keras" else model.save_weights)(path)


def native_numpy(_keras: Any, model: Any, folder: Path) -> tuple[Callable[[], Any], Callable[[], Any]]:
    arrays = {str(position): weight.numpy() for position, weight in enumerate(model.weights)}
    path = folder / "native.npz"

    def load() -> list[Any]:
        with np.load(path) as file:
            return [file[name] for name in arrays]

    return lambda: np.savez(path, **arrays), load


def native_jax(_keras: Any, model: Any, folder: Path) -> tuple[Callable[[], Any], Callable[[], Any]]:
    import jax

    arrays = {str(position): weight.value for position, weight in enumerate(model.weights)}
    path = folder / "native.npz"

    def load() -> Any:
        with np.load(path) as file:
            return jax.block_until_ready([jax.numpy.asarray(file[name]) for name in arrays])

    return lambda: np.savez(path, **{name: np.asarray(array) for name, array in arrays.items()}), load


def native_torch(_keras: Any, _model: Any, folder: Path) -> tuple[Callable[[], Any], Callable[[], Any]]:
    import torch

    module = torch.nn.Sequential(*(torch.nn.Linear(WIDTH, WIDTH) for _ in range(LAYERS)))
    path = folder / "native.pt"
    return lambda: torch.save(module.state_dict(), path), lambda: module.load_state_dict(torch.load(path))


def native_tensorflow(_keras: Any, model: Any, folder: Path) -> tuple[Callable[[], Any], Callable[[], Any]]:
    import tensorflow as tf

    checkpoint = tf.train.Checkpoint(weights=[tf.Variable(weight.numpy()) for weight in model.weights])
    path = str(folder / "native")
    return lambda: checkpoint.write(path), lambda: checkpoint.read(path).assert_consumed()


NATIVE = {"numpy": native_numpy, "jax": native_jax, "torch": native_torch, "tensorflow": native_tensorflow}


def alternated(sides: dict[str, Callable[[], Any]], repeat: int) -> dict[str, tuple[float, float]]:
    """Return the medians of processor time and of time on the clock, in seconds, of each side."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    for turn in range(repeat + 1):
        for name, run in sides.items():
            began, clock = time.process_time(), time.perf_counter()
            run()
            if turn:  # the first one warms up
                taken[name].append((time.process_time() - began, time.perf_counter() - clock))
    return {
        name: (statistics.median(cpu for cpu, _ in found), statistics.median(clock for _, clock in found))
        for name, found in taken.items()
    }


def times(backend: str, repeat: int) -> list[dict[str, Any]]:
    keras = importlib.import_module("keras_core")
    model = build(keras)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        native = dict(zip(AIMS, NATIVE[backend](keras, model, folder), strict=True))
        for what, aim in AIMS.items():
            ours: dict[str, Callable[[], Any]] = {
                form: (lambda path=folder / form: save(model, path))
                if what == "save"
                else (lambda path=folder / form: model.load_weights(path))
                for form in FORMATS
            }
            found = alternated({"native": native[what], **ours}, repeat)
            for form in FORMATS:
                ratios = [ours / theirs for ours, theirs in zip(found[form], found["native"], strict=True)]
                rows.append(
                    {
                        "what": what,
                        "format": form,
                        "milliseconds": round(1000 * found[form][0], 1),
                        "native": round(1000 * found["native"][0], 1),
                        "ratio": round(ratios[0], 2),
                        "ratio on the clock": round(ratios[1], 2),
                        "aim": aim,
                        "met": ratios[0] <= aim,
                    }
                )
    return rows


def resident(key: str) -> int:
    """Return `VmRSS` or `VmHWM`, the most since `clear_refs` was written, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(key))


def peak(what: str, form: str, path: Path) -> None:
    """Print how much more memory than before is held at the most, in multiples of the weights; in a new process."""
    keras = importlib.import_module("keras_core")
    if what == "load_model":
        keras.saving.load_model(path / "small.keras")  # what is imported and compiled is no weights
        run = lambda: keras.saving.load_model(path / form)  # noqa: E731
    else:
        model = build(keras)
        run = (
            (lambda: save(model, path / f"again-{form}")) if what == "save" else lambda: model.load_weights(path / form)
        )
        model.load_weights(path / form)
    Path("/proc/self/clear_refs").write_text("5")
    before = resident("VmRSS")
    kept = run()
    size = 4 * LAYERS * WIDTH * (WIDTH + 1)
    print(json.dumps((resident("VmHWM") - before) / size))
    del kept


def peaks(backend: str) -> list[dict[str, Any]]:
    keras = importlib.import_module("keras_core")
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(keras, 1).save(folder / "small.keras")
        model = build(keras)
        for form in FORMATS:
            save(model, folder / form)
            for what, aim in PEAKS.items():
                if what == "load_model" and not form.endswith(".keras"):
                    continue
                command = [sys.executable, __file__, backend, "--peak", what, form, str(folder)]
                found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                rows.append({"what": what, "format": form, "peak": round(found, 2), "aim": aim, "met": found <= aim})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backend", choices=list(NATIVE))
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--peak", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ["KERAS_CORE_BACKEND"] = options.backend
    restart_on_one_core()
    if options.peak:
        what, form, folder = options.peak
        peak(what, form, Path(folder))
        return
    found = {
        "backend": options.backend,
        "times": times(options.backend, options.repeat),
        "peaks": peaks(options.backend),
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
