"""Weights in several files with an index, as other programs have them too.

`model.weights.json` says in which of the files `model_00000.weights.h5`, ... the arrays of each object are: the layout
of Keras. `model.safetensors.index.json` says in which of `model-00001-of-00002.safetensors`, ... each array is: that
of the programs that share safetensors. When such a set is written over another one its files begin under other names,
`model_1f2e3d4c_00000.weights.h5`, and the index names these while they take the places of the old ones: at each moment
the index there is names a whole set.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from typing import IO, Any, Final

from keras_core.runtime.atomic import atomic_write
from keras_core.runtime.strict_json import MAX_BYTES, dump_json, parse_json
from keras_core.saving.containers import Container
from keras_core.saving.contents import Contents, Entry, nbytes_of
from keras_core.saving.errors import ModelFileError, shown
from keras_core.saving.image import size_of
from keras_core.saving.limits import check_bytes

_GIGABYTE: Final = 1 << 30
_MOST: Final = 10_000


def write_shards(contents: Contents, path: str, container: Container, max_shard_size: float, what: str) -> None:
    """Write contents into as few files as their order allows, and the index.

    Args:
        contents: what is to be written.
        path: path of the index.
        container: the form of the files.
        max_shard_size: gigabytes of arrays in one file.
        what: who writes, for errors.

    Raises:
        ValueError: where an array is larger than a file may be, or the form does not have its dtype.
    """
    shards = _divided(container.shards.prepare(contents), max_shard_size, what)
    folder, name = os.path.split(os.path.realpath(path))
    stem = name.removesuffix(container.shards.index)
    pattern = _pattern(stem, container)
    old = {name for name in os.listdir(folder) if pattern.fullmatch(name)}
    names = _names(stem, container, len(shards))
    if not old:
        _write_set(path, folder, container, dict(zip(names, shards, strict=True)))
        return
    others = _names(f"{stem}_{secrets.token_hex(4)}", container, len(shards))
    _write_set(path, folder, container, dict(zip(others, shards, strict=True)))
    for other, name in zip(others, names, strict=True):
        _take_place(os.path.join(folder, other), os.path.join(folder, name))
    _write_index(path, container, dict(zip(names, shards, strict=True)))
    _remove(folder, [*others, *(old - set(names))])


def _names(begin: str, container: Container, count: int) -> list[str]:
    return [f"{begin}{container.shards.number(position, count)}{container.extension}" for position in range(count)]


def _write_set(path: str, folder: str, container: Container, shards: dict[str, Contents]) -> None:
    try:
        for name, shard in shards.items():
            with atomic_write(os.path.join(folder, name)) as file, container.image(shard, folder) as image:
                image.write_to(file)
        _write_index(path, container, shards)
    except BaseException:
        _remove(folder, list(shards))
        raise


def _write_index(path: str, container: Container, shards: dict[str, Contents]) -> None:
    layout = container.shards
    weight_map: dict[str, Any] = {}
    for name, shard in shards.items():
        for object_path, entry in shard.items():
            for key in layout.keys(object_path, entry):
                weight_map[key] = [*weight_map.get(key, ()), name] if layout.is_list else name
    index = {"metadata": {"total_size": sum(map(nbytes_of, shards.values()))}, "weight_map": weight_map}
    with atomic_write(path) as file:
        file.write(dump_json(index, path))


def _take_place(path: str, target: str) -> None:
    """Give a file a second name, in place of the file that has it; a copy where the disk knows no second names."""
    temporary = f"{path}.tmp"
    try:
        os.link(path, temporary)
    except OSError:
        with open(path, "rb") as source, atomic_write(target) as copy:
            shutil.copyfileobj(source, copy)
        return
    try:
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _divided(contents: Contents, max_shard_size: float, what: str) -> list[Contents]:
    most = max_shard_size * _GIGABYTE
    shards: list[Contents] = [{}]
    filled = 0
    for path, entry in contents.items():
        shards[-1][path] = Entry(entry.name, {})
        for key, array in entry.arrays.items():
            if array.nbytes > most:
                raise ValueError(
                    f"{what}: {array.name or path!r} has {array.nbytes} bytes, more than max_shard_size="
                    f"{max_shard_size} gigabytes ({int(most)} bytes); pass a larger one."
                )
            if filled + array.nbytes > most:
                shards.append({path: Entry(entry.name, {})})
                filled = 0
            shards[-1][path].arrays[key] = array
            filled += array.nbytes
    return shards


def _pattern(stem: str, container: Container) -> re.Pattern[str]:
    return re.compile(re.escape(stem) + "(_[0-9a-f]{8})?" + container.shards.pattern + re.escape(container.extension))


def _remove(folder: str, names: list[str]) -> None:
    for name in names:
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(folder, name))


def shard_names(path: str, container: Container) -> tuple[list[str], dict[str, set[str]]]:
    """Return the files that an index names, and the index itself: key -> files.

    Only files beside the index whose names its own name allows are named: a file cannot make another one be read.

    Args:
        path: path of the index.
        container: the form of the files.

    Raises:
        ModelFileError: where it is no such index.
    """
    with open(path, "rb") as file:
        index = parse_json(file.read(MAX_BYTES + 1), repr(path))
    match index:
        case {"metadata": {"total_size": int() | float() as size}, "weight_map": dict(weight_map)}:
            is_index = not isinstance(size, bool) and size >= 0
        case {"weight_map": dict(weight_map)}:
            is_index = "metadata" not in index
        case _:
            weight_map, is_index = {}, False
    if not is_index:
        raise ModelFileError(
            f"{path!r}: expected an index with a 'weight_map', and with 'metadata' that have a 'total_size' in bytes "
            "or none at all. The file is refused."
        )
    stem = os.path.basename(path).removesuffix(container.shards.index)
    allowed = _pattern(stem, container)
    checked: dict[str, set[str]] = {}
    for key, told in weight_map.items():
        names = told if container.shards.is_list and isinstance(told, list) else [told]
        if not all(isinstance(name, str) and allowed.fullmatch(name) for name in names):
            example = _names(stem, container, 1)[0]
            raise ModelFileError(
                f"{path!r}: {shown(key)}: expected files such as {example!r} beside the index, got {shown(told)}. The "
                "index is refused; rename it and its files alike."
            )
        checked[key] = set(names)
    found = sorted(set[str]().union(*checked.values()))
    if len(found) > _MOST:
        raise ModelFileError(f"{path!r}: expected at most {_MOST} files, got {len(found)}. The index is refused.")
    return found, checked


@contextlib.contextmanager
def open_shards(path: str, container: Container) -> Iterator[Contents]:
    """Check an index and its files, and give what they hold together.

    Args:
        path: path of the index.
        container: the form of the files.

    Raises:
        ModelFileError: where one of them is missing or refused, or holds something else than the index says, and where
            they claim too much together.
    """
    names, weight_map = shard_names(path, container)
    contents: Contents = {}
    places: dict[str, set[str]] = {}
    size = 0
    with contextlib.ExitStack() as opened:
        for name in names:
            shard = os.path.join(os.path.dirname(path), name)
            file = opened.enter_context(_opened(shard, path))
            size += size_of(file)
            for object_path, entry in opened.enter_context(container.open(file, repr(shard))).items():
                _add(contents, object_path, entry, shard)
                for key in container.shards.keys(object_path, entry):
                    places.setdefault(key, set()).add(name)
        differing = sorted(key for key in places.keys() | weight_map if places.get(key) != weight_map.get(key))
        if differing:
            raise ModelFileError(
                f"{path!r}: the files hold other objects than the index says, {shown(differing)}. They are not of one "
                "saving, or damaged."
            )
        check_bytes(nbytes_of(contents), size, f"{path!r}: the arrays of its files have")
        yield contents


def _opened(shard: str, path: str) -> IO[bytes]:
    if not os.path.isfile(shard):
        raise ModelFileError(f"{path!r}: there is no {shard!r}; copy all its files with an index.")
    try:
        return open(shard, "rb")
    except OSError as error:
        raise ModelFileError(f"{path!r}: {shard!r} cannot be read: {error.strerror}.") from error


def _add(contents: Contents, path: str, entry: Entry, what: str) -> None:
    known = contents.setdefault(path, Entry(None, {}, entry.is_named))
    known.name = known.name if known.name is not None else entry.name
    twice = sorted(set(known.arrays) & set(entry.arrays))
    if twice:
        raise ModelFileError(f"{what!r}: {shown(path)}: the arrays {shown(twice)} are in another file too.")
    known.arrays |= entry.arrays
