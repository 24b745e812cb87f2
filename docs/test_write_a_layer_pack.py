"""`write-a-layer-pack.md` from nothing to an installed pack, as a reader would follow it."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

_SPECIFICATION = importlib.util.spec_from_file_location("tutorial", Path(__file__).with_name("tutorial.py"))
tutorial = importlib.util.module_from_spec(_SPECIFICATION)
sys.modules["tutorial"] = tutorial
_SPECIFICATION.loader.exec_module(tutorial)

BLOCKS = tutorial.blocks(Path(__file__).with_name("write-a-layer-pack.md"))
FILES = [block for block in BLOCKS if block.file]
PROGRAMS = [block for block in BLOCKS if block.kind.startswith("python") and not block.file]
SESSIONS = [block for block in BLOCKS if block.kind == "console"]


def run(folder, *command, site=None):
    path = [str(site)] if site else []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*path, *filter(None, [os.environ.get("PYTHONPATH")])])}
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=folder, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Write the files, build the wheel, and install it into a folder of its own."""
    project, target = tmp_path_factory.mktemp("acme-layers"), tmp_path_factory.mktemp("site")
    for block in FILES:
        file = project / block.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")
    pip = ("-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps", "--no-index")
    run(project, *pip, "--no-build-isolation", "--target", str(target), str(project))
    return target


def test_the_tree_in_the_text_is_that_of_the_files():
    shown = {line.strip() for line in BLOCKS[0].text.splitlines()[1:]}
    assert shown == {block.file for block in FILES}


@pytest.mark.parametrize("block", PROGRAMS, ids=lambda block: f"line {block.line}")
def test_program(block, site, tmp_path):
    run(tmp_path, "-c", block.text, site=None if block.kind.endswith("missing") else site)


@pytest.mark.parametrize("block", SESSIONS, ids=lambda block: f"line {block.line}")
def test_session(block, site, tmp_path):
    command, *shown = block.text.splitlines()
    program, *arguments = command.removeprefix("$ ").split()
    assert program == "keras-core"
    printed = run(tmp_path, "-m", "keras_core.plugins.cli", *arguments, site=site).splitlines()
    assert [line for line in shown if line not in printed] == []
