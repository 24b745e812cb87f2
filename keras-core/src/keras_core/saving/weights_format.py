"""Weights alone: in one file as HDF5 or safetensors, in several with an index, or from a whole model."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Any, Final

from keras_core.runtime.atomic import atomic_write
from keras_core.saving.archive import SAFETENSORS, WEIGHTS
from keras_core.saving.contents import Contents, contents_of
from keras_core.saving.errors import existing
from keras_core.saving.hdf5 import open_weights
from keras_core.saving.hdf5_writer import hdf5_image
from keras_core.saving.image import Image
from keras_core.saving.report import LoadReport
from keras_core.saving.safetensors import open_safetensors, safetensors_image
from keras_core.saving.shards import INDEX, open_shards, write_shards
from keras_core.saving.weights import read_weights


@dataclass(frozen=True)
class Container:
    """A form of weights as bytes.

    Attributes:
        title: what it is called.
        extension: of a file that is nothing else.
        member: its name in an archive.
        open: `(file, what) -> contents`, a context manager.
        image: `(contents, folder) -> image`, a context manager.
    """

    title: str
    extension: str
    member: str
    open: Callable[[IO[bytes], str], AbstractContextManager[Contents]]
    image: Callable[[Contents, str], AbstractContextManager[Image]]


CONTAINERS: Final = {
    "h5": Container("HDF5", ".weights.h5", WEIGHTS, open_weights, hdf5_image),
    "safetensors": Container("safetensors", ".safetensors", SAFETENSORS, open_safetensors, safetensors_image),
}


def container_named(name: str, what: str) -> Container:
    """Return a container by its name.

    Args:
        name: a key of `CONTAINERS`.
        what: whose name it is, for errors.

    Raises:
        ValueError: where there is none.
    """
    if name not in CONTAINERS:
        raise ValueError(f"{what}: expected one of {', '.join(map(repr, CONTAINERS))}, got {name!r}.")
    return CONTAINERS[name]


def container_of(path: str) -> Container | None:
    """Return the container that the extension of a path names."""
    return next((found for found in CONTAINERS.values() if path.endswith(found.extension)), None)


def folder_of(path: Any) -> str:
    """Return the folder of a path, where there is room for what becomes a part of the file there."""
    return os.path.dirname(os.path.realpath(os.fspath(path)))


def save_weights(model: Any, path: Any, max_shard_size: float | None = None) -> None:
    """Write the weights and the optimizer state of a model.

    Args:
        model: the model.
        path: path of the file, `.weights.h5`, `.safetensors` or, for several, `.weights.json`; one that exists is
            replaced when the new one is complete.
        max_shard_size: gigabytes (of 1024 ** 3 bytes) of arrays in one file, None for all in one. Then the index of the
            files is `path`, with `.weights.json` in place of `.weights.h5`.

    Raises:
        ValueError: for a `max_shard_size` that the format does not have or an array does not fit in, or a weight that
            no attribute leads to.
    """
    name = os.fspath(path)
    what = f"{model.label}: save_weights"
    write_weights(contents_of(model), _place_of(name, max_shard_size, what), max_shard_size, what)


def _place_of(name: str, max_shard_size: float | None, what: str) -> str:
    """Return where the index of shards goes: files of a Keras program say `.weights.h5`."""
    extension = CONTAINERS["h5"].extension
    if max_shard_size is None or not name.endswith(extension):
        return name
    index = name.removesuffix(extension) + INDEX
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
        ValueError: where path and `max_shard_size` do not go together.
    """
    container = container_of(path)
    if container is None:
        if max_shard_size is None:
            raise ValueError(f"{what}: {path!r} is an index of several files: expected max_shard_size, in gigabytes.")
        write_shards(contents, path, max_shard_size, what)
        return
    if max_shard_size is not None:
        raise ValueError(
            f"{what}: expected max_shard_size=None for {path!r}, got {max_shard_size}: several files have the "
            f"extension {INDEX!r}."
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
        elif name.endswith(INDEX):
            yield repr(name), opened.enter_context(open_shards(name))
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
