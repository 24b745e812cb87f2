"""Native functions with a substitute."""

import functools

import numpy as np
import pytest

from keras_core import ops
from keras_core.contract import or_else, widened
from keras_core.contract.substitution import native_of
from keras_core.runtime.table import load_table, use_table


def _fails_for_ints(x1, x2):
    if np.asarray(x1).dtype.kind == "i":
        raise RuntimeError("no kernel for integers")
    return x1 + x2


def _of_floats(error, x1, x2):
    return (x1.astype("float64") + x2.astype("float64")).astype(x1.dtype)


def _refuses(error, *arguments):
    raise error


def test_substitute_gets_error_and_arguments():
    seen = []
    function = or_else(_fails_for_ints, lambda error, *arguments: seen.append((str(error), arguments)))
    assert function(np.ones(1), np.ones(1)) == 2.0
    function(1, 2)
    assert seen == [("no kernel for integers", (1, 2))]


@pytest.mark.parametrize("unary", [False, True])
def test_error_of_the_substitute_is_raised(unary):
    def fails(x):
        raise RuntimeError("neither")

    with pytest.raises(RuntimeError, match="neither"):
        or_else(fails, _refuses, unary)(1)


def test_native_of_sees_through_no_wrapper():
    made = or_else(_fails_for_ints, _of_floats)

    @functools.wraps(made)
    def other(x1, x2):
        return made(x1, x2) * 0

    assert native_of(made) is _fails_for_ints
    assert native_of(other) is other
    assert native_of(np.add) is np.add


def test_op_takes_the_native_function_and_falls_back_on_the_substitute(monkeypatch):
    table = load_table("numpy")
    made = or_else(_fails_for_ints, _of_floats)
    monkeypatch.setattr(table, "add", made)
    monkeypatch.setattr(table, "native_add", native_of(made))
    with use_table(table):
        total = ops.add(np.asarray([1, 2], "int32"), np.asarray([3, 4], "int32"))
        assert total.tolist() == [4, 6]
        assert total.dtype == "int32"
        with pytest.raises(ValueError, match="add"):
            ops.add(np.ones(2, "float32"), np.ones(3, "float32"))


def _root(x, scale):
    if np.asarray(x).dtype != "float32":
        raise RuntimeError("no kernel")
    return np.sqrt(x) * scale, np.isfinite(x)


WIDE = {
    "tensor_type": np.ndarray,
    "narrow": {np.dtype("float16")},
    "wide": np.dtype("float32"),
    "cast": np.ndarray.astype,
}


def test_a_narrow_dtype_is_computed_in_the_wide_one_and_comes_back():
    root, finite = widened(_root, **WIDE)(np.array([4.0, 9.0], "float16"), np.array([2.0, 1.0], "float16"))
    assert root.dtype == "float16"
    assert root.tolist() == [4.0, 3.0]
    assert finite.dtype == "bool"


def test_wide_tensors_are_recoded_on_the_way_in_and_out():
    def largest(x):
        if x.dtype == "float16":
            raise RuntimeError("no kernel")
        return np.max(x, keepdims=True)

    assert widened(largest, recoded=np.negative, **WIDE)(np.array([4.0, 9.0], "float16")).tolist() == [4.0]


def test_another_function_computes_wide_tensors():
    assert widened(_root, lambda x, scale: x * scale, **WIDE)(np.array([4.0], "float16"), 3.0).tolist() == [12.0]


def test_another_dtype_keeps_its_error():
    with pytest.raises(RuntimeError, match="no kernel"):
        widened(_root, **WIDE)(np.array([4.0], "float64"), 1.0)
