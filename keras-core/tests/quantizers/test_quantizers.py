"""Quantizers and what layers are told about them."""

import numpy as np
import pytest

from keras_core import ops, quantizers
from keras_core.quantizers import (
    AbsMaxQuantizer,
    AWQConfig,
    Float8QuantizationConfig,
    GPTQConfig,
    Int4QuantizationConfig,
    Int8QuantizationConfig,
    QuantizationConfig,
    Quantizer,
)
from keras_core.saving import deserialize_keras_object, serialize_keras_object

X = np.float32([[1.0, -4.0], [0.5, 0.25]])


def test_axis_of_call_before_that_of_constructor_before_the_last():
    for quantizer, axis, expected in (
        (AbsMaxQuantizer(), None, (2, 1)),
        (AbsMaxQuantizer(axis=0), None, (1, 2)),
        (AbsMaxQuantizer(axis=0), 1, (2, 1)),
        (AbsMaxQuantizer(axis=[0, 1]), None, (1, 1)),
    ):
        integers, scale = quantizer(X, axis=axis)
        assert (tuple(integers.shape), tuple(scale.shape)) == ((2, 2), expected)
    assert all(isinstance(part, np.ndarray) for part in AbsMaxQuantizer()(X, to_numpy=True))


@pytest.mark.parametrize("axis", ["a", 1.5, (0, "a")])
def test_wrong_axis(axis):
    with pytest.raises(TypeError, match="expected axis to be an int, a tuple of ints or None"):
        AbsMaxQuantizer(axis=axis)


def test_get():
    quantizer = AbsMaxQuantizer(axis=0, value_range=(-8, 7))
    assert quantizers.get(None) is None and quantizers.get(quantizer) is quantizer
    for identifier in ("abs_max_quantizer", "AbsMaxQuantizer", AbsMaxQuantizer):
        assert type(quantizers.get(identifier)) is AbsMaxQuantizer
        assert quantizers.get(identifier, axis=1).axis == (1,)
    loaded = quantizers.get(quantizers.serialize(quantizer))
    assert loaded.get_config() == quantizer.get_config()
    with pytest.raises(ValueError, match="Did you mean 'abs_max_quantizer'"):
        quantizers.get("abs_max_quantiser")
    with pytest.raises(ValueError, match="expected no arguments"):
        quantizers.get(quantizer, axis=1)
    with pytest.raises(ValueError, match="got 3"):
        quantizers.get(3)


def test_a_quantizer_of_ones_own_says_its_arguments():
    class Own(Quantizer):
        def __call__(self, x):
            return ops.cast(x, self.output_dtype)

    assert Own("uint8").output_dtype == "uint8" and Quantizer()(X) is X
    with pytest.raises(NotImplementedError, match=r"Own: write get_config\(\)"):
        Own().get_config()


CONFIGS = {
    "int8": (Int8QuantizationConfig(AbsMaxQuantizer(axis=0), None), "int8"),
    "int8 default": (Int8QuantizationConfig(), "int8"),
    "int4": (Int4QuantizationConfig(), "int4/128"),
    "int4 channel": (Int4QuantizationConfig(AbsMaxQuantizer(value_range=(-8, 7)), block_size=None), "int4/-1"),
    "float8": (Float8QuantizationConfig(), "float8"),
    "gptq": (GPTQConfig(["a"], str.split, weight_bits=3, symmetric=True), "gptq/3/128"),
    "awq": (AWQConfig(["a"], str.split, group_size=-1), "awq/4/-1"),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_configurations_round_trip(name):
    config, policy = CONFIGS[name]
    assert config.mode == name.split()[0] and config.dtype_policy_string() == policy
    loaded = deserialize_keras_object(serialize_keras_object(config))
    assert type(loaded) is type(config) and loaded.get_config() == config.get_config()
    assert loaded.dtype_policy_string() == policy


def test_data_are_not_written():
    config = CONFIGS["gptq"][0].get_config()
    assert (config["dataset"], config["tokenizer"]) == (None, None)


def test_default_quantizers():
    own = AbsMaxQuantizer(axis=0)
    weight, activation = (
        QuantizationConfig.weight_quantizer_or_default,
        QuantizationConfig.activation_quantizer_or_default,
    )
    assert weight(None, 1) == weight(Int8QuantizationConfig(), 1) == 1
    assert weight(Int8QuantizationConfig(own), 1) is own
    assert activation(None, 1) == 1 and activation(Int8QuantizationConfig(activation_quantizer=None), 1) is None
    assert type(activation(Int8QuantizationConfig(), 1)) is AbsMaxQuantizer
    assert Int4QuantizationConfig().activation_quantizer is None


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: QuantizationConfig().mode, NotImplementedError, "use Int8QuantizationConfig"),
        (lambda: Int8QuantizationConfig("abs_max"), TypeError, "weight_quantizer to be a Quantizer or None"),
        (lambda: Int8QuantizationConfig(activation_quantizer=3), TypeError, "activation_quantizer to be a Quantizer"),
        (lambda: Int8QuantizationConfig(AbsMaxQuantizer(output_dtype="int32")), ValueError, "got 'int32'"),
        (lambda: Int8QuantizationConfig(AbsMaxQuantizer(value_range=(-200, 200))), ValueError, r"within \(-128, 127\)"),
        (lambda: Int4QuantizationConfig(AbsMaxQuantizer(), block_size=-1), ValueError, r"within \(-8, 7\)"),
        (lambda: Int4QuantizationConfig(AbsMaxQuantizer(value_range=(-8, 7))), ValueError, "no quantizers with block"),
        (lambda: Int4QuantizationConfig(block_size=0), ValueError, "block_size to be None, -1 or an int >= 1, got 0"),
        (lambda: Int4QuantizationConfig(block_size="x"), ValueError, "got 'x'"),
        (lambda: GPTQConfig([], None, weight_bits=5), ValueError, r"weight_bits to be one of \(2, 3, 4, 8\), got 5"),
        (lambda: GPTQConfig([], None, num_samples=0), ValueError, "num_samples to be an int >= 1, got 0"),
        (lambda: GPTQConfig([], None, group_size=-2), ValueError, "group_size to be -1 or an int >= 1, got -2"),
        (lambda: GPTQConfig([], None, hessian_damping=2), ValueError, "hessian_damping from 0 to 1, got 2"),
        (lambda: AWQConfig([], None, weight_bits=8), ValueError, "got 8"),
        (lambda: AWQConfig([], None, num_grid_points=0), ValueError, "num_grid_points to be an int >= 1"),
    ],
)
def test_wrong_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()
