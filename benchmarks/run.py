"""Call overhead of ops and layers, recurrent layers and builds on each installed backend; import time: see `--help`."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import build_time
import import_time
import layer_overhead
import recurrent
from call_overhead import NATIVE
from one_core import measure
from rich.console import Console
from rich.markup import escape
from rich.table import Table

MICROSECONDS_OVER, RATIO, RATIO_OF_EINSUM = 0.3, 1.1, 1.3
# Where a native call takes many microseconds, a few tenths of one say nothing.
JUDGED_BY_RATIO = ("jax", "tensorflow")


def aim_of(backend: str, op: str, row: dict[str, Any]) -> tuple[str, bool]:
    """Return the aim of a row in words, and whether it is met."""
    if op != "einsum" and backend not in JUDGED_BY_RATIO:
        return f"+{MICROSECONDS_OVER} us", row["overhead"] <= MICROSECONDS_OVER
    bound = RATIO_OF_EINSUM if op == "einsum" else RATIO
    return f"{bound} x", row["ours"] <= bound * row["native"]


def table_of(results: dict[str, dict[str, Any]]) -> Table:
    """Return the table of all backends."""
    with_keras = any("keras" in row for rows in results.values() for row in rows.values())
    table = Table(title="keras_core.ops over the native call, 4x4 float32, microseconds")
    for column in ("backend", "native call"):
        table.add_column(column, no_wrap=True)
    for column in ("native", "ours", "overhead", "quartiles", "ratio", "aim", "met", *["Keras"] * with_keras):
        table.add_column(column, justify="right", no_wrap=True)
    for backend, rows in results.items():
        for position, (op, row) in enumerate(rows.items()):
            aim, met = aim_of(backend, op, row)
            low, high = row["spread"]
            table.add_row(
                "" if position else backend,
                escape(row["statement"].removesuffix(".block_until_ready()")),
                f"{row['native']:.2f}",
                f"{row['ours']:.2f}",
                f"{row['overhead']:+.2f}",
                f"{low:+.2f} {high:+.2f}",
                f"{row['ours'] / row['native']:.2f}",
                aim,
                "[green]yes[/]" if met else "[yellow]no[/]",
                *[f"{row['keras']:.1f}"] * with_keras,
            )
        table.add_section()
    return table


TABLES = {
    "call_overhead": table_of,
    "layer_overhead": layer_overhead.table_of,
    "recurrent": recurrent.table_of,
    "build_time": build_time.table_of,
}
"""What is run for each backend, and the table of it; all but import time."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backends", nargs="*", default=list(NATIVE), help=f"of {', '.join(NATIVE)}; all by default")
    parser.add_argument("--json", type=Path, help="file to which the numbers are written too")
    parser.add_argument("--keras-python", help="a Python that has Keras and the frameworks: measures its ops too")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 120)
    results: dict[str, dict[str, Any]] = {script: {} for script in TABLES}
    for backend in options.backends:
        with console.status(f"measuring {backend}"):
            for script, by_backend in results.items():
                by_backend[backend] = measure(f"{script}.py", sys.executable, backend)
                if options.keras_python:
                    for name, row in measure(f"{script}.py", options.keras_python, backend, "keras").items():
                        by_backend[backend][name]["keras"] = row["ours"]
    for script, table in TABLES.items():
        console.print(table(results[script]))
    imports = import_time.report(console)
    if options.json:
        options.json.write_text(json.dumps({**results, "import_time": imports}, indent=2) + "\n")


if __name__ == "__main__":
    main()
