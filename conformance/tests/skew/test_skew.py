"""Plugins older or newer than core: what was built for contract 1.0 works as it is, what is newer is refused."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from keras_core.contract import CONTRACT_VERSION

FOLDER = Path(__file__).parent
WHEEL = FOLDER / "keras_backend_minimal-1.0.0-py3-none-any.whl"
STATED = "keras_backend_minimal.plugin:contract_1_0"
MAJOR, MINOR = CONTRACT_VERSION
NEWER = {"minor": (MAJOR, MINOR + 1), "major": (MAJOR + 1, 0)}
USE = """
import keras_core as keras

try:
    keras.ops.add(1.0, 2.0)
except keras.plugins.BackendLoadError as error:
    print(error)
"""

Python = Callable[..., str]


def install(python: Python, folder: Path) -> Path:
    site = folder / "site"
    python(folder, "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(site), str(WHEEL))
    return site


def state(python: Python, folder: Path, site: Path) -> tuple[str, str, str]:
    """State, reason and repair, as the command lists them."""
    printed = python(folder, "-m", "keras_core.plugins.cli", "plugins", "list", "--json", site=site)
    (plugin,) = (plugin for plugin in json.loads(printed) if plugin["name"] == "minimal")
    return plugin["state"], plugin["reason"], plugin["repair"]


@pytest.fixture(scope="module")
def frozen(python: Python, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the wheel as it was built."""
    return install(python, tmp_path_factory.mktemp("frozen"))


@pytest.fixture
def newer(python: Python, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder with the same plugin, which says that it was written for a newer contract."""
    site = install(python, tmp_path)
    (entry_points,) = site.glob("*.dist-info/entry_points.txt")
    major, minor = NEWER[request.param]
    changed = entry_points.read_text().replace(STATED, f"keras_backend_minimal.plugin:contract_{major}_{minor}")
    assert changed != entry_points.read_text()
    entry_points.write_text(changed)
    return site


def test_the_wheel_is_the_old_one() -> None:
    """Who builds it anew freezes today's plugin instead of that of contract 1.0."""
    (recorded,) = re.findall(r"# ([0-9a-f]{64})$", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert hashlib.sha256(WHEEL.read_bytes()).hexdigest() == recorded


def test_is_available(python: Python, frozen: Path, tmp_path: Path) -> None:
    assert state(python, tmp_path, frozen)[0] == "available"


def test_conforms(python: Python, frozen: Path, tmp_path: Path) -> None:
    """To all of the tier `training`, which has that of `inference` in it; what is new in the suite may be advisory."""
    arguments = ("run", "minimal", "--tier", "training", "--report", "report.json")
    python(tmp_path, "-m", "keras_conformance", *arguments, site=frozen)
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["tier"] == "training"
    assert report["problems"] == []
    counts = report["counts"]
    assert counts["passed"] + counts["unsupported"] + counts["advisory"] == report["denominator"]
    assert counts["unsupported"] == 2


@pytest.mark.parametrize("newer", NEWER, indirect=True)
def test_a_newer_one_is_refused(python: Python, newer: Path, tmp_path: Path) -> None:
    """By its metadata, before any of its code runs, with what to do."""
    (plugin,) = newer.glob("keras_backend_minimal/plugin.py")
    plugin.write_text("raise SystemExit('imported')")
    found, reason, repair = state(python, tmp_path, newer)
    assert found == "incompatible"
    assert re.fullmatch(rf"it was written for contract \d+\.\d+, this core has {MAJOR}\.{MINOR}", reason)
    assert repair == "pip install --upgrade keras-core"
    message = python(tmp_path, "-c", USE, site=newer)
    assert reason in message
    assert repair in message
