"""The page `docs/common-mistakes.md`: each mistake of the table and the message that it causes.

In `keras-core/tests`, `python -m mistakes.page` prints the page, and with a file name writes it.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Final

from mistakes.mistake import Mistake, answer_to
from mistakes.table import MISTAKES, THEMES

_HEAD: Final = """\
# Common mistakes

What is often done wrong, {count} times, and what Keras Core says to it. Classes and texts are the same on every
backend. An error that leaves a layer tells, below its message, which models and layers it passed, what shapes their
inputs had, and by which layers these came.

This page is written from the table in `keras-core/tests/mistakes`, through which the tests go. After a change of it, in
`keras-core/tests`: `python -m mistakes.page ../../docs/common-mistakes.md`.

"""
# What differs from run to run, or from one installation to the next.
_VARYING: Final = (
    (re.compile(r"'/[^']*/(?=[\w.]+')"), "'.../"),
    (re.compile(r"(the current folder is )'[^']*'"), r"\1'...'"),
    (re.compile(r" at 0x[0-9a-f]+"), ""),
    (re.compile(r"backend=\w+"), "backend=..."),
    (re.compile(r"(Installed: )[\w, ]+"), r"\1..."),
    (re.compile(r"(one of the backend's devices, )\[[^\]]*\]"), r"\1[...]"),
)


def page() -> str:
    """Return the page."""
    contents = "".join(f"- [{theme}](#{_anchor(theme)})\n" for theme in THEMES)
    sections = (f"\n## {theme}\n" + "".join(map(_entry, rows)) for theme, rows in THEMES.items())
    return _HEAD.format(count=len(MISTAKES)) + contents + "".join(sections)


def _anchor(theme: str) -> str:
    return re.sub(r"[^\w\- ]", "", theme.lower()).replace(" ", "-")


def _entry(row: Mistake) -> str:
    answer = answer_to(row)
    kind = "nothing" if answer.kind is None else answer.kind.__name__
    return f"\n### {row.title}\n\n```python\n{row.code}\n```\n\n```text\n{kind}: {stable(answer.message)}\n```\n"


def stable(message: str) -> str:
    """Return a message without what differs from run to run."""
    for pattern, replacement in _VARYING:
        message = pattern.sub(replacement, message)
    return "\n".join(line.rstrip() for line in message.splitlines())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, help="where the page is written; printed without it")
    file = parser.parse_args().file
    print(page(), end="") if file is None else file.write_text(page(), encoding="utf-8")
