"""Running a function in a process of its own, so that a plugin can die, hang or print without harm."""

import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from keras_core.plugins.errors import PluginError

# The child sees the modules that this process sees; the answer goes to a file because plugins print what they like.
_CHILD = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from keras_core.plugins.isolated import answer
answer(*sys.argv[2:])
"""


class ChildError(PluginError):
    """The process ended without an answer, or not in time."""


def run_isolated(function: str, *arguments: str, timeout: float = 120.0) -> Any:
    """Return what a function answers in a new Python process.

    Args:
        function: `"module:name"`.
        arguments: strings that it is called with.
        timeout: seconds after which the process is ended.

    Raises:
        ChildError: where there is no answer.
    """
    with tempfile.TemporaryDirectory(prefix="keras-core-") as folder:
        path = Path(folder, "answer.json")
        command = [sys.executable, "-c", _CHILD, json.dumps(sys.path), str(path), function, *arguments]
        try:
            done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=timeout, check=False)
        except subprocess.TimeoutExpired:
            raise ChildError(f"no answer in {timeout:g} s") from None
        if path.exists():
            return json.loads(path.read_text(encoding="utf-8"))
    ending = f"signal {-done.returncode}" if done.returncode < 0 else f"exit code {done.returncode}"
    last_words = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
    raise ChildError(f"the process died with {ending}" + "".join(f": {line}" for line in last_words))


def answer(path: str, function: str, *arguments: str) -> None:
    """Call a function and write its answer to a file that appears only when it is complete."""
    module, _, name = function.partition(":")
    result = getattr(importlib.import_module(module), name)(*arguments)
    unfinished = Path(path + ".part")
    unfinished.write_text(json.dumps(result), encoding="utf-8")
    unfinished.replace(path)
