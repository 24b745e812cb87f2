"""Call overhead on each installed backend, then import time: `python benchmarks/run.py [--json FILE] [BACKEND ...]`."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import import_time
from call_overhead import NATIVE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

HERE = Path(__file__).resolve().parent
AIM = 0.3
ONE_THREAD = {
    "JAX_PLATFORMS": "cpu",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}


def measure(backend: str) -> dict[str, Any]:
    """Return the rows of one backend, from a process of its own."""
    done = subprocess.run(
        [sys.executable, str(HERE / "call_overhead.py"), backend],
        env=os.environ | ONE_THREAD,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def table_of(results: dict[str, dict[str, Any]]) -> Table:
    """Return the table of all backends; green where the overhead meets the aim."""
    table = Table(title=f"keras_core.ops over the native call, 4x4 float32, microseconds (aim: {AIM} over)")
    for column in ("backend", "native call"):
        table.add_column(column, no_wrap=True)
    for column in ("native", "ours", "overhead", "quartiles", "ratio"):
        table.add_column(column, justify="right", no_wrap=True)
    for backend, rows in results.items():
        for position, row in enumerate(rows.values()):
            color = "green" if row["overhead"] <= AIM else "yellow"
            low, high = row["spread"]
            table.add_row(
                "" if position else backend,
                escape(row["statement"].removesuffix(".block_until_ready()")),
                f"{row['native']:.2f}",
                f"{row['ours']:.2f}",
                f"[{color}]{row['overhead']:+.2f}[/]",
                f"{low:+.2f} {high:+.2f}",
                f"{row['ours'] / row['native']:.2f}",
            )
        table.add_section()
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backends", nargs="*", default=list(NATIVE), help=f"of {', '.join(NATIVE)}; all by default")
    parser.add_argument("--json", type=Path, help="file to which the numbers are written too")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 120)
    results = {}
    for backend in options.backends:
        with console.status(f"measuring {backend}"):
            results[backend] = measure(backend)
    console.print(table_of(results))
    imports = import_time.report(console)
    if options.json:
        options.json.write_text(json.dumps({"call_overhead": results, "import_time": imports}, indent=2) + "\n")


if __name__ == "__main__":
    main()
