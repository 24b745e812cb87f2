"""The minimal backend, built as its own wheel and installed into a folder of its own."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "examples" / "keras-backend-minimal"

Run = Callable[..., str]


def _python(folder: Path, *arguments: str, site: Path | None = None) -> str:
    environment = {**os.environ, "KERAS_CORE_BACKEND": "minimal", "PYTEST_ADDOPTS": ""}
    if site is not None:
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=folder, env=environment, timeout=600
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it; its dependencies come from the environment."""
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("site")
    isolated = [] if importlib.util.find_spec("hatchling") is None else ["--no-build-isolation"]
    _python(wheels, "-m", "pip", "wheel", "--no-deps", *isolated, "--wheel-dir", str(wheels), str(PROJECT))
    (wheel,) = wheels.glob("keras_backend_minimal-*.whl")
    _python(wheels, "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(target), str(wheel))
    return target


@pytest.fixture
def run(site: Path, tmp_path: Path) -> Run:
    """Run Python with the backend installed, in an empty folder, and return what it prints."""
    return lambda *arguments: _python(tmp_path, *arguments, site=site)
