"""Weights in several files with an index, as Keras has them.

`model.weights.json` says in which of the files `model_00000.weights.h5`, ... the arrays of each object are. When such a
set is written over another one its files begin under other names, `model_1f2e3d4c_00000.weights.h5`, and the index
names these while they take the places of the old ones: at each moment the index there is names a whole set.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from typing import Any, Final

from keras_core.runtime.atomic import atomic_write
from keras_core.runtime.strict_json import MAX_BYTES, dump_json, parse_json
from keras_core.saving.contents import Contents, Entry, nbytes_of
from keras_core.saving.errors import ModelFileError, shown
from keras_core.saving.hdf5 import open_weights
from keras_core.saving.hdf5_writer import hdf5_image

INDEX: Final = ".weights.json"
_SHARD: Final = ".weights.h5"
_GIGABYTE: Final = 1 << 30
_MOST: Final = 10_000


def write_shards(contents: Contents, path: str, max_shard_size: float, what: str) -> None:
    """Write contents into as few files as their order allows, and the index.

    Args:
        contents: what is to be written.
        path: path of the index.
        max_shard_size: gigabytes of arrays in one file.
        what: who writes, for errors.

    Raises:
        ValueError: where an array is larger than a file may be.
    """
    shards = _divided(contents, max_shard_size, what)
    folder, stem = os.path.dirname(os.path.realpath(path)), os.path.basename(os.path.realpath(path)).removesuffix(INDEX)
    old = {name for name in os.listdir(folder) if _pattern(stem).fullmatch(name)}
    names = _names(stem, len(shards))
    if not old:
        _write_set(path, folder, names, shards)
        return
    others = _names(f"{stem}_{secrets.token_hex(4)}", len(shards))
    _write_set(path, folder, others, shards)
    for other, name in zip(others, names, strict=True):
        _take_place(os.path.join(folder, other), os.path.join(folder, name))
    _write_index(path, names, shards)
    _remove(folder, [*others, *(old - set(names))])


def _names(begin: str, count: int) -> list[str]:
    return [f"{begin}_{number:05d}{_SHARD}" for number in range(count)]


def _write_set(path: str, folder: str, names: list[str], shards: list[Contents]) -> None:
    try:
        for name, shard in zip(names, shards, strict=True):
            with atomic_write(os.path.join(folder, name)) as file, hdf5_image(shard, folder) as image:
                image.write_to(file)
        _write_index(path, names, shards)
    except BaseException:
        _remove(folder, names)
        raise


def _write_index(path: str, names: list[str], shards: list[Contents]) -> None:
    weight_map: dict[str, list[str]] = {}
    for name, shard in zip(names, shards, strict=True):
        for object_path, entry in shard.items():
            if len(entry):
                weight_map.setdefault(_key(object_path), []).append(name)
    index = {"metadata": {"total_size": sum(map(nbytes_of, shards))}, "weight_map": weight_map}
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


def _key(path: str) -> str:
    return f"/{path}/vars" if path else "/vars"


def _pattern(stem: str) -> re.Pattern[str]:
    return re.compile(re.escape(stem) + r"(_[0-9a-f]{8})?_\d{5}" + re.escape(_SHARD))


def _remove(folder: str, names: list[str]) -> None:
    for name in names:
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(folder, name))


def shard_names(path: str) -> tuple[list[str], dict[str, list[str]]]:
    """Return the files that an index names, and the index itself: key of an object -> files.

    Only files beside the index whose names its own name allows are named: a file cannot make another one be read.

    Args:
        path: path of the index.

    Raises:
        ModelFileError: where it is no such index.
    """
    with open(path, "rb") as file:
        index = parse_json(file.read(MAX_BYTES + 1), repr(path))
    weight_map = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(weight_map, dict):
        raise ModelFileError(f"{path!r}: expected an index with a 'weight_map'. The file is refused.")
    allowed = _pattern(os.path.basename(path).removesuffix(INDEX))
    checked: dict[str, list[str]] = {}
    for key, names in weight_map.items():
        names = [names] if isinstance(names, str) else names
        if not isinstance(names, list) or not all(isinstance(name, str) and allowed.fullmatch(name) for name in names):
            raise ModelFileError(
                f"{path!r}: {shown(key)}: expected files such as {_example(path)!r} beside the index, got "
                f"{shown(names)}. The index is refused; rename it and its files alike."
            )
        checked[key] = names
    found = sorted({name for names in checked.values() for name in names})
    if len(found) > _MOST:
        raise ModelFileError(f"{path!r}: expected at most {_MOST} files, got {len(found)}. The index is refused.")
    return found, checked


def _example(path: str) -> str:
    return f"{os.path.basename(path).removesuffix(INDEX)}_00000{_SHARD}"


@contextlib.contextmanager
def open_shards(path: str) -> Iterator[Contents]:
    """Check an index and its files, and give what they hold together.

    Args:
        path: path of the index.

    Raises:
        ModelFileError: where one of them is missing or refused, or holds something else than the index says.
    """
    names, weight_map = shard_names(path)
    contents: Contents = {}
    places: dict[str, set[str]] = {}
    with contextlib.ExitStack() as opened:
        for name in names:
            shard = os.path.join(os.path.dirname(path), name)
            try:
                file: Any = opened.enter_context(open(shard, "rb"))
            except FileNotFoundError as error:
                raise ModelFileError(f"{path!r}: there is no {shard!r}; copy all its files with an index.") from error
            for object_path, entry in opened.enter_context(open_weights(file, repr(shard))).items():
                _add(contents, object_path, entry, shard)
                if len(entry):
                    places.setdefault(_key(object_path), set()).add(name)
        differing = sorted(key for key in places.keys() | weight_map if places.get(key) != set(weight_map.get(key, ())))
        if differing:
            raise ModelFileError(
                f"{path!r}: the files hold other objects than the index says, {shown(differing)}. They are not of one "
                "saving, or damaged."
            )
        yield contents


def _add(contents: Contents, path: str, entry: Entry, what: str) -> None:
    known = contents.setdefault(path, Entry(None, {}))
    known.name = known.name if known.name is not None else entry.name
    twice = sorted(set(known.arrays) & set(entry.arrays))
    if twice:
        raise ModelFileError(f"{what!r}: {shown(path)}: the arrays {shown(twice)} are in another file too.")
    known.arrays |= entry.arrays
