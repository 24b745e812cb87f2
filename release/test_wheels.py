"""The wheels alone, in an environment that has seen nothing of this repository: they install, and the demo runs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WITH_DEPENDENCIES = ("keras_core", "keras_backend_jax", "keras_layers_extra", "keras_conformance")
WITHOUT_FRAMEWORK = ("keras_backend_torch", "keras_backend_tf")
FOR_THE_DEMO = ("scikit-learn", "matplotlib")
MODULES = (*WITH_DEPENDENCIES, *WITHOUT_FRAMEWORK)


def run(*command: str | Path, folder: Path) -> str:
    """Run a command without any path to this repository; return what it printed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "KERAS"))}
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, env=clean, cwd=folder)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="session")
def programs(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment in which all six are installed, two of them without their framework."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", folder, folder=folder)
    programs = folder / "bin"
    wheels = {file.name.partition("-")[0]: file for file in (built / "packages").glob("*.whl")}
    install = (programs / "python", "-m", "pip", "install", "--quiet")
    constraints = ("--constraint", ROOT / "constraints.txt")
    run(*install, *constraints, *(wheels[name] for name in WITH_DEPENDENCIES), *FOR_THE_DEMO, folder=folder)
    run(*install, "--no-deps", *(wheels[name] for name in WITHOUT_FRAMEWORK), folder=folder)
    return programs


@pytest.mark.parametrize("name", MODULES)
def test_import(programs: Path, tmp_path: Path, name: str) -> None:
    where = run(programs / "python", "-c", f"import {name}; print({name}.__file__)", folder=tmp_path)
    assert Path(where.strip()).is_relative_to(programs.parent)


def test_plugins_are_found(programs: Path, tmp_path: Path) -> None:
    """Those whose framework is missing are listed as such, and keep nobody from working."""
    listed = json.loads(run(programs / "keras-core", "plugins", "list", "--json", folder=tmp_path))
    states = {(plugin["group"].removeprefix("keras_core."), plugin["name"]): plugin["state"] for plugin in listed}
    assert states["backends", "numpy"] == states["backends", "jax"] == states["packs", "extra"] == "available"
    assert states["backends", "torch"] == states["backends", "tensorflow"] == "missing-dependency"


def test_pack(programs: Path, tmp_path: Path) -> None:
    code = "import keras_core as keras; print(keras.layers.SwiGLU.__module__)"
    assert run(programs / "python", "-c", code, folder=tmp_path) == "keras_layers_extra.swiglu\n"


def test_suite(programs: Path, tmp_path: Path) -> None:
    command = (
        "keras-conformance",
        "run",
        "jax",
        "--tier",
        "inference",
        "-k",
        "primitives/tan/",
        "--report",
        "report.json",
    )
    run(programs / command[0], *command[1:], folder=tmp_path)
    assert json.loads((tmp_path / "report.json").read_text())["counts"]["passed"] > 0


def test_demo(programs: Path, tmp_path: Path) -> None:
    """It trains with NumPy and with JAX, saves, and loads each file on both."""
    for file in ("demo.py", "digits.py"):
        shutil.copy(ROOT / "examples" / file, tmp_path)
    run(programs / "python", "demo.py", folder=tmp_path)
    written = {path.name for path in (tmp_path / "output").iterdir()}
    assert {f"digits-{saved}-on-{loaded}.npy" for saved in ("numpy", "jax") for loaded in ("numpy", "jax")} <= written
