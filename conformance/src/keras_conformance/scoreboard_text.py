"""A scoreboard as Markdown, and the badge of one report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from keras_conformance.components import KINDS as COMPONENTS
from keras_conformance.report import OUTCOMES
from keras_conformance.scoreboard import Column, Scoreboard

HEADINGS: Final = {
    "ops": "Ops",
    "primitives": "Primitives",
    **{kind: kind.capitalize() for kind in COMPONENTS},
    "other": "Everything else",
}
_COLOURS: Final = {"conforms": "#1a7f37", "in part": "#9a6700", "fails": "#cf222e"}
_CHARACTER: Final = 6.6
"""Mean width of a character of the badge, in pixels."""


def markdown(board: Scoreboard) -> str:
    """Return the board as Markdown: totals, a table for each kind of case, and the reasons."""
    parts = ["# Conformance", _totals(board)]
    parts += [f"- {column.title}: {problem}" for column in board.columns for problem in column.content["problems"]]
    if len(board.digests) > 1:
        parts.append("The reports were made with different op databases; their numbers do not compare.")
    parts.append(
        "A cell says how many cases pass, of how many; `native` is a kernel of the backend in place of a composite."
    )
    for kind, heading in HEADINGS.items():
        rows = [
            (row.name, *(cell.text + (" native" if cell.native else "") for cell in row.cells))
            for row in board.rows
            if row.kind == kind
        ]
        if rows:
            titles = ["name", *(column.title for column in board.columns)]
            parts += [f"## {heading}", _table(titles, rows)]
    parts += ["## Reasons", _reasons(board), "## Composite in place of a kernel", _fallbacks(board)]
    return "\n\n".join(parts) + "\n"


def _totals(board: Scoreboard) -> str:
    titles = [
        "backend",
        "tier",
        "pass rate",
        "cases",
        *OUTCOMES,
        "kernels",
        "fallbacks",
        "op database",
        "ledger",
        "date",
    ]
    return _table(
        titles,
        [
            (
                column.title,
                column.tier,
                column.rate,
                str(column.denominator),
                *(str(column.content["counts"].get(outcome, 0)) for outcome in OUTCOMES),
                str(len(column.content["kernels"])),
                str(sum(column.content["fallbacks"].values())),
                f"`{column.content['digests']['ops'][:12]}`",
                f"`{column.content['digests'].get('ledger', '')[:12]}`",
                column.content["date"],
            )
            for column in board.columns
        ],
    )


def _reasons(board: Scoreboard) -> str:
    rows = [
        (deviation.case, column.title, deviation.outcome, deviation.summary)
        for row in board.rows
        for column, cell in zip(board.columns, row.cells, strict=True)
        for deviation in cell.deviations
    ]
    return _table(["case", "backend", "outcome", "reason"], rows) if rows else "Every case passed."


def _fallbacks(board: Scoreboard) -> str:
    rows = [
        (row.name, column.title, str(cell.fallbacks))
        for row in board.rows
        for column, cell in zip(board.columns, row.cells, strict=True)
        if cell.fallbacks
    ]
    return _table(["op", "backend", "calls"], rows) if rows else "No kernel left a call to its composite."


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(map(_in_cell, line)) + " |" for line in lines)


def _in_cell(text: str) -> str:
    # A reason is anybody's prose: it must neither end the cell nor become HTML where the page is shown.
    return " ".join(escape(text, quote=False).replace("|", "\\|").split())


def badge(column: Column) -> str:
    """Return the SVG badge of a report: its tier, and how many cases of it pass, of how many."""
    label, value = "conformance", f"{column.content['tier']} {column.passed}/{column.denominator}"
    value += f", {column.advisory} advisory" if column.advisory else ""
    state = "fails" if not column.conforms else "conforms" if column.passed == column.denominator else "in part"
    left, right = (round(_CHARACTER * len(text)) + 12 for text in (label, value))
    title = escape(f"{label} of {column.title}: {value} cases pass")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{title}">'
        f"<title>{title}</title>"
        f'<rect width="{left + right}" height="20" rx="3" fill="#444c56"/>'
        f'<path d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{right - 3}z" fill="{_COLOURS[state]}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{left / 2:g}" y="14">{label}</text><text x="{left + right / 2:g}" y="14">{value}</text></g></svg>\n'
    )
