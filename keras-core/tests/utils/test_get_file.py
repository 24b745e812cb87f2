"""`get_file` and archives: what of the published attacks is left is an error, and nothing on the disk."""

import contextlib
import gzip
import io
import os
import re
import stat
import subprocess
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from keras_core.utils import DownloadError, get_file

MARKER = "marker"
CONTENT = b"to be or not to be"


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "home" / "cache"


@pytest.fixture
def unpacked(tmp_path, cache):
    """Return a function that unpacks an archive through `get_file`."""

    def run(content, name="archive", **arguments):
        (tmp_path / name).write_bytes(content)
        arguments = {"extract": True, **arguments}
        return Path(get_file(origin=(tmp_path / name).as_uri(), cache_dir=cache, schemes=("file",), **arguments))

    return run


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def tar(*members, mode="w", **options):
    """Return a tar file of members: a name, the content, and other fields of the header."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode, **options) as archive:
        for name, content, fields in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for field, value in fields.items():
                setattr(info, field, value)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def file(name, content=CONTENT, **fields):
    return name, content, fields


def folder(name):
    return name, b"", {"type": tarfile.DIRTYPE}


def link(name, target, kind=tarfile.SYMTYPE):
    return name, b"", {"type": kind, "linkname": target}


def zipped(*members, **options):
    """Return a zip of members: a name and the content, and for a link the mode."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", **options) as target:
        for name, content, *mode in members:
            info = zipfile.ZipInfo("x")
            info.filename = name  # as it stands: the constructor would mend it
            info.compress_type = target.compression
            info.external_attr = (mode[0] if mode else stat.S_IFREG | 0o644) << 16
            target.writestr(info, content)
    return archive.getvalue()


# Archives without malice.

TREE = {"a.txt": b"a", "deep/er/b.bin": bytes(range(256)) * 300, "deep/empty": b""}
MEMBERS = [folder("./deep"), *(file(f"./{name}", content) for name, content in TREE.items())]


@pytest.mark.parametrize(
    "content",
    [
        *(tar(*MEMBERS, mode=mode) for mode in ("w", "w:gz", "w:bz2", "w:xz")),
        *(tar(*MEMBERS, format=form) for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT)),
        *(zipped(("deep/", b""), *TREE.items(), compression=how) for how in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)),
    ],
    ids=["tar", "gzip", "bzip2", "xz", "ustar", "gnu", "stored", "deflated"],
)
def test_archive(unpacked, content):
    path = unpacked(content)
    assert {name: (path / name).read_bytes() for name in files(path)} == TREE


@pytest.mark.parametrize("name", ["long/" * 30 + "b" * 200, "caf\u00e9/\u732b.txt"])
def test_long_and_foreign_names(unpacked, name):
    for content in (tar(file(name)), tar(file(name), format=tarfile.GNU_FORMAT), zipped((name, CONTENT))):
        assert (unpacked(content, force_download=True) / name).read_bytes() == CONTENT


def test_folder_of_an_archive(unpacked, cache):
    content = tar(*MEMBERS, mode="w:gz")
    datasets = cache / "datasets"
    assert unpacked(content, "words.tar.gz") == datasets / "words.tar.gz"
    assert (datasets / "words.tar.gz_archive").read_bytes() == content
    assert unpacked(content, fname="other.tar.gz") == datasets / "other_extracted"
    assert (datasets / "other.tar.gz").read_bytes() == content
    assert unpacked(content, fname="third", untar=True, extract=False) == datasets / "third"


def test_unpacked_once_and_anew(unpacked):
    path = unpacked(tar(file("a"), file("b")))
    (path / "a").unlink()
    assert files(unpacked(tar(file("c")))) == ["b"]
    assert files(unpacked(tar(file("c")), force_download=True)) == ["c"]


def test_a_file_where_a_folder_was(unpacked, tmp_path, cache):
    unpacked(tar(file("a")))
    with pytest.raises(ValueError, match="to be a file, it is a folder"):
        unpacked(tar(file("a")), extract=False)


def test_modes_are_not_taken(unpacked):
    path = unpacked(tar(file("a", mode=0o6777)))
    assert (path / "a").stat().st_mode & 0o7111 == 0


@pytest.mark.parametrize(
    ("content", "archive_format"), [(CONTENT, "auto"), (zipped(("a", b"")), "tar"), (tar(file("a")), ["zip"])]
)
def test_no_archive(unpacked, cache, content, archive_format):
    with pytest.raises(DownloadError):
        unpacked(content, archive_format=archive_format)
    assert files(cache) == []


