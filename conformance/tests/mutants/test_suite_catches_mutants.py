"""The suite sees each planted bug, and nothing where there is none."""

import importlib
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from keras_conformance import registry
from keras_conformance.cases.recurring import named_cases
from keras_conformance.checks import recurring, run_check
from keras_conformance.registry import CaseId
from keras_conformance.subject import Subject
from keras_core.runtime import table
from keras_core.runtime.table import use_table


def _package() -> None:
    """Make this folder importable as a package of a name that no other test has."""
    package = types.ModuleType("planted_mutants")
    package.__path__ = [str(Path(__file__).parent)]
    sys.modules[package.__name__] = package


_package()
planted = importlib.import_module("planted_mutants.planted")
MUTANTS = planted.MUTANTS | importlib.import_module("planted_mutants.recurring").MUTANTS
MINIMUM_OF_MUTANTS = 40


def _examine(subject: Subject, case: Any, folder: Path) -> None:
    """Run a case by its id, a named case in a mode, or a function of the suite with its arguments."""
    if case[0] == "recurring":
        with use_table(subject.table):
            getattr(recurring, f"check_{case[1]}")(subject, named_cases()[case[2]])
        return
    name, *arguments = (case,) if isinstance(case, str) else case
    module, separator, function = name.partition(":")
    if separator:
        found = getattr(importlib.import_module(f"keras_conformance.suite.test_{module}"), function)
        with use_table(subject.table):
            found(subject, *(folder if argument is Path else argument for argument in arguments))
        return
    kind, op, check, *variant = name.split("/")
    run_check(subject, CaseId(kind, op, check, *variant))


@pytest.mark.parametrize("name", MUTANTS)
def test_suite_catches_mutants(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the cases fails on the mutant, and passes without the bug."""
    mutant = MUTANTS[name]
    healthy, sick = planted.subject_of(planted.Mutant(())), planted.subject_of(mutant)
    for case in mutant.seen_by:
        # As after `load_table`: optimizers look up the backend of a variable by its name.
        monkeypatch.setitem(table._tables, "mutant", healthy.table)
        _examine(healthy, case, tmp_path)
        monkeypatch.setitem(table._tables, "mutant", sick.table)
        with pytest.raises(mutant.error):
            _examine(sick, case, tmp_path)


def test_number_of_mutants(capsys: pytest.CaptureFixture[str]) -> None:
    """There are many bugs; the count stands in the output."""
    with capsys.disabled():
        print(f" {len(MUTANTS)} mutants ", end="")
    assert len(MUTANTS) >= MINIMUM_OF_MUTANTS


def test_cases_named_exist() -> None:
    """A case that is misspelt would fail on every mutant."""
    known = {str(case) for case in registry.required(planted.subject_of(planted.Mutant(())))}
    named = {case for mutant in MUTANTS.values() for case in mutant.seen_by if isinstance(case, str)}
    assert {case for case in named if ":" not in case} <= known
