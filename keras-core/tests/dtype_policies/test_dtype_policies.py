"""dtype policies and the global one."""

import numpy as np
import pytest

from keras_core import dtype_policies
from keras_core.dtype_policies import DTypePolicy
from keras_core.runtime.dtypes import standardize_dtype
from keras_core.runtime.keras_tensor import KerasTensor


@pytest.fixture(autouse=True)
def global_policy():
    yield
    dtype_policies.set_dtype_policy(None)


@pytest.mark.parametrize(
    ("name", "compute", "variable"),
    [
        ("float32", "float32", "float32"),
        ("float64", "float64", "float64"),
        ("mixed_float16", "float16", "float32"),
        ("mixed_bfloat16", "bfloat16", "float32"),
        ("int32", "int32", "int32"),
    ],
)
def test_dtypes(name, compute, variable):
    policy = DTypePolicy(name)
    assert (policy.name, policy.compute_dtype, policy.variable_dtype) == (name, compute, variable)
    assert policy.quantization_mode is None


def test_global_policy():
    assert dtype_policies.dtype_policy() == DTypePolicy("float32")
    dtype_policies.set_dtype_policy("mixed_bfloat16")
    assert dtype_policies.get(None).compute_dtype == "bfloat16"
    assert DTypePolicy().name == "mixed_bfloat16"


@pytest.mark.parametrize("identifier", ["float16", np.dtype("float16"), np.float16, DTypePolicy("float16")])
def test_get(identifier):
    assert dtype_policies.get(identifier) == DTypePolicy("float16")


def test_configuration_round_trips():
    config = dtype_policies.serialize(DTypePolicy("mixed_float16"))
    expected = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}
    assert config == {**expected, "registered_name": None}
    assert dtype_policies.get(config) == DTypePolicy("mixed_float16")


def test_inputs_are_cast():
    policy = DTypePolicy("mixed_bfloat16")
    for dtype, autocast, expected in (
        ("float32", True, "bfloat16"),
        ("float32", False, "float32"),
        ("int32", True, "int32"),
    ):
        converted = policy.convert_input(np.ones(2, dtype), autocast, "bfloat16")
        assert standardize_dtype(converted.dtype) == expected
    assert policy.convert_input(KerasTensor((2,)), True, "bfloat16").dtype == "bfloat16"
    assert policy.convert_input("text", True, "bfloat16") == "text"


def test_unknown_names_are_errors():
    with pytest.raises(ValueError, match="mixed_float16"):
        DTypePolicy("mixed_float8")
    with pytest.raises(TypeError, match="name"):
        DTypePolicy(3)
