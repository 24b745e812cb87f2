"""`GroupQueryAttention` and `ReversibleEmbedding` against formulas in NumPy."""

import numpy as np
import pytest

from keras_core import Input, Model, layers, ops
from keras_core.layers import GroupQueryAttention, MultiHeadAttention, ReversibleEmbedding

RNG = np.random.default_rng(0)
QUERY, VALUE = (RNG.normal(size=shape).astype("float32") for shape in ((2, 5, 6), (2, 4, 6)))
IDS = np.array([[1, 2, 3], [0, 1, 2]])
VECTORS = RNG.normal(size=(2, 3, 4)).astype("float32")


def close(result, expected):
    np.testing.assert_allclose(ops.convert_to_numpy(result), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("options", [{}, {"use_gate": True}, {"use_bias": False, "sliding_window": 2}])
@pytest.mark.parametrize("groups", [1, 2, 4])
def test_groups_are_heads_with_the_same_keys_and_values(groups, options):
    layer = GroupQueryAttention(3, 4, groups, bias_initializer="normal", **options)
    every = MultiHeadAttention(4, 3, **options)
    outputs, scores = layer(QUERY, VALUE, return_attention_scores=True, use_causal_mask=True)
    every.build(QUERY.shape, VALUE.shape)
    for variable, value in zip(every.weights, layer.get_weights(), strict=True):
        shared = value if value.shape == variable.shape else np.repeat(value, 4 // groups, -2)
        variable.assign(shared)
    expected, weights = every(QUERY, VALUE, return_attention_scores=True, use_causal_mask=True)
    close(outputs, ops.convert_to_numpy(expected))
    close(scores, ops.convert_to_numpy(weights))
    close(layer(QUERY, VALUE), ops.convert_to_numpy(every(QUERY, VALUE)))


def test_names_and_configuration_of_group_query_attention():
    layer = GroupQueryAttention(3, 4, 2)
    assert layer.name.startswith("grouped_query_attention")  # as Keras names it, also in files
    assert layers.serialize(layer)["class_name"] == "GroupQueryAttention"
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == layer.get_config()

    class Mine(GroupQueryAttention):
        pass

    assert Mine(3, 4, 2).name.startswith("mine")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: GroupQueryAttention(3, 3, 2),
            "expected 'num_query_heads' to be a multiple of 'num_key_value_heads', got",
        ),
        (lambda: GroupQueryAttention(0, 4, 2), "for 'head_dim', got 0"),
        (lambda: GroupQueryAttention(3, 4, 0), "for 'num_key_value_heads', got 0"),
        (
            lambda: GroupQueryAttention(3, 4, 2)(QUERY[:, None], VALUE[:, None]),
            "queries of shape .batch, steps, features",
        ),
        (
            lambda: ReversibleEmbedding(10, 4, logit_soft_cap=0),
            "expected a number > 0 or None for 'logit_soft_cap', got 0",
        ),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_scores_with_tied_weights():
    layer = ReversibleEmbedding(10, 4)
    table = ops.convert_to_numpy(layer(np.arange(10)))
    assert len(layer.weights) == 1
    close(layer(VECTORS, reverse=True), VECTORS @ table.T)
    layer.enable_lora(2)
    layer.lora_embeddings_b.assign(RNG.normal(size=(2, 4)))
    close(layer(VECTORS, reverse=True), VECTORS @ ops.convert_to_numpy(layer(np.arange(10))).T)


def test_scores_with_a_table_of_their_own_and_a_cap():
    layer = ReversibleEmbedding(10, 4, tie_weights=False, logit_soft_cap=0.01)
    layer.build()
    first, second = layer.get_weights()
    assert (first.shape, second.shape) == ((10, 4), (4, 10))
    close(layer(VECTORS, reverse=True), 0.01 * np.tanh(VECTORS @ second / 0.01))
    adapted = ReversibleEmbedding(10, 4, tie_weights=False, lora_rank=2)
    adapted.build()
    assert [w.name for w in adapted.trainable_weights] == [
        "reverse_embeddings",
        "lora_embeddings_a",
        "lora_embeddings_b",
    ]


def test_dtypes_shapes_and_masks_of_scores():
    layer = ReversibleEmbedding(10, 4, dtype="mixed_bfloat16", mask_zero=True)
    assert "bfloat16" in str(layer(VECTORS, reverse=True).dtype)
    assert layer.compute_output_shape((2, 3, 4), reverse=True) == (2, 3, 10)
    exact = ReversibleEmbedding(10, 4, dtype="mixed_bfloat16", reverse_dtype="float32")
    inputs = Input((3,), dtype="int32")
    scores = exact(exact(inputs), reverse=True)
    assert (scores.shape, scores.dtype) == ((None, 3, 10), "float32")
    assert Model(inputs, scores)(IDS).shape == (2, 3, 10)
    assert layer.compute_mask(ops.convert_to_tensor(VECTORS)) is None
    close(layer.compute_mask(ops.convert_to_tensor(IDS)), IDS != 0)
