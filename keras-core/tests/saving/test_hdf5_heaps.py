"""Heaps of texts in HDF5: what is damaged is refused before HDF5, which would go round for ever, reads it."""

import io
import pathlib
import shutil

import pytest

from keras_core.saving import ModelFileError, load_model
from keras_core.saving.hdf5_heaps import HEADER, MARK, HeapGuard

DATA = pathlib.Path(__file__).parent / "data"
HUGE = b"\xff" * 8


def an_object(number, content, size=None):
    claimed = len(content) if size is None else size
    return number.to_bytes(2, "little") + bytes(6) + claimed.to_bytes(8, "little") + content + bytes(-len(content) % 8)


def heap(*objects, rest=64, version=1, size=None):
    content = b"".join(objects)
    content += an_object(0, bytes(rest - HEADER), rest) if rest else b""
    size = HEADER + len(content) if size is None else size
    return MARK + bytes([version, 0, 0, 0]) + size.to_bytes(8, "little") + content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no heap at all",
        heap(),
        heap(rest=0),
        heap(an_object(1, b"text"), an_object(2, b"x" * 64), an_object(3, b"")),
        heap(an_object(1, b"text"), rest=0) + b"other",
        heap(an_object(1, b"", 1 << 60), version=2),  # which HDF5 refuses by itself
        heap(an_object(1, b"", 1 << 60), size=1 << 50),
        MARK,
    ],
)
@pytest.mark.parametrize("step", [1, 5, 1 << 20, 1 << 22])
def test_what_is_read_is_the_file(content, step):
    whole = bytes(37) + content + bytes(range(99))
    guard = HeapGuard(io.BytesIO(whole))
    found = b""
    while part := guard.read(step):
        found += part
    assert found == whole and guard.tell() == len(whole)


@pytest.mark.parametrize("size", [(1 << 64) - 1, (1 << 64) - 16, 1 << 60, 81])
@pytest.mark.parametrize("number", [0, 1, 0xFFFF])
@pytest.mark.parametrize("step", [1, 5, 1 << 20, 1 << 22])
def test_objects_that_do_not_lead_on(number, size, step):
    content = heap(an_object(7, b"fine"), an_object(number, b"", size))
    guard = HeapGuard(io.BytesIO(bytes(37) + content))
    with pytest.raises(ValueError, match="in the heap at 37 claims"):
        while guard.read(step):
            pass


@pytest.mark.parametrize("size", [0, 8])
def test_rest_that_does_not_lead_on(size):
    with pytest.raises(ValueError, match=f"claims {size} of"):
        HeapGuard(io.BytesIO(heap(an_object(0, b"", size)))).read(99)


def test_heap_behind_large_data():
    content = bytes(3 << 20) + heap(an_object(1, b"", 1 << 60))
    guard = HeapGuard(io.BytesIO(content))
    guard.seek(3 << 20)
    with pytest.raises(ValueError, match="in the heap at"):
        guard.read(4)


@pytest.mark.parametrize("name", ["sequential.weights.h5", "legacy_sequential.h5"])
def test_files_of_keras_with_a_damaged_heap(name, tmp_path):
    path = tmp_path / name
    shutil.copy(DATA / name, path)
    content = bytearray(path.read_bytes())
    places = [place for place in range(len(content)) if content[place : place + 4] == MARK]
    for place in places:
        content[place + HEADER + 8 : place + HEADER + 16] = HUGE
    path.write_bytes(content)
    assert places
    model = load_model(DATA / name.replace(".weights.h5", ".keras"))
    before = [weight.tolist() for weight in model.get_weights()]
    with pytest.raises(ModelFileError, match=r"damaged|cannot be read|cannot be looked for"):
        model.load_weights(path)
    assert [weight.tolist() for weight in model.get_weights()] == before
