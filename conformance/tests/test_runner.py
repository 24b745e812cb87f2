"""The command, and what the ledger makes of outcomes."""

from typing import Any

import pytest

UNSUPPORTED = """
[[unsupported]]
cases = ["primitives/tan/value/float32"]
reason = "The framework has no tangent."
"""
EXPECTED = """
[[xfail]]
case = "primitives/tan/value/float32"
reason = "The tangent is off."
issue = "https://example.org/1"
expires = {day}
"""
TOLERATED = """
[[tolerance]]
case = "primitives/tan/value/float32"
rtol = 0.5
atol = 0.5
reason = "A polynomial of low degree."
"""
FLAGS = """
[[environment]]
variable = "GUEST_FLAGS"
value = "--quick"
reason = "What is compiled runs once."
"""
RAISES = 'own["tan"] = no_tangent'
UNLESS_SET = 'import os; own["tan"] = own["tan"] if os.environ.get("GUEST_FLAGS") else no_tangent'
SKIPS = """
def pytest_runtest_setup(item):
    import pytest
    pytest.skip("not today")
"""
WRONG = 'own["tan"] = lambda x: x * x.dtype.type(1.01)'
OFF = 'tangent = own["tan"]; own["tan"] = lambda x: tangent(x) * x.dtype.type(1.1)'
LAYER = "layers/Dense/value"
ONLY = ("-k", "primitives/tan/value/float32")


def test_conforming_backend(examine: Any) -> None:
    """A backend without a bug passes, and the report says of what."""
    done = examine("-k", "primitives/tan or ops/tan")
    assert done.code == 0, done.output
    assert done.report["backend"] == "guest"
    assert done.report["versions"]["guest-backend"] == "1.0"
    assert done.report["primitives"]["tan"]["value/float32"] == "passed"
    assert done.report["primitives"]["exp"]["value/float32"] == "not run"
    assert len(done.report["digests"]["ops"]) == 64
    assert done.report["counts"]["failed"] == 0
    assert done.report["required"] == sum(
        len(of)
        for kind in (done.report["ops"], done.report["primitives"], *done.report["components"].values())
        for of in kind.values()
    )


def test_failing_backend(examine: Any) -> None:
    """A wrong answer fails the run and stands in the report."""
    done = examine(*ONLY, change=WRONG)
    assert done.code == 1
    assert done.report["primitives"]["tan"]["value/float32"] == "failed"
    assert "elements differ" in done.report["messages"]["primitives/tan/value/float32"]


def test_failing_layer(examine: Any) -> None:
    """A layer stands in the report beside the ops, and its error says which property does not hold."""
    ledger = f'[[tolerance]]\ncase = "{LAYER}/plain"\nrtol = 0.05\natol = 0.05\nreason = "Coarse."\n'
    done = examine("-k", LAYER, change='own["matmul"] = lambda x, y: (x @ y) * x.dtype.type(1.01)', ledger=ledger)
    assert done.code == 1
    dense = done.report["components"]["layers"]["Dense"]
    assert (dense["value/activation"], dense["value/plain"]) == ("failed", "passed")
    assert "(Dense), property 'value': output 0:" in done.report["messages"][f"{LAYER}/activation"]
    assert done.report["by_check"]["layers"]["passed"] == 1


def test_unsupported(examine: Any) -> None:
    """A case that is declared unsupported must raise exactly that."""
    done = examine(*ONLY, change=RAISES, ledger=UNSUPPORTED)
    assert done.code == 0, done.output
    assert done.report["counts"]["unsupported"] == 1


def test_undeclared_unsupported(examine: Any) -> None:
    """The same error without a declaration is a failure."""
    assert examine(*ONLY, change=RAISES).code == 1


@pytest.mark.parametrize("change", ["pass", WRONG], ids=["right", "wrong"])
def test_unsupported_with_an_answer(examine: Any, change: str) -> None:
    """An answer, a right one included, fails what is declared unsupported."""
    done = examine(*ONLY, change=change, ledger=UNSUPPORTED)
    assert done.code == 1
    assert "must raise UnsupportedOpError" in done.output