@pytest.mark.parametrize("archive_format", [None, [], "rar", ["zip", "rar"]])
def test_no_format(unpacked, archive_format):
    with pytest.raises(ValueError, match="expected archive_format to be"):
        unpacked(tar(file("a")), archive_format=archive_format)


# Published attacks. Each would write the marker beside the cache, or read the canary there.


def too_long_for_a_path():
    """Folders and links to them until the path is too long to be resolved; then a link that leads out."""
    members, place = [], ""
    for step in "abcdefghijklmnop":
        members += [folder(f"{place}{'d' * 247}"), link(f"{place}{step}", "d" * 247)]
        place += f"{'d' * 247}/"
    beyond = "/".join("abcdefghijklmnop") + "/" + "l" * 254
    members += [link(beyond, "../" * 16), link("escape", f"{beyond}/../../.."), file(f"escape/{MARKER}")]
    return tar(*members)


def renamed_by_an_extension(field, value):
    """A header with a harmless name and a PAX record with another one."""
    return tar(file("harmless", pax_headers={field: value}), format=tarfile.PAX_FORMAT)


HOSTILE = {
    "CVE-2024-55459": [
        tar(file(f"../../../{MARKER}")),
        tar(file(f"a/../../../../{MARKER}"), mode="w:gz"),
        tar(file(f"{os.sep}tmp{os.sep}{MARKER}")),
        tar(file(f"..\\..\\..\\{MARKER}")),
        tar(file(f"C:{MARKER}")),
        tar(folder("../../../marker")),
        renamed_by_an_extension("path", f"../../../{MARKER}"),
        tar(file("harmless"), format=tarfile.PAX_FORMAT, pax_headers={"path": f"../../../{MARKER}"}),
        zipped((f"../../../{MARKER}", CONTENT)),
        zipped((f"..\\..\\..\\{MARKER}", CONTENT)),
        zipped((f"/tmp/{MARKER}", CONTENT)),
        zipped((f"harmless\0/../../../{MARKER}", CONTENT)),
    ],
    "CVE-2025-12060": [
        tar(link("a", "../../.."), file(f"a/{MARKER}")),
        tar(link("a", "."), link("a/b", ".."), link("a/b/c", "../.."), file(f"a/b/c/{MARKER}")),
        tar(folder("a"), link("a/b", "../../../.."), file(f"a/b/{MARKER}")),
        tar(link("a", f"../../../{MARKER}"), file("a")),
        tar(link("a", "../../../canary", tarfile.LNKTYPE)),
        tar(link("a", "../../../canary")),
        tar(link("a", "harmless"), file("harmless")),
        tar(("a", b"", {"type": tarfile.FIFOTYPE})),
        tar(("a", b"", {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 5})),
        tar(("a", b"", {"type": b"S"})),
        renamed_by_an_extension("GNU.sparse.map", "0,18"),
        zipped(("a", b"../../..", stat.S_IFLNK | 0o777), (f"a/{MARKER}", CONTENT)),
        zipped(("a", b"", stat.S_IFCHR | 0o777)),
    ],
    "CVE-2025-12638": [
        too_long_for_a_path(),
        tar(file("/".join("d" * 65) + f"/{MARKER}")),
        tar(file("a"), file("a")),
        tar(file("a"), file(f"a/{MARKER}")),
        zipped(("a", CONTENT), ("./a", CONTENT)),
    ],
}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(content, id=f"{name}-{at}")
        for name, contents in HOSTILE.items()
        for at, content in enumerate(contents)
    ],
)
def test_advisory(unpacked, cache, tmp_path, content):
    (tmp_path / "canary").write_text("canary")
    outside = Path("/tmp", MARKER)
    before = outside.exists()
    with pytest.raises(DownloadError, match="get_file: "):
        unpacked(content)
    assert files(tmp_path) == ["archive", "canary"]
    assert sorted(path.name for path in (cache / "datasets").iterdir()) == []
    assert outside.exists() == before


def test_a_refused_archive_leaves_the_old_folder(unpacked):
    path = unpacked(tar(file("a")))
    with pytest.raises(DownloadError):
        unpacked(tar(file("b"), link("c", "a")), force_download=True)
    assert files(path) == ["a"]


# Archives that are damaged, or larger than they look.


def changed(content, at, new):
    return content[:at] + new + content[at + len(new) :]


