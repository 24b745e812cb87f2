"""Archives that are not what they should be: each is refused as a whole, and nothing is written anywhere."""

import stat
import struct
import zipfile

import numpy as np
import pytest

from keras_core import Input, Sequential, layers
from keras_core.saving import ModelFileError, load_model
from keras_core.saving.checksum import BLOCK


def write(path, members, **options):
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, content in members:
            archive.writestr(name, content)


def make_dense(units):
    return Sequential([Input((units,)), layers.Dense(units, bias_initializer="random_normal")])


UNSAFE = [
    *("../evil.json", "a/../evil.json", "./evil.json", "/evil.json", "a//evil.json", "a/", ".hidden", "evil."),
    *("C:evil.json", "a\\evil.json", "evil.json:stream", "evil json", "\u202eevil", "x\ny", "con\x7f", "x" * 101),
    "/".join("a" * 40),
]


@pytest.fixture
def members(saved, read):
    return list(read(saved).items())


UNKNOWN = [
    "../evil.json",
    "/etc/evil.json",
    "C:\\evil.json",
    "..\\evil.json",
    "a/../../evil",
    "x\x00y",
    "other/words.txt",
]


@pytest.mark.parametrize("name", [*UNKNOWN, "assets", "assets/", *(f"assets/{name}" for name in UNSAFE)])
def test_unknown_members(name, members, tmp_path):
    path = tmp_path / "hostile" / "model.keras"
    path.parent.mkdir()
    write(path, [*members, (name, b"evil")])
    with pytest.raises(ModelFileError, match="expected exactly the members"):
        load_model(path)
    assert list(path.parent.iterdir()) == [path]
    assert not (tmp_path / "evil.json").exists()


def test_member_twice(members, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        write(tmp_path / "x.keras", [*members, ("config.json", b"{}")])
    with pytest.raises(ModelFileError, match=r"unknown or twice: .*config\.json"):
        load_model(tmp_path / "x.keras")


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_member_missing(missing, members, tmp_path):
    name = members.pop(missing)[0]
    write(tmp_path / "x.keras", members)
    with pytest.raises(ModelFileError, match=rf"missing: \['{name}'\]"):
        load_model(tmp_path / "x.keras")


def test_link(members, tmp_path):
    with zipfile.ZipFile(tmp_path / "x.keras", "w") as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = ((stat.S_IFLNK if name == "config.json" else stat.S_IFREG) | 0o600) << 16
            archive.writestr(info, content)
    with pytest.raises(ModelFileError, match=r"config\.json is a link or a device"):
        load_model(tmp_path / "x.keras")


def test_encrypted_member(saved):
    content = bytearray(saved.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.index(signature) + offset
        content[place] |= 1
    saved.write_bytes(content)
    with pytest.raises(ModelFileError, match="is encrypted"):
        load_model(saved)


def test_unknown_compression(members, tmp_path):
    write(tmp_path / "x.keras", members, compression=zipfile.ZIP_BZIP2)
    with pytest.raises(ModelFileError, match="method 12, which is neither stored nor deflated"):
        load_model(tmp_path / "x.keras")


def test_deflated_members_are_read(members, tmp_path, model, inputs, assert_same):
    write(tmp_path / "x.keras", members, compression=zipfile.ZIP_DEFLATED)
    assert_same(model, load_model(tmp_path / "x.keras"), inputs)


def test_bomb(members, tmp_path):
    members = [(name, bytes(50_000_000) if name.endswith("h5") else content) for name, content in members]
    write(tmp_path / "x.keras", members, compression=zipfile.ZIP_DEFLATED)
    assert (tmp_path / "x.keras").stat().st_size < 100_000
    with pytest.raises(ModelFileError, match="claims to unpack to 50000000 bytes"):
        load_model(tmp_path / "x.keras")


def test_size_that_is_not_that_of_the_member(saved):
    content = bytearray(saved.read_bytes())
    place = content.rindex(b"PK\x01\x02")  # the weights come last
    struct.pack_into("<II", content, place + 20, 1 << 30, 1 << 30)
    saved.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"claim 10737\d+ bytes"):
        load_model(saved)


def test_damaged_member(saved):
    content = bytearray(saved.read_bytes())
    place = content.index(b'"class_name"')
    content[place] ^= 1
    saved.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"damaged: .*CRC"):
        load_model(saved)


@pytest.mark.parametrize("form", ["h5", "safetensors"])
def test_a_changed_byte_anywhere(form, tmp_path):
    """It is found wherever it changes what is loaded, and nothing is loaded then."""
    path, damaged = tmp_path / "x.keras", tmp_path / "damaged.keras"
    make_dense(7).save(path, weights_format=form)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        ends = [content.index(archive.read(info), info.header_offset) + info.file_size for info in archive.infolist()]
        spans = [range(end - info.file_size, end) for end, info in zip(ends, archive.infolist(), strict=True)]
    model, right = make_dense(7), make_dense(7)
    before = model.get_weights()
    right.load_weights(path)
    refused = 0
    for place in (
        *range(0, len(content), max(1, len(content) // 200)),
        *(span[place] for span in spans for place in (0, -1)),
    ):
        damaged.write_bytes(content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :])
        try:
            model.load_weights(damaged)
        except ModelFileError:
            refused += 1
            assert all(map(np.array_equal, model.get_weights(), before)), place
        else:  # a date, or who wrote it
            assert not any(place in span for span in spans), place
            assert all(map(np.array_equal, model.get_weights(), right.get_weights())), place
            model.set_weights(before)
    assert refused > 100


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
@pytest.mark.parametrize("form", ["h5", "safetensors"])
def test_a_changed_number_among_many(form, share, tmp_path):
    """The checksum is that of all blocks in which a large member is read."""
    path = tmp_path / "x.keras"
    model = make_dense(700)
    model.save(path, weights_format=form)
    content = bytearray(path.read_bytes())
    kernel = model.get_weights()[0].tobytes()
    assert len(kernel) > BLOCK
    content[content.index(kernel) + int(share * len(kernel))] ^= 1
    path.write_bytes(content)
    before = [weight * 0 for weight in model.get_weights()]
    model.set_weights(before)
    with pytest.raises(ModelFileError, match=r"member model\..* is damaged: its checksum \(CRC-32\)"):
        model.load_weights(path)
    assert all(map(np.array_equal, model.get_weights(), before))
    with pytest.raises(ModelFileError, match="damaged"):
        load_model(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"not an archive at all", b"\x89HDF\r\n\x1a\n" + bytes(100)])
def test_no_archive(content, tmp_path):
    (tmp_path / "x.keras").write_bytes(content)
    with pytest.raises(ModelFileError, match=r"is not a \.keras file"):
        load_model(tmp_path / "x.keras")


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_file_that_was_cut(kept, saved):
    content = saved.read_bytes()
    saved.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(ModelFileError, match="damaged"):
        load_model(saved)


def test_message_escapes_what_the_file_says(members, tmp_path):
    write(tmp_path / "x.keras", [*members, ("\x1b[31mred\u202e" + "y" * 5000, b"")])
    with pytest.raises(ModelFileError) as caught:
        load_model(tmp_path / "x.keras")
    message = str(caught.value)
    assert message.isascii() and message.isprintable() and len(message) < 1000
