"""HDF5 as it is in model files: groups and plain numeric arrays, and nothing that reaches out of the file.

The whole structure is checked through the low-level interface before a link is followed or an array is read: links are
hard, no object is reached twice, arrays are of fixed-size numbers, stored in the file itself, plain or gzipped.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from functools import cache, partial
from typing import IO, Any, Final

import h5py
import numpy as np
from h5py import h5a, h5d, h5l, h5o, h5pl, h5s, h5t, h5z

from keras_core.saving.contents import BEYOND_NUMPY, Array, Contents, Entry, empty_array
from keras_core.saving.errors import ModelFileError, shown
from keras_core.saving.hdf5_heaps import HeapGuard
from keras_core.saving.limits import check_bytes

MAX_DEPTH: Final = 64
MAX_RATIO: Final = 100
MAX_NAME: Final = 1024
_FILTERS: Final = (h5z.FILTER_DEFLATE, h5z.FILTER_SHUFFLE, h5z.FILTER_FLETCHER32)
_LAYOUTS: Final = (h5d.CONTIGUOUS, h5d.CHUNKED, h5d.COMPACT)
_NAME: Final = b"name"
_DTYPE: Final = b"dtype"
Groups = dict[str, tuple[Any, dict[str, Array]]]
"""Path of a group -> the group, its arrays."""


@contextlib.contextmanager
def open_weights(file: IO[bytes], what: str) -> Iterator[Contents]:
    """Check a file as a whole and give `path -> entry` for all groups `.../vars` in it, the path without `/vars`.

    Args:
        file: the open file.
        what: what it is, for errors.

    Raises:
        ModelFileError: where it is no HDF5, or holds anything beyond the subset of this module.
    """
    with open_groups(file, what) as groups:
        found: Contents = {}
        for path, (group, datasets) in groups.items():
            head, _, last = path.rpartition("/")
            if last == "vars":
                found[head] = Entry(_name_of(group, what, path), datasets)
            elif datasets:
                raise refused(what, path, "arrays are expected only in groups named 'vars'")
        yield found


def _name_of(group: Any, what: str, path: str) -> str | None:
    try:
        return text_attribute(group, _NAME)
    except Exception as error:  # of HDF5, in a damaged heap
        raise refused(what, path, f"its name cannot be read ({shown(str(error))})") from error


@contextlib.contextmanager
def open_groups(file: IO[bytes], what: str) -> Iterator[Groups]:
    """Check a file as a whole and give `path -> (group, its arrays by name)`.

    Args:
        file: the open file.
        what: what it is, for errors.

    Raises:
        ModelFileError: where it is no HDF5, or holds anything beyond the subset of this module, or is damaged in a way
            that shows when an array is read.
    """
    size = file.seek(0, 2)
    with _without_filter_plugins():
        try:
            opened = h5py.File(HeapGuard(file), "r")
        except Exception as error:  # h5py raises whatever fits HDF5's own error
            raise ModelFileError(
                f"{what}: expected HDF5, got something else or a damaged file ({shown(str(error))})."
            ) from error
        with opened:
            try:
                groups = _Reader(what, size).groups(opened.id)
            except ModelFileError:
                raise
            except Exception as error:
                raise ModelFileError(f"{what}: the HDF5 structure is damaged ({shown(str(error))}).") from error
            yield groups


@contextlib.contextmanager
def _without_filter_plugins() -> Iterator[None]:
    """Let HDF5 search no folder for code that unpacks arrays; which filters an array may have is checked besides."""
    folders = [h5pl.get(position) for position in range(h5pl.size())]
    for _ in folders:
        h5pl.remove(0)
    try:
        yield
    finally:
        for folder in folders:
            h5pl.append(folder)


def refused(what: str, path: str, reason: str) -> ModelFileError:
    """Return the error for something in a file.

    Args:
        what: what the file is.
        path: where in the file it is.
        reason: what is wrong with it.
    """
    return ModelFileError(f"{what}: {shown(path)}: {reason}. The file is refused.")


class _Reader:
    def __init__(self, what: str, size: int) -> None:
        self._what = what
        self._size = size
        self._total = 0
        self._seen: set[int] = set()

    def groups(self, root: Any) -> Groups:
        """Return the groups and their arrays, after a walk over everything that is in the file."""
        found: Groups = {}
        pending = [("", h5o.open(root, b"/"), 0)]
        self._note(h5o.get_info(pending[0][1]).addr, "/")
        while pending:
            path, group, depth = pending.pop()
            if depth > MAX_DEPTH:
                raise self._refused(path, f"groups may be nested {MAX_DEPTH} deep")
            arrays: dict[str, Array] = {}
            for name, address in self._links(path, group):
                inner = f"{path}/{name}" if path else name
                self._note(address, inner)
                item = h5o.open(group, name.encode())
                if isinstance(item, h5d.DatasetID):
                    arrays[name] = self._array(inner, item)
                elif isinstance(item, h5py.h5g.GroupID):
                    pending.append((inner, item, depth + 1))
                else:
                    raise self._refused(inner, "only groups and arrays are expected")
            found[path] = group, arrays
        return found

    def _links(self, path: str, group: Any) -> list[tuple[str, int]]:
        """Return names in a group and where in the file they lead, none elsewhere. Nothing is resolved here."""
        raw: list[tuple[bytes, int, int]] = []
        group.links.iterate(lambda name, link: raw.append((name, link.type, link.u)), info=True)
        for name, kind, _ in raw:
            if kind != h5l.TYPE_HARD:
                raise self._refused(f"{path}/{name.decode('utf-8', 'replace')}", "soft and external links are refused")
        try:
            names = [name.decode("utf-8") for name, _, _ in raw]
        except UnicodeDecodeError:
            raise self._refused(path, "names must be UTF-8") from None
        for name in names:
            if not name.isprintable() or len(name) > MAX_NAME or name in (".", ".."):
                raise self._refused(f"{path}/{name}", f"names must be visible, and of at most {MAX_NAME} characters")
        return [(name, address) for name, (_, _, address) in zip(names, raw, strict=True)]

    def _note(self, address: int, path: str) -> None:
        if address in self._seen:
            raise self._refused(path, "no object may be reached in two ways")
        self._seen.add(address)

    def _array(self, path: str, dataset: h5d.DatasetID) -> Array:
        """Return an array after the check of how it is stored."""
        plan = dataset.get_create_plist()
        layout = plan.get_layout()
        if layout not in _LAYOUTS:
            raise self._refused(path, "virtual arrays are refused")
        if plan.get_external_count():
            raise self._refused(path, "arrays stored in other files are refused")
        filters = [plan.get_filter(position)[0] for position in range(plan.get_nfilters())]
        if any(code not in _FILTERS for code in filters):
            raise self._refused(path, f"only gzip is known as a compression, got the filters {filters}")
        space = dataset.get_space()
        if space.get_simple_extent_type() == h5s.NULL:
            raise self._refused(path, "arrays must have a shape")
        dtype = _dtype_or_none(dataset)
        if dtype is None:
            raise self._refused(path, f"arrays must be of fixed-size numbers, got {shown(str(dataset.dtype))}")
        shape, form = space.get_simple_extent_dims(), dataset.get_type()
        self._check_size(path, dataset, math.prod(shape) * form.get_size(), bool(filters))
        is_plain = layout == h5d.CONTIGUOUS and dtype.kind in "iufcV" and form.equal(_form_of(dtype))
        place = dataset.get_offset() if is_plain else None
        return Array(shape, dtype, partial(_read, dataset, shape, dtype, self._what, path), place=place)

    def _check_size(self, path: str, dataset: h5d.DatasetID, claimed: int, compressed: bool) -> None:
        stored = dataset.get_storage_size()
        if claimed > stored * (MAX_RATIO if compressed else 1):
            raise self._refused(path, f"it claims {claimed} bytes and has {stored}")
        self._total += claimed
        check_bytes(self._total, self._size, f"{self._what}: with {shown(path)} its arrays claim")

    def _refused(self, path: str, reason: str) -> ModelFileError:
        return refused(self._what, path, reason)


@cache
def _form_of(dtype: np.dtype) -> h5t.TypeID:
    """Return how HDF5 describes numbers that stand in a file as in memory."""
    return h5t.py_create(np.dtype(f"V{dtype.itemsize}") if dtype.name in BEYOND_NUMPY else dtype)


def _read(dataset: h5d.DatasetID, shape: tuple[int, ...], dtype: np.dtype, what: str, path: str) -> np.ndarray:
    array = empty_array(shape, dtype)
    if array.size:
        # HDF5 has no name for dtypes beyond NumPy: their bytes are all that it knows.
        bits = array.view(f"V{dtype.itemsize}") if dtype.name in BEYOND_NUMPY else array
        try:
            dataset.read(h5s.ALL, h5s.ALL, bits)
        except Exception as error:  # damaged where only unpacking shows it
            raise ModelFileError(
                f"{what}: {shown(path)} cannot be read ({shown(str(error))}). The file is damaged; save it again or "
                "copy it anew."
            ) from error
    return array


def _dtype_or_none(dataset: h5d.DatasetID) -> np.dtype | None:
    dtype = dataset.dtype
    if dtype.kind in "biufc" and dtype.fields is None and dtype.subdtype is None:
        # An enumeration other than bool is no number.
        is_enum = dataset.get_type().get_class() == h5t.ENUM
        return dtype if not is_enum or dtype.kind == "b" else None
    if dtype.kind == "V" and dtype.fields is None and dtype.subdtype is None:
        name = text_attribute(dataset, _DTYPE)
        if name in BEYOND_NUMPY:
            import ml_dtypes

            found = np.dtype(getattr(ml_dtypes, name))
            return found if found.itemsize == dtype.itemsize else None
    return None


def text_attribute(item: Any, name: bytes) -> str | None:
    """Return a text attribute, None where there is no short one of that name."""
    if not h5a.exists(item, name):
        return None
    attribute = h5a.open(item, name)
    if attribute.get_type().get_class() != h5t.STRING or attribute.shape != () or attribute.get_storage_size() > 4096:
        return None
    value = h5py.AttributeManager.__getitem__(Holder(item), name.decode())
    return value if isinstance(value, str) and len(value) <= 1024 else None


class Holder(h5py.HLObject):
    """What h5py's attributes need to know of an object: its identifier."""
