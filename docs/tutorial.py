"""Code blocks of a document, so that tests can run what readers copy."""

import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"(?:^`([^`\n]+)`:\n\n)?^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes:
        file: what stands in backticks, with a colon, on the line before it: the file that it is; or an empty text.
        kind: what stands after the fence: language and tags.
        text: the code.
        line: number of its first line in the document.
    """

    file: str
    kind: str
    text: str
    line: int


def blocks(document: Path) -> list[Block]:
    """Return the fenced blocks of a document in order."""
    text = document.read_text(encoding="utf-8")
    return [
        Block(match[1] or "", match[2].strip(), match[3], text.count("\n", 0, match.start(3)) + 1)
        for match in _BLOCK.finditer(text)
    ]
