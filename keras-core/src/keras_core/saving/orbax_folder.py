"""Checkpoints of Orbax as data: which arrays one has, and the configuration of its model.

The library that reads them opens files that the index names. So it sees no file: all of a checkpoint is read first,
ordinary files alone, and opened as a store in memory, beyond which no path leads. What describes an array is
read here before, and refused where it goes beyond a small subset.
"""

from __future__ import annotations

import math
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from keras_core.runtime.strict_json import MAX_BYTES, parse_json
from keras_core.saving.contents import Array
from keras_core.saving.errors import ModelFileError, existing, listed, shown
from keras_core.saving.limits import allowed_bytes, check_bytes
from keras_core.saving.zarr_subset import DRIVERS, ZarrArray, zarr_array
from keras_core.saving.zstd_frames import MAGIC, largest_content

PYTREE: Final = "pytree"
CONFIG: Final = "model_config"
WEIGHTS: Final = ("trainable_variables", "non_trainable_variables")
OPTIMIZER: Final = "optimizer_variables"
KINDS: Final = (*WEIGHTS, OPTIMIZER, "metrics_variables")

MAX_FILES: Final = 100_000
MAX_PIECES: Final = 100_000
"""Of all arrays together."""
_MAX_DEPTH: Final = 8
_METADATA: Final = "_METADATA"
_CONFIGS: Final = ("metadata", "_strings.json")
"""Where the configuration may be: JSON as such, or a tree whose leaf is a string."""
_KEY_OF_DICT: Final = 2
_ARRAYS: Final = frozenset({"Array", "ndarray", "scalar"})
"""Classes of which the leaves of the tree were; that of an array is named with its package before."""
_NODES: Final = (b"\x0c\xdb\x20\xde", b"\x0c\xdb\x3a\x2a")
"""How the parts of its index begin; a length, a version and a method of compression follow."""
_HEADER: Final = 14
_CHECKSUM: Final = 4


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint.

    Attributes:
        what: what it is, for errors.
        config: the configuration of its model; None where it has weights alone.
        arrays: kind of variables -> path of a variable -> its array.
        size: of its files, in bytes.
    """

    what: str
    config: Any
    arrays: dict[str, dict[str, Array]]
    size: int


def open_checkpoint(path: Any) -> Checkpoint:
    """Return a checkpoint, whose arrays are not unpacked yet.

    Args:
        path: folder of a checkpoint, or one that holds checkpoints in folders named by numbers: the last one counts.

    Raises:
        MissingFileError: where there is no such folder.
        ModelFileError: where it holds no checkpoint, or one that is refused.
        ImportError: where Orbax is not installed.
    """
    folder = _folder_of(existing(path))
    what = repr(folder)
    files = _files(_real(os.path.join(folder, PYTREE), what), what)
    store = _Store(files, what)
    config = _config(_real(os.path.join(folder, CONFIG), what), what)
    arrays = store.arrays()
    claimed = sum(array.nbytes for kind in arrays.values() for array in kind.values())
    check_bytes(claimed, store.size, f"{what}: its arrays take")
    return Checkpoint(what, config, arrays, store.size)


def _steps_of(path: str) -> list[int]:
    return sorted(
        int(name)
        for name in os.listdir(path)
        if name.isascii() and name.isdigit() and os.path.isdir(os.path.join(path, name, PYTREE))
    )


def _folder_of(path: str) -> str:
    if os.path.isdir(os.path.join(path, PYTREE)):
        return path
    steps = _steps_of(path) if os.path.isdir(path) else []
    if not steps:
        raise ModelFileError(
            f"{path!r}: expected a checkpoint of Orbax: a folder {PYTREE!r}, in a folder named by a number or not."
        )
    return _real(os.path.join(path, str(steps[-1])), repr(path))


def _real(folder: str, what: str) -> str:
    """Return a folder that is none elsewhere: what a checkpoint has links to was not given by the caller."""
    if os.path.islink(folder):
        raise ModelFileError(f"{what}: {shown(os.path.basename(folder))} is refused: expected a folder, not a link.")
    return folder


def _files(folder: str, what: str) -> dict[str, bytes]:
    """Return name -> content of all files in a folder and those below."""
    found: dict[str, bytes] = {}
    for name, path in _names(folder, what, ""):
        if len(found) == MAX_FILES:
            raise ModelFileError(f"{what}: expected at most {MAX_FILES} files.")
        with open(path, "rb") as file:
            found[name] = file.read()
    return found


def _names(folder: str, what: str, prefix: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield name and path of each file."""
    with os.scandir(folder) as items:
        for item in sorted(items, key=lambda item: item.name):
            mode = item.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode) and depth < _MAX_DEPTH:
                yield from _names(item.path, what, f"{prefix}{item.name}/", depth + 1)
            elif stat.S_ISREG(mode):
                yield prefix + item.name, item.path
            else:
                raise ModelFileError(
                    f"{what}: {shown(prefix + item.name)} is refused: expected ordinary files, and folders not deeper "
                    f"than {_MAX_DEPTH}."
                )


