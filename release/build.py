"""Builds wheel and sdist of each distribution, the same bytes each time: python release/build.py FOLDER.

The packages go to FOLDER/packages, their SHA-256 digests to FOLDER/SHA256SUMS. What stands in `build-tools.txt` must be
installed. All dates in the packages are that of the last commit, or what SOURCE_DATE_EPOCH says.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DISTRIBUTIONS = (
    "keras-core",
    "keras-backend-jax",
    "keras-backend-torch",
    "keras-backend-tf",
    "keras-layers-extra",
    "conformance",
)


def date_of_the_last_commit() -> str:
    """Return it in seconds since 1970."""
    command = ["git", "log", "-1", "--format=%ct"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def build(folder: Path) -> None:
    """Build all packages into a folder, which must not have any yet."""
    packages = folder / "packages"
    packages.mkdir(parents=True)
    date = os.environ.get("SOURCE_DATE_EPOCH") or date_of_the_last_commit()
    for distribution in DISTRIBUTIONS:
        # The wheel is made from the unpacked sdist, so that what is missing there shows. Without isolation: the tools
        # are those of the lock file, and none is fetched.
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(packages), str(ROOT / distribution)]
        subprocess.run(command, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": date})


def write_digests(folder: Path) -> None:
    """Write SHA256SUMS, which `sha256sum --check` reads."""
    files = sorted((folder / "packages").iterdir())
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  packages/{file.name}\n" for file in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    build(target)
    write_digests(target)
