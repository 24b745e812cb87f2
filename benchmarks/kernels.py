"""What each kernel is worth: time of the composite by time of the kernel.

Run as `python kernels.py [--json FILE] [BACKEND ...]`. A kernel is for speed or memory: one of which no ratio reaches
1.1 costs lines and gains nothing. The arguments are those of `kernel_rows.py`.
"""

import argparse
import ctypes
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from kernel_rows import ROWS, Many, Static, draw
from one_core import ONE_THREAD
from rich.console import Console
from rich.table import Table
from run import NATIVE

from keras_core import ops, transforms
from keras_core.runtime.definition import DATABASE
from keras_core.runtime.table import DispatchTable, load_table, use_table

ROUNDS = 9
SECONDS_A_ROUND = 0.003
AIM = 1.1
SIZES = ("small", "middle", "large")
MODES = ("eager", "eager gradient", "compiled", "compiled gradient")
MEGABYTE = 1 << 20


def without(table: DispatchTable, op: str) -> DispatchTable:
    """Return a table with all of a backend but its kernel for one op."""
    from keras_core.plugins import registry

    answers = registry.load_backend_plugin(table.name)
    kernels = {name: kernel for name, kernel in answers.kernels.items() if name != op}
    return DispatchTable(table.name, answers.primitives, kernels, answers.transforms, answers.devices, answers.host)


def leaves(results: Any) -> list[Any]:
    """Return the tensors of a result."""
    return [leaf for part in results for leaf in leaves(part)] if isinstance(results, list | tuple) else [results]


def functions(op: str, descriptions: tuple[Any, ...], can_compile: bool) -> dict[str, tuple[Callable[..., Any], list]]:
    """Return, of each mode, a function and its arguments."""
    definition, row = DATABASE[op], ROWS[op]
    generator = np.random.default_rng(0)
    static = {i: item.value for i, item in enumerate(descriptions) if isinstance(item, Static)}
    lists = [i for i, item in enumerate(descriptions) if isinstance(item, Many)]
    places, tensors = [], []
    for i, item in enumerate(descriptions):
        if i not in static:
            arrays = draw(item, generator)
            for array in arrays if i in lists else [arrays]:
                places.append(i)
                tensors.append(ops.convert_to_tensor(array))

    def forward(*given: Any) -> Any:
        arguments: list[Any] = [static.get(i, []) for i in range(len(descriptions))]
        for place, tensor in zip(places, given, strict=True):
            if place in lists:
                arguments[place].append(tensor)
            else:
                arguments[place] = tensor
        return row.call(definition.function, *arguments)

    def objective(*given: Any) -> Any:
        return sum(ops.sum(leaf) for leaf in leaves(forward(*given)) if "float" in ops.dtype(leaf))

    plain: dict[str, Callable[..., Any]] = {"eager": forward}
    floats = [i for i, tensor in enumerate(tensors) if ops.dtype(tensor) == "float32"]
    if definition.differentiable and floats:
        plain["eager gradient"] = transforms.grad(objective, argnums=tuple(floats))
    if can_compile:
        plain |= {mode.replace("eager", "compiled"): transforms.jit(function) for mode, function in plain.items()}
    return {mode: (function, tensors) for mode, function in plain.items()}


def waiting(backend: str, function: Callable[..., Any], tensors: list[Any]) -> Callable[[], Any]:
    """Return a call that ends when the result is there."""
    if backend != "jax":
        return lambda: function(*tensors)
    import jax

    return lambda: jax.block_until_ready(function(*tensors))


def seconds(call: Callable[[], Any], count: int) -> float:
    """Return processor time of the process for one of `count` calls."""
    start = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - start) / count


def compare(composite: Any, kernel: Any) -> list[float]:
    """Return quartiles of the composite's time by the kernel's, and the medians in microseconds.

    Args:
        composite: table and call of that side.
        kernel: the same of the other.
    """
    counts = []
    for table, call in (composite, kernel):
        with use_table(table):
            seconds(call, 2)
            counts.append(max(1, int(SECONDS_A_ROUND / max(seconds(call, 3), 1e-7))))
    rounds = []
    for _ in range(ROUNDS):
        times = []
        for (table, call), count in zip((composite, kernel), counts, strict=True):
            with use_table(table):
                times.append(seconds(call, count))
        rounds.append(times)
    ratios = statistics.quantiles([slow / max(fast, 1e-9) for slow, fast in rounds], n=4)
    return [*ratios, *(statistics.median(side) * 1e6 for side in zip(*rounds, strict=True))]


def _memory(name: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name + ":")) * 1024


def peak(call: Callable[[], Any]) -> int | None:
    """Return the bytes that a call needs beyond what is there before; None where Linux is not there to tell."""
    try:
        call()
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is now what is in use
    except (OSError, AttributeError):
        return None
    before = _memory("VmRSS")
    call()
    return max(0, _memory("VmHWM") - before)


