"""A member that is read once: arrays are given only after all of it was seen, and only those that were asked for."""

import io
import zlib
from functools import partial

import h5py
import numpy as np
import pytest

from keras_core import Input, Sequential, layers
from keras_core.saving import ModelFileError, load_model, part
from keras_core.saving.archive import open_archive
from keras_core.saving.checksum import BLOCK
from keras_core.saving.contents import Array, Entry
from keras_core.saving.hdf5 import open_weights
from keras_core.saving.part import Part

CONTENT = np.random.default_rng(0).bytes(3 * BLOCK)


def make(content=CONTENT, whole=CONTENT):
    return Part(io.BytesIO(b"before" + content + b"behind"), 6, len(whole), zlib.crc32(whole), "'x': the member y")


def array_at(place, size, reads=None):
    def read():
        (reads if reads is not None else []).append(place)
        return np.frombuffer(CONTENT, np.uint8, size, place or 0)

    return Array((size,), np.dtype(np.uint8), read, place=place)


def guarded(member, *arrays):
    contents = member.guarded({"layer": Entry("layer", dict(zip("abcdef", arrays, strict=False)))})
    return list(contents["layer"].arrays.values())


def bytes_at(place, size):
    return CONTENT[place : place + size]


SPANS = [(0, 5), (5, 1), (100, BLOCK + 7), (2 * BLOCK, 10), (3 * BLOCK - 3, 3)]


@pytest.mark.parametrize("spans", [SPANS, SPANS[::-1], SPANS[2:3]], ids=["in order", "in another", "one"])
def test_arrays_that_are_read_ahead(spans):
    reads = []
    member = make()
    arrays = guarded(member, *(array_at(place, size, reads) for place, size in spans))
    member.read_ahead(arrays)
    for array, (place, size) in zip(arrays, spans, strict=True):
        assert array.read().tobytes() == bytes_at(place, size)
    assert not reads
    arrays[0].read()
    assert reads == [spans[0][0]]  # given away before, so it is read again


def test_arrays_are_read_after_the_check():
    reads = []
    (array,) = guarded(make(), array_at(7, 9, reads))
    assert array.read().tobytes() == bytes_at(7, 9) and reads == [7]
    damaged = bytes([CONTENT[0] ^ 1]) + CONTENT[1:]
    (array,) = guarded(make(damaged), array_at(7, 9, reads))
    with pytest.raises(ModelFileError, match=r"'x': the member y is damaged: its checksum"):
        array.read()
    assert reads == [7]


@pytest.mark.parametrize(
    "other", [array_at(None, 4), array_at(3, 8), array_at(len(CONTENT) - 1, 9), array_at(20, 0)], ids=range(4)
)
def test_arrays_that_cannot_be_read_ahead_are_read_by_themselves(other):
    """Those that have no place, overlap, end behind the file, or are empty."""
    member = make()
    first, second = guarded(member, array_at(0, 5), other)
    member.read_ahead([first, second])
    assert first.read().tobytes() == bytes_at(0, 5)
    if other.nbytes <= 8:  # numpy refuses to read behind the end, as readers of formats do
        assert second.read().tobytes() == bytes_at(other.place or 0, other.nbytes)
    else:
        with pytest.raises(ValueError, match="buffer is smaller"):
            second.read()


@pytest.mark.parametrize("place", [0, 99, 100, BLOCK + 200, 2 * BLOCK + 20, 3 * BLOCK - 1])
def test_damage_anywhere(place):
    """In an array, and in what is between arrays."""
    damaged = bytearray(CONTENT)
    damaged[place] ^= 0x80
    member = make(bytes(damaged))
    arrays = guarded(member, *(array_at(*span) for span in SPANS))
    with pytest.raises(ModelFileError, match=r"checksum \(CRC-32\) is not that of its content"):
        member.read_ahead(arrays)
    for array in arrays:
        with pytest.raises(ModelFileError, match="damaged"):
            array.read()
    with pytest.raises(ModelFileError, match="damaged"):
        member.check()


def test_part_that_is_cut():
    member = Part(io.BytesIO(CONTENT[:-1]), 0, len(CONTENT), zlib.crc32(CONTENT), "y")
    with pytest.raises(ModelFileError, match="it has become shorter"):
        member.check()


def test_part_ends_where_it_should():
    member = make()
    member.check()
    member.seek(-5, io.SEEK_END)
    assert member.tell() == len(CONTENT) - 5 and member.read() == CONTENT[-5:] and member.read(1) == b""
    member.seek(0)
    assert member.read() == CONTENT


# in archives


def damage(path, content):
    """Change the last byte of these in a file, where they are last in it."""
    data = bytearray(path.read_bytes())
    data[data.rindex(content) + len(content) - 1] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("reads_ahead", [False, True])
def test_nothing_leaves_an_archive_that_is_damaged(reads_ahead, saved, model):
    damage(saved, model.get_weights()[0].tobytes())
    seen = []
    with pytest.raises(ModelFileError, match="damaged"), open_archive(saved, reads_ahead=reads_ahead):
        seen.append("inside")
    assert bool(seen) == reads_ahead


def test_damage_where_a_model_reads_nothing(tmp_path):
    """It has no weights, so that the file says what it is of as well with another letter in a name."""
    path = tmp_path / "x.keras"
    Sequential([Input((2,)), layers.Flatten(name="plain")]).save(path)
    load_model(path)
    damage(path, b"plain")
    with pytest.raises(ModelFileError, match=r"model\.weights\.h5 is damaged: its checksum"):
        load_model(path)


@pytest.mark.parametrize("form", ["h5", "safetensors"])
def test_only_what_is_asked_for_is_kept(form, tmp_path, model, inputs, monkeypatch):
    """The state of an optimizer is none of a model that is not compiled."""
    model.compile("adam", "mse")
    model.fit(inputs, np.ones((4, 2)), verbose=0)
    model.save(tmp_path / "x.keras", weights_format=form)
    kept = []

    def counting(shape, dtype, make_one):
        kept.append(shape)
        return make_one(shape, dtype)

    monkeypatch.setattr(part, "empty_array", partial(counting, make_one=part.empty_array))
    other = load_model(tmp_path / "x.keras", compile=False)
    assert sorted(kept) == sorted(weight.shape for weight in other.weights)
    assert all(map(np.array_equal, other.get_weights(), model.get_weights()))


def test_places_in_hdf5(tmp_path):
    values = np.arange(1000, dtype=np.float32)
    path = tmp_path / "x.h5"
    with h5py.File(path, "w", userblock_size=512) as file:
        group = file.create_group("layer/vars")
        group["plain"] = values
        group["big"] = values.astype(">f8")
        group["complex"] = values.astype(np.complex64)
        group["bool"] = values > 3
        group["empty"] = values[:0]
        group.create_dataset("packed", data=values, compression="gzip")
    with open(path, "rb") as file, open_weights(file, "x") as contents:
        arrays = contents["layer"].arrays
        placed = {key for key, array in arrays.items() if array.place is not None}
        assert {"plain", "big", "complex"} <= placed
        assert not placed & {"bool", "packed"}
        for key in ("plain", "big", "complex"):
            array = arrays[key]
            assert path.read_bytes()[array.place :][: array.nbytes] == array.read().tobytes()


def test_compressed_arrays_in_an_archive(saved, rewrite_weights, model, inputs, assert_same):
    def compress(file):
        group = file["layers/dense/vars"]
        values = group["0"][()]
        del group["0"]
        group.create_dataset("0", data=values, compression="gzip")

    rewrite_weights(saved, compress)
    assert_same(model, load_model(saved), inputs)
