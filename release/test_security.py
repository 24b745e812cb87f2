"""No code of a kind that attackers look for, no secret, and a bill of what comes with the packages."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILD = runpy.run_path(str(ROOT / "release" / "build.py"))
SOURCES = [str(path.relative_to(ROOT)) for path in (*sorted(ROOT.glob("*/src")), ROOT / "release", ROOT / ".ci")]
GENERATED = (".html", "since.toml", "scoreboard.md", "build-tools.txt")
# What looks like a secret and is none: the digests of a file and of some weights, an alphabet, options of commands, a
# password that belongs to nobody.
KNOWN = (
    "9b2c6b0cbd9a4a0f[0-9a-f]+",
    "abcdefghijklmopqrsuvwxyz",
    "bd55433fd3e981bf[0-9a-f]+",
    "XLA_FLAGS=.*",
    "KERAS_CORE_DISABLE_PLUGINS=.*",
    "password",
)

VULNERABLE = """
import subprocess


def run(text):
    subprocess.run(text, shell=True)
    return eval(text)
"""
# In two parts, as this file is scanned too.
SECRET = 'token = "ghp_' + 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"\n'


def bandit(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def scan(files: list[str]) -> subprocess.CompletedProcess[str]:
    known = [part for pattern in KNOWN for part in ("--exclude-secrets", f"^{pattern}$")]
    hook = "from detect_secrets.pre_commit_hook import main; raise SystemExit(main())"
    return subprocess.run([sys.executable, "-c", hook, *known, *files], cwd=ROOT, capture_output=True, text=True)


def test_the_code() -> None:
    done = bandit("--configfile", "bandit.yaml", "--exclude", "release/test_*", *SOURCES)
    assert done.returncode == 0, done.stdout


def test_what_reads_files_asserts_nothing_of_them() -> None:
    """With `python -O` an assertion is gone, so none may stand between a file and a program."""
    done = bandit("--tests", "B101", *(f"keras-core/src/keras_core/{room}" for room in ("saving", "utils")))
    assert done.returncode == 0, done.stdout


def test_vulnerable_code_is_found(tmp_path: Path) -> None:
    (tmp_path / "vulnerable.py").write_text(VULNERABLE)
    done = bandit("--configfile", "bandit.yaml", str(tmp_path))
    assert done.returncode == 1
    assert "B602" in done.stdout
    assert "B307" in done.stdout


def sources() -> list[str]:
    """Return the files of the repository; without its history all that do not lie in a folder that programs make."""
    listed = BUILD["history"]("ls-files")
    if listed is not None:
        return listed.splitlines()
    files = [path.relative_to(ROOT) for path in sorted(ROOT.rglob("*")) if path.is_file()]
    made = {".git", ".hypothesis", ".pytest_cache", ".reports", ".ruff_cache", ".tox", "__pycache__", "dist"}
    return [str(file) for file in files if not made & set(file.parts) and not file.parts[0].startswith(".venv")]


def test_no_secret() -> None:
    done = scan([name for name in sources() if not name.endswith(GENERATED)])
    assert done.returncode == 0, done.stdout


def test_a_secret_is_found(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text(SECRET)
    done = scan([str(tmp_path / "settings.py")])
    assert done.returncode == 1
    assert "GitHub Token" in done.stdout


@pytest.fixture(scope="module")
def inventory(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lists for the packages that need no framework."""
    folder = tmp_path_factory.mktemp("inventory")
    names = ("keras_core", "keras_layers_extra", "keras_conformance")
    wheels = [str(next((built / "packages").glob(f"{name}-*.whl"))) for name in names]
    command = [sys.executable, str(ROOT / "release" / "inventory.py"), str(folder), *wheels]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def test_bill_of_materials(inventory: Path, built: Path) -> None:
    """It has ours, by the digests of the packages, under their licence, and what they need."""
    bill = json.loads((inventory / "sbom.cdx.json").read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    components = {component["name"]: component for component in bill["components"]}
    assert {"keras-core", "keras-layers-extra", "keras-conformance", "numpy", "h5py", "pytest"} <= set(components)
    needs = {entry["ref"]: entry.get("dependsOn", []) for entry in bill["dependencies"]}
    assert any(need.startswith("numpy==") for need in needs["keras-core==1.0.0"])
    assert components["keras-core"]["licenses"][0]["license"]["id"] == "Apache-2.0"
    (reference,) = components["keras-core"]["externalReferences"]
    assert f"{reference['hashes'][0]['content']}  packages/{reference['url']}\n" in (built / "SHA256SUMS").read_text()
    assert str(ROOT) not in (inventory / "sbom.cdx.json").read_text()
    assert "file:" not in (inventory / "sbom.cdx.json").read_text()


def test_list_for_the_audit(inventory: Path) -> None:
    """It has every package but ours, which no database knows."""
    lines = (inventory / "third-party.txt").read_text().splitlines()
    assert any(line.startswith("numpy==") for line in lines)
    assert not any(line.startswith("keras") for line in lines)
