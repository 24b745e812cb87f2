"""What `check_layer` takes, and what it returns. That it catches bugs is shown by the mutants."""

import pickle
from typing import Any

import numpy as np
import pytest

from keras_conformance import LayerMismatch, check_layer
from keras_core import layers

QUERY, VALUE = (np.random.default_rng(seed).normal(size=(2, 3, 4)).astype("float32") for seed in (0, 1))


@pytest.mark.parametrize(
    ("layer_class", "arguments", "options"),
    [
        (layers.Dense, {"units": 3}, {"input_shape": (2, 4), "expected_num_trainable_weights": 2}),
        (layers.Embedding, {"input_dim": 5, "output_dim": 2}, {"input_shape": (2, 3), "input_dtype": "int32"}),
        (layers.Add, None, {"input_shape": [(2, 3), (2, 3)], "expected_output_shape": (2, 3)}),
        (
            layers.MultiHeadAttention,
            {"num_heads": 2, "key_dim": 2},
            {"input_data": QUERY, "call_kwargs": {"value": VALUE}},
        ),
        (
            layers.LSTM,
            {"units": 2, "return_state": True},
            {"input_shape": (2, 3, 4), "expected_output_shape": [(2, 2)] * 3},
        ),
        (lambda: layers.TimeDistributed(layers.Dense(2)), None, {"input_shape": (2, 3, 4)}),
        (layers.Dropout, {"rate": 0.5, "seed": 1}, {"input_shape": (4, 5), "expected_num_seed_generators": 1}),
        (layers.ActivityRegularization, {"l2": 0.1}, {"input_shape": (2, 3), "expected_num_losses": 1}),
    ],
    ids=["class", "ints", "list of inputs", "further arguments", "list of outputs", "function", "random", "losses"],
)
def test_layers_of_core(layer_class: Any, arguments: Any, options: dict[str, Any]) -> None:
    """Inputs and outputs of all kinds."""
    assert check_layer(layer_class, arguments, **options).built


def test_expected_output() -> None:
    """A formula of one's own is compared."""
    x = np.float32([[-1, 2]])
    check_layer(layers.ReLU, input_data=x, expected_output=[[0, 2]], expected_output_shape=(1, 2))
    with pytest.raises(LayerMismatch, match="property 'value'"):
        check_layer(layers.ReLU, input_data=x, expected_output=[[0, 1]])


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ({}, {}, "one of 'input_shape' and 'input_data'"),
        ({}, {"input_shape": (2,), "input_data": QUERY}, "one of 'input_shape' and 'input_data'"),
        ({"dtype": "float32"}, {"input_shape": (2, 4)}, "without 'dtype'"),
        ({"layer": layers.Dense(3)}, {"input_shape": (2, 4)}, r"\['layer'\] of 'init_kwargs' hold layers"),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], options: dict[str, Any], message: str) -> None:
    """What cannot be meant is refused."""
    with pytest.raises(ValueError, match=message):
        check_layer(layers.TimeDistributed, arguments, **options)


def test_the_global_policy_stays() -> None:
    """Also where a property does not hold."""
    from keras_core import dtype_policies

    before = dtype_policies.dtype_policy()
    with pytest.raises(LayerMismatch):
        check_layer(layers.Dense, {"units": 3}, input_shape=(2, 4), expected_output_shape=(2, 4))
    assert dtype_policies.dtype_policy() == before


def test_a_mismatch_tells_what_it_is_about() -> None:
    """And goes from one process to another."""
    error = LayerMismatch("layer 'x' (Dense)", "shape", "it", (1,), (2,))
    assert str(error) == "layer 'x' (Dense), property 'shape': it: expected (1,), got (2,)"
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.property, again.expected, again.got) == (str(error), "shape", (1,), (2,))
