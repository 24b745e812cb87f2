"""HDF5 as it is in model files: groups and plain numeric arrays, and nothing that reaches out of the file.

The whole structure is checked through the low-level interface before a link is followed or an array is read: links are
hard, no object is reached twice, arrays are of fixed-size numbers, stored in the file itself, plain or gzipped.
"""

from __future__ import annotations

import contextlib
import math
from collections import UserDict
from collections.abc import Iterator
from typing import IO, Any, Final

import h5py
import numpy as np
from h5py import h5a, h5d, h5l, h5o, h5s, h5t, h5z

from keras_core.saving.errors import ModelFileError, shown
from keras_core.saving.limits import check_bytes

MAX_DEPTH: Final = 64
MAX_RATIO: Final = 100
_FILTERS: Final = (h5z.FILTER_DEFLATE, h5z.FILTER_SHUFFLE, h5z.FILTER_FLETCHER32)
_LAYOUTS: Final = (h5d.CONTIGUOUS, h5d.CHUNKED, h5d.COMPACT)
_NAME: Final = b"name"
_DTYPE: Final = b"dtype"
# dtypes that NumPy, and so HDF5, does not know: stored as bytes, with the name beside.
_OPAQUE: Final = frozenset({"bfloat16", "float8_e4m3fn", "float8_e5m2"})


class Entry:
    """The variables of one object in a file: positions as `"0"`, `"1"`, ... and arrays.

    Args:
        name: name of the object when it was saved, None where the file does not say.
        datasets: key -> array in the file.
    """

    def __init__(self, name: str | None, datasets: dict[str, h5d.DatasetID]) -> None:
        self.name = name
        self._datasets = datasets

    def keys(self) -> list[str]:
        """Return the keys."""
        return list(self._datasets)

    def __len__(self) -> int:
        return len(self._datasets)

    def __iter__(self) -> Iterator[str]:
        return iter(self._datasets)

    def __contains__(self, key: object) -> bool:
        return key in self._datasets

    def shape(self, key: str) -> tuple[int, ...]:
        """Return the shape of an array without reading it."""
        return self._datasets[key].shape

    def dtype(self, key: str) -> np.dtype:
        """Return the dtype of an array without reading it."""
        return _dtype(self._datasets[key])

    def nbytes(self) -> int:
        """Return the size of all arrays together."""
        return sum(math.prod(self.shape(key)) * self.dtype(key).itemsize for key in self)

    def __getitem__(self, key: str) -> np.ndarray:
        dataset = self._datasets[key]
        array = np.empty(dataset.shape, dataset.dtype)
        if array.size:
            dataset.read(h5s.ALL, h5s.ALL, array)
        return array.view(_dtype(dataset)) if array.dtype.kind == "V" else array


@contextlib.contextmanager
def open_weights(file: IO[bytes], what: str) -> Iterator[dict[str, Entry]]:
    """Check a file as a whole and give `path -> entry` for all groups `.../vars` in it, the path without `/vars`.

    Args:
        file: the open file.
        what: what it is, for errors.

    Raises:
        ModelFileError: where it is no HDF5, or holds anything beyond the subset of this module.
    """
    size = file.seek(0, 2)
    try:
        opened = h5py.File(file, "r")
    except Exception as error:  # h5py raises whatever fits HDF5's own error
        raise ModelFileError(f"{what}: expected HDF5, got something else or a damaged file ({error}).") from error
    with opened:
        try:
            entries = _Reader(what, size).entries(opened.id)
        except ModelFileError:
            raise
        except Exception as error:
            raise ModelFileError(f"{what}: the HDF5 structure is damaged ({error}).") from error
        yield entries


