"""The subcommands about plugins: `plugins`, `backend` and `devices`."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Final

from keras_core.plugins.config import BACKEND_VARIABLES, backend_choice, persist_backend
from keras_core.plugins.discovery import BACKENDS, GROUPS, PluginInfo, State
from keras_core.plugins.errors import UnknownBackendError
from keras_core.plugins.registry import list_plugins
from keras_core.plugins.tables import print_table

if TYPE_CHECKING:
    from keras_core.plugins.check import Report

_TIMEOUT = 120.0
_STYLES: Final = dict.fromkeys(map(str, State), "red") | {str(State.AVAILABLE): "green", str(State.DISABLED): "yellow"}


def configure_plugins(parser: argparse.ArgumentParser) -> None:
    """Add `list` and `check`."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="show the installed plugins and their states; imports none of them")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(run=_list)
    check = actions.add_parser("check", help="load one plugin in a process of its own and examine it")
    check.add_argument("name", metavar="NAME")
    check.add_argument("--json", action="store_true", help="print JSON")
    _add_timeout(check)
    check.set_defaults(run=_check)


def configure_backend(parser: argparse.ArgumentParser) -> None:
    """Add the name to choose."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="the backend that new processes shall use")
    parser.set_defaults(run=_backend)


def configure_devices(parser: argparse.ArgumentParser) -> None:
    """Add the choice of one backend."""
    parser.add_argument("--backend", metavar="NAME", help="only this one; without it, all that can be used")
    parser.add_argument("--json", action="store_true", help="print JSON")
    _add_timeout(parser)
    parser.set_defaults(run=_devices)


def _add_timeout(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--timeout", type=float, default=_TIMEOUT, help="seconds one plugin may take (default: 120)")


def _list(arguments: argparse.Namespace) -> int:
    plugins = list_plugins()
    if arguments.json:
        print(json.dumps([info.to_json() for info in plugins], indent=2))
        return 0
    columns = ("group", "name", "distribution", "version", "contract", "state", "remark")
    print_table(columns, [_row(info) for info in plugins], _STYLES)
    return 0


def _row(info: PluginInfo) -> tuple[str, ...]:
    contract = f"{info.contract[0]}.{info.contract[1]}" if info.contract else "?"
    remark = "; ".join(part for part in (info.reason, info.repair) if part) or ("built-in" if info.builtin else "")
    group = info.group.removeprefix(GROUPS[0].partition(".")[0] + ".")
    return group, info.name, info.distribution, info.version, contract, str(info.state), remark


def _check(arguments: argparse.Namespace) -> int:
    from keras_core.plugins.check import check_plugin

    reports = check_plugin(arguments.name, arguments.timeout)
    if arguments.json:
        print(json.dumps([report.to_json() for report in reports], indent=2))
    else:
        for report in reports:
            _print_report(report)
    return 1 if any(report.problems for report in reports) else 0


def _print_report(report: Report) -> None:
    info = report.plugin
    title = f"{info.group} '{info.name}': {info.distribution} {info.version}"
    facts = [
        (name, ", ".join(map(str, fact)) or "none" if isinstance(fact, list) else str(fact))
        for name, fact in report.facts.items()
    ]
    verdict = f"{len(report.problems)} problem(s)" if report.problems else "ok"
    if not sys.stdout.isatty():
        lines = [*(f"{name}: {fact}" for name, fact in facts), *(f"PROBLEM: {it}" for it in report.problems), verdict]
        print("\n  ".join([title, *lines]))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, fact in facts:
        table.add_row(name, Text(fact))
    for problem in report.problems:
        table.add_row(Text("PROBLEM", style="bold red"), Text(problem, style="red"))
    table.add_row("result", Text(verdict, style="bold red" if report.problems else "bold green"))
    Console().print(Text(title, style="bold"), table)


def _backend(arguments: argparse.Namespace) -> int:
    if arguments.name is None:
        name, source = backend_choice()
        print(f"{name} ({source})")
        return 0
    listed = list_plugins(BACKENDS)
    found = [info for info in listed if info.name == arguments.name]
    if not found:
        raise UnknownBackendError(arguments.name, [info.name for info in listed])
    usable = any(info.state is State.AVAILABLE for info in found)
    if not usable:
        info = found[0]
        print(f"keras-core: backend '{info.name}' is {info.state}: {info.reason}\n{info.repair}", file=sys.stderr)
        return 1
    path = persist_backend(arguments.name)
    print(f"{arguments.name} is now the backend of new processes ({path})")
    name, source = backend_choice()
    if source.endswith(BACKEND_VARIABLES):
        print(f"but the {source} chooses '{name}' here", file=sys.stderr)
    return 0


def _devices(arguments: argparse.Namespace) -> int:
    from keras_core.plugins.devices import available_backends, devices_of
    from keras_core.plugins.isolated import ChildError

    found: dict[str, list[str]] = {}
    errors: dict[str, str] = {}
    for backend in [arguments.backend] if arguments.backend else available_backends():
        try:
            found[backend] = devices_of(backend, arguments.timeout)
        except ChildError as error:
            errors[backend] = str(error)
    if arguments.json:
        print(json.dumps({"devices": found, "errors": errors}, indent=2))
    else:
        rows = [(backend, ", ".join(names)) for backend, names in found.items()]
        print_table(("backend", "devices"), rows + list(errors.items()), _STYLES)
    return 1 if errors else 0
