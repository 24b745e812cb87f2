"""Weights alone: in one file as HDF5 or safetensors, in several with an index, or from a whole model."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator
from typing import Any

from keras_core.runtime.atomic import atomic_write
from keras_core.saving.containers import CONTAINERS, container_of, container_of_index, extensions
from keras_core.saving.contents import Contents, contents_of
from keras_core.saving.errors import existing
from keras_core.saving.report import LoadReport
from keras_core.saving.shards import open_shards, write_shards
from keras_core.saving.weights import read_weights


def folder_of(path: Any) -> str:
    """Return the folder of a path, where there is room for what becomes a part of the file there."""
    return os.path.dirname(os.path.realpath(os.fspath(path)))


def save_weights(model: Any, path: Any, max_shard_size: float | None = None) -> None:
    """Write the weights and the optimizer state of a model.

    Args:
        model: the model.
        path: path of the file, `.weights.h5` or `.safetensors`, or of the index of several, `.weights.json` or
            `.safetensors.index.json`; one that exists is replaced when the new one is complete.
        max_shard_size: gigabytes (of 1024 ** 3 bytes) of arrays in one file, None for all in one. Where `path` is that
            of one file the index has its name, with the extension of an index.

    Raises:
        ValueError: for a `max_shard_size` that the format does not have or an array does not fit in, or a weight that
            no attribute leads to.
    """
    name = os.fspath(path)
    what = f"{model.label}: save_weights"
    write_weights(contents_of(model), _place_of(name, max_shard_size, what), max_shard_size, what)


def _place_of(name: str, max_shard_size: float | None, what: str) -> str:
    """Return where the index of shards goes: files of a Keras program say `.weights.h5`."""
    container = container_of(name)
    if max_shard_size is None or container is None:
        return name
    index = name.removesuffix(container.extension) + container.shards.index
    warnings.warn(f"{what}: with max_shard_size an index is written, to {index!r}, not {name!r}.", stacklevel=6)
    return index


def write_weights(contents: Contents, path: str, max_shard_size: float | None, what: str) -> None:
    """Write contents in the form that a path names.

    Args:
        contents: what is to be written.
        path: path of the file or the index.
        max_shard_size: as of `save_weights`.
        what: who writes, for errors.

    Raises:
        ValueError: where path and `max_shard_size` do not go together, or no form has the extension.
    """
    several = container_of_index(path)
    if several is not None:
        if max_shard_size is None:
            raise ValueError(f"{what}: {path!r} is an index of several files: expected max_shard_size, in gigabytes.")
        write_shards(contents, path, several, max_shard_size, what)
        return
    container = container_of(path)
    if container is None:
        known = ", ".join(map(repr, extensions()))
        raise ValueError(f"{what}: {path!r}: no known format of weights has this extension; known: {known}.")
    if max_shard_size is not None:
        raise ValueError(
            f"{what}: expected max_shard_size=None for {path!r}, got {max_shard_size}: several files have the "
            f"extension {container.shards.index!r}."
        )
    with atomic_write(path) as file, container.image(contents, folder_of(path)) as image:
        image.write_to(file)


@contextlib.contextmanager
def open_contents(path: Any, reads_ahead: bool = False) -> Iterator[tuple[str, Contents]]:
    """Give what the weights at a path are called, for errors, and their contents.

    Args:
        path: a file of weights, an index of several, or a whole model.
        reads_ahead: as of `open_archive`.

    Raises:
        MissingFileError: where there is no such file.
        ModelFileError: where the file is refused.
    """
    from keras_core.saving.keras_format import open_archive, open_member

    name = existing(path)
    with contextlib.ExitStack() as opened:
        if name.endswith(".keras"):
            yield opened.enter_context(
                open_member(opened.enter_context(open_archive(name, reads_ahead=reads_ahead)), name)
            )
        elif (several := container_of_index(name)) is not None:
            yield repr(name), opened.enter_context(open_shards(name, several))
        else:
            container = container_of(name) or CONTAINERS["h5"]
            file = opened.enter_context(open(name, "rb"))
            yield repr(name), opened.enter_context(container.open(file, repr(name)))


def load_weights(model: Any, path: Any, skip_mismatch: bool = False, by_name: bool = False) -> LoadReport:
    """Set the weights, and the optimizer state where the model is compiled, from a file of weights or a whole model.

    Args:
        model: the model, built.
        path: path of the file.
        skip_mismatch: whether layers whose variables do not fit are left as they are, with a warning.
        by_name: must be False; names of layers are in legacy files.

    Returns:
        What became of each variable.

    Raises:
        MissingFileError: where there is no such file.
        ModelFileError: where the file is refused or does not fit; no variable is changed then.
        ValueError: for `by_name=True`.
    """
    if by_name:
        raise ValueError(
            f"{model.label}: expected by_name=False, got {by_name!r}: it is for the legacy formats '.h5' and '.hdf5'. "
            "Pass skip_mismatch=True to load what fits."
        )
    with open_contents(path, reads_ahead=True) as (what, contents):
        return read_weights(model, contents, what, skip_mismatch)