class _Reader:
    def __init__(self, what: str, size: int) -> None:
        self._what = what
        self._size = size
        self._total = 0
        self._seen: set[Any] = set()

    def entries(self, root: Any) -> dict[str, Entry]:
        """Return the entries, after a walk over everything that is in the file."""
        found: dict[str, Entry] = {}
        groups = [("", h5o.open(root, b"/"), 0)]
        self._note(groups[0][1], "/")
        while groups:
            path, group, depth = groups.pop()
            if depth > MAX_DEPTH:
                raise self._refused(path, f"groups may be nested {MAX_DEPTH} deep")
            datasets: dict[str, h5d.DatasetID] = {}
            for name in self._names(path, group):
                inner = f"{path}/{name}" if path else name
                item = h5o.open(group, name.encode())
                self._note(item, inner)
                if isinstance(item, h5d.DatasetID):
                    self._check_dataset(inner, item)
                    datasets[name] = item
                elif isinstance(item, h5py.h5g.GroupID):
                    groups.append((inner, item, depth + 1))
                else:
                    raise self._refused(inner, "only groups and arrays are expected")
            head, _, last = path.rpartition("/")
            if last == "vars":
                found[head] = Entry(_attribute(group, _NAME), datasets)
            elif datasets:
                raise self._refused(path, "arrays are expected only in groups named 'vars'")
        return found

    def _names(self, path: str, group: Any) -> list[str]:
        """Return the names in a group, after the check that no link leads elsewhere. Nothing is resolved here."""
        raw: list[bytes] = []
        group.links.iterate(raw.append)
        for name in raw:
            if group.links.get_info(name).type != h5l.TYPE_HARD:
                raise self._refused(f"{path}/{name.decode('utf-8', 'replace')}", "soft and external links are refused")
        try:
            return [name.decode("utf-8") for name in raw]
        except UnicodeDecodeError:
            raise self._refused(path, "names must be UTF-8") from None

    def _note(self, item: Any, path: str) -> None:
        address = h5o.get_info(item).addr
        if address in self._seen:
            raise self._refused(path, "no object may be reached in two ways")
        self._seen.add(address)

    def _check_dataset(self, path: str, dataset: h5d.DatasetID) -> None:
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
        if _dtype_or_none(dataset) is None:
            raise self._refused(path, f"arrays must be of fixed-size numbers, got {shown(str(dataset.dtype))}")
        self._check_size(path, dataset, bool(filters))

    def _check_size(self, path: str, dataset: h5d.DatasetID, compressed: bool) -> None:
        claimed = math.prod(dataset.shape) * dataset.get_type().get_size()
        stored = dataset.get_storage_size()
        if claimed > stored * (MAX_RATIO if compressed else 1):
            raise self._refused(path, f"it claims {claimed} bytes and has {stored}")
        self._total += claimed
        check_bytes(self._total, self._size, f"{self._what}: with {shown(path)} its arrays claim")

    def _refused(self, path: str, reason: str) -> ModelFileError:
        return ModelFileError(f"{self._what}: {shown(path)}: {reason}. The file is refused.")


def _dtype(dataset: h5d.DatasetID) -> np.dtype:
    found = _dtype_or_none(dataset)
    assert found is not None  # nosec B101 # checked when the file was opened
    return found


def _dtype_or_none(dataset: h5d.DatasetID) -> np.dtype | None:
    dtype = dataset.dtype
    if dtype.kind in "biufc" and dtype.fields is None and dtype.subdtype is None:
        # An enumeration other than bool is no number.
        is_enum = dataset.get_type().get_class() == h5t.ENUM
        return dtype if not is_enum or dtype.kind == "b" else None
    if dtype.kind == "V" and dtype.fields is None and dtype.subdtype is None:
        name = _attribute(dataset, _DTYPE)
        if name in _OPAQUE:
            import ml_dtypes

            found = np.dtype(getattr(ml_dtypes, name))
            return found if found.itemsize == dtype.itemsize else None
    return None


def _attribute(item: Any, name: bytes) -> str | None:
    """Return a text attribute, None where there is no short one of that name."""
    if not h5a.exists(item, name):
        return None
    attribute = h5a.open(item, name)
    if attribute.get_type().get_class() != h5t.STRING or attribute.shape != () or attribute.get_storage_size() > 4096:
        return None
    value = h5py.AttributeManager.__getitem__(_Holder(item), name.decode())
    return value if isinstance(value, str) and len(value) <= 1024 else None


class _Holder(h5py.HLObject):
    """What h5py's attributes need to know of an object: its identifier."""


class WeightsWriter:
    """Writes groups and arrays in the layout of Keras.

    Args:
        file: open h5py file.
    """

    def __init__(self, file: h5py.File) -> None:
        self._file = file

    def entry(self, path: str, name: str) -> WritableEntry:
        """Return the mapping for the variables of one object.

        Args:
            path: path of the object, `""` for the model itself.
            name: name of the object.
        """
        group = self._file.create_group(f"{path}/vars" if path else "vars")
        group.attrs["name"] = name
        return WritableEntry(group)


class WritableEntry(UserDict[str, Any]):  # of a dict `update` would not call `__setitem__`
    """A mapping whose values go straight into the file.

    Args:
        group: open h5py group.
    """

    def __init__(self, group: h5py.Group) -> None:
        super().__init__()
        self._group = group

    def __setitem__(self, key: str, value: Any) -> None:
        array = np.asarray(value)
        name = array.dtype.name
        if name in _OPAQUE:
            dataset = self._group.create_dataset(key, data=array.view(f"V{array.dtype.itemsize}"))
            dataset.attrs["dtype"] = name
        elif array.dtype.kind in "biufc":
            self._group.create_dataset(key, data=array)
        else:
            raise TypeError(f"{self._group.name}: expected numbers for the variable {key!r}, got dtype {name}.")
        super().__setitem__(key, None)
