"""Shapes that ops of NumPy infer where sizes are not known."""

import pytest

from keras_core import ops
from keras_core.runtime.keras_tensor import KerasTensor


def tensor(*shape, dtype="float32"):
    return KerasTensor(shape, dtype)


CASES = {
    "append": (lambda: ops.append(tensor(None, 3), tensor(2, 3), 0), (None, 3)),
    "array_split": (lambda: ops.array_split(tensor(None, 3), 2)[1], (None, 3)),
    "average": (lambda: ops.average(tensor(None, 3), axis=1, weights=tensor(3)), (None,)),
    "bincount": (lambda: ops.bincount(tensor(None, dtype="int32")), (None,)),
    "corrcoef": (lambda: ops.corrcoef(tensor(3, None)), (3, 3)),
    "correlate": (lambda: ops.correlate(tensor(None), tensor(3)), (None,)),
    "cross": (lambda: ops.cross(tensor(None, 3), tensor(1, 3)), (None, 3)),
    "diag": (lambda: ops.diag(tensor(None), k=1), (None, None)),
    "diagonal": (lambda: ops.diagonal(tensor(2, None, 3), axis1=1, axis2=2), (2, None)),
    "diff": (lambda: ops.diff(tensor(None, 4)), (None, 3)),
    "diff of an unknown axis": (lambda: ops.diff(tensor(None, 4), axis=0), (None, 4)),
    "gcd": (lambda: ops.gcd(tensor(None, dtype="int32"), tensor(4, None, dtype="int32")), (4, None)),
    "hstack": (lambda: ops.hstack([tensor(2, None), tensor(2, 3)]), (2, None)),
    "isin": (lambda: ops.isin(tensor(None, 2), tensor(None)), (None, 2)),
    "kron": (lambda: ops.kron(tensor(None, 2), tensor(3, 2)), (None, 4)),
    "lu_factor": (lambda: ops.lu_factor(tensor(2, None, 3))[0], (2, None, 3)),
    "lu_factor, pivots": (lambda: ops.lu_factor(tensor(2, None, 3))[1], (2, None)),
    "map_coordinates": (lambda: ops.image.map_coordinates(tensor(None, 4), tensor(2, None, 5), 1), (None, 5)),
    "median": (lambda: ops.median(tensor(None, 4), axis=1, keepdims=True), (None, 1)),
    "median over an unknown axis": (lambda: ops.median(tensor(None, 4), axis=0), (4,)),
    "meshgrid": (lambda: ops.meshgrid(tensor(None), tensor(3))[0], (3, None)),
    "nanmean": (lambda: ops.nanmean(tensor(None, 4), axis=0), (4,)),
    "quantile": (lambda: ops.quantile(tensor(None, 4), [0.1, 0.5], axis=1), (2, None)),
    "rot90": (lambda: ops.rot90(tensor(None, 4)), (4, None)),
    "searchsorted": (lambda: ops.searchsorted(tensor(None), tensor(None, 2)), (None, 2)),
    "trace": (lambda: ops.trace(tensor(None, 3, 3), axis1=1, axis2=2), (None,)),
    "trapezoid": (lambda: ops.trapezoid(tensor(None, 4)), (None,)),
    "tril": (lambda: ops.tril(tensor(None, None, 3)), (None, None, 3)),
    "unique": (lambda: ops.unique(tensor(None)), (None,)),
    "unique of a given size": (lambda: ops.unique(tensor(None, 2), size=4), (4,)),
    "unique along an axis": (lambda: ops.unique(tensor(None, 2), axis=0, size=4), (4, 2)),
    "unravel_index": (lambda: ops.unravel_index(tensor(None, dtype="int32"), (2, 3))[1], (None,)),
    "vander": (lambda: ops.vander(tensor(None), 3), (None, 3)),
    "vander of an unknown size": (lambda: ops.vander(tensor(None)), (None, None)),
    "view": (lambda: ops.view(tensor(None, 4), "float64"), (None, 2)),
}


@pytest.mark.parametrize("name", CASES)
def test_shape(name):
    call, expected = CASES[name]
    assert call().shape == expected
