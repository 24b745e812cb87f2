"""Wheels and sdists are the same bytes each time, wherever they are built, and hold what they should."""

import datetime
import os
import runpy
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILD = runpy.run_path(str(ROOT / "release" / "build.py"))
ELSEWHERE = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1"}


def packages(folder: Path, ending: str) -> list[Path]:
    return sorted((folder / "packages").glob(f"*{ending}"))


@pytest.fixture(scope="session")
def built_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages from a copy without history, with files of another date and mode, in another time zone."""
    copy = tmp_path_factory.mktemp("a-rather-different-place")
    for folder in ("release", *BUILD["DISTRIBUTIONS"]):
        shutil.copytree(
            ROOT / folder, copy / folder, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copyfile(ROOT / ".gitignore", copy / ".gitignore")  # it is in the sdists
    environment = {**os.environ, **ELSEWHERE, "SOURCE_DATE_EPOCH": BUILD["date_of_the_last_commit"]()}
    command = [sys.executable, str(copy / "release" / "build.py"), str(copy / "dist")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=copy, umask=0o077)
    assert done.returncode == 0, done.stderr
    return copy / "dist"


def test_each_distribution_has_a_wheel_and_an_sdist(built: Path) -> None:
    assert len(packages(built, "-py3-none-any.whl")) == len(packages(built, ".tar.gz")) == 6
    assert len(packages(built, "")) == 12


def test_same_bytes(built: Path, built_elsewhere: Path) -> None:
    first, second = (
        {file.name: file.read_bytes() for file in packages(folder, "")} for folder in (built, built_elsewhere)
    )
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_another_date_is_noticed(built: Path, tmp_path: Path) -> None:
    """So the comparison above sees what it must."""
    command = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(ROOT / "keras-layers-extra"),
    ]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
    for file in tmp_path.iterdir():
        assert file.read_bytes() != (built / "packages" / file.name).read_bytes()


def test_dates_are_those_of_the_commit(built: Path) -> None:
    seconds = int(BUILD["date_of_the_last_commit"]())
    date = datetime.datetime.fromtimestamp(seconds - seconds % 2, datetime.UTC)  # a zip counts in steps of two seconds
    for wheel in packages(built, ".whl"):
        with zipfile.ZipFile(wheel) as archive:
            assert {info.date_time for info in archive.infolist()} == {date.timetuple()[:6]}
    for sdist in packages(built, ".tar.gz"):
        with tarfile.open(sdist) as archive:
            assert {info.mtime for info in archive} == {seconds}


def test_digests(built: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "../SHA256SUMS"], cwd=built / "packages", capture_output=True, text=True
    )
    assert done.stdout.splitlines() == [f"{file.name}: OK" for file in packages(built, "")]


@pytest.mark.parametrize(
    "command", [["twine", "check", "--strict"], ["check_wheel_contents"]], ids=["metadata", "contents"]
)
def test_checks(built: Path, command: list[str]) -> None:
    files = packages(built, ".whl" if command[0] == "check_wheel_contents" else "")
    done = subprocess.run([sys.executable, "-m", *command, *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wheel_holds_its_package_alone(built: Path) -> None:
    for wheel in packages(built, ".whl"):
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
        package = wheel.name.partition("-")[0]
        assert {name.partition("/")[0].partition("-")[0] for name in names} == {package}
        assert f"{package}/py.typed" in names
        assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
