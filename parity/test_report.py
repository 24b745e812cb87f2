"""The page that the documentation carries is the current one."""

from collections.abc import Callable
from pathlib import Path

from parity.comparison import Comparison
from parity.differences import entries, uncompared
from parity.report import page
from parity.subjects import names

PAGE = Path(__file__).parent.parent / "docs" / "parity.md"


def test_the_page_is_current(compared: Callable[[str], Comparison]) -> None:
    """`python -m parity.report --markdown docs/parity.md` would not change it."""
    assert page([compared(name) for name in names()], entries(), uncompared()) == PAGE.read_text(encoding="utf-8")
