"""`DTypePolicyMap`."""

import numpy as np
import pytest

import keras_core as keras
from keras_core.dtype_policies import DTypePolicy, DTypePolicyMap, FloatDTypePolicy, deserialize, serialize


@pytest.fixture
def policies():
    return DTypePolicyMap("float32", {"net/a": "bfloat16", "net/block.*": DTypePolicy("mixed_bfloat16")})


@pytest.mark.parametrize(
    ("path", "name"),
    [("net/a", "bfloat16"), ("net/a/b", "float32"), ("net/block1/dense", "mixed_bfloat16"), ("other", "float32")],
)
def test_a_path_has_the_policy_that_fits_the_whole_of_it(policies, path, name):
    assert policies[path].name == policies.get(path).name == name


def test_a_path_that_two_patterns_fit_is_an_error(policies):
    policies["net/b.*"] = "float16"
    with pytest.raises(ValueError, match=r"path 'net/block1'.*\['net/block\.\*', 'net/b\.\*'\]"):
        policies["net/block1"]
    policies["net/block1"] = "float64"  # the path itself comes before patterns
    assert policies["net/block1"].name == "float64"


def test_the_map_is_a_policy_as_the_default_is():
    policies = DTypePolicyMap("mixed_float16")
    assert (policies.name, policies.compute_dtype, policies.variable_dtype) == (
        "map_mixed_float16",
        "float16",
        "float32",
    )
    assert policies.quantization_mode is None
    assert keras.dtype_policies.get(policies) is policies


def test_the_global_policy_is_the_default_of_a_map_without_one():
    policies = DTypePolicyMap()
    keras.config.set_dtype_policy("float16")
    try:
        assert policies.default_policy.name == policies["x"].name == "float16"
    finally:
        keras.config.set_dtype_policy(None)
    assert policies["x"].name == "float32"


def test_the_map_is_a_dict(policies):
    assert (len(policies), list(policies), "net/a" in policies) == (2, ["net/a", "net/block.*"], True)
    assert policies.pop("net/a").name == "bfloat16"
    del policies["net/block.*"]
    with pytest.raises(KeyError):
        policies.pop("net/a")
    assert policies.pop("net/a", None) is None


@pytest.mark.parametrize(
    ("action", "error", "message"),
    [
        (lambda p: p.__setitem__("net/a", "float32"), ValueError, "'net/a' has the policy"),
        (lambda p: p.__setitem__("x", "floaty"), ValueError, "'floaty'"),
        (lambda p: p.__setitem__("x", None), ValueError, "got None"),
        (lambda p: p.__setitem__(3, "float32"), TypeError, "path or pattern as key, got 3"),
        (lambda p: p.__setitem__("(", "float32"), ValueError, "regular expression"),
        (lambda p: DTypePolicyMap(policy_map=[1]), TypeError, "policy_map to be a dict"),
        (lambda p: DTypePolicyMap("zzz"), ValueError, "'zzz'"),
    ],
)
def test_wrong_keys_and_policies_are_refused(policies, action, error, message):
    with pytest.raises(error, match=message):
        action(policies)


def test_the_configuration_is_that_of_keras_and_comes_back(policies):
    config = serialize(policies)
    assert config["module"], config["class_name"] == ("keras.dtype_policies", "DTypePolicyMap")
    assert config["config"]["default_policy"] == "float32"
    assert config["config"]["policy_map"]["net/a"] == {
        **{"module": "keras", "class_name": "DTypePolicy"},
        **{"config": {"name": "bfloat16"}, "registered_name": None},
    }
    assert deserialize(config) == policies
    assert hash(deserialize(config)) == hash(policies)


def test_layers_follow_the_policy_of_their_path(policies):
    names = ("a", "block1", "c")
    parts = [keras.layers.Dense(2, dtype=policies, name=name) for name in names]
    assert [part.compute_dtype for part in parts] == ["float32"] * 3  # their paths are not known yet
    keras.Sequential([keras.Input((2,)), *parts], name="net")
    assert [part.path for part in parts] == ["net/a", "net/block1", "net/c"]
    assert [part.compute_dtype for part in parts] == ["bfloat16", "bfloat16", "float32"]
    assert [part.kernel._dtype for part in parts] == ["bfloat16", "float32", "float32"]
    assert keras.backend.standardize_dtype(parts[1](np.ones((1, 2), "float32")).dtype) == "bfloat16"
    again = keras.layers.Dense.from_config(parts[0].get_config())
    assert again.dtype_policy == policies


@pytest.mark.parametrize("policy", ["bfloat16", "mixed_bfloat16"])
def test_the_first_call_computes_as_those_that_follow(policy):
    layer = keras.layers.Dense(2, dtype=DTypePolicyMap("float32", {"d": policy}), name="d")
    x = np.ones((1, 3), "float32")
    assert [keras.backend.standardize_dtype(layer(x).dtype) for _ in range(2)] == ["bfloat16"] * 2


def test_a_policy_of_floats_has_two_names():
    assert keras.FloatDTypePolicy is FloatDTypePolicy
    assert isinstance(FloatDTypePolicy("float16"), DTypePolicy)
