"""What `import keras_core` costs over `import numpy`, and what it loads: `python benchmarks/import_time.py`."""

import json
import os
import statistics
import subprocess
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

RUNS = 21
AIM = 0.10
STATEMENTS = {
    "numpy": "import numpy",
    "keras_core": "import keras_core",
    # Names are fetched at first use: this is the most that a program can come to pay.
    "everything": "import keras_core as k; [getattr(k, name) for name in k.__all__]; k.layers.Dense, k.ops.add",
}
MUST_NOT_LOAD = (
    *("jax", "jaxlib", "torch", "tensorflow", "h5py", "rich", "scipy"),
    *("keras_backend_jax", "keras_backend_torch", "keras_backend_tf", "keras_layers_extra"),
)

_TIMED = """
import sys, time
start = time.process_time()
{statement}
print(time.process_time() - start)
"""
_LISTED = "import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"


def _fresh(code: str) -> str:
    # With compiled files, as after an installation: the warming runs write them.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def measure() -> dict[str, Any]:
    """Return, of each statement, the seconds, those over `import numpy` with quartiles, and the heavy modules loaded.

    The statements take turns, each in a fresh process.
    """
    for statement in STATEMENTS.values():  # the first run reads files that the others find in memory
        _fresh(_TIMED.format(statement=statement))
    runs = [
        {name: float(_fresh(_TIMED.format(statement=statement))) for name, statement in STATEMENTS.items()}
        for _ in range(RUNS)
    ]
    found: dict[str, Any] = {}
    for name, statement in STATEMENTS.items():
        loaded = json.loads(_fresh(_LISTED.format(statement=statement)))
        first, median, third = statistics.quantiles([run[name] - run["numpy"] for run in runs], n=4)
        found[name] = {
            "seconds": statistics.median(run[name] for run in runs),
            "over_numpy": median,
            "spread": (first, third),
            "heavy_modules": [module for module in MUST_NOT_LOAD if module in loaded],
            "modules_of_core": sum(module.partition(".")[0] == "keras_core" for module in loaded),
        }
    return found


def report(console: Console) -> dict[str, Any]:
    """Measure, print the table, and return the numbers."""
    with console.status("measuring import time"):
        found = measure()
    table = Table(title=f"Import time in seconds, median of {RUNS} fresh processes each (aim: {AIM:.2f} over numpy)")
    table.add_column("statement", no_wrap=True)
    for column in ("seconds", "over numpy", "quartiles", "modules"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("heavy modules loaded")
    titles = {"numpy": "import numpy", "keras_core": "import keras_core", "everything": "... and all public modules"}
    for name, row in found.items():
        low, high = row["spread"]
        heavy = row["heavy_modules"]
        table.add_row(
            titles[name],
            f"{row['seconds']:.3f}",
            f"[{'green' if row['over_numpy'] <= AIM else 'yellow'}]{row['over_numpy']:+.3f}[/]",
            f"{low:+.3f} {high:+.3f}",
            str(row["modules_of_core"]),
            f"[yellow]{', '.join(heavy)}[/]" if heavy else "[green]none[/]",
        )
    console.print(table)
    console.print(f"Heavy modules: {', '.join(MUST_NOT_LOAD)}.", highlight=False)
    return found


if __name__ == "__main__":
    report(Console(width=None if sys.stdout.isatty() else 120))