def measured(backend: str, op: str, until_enough: bool) -> dict[str, Any]:
    """Return ratios of one kernel by mode and size, and peaks in memory at the large size.

    Args:
        backend: name of the backend.
        op: name of the kernel.
        until_enough: whether the first ratio that speaks for the kernel is the last one measured.
    """
    table = load_table(backend)
    tables = (without(table, op), table)
    found: dict[str, Any] = {}
    for size, descriptions in zip(SIZES, ROWS[op].sizes, strict=True):
        sides = []
        for side in tables:
            with use_table(side):
                sides.append(functions(op, descriptions, backend in ("jax", "tensorflow") and size != "small"))
        for mode in sides[0]:
            calls = [(side, waiting(backend, *modes[mode])) for side, modes in zip(tables, sides, strict=True)]
            found[f"{mode}, {size}"] = compare(*calls)
            if size == "large" and mode.startswith("eager"):
                peaks = []
                for side, call in calls:
                    with use_table(side):
                        peaks.append(peak(call))
                if None not in peaks and max(peaks) > 4 * MEGABYTE:
                    peaks = [max(value, MEGABYTE) for value in peaks]
                    found["memory" + mode.removeprefix("eager")] = [peaks[0] / peaks[1]] * 3 + peaks
            if until_enough and best(found)[1][0] >= AIM:
                return found
    return found


def best(ratios: dict[str, list[float]]) -> tuple[str, list[float]]:
    """Return where the kernel gains most: by the first quartile, so that one lucky round makes no kernel."""
    return max(ratios.items(), key=lambda item: item[1][0])


def table_of(results: dict[str, dict[str, Any]]) -> Table:
    """Return the table of all backends; yellow what nothing speaks for."""
    table = Table(title=f"Composite by kernel: above 1 the kernel is better; yellow: nowhere {AIM}")
    table.add_column("backend", no_wrap=True)
    table.add_column("kernel", no_wrap=True)
    table.add_column("best", justify="right", no_wrap=True)
    table.add_column("quartiles", justify="right", no_wrap=True)
    table.add_column("where", no_wrap=True)
    for mode in MODES:
        table.add_column(mode.replace("gradient", "grad") + " S/M/L", justify="right")
    table.add_column("memory", justify="right")
    for backend, rows in results.items():
        for position, (op, ratios) in enumerate(sorted(rows.items(), key=lambda item: -best(item[1])[1][0])):
            where, (first, median, third, *_) = best(ratios)
            color = "green" if first >= AIM else "yellow"
            table.add_row(
                "" if position else backend,
                op,
                f"[{color}]{median:.2f}[/]",
                f"{first:.2f} {third:.2f}",
                where,
                *(" ".join(_shown(ratios, f"{mode}, {size}") for size in SIZES).strip() for mode in MODES),
                _shown(ratios, "memory"),
            )
        table.add_section()
    return table


def _shown(ratios: dict[str, list[float]], key: str) -> str:
    return f"{ratios[key][1]:.2f}" if key in ratios else ""


def examine(backend: str, options: list[str], console: Console) -> dict[str, Any]:
    """Return the rows of one backend, from a process of its own."""
    rows: dict[str, Any] = {}
    command = [sys.executable, __file__, "--worker", backend, *options]
    with (
        console.status(f"measuring {backend}") as status,
        subprocess.Popen(command, env=os.environ | ONE_THREAD, stdout=subprocess.PIPE, text=True) as worker,
    ):
        for line in worker.stdout or ():
            if line.startswith("{"):
                rows |= json.loads(line)
                status.update(f"measuring {backend}: {len(rows)} kernels done")
    if worker.returncode:
        raise subprocess.CalledProcessError(worker.returncode, command)
    return rows


def kernels_of(backend: str) -> Iterator[str]:
    """Iterate over the kernels of a backend.

    Raises:
        LookupError: for one that `kernel_rows.py` has no row for.
    """
    for op in sorted(load_table(backend).kernels):
        if op not in ROWS:
            raise LookupError(f"kernel {op!r} of backend {backend!r} has no row in kernel_rows.py: add one.")
        yield op


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backends", nargs="*", default=list(NATIVE), help=f"of {', '.join(NATIVE)}; all by default")
    parser.add_argument("--kernels", help="names with commas between, to measure no others")
    parser.add_argument("--json", type=Path, help="file to which the numbers are written too")
    parser.add_argument(
        "--until-enough", action="store_true", help="measure each kernel only until a ratio speaks for it: much faster"
    )
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = options.kernels.split(",") if options.kernels else None
    if options.worker:
        (backend,) = options.backends
        chosen = [op for op in kernels_of(backend) if names is None or op in names]
        for op in chosen:
            print(json.dumps({op: measured(backend, op, options.until_enough)}), flush=True)
        return
    console = Console(width=None if sys.stdout.isatty() else 200)
    results = {}
    passed_on = ["--kernels", options.kernels] if options.kernels else []
    passed_on += ["--until-enough"] if options.until_enough else []
    for backend in options.backends:
        results[backend] = examine(backend, passed_on, console)
    console.print(table_of(results))
    useless = [f"{backend}: {op}" for backend, rows in results.items() for op in rows if best(rows[op])[1][0] < AIM]
    console.print(f"Nowhere {AIM}: {', '.join(useless) or 'none'}.", highlight=False)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
