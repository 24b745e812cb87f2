"""Builds wheel and sdist of each distribution, the same bytes each time: python release/build.py FOLDER [TAG].

The packages go to FOLDER/packages, their SHA-256 digests to FOLDER/SHA256SUMS. What stands in `build-tools.txt` must be
installed. All dates in the packages are that of the last commit, or what SOURCE_DATE_EPOCH says. With a tag, as
`keras-core-1.0.0`, the distribution of that name is built alone, and has to be of that version.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
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


WITHOUT_HISTORY = "946684800"
"""The date of packages from sources without history, the first second of 2000."""


def history(*arguments: str) -> str | None:
    """Return what git says of this repository; None where there is no git, or no history, as in an unpacked sdist."""
    # Whoever owns the folder: nothing of it is run.
    command = ["git", "-c", f"safe.directory={ROOT}", *arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def date_of_the_last_commit() -> str:
    """Return it in seconds since 1970."""
    return (history("log", "-1", "--format=%ct") or WITHOUT_HISTORY).strip()


def tagged(distribution: str) -> str:
    """Return the tag for what is in the folder of a distribution: its name and version."""
    project = tomllib.loads((ROOT / distribution / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f"{project['name']}-{project['version']}"


def chosen(tag: str | None) -> list[str]:
    """Return the folders of the distributions that a tag stands for; without a tag, of all."""
    tags = {tagged(distribution): distribution for distribution in DISTRIBUTIONS}
    if tag is None:
        return list(tags.values())
    if tag not in tags:
        raise SystemExit(f"expected a tag of {', '.join(tags)}, got {tag!r}: is the version in pyproject.toml raised?")
    return [tags[tag]]


def build(folder: Path, distributions: list[str]) -> None:
    """Build packages into a folder, which must not have any yet."""
    packages = folder / "packages"
    packages.mkdir(parents=True)
    date = os.environ.get("SOURCE_DATE_EPOCH") or date_of_the_last_commit()
    for distribution in distributions:
        # The wheel is made from the unpacked sdist, so that what is missing there shows. Without isolation: the tools
        # are those of the lock file, and none is fetched.
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(packages), str(ROOT / distribution)]
        subprocess.run(command, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": date})


def write_digests(folder: Path) -> None:
    """Write SHA256SUMS, which `sha256sum --check` reads beside the packages."""
    files = sorted((folder / "packages").iterdir())
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    target, wanted = Path(sys.argv[1]), chosen(sys.argv[2] if sys.argv[2:] else None)
    shutil.rmtree(target, ignore_errors=True)
    build(target, wanted)
    write_digests(target)
