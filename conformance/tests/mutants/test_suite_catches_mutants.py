"""The suite sees each planted bug, and nothing where there is none."""

import importlib
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from keras_conformance import registry
from keras_conformance.cases.recurring import Named, batch_of, named_cases
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


def _compiling(subject: Subject) -> Subject:
    """Let the suite take the backend for one that compiles each op, and compile what it can together."""
    subject.compiles_each_op = True
    subject.table.transforms.setdefault("jit", lambda function, jit_compile, donate: function)
    subject.table.transforms.setdefault("abstract_eval", lambda function, inputs: function(inputs))
    return subject


@pytest.mark.parametrize("as_if", [lambda subject: subject, _compiling], ids=["one_by_one", "together"])
@pytest.mark.parametrize("name", MUTANTS)
def test_suite_catches_mutants(name: str, as_if: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the cases fails on the mutant, and passes without the bug."""
    mutant = MUTANTS[name]
    healthy, sick = as_if(planted.subject_of(planted.Mutant(()))), as_if(planted.subject_of(mutant))
    for case in mutant.seen_by:
        # As after `load_table`: optimizers look up the backend of a variable by its name.
        monkeypatch.setitem(table._tables, "mutant", healthy.table)
        _examine(healthy, case, tmp_path)
        monkeypatch.setitem(table._tables, "mutant", sick.table)
        with pytest.raises(mutant.error):
            _examine(sick, case, tmp_path)


def _off(x: Any) -> Any:
    return x * x.dtype.type(1.5)


def _raising(x: Any) -> Any:
    raise ArithmeticError("on purpose")


def _failing(subject: Subject, run: Any, cases: Sequence[Any]) -> list[Any]:
    found = []
    for case in cases:
        try:
            run(subject, case)
        except (AssertionError, ArithmeticError):
            found.append(case)
    return found


def _check_named(subject: Subject, case: Named) -> None:
    with use_table(subject.table):
        recurring.check_compiled(subject, case)


@pytest.mark.parametrize("wrong", [_off, _raising])
def test_fault_of_one_dtype(wrong: Any) -> None:
    """Of the values that are compiled together only those of the dtype with the fault fail."""
    mutant = planted.Mutant((), lambda own: {"tan": lambda x: (wrong if x.dtype == "float16" else own["tan"])(x)})
    subject = _compiling(planted.subject_of(mutant))
    cases = [CaseId("ops", "tan", "value", dtype) for dtype in ("float16", "float32", "float64", "complex64")]
    assert _failing(subject, run_check, cases) == cases[:1]


@pytest.mark.parametrize("wrong", [_off, _raising])
def test_fault_of_one_named_case(wrong: Any) -> None:
    """Of the named cases that are compiled together those fail that fail alone."""
    batch = next(batch_of(case) for case in named_cases().values() if case.call == "tanh")
    mutant = planted.Mutant((), lambda own: {"tanh": lambda x: wrong(own["tanh"](x))})
    alone, together = planted.subject_of(mutant), _compiling(planted.subject_of(mutant))
    failing = [_failing(subject, _check_named, batch) for subject in (alone, together)]
    assert failing[0] == failing[1]
    assert 0 < len(failing[0]) < len(batch)


def test_one_program_for_all_dtypes() -> None:
    """An op is compiled once for its values in all dtypes but that of reference, a primitive never."""
    subject = _compiling(planted.subject_of(planted.Mutant(())))
    compiled: list[Any] = []
    subject.table.transforms["jit"] = lambda function, *_: compiled.append(function) or function
    for kind, count in (("primitives", 0), ("ops", 1)):
        for dtype in ("float16", "float32", "float64", "complex64"):
            run_check(subject, CaseId(kind, "tan", "value", dtype))
        assert len(compiled) == count


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
