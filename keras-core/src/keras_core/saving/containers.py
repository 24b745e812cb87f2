"""The forms that weights have as bytes, and how each is spread over several files."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Final

from keras_core.saving.archive import SAFETENSORS, WEIGHTS
from keras_core.saving.contents import Contents, Entry
from keras_core.saving.hdf5 import open_weights
from keras_core.saving.hdf5_writer import hdf5_image
from keras_core.saving.image import Image
from keras_core.saving.safetensors import open_safetensors, safetensors_image, with_names


@dataclass(frozen=True)
class ShardLayout:
    """How several files of one form belong together.

    Attributes:
        index: extension of the file that says which array is in which of them.
        number: `(position, count) -> part of a file's name`, before the extension.
        pattern: regular expression of that part.
        prepare: `contents -> contents` as they are divided.
        keys: `(path, entry) -> keys` of the index under which the arrays of an object are.
        is_list: whether a key stands for a list of files, since the arrays under it may be in several.
    """

    index: str
    number: Callable[[int, int], str]
    pattern: str
    prepare: Callable[[Contents], Contents]
    keys: Callable[[str, Entry], list[str]]
    is_list: bool


@dataclass(frozen=True)
class Container:
    """A form of weights as bytes.

    Attributes:
        title: what it is called.
        extension: of a file that is nothing else.
        member: its name in an archive.
        open: `(file, what) -> contents`, a context manager.
        image: `(contents, folder) -> image`, a context manager.
        shards: how several such files belong together.
    """

    title: str
    extension: str
    member: str
    open: Callable[[IO[bytes], str], AbstractContextManager[Contents]]
    image: Callable[[Contents, str], AbstractContextManager[Image]]
    shards: ShardLayout


def _groups(path: str, entry: Entry) -> list[str]:
    return [f"/{path}/vars" if path else "/vars"] if len(entry) else []


def _names(_path: str, entry: Entry) -> list[str]:
    return [array.name for array in entry.arrays.values()]


_OF_KERAS: Final = ShardLayout(
    index=".weights.json",
    number=lambda position, _count: f"_{position:05d}",
    pattern=r"_\d{5}",
    prepare=lambda contents: contents,
    keys=_groups,
    is_list=True,
)
_OF_SAFETENSORS: Final = ShardLayout(
    index=".safetensors.index.json",
    number=lambda position, count: f"-{position + 1:05d}-of-{count:05d}",
    pattern=r"-\d{5}-of-\d{5}",
    prepare=with_names,  # an array is named by all of them, not by those that are in its file
    keys=_names,
    is_list=False,
)
CONTAINERS: Final = {
    "h5": Container("HDF5", ".weights.h5", WEIGHTS, open_weights, hdf5_image, _OF_KERAS),
    "safetensors": Container(
        "safetensors", ".safetensors", SAFETENSORS, open_safetensors, safetensors_image, _OF_SAFETENSORS
    ),
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
    """Return the container that the extension of a file names."""
    return next((found for found in CONTAINERS.values() if path.endswith(found.extension)), None)


def container_of_index(path: str) -> Container | None:
    """Return the container of the files behind an index, None where a path names none."""
    return next((found for found in CONTAINERS.values() if path.endswith(found.shards.index)), None)


def extensions() -> list[str]:
    """Return the extensions of files of weights, and of indices of several."""
    return [extension for found in CONTAINERS.values() for extension in (found.extension, found.shards.index)]
