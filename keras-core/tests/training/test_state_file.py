"""States in files: what is read is what was written."""

import hashlib
import json
import math

import ml_dtypes
import numpy as np
import pytest

from keras_core.training.state_file import DamagedStateError, read_state, write_state


def there_and_back(tmp_path, state):
    write_state(tmp_path / "a.state", state)
    return read_state(tmp_path / "a.state")


@pytest.mark.parametrize(
    "state",
    [
        None,
        True,
        3**60,
        0.1,
        -math.inf,
        "text \N{GREEK SMALL LETTER ALPHA}\x00",
        [],
        {},
        {"array": 1, "dict": {"scalar": [None, {"array": "b"}]}},
        [[1, [2.5]], {"": ""}],
    ],
)
def test_plain_values(tmp_path, state):
    found = there_and_back(tmp_path, state)
    assert found == state
    assert type(found) is type(state)


def test_nan(tmp_path):
    assert math.isnan(there_and_back(tmp_path, {"loss": math.nan})["loss"])


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3, 4)])
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "uint32", "float16", "float64", "complex64"])
def test_arrays(tmp_path, dtype, shape):
    array = np.asarray(np.random.default_rng(0).normal(size=shape) * 9).astype(dtype)
    found = there_and_back(tmp_path, [array])[0]
    assert (found.dtype, found.shape, found.tobytes()) == (array.dtype, array.shape, array.tobytes())
    assert found.flags.writeable


@pytest.mark.parametrize("dtype", [ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e5m2])
def test_arrays_of_dtypes_that_numpy_does_not_have(tmp_path, dtype):
    array = np.arange(6).reshape(2, 3).astype(dtype)
    found = there_and_back(tmp_path, array)
    assert (found.dtype, found.tolist()) == (array.dtype, array.tolist())


def test_arrays_in_another_order_of_axes_or_bytes(tmp_path):
    arrays = [np.arange(6).reshape(2, 3).T, np.arange(6)[::2], np.arange(3, dtype=">f4")]
    for found, array in zip(there_and_back(tmp_path, arrays), arrays, strict=True):
        assert found.tolist() == array.tolist()


@pytest.mark.parametrize("scalar", [np.float32(0.1), np.int64(3), np.bool_(True), np.float64(0.2)])
def test_numpy_scalars_stay_what_they_are(tmp_path, scalar):
    found = there_and_back(tmp_path, scalar)
    assert (type(found), found) == (type(scalar), scalar)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"a": [1, {2}]}, r"state\['a'\]\[1\]: expected .*got \{2\} of type set"),
        ({1: 2}, r"state: expected .*with strings as keys"),
        (np.array(["a"]), "of type ndarray"),
        (np.array([None]), "of type ndarray"),
    ],
)
def test_what_cannot_be_written(tmp_path, state, message):
    with pytest.raises(TypeError, match=message):
        write_state(tmp_path / "a.state", state)
    assert list(tmp_path.iterdir()) == []


def test_each_torn_file_and_each_flipped_byte_is_seen(tmp_path):
    path = tmp_path / "a.state"
    write_state(path, {"a": np.arange(4), "b": 1.5})
    content = path.read_bytes()
    for position in range(len(content)):
        for damaged in (
            content[:position],
            bytes([*content[:position], content[position] ^ 16, *content[position + 1 :]]),
        ):
            path.write_bytes(damaged)
            with pytest.raises(DamagedStateError, match=r"a\.state' is "):
                read_state(path)
    path.write_bytes(content + b"\0")
    with pytest.raises(DamagedStateError, match="its checksum is not that of its contents"):
        read_state(path)


def test_a_checksum_does_not_make_a_file_of_another_size_whole(tmp_path):
    path = tmp_path / "a.state"
    write_state(path, np.arange(4))
    head = path.read_bytes()[:18]
    header = json.dumps({"tree": {"array": 0}, "arrays": [{"dtype": "float64", "shape": [2**40]}]}).encode()
    rest = len(header).to_bytes(8, "little") + header
    path.write_bytes(head + hashlib.sha256(rest).digest() + rest)
    with pytest.raises(DamagedStateError, match="does not have the arrays"):
        read_state(path)
