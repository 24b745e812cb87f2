"""The archive that is written: other programs read it, small and large alike."""

import io
import time
import zipfile

import numpy as np
import pytest

from keras_core.saving import zip_writer
from keras_core.saving.checksum import BLOCK
from keras_core.saving.contents import Array
from keras_core.saving.image import Image
from keras_core.saving.zip_structure import starts_of_members
from keras_core.saving.zip_writer import write_zip

CONTENTS = {"config.json": b"{}", "assets/empty": b"", "model.weights.h5": bytes(range(256)) * 5}


def image(content):
    return Image(len(content), io.BytesIO(content), [])


def written(members):
    file = io.BytesIO()
    write_zip(file, members)
    return file


def test_members():
    with zipfile.ZipFile(written({name: image(content) for name, content in CONTENTS.items()})) as archive:
        assert archive.testzip() is None
        assert {info.filename: archive.read(info) for info in archive.infolist()} == CONTENTS
        for info in archive.infolist():
            assert info.compress_type == zipfile.ZIP_STORED and info.external_attr >> 16 == 0o600
            assert info.extract_version == 20 and not info.extra and not info.flag_bits
            assert abs(time.mktime((*info.date_time, 0, 0, -1)) - time.time()) < 120


def test_checksum_of_arrays_in_many_blocks():
    values = np.arange(BLOCK, dtype=np.float32).reshape(4, -1)
    array = Array(values.shape, values.dtype, lambda: values)
    content = b"begin" + values.tobytes() + b"end"
    structure = io.BytesIO(b"begin" + bytes(values.nbytes) + b"end")
    with zipfile.ZipFile(written({"x": Image(len(content), structure, [(5, array)])})) as archive:
        assert archive.read("x") == content  # zipfile compares the checksum


@pytest.mark.parametrize(
    ("largest", "extras"),
    [(1300, [0, 0, 0]), (1000, [0, 0, 20]), (80, [0, 0, 28]), (0, [20, 12, 28])],
    ids=["place of the directory", "a size", "a place", "all"],
)
def test_large_layout(largest, extras, monkeypatch):
    """What is larger than 32 bits hold stands in 64, in members, in the directory and at its end."""
    monkeypatch.setattr(zip_writer, "LARGEST", largest)
    file = written({name: image(content) for name, content in CONTENTS.items()})
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        assert [len(info.extra) for info in infos] == extras
        assert {info.filename: archive.read(info) for info in infos} == CONTENTS
        starts = starts_of_members(file, len(file.getvalue()), infos)
    for name, content in CONTENTS.items():
        assert file.getvalue()[starts[name] : starts[name] + len(content)] == content


def test_many_members():
    names = [f"assets/{position}" for position in range(0xFFFF)]
    file = written({name: image(b"") for name in names})
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == names
        assert len(starts_of_members(file, len(file.getvalue()), archive.infolist())) == 0xFFFF


@pytest.mark.parametrize("year", [1970, 1980, 2026])
def test_dates_are_those_of_a_zip(year, monkeypatch):
    moment = time.struct_time((year, 2, 3, 4, 5, 7, 0, 34, 0))
    monkeypatch.setattr(zip_writer.time, "localtime", lambda: moment)
    with zipfile.ZipFile(written({"x": image(b"")})) as archive:
        assert archive.infolist()[0].date_time == (max(year, 1980), 2, 3, 4, 5, 6)
