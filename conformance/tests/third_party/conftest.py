"""The minimal backend, built as its own wheel and installed into a folder of its own."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "examples" / "keras-backend-minimal"

Run = Callable[..., str]


@pytest.fixture(scope="session")
def site(python: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it; its dependencies come from the environment."""
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("site")
    isolated = [] if importlib.util.find_spec("hatchling") is None else ["--no-build-isolation"]
    python(wheels, "-m", "pip", "wheel", "--no-deps", *isolated, "--wheel-dir", str(wheels), str(PROJECT))
    (wheel,) = wheels.glob("keras_backend_minimal-*.whl")
    python(wheels, "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(target), str(wheel))
    return target


@pytest.fixture
def run(python: Run, site: Path, tmp_path: Path) -> Run:
    """Run Python with the backend installed, in an empty folder, and return what it prints."""
    return lambda *arguments: python(tmp_path, *arguments, site=site)
