"""Attention of one head, against the formulas in NumPy."""

import numpy as np
import pytest

from keras_core import layers, ops
from keras_core.runtime.call_context import get_mask, set_mask
from keras_core.runtime.keras_tensor import KerasTensor

RNG = np.random.default_rng(0)
QUERY, VALUE, KEY = (RNG.normal(size=shape).astype("float32") for shape in ((2, 3, 4), (2, 5, 6), (2, 5, 4)))
SEEN = np.array([[True, True, False, False, True], [True, False, True, True, True]])


def host(x):
    return ops.convert_to_numpy(x)


def softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def test_products():
    weights = softmax(QUERY @ KEY.transpose(0, 2, 1))
    found, scores = layers.Attention()([QUERY, VALUE, KEY], return_attention_scores=True)
    np.testing.assert_allclose(host(scores), weights, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(host(found), weights @ VALUE, rtol=1e-4, atol=1e-5)


def test_sums():
    layer = layers.Attention(use_scale=True, score_mode="concat")
    layer.build([QUERY.shape, KEY.shape])
    layer.set_weights([np.array(0.5), np.array(2.0)])
    sums = np.tanh(0.5 * (QUERY[:, :, None] + KEY[:, None])).sum(-1)
    np.testing.assert_allclose(host(layer([QUERY, KEY])), softmax(2.0 * sums) @ KEY, rtol=1e-4, atol=1e-5)


def test_sums_with_a_factor_a_feature():
    layer = layers.AdditiveAttention()
    layer.build([QUERY.shape, KEY.shape])
    factors = np.arange(4.0)
    layer.set_weights([factors])
    sums = (factors * np.tanh(QUERY[:, :, None] + KEY[:, None])).sum(-1)
    np.testing.assert_allclose(host(layer([QUERY, KEY])), softmax(sums) @ KEY, rtol=1e-4, atol=1e-5)


def test_masked_values_are_not_seen_and_masked_queries_find_zero():
    asked = np.array([[True, True, False], [True, False, True]])
    found, scores = layers.Attention()([QUERY, VALUE, KEY], mask=[asked, SEEN], return_attention_scores=True)
    weights = softmax(np.where(SEEN[:, None], QUERY @ KEY.transpose(0, 2, 1), -np.inf))
    np.testing.assert_allclose(host(scores), weights, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(host(found), (weights @ VALUE) * asked[..., None], rtol=1e-4, atol=1e-5)


def test_causal_attention_sees_no_later_key():
    _, scores = layers.Attention()([QUERY, KEY], use_causal_mask=True, return_attention_scores=True)
    assert not np.triu(host(scores), 1).any()


def test_masks_of_the_inputs_are_taken_and_that_of_the_queries_passes():
    query, value = ops.convert_to_tensor(QUERY), ops.convert_to_tensor(KEY)
    set_mask(query, np.ones((2, 3), bool))
    set_mask(value, SEEN)
    result = layers.Attention()([query, value])
    np.testing.assert_array_equal(host(result), host(layers.Attention()([QUERY, KEY], mask=[None, SEEN])))
    assert host(get_mask(result)).all()


def test_dropout_of_weights_while_training():
    layer = layers.Attention(dropout=0.5, seed=1)
    np.testing.assert_array_equal(host(layer([QUERY, KEY])), host(layers.Attention()([QUERY, KEY])))
    assert not np.allclose(host(layer([QUERY, KEY], training=True)), host(layer([QUERY, KEY])))


def test_symbolic_scores():
    inputs = [KerasTensor((None, None, 4)), KerasTensor((None, 5, 6)), KerasTensor((None, 5, 4))]
    found, scores = layers.Attention()(inputs, return_attention_scores=True, use_causal_mask=True)
    assert (found.shape, scores.shape) == ((None, None, 6), (None, None, 5))


def test_the_promise_of_multi_head_attention_takes_the_arguments_of_the_call():
    layer = layers.MultiHeadAttention(2, 3)
    query, value = KerasTensor((None, 3, 4)), KerasTensor((None, 5, 6))
    found, scores = layer.compute_output_spec(query, value, return_attention_scores=True, use_causal_mask=True)
    assert (found.shape, scores.shape) == ((None, 3, 4), (None, 2, 3, 5))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([QUERY],), r"expected a list of inputs \[query, value\] or \[query, value, key\], got the shape"),
        ((QUERY,), r"expected a list of inputs \[query, value\] or \[query, value, key\], got the shape"),
        (([QUERY, KEY], [SEEN]), r"expected a list \[query_mask, value_mask\] for 'mask', got a list of 1"),
    ],
)
def test_wrong_inputs(arguments, message):
    with pytest.raises(ValueError, match=message):
        layers.Attention()(*arguments)


def test_wrong_mode():
    with pytest.raises(ValueError, match=r"\(Attention\): expected 'dot' or 'concat' for 'score_mode', got 'sum'"):
        layers.Attention(score_mode="sum")