def _config(folder: str, what: str) -> Any:
    """Return the configuration of the model, None where there is none."""
    if not os.path.isdir(folder):
        return None
    what = f"{what}: {CONFIG}"
    files = dict(_names(folder, what, ""))
    path = next((files[name] for name in _CONFIGS if name in files), None)
    if path is None:
        raise ModelFileError(f"{what}: expected {' or '.join(_CONFIGS)}, got {shown(sorted(files))}.")
    with open(path, "rb") as file:
        told = parse_json(file.read(MAX_BYTES + 1), what, MAX_BYTES)
    config = told.get("config") if isinstance(told, dict) else None
    if isinstance(config, str):
        config = parse_json(config.encode(), what)
    if not isinstance(config, dict):
        raise ModelFileError(f"{what}: expected the configuration of a model under 'config', got {shown(told)}.")
    return config


class _Store:
    """The files of the arrays, in memory.

    Args:
        files: name -> content.
        what: what they are, for errors.
    """

    def __init__(self, files: dict[str, bytes], what: str) -> None:
        self._what = f"{what}: {PYTREE}"
        self.size = sum(map(len, files.values()))
        if _METADATA not in files:
            raise ModelFileError(f"{self._what}: expected a file {_METADATA!r}, got {shown(sorted(files))}.")
        self._metadata = parse_json(files[_METADATA], f"{self._what}/{_METADATA}")
        if not isinstance(self._metadata, dict):
            raise ModelFileError(f"{self._what}/{_METADATA}: expected a JSON object, got {shown(self._metadata)}.")
        try:
            left = allowed_bytes(self.size)
            for content in files.values():
                left -= _index_bytes(content, left)
        except ValueError as error:
            raise ModelFileError(f"{self._what}: its index is refused: {error}.") from error
        self._tensorstore = tensorstore = _import_tensorstore()
        self._context = tensorstore.Context()
        self._pieces = 0
        self._base: Any = {"driver": "memory", "path": ""}
        memory = self._opened(tensorstore.KvStore, self._base)
        for name, content in files.items():
            memory.write(name, content).result()
        if self._metadata.get("use_ocdbt") is True:
            self._base = {"driver": "ocdbt", "base": self._base}
        self._values = self._opened(tensorstore.KvStore, self._base)

    def arrays(self) -> dict[str, dict[str, Array]]:
        """Return kind of variables -> path of a variable -> its array."""
        tree = self._metadata.get("tree_metadata")
        if not isinstance(tree, dict):
            raise ModelFileError(f"{self._what}/{_METADATA}: expected 'tree_metadata', a JSON object.")
        leaves = {leaf: _names_of_leaf(told) for leaf, told in tree.items()}
        known = [tuple(names) for names in leaves.values() if names]
        problems = [shown(leaf) for leaf, names in leaves.items() if names is None]
        problems += [f"{shown('/'.join(names))} twice" for names, times in Counter(known).items() if times > 1]
        if problems:
            raise ModelFileError(
                f"{self._what}/{_METADATA}: expected arrays in nested dicts under {', '.join(KINDS)}, got\n"
                f"{listed(problems)}"
            )
        found: dict[str, dict[str, Array]] = {kind: {} for kind in KINDS}
        for kind, *path in known:
            found[kind]["/".join(path)] = self._array(".".join((kind, *path)), "/".join(path))
        return found

    def _array(self, name: str, path: str) -> Array:
        is_version_3 = self._metadata.get("use_zarr3") is True
        what = f"{self._what}: {shown(name)}"
        described = zarr_array(self._value(f"{name}/{DRIVERS[is_version_3][1]}", what), is_version_3, what)
        self._pieces += math.prod(described.counts)
        if self._pieces > MAX_PIECES:
            raise ModelFileError(f"{self._what}: expected at most {MAX_PIECES} pieces of arrays.")
        read = partial(self._read, name, described, DRIVERS[is_version_3][0])
        return Array(described.shape, described.dtype, read, path)

    def _read(self, name: str, described: ZarrArray, driver: str) -> np.ndarray:
        what = f"{self._what}: {shown(name)}"
        are_all_there = self._metadata.get("store_array_data_equal_to_fill_value") is True
        for key in described.piece_keys():
            piece = self._value(f"{name}/{key}", what, are_all_there)
            try:
                if piece is not None:
                    described.check_piece(piece)
            except ValueError as error:
                raise ModelFileError(f"{what}: the piece {key!r} is refused: {error}.") from error
        spec = {"driver": driver, "kvstore": {**self._base, "path": f"{name}/"}}
        array = self._opened(self._tensorstore, spec, open=True, read=True)
        if array.shape != described.shape or array.dtype.numpy_dtype != described.dtype:
            raise ModelFileError(f"{what}: expected {described.shape} {described.dtype}, got {array.shape}.")
        return np.asarray(self._result(lambda: array.read(order="C").result(), what))

    def _value(self, key: str, what: str, is_needed: bool = True) -> Any:
        """Return the bytes that stand under a key, None where nothing does that need not."""
        found = self._result(lambda: self._values.read(key).result(), what)
        if found.state == "value":
            return found.value
        if is_needed:
            raise ModelFileError(f"{what}: {shown(key)} is missing.")
        return None

    def _opened(self, kind: Any, spec: Any, **options: Any) -> Any:
        return self._result(lambda: kind.open(spec, context=self._context, **options).result(), self._what)

    def _result(self, call: Callable[[], Any], what: str) -> Any:
        # The library has a dozen classes of errors for what is damaged.
        try:
            return call()
        except Exception as error:
            raise ModelFileError(f"{what}: cannot be read: {shown(str(error))}.") from error


