"""`saving.md`: each example runs, all in one folder, one after the other."""

import importlib.util
import sys
from pathlib import Path

import keras_core as keras
from keras_core.plugins.cli import main

_SPECIFICATION = importlib.util.spec_from_file_location("tutorial", Path(__file__).with_name("tutorial.py"))
tutorial = importlib.util.module_from_spec(_SPECIFICATION)
sys.modules["tutorial"] = tutorial
_SPECIFICATION.loader.exec_module(tutorial)

BLOCKS = tutorial.blocks(Path(__file__).with_name("saving.md"))


def run(command):
    """Run a line of the shell examples in this process; return its exit code."""
    program, *arguments = command.partition("#")[0].split()
    assert program == "keras-core"
    return main(arguments)


def test_examples(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keras.utils.set_random_seed(0)
    names = {}
    for block in BLOCKS:
        if block.kind == "bash":
            for command in block.text.splitlines():
                assert run(command) == 0, command
        else:
            exec(compile(block.text, f"saving.md:{block.line}", "exec"), names)
