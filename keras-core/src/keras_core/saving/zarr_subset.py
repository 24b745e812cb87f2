"""The arrays of Zarr, versions 2 and 3, as far as checkpoints of Orbax need them: in whole or in equal pieces of
numbers, as they are or compressed by Zstandard.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from keras_core.runtime.strict_json import parse_json
from keras_core.runtime.table import host_dtype
from keras_core.saving.contents import BEYOND_NUMPY
from keras_core.saving.errors import ModelFileError, shown
from keras_core.saving.zstd_frames import LARGEST_BLOCK, Buffer, largest_content

DRIVERS: Final = {False: ("zarr", ".zarray"), True: ("zarr3", "zarr.json")}
"""Whether it is version 3 -> name of its driver, and of what describes an array."""

MAX_PIECES: Final = 10_000
"""Of an array. Each piece costs a look-up; checkpoints have one for each device that held a part of the array."""

_DTYPES: Final = (
    *("bool", "float16", "float32", "float64", *sorted(BEYOND_NUMPY)),
    *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)),
)
_LITTLE: Final = {"name": "bytes", "configuration": {"endian": "little"}}
_OF_BYTES: Final = (_LITTLE, {"name": "bytes"}, {"name": "bytes", "configuration": {}})
_INDEX_CODECS: Final = ([_LITTLE, {"name": "crc32c"}],)
_NO_PIECE: Final = (1 << 64) - 1


@dataclass(frozen=True)
class ZarrArray:
    """What describes an array.

    Attributes:
        shape: its shape.
        dtype: its dtype.
        pieces: shape of the pieces in which it is stored; those at its ends may reach beyond it.
        inner: shape of the pieces that each of them consists of, None where they consist of none.
        is_compressed: whether pieces are compressed.
        prefix: what the keys of the pieces begin with.
        separator: what stands between their numbers.
    """

    shape: tuple[int, ...]
    dtype: np.dtype
    pieces: tuple[int, ...]
    inner: tuple[int, ...] | None
    is_compressed: bool
    prefix: str
    separator: str

    @property
    def counts(self) -> list[int]:
        """Number of pieces along each axis."""
        return [-(-size // piece) for size, piece in zip(self.shape, self.pieces, strict=True)]

    def piece_keys(self) -> Iterator[str]:
        """Yield the key of each piece."""
        counts = self.counts
        if not counts:
            yield self.prefix or "0"
        else:
            begin = [self.prefix] if self.prefix else []
            for numbers in itertools.product(*map(range, counts)):
                yield self.separator.join([*begin, *map(str, numbers)])

    def check_piece(self, content: bytes) -> None:
        """Raise a ValueError where the content of a piece would grow to more than the piece has room for."""
        if self.inner is None:
            self._check_size(content, self.pieces)
            return
        count = math.prod(piece // part for piece, part in zip(self.pieces, self.inner, strict=True))
        index = content[-(16 * count + 4) : -4]
        if len(index) != 16 * count:
            raise ValueError("the index of its parts is cut off")
        spans = np.frombuffer(index, "<u8").reshape(count, 2).tolist()
        spans = [(start, size) for start, size in spans if (start, size) != (_NO_PIECE, _NO_PIECE)]
        if sum(size for _, size in spans) > len(content):
            raise ValueError("its parts overlap")
        for start, size in spans:
            self._check_size(memoryview(content)[start : start + size], self.inner)

    def _check_size(self, content: Buffer, shape: tuple[int, ...]) -> None:
        room = math.prod(shape) * self.dtype.itemsize
        most = room + LARGEST_BLOCK  # a block is counted as if it were full
        size = largest_content(content, most) if self.is_compressed else len(content)
        if size >= most:
            raise ValueError(f"it has up to {size} bytes, expected {room}")


def zarr_array(content: bytes, is_version_3: bool, what: str) -> ZarrArray:
    """Return what the description of an array says.

    Args:
        content: the description, JSON.
        is_version_3: of which version of Zarr it is, 3 or 2.
        what: what it describes, for errors.

    Raises:
        ModelFileError: where it is damaged or goes beyond the subset.
    """
    told = parse_json(content, what)
    try:
        array = (_version_3 if is_version_3 else _version_2)(told)
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise ModelFileError(
            f"{what}: expected the description of a plain array of Zarr {3 if is_version_3 else 2}, of numbers, "
            f"uncompressed or compressed by zstd, got {shown(told)}."
        ) from error
    if math.prod(array.counts) > MAX_PIECES:
        raise ModelFileError(f"{what}: expected at most {MAX_PIECES} pieces, got pieces of shape {array.pieces}.")
    return array


def _version_2(told: dict[str, Any]) -> ZarrArray:
    shape, pieces = _sizes(told["shape"]), _sizes(told["chunks"])
    compressor, separator = told["compressor"], told.get("dimension_separator", ".")
    known = told["zarr_format"] == 2 and told["order"] == "C" and told["filters"] is None and separator in (".", "/")
    if not known or (compressor is not None and compressor["id"] != "zstd"):
        raise ValueError("another layout")
    _check_pieces(shape, pieces)
    dtype = _dtype(told["dtype"], version_2=True)
    return ZarrArray(shape, dtype, pieces, None, compressor is not None, "", separator)


def _version_3(told: dict[str, Any]) -> ZarrArray:
    grid, keys = told["chunk_grid"], told["chunk_key_encoding"]
    shape, pieces = _sizes(told["shape"]), _sizes(grid["configuration"]["chunk_shape"])
    separator = keys.get("configuration", {}).get("separator", "/")
    known = told["zarr_format"] == 3 and told["node_type"] == "array" and grid["name"] == "regular"
    if not known or keys["name"] != "default" or separator not in (".", "/") or told.get("storage_transformers"):
        raise ValueError("another layout")
    _check_pieces(shape, pieces)
    codecs, inner = told["codecs"], None
    if len(codecs) == 1 and codecs[0]["name"] == "sharding_indexed":
        sharding = codecs[0]["configuration"]
        inner, codecs = _sizes(sharding["chunk_shape"]), sharding["codecs"]
        at_end = sharding.get("index_location", "end") == "end" and sharding["index_codecs"] in _INDEX_CODECS
        if not at_end or any(piece % part for piece, part in zip(pieces, inner, strict=True)):
            raise ValueError("another kind of sharding")
    is_compressed = len(codecs) == 2 and codecs[1]["name"] == "zstd"
    if codecs[0] not in _OF_BYTES or len(codecs) != 1 + is_compressed:
        raise ValueError("other codecs")
    return ZarrArray(shape, _dtype(told["data_type"]), pieces, inner, is_compressed, "c", separator)


def _sizes(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or any(type(size) is not int or not 0 <= size < 2**48 for size in value):
        raise ValueError("expected a list of sizes")
    return tuple(value)


def _check_pieces(shape: tuple[int, ...], pieces: tuple[int, ...]) -> None:
    """A piece is made in memory as a whole, so it must not be larger than the array."""
    if any(not 0 < piece <= max(size, 1) for size, piece in zip(shape, pieces, strict=True)):
        raise ValueError("pieces that do not fit")


def _dtype(name: Any, version_2: bool = False) -> np.dtype:
    known = {host_dtype(each).str if version_2 and each not in BEYOND_NUMPY else each: each for each in _DTYPES}
    return host_dtype(known[name])
