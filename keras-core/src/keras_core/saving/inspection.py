"""What a model file holds, read without building anything."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import IO, Any, Final

from keras_core.runtime.strict_json import parse_json
from keras_core.saving.archive import CONFIG, METADATA, open_archive
from keras_core.saving.assets import ASSETS
from keras_core.saving.containers import container_of, container_of_index
from keras_core.saving.contents import Contents
from keras_core.saving.errors import existing
from keras_core.saving.keras_format import open_member
from keras_core.saving.layout import readable_paths
from keras_core.saving.legacy_h5 import is_legacy, open_legacy
from keras_core.saving.shards import shard_names
from keras_core.saving.weights_format import open_contents

_VERSIONS: Final = ("keras_version", "keras_core_version", "date_saved")


@dataclass(frozen=True)
class StoredVariable:
    """One array in a file.

    Attributes:
        name: its name for readers.
        object: path of the layer or optimizer that it belongs to.
        key: its key there.
        shape: its shape.
        dtype: its dtype.
        nbytes: its size in bytes.
    """

    name: str
    object: str
    key: str
    shape: tuple[int, ...]
    dtype: str
    nbytes: int


@dataclass(frozen=True)
class Inspection:
    """What a file holds.

    Attributes:
        path: path of the file.
        format: what kind of file it is.
        nbytes: its size in bytes, with the files that belong to it.
        versions: versions of the programs that wrote it, and when, as far as it says.
        layers: `(depth, name, class)` of the model and its layers, as its configuration has them; empty for weights.
        variables: its arrays.
        assets: names of the assets.
    """

    path: str
    format: str
    nbytes: int
    versions: dict[str, str] = field(default_factory=dict)
    layers: tuple[tuple[int, str, str], ...] = ()
    variables: tuple[StoredVariable, ...] = ()
    assets: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def inspect_file(path: Any) -> Inspection:
    """Return what a model file holds. Nothing is built, and no array is read.

    Args:
        path: path of a `.keras` file, a file of weights or the index of several.

    Raises:
        MissingFileError: where there is no such file.
        ModelFileError: where the file is refused.

    Example:
        >>> import tempfile
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.save_weights(f"{folder}/model.safetensors")
        ...     found = keras.saving.inspect_file(f"{folder}/model.safetensors")
        >>> [(variable.name, variable.shape) for variable in found.variables]
        [('dense/kernel', (2, 3)), ('dense/bias', (3,))]
    """
    name = existing(path)
    if name.endswith(".keras"):
        return _inspect_archive(name)
    if is_legacy(name):
        with open_legacy(name) as (_, file):
            what = "weights" if file.config is None else "model"
            size, layers = os.path.getsize(name), tuple(_layers(file.config))
            return Inspection(name, f"{what}, legacy HDF5", size, layers=layers, variables=_variables(file.entries()))
    with open_contents(name) as (_, contents):
        if (several := container_of_index(name)) is not None:
            shards = [os.path.join(os.path.dirname(name), shard) for shard in shard_names(name, several)[0]]
            what, size = f"{len(shards)} files of {several.title}", sum(map(os.path.getsize, [name, *shards]))
        else:
            container = container_of(name)
            what, size = container.title if container else "HDF5", os.path.getsize(name)
        return Inspection(name, f"weights, {what}", size, variables=_variables(contents))


def _inspect_archive(name: str) -> Inspection:
    with contextlib.ExitStack() as opened:
        members: Mapping[str, IO[bytes]] = opened.enter_context(open_archive(name))
        metadata, config = (parse_json(members[part].read(), f"{name!r}: {part}") for part in (METADATA, CONFIG))
        what, contents = opened.enter_context(open_member(members, name))
        told = metadata if isinstance(metadata, dict) else {}
        return Inspection(
            name,
            f"model, {what.rpartition(' ')[2]} in a zip archive",
            os.path.getsize(name),
            {key: str(told[key]) for key in _VERSIONS if key in told},
            tuple(_layers(config)),
            _variables(contents),
            tuple(sorted(member for member in members if member.startswith(ASSETS))),
        )


def _layers(config: Any) -> list[tuple[int, str, str]]:
    """Return depth, name and class of a model and all that is in its lists of layers."""
    found: list[tuple[int, str, str]] = []
    pending = [(0, config)]
    while pending:
        depth, part = pending.pop()
        if not isinstance(part, dict) or "class_name" not in part:
            continue
        inner = part.get("config")
        inner = inner if isinstance(inner, dict) else {}
        found.append((depth, str(part.get("name") or inner.get("name") or ""), str(part["class_name"])))
        layers = inner.get("layers")
        pending += [(depth + 1, layer) for layer in reversed(layers if isinstance(layers, list) else [])]
    return found


def _variables(contents: Contents) -> tuple[StoredVariable, ...]:
    prefixes = readable_paths(contents)
    return tuple(
        StoredVariable(
            array.name or f"{prefixes[path]}/{key}".lstrip("/"), path, key, array.shape, array.dtype.name, array.nbytes
        )
        for path, entry in contents.items()
        for key, array in entry.arrays.items()
    )
