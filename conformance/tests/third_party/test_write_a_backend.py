"""`docs/write-a-backend.md`: its files are those of the minimal backend, and what it shows runs."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PROJECT = ROOT / "conformance" / "examples" / "keras-backend-minimal"


def _tutorial() -> Any:
    specification = importlib.util.spec_from_file_location("tutorial", ROOT / "docs" / "tutorial.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module  # dataclasses look it up
    specification.loader.exec_module(module)
    return module


BLOCKS = _tutorial().blocks(ROOT / "docs" / "write-a-backend.md")
FILES = [block for block in BLOCKS if block.file]
PROGRAMS = [block for block in BLOCKS if block.kind == "python" and not block.file]
SESSIONS = [block for block in BLOCKS if block.kind == "console"]


@pytest.mark.parametrize("block", FILES, ids=lambda block: block.file)
def test_file(block: Any) -> None:
    """What the text shows of a file stands in it."""
    assert block.text in (PROJECT / block.file).read_text(encoding="utf-8")


def test_every_file_of_the_plugin_is_shown() -> None:
    """The text leaves out no module."""
    modules = {path.relative_to(PROJECT).as_posix() for path in PROJECT.rglob("*.py") if path.name != "__init__.py"}
    assert modules <= {block.file for block in FILES}


@pytest.mark.parametrize("block", PROGRAMS, ids=lambda block: f"line {block.line}")
def test_program(block: Any, run: Any) -> None:
    """Programs run, with the backend installed."""
    run("-c", block.text)


@pytest.mark.parametrize("block", SESSIONS, ids=lambda block: f"line {block.line}")
def test_session(block: Any, run: Any) -> None:
    """Commands print the lines that are shown."""
    command, *shown = block.text.splitlines()
    program, *arguments = command.removeprefix("$ ").split()
    assert program == "keras-core"
    printed = run("-m", "keras_core.plugins.cli", *arguments).splitlines()
    assert [line for line in shown if line not in printed] == []
