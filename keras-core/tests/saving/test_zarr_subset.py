"""What describes an array of Zarr: what is read of it, and what is refused."""

import json

import numpy as np
import pytest

from keras_core.saving import ModelFileError
from keras_core.saving.zarr_subset import zarr_array

VERSION_2 = {
    **{"zarr_format": 2, "shape": [4, 3], "chunks": [2, 3], "dtype": "<f4", "order": "C", "filters": None},
    **{"compressor": {"id": "zstd", "level": 1}, "dimension_separator": ".", "fill_value": None},
}
LITTLE, ZSTD = {"name": "bytes", "configuration": {"endian": "little"}}, {"name": "zstd", "configuration": {"level": 3}}
SHARDING = {
    "name": "sharding_indexed",
    "configuration": {"chunk_shape": [1, 3], "codecs": [LITTLE, ZSTD], "index_codecs": [LITTLE, {"name": "crc32c"}]},
}
VERSION_3 = {
    **{"zarr_format": 3, "node_type": "array", "shape": [4, 3], "data_type": "float32", "fill_value": 0.0},
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 3]}},
    "chunk_key_encoding": {"name": "default"},
    "codecs": [SHARDING],
}


def read(told, version=3):
    return zarr_array(json.dumps(told).encode(), version == 3, "the array")


def test_version_2():
    array = read(VERSION_2, 2)
    assert (array.shape, array.pieces, array.inner, array.is_compressed) == ((4, 3), (2, 3), None, True)
    assert array.dtype == np.float32 and list(array.piece_keys()) == ["0.0", "1.0"]


def test_version_3():
    array = read(VERSION_3)
    assert (array.shape, array.pieces, array.inner, array.is_compressed) == ((4, 3), (2, 3), (1, 3), True)
    assert array.dtype == np.float32 and list(array.piece_keys()) == ["c/0/0", "c/1/0"]


def test_without_axes():
    assert list(read({**VERSION_2, "shape": [], "chunks": []}, 2).piece_keys()) == ["0"]
    grid = {"name": "regular", "configuration": {"chunk_shape": []}}
    assert list(read({**VERSION_3, "shape": [], "chunk_grid": grid, "codecs": [LITTLE]}).piece_keys()) == ["c"]


@pytest.mark.parametrize("name", ["bool", "int8", "uint64", "float16", "float64", "bfloat16", "float8_e5m2"])
def test_dtypes(name):
    assert read({**VERSION_3, "data_type": name}).dtype.name == name
    kind = read({**VERSION_3, "data_type": name}).dtype
    own = name if name in ("bfloat16", "float8_e5m2") else kind.str
    assert read({**VERSION_2, "dtype": own}, 2).dtype.name == name


CHANGES_2 = [
    *({"dtype": dtype} for dtype in ("|O", ">f4", "<U4", "|S4", "<V4", [["a", "<f4"]], "<c8", None)),
    *({"compressor": each} for each in ({"id": "blosc"}, {"id": "zlib", "level": 1}, {}, "zstd")),
    *({"shape": shape} for shape in ([4], [4, -3], [4, 2**60], [4, True], [4.0, 3.0], "43", None)),
    *({"chunks": pieces} for pieces in ([2], [0, 3], [5, 3], [1 << 40, 1 << 40])),
    *({"order": "F"}, {"filters": [{"id": "delta"}]}, {"zarr_format": 3}, {"dimension_separator": "/../"}),
]
CHANGES_3 = [
    *({"data_type": each} for each in ("string", "complex64", "r16", {"name": "struct"}, None)),
    *({"codecs": each} for each in ([], [ZSTD], [LITTLE, {"name": "gzip"}], [LITTLE, ZSTD, ZSTD], [SHARDING, ZSTD])),
    {"codecs": [{"name": "bytes", "configuration": {"endian": "big"}}]},
    {"codecs": [{"name": "transpose", "configuration": {"order": [1, 0]}}, LITTLE]},
    {"codecs": [{**SHARDING, "configuration": {**SHARDING["configuration"], "codecs": [SHARDING]}}]},
    {"codecs": [{**SHARDING, "configuration": {**SHARDING["configuration"], "chunk_shape": [3, 3]}}]},
    {"codecs": [{**SHARDING, "configuration": {**SHARDING["configuration"], "index_location": "start"}}]},
    {"codecs": [{**SHARDING, "configuration": {**SHARDING["configuration"], "index_codecs": [LITTLE, ZSTD]}}]},
    *({"node_type": "group"}, {"storage_transformers": [{"name": "x"}]}, {"chunk_key_encoding": {"name": "v2"}}),
    {"chunk_key_encoding": {"name": "default", "configuration": {"separator": "/../"}}},
    {"chunk_grid": {"name": "rectangular", "configuration": {"chunk_shape": [2, 3]}}},
]


@pytest.mark.parametrize("change", CHANGES_2, ids=str)
def test_refused_of_version_2(change):
    with pytest.raises(ModelFileError, match="expected the description of a plain array of Zarr 2"):
        read({**VERSION_2, **change}, 2)


@pytest.mark.parametrize("change", CHANGES_3, ids=str)
def test_refused_of_version_3(change):
    with pytest.raises(ModelFileError, match="expected the description of a plain array of Zarr 3"):
        read({**VERSION_3, **change})


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b'{"shape": [NaN]}', b'{"shape": [1], "shape": [1]}', b"\xff"]
)
def test_no_description(content):
    with pytest.raises(ModelFileError, match="the array: expected"):
        zarr_array(content, True, "the array")


def test_too_many_pieces():
    with pytest.raises(ModelFileError, match="expected at most 10000 pieces"):
        read({**VERSION_2, "shape": [10_001], "chunks": [1]}, 2)


def test_sizes_of_pieces():
    plain = read({**VERSION_2, "compressor": None}, 2)
    plain.check_piece(bytes(24))
    with pytest.raises(ValueError, match="expected 24"):
        plain.check_piece(bytes(24 + (1 << 17)))


def test_sizes_of_parts():
    array = read(
        {**VERSION_3, "codecs": [{**SHARDING, "configuration": {**SHARDING["configuration"], "codecs": [LITTLE]}}]}
    )
    index = np.array([[0, 12], [2**64 - 1, 2**64 - 1]], "<u8").tobytes()
    array.check_piece(bytes(12) + index + bytes(4))
    large = np.array([[0, 1 << 18], [0, 12]], "<u8").tobytes()
    with pytest.raises(ValueError, match="expected 12"):
        array.check_piece(bytes(1 << 18) + large + bytes(4))
    twice = np.array([[0, 12], [0, 12]], "<u8").tobytes()
    with pytest.raises(ValueError, match="its parts overlap"):
        array.check_piece(np.array([[0, 30], [0, 30]], "<u8").tobytes() + bytes(4))
    array.check_piece(twice + bytes(4))  # as large as all of it, so no more work than that
    with pytest.raises(ValueError, match="index of its parts is cut off"):
        array.check_piece(bytes(20))
