"""Errors of ops whose arguments a backend refuses: what shape inference says takes their place."""

import numpy as np
import pytest

from keras_core import ops
from keras_core.runtime.definition import DATABASE, explain
from keras_core.runtime.table import active


def ones(*shape):
    return ops.ones(shape, "float32")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ops.add(ones(2, 3), ones(4)), r"^add: shapes \(2, 3\) and \(4,\) cannot be broadcast together"),
        (lambda: ops.matmul(ones(2, 3), ones(4, 5)), r"^matmul: the last axis of x1 .* shapes \(2, 3\) and \(4, 5\)"),
        (lambda: ops.reshape(ones(2, 3), (4, 2)), r"^reshape: 6 elements of shape \(2, 3\) do not fit into \(4, 2\)"),
        (lambda: ops.concatenate([ones(2, 3), ones(4, 2)]), r"^concatenate: sizes must be equal except along axis 0"),
        (lambda: ops.where(ones(2) > 0, ones(3), ones(3)), r"^where: shapes .* cannot be broadcast together"),
        (
            lambda: ops.add(np.ones((2, 3)), [1.0, 2.0]),
            r"^add: shapes \(2, 3\) and \(2,\) cannot be broadcast together",
        ),
    ],
)
def test_shapes_that_do_not_fit_raise_the_same_on_every_backend(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_the_op_inside_a_composite_is_named():
    with pytest.raises(ValueError, match="cannot be broadcast together") as caught:
        ops.logaddexp(ones(2, 3), ones(4))
    assert str(caught.value).partition(":")[0] in DATABASE


@pytest.mark.parametrize(
    ("op", "arguments"),
    [
        ("add", lambda: (ones(2), ones(2))),
        # Inference needs values there.
        ("nonzero", lambda: (ones(2),)),
        ("repeat", lambda: (ones(2), ones(2), None)),
    ],
)
def test_where_shapes_fit_the_error_of_the_backend_stands(op, arguments):
    explain(DATABASE[op], active(), arguments(), RuntimeError("out of memory"))


def test_an_error_that_was_explained_stays():
    error = ValueError("matmul: it says enough")
    error._keras_op = "matmul"
    explain(DATABASE["add"], active(), (ones(2), ones(3)), error)
