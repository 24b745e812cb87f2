"""A small part of `fuzz_files.py`, the same one each time: whatever is changed in a file, it is loaded or refused."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

FOLDER = pathlib.Path(__file__).parent
SCRIPT = """
import json
import fuzz_files
fuzz_files.hostile.warm_up()
found = fuzz_files.results(range(320))
print(json.dumps([(number, fuzz_files.mutated(number)[1], result) for number, result in found]))
"""


@pytest.fixture(scope="module")
def results():
    environment = {**os.environ, "KERAS_CORE_BACKEND": "numpy", "KERAS_CORE_DISABLE_PLUGINS": "all"}
    command = [sys.executable, "-c", SCRIPT]
    run = subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, text=True, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def test_each_file_is_loaded_or_refused(results):
    assert len(results) == 320
    assert not [one for one in results if one[2]["outcome"] not in ("loaded", "refused")]


def test_messages_show_what_files_say_escaped_and_cut(results):
    for number, _, result in results:
        message = result["message"]
        assert len(message) < 6000, number
        assert all(one.isprintable() or one == "\n" for one in message), number


@pytest.mark.parametrize("level", ["bytes", "zip", "json", "hdf5", "header", "set"])
def test_files_of_each_level_are_loaded_and_refused(results, level):
    """Else the changes are too small, or too large, to find anything."""
    outcomes = {result["outcome"] for _, one, result in results if one == level}
    assert outcomes >= {"loaded", "refused"}
