"""Sums of a million elements: rounding errors must not add up, nor narrow integers overflow."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

from keras_conformance.case import host_dtype
from keras_conformance.subject import Subject
from keras_core import ops

COUNT: Final = 1_000_000
# Sums of about 30,000, which float16 holds; added one by one in it they would end at a few hundred.
VALUES: Final = np.random.Generator(np.random.Philox(key=5)).uniform(0, 0.06, COUNT)
# One unit in the last place of the narrow ones; what float32 is off by where elements are added in pairs.
TOLERANCES: Final = {"float32": 1e-5, "float16": 2e-3, "bfloat16": 1e-2}
ONE_BY_ONE: Final = 1e-4
"""For products and running sums, which libraries add up one by one, or nearly so, in float32."""

_OPS: Final[dict[str, tuple[Callable[[Any], Any], Callable[[np.ndarray], Any]]]] = {
    "sum": (ops.sum, np.sum),
    "sum over rows": (lambda x: ops.sum(ops.reshape(x, (1000, -1)), axis=0), lambda x: x.reshape(1000, -1).sum(0)),
    "mean": (ops.mean, np.mean),
    "var": (ops.var, np.var),
    "std": (ops.std, np.std),
    "norm": (ops.norm, np.linalg.norm),
    "logsumexp": (ops.logsumexp, lambda x: np.log(np.sum(np.exp(x)))),
    "average": (ops.average, np.average),
    "dot": (lambda x: ops.dot(x, ops.ones_like(x)), np.sum),
    "matmul": (lambda x: ops.matmul(ops.reshape(x, (1, -1)), ops.reshape(ops.ones_like(x), (-1, 1))), np.sum),
    "einsum": (lambda x: ops.einsum("i,i->", x, ops.ones_like(x)), np.sum),
    "last of cumsum": (lambda x: ops.cumsum(x)[-1], np.sum),
    "softmax": (lambda x: ops.sum(ops.cast(ops.softmax(x), "float32")), lambda x: 1.0),
}


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("name", _OPS)
def test_floats(subject: Subject, name: str, dtype: str) -> None:
    """Beside NumPy in float64."""
    if not subject.has(dtype):
        return
    function, oracle = _OPS[name]
    x = VALUES.astype(host_dtype(dtype))
    found = subject.array(function(subject.tensor(x))).astype(np.float64)
    one_by_one = name in ("dot", "matmul", "einsum", "last of cumsum") and dtype == "float32"
    tolerance = ONE_BY_ONE if one_by_one else TOLERANCES[dtype]
    np.testing.assert_allclose(np.squeeze(found), oracle(x.astype(np.float64)), tolerance)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int16", "uint16"])
def test_integers(subject: Subject, dtype: str) -> None:
    """Sums of narrow integers are taken in 32 bits, means in floats."""
    if not subject.has(dtype):
        return
    x = np.full(COUNT, 100 if dtype != "bool" else True, dtype)
    tensor = subject.tensor(x)
    assert int(subject.array(ops.sum(tensor))) == int(np.sum(x, dtype=np.int64))
    assert float(subject.array(ops.mean(tensor))) == float(x[0])
    assert int(subject.array(ops.count_nonzero(tensor))) == COUNT
