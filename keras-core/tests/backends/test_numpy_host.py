"""Conversion between the NumPy backend and the host."""

import math

import numpy as np
import pytest

from keras_core.backends.numpy.plugin import contract_1_0
from keras_core.plugins import registry

HOST = registry.load_backend_plugin("numpy").host


def test_answers_for_itself_only():
    assert contract_1_0.keras_primitives("other") is None
    assert contract_1_0.keras_kernels("other") is None
    assert contract_1_0.keras_devices("other") is None
    assert contract_1_0.keras_host_conversion("other") is None


@pytest.mark.parametrize("dtype", tuple(HOST.dtypes))
def test_round_trip_copies_both_ways(dtype):
    source = np.array([0, 1, 1]).astype(HOST.dtypes[dtype])
    tensor = HOST.from_host(source, dtype)
    assert type(tensor) is HOST.tensor_type
    assert HOST.to_host(tensor).dtype == source.dtype
    assert not np.shares_memory(tensor, source)
    assert not np.shares_memory(HOST.to_host(tensor), tensor)


def test_scalars_keep_sign_of_zero_and_type():
    assert math.copysign(1, HOST.scalar(0.0, "float32")) == 1
    assert math.copysign(1, HOST.scalar(-0.0, "float32")) == -1
    assert HOST.scalar(True, "bool").dtype == np.bool_
    assert HOST.scalar(1, "int8").dtype == np.int8
    assert np.add(np.ones(2, "float32"), HOST.scalar(2.5, "float32")).dtype == np.float32


def test_static_shape():
    assert HOST.static_shape(np.zeros((2, 0))) == (2, 0)
