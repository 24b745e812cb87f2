"""Since which version of the suite each case binds: the table `since.toml`, and the command that writes it.

A case is advisory in the minor version that brings it, and binds from the next one on. The command
`python -m keras_conformance.since FILE` records the cases that the table lacks, under the minor version that is
installed. What no table knows is advisory.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.metadata
import io
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

FILE: Final = Path(__file__).with_name("since.toml")
HEADER: Final = """\
# Since which minor version of keras-conformance there is each case. Written by `make since`; not to be edited by hand.
# An entry stands for each of its names with each of its checks behind it.
"""

Minor = tuple[int, int]


class SinceError(ValueError):
    """A table that cannot be read, or must not be written."""


@dataclass(frozen=True)
class Since:
    """The table.

    Attributes:
        versions: the minor version that brought a case, by id.
        current: the minor version of the suite; None where it is not installed, when all that is recorded binds.
        digest: SHA-256 of the file.
    """

    versions: Mapping[str, Minor]
    current: Minor | None
    digest: str

    def binds(self, case: str) -> bool:
        """Tell whether a failure of a case fails the run.

        The cases of the first version bind in it, as do ops without a case in every version.
        """
        if case.split("/")[2:3] == ["missing"]:
            return True
        since = self.versions.get(case)
        if since is None:
            return False
        return self.current is None or since < self.current or since == min(self.versions.values())


def minor_of(version: str) -> Minor:
    """Return the first two numbers of a version.

    Raises:
        SinceError: where there are none.
    """
    major, _, rest = version.partition(".")
    minor = rest.partition(".")[0]
    if not (major.isdecimal() and minor.isdecimal()):
        raise SinceError(f"expected a version as '1.2' or '1.2.3', got {version!r}")
    return int(major), int(minor)


def installed() -> Minor | None:
    """Return the minor version of the installed suite."""
    try:
        return minor_of(importlib.metadata.version("keras-conformance"))
    except importlib.metadata.PackageNotFoundError:
        return None


@cache
def recorded() -> Since:
    """Return the table of this suite."""
    text = FILE.read_text(encoding="utf-8")
    return Since(parse(text), installed(), hashlib.sha256(text.encode()).hexdigest())


def parse(text: str) -> dict[str, Minor]:
    """Return what a table says: minor version by case.

    Raises:
        SinceError: where a case stands in it twice.
    """
    found: dict[str, Minor] = {}
    for version, entries in tomllib.loads(text).items():
        minor = minor_of(version)
        for entry in entries:
            for name in entry["names"]:
                for check in entry["checks"]:
                    case = f"{name}/{check}" if check else name
                    if found.setdefault(case, minor) != minor:
                        raise SinceError(f"{case} is said to be of two versions")
    return found


def written(versions: Mapping[str, Minor]) -> str:
    """Return a table as text; names that have the same checks share an entry."""
    parts = [HEADER]
    for minor in sorted(set(versions.values())):
        checks: dict[str, list[str]] = {}
        for case in sorted(case for case, since in versions.items() if since == minor):
            family, name, *check = case.split("/", 2)
            checks.setdefault(f"{family}/{name}", []).append("".join(check))
        names: dict[tuple[str, ...], list[str]] = {}
        for name, found in checks.items():
            names.setdefault(tuple(found), []).append(name)
        version = ".".join(map(str, minor))
        parts += [f'[["{version}"]]\nnames = {_array(of)}\nchecks = {_array(found)}\n' for found, of in names.items()]
    return "\n".join(parts)


def _array(texts: Iterable[str]) -> str:
    lines = "".join(f'  "{text}",\n' for text in texts)
    return f"[\n{lines}]"


def extended(versions: Mapping[str, Minor], cases: Iterable[str], minor: Minor) -> dict[str, Minor]:
    """Return a table with the cases that are new in a minor version, without those of it that are gone.

    Raises:
        SinceError: where a case of an earlier version is gone, which only a new major may do.
    """
    there = set(cases)
    gone = sorted(case for case, since in versions.items() if case not in there and since[0] == minor[0] != 0)
    removed = [case for case in gone if versions[case] < minor]
    if removed:
        raise SinceError(
            f"{len(removed)} cases of earlier versions are gone, as {removed[0]}: a ledger may name them, so only a "
            "new major version may remove or rename a case"
        )
    return {case: versions.get(case, minor) for case in there}


def all_cases() -> set[str]:
    """Return the ids of all cases of the suite, of those too that only some backends are asked for."""
    import pytest

    from keras_conformance import registry
    from keras_conformance.case import ANY
    from keras_conformance.pytest_plugin import RUN_NAME
    from keras_conformance.run import SUITE
    from keras_conformance.subject import Subject

    found: set[str] = set()

    class Listener:
        @staticmethod
        def pytest_collection_finish(session: Any) -> None:
            found.update(session.config.pluginmanager.get_plugin(RUN_NAME).known)

    line = ["-c", str(SUITE / "pytest.ini"), "-p", "no:cacheprovider", "--collect-only", "-qq"]
    line += ["--keras-backend", "numpy", "--pyargs", "keras_conformance.suite"]
    with contextlib.redirect_stdout(io.StringIO()):
        code = pytest.main(line, plugins=[Listener()])
    if code != pytest.ExitCode.OK:
        raise SinceError(f"the suite cannot be collected: pytest ended with code {int(code)}")
    for dtypes in (ANY, tuple(dtype for dtype in ANY if dtype != "float64")):
        subject = Subject("any", SimpleNamespace(dtypes=dtypes))
        found.update(map(str, registry.required(subject)))
    return {case for case in found if case.split("/")[2:3] != ["missing"]}


def main(arguments: Sequence[str] | None = None) -> int:
    """Record the cases that are new, or check that all are recorded.

    Returns:
        The exit code: 0 where the file is as it should be.
    """
    parser = argparse.ArgumentParser(prog="python -m keras_conformance.since", description=main.__doc__)
    parser.add_argument("file", type=Path, help="the table, since.toml in the source of the suite")
    parser.add_argument("--minor", type=minor_of, default=installed(), help="as '1.2'; default: the one installed")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 where cases are not recorded")
    options = parser.parse_args(arguments)
    if options.minor is None:
        parser.error("keras-conformance is not installed, so the version must be given: --minor 1.2")
    before = options.file.read_text(encoding="utf-8") if options.file.is_file() else ""
    try:
        after = written(extended(parse(before), all_cases(), options.minor))
    except SinceError as error:
        print(error, file=sys.stderr)
        return 2
    if options.check:
        changed = sorted(set(parse(before).items()) ^ set(parse(after).items()))
        for case, minor in changed:
            print(f"{case}: {'gone' if case in parse(before) else 'new'} in {'.'.join(map(str, minor))}")
        return 1 if changed else 0
    options.file.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