DAMAGED = {
    "cut_gzip": tar(file("a", os.urandom(9000)), mode="w:gz")[:6000],
    "cut_xz": tar(file("a", os.urandom(9000)), mode="w:xz")[:6000],
    "cut_tar": tar(file("a", bytes(9000)))[:6000],
    "no_end": tar(file("a"))[:1024],
    "second_header": changed(tar(file("a"), file("b")), 1024 + 148, b"9999999"),
    "cut_zip": zipped(("a", bytes(9000)))[:-30],
    "checksum": changed(zipped(("a", b"content")), 33, b"x"),
    "encrypted": changed(zipped(("a", b"content")), zipped(("a", b"content")).index(b"PK\1\2") + 8, b"\1"),
    "other_method": zipped(("a", b"content"), compression=zipfile.ZIP_LZMA),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_damaged(unpacked, cache, content):
    with pytest.raises(DownloadError, match="get_file: "):
        unpacked(content)
    assert files(cache) == []


@pytest.mark.parametrize("kind", ["w", "w:gz", "w:xz", "zip"])
def test_mutated(unpacked, cache, tmp_path, kind):
    """Whatever becomes of its bytes, an archive is unpacked below the folder or refused."""
    random = np.random.default_rng(0)
    small = {**TREE, "deep/er/b.bin": b"content"}
    members = [folder("deep"), *(file(name, content) for name, content in small.items())]
    valid = zipped(*small.items()) if kind == "zip" else tar(*members, mode=kind)
    for number in range(60):
        content = bytearray(valid)
        for position in random.integers(0, min(len(content), 2500), random.integers(1, 4)):
            content[position] = random.integers(256)
        name = f"archive{number}"
        with contextlib.suppress(DownloadError):
            unpacked(bytes(content), name)
        (tmp_path / name).unlink()
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert [path.name for path in cache.parent.iterdir()] == ["cache"]
    assert all(re.fullmatch(r"archive\d+(_archive)?", path.name) for path in (cache / "datasets").iterdir())


def test_largest_size(unpacked, cache):
    content = tar(file("a", bytes(5000)), file("b", bytes(5000)))
    with pytest.raises(DownloadError, match="more than max_bytes=9000"):
        unpacked(content, max_bytes=9000)
    with pytest.raises(DownloadError, match="holds more than 10240 bytes"):
        unpacked(tar(file("a", bytes(5000)), file("b", bytes(5500)), mode="w:gz"), max_bytes=10240)
    with pytest.raises(DownloadError, match="holds more than 20480 bytes"):  # names take room too
        unpacked(tar(*(file(f"{number}", b"") for number in range(41)), mode="w:gz"), max_bytes=20480)
    assert files(cache) == []
    assert files(unpacked(content, max_bytes=20480)) == ["a", "b"]


def zeros(count, before):
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1) as target:
        target.write(before)
        for _ in range(count >> 20):
            target.write(bytes(1 << 20))
    return file.getvalue()


def header(name, size, kind=tarfile.REGTYPE):
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


def with_large_dictionary():
    """An xz file whose first block states a dictionary of 1 GiB (section 3.1 of the format)."""
    xz = tar(file("a"), mode="w:xz")
    size = (xz[12] + 1) * 4
    block = bytearray(xz[12 : 12 + size - 4])
    assert block[2] == 0x21  # the filter LZMA2
    block[4] = 36
    return xz[:12] + block + zlib.crc32(block).to_bytes(4, "little") + xz[12 + size :]


BOMBS = {
    "content": lambda: zeros(256 << 20, header("a", 2 << 30)),
    "name": lambda: zeros(256 << 20, header("a", 2 << 30, tarfile.GNUTYPE_LONGNAME)),
    "extension": lambda: zeros(256 << 20, header("a", 2 << 30, tarfile.XHDTYPE)),
    "dictionary": with_large_dictionary,
    "zip": lambda: zipped(("a", bytes(64 << 20)), compression=zipfile.ZIP_DEFLATED),
}

LIMITED = """
import resource, sys
from keras_core.utils import DownloadError, get_file

resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
try:
    get_file(origin=sys.argv[1], cache_dir=sys.argv[2], schemes=("file",), extract=True)
except DownloadError as error:
    print("refused for lack of memory" if isinstance(error.__cause__, MemoryError) else f"refused: {error}")
"""


@pytest.mark.parametrize("bomb", BOMBS)
def test_bomb(tmp_path, cache, bomb):
    """In 10 seconds of processor and 1 GiB, which the system sees to."""
    archive = tmp_path / "archive"
    archive.write_bytes(BOMBS[bomb]())
    command = [sys.executable, "-c", LIMITED, archive.as_uri(), str(cache)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "refused: get_file:" in done.stdout
    assert files(cache) == []


LOADING = """
import sys
import keras_core as keras

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.save("model.keras")
keras.saving.load_model("model.keras")
print(sorted(name for name in sys.modules if name.startswith("keras_core.utils")))
"""


def test_loading_a_model_does_not_reach_it(tmp_path):
    """The room of it is not even imported; that no code there could import it is for the linter."""
    done = subprocess.run([sys.executable, "-c", LOADING], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
