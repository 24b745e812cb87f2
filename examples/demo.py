"""The demonstration behind `make demo`: train on real images, save, reload on each installed backend, compare, plot.

python examples/demo.py                    # everything, results in examples/output/
python examples/demo.py predict FILE OUT   # what the fresh processes run
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import digits
import numpy as np
from rich.console import Console
from rich.table import Table

import keras_core as keras

OUTPUT = Path(__file__).parent / "output"
TRAINED_ON = ("numpy", "jax")
NEEDED_ACCURACY = 0.97
TOLERANCE = 1e-5
console = Console()


def main() -> int:
    """Run every step; return 0 where the accuracy and the agreement of the backends are as promised."""
    OUTPUT.mkdir(exist_ok=True)
    console.rule("Installed plugins and devices")
    for command in (("plugins", "list"), ("devices",)):
        subprocess.run([command_line_tool(), *command], check=True)
    backends = installed_backends()
    data = digits.load()
    good = [train_and_check(name, data, backends) for name in TRAINED_ON if name in backends]
    return 0 if all(good) else 1


def command_line_tool() -> str:
    """Return the path of the command `keras-core` of this environment."""
    return str(Path(sys.executable).parent / "keras-core")


def installed_backends() -> list[str]:
    """Return the names of the backends that can be loaded."""
    listed = subprocess.run([command_line_tool(), "plugins", "list", "--json"], check=True, capture_output=True)
    plugins = json.loads(listed.stdout)
    return [p["name"] for p in plugins if p["group"] == "keras_core.backends" and p["state"] == "available"]


def train_and_check(backend: str, data: digits.Digits, backends: list[str]) -> bool:
    """Train on one backend, save, let a fresh process on every backend predict, and plot."""
    console.rule(f"Training on the backend '{backend}'")
    with keras.use_backend(backend):
        model = digits.build_model()
        if backend == TRAINED_ON[0]:
            model.summary()
        start = time.perf_counter()
        history = digits.train(model, data)
        seconds = time.perf_counter() - start
        accuracy = model.evaluate(data.x_test, data.y_test, verbose=0, return_dict=True)["accuracy"]
        predicted = model.predict(data.x_test, verbose=0)
    file = OUTPUT / f"digits-{backend}.keras"
    model.save(file)
    console.print(
        f"{len(data.x_train)} images, {len(history.epoch)} epochs in {seconds:.1f} s, saved as {file.name}\n"
        f"accuracy on {len(data.x_test)} test images: [bold]{accuracy:.2%}[/bold]"
    )
    agree = compare_in_fresh_processes(file, predicted, backends)
    plot(backend, history.history, data.y_test, predicted.argmax(axis=-1))
    if accuracy < NEEDED_ACCURACY:
        console.print(f"[red]accuracy below {NEEDED_ACCURACY:.0%}[/red]")
    return agree and accuracy >= NEEDED_ACCURACY


def compare_in_fresh_processes(file: Path, predicted: np.ndarray, backends: list[str]) -> bool:
    """Reload a file in a fresh process on each backend; tell whether all predict the same."""
    table = Table("reloaded on", "largest difference of a predicted probability", "")
    agree = True
    for backend in backends:
        predictions = OUTPUT / f"{file.stem}-on-{backend}.npy"
        environment = {**os.environ, "KERAS_CORE_BACKEND": backend}
        command = [sys.executable, __file__, "predict", str(file), str(predictions)]
        subprocess.run(command, check=True, env=environment)
        difference = float(np.abs(np.load(predictions) - predicted).max())
        same = difference <= TOLERANCE
        agree &= same
        table.add_row(backend, f"{difference:.1e}", "agrees" if same else f"[red]above {TOLERANCE}[/red]")
    console.print(table)
    return agree


def plot(backend: str, history: dict[str, Any], true: np.ndarray, predicted: np.ndarray) -> None:
    """Write the learning curve and the confusion matrix as PNG files."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from sklearn.metrics import ConfusionMatrixDisplay

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for axes, name in ((left, "loss"), (right, "accuracy")):
        epochs = range(1, len(history[name]) + 1)
        axes.plot(epochs, history[name], label="training")
        axes.plot(epochs, history[f"val_{name}"], label="validation")
        axes.set(xlabel="epoch", ylabel=name)
        axes.legend()
    figure.suptitle(f"Handwritten digits on the backend '{backend}'")
    save(figure, f"learning-curve-{backend}.png")

    display = ConfusionMatrixDisplay.from_predictions(true, predicted, colorbar=False)
    display.ax_.set_title(f"Test images, backend '{backend}'")
    save(display.figure_, f"confusion-matrix-{backend}.png")


def save(figure: Any, name: str) -> None:
    """Write a figure to the output folder and say where."""
    figure.savefig(OUTPUT / name, dpi=120)
    console.print(f"wrote {(OUTPUT / name).relative_to(Path.cwd()) if OUTPUT.is_relative_to(Path.cwd()) else name}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["predict"]:
        digits.predict_file(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(main())
