"""What lies in the working folder, or beside a script, is not installed: it is never taken for a plugin."""

import os
import pathlib
import subprocess
import sys

import pytest

METADATA = "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n"
ENTRY_POINTS = (
    "[keras_core.backends]\nevil = evil:contract_1_0\n\n[keras_core.packs]\nevil = evil:contract_1_0\n\n"
    "[keras_core.kernels]\nevil = evil:contract_1_0\n"
)
MODULE = "import pathlib\npathlib.Path(__file__).with_name('marker').touch()\n"
LIST = """
import keras_core as keras
from keras_core import ops, plugins
print(sorted({info.name for info in plugins.list_plugins()} & {"evil"}))
plugins.formats()
plugins.pack_serializables()
ops.relu(ops.ones((2,)))
try:
    keras.layers.deserialize({"module": "evil", "class_name": "Gate", "config": {}, "registered_name": "evil>Gate"})
except Exception as error:
    print(type(error).__name__)
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "notebooks"
    information = folder / "evil-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text(METADATA)
    (information / "entry_points.txt").write_text(ENTRY_POINTS)
    (folder / "evil.py").write_text(MODULE)
    (folder / "script.py").write_text(LIST)
    return folder


def run(*arguments, cwd, **variables):
    environment = {**os.environ, "KERAS_CORE_BACKEND": "numpy", **variables}
    command = [sys.executable, *arguments]
    found = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=True)
    return found.stdout.split()


@pytest.mark.parametrize("way", ["code", "module", "script", "script from elsewhere", "script by a link"])
def test_no_plugin_is_found(way, folder, tmp_path):
    ways = {
        "code": (("-c", LIST), folder),
        "module": (("-m", "script"), folder),
        "script": (("script.py",), folder),
        "script from elsewhere": ((str(folder / "script.py"),), tmp_path),
        "script by a link": (("link/script.py",), tmp_path),
    }
    os.symlink(folder, tmp_path / "link")
    arguments, cwd = ways[way]
    assert run(*arguments, cwd=cwd) == ["[]", "PluginError"]
    assert not (folder / "marker").exists()


def test_folder_that_was_put_on_the_path_is_no_working_folder(folder, tmp_path):
    """Whoever names a folder in PYTHONPATH says that he trusts what is in it."""
    assert run("-c", LIST, cwd=tmp_path, PYTHONPATH=f"{folder}:{os.environ.get('PYTHONPATH', '')}")[0] == "['evil']"


def test_folder_of_installed_packages_stays_one_for_who_stands_in_it(folder):
    packages = folder / "site-packages"
    packages.mkdir()
    for item in ("evil-1.0.dist-info", "evil.py"):
        (folder / item).rename(packages / item)
    path = f"{packages}:{os.environ.get('PYTHONPATH', '')}"
    assert run("-c", LIST, cwd=packages, PYTHONPATH=path)[0] == "['evil']"
    assert pathlib.Path(packages / "marker").exists()
