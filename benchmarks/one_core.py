"""One core and one thread for what is measured."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ONE_THREAD = {
    "JAX_PLATFORMS": "cpu",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}
"""What keeps the frameworks from starting threads; they read it when they are imported."""


def restart_on_one_core() -> None:
    """Run this program again from its start on one core, if it does not yet run so: NumPy has read the settings."""
    is_set = ONE_THREAD.items() <= os.environ.items()
    pins = hasattr(os, "sched_setaffinity")
    if is_set and (not pins or len(os.sched_getaffinity(0)) == 1):
        return
    if pins:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ONE_THREAD)


def measure(script: str, python: str, *arguments: str) -> dict[str, Any]:
    """Return the rows that a script prints, from a process of its own."""
    done = subprocess.run(
        [python, str(Path(__file__).resolve().parent / script), *arguments],
        env=os.environ | ONE_THREAD,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])
