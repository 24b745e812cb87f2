"""HDF5 in the layout of Keras: a group `.../vars` for each object, contiguous arrays in it."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from typing import Any

import h5py
import numpy as np
from h5py import h5d, h5p, h5s, h5t

from keras_core.saving.contents import BEYOND_NUMPY, Array, Contents
from keras_core.saving.image import Image, size_of


@contextlib.contextmanager
def hdf5_image(contents: Contents, folder: str) -> Iterator[Image]:
    """Give the HDF5 file for contents, arrays not fetched yet.

    Args:
        contents: what is to be written.
        folder: where a nameless file may stand meanwhile, in which the places of arrays are holes.
    """
    with tempfile.TemporaryFile(dir=folder) as structure:
        datasets: list[tuple[Any, Array]] = []
        with h5py.File(structure, "w") as file:
            for path, entry in contents.items():
                group = file.create_group(f"{path}/vars" if path else "vars")
                group.attrs["name"] = entry.name or ""
                datasets += [(_dataset(group, key, array), array) for key, array in entry.arrays.items()]
            file.flush()
            placed = [(dataset.get_offset(), array) for dataset, array in datasets if array.nbytes]
        yield Image(size_of(structure), structure, sorted(placed, key=lambda place: place[0]))


def _dataset(group: h5py.Group, key: str, array: Array) -> h5d.DatasetID:
    plan = h5p.create(h5p.DATASET_CREATE)
    plan.set_layout(h5d.CONTIGUOUS)
    plan.set_alloc_time(h5d.ALLOC_TIME_EARLY)
    plan.set_fill_time(h5d.FILL_TIME_NEVER)
    name = array.dtype.name
    stored = np.dtype(f"V{array.dtype.itemsize}") if name in BEYOND_NUMPY else array.dtype.newbyteorder("<")
    # A bool is an enumeration there, as h5py has it.
    form = h5t.py_create(stored, logical=True)
    dataset = h5d.create(group.id, key.encode(), form, h5s.create_simple(array.shape), plan)
    if name in BEYOND_NUMPY:
        h5py.Dataset(dataset).attrs["dtype"] = name
    return dataset
