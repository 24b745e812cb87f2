"""The command `keras-conformance`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from keras_conformance.run import SUITE
from keras_conformance.tiers import FULL, TIERS, holds


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: those of the command line, None for the process's own.

    Returns:
        The exit code: 0 where the backend conforms, or the scoreboard is written.
    """
    parser = argparse.ArgumentParser(
        prog="keras-conformance", description=__doc__, epilog="What stands after -- goes to pytest."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="examine a backend")
    run.add_argument("backend", help="its name, as `keras-core plugins list` shows it")
    run.add_argument("--report", metavar="FILE", help="where the JSON report goes")
    run.add_argument("--no-kernels", action="store_true", help="examine composites in place of native kernels")
    run.add_argument("--tier", choices=TIERS, help="which cases; default: those that the backend's ledger claims")
    run.add_argument("--strict", action="store_true", help="let cases bind that are new in this minor version")
    run.add_argument("--jobs", metavar="N", type=_jobs, default=1, help="processes, `auto` for one a core; default 1")
    run.add_argument("-k", metavar="EXPRESSION", help="only the cases that match, as in pytest; no verdict on the rest")
    listing = commands.add_parser("cases", help="list the ids of the cases of a backend")
    listing.add_argument("backend", help="its name, as `keras-core plugins list` shows it")
    listing.add_argument("--tier", choices=TIERS, default=FULL, help="only the cases of a tier; default: full")
    board = commands.add_parser("scoreboard", help="put reports side by side, one a column")
    board.add_argument("reports", nargs="+", type=Path, metavar="REPORT.json", help="written by `run --report`")
    board.add_argument("--markdown", type=Path, metavar="FILE", help="where the Markdown goes")
    board.add_argument("--html", type=Path, metavar="FILE", help="where the page goes; it needs no network")
    board.add_argument("--badge", type=Path, metavar="FILE", help="where the SVG badge of a single report goes")
    board.add_argument("--allow-mixed", action="store_true", help="take reports of different op databases")
    given = list(sys.argv[1:] if arguments is None else arguments)
    cut = given.index("--") if "--" in given else len(given)
    options = parser.parse_args(given[:cut])
    commands_by_name: dict[str, Callable[[], int]] = {
        "run": lambda: _run(options, given[cut + 1 :]),
        "cases": lambda: _list(options.backend, options.tier),
        "scoreboard": lambda: _scoreboard(options),
    }
    return commands_by_name[options.command]()


def _jobs(text: str) -> int:
    if text == "auto":
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1 on or `auto`, got {text}")
    return number


def _pytest(backend: str, *more: str) -> int:
    import pytest

    # A configuration of its own, so that the one of the folder in which the command is given has no say.
    own = ["-c", str(SUITE / "pytest.ini"), "-p", "no:cacheprovider", "--pyargs", "keras_conformance.suite"]
    return int(pytest.main([*own, "--keras-backend", backend, *more]))


def _run(options: argparse.Namespace, for_pytest: Sequence[str]) -> int:
    more = ["--keras-report", options.report] if options.report else []
    more += ["--keras-no-kernels"] if options.no_kernels else []
    more += ["--keras-tier", options.tier] if options.tier else []
    more += ["--keras-strict"] if options.strict else []
    more += ["--keras-jobs", str(options.jobs)] if options.jobs > 1 else []
    more += ["-k", options.k] if options.k else []
    return _pytest(options.backend, *more, *for_pytest)


def _list(backend: str, tier: str) -> int:
    from keras_conformance import registry, subject
    from keras_core.plugins import PluginError

    try:
        found = registry.required(subject.load(backend))
    except PluginError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(case for case in map(str, found) if holds(tier, case)))
    return 0


def _scoreboard(options: argparse.Namespace) -> int:
    from keras_conformance.scoreboard import ScoreboardError, read_scoreboard
    from keras_conformance.scoreboard_page import page
    from keras_conformance.scoreboard_text import badge, markdown

    if options.badge and len(options.reports) > 1:
        print(f"a badge is of one report; got {len(options.reports)}", file=sys.stderr)
        return 2
    if not (options.markdown or options.html or options.badge):
        print("nothing to write: give --markdown FILE, --html FILE or --badge FILE", file=sys.stderr)
        return 2
    try:
        board = read_scoreboard(options.reports, options.allow_mixed)
    except ScoreboardError as error:
        print(error, file=sys.stderr)
        return 2
    texts = ((options.markdown, markdown), (options.html, page), (options.badge, lambda found: badge(found.columns[0])))
    for file, written in texts:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(written(board), encoding="utf-8")
    return 0
