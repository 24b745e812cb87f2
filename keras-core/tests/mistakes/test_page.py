"""The page of common mistakes is what the table gives."""

from pathlib import Path

from mistakes.page import page, stable

PAGE = Path(__file__).resolve().parents[3] / "docs" / "common-mistakes.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_what_varies_is_not_on_the_page() -> None:
    message = "'/tmp/abc/net.keras' does not fit <function f at 0x7f00>, backend=numpy, Installed: numpy, jax. A"
    assert stable(message) == "'.../net.keras' does not fit <function f>, backend=..., Installed: .... A"
