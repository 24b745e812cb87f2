"""The rules of `conformance.toml`."""

import datetime

import pytest

from keras_conformance.ledger import LedgerError, find_ledger, parse_ledger

DAY = datetime.date(2030, 1, 1)
KNOWN = [f"ops/op{number}/value/float32" for number in range(40)]
FIRST = KNOWN[0]


def test_all_tables() -> None:
    """Each kind of entry is read."""
    ledger = parse_ledger(
        f"""
        [[unsupported]]
        cases = ["{KNOWN[0]}", "{KNOWN[1]}"]
        reason = "None."
        [[xfail]]
        case = "{KNOWN[2]}"
        reason = "Wrong."
        issue = "https://example.org/1"
        expires = 2031-01-01
        [[tolerance]]
        case = "{KNOWN[3]}"
        rtol = 1e-3
        atol = 0
        reason = "Coarse."
        [[environment]]
        variable = "FRAMEWORK_FLAGS"
        value = "--quick"
        reason = "What is compiled runs once."
        """
    )
    assert ledger.environment == {"FRAMEWORK_FLAGS": "--quick"}
    assert ledger.cases == set(KNOWN[:4])
    assert ledger.tolerances[KNOWN[3]] == (1e-3, 0.0)
    ledger.check(KNOWN, DAY)
    with pytest.raises(LedgerError, match="expired on 2031-01-01"):
        ledger.check(KNOWN, datetime.date(2031, 1, 2))
    with pytest.raises(LedgerError, match=f"there is no case '{KNOWN[3]}'"):
        ledger.check(set(KNOWN) - {KNOWN[3]}, DAY)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[skip]]", "expected 'tier' and the tables"),
        ("unsupported = 1", r"must be written as \[\[unsupported\]\]"),
        ("[[unsupported]]\ncases = []\nreason = 'x'", "cannot be"),
        ("[[unsupported]]\ncases = ['ops/*/value']\nreason = 'x'", "wildcard"),
        ("[[unsupported]]\ncases = ['a', 'a']\nreason = 'x'", "named twice"),
        ("[[unsupported]]\ncases = ['a']", "has the fields cases, reason"),
        ("[[unsupported]]\ncases = [1]\nreason = 'x'", "must be a list of ids"),
        ("[[xfail]]\ncase = 'a'\nreason = 'x'\nissue = 'y'", "has the fields case, reason, issue, expires"),
        ("[[xfail]]\ncase = 'a'\nreason = 'x'\nissue = 'y'\nexpires = 'soon'", "must be a date"),
        ("[[tolerance]]\ncase = 'a'\nrtol = '1'\natol = 0\nreason = 'x'", "cannot be '1'"),
        ("[[environment]]\nvariable = 'X'\nvalue = 1\nreason = 'x'", "cannot be 1"),
        ("[[tolerance", "conformance.toml"),
    ],
)
def test_rules(text: str, message: str) -> None:
    """Each rule is kept."""
    with pytest.raises(LedgerError, match=message):
        parse_ledger(text)


def test_too_many_unsupported() -> None:
    """Who declares more than a tenth unsupported is no backend."""
    ledger = parse_ledger(f"[[unsupported]]\ncases = {KNOWN[:5]}\nreason = 'x'")
    with pytest.raises(LedgerError, match="at most one in 10"):
        ledger.check(KNOWN, DAY)


def test_ledger_of_the_embedded_backend() -> None:
    """It is found without an import, and declares nothing unsupported."""
    assert not find_ledger("numpy").unsupported


def test_ledger_of_no_backend() -> None:
    """A backend that is not installed declares nothing; loading it is what fails."""
    assert not find_ledger("nobody").cases
