"""What `transforms.jit` returns beside tensors."""

import numpy as np
import pytest

from keras_core import ops, transforms
from keras_core.runtime.table import active


def of_its_shape(x):
    size = x.shape[0]
    if size is None:
        return {"any": x + 1}
    return {"name": f"of {size}", "is_large": size > 2, "parts": [x] * size}


@pytest.mark.parametrize("before", [1, 12])
def test_constants_and_structure_are_those_of_the_shape(before):
    compiled = transforms.jit(of_its_shape)
    for size in [3] * before + [1, 3, 2, 1, 3]:
        found = compiled(np.ones(size, "float32"))
        if "any" in found:  # a trace for any size, which a backend may make when sizes vary
            assert found["any"].shape == (size,)
        else:
            assert (found["name"], found["is_large"], len(found["parts"])) == (f"of {size}", size > 2, size)


def test_constants_are_those_of_the_dtype():
    compiled = transforms.jit(lambda x: {"name": active().dtype_of(x), "x": x})
    for dtype in ("float32", "int32", "float32", "int32"):
        assert compiled(np.ones(2, dtype))["name"] == dtype


def test_a_list_of_tensors_stays_one():
    compiled = transforms.jit(lambda x: [x, ops.ones(2)])
    for size in (3, 1, 3):
        found = compiled(np.zeros(size, "float32"))
        assert isinstance(found, list) and [x.shape[0] for x in found] == [size, 2]
