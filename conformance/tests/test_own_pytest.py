"""`from keras_conformance.suite import *` in a test file of somebody's own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

OWN = """
from keras_conformance.suite import *


def test_of_mine():
    assert True
"""
ONLY = "primitives/tan/ or test_host or of_mine"


def _pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_own.py").write_text(OWN)
    (folder / "pytest.ini").write_text("[pytest]\n")
    line = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "test_own.py", *arguments]
    environment = {**os.environ, "PYTEST_ADDOPTS": ""}
    return subprocess.run(line, capture_output=True, text=True, cwd=folder, env=environment, timeout=600)


def test_runs_the_suite(tmp_path: Path) -> None:
    """It runs beside the tests of the file, and reports."""
    done = _pytest(tmp_path, "--keras-backend", "numpy", "--keras-report", "report.json", "-k", ONLY)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["primitives"]["tan"]["value/float32"] == "passed"
    assert report["other"]["host/static_shape"] == "passed"
    assert not any(case.startswith("own") for case in report["other"])
    assert f"{report['counts']['passed'] + 1} passed" in done.stdout


def test_has_the_cases_of_the_command(tmp_path: Path) -> None:
    """Every case is there, under the id by which a ledger names it."""
    own, other = tmp_path / "own.json", tmp_path / "other.json"
    done = _pytest(tmp_path, "--keras-backend", "numpy", "--keras-report", str(own), "-k", "static_shape")
    assert done.returncode == 0, done.stdout + done.stderr
    line = ["-m", "keras_conformance", "run", "numpy", "-k", "static_shape", "--report", str(other)]
    subprocess.run([sys.executable, *line], check=True, capture_output=True, timeout=600)
    found, expected = (json.loads(file.read_text()) for file in (own, other))
    assert [found[part] for part in ("ops", "primitives", "other")] == [
        expected[part] for part in ("ops", "primitives", "other")
    ]


def test_needs_a_backend(tmp_path: Path) -> None:
    """Without one there is nothing to examine, which is no success."""
    done = _pytest(tmp_path)
    assert done.returncode != 0
    assert "give --keras-backend NAME" in done.stdout + done.stderr


def test_other_names_are_unknown() -> None:
    """The package has what it exports and nothing else."""
    from keras_conformance import suite

    for name in ("test_nothing", "nothing"):
        with pytest.raises(AttributeError, match=name):
            getattr(suite, name)


def test_every_family_is_exported() -> None:
    """A new file of the suite is not forgotten."""
    from keras_conformance import suite

    folder: Any = Path(suite.__file__).parent
    exported = vars(suite)["_FAMILIES"]
    assert sorted(exported) == sorted(file.stem.removeprefix("test_") for file in folder.glob("test_*.py"))
