"""Backends that are installed for one test, in a folder of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PLUGIN = """
from keras_core.backends.numpy.plugin import NumpyBackend
from keras_core.contract import UnsupportedOpError, hookimpl

{before}


def no_tangent(x):
    raise UnsupportedOpError("tan", "guest", "there is none")


class Backend(NumpyBackend):
    @hookimpl
    def keras_primitives(self, backend):
        if backend != "guest":
            return None
        own = NumpyBackend.keras_primitives(self, "numpy")
        {change}
        return own

    @hookimpl
    def keras_kernels(self, backend):
        return None

    @hookimpl
    def keras_devices(self, backend):
        return None if backend != "guest" else NumpyBackend.keras_devices(self, "numpy")

    @hookimpl
    def keras_host_conversion(self, backend):
        return None if backend != "guest" else NumpyBackend.keras_host_conversion(self, "numpy")


contract_1_0 = Backend()
"""


@dataclass(frozen=True)
class Finished:
    """A run of the command that is over."""

    code: int
    output: str
    report: dict[str, Any]


@pytest.fixture
def examine(tmp_path: Path) -> Callable[..., Finished]:
    """Install the backend `guest`, the NumPy one with a change, and run the command on it in a process of its own."""

    def run(*arguments: str, change: str = "pass", before: str = "", ledger: str | None = None) -> Finished:
        site = tmp_path / "site"
        package, metadata = site / "guest_backend", site / "guest_backend-1.0.dist-info"
        for folder in (package, metadata):
            folder.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").touch()
        (package / "plugin.py").write_text(PLUGIN.format(change=change, before=before))
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: guest-backend\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text("[keras_core.backends]\nguest = guest_backend.plugin:contract_1_0\n")
        if ledger is not None:
            (package / "conformance.toml").write_text(ledger)
        return command(tmp_path, "guest", *arguments, path=site)

    return run


def python_on_minimal(folder: Path, *arguments: str, site: Path | None = None) -> str:
    """Run Python with the backend `minimal` chosen, and the folder where it is installed on the path."""
    environment = {**os.environ, "KERAS_CORE_BACKEND": "minimal", "PYTEST_ADDOPTS": ""}
    if site is not None:
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH"))))
    line = [sys.executable, *arguments]
    done = subprocess.run(line, capture_output=True, text=True, cwd=folder, env=environment, timeout=600)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="session")
def python() -> Callable[..., str]:
    """The function above, for tests of wheels."""
    return python_on_minimal


def command(folder: Path, backend: str, *arguments: str, path: Path) -> Finished:
    """Run `keras-conformance run` with a folder more on the path."""
    report = folder / "report.json"
    paths = os.pathsep.join(filter(None, (str(path), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTEST_ADDOPTS": ""}
    line = [sys.executable, "-m", "keras_conformance", "run", backend, "--report", str(report), *arguments]
    done = subprocess.run(line, capture_output=True, text=True, cwd=folder, env=environment, timeout=600)
    content = json.loads(report.read_text()) if report.is_file() else {}
    return Finished(done.returncode, done.stdout + done.stderr, content)
