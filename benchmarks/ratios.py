"""The table of what takes how many times as long as in the framework."""

from typing import Any

from rich.table import Table


def table_of_ratios(
    title: str, columns: tuple[str, str], results: dict[str, dict[str, Any]], aim: float, digits: int
) -> Table:
    """Return the table of all backends.

    Args:
        title: what was measured, in which unit.
        columns: headings of what was called, here and in the framework.
        results: backend -> name of the row -> `native`, `ours`, `statement` and, where it was measured, `keras`.
        aim: the ratio that is aimed at.
        digits: behind the point, of what Keras takes.
    """
    with_keras = any("keras" in row for rows in results.values() for row in rows.values())
    table = Table(title=title)
    for column in ("backend", *columns):
        table.add_column(column, no_wrap=True)
    for column in ("native", "ours", "ratio", "aim", "met", *["Keras"] * with_keras):
        table.add_column(column, justify="right", no_wrap=True)
    for backend, rows in results.items():
        for position, (name, row) in enumerate(rows.items()):
            ratio = row["ours"] / row["native"]
            table.add_row(
                "" if position else backend,
                name,
                row["statement"],
                f"{row['native']:.2f}",
                f"{row['ours']:.2f}",
                f"{ratio:.2f}",
                f"{aim} x",
                "[green]yes[/]" if ratio <= aim else "[yellow]no[/]",
                *[f"{row['keras']:.{digits}f}" if "keras" in row else ""] * with_keras,
            )
        table.add_section()
    return table