def _names_of_leaf(told: Any) -> list[str] | None:
    """Return the names that lead to an array, none for a branch without arrays; None for anything else."""
    try:
        names = [part["key"] for part in told["key_metadata"]]
        is_dict = all(part["key_type"] == _KEY_OF_DICT for part in told["key_metadata"])
        kind, is_empty = (told["value_metadata"][key] for key in ("value_type", "skip_deserialize"))
        kind = kind.rpartition(".")[2]
    except (LookupError, TypeError, AttributeError):
        return None
    known = is_dict and all(isinstance(name, str) and name.isprintable() for name in names) and names[:1] != []
    if not known or names[0] not in KINDS or (is_empty is not True and (kind not in _ARRAYS or len(names) < 2)):
        return None
    return [] if is_empty is True else names


def _index_bytes(content: bytes, most: int) -> int:
    """Return how many bytes the parts of the index in a file may grow to.

    Raises:
        ValueError: where one is damaged, or they grow to more than `most`.
    """
    view = memoryview(content)
    total = 0
    for begin in _NODES:
        place = content.find(begin)
        while place >= 0:
            size = int.from_bytes(view[place + 4 : place + 12], "little")
            frames = view[place + _HEADER : max(place + size - _CHECKSUM, 0)]
            if frames[: len(MAGIC)] == MAGIC:  # else it is not compressed, or numbers that happen to begin so
                total += largest_content(frames, most - total)
            place = content.find(begin, place + 1)
    return total


def _import_tensorstore() -> Any:
    try:
        import tensorstore
    except ImportError as error:
        raise ImportError(
            "checkpoints of Orbax: expected the package 'orbax-checkpoint': pip install orbax-checkpoint"
        ) from error
    return tensorstore