def test_expected_failure(examine: Any) -> None:
    """A failure that is declared does not fail the run."""
    done = examine(*ONLY, change=WRONG, ledger=EXPECTED.format(day="2999-01-01"))
    assert done.code == 0, done.output
    assert done.report["counts"]["xfailed"] == 1


def test_expected_failure_that_passes(examine: Any) -> None:
    """Declared failures are strict."""
    done = examine(*ONLY, ledger=EXPECTED.format(day="2999-01-01"))
    assert done.code == 1
    assert "declared to fail, but passed" in done.output


def test_expired(examine: Any) -> None:
    """A declared failure does not last."""
    done = examine(*ONLY, change=WRONG, ledger=EXPECTED.format(day="2020-01-01"))
    assert done.code not in (0, 1)
    assert "expired on 2020-01-01" in done.output


def test_unknown_case(examine: Any) -> None:
    """An id that no case has stops the run, however little of it was asked for."""
    done = examine(*ONLY, ledger=UNSUPPORTED.replace("float32", "float33"))
    assert done.code not in (0, 1)
    assert "there is no case 'primitives/tan/value/float33'" in done.output


def test_tolerance(examine: Any) -> None:
    """A tolerance of its own holds for one case."""
    assert examine(*ONLY, change=OFF, ledger=TOLERATED).code == 0


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("users", [None, "--slow"])
def test_environment(examine: Any, monkeypatch: pytest.MonkeyPatch, users: str | None, jobs: str) -> None:
    """A variable is set before the backend is loaded, but for the user who has set it; the report says what it was."""
    if users is not None:
        monkeypatch.setenv("GUEST_FLAGS", users)
    done = examine(*ONLY, "--jobs", jobs, change=UNLESS_SET, ledger=FLAGS)
    assert done.code == 0, done.output
    assert done.report["environment"] == {"GUEST_FLAGS": users or "--quick"}
    assert f"GUEST_FLAGS={users or '--quick'}" in done.output


def test_everything_unsupported(examine: Any) -> None:
    """A ledger may not declare away the whole contract."""
    from keras_conformance import registry, subject

    cases = [str(case) for case in registry.required(subject.load("numpy")) if case.check == "value"]
    done = examine(*ONLY, change=RAISES, ledger=f'[[unsupported]]\ncases = {cases}\nreason = "It cannot."\n')
    assert done.code not in (0, 1)
    assert "at most one in 10 may be" in done.output


def test_skip(examine: Any) -> None:
    """Whoever skips a case fails it."""
    done = examine(*ONLY, "--", "-p", "guest_backend.plugin", before=SKIPS)
    assert done.code == 1
    assert "must not be skipped" in done.output
    assert done.report["primitives"]["tan"]["value/float32"] == "failed"


def test_cases_left_out(examine: Any) -> None:
    """Without `-k` every case that the op database asks for must run."""
    done = examine("--", "--deselect", "test_ops.py::test_case[primitives/tan/value/float32]", "-x")
    assert done.code == 1, done.output
    assert "required cases did not run" in done.output
    assert done.report["primitives"]["tan"]["value/float32"] == "not run"


def test_sleeping_import(examine: Any) -> None:
    """A plugin whose import takes long is found out."""
    done = examine("-k", "discovery or importing_the_plugin", before="import time; time.sleep(2)")
    assert done.code == 1
    assert done.report["other"]["discovery/importing_the_plugin_is_cheap"] == "failed"
    assert done.report["other"]["discovery/listing_imports_nothing_of_it"] == "passed"


def test_no_such_backend(examine: Any) -> None:
    """A name that nobody has is said to be none."""
    done = examine("--no-kernels", "--", "--keras-backend", "nobody")
    assert done.code not in (0, 1)
    assert "nobody" in done.output
