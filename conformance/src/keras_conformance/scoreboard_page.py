"""A scoreboard as one HTML page that needs nothing else: no network, no file beside it."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template

from keras_conformance.report import OUTCOMES
from keras_conformance.scoreboard import Cell, Column, Deviation, Row, Scoreboard
from keras_conformance.scoreboard_text import HEADINGS


def page(board: Scoreboard) -> str:
    """Return the board as a page, with filters by name, kind and outcome."""
    template = Template((files("keras_conformance") / "scoreboard.html").read_text(encoding="utf-8"))
    mixed = "The reports were made with different op databases; their numbers do not compare."
    problems = [f"{column.title}: {problem}" for column in board.columns for problem in column.content["problems"]]
    problems += [mixed] if len(board.digests) > 1 else []
    return template.substitute(
        problems="".join(f'<p class="problem">{escape(problem)}</p>\n' for problem in problems),
        total_titles="".join(f'<th scope="col">{escape(outcome)}</th>' for outcome in OUTCOMES),
        totals="\n".join(map(_total, board.columns)),
        origins="\n".join(map(_origin, board.columns)),
        kinds="".join(f'<option value="{kind}">{escape(heading)}</option>' for kind, heading in HEADINGS.items()),
        outcomes="".join(f'<option value="{escape(outcome)}">{escape(outcome)}</option>' for outcome in OUTCOMES),
        titles="".join(f'<th scope="col">{escape(column.title)}</th>' for column in board.columns),
        rows="\n".join(map(_row, board.rows)),
        count=str(len(board.rows)),
    )


def _total(column: Column) -> str:
    content = column.content
    numbers = [
        column.rate,
        str(column.denominator),
        *(str(content["counts"].get(outcome, 0)) for outcome in OUTCOMES),
        str(len(content["kernels"])),
        str(sum(content["fallbacks"].values())),
    ]
    cells = [f"<td>{escape(column.tier)}</td>"]
    cells += [f'<td class="number{" zero" if number == "0" else ""}">{escape(number)}</td>' for number in numbers]
    return f'<tr><th scope="row">{escape(column.title)}</th>{"".join(cells)}</tr>'


def _origin(column: Column) -> str:
    content = column.content
    digests = content["digests"]
    texts = {
        "date": content["date"],
        "op database": digests["ops"],
        "ledger": digests.get("ledger", ""),
        "cases since": digests.get("since", ""),
        "versions": ", ".join(f"{name} {version}" for name, version in content["versions"].items()),
    }
    items = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in texts.items() if text)
    return f"<h3>{escape(column.title)}</h3><dl>{items}</dl>"


def _row(row: Row) -> str:
    outcomes = ",".join(outcome for outcome in OUTCOMES if any(cell.counts.get(outcome) for cell in row.cells))
    return (
        f'<tr data-name="{escape(row.name.lower())}" data-kind="{row.kind}" data-outcomes="{outcomes}">'
        f'<th scope="row">{escape(row.name)}</th>{"".join(map(_cell, row.cells))}</tr>'
    )


def _cell(cell: Cell) -> str:
    notes = ["native"] if cell.native else []
    notes += [f"{cell.fallbacks} fallbacks" if cell.fallbacks > 1 else "1 fallback"] if cell.fallbacks else []
    text = escape(cell.text)
    if cell.deviations:
        reasons = "".join(map(_reason, cell.deviations))
        text = f"<details><summary>{text}</summary><ul>{reasons}</ul></details>"
    if notes:
        text += f" <small>{', '.join(notes)}</small>"
    return f'<td class="{cell.outcome.replace(" ", "-")}">{text}</td>'


def _reason(deviation: Deviation) -> str:
    text = f"<code>{escape(deviation.case)}</code> {escape(deviation.outcome)}"
    if deviation.outcome == "failed" and "\n" in deviation.reason:
        return f"<li>{text}<pre>{escape(deviation.reason)}</pre></li>"
    return f"<li>{text}: {escape(deviation.summary)}</li>"
