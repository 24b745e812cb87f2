"""`security.md`: each example runs, on files that are benign and on one that is not."""

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import keras_core as keras
from keras_core.utils import cached_file

_SPECIFICATION = importlib.util.spec_from_file_location("tutorial", Path(__file__).with_name("tutorial.py"))
tutorial = importlib.util.module_from_spec(_SPECIFICATION)
sys.modules["tutorial"] = tutorial
_SPECIFICATION.loader.exec_module(tutorial)

BLOCKS = tutorial.blocks(Path(__file__).with_name("security.md"))
SETUP, LOADING, REGISTERING, DOWNLOADING = [block.text for block in BLOCKS if block.kind == "python"]
SESSIONS = [block for block in BLOCKS if block.kind == "console"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def received(folder):
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save("from-somebody.keras")
    return folder / "from-somebody.keras"


def test_a_benign_file_is_loaded(received, capsys):
    exec(SETUP + LOADING, {})
    assert "dense" in capsys.readouterr().out


def test_a_hostile_file_is_refused(received, capsys):
    with zipfile.ZipFile(received) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    config["config"]["layers"][1].update(module="os", class_name="mkdir", config={"name": "marker"})
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(received, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    exec(SETUP + LOADING, {})
    assert capsys.readouterr().out.startswith("refused: ")
    assert not (received.parent / "marker").exists()


def test_a_registered_class(folder):
    names = {}
    exec(SETUP + REGISTERING, names)
    assert names["again"].layers[-1].factor == 3.0


def test_a_download(folder, monkeypatch):
    """With the arguments of the example, and a network that only notes what it is asked for."""
    asked = []
    monkeypatch.setenv("KERAS_CORE_HOME", str(folder))
    monkeypatch.setattr(cached_file, "fetch", lambda origin, path, **options: asked.append((origin, options)))
    monkeypatch.setattr(cached_file, "unpack", lambda path, folder, **options: asked.append(options))
    exec(SETUP + DOWNLOADING, {})
    (origin, fetched), unpacked = asked
    assert origin.startswith("https:")
    assert (fetched["schemes"], fetched["digest"].algorithm) == (("https",), "sha256")
    assert fetched["max_bytes"] == unpacked["max_bytes"] == 500_000_000


@pytest.mark.parametrize("block", SESSIONS, ids=lambda block: f"line_{block.line}")
def test_session(block):
    """The lines that are shown are among those printed; spaces between columns depend on what else is installed."""
    command, *shown = block.text.splitlines()
    *settings, program, first, second = command.removeprefix("$ ").split()
    assert program == "keras-core"
    environment = {**os.environ, **dict(setting.split("=") for setting in settings)}
    line = [sys.executable, "-m", "keras_core.plugins.cli", first, second]
    done = subprocess.run(line, capture_output=True, text=True, env=environment)
    printed = [part.split() for part in done.stdout.splitlines()]
    assert [part for part in shown if part.split() not in printed] == []
    assert all("disabled" in part or "built-in" in part for part in printed[1:]) or not settings
