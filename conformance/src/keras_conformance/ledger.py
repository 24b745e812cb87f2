"""What a backend declares in the `conformance.toml` of its package."""

from __future__ import annotations

import datetime
import hashlib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from keras_conformance.tiers import FULL, TIERS
from keras_conformance.tolerance import Tolerance

FILE_NAME: Final = "conformance.toml"
MAXIMUM_UNSUPPORTED: Final = 0.1
"""Share of the cases that a backend may declare unsupported."""

_FIELDS: Final[dict[str, dict[str, type | tuple[type, ...]]]] = {
    "unsupported": {"cases": list, "reason": str},
    "xfail": {"case": str, "reason": str, "issue": str, "expires": (datetime.date, str)},
    "tolerance": {"case": str, "rtol": (int, float), "atol": (int, float), "reason": str},
    "environment": {"variable": str, "value": str, "reason": str},
}
_GLOB: Final = frozenset("*?[]")


class LedgerError(ValueError):
    """A `conformance.toml` that breaks a rule."""


@dataclass(frozen=True)
class ExpectedFailure:
    """A case that is known to fail, until a day."""

    case: str
    reason: str
    issue: str
    expires: datetime.date


@dataclass(frozen=True)
class Ledger:
    """What a backend declares, by case id.

    Attributes:
        unsupported: reason by case that must raise `UnsupportedOpError`.
        expected_failures: by case that must fail.
        tolerances: by case that has its own.
        environment: value by variable of the process, where it has none of its own: how to compile what runs once.
        tier: that the backend claims.
        text: of the file.
        path: of the file; None where there is none.
    """

    unsupported: Mapping[str, str] = field(default_factory=dict)
    expected_failures: Mapping[str, ExpectedFailure] = field(default_factory=dict)
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    tier: str = FULL
    text: str = ""
    path: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def cases(self) -> frozenset[str]:
        """All ids that the ledger names."""
        return frozenset((*self.unsupported, *self.expected_failures, *self.tolerances))

    def set_environment(self) -> dict[str, str]:
        """Set the variables that the process has not, before the framework reads them; return all with their values."""
        return {variable: os.environ.setdefault(variable, value) for variable, value in self.environment.items()}

    def check(self, known: Iterable[str], today: datetime.date | None = None, beyond: Iterable[str] = ()) -> None:
        """Check what the ledger names against the cases that there are.

        Args:
            known: ids of the cases that are examined.
            today: the day of the run; None for that of the clock.
            beyond: ids of those that the tier does not ask for.

        Raises:
            LedgerError: for an unknown id, an expired entry, or too many unsupported cases.
        """
        ids = frozenset(known)
        today = today or datetime.date.today()
        problems = [f"there is no case {case!r}" for case in sorted(self.cases - ids - set(beyond))]
        problems += [
            f"the expected failure of {entry.case!r} expired on {entry.expires}"
            for entry in self.expected_failures.values()
            if entry.expires < today
        ]
        unsupported = ids.intersection(self.unsupported)
        if len(unsupported) > MAXIMUM_UNSUPPORTED * len(ids):
            problems.append(
                f"{len(unsupported)} of {len(ids)} cases are declared unsupported; at most one in "
                f"{round(1 / MAXIMUM_UNSUPPORTED)} may be"
            )
        if problems:
            raise LedgerError(f"{self.path or FILE_NAME}: " + "; ".join(problems))


EMPTY: Final = Ledger()


def parse_ledger(text: str, path: str | None = None) -> Ledger:
    """Return the ledger that a TOML text is.

    Raises:
        LedgerError: where it breaks a rule that can be seen without the cases.
    """
    where = path or FILE_NAME
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LedgerError(f"{where}: {error}") from error
    tier = content.pop("tier", FULL)
    if tier not in TIERS:
        raise LedgerError(f"{where}: expected a tier of {', '.join(TIERS)}, got {tier!r}")
    if unknown := set(content) - set(_FIELDS):
        raise LedgerError(
            f"{where}: expected 'tier' and the tables {', '.join(_FIELDS)}, got {', '.join(sorted(unknown))}"
        )
    for kind, entries in content.items():
        if not isinstance(entries, list):
            raise LedgerError(f"{where}: {kind} must be written as [[{kind}]]")
        for entry in entries:
            _check_entry(where, kind, entry)
    unsupported = {case: e["reason"] for e in content.get("unsupported", ()) for case in e["cases"]}
    failures = {e["case"]: _expected_failure(where, e) for e in content.get("xfail", ())}
    tolerances = {e["case"]: Tolerance(float(e["rtol"]), float(e["atol"])) for e in content.get("tolerance", ())}
    named = [case for e in content.get("unsupported", ()) for case in e["cases"]]
    named += [e["case"] for kind in ("xfail", "tolerance") for e in content.get(kind, ())]
    for case in named:
        if _GLOB & set(case):
            raise LedgerError(f"{where}: {case!r} has a wildcard; every case is named by its exact id")
        if named.count(case) > 1:
            raise LedgerError(f"{where}: {case!r} is named twice")
    environment = {e["variable"]: e["value"] for e in content.get("environment", ())}
    return Ledger(unsupported, failures, tolerances, environment, tier, text, path)


def _check_entry(where: str, kind: str, entry: Mapping[str, Any]) -> None:
    fields = _FIELDS[kind]
    if set(entry) != set(fields):
        raise LedgerError(f"{where}: an entry of {kind} has the fields {', '.join(fields)}; got {', '.join(entry)}")
    for name, expected in fields.items():
        value = entry[name]
        if not isinstance(value, expected) or value in ("", []):
            raise LedgerError(f"{where}: field '{name}' of an entry of {kind} cannot be {value!r}")
    if kind == "unsupported" and not all(isinstance(case, str) for case in entry["cases"]):
        raise LedgerError(f"{where}: 'cases' of an entry of unsupported must be a list of ids")


def _expected_failure(where: str, entry: Mapping[str, Any]) -> ExpectedFailure:
    expires = entry["expires"]
    if isinstance(expires, str):
        try:
            expires = datetime.date.fromisoformat(expires)
        except ValueError as error:
            raise LedgerError(f"{where}: 'expires' of {entry['case']!r} must be a date, got {expires!r}") from error
    if isinstance(expires, datetime.datetime):
        expires = expires.date()
    return ExpectedFailure(entry["case"], entry["reason"], entry["issue"], expires)


def find_ledger(backend: str) -> Ledger:
    """Return the ledger of an installed backend, empty where its package has none; the plugin is not imported.

    Raises:
        LedgerError: where the file breaks a rule.
    """
    from keras_core.plugins import BACKENDS, list_plugins

    info = next((info for info in list_plugins(BACKENDS) if info.name == backend), None)
    if info is None:
        return EMPTY
    module = info.target[0]
    # The folder of the module; to find a submodule Python would import its parents.
    top, *inner = module.split(".")[:-1] or [module]
    specification = find_spec(top)
    locations = (specification.submodule_search_locations if specification else None) or ()
    for location in locations:
        path = Path(location, *inner, FILE_NAME)
        if path.is_file():
            return parse_ledger(path.read_text(encoding="utf-8"), str(path))
    return EMPTY
