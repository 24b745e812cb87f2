"""`action.yml`, the action that the repository of a backend calls."""

import os
import re
import subprocess
import textwrap
from pathlib import Path

import pytest

from keras_conformance.cli import main

TEXT = (Path(__file__).parents[1] / "action.yml").read_text(encoding="utf-8")
INPUTS = re.findall(r"^  ([a-z]+):$", TEXT[TEXT.index("inputs:") : TEXT.index("outputs:")], re.MULTILINE)
SCRIPTS = [textwrap.dedent(text) for text in re.findall(r"^      run: \|\n((?:        .*\n)+)", TEXT, re.MULTILINE)]
SCRIPTS += re.findall(r"^      run: ([^|\n].*)$", TEXT, re.MULTILINE)
RECORDER = '#!/bin/sh\nfor argument in "$@"; do echo "$argument"; done\n'


def _shell(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    commands = folder / "bin"
    commands.mkdir()
    for name in ("keras-conformance", "python"):
        (commands / name).write_text(RECORDER)
        (commands / name).chmod(0o755)
    environment = {**os.environ, **variables, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"}
    line = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(line, capture_output=True, text=True, cwd=folder, env=environment, timeout=60)


def _script(words: str) -> str:
    (found,) = (script for script in SCRIPTS if words in script)
    return found


def test_every_input_is_used() -> None:
    """An input that nothing reads would be ignored in silence."""
    assert INPUTS == ["backend", "package", "suite", "arguments", "folder", "artifact"]
    assert all(f"${{{{ inputs.{name} }}}}" in TEXT for name in INPUTS)


def test_no_input_is_text_of_a_script() -> None:
    """Else whoever chooses a name chooses a command."""
    assert len(SCRIPTS) == 3
    assert not any("${{" in script for script in SCRIPTS)


def test_names_no_host() -> None:
    """Packages come from wherever pip of the caller looks."""
    assert not re.search(r"https?:|\.org|\.io|\.com|index-url", TEXT)


@pytest.mark.parametrize(("arguments", "more"), [("", []), ("--no-kernels  -k exp", ["--no-kernels", "-k", "exp"])])
def test_run(tmp_path: Path, arguments: str, more: list[str]) -> None:
    """The backend is examined with the arguments that are given, in which nothing is a command."""
    name = "foo; touch stolen"
    done = _shell(_script("conformance run"), tmp_path, BACKEND=name, ARGUMENTS=arguments, FOLDER="out")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["run", name, "--report", "out/conformance.json", *more]
    assert not (tmp_path / "stolen").exists()


def test_install(tmp_path: Path) -> None:
    """The suite and the package are installed."""
    done = _shell(_script("pip install"), tmp_path, SUITE="keras-conformance", PACKAGE="./here[extra]")
    assert done.stdout.split() == ["-m", "pip", "install", "keras-conformance", "./here[extra]"]


def test_scoreboard_without_a_report(tmp_path: Path) -> None:
    """A run that ended before its report leaves the error to the step before."""
    done = _shell(_script("scoreboard"), tmp_path, FOLDER="out")
    assert (done.returncode, done.stdout) == (0, "")


def test_scoreboard_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command takes what the action gives it, and the summary gets the Markdown."""
    summary = tmp_path / "summary.md"
    (tmp_path / "conformance.json").touch()
    (tmp_path / "conformance.md").write_text("what was found\n")
    done = _shell(_script("scoreboard"), tmp_path, FOLDER=str(tmp_path), GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 0, done.stderr
    assert summary.read_text() == "what was found\n"
    assert main(done.stdout.splitlines()) == 2
    assert "conformance.json: cannot be read as a report" in capsys.readouterr().err
