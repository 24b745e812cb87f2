"""`resume.md`: the program prints the same with and without an interruption, and the other examples run."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras_core as keras

_SPECIFICATION = importlib.util.spec_from_file_location("tutorial", Path(__file__).with_name("tutorial.py"))
tutorial = importlib.util.module_from_spec(_SPECIFICATION)
sys.modules["tutorial"] = tutorial
_SPECIFICATION.loader.exec_module(tutorial)

PROGRAM, COMMANDS, BACKGROUND, CALLBACK = tutorial.blocks(Path(__file__).with_name("resume.md"))


def start(folder, *arguments):
    """Run the program in a folder; return the exit code and what it printed."""
    (folder / PROGRAM.file).write_text(PROGRAM.text)
    done = subprocess.run(
        [sys.executable, PROGRAM.file, *arguments],
        cwd=folder,
        env={**os.environ, "KERAS_CORE_BACKEND": "numpy"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.returncode, done.stdout


def test_the_commands(tmp_path):
    interrupted, whole = tmp_path / "interrupted", tmp_path / "whole"
    interrupted.mkdir()
    whole.mkdir()
    commands = [line.split("#")[0].split()[2:] for line in COMMANDS.text.splitlines()]
    assert commands == [["interrupted"], []]
    assert start(interrupted, *commands[0]) == (1, "")
    assert list((interrupted / "backup").iterdir())
    assert start(interrupted, *commands[1]) == start(whole)


def test_the_background():
    names = {"keras": keras}
    exec(BACKGROUND.text, names)
    assert names["backup"].save_on_background


def test_the_callback():
    names = {"keras": keras}
    exec(CALLBACK.text, names)
    first, second = names["Longest"](), names["Longest"]()
    first.on_train_batch_end(0, {"loss": 2.0})
    second.set_resume_state(first.get_resume_state())
    second.on_train_batch_end(1, {"loss": 1.0})
    assert second.largest == 2.0
