"""Archives of which two programs would read two different things: header, directory and end must agree."""

import io
import struct
import zipfile

import pytest

from keras_core.saving import ModelFileError, load_model

LOCAL, DIRECTORY, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def set_bytes(content, signature, offset, layout, value, last=False):
    place = (content.rindex if last else content.index)(signature) + offset
    struct.pack_into(layout, content, place, value)


def sizes_differ(content):
    set_bytes(content, LOCAL, 22, "<L", 1)


def packed_sizes_differ(content):
    set_bytes(content, LOCAL, 18, "<L", 1)


def checksums_differ(content):
    set_bytes(content, LOCAL, 14, "<L", 1)


def methods_differ(content):
    set_bytes(content, LOCAL, 8, "<H", zipfile.ZIP_DEFLATED)


def flags_differ(content):
    set_bytes(content, LOCAL, 6, "<H", 0x2)


def names_differ(content):
    place = content.index(LOCAL) + 30
    content[place : place + 8] = b"evildata"


def sizes_behind(content):
    set_bytes(content, LOCAL, 6, "<H", 0x8)
    set_bytes(content, DIRECTORY, 8, "<H", 0x8)


def bytes_before(content):
    content[:0] = LOCAL + b"something else"


def bytes_behind(content):
    content += b"something else"


def comment(content):
    content[-2:] = struct.pack("<H", 6) + b"remark"


def comment_that_is_an_archive(content):
    inner = bytes(content)
    content[-2:] = struct.pack("<H", len(inner)) + inner


def more_members_counted(content):
    set_bytes(content, END, 10, "<H", 4, last=True)


def another_disk(content):
    set_bytes(content, END, 4, "<H", 1, last=True)


def members_overlap(content):
    first = content.index(DIRECTORY)
    second = content.index(DIRECTORY, first + 1)
    struct.pack_into("<L", content, second + 42, struct.unpack_from("<L", content, first + 42)[0])


def insert(content, place, new):
    """Put bytes between members; the directory says where those behind them are now."""
    content[place:place] = new
    entry = content.index(DIRECTORY)
    first = entry
    while entry >= 0:
        offset = struct.unpack_from("<L", content, entry + 42)[0]
        struct.pack_into("<L", content, entry + 42, offset + len(new) if offset >= place else offset)
        entry = content.find(DIRECTORY, entry + 1)
    set_bytes(content, END, 16, "<L", first, last=True)


def gap_between_members(content):
    insert(content, content.index(LOCAL, 4), b"hidden bytes")


def gap_before_the_end(content):
    place = content.rindex(END)
    content[place:place] = b"hidden bytes"


def extra_field(kind):
    def change(content):
        field = struct.pack("<2H", kind, 4) + b"evil"
        name_size = struct.unpack_from("<H", content, 26)[0]
        insert(content, 30 + name_size, field)
        set_bytes(content, LOCAL, 28, "<H", len(field))

    return change


CASES = {
    "sizes differ": (sizes_differ, "differ in sizes"),
    "packed sizes differ": (packed_sizes_differ, "differ in sizes"),
    "checksums differ": (checksums_differ, "differ in checksum"),
    "methods differ": (methods_differ, "differ in compression"),
    "flags differ": (flags_differ, "differ in flags"),
    "names differ": (names_differ, "differ in name"),
    "sizes behind": (sizes_behind, "stand behind it"),
    "bytes before": (bytes_before, "belong to no member"),
    "bytes behind": (bytes_behind, "the end of the directory"),
    "comment": (comment, "the end of the directory is not where it should be"),
    "comment that is an archive": (comment_that_is_an_archive, "belong to no member"),
    "more members counted": (more_members_counted, "4 members; there are 3"),
    "another disk": (another_disk, "its end speaks of other parts"),
    "members overlap": (members_overlap, "belong to no member, or to two"),
    "gap between members": (gap_between_members, "belong to no member"),
    "gap before the end": (gap_before_the_end, "damaged"),
    "another name": (extra_field(0x7075), "the extra field 0x7075"),
    "strong encryption": (extra_field(0x0017), "the extra field 0x0017"),
}


@pytest.mark.parametrize("case", CASES)
def test_refused(case, saved):
    change, message = CASES[case]
    content = bytearray(saved.read_bytes())
    change(content)
    saved.write_bytes(content)
    with pytest.raises(ModelFileError, match=message):
        load_model(saved)


def test_times_in_extra_fields_are_read(saved, model, inputs, assert_same):
    content = bytearray(saved.read_bytes())
    extra_field(0x5455)(content)
    saved.write_bytes(content)
    assert_same(model, load_model(saved), inputs)


def test_name_that_ends_for_some_at_a_null_byte(saved, read, tmp_path):
    with zipfile.ZipFile(tmp_path / "x.keras", "w") as archive:
        for name, content in read(saved).items():
            info = zipfile.ZipInfo("config.jsonX.html" if name == "config.json" else name)
            archive.writestr(info, content)
    content = (tmp_path / "x.keras").read_bytes().replace(b"config.jsonX", b"config.json\x00")
    (tmp_path / "x.keras").write_bytes(content)
    with pytest.raises(ModelFileError, match="expected exactly the members"):
        load_model(tmp_path / "x.keras")


@pytest.mark.parametrize("other", ["CONFIG.JSON", "Config.json", "config.JSON"])
def test_names_that_differ_in_case_alone(other, saved):
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr(other, b"{}")
    with pytest.raises(ModelFileError, match="unknown or twice: .*" + other):
        load_model(saved)


def test_large_layout_is_read(saved, read, model, inputs, assert_same):
    """What is larger than 4 GiB, or might become so, has its sizes elsewhere: in 64 bits."""
    stream = io.BytesIO()
    members = read(saved)
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                member.write(content)
    content = stream.getvalue()
    end = content.rindex(END)
    count, size, offset = struct.unpack_from("<H2L", content, end + 10)
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    small = struct.pack("<4s4H2LH", END, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    saved.write_bytes(content[:end] + large + locator + small)
    assert_same(model, load_model(saved), inputs)
    saved.write_bytes(content[:end] + large + locator + content[end:])
    with pytest.raises(ModelFileError, match="belong to no member"):
        load_model(saved)
