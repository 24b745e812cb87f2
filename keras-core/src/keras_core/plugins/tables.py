"""Tables that commands print."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], styles: Mapping[str, str] | None = None) -> None:
    """Print a table: for eyes on a terminal, in plain aligned columns into a pipe.

    Args:
        columns: the heads.
        rows: the cells.
        styles: text of a cell -> how it looks on a terminal.
    """
    if not sys.stdout.isatty():
        flat = [[cell.replace("\n", " ") for cell in row] for row in (columns, *rows)]
        widths = [max(map(len, column)) for column in zip(*flat, strict=True)]
        for row in flat:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        return
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE, padding=0, pad_edge=False)
    for column in columns[:-1]:
        table.add_column(column, no_wrap=True)
    table.add_column(columns[-1], overflow="fold")
    for row in rows:
        # Text: an extra in square brackets is no markup.
        table.add_row(*(Text(cell, style=(styles or {}).get(cell, "")) for cell in row))
    Console().print(table)
