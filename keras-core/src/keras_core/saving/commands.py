"""The subcommands about model files: `inspect` and `convert`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from functools import partial

from keras_core.plugins.tables import print_table

_SUFFIXES = ("B", "KiB", "MiB", "GiB", "TiB")


def configure_inspect(parser: argparse.ArgumentParser) -> None:
    """Add the file."""
    parser.add_argument("file", metavar="FILE", help="a .keras file, a file of weights or the index of several")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=partial(_guarded, _inspect))


def configure_convert(parser: argparse.ArgumentParser) -> None:
    """Add the files."""
    parser.add_argument("source", metavar="A", help="the file that there is")
    parser.add_argument("target", metavar="B", help="the new file; its extension chooses the format")
    parser.add_argument("--weights-format", metavar="FORM", help="of weights in a .keras file: h5 or safetensors")
    parser.add_argument(
        "--max-shard-size",
        metavar="GB",
        type=float,
        help="of each file behind an index, .weights.json or .safetensors.index.json",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a file that exists")
    parser.set_defaults(run=partial(_guarded, _convert))


def _guarded(run: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """Run a command; what is wrong with files and arguments is a message, not a traceback."""
    try:
        return run(arguments)
    except (OSError, ValueError) as error:
        print(f"keras-core: {error}", file=sys.stderr)
        return 1


def _inspect(arguments: argparse.Namespace) -> int:
    from keras_core.saving.inspection import inspect_file

    found = inspect_file(arguments.file)
    if arguments.json:
        print(json.dumps(found.to_json(), indent=2))
        return 0
    print(f"{_printable(found.path)}: {found.format}, {_size(found.nbytes)}")
    for name, value in found.versions.items():
        print(f"  {name}: {_printable(value)}")
    if found.layers:
        print()
        layers = [(f"{'  ' * depth}{_printable(name)}", _printable(kind)) for depth, name, kind in found.layers]
        print_table(("layer", "class"), layers)
    print()
    rows = [
        (_printable(variable.name), str(variable.shape), variable.dtype, _size(variable.nbytes))
        for variable in found.variables
    ]
    print_table(("variable", "shape", "dtype", "size"), rows)
    print(f"{len(rows)} variables, {_size(sum(variable.nbytes for variable in found.variables))}")
    for name in found.assets:
        print(f"  {name}")
    return 0


def _convert(arguments: argparse.Namespace) -> int:
    from keras_core.saving.conversion import convert_file

    if os.path.exists(arguments.target) and not arguments.overwrite:
        raise FileExistsError(f"{arguments.target!r} exists; pass --overwrite to replace it")
    convert_file(arguments.source, arguments.target, arguments.weights_format, arguments.max_shard_size)
    return 0


def _printable(text: str) -> str:
    """Return a text of a file with all that could steer a terminal escaped."""
    return text if text.isprintable() else ascii(text)[1:-1]


def _size(count: float) -> str:
    for suffix in _SUFFIXES[:-1]:
        if count < 1024:
            return f"{count:.0f} {suffix}" if suffix == "B" else f"{count:.1f} {suffix}"
        count /= 1024
    return f"{count:.1f} {_SUFFIXES[-1]}"
