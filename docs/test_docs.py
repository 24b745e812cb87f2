"""Every relative link in the documents of the repository leads to a file, and to a heading where it names one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


def documents() -> list[Path]:
    """The Markdown files of the repository, without those of environments and tools."""
    return sorted(
        path
        for path in ROOT.rglob("*.md")
        if not any(part.startswith(".") and part != ".github" for part in path.relative_to(ROOT).parts)
    )


def anchors(text: str) -> set[str]:
    """The anchors of the headings, as code hosts derive them."""
    headings = HEADING.findall(FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(document: Path) -> list[str]:
    """The relative links of one document that lead nowhere."""
    broken = []
    for target in LINK.findall(CODE.sub("", FENCE.sub("", document.read_text(encoding="utf-8")))):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = (document.parent / name).resolve() if name else document
        is_broken_anchor = anchor and linked.suffix == ".md" and linked.is_file()
        if not linked.exists() or (is_broken_anchor and anchor not in anchors(linked.read_text(encoding="utf-8"))):
            broken.append(target)
    return broken


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_relative_links_lead_somewhere(document: Path) -> None:
    assert broken_links(document) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    document = tmp_path / "document.md"
    document.write_text(
        "# One thing\n[a](#one-thing) [b](missing.md) [c](#other) `[d](code)` [e](https://example.org)\n"
    )
    assert broken_links(document) == ["missing.md", "#other"]
