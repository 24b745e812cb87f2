"""dtypes, and conversion between tensors and NumPy arrays."""

import numpy as np
import pytest

from keras_conformance.case import ANY, Draw, host_dtype
from keras_conformance.subject import Subject
from keras_core import ops

REQUIRED = ("bool", "int32", "float32")


def test_mandatory_dtypes(subject: Subject) -> None:
    """Core itself needs three dtypes."""
    assert set(REQUIRED) <= set(subject.table.dtypes)


@pytest.mark.parametrize("dtype", ANY)
def test_dtype(subject: Subject, dtype: str) -> None:
    """A dtype that the backend has is that of the tensors made with it; another one is declared unsupported."""
    tensor = ops.cast(np.ones(2, np.float32), dtype)
    assert subject.table.dtype_of(tensor) == dtype
    assert tensor.dtype == subject.table.dtypes[dtype]
    assert len({subject.table.dtypes[dtype]}) == 1, "a native dtype must be hashable"


def _dtypes(subject: Subject) -> list[str]:
    return [dtype for dtype in ANY if subject.has(dtype)]


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 4)], ids=str)
def test_roundtrip(subject: Subject, shape: tuple[int, ...]) -> None:
    """An array goes to the backend and comes back bit for bit, in each dtype."""
    for dtype in _dtypes(subject):
        array = Draw("roundtrip", dtype).array(shape)
        tensor = subject.tensor(array)
        assert isinstance(tensor, subject.table.tensor_type), dtype
        back = subject.table.to_host(tensor)
        assert isinstance(back, np.ndarray), f"to_host of {dtype} gives a {type(back).__name__}"
        assert (back.dtype, back.shape) == (host_dtype(dtype), shape)
        assert back.tobytes() == array.tobytes(), dtype


def test_extreme_values(subject: Subject) -> None:
    """The largest and smallest numbers of each dtype survive the way there and back."""
    import ml_dtypes

    for dtype in _dtypes(subject):
        if "int" in dtype:
            values = [np.iinfo(dtype).min, np.iinfo(dtype).max]
        elif dtype != "bool" and "complex" not in dtype:
            values = [float(ml_dtypes.finfo(dtype).max), float("nan"), float("-inf"), -0.0]
        else:
            values = [0, 1]
        array = np.array([np.asarray(value).astype(host_dtype(dtype)) for value in values])
        assert subject.table.to_host(subject.tensor(array)).tobytes() == array.tobytes(), dtype


def test_from_host_copies(subject: Subject) -> None:
    """What is written into the array afterwards is not seen by the tensor."""
    array = np.zeros(4, np.float32)
    tensor = subject.table.from_host(array, "float32")
    array[:] = 7
    assert subject.table.to_host(tensor).tolist() == [0, 0, 0, 0]


def test_adopted_arrays(subject: Subject) -> None:
    """An array that nobody else holds becomes a tensor like any other, whatever its dtype and shape."""
    for dtype in _dtypes(subject):
        for shape in ((), (0, 3), (2, 3)):
            array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(host_dtype(dtype))
            tensor = subject.table.adopt(array.copy(), dtype)
            assert type(tensor) is subject.table.tensor_type
            assert subject.table.dtype_of(tensor) == dtype
            assert subject.table.to_host(tensor).tobytes() == array.tobytes(), dtype


def test_to_host_copies(subject: Subject) -> None:
    """What is written into the array is not seen by the tensor; a read-only array is as good."""
    tensor = subject.tensor(np.zeros(4, np.float32))
    array = subject.table.to_host(tensor)
    if array.flags.writeable:
        array[:] = 7
    assert subject.table.to_host(tensor).tolist() == [0, 0, 0, 0]


def test_strided_arrays(subject: Subject) -> None:
    """Transposed, reversed and read-only arrays are taken as they look."""
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    frozen = array.copy()
    frozen.flags.writeable = False
    for view in (array.T, array[::-1, ::2], np.broadcast_to(array[0], (2, 4)), frozen):
        assert np.array_equal(subject.table.to_host(subject.table.from_host(view, "float32")), view)


def test_scalars(subject: Subject) -> None:
    """A Python scalar becomes what the primitives take in place of a tensor."""
    for value, dtype in ((True, "bool"), (-3, "int32"), (0.5, "float32"), (-0.0, "float32")):
        scalar = subject.table.scalar(value, dtype)
        tensor = subject.tensor(np.ones((2,), dtype))
        result = subject.table.where(subject.tensor(np.array([True, False])), scalar, tensor)
        assert subject.array(result)[0] == np.asarray(value, dtype)
        assert subject.array(result).dtype == np.dtype(dtype)


def test_static_shape(subject: Subject) -> None:
    """Sizes of an eager tensor are known and ints."""
    sizes = tuple(subject.table.static_shape(subject.tensor(np.zeros((2, 0, 3), np.float32))))
    assert sizes == (2, 0, 3)
    assert all(type(size) is int for size in sizes)


def test_tensors_of_other_backends_are_taken(subject: Subject) -> None:
    """A NumPy array, a list and a number are taken by every op."""
    result = ops.add(np.ones(2, np.float32), [1.0, 2.0])
    assert isinstance(result, subject.table.tensor_types)
    assert subject.array(ops.add(result, 1)).tolist() == [3.0, 4.0]
    assert ops.convert_to_numpy(result).tolist() == [2.0, 3.0]
