"""The command `keras-core`.

A subcommand is a row of `COMMANDS`; the room that owns it is imported only when it is asked for.
"""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Command:
    """One subcommand.

    Attributes:
        name: what the user types.
        help: one line.
        configure: `"module:function"`; the function gets the subcommand's `argparse.ArgumentParser`, adds arguments to
            it and sets the default `run` to a function from the parsed arguments to an exit code.
    """

    name: str
    help: str
    configure: str


COMMANDS: Final = (
    Command("plugins", "list or check installed plugins", "keras_core.plugins.commands:configure_plugins"),
    Command("backend", "show or choose the backend", "keras_core.plugins.commands:configure_backend"),
    Command("devices", "list the devices of backends", "keras_core.plugins.commands:configure_devices"),
    Command("inspect", "show what a model file holds", "keras_core.saving.commands:configure_inspect"),
    Command("convert", "write a model file in another format", "keras_core.saving.commands:configure_convert"),
)


def main(argv: Sequence[str] | None = None, commands: Sequence[Command] = COMMANDS) -> int:
    """Run the command line and return its exit code: 0 done, 1 a problem was found, 2 it was misused.

    Args:
        argv: arguments without the program's name; None for those of the process.
        commands: the subcommands.
    """
    from keras_core.plugins.errors import PluginError

    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="keras-core", description="Keras as an open plugin ecosystem.")
    parser.add_argument("--version", action="store_true", help="show the version and the contract version")
    subparsers = parser.add_subparsers(metavar="COMMAND")
    for command in commands:
        subparser = subparsers.add_parser(command.name, help=command.help, description=command.help)
        if command.name in arguments:
            _function(command.configure)(subparser)
    try:
        parsed = parser.parse_args(arguments)
        if parsed.version:
            return _show_version()
        if not hasattr(parsed, "run"):
            parser.print_help()
            return 2
        return parsed.run(parsed)
    except PluginError as error:
        print(f"keras-core: {error}", file=sys.stderr)
        return 1


def _function(path: str) -> Callable[..., None]:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def _show_version() -> int:
    from keras_core.contract import CONTRACT_VERSION
    from keras_core.plugins.discovery import core_version

    print(f"keras-core {core_version()}, contract {CONTRACT_VERSION[0]}.{CONTRACT_VERSION[1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
