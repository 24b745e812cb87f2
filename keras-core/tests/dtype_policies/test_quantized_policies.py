"""dtype policies of quantized layers, and their names."""

import pytest

from keras_core import config, dtype_policies
from keras_core.dtype_policies import (
    AWQDTypePolicy,
    DTypePolicyMap,
    GPTQDTypePolicy,
    Int4DTypePolicy,
    QuantizedDTypePolicy,
    QuantizedFloat8DTypePolicy,
)

# Name -> class, kind of quantization, compute dtype, variable dtype, mode, source, numbers.
NAMES = {
    "int8_from_float32": (QuantizedDTypePolicy, "int8", "float32", "float32", {}),
    "int8_from_mixed_bfloat16": (QuantizedDTypePolicy, "int8", "bfloat16", "float32", {}),
    "int8_from_float64": (QuantizedDTypePolicy, "int8", "float64", "float64", {}),
    "int4_from_float32": (QuantizedDTypePolicy, "int4", "float32", "float32", {}),
    "int4/64_from_mixed_bfloat16": (Int4DTypePolicy, "int4", "bfloat16", "float32", {"block_size": 64}),
    "int4/-1_from_float32": (Int4DTypePolicy, "int4", "float32", "float32", {"block_size": -1}),
    "float8_from_float16": (QuantizedFloat8DTypePolicy, "float8", "float16", "float16", {"amax_history_length": 1024}),
    "gptq/3/32_from_float32": (
        GPTQDTypePolicy,
        "gptq",
        "float32",
        "float32",
        {"weight_bits": 3, "group_size": 32},
    ),
    "awq/4/-1_from_float32": (AWQDTypePolicy, "awq", "float32", "float32", {"weight_bits": 4, "group_size": -1}),
}


@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    cls, kind, compute, variable, numbers = NAMES[name]
    policy = dtype_policies.get(name)
    assert type(policy) is cls
    assert (policy.name, policy.quantization_mode) == (name, kind)
    assert (policy.compute_dtype, policy.variable_dtype) == (compute, variable)
    assert {attribute: getattr(policy, attribute) for attribute in numbers} == numbers


@pytest.mark.parametrize("name", NAMES)
def test_configuration_round_trips(name):
    policy = dtype_policies.get(name)
    config = dtype_policies.serialize(policy)
    mode, _, source = name.partition("_from_")
    assert config["module"] == "keras.dtype_policies"
    assert (config["config"]["mode"], config["config"]["source_name"]) == (mode, source)
    loaded = dtype_policies.deserialize(config)
    assert loaded == policy and hash(loaded) == hash(policy)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("int7_from_float32", "one of 'int8', 'float8', 'int4', 'gptq', 'awq', got 'int7'. Did you mean 'int8'"),
        ("int8_from_flot32", "DTypePolicy: expected .*, got 'flot32'. Did you mean 'float32'"),
        ("int8_from_", "got ''"),
        ("int8_from_int8_from_float32", "got 'int8_from_float32'"),
        ("int8_from_int32", "expected the policy of a float dtype, got 'int32'"),
        ("int4", "expected the policy from which it is made too, such as 'int4_from_float32'"),
        ("float8", "such as 'float8_from_float32'"),
        ("int8/3_from_float32", "got 'int8/3'"),
        ("float8/3_from_float32", "got 'float8/3'"),
        ("int4/x_from_float32", "expected -1 or an int >= 1 for <block_size> in 'int4/x', got 'x'"),
        ("int4/0_from_float32", "for <block_size> in 'int4/0', got '0'"),
        ("int4/64/1_from_float32", "expected mode to be 'int4/<block_size>', got 'int4/64/1'"),
        ("gptq_from_float32", "expected mode to be 'gptq/<weight_bits>/<group_size>', got 'gptq'"),
        ("gptq/9/32_from_float32", "expected 2, 3, 4 or 8 for <weight_bits>"),
        ("awq/8/32_from_float32", "expected 4 for <weight_bits>"),
        ("awq/4/-2_from_float32", "for <group_size> in 'awq/4/-2', got '-2'"),
        ("int8_from_mixed_float16", "overflow in float16; take 'mixed_bfloat16'"),
        ("flot32", "Did you mean 'float32'"),
    ],
)
def test_wrong_names(name, message):
    with pytest.raises(ValueError, match=message):
        dtype_policies.get(name)


def test_source_is_the_global_policy_by_default():
    config.set_dtype_policy("mixed_bfloat16")
    try:
        assert QuantizedDTypePolicy("int8").name == "int8_from_mixed_bfloat16"
        assert Int4DTypePolicy("int4/8").name == "int4/8_from_mixed_bfloat16"
    finally:
        config.set_dtype_policy(None)


def test_global_policy_by_name():
    config.set_dtype_policy("int4/8_from_float32")
    try:
        assert config.dtype_policy() == Int4DTypePolicy("int4/8", "float32")
    finally:
        config.set_dtype_policy(None)


@pytest.mark.parametrize(("length", "error"), [(2.5, TypeError), ("3", TypeError), (True, TypeError), (0, ValueError)])
def test_length_of_the_history(length, error):
    assert QuantizedFloat8DTypePolicy("float8", "float32", 2) != QuantizedFloat8DTypePolicy("float8", "float32", 3)
    with pytest.raises(error, match="amax_history_length"):
        QuantizedFloat8DTypePolicy("float8", "float32", length)


def test_map_takes_names():
    policies = DTypePolicyMap("float32", {"dense": "int8_from_float32"})
    assert policies["dense"] == QuantizedDTypePolicy("int8", "float32")
    assert dtype_policies.deserialize(dtype_policies.serialize(policies)) == policies
