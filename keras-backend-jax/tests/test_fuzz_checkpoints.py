"""A small part of `fuzz_checkpoints.py`, the same one each time: each checkpoint is loaded or refused."""

import os
import pathlib
import subprocess
import sys

SCRIPT = pathlib.Path(__file__).parents[2] / "keras-core" / "tests" / "saving" / "fuzz_checkpoints.py"


def test_each_checkpoint_is_loaded_or_refused():
    environment = {**os.environ, "KERAS_CORE_BACKEND": "numpy", "KERAS_CORE_DISABLE_PLUGINS": "all"}
    command = [sys.executable, str(SCRIPT), "--files", "200"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    *counts, last = run.stdout.splitlines()
    assert last.startswith("200 files in ") and last.endswith("; 0 ended otherwise")
    assert [line.split()[:2] for line in counts] == [
        [level, outcome] for level in ("bytes", "json", "set", "value") for outcome in ("loaded", "refused")
    ]
