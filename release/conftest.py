"""The packages, built once for all tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of packages and digests."""
    folder = tmp_path_factory.mktemp("built") / "dist"
    without_date = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    command = [sys.executable, str(ROOT / "release" / "build.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=without_date)
    assert done.returncode == 0, done.stderr
    return folder
