"""`MultiHeadAttention` against the formulas in NumPy, masks, shapes and errors, on the active backend."""

import numpy as np
import pytest

from keras_core import layers, ops, transforms
from keras_core.layers import MultiHeadAttention
from keras_core.runtime.call_context import get_mask
from keras_core.runtime.keras_tensor import KerasTensor

RNG = np.random.default_rng(0)
QUERY = RNG.normal(size=(2, 4, 6)).astype("float32")
VALUE = RNG.normal(size=(2, 5, 7)).astype("float32")
SEEN = RNG.random((2, 4, 5)) > 0.4
SEEN[..., 0] = True  # every query sees a key


def made(heads=2, size=3, **options):
    """Return a layer whose biases are not zero."""
    return MultiHeadAttention(heads, size, bias_initializer="uniform", **options)


def close(result, expected):
    result = ops.convert_to_numpy(result)
    assert result.shape == expected.shape
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5)


def projected(dense, x):
    y = np.tensordot(x, dense.kernel.numpy(), 1)
    return y if dense.bias is None else y + dense.bias.numpy()


def attended(layer, query, value, mask=None, key=None):
    """Return outputs and scores of inputs with one axis over which is attended."""
    q, v = projected(layer.query_dense, query), projected(layer.value_dense, value)
    k = projected(layer.key_dense, value if key is None else key)
    scores = np.einsum("...qnh,...knh->...nqk", q, k) / np.sqrt(layer.key_dim)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    found = np.einsum("...nqk,...knh->...qnh", weights, v)
    if layer.use_gate:
        found = found / (1 + np.exp(-projected(layer._gate_dense, query)))
    outputs = np.tensordot(found, layer.output_dense.kernel.numpy(), 2)
    return (outputs if layer.output_dense.bias is None else outputs + layer.output_dense.bias.numpy()), weights


@pytest.mark.parametrize(
    "options",
    [{}, {"value_dim": 5}, {"output_shape": 9, "use_bias": False}, {"output_shape": (2, 9)}, {"use_gate": True}],
    ids=str,
)
def test_formula(options):
    layer = made(**options)
    result = layer(QUERY, VALUE)
    outputs, weights = attended(layer, QUERY, VALUE)
    close(result, outputs)
    again, scores = layer(QUERY, VALUE, return_attention_scores=True)
    close(again, outputs)
    close(scores, weights)


def test_key():
    key = RNG.normal(size=(2, 5, 3)).astype("float32")
    layer = made()
    close(layer(QUERY, VALUE, key), attended(layer, QUERY, VALUE, key=key)[0])
    assert layer.key_dense.kernel.shape == (3, 2, 3)


KEYS = np.array([[True, True, False, True, False], [True, False, True, True, True]])
CAUSAL = np.tri(4, 5, dtype=bool)
MASKS = {
    "pairs": ({"attention_mask": SEEN}, SEEN[:, None]),
    "pairs as numbers": ({"attention_mask": SEEN.astype("int32")}, SEEN[:, None]),
    "pairs of one sample": ({"attention_mask": SEEN[0]}, SEEN[0]),
    "pairs of each head": ({"attention_mask": SEEN[:, None]}, SEEN[:, None]),
    "values": ({"value_mask": KEYS}, KEYS[:, None, None]),
    "keys": ({"key_mask": KEYS}, KEYS[:, None, None]),
    "causal": ({"use_causal_mask": True}, CAUSAL),
    "all": (
        {"attention_mask": SEEN, "value_mask": KEYS, "use_causal_mask": True},
        SEEN[:, None] & KEYS[:, None, None] & CAUSAL,
    ),
}


@pytest.mark.parametrize("name", MASKS)
def test_masks(name):
    arguments, mask = MASKS[name]
    layer = made()
    result = layer(QUERY, VALUE, **arguments)
    outputs, weights = attended(layer, QUERY, VALUE, mask)
    close(result, outputs)
    again, scores = layer(QUERY, VALUE, return_attention_scores=True, **arguments)
    close(again, outputs)
    close(scores, weights)


@pytest.mark.parametrize("causal", [False, True])
def test_sliding_window(causal):
    distance = np.arange(4)[:, None] - np.arange(5)
    seen = (np.abs(distance) < 2) & (distance >= 0 if causal else True)
    layer = made(sliding_window=2)
    result = layer(QUERY, VALUE, use_causal_mask=causal)
    close(result, attended(layer, QUERY, VALUE, seen)[0])


def test_scores_of_a_query_that_sees_no_key_are_zero():
    _, scores = made()(QUERY, VALUE, attention_mask=np.zeros((2, 4, 5), bool), return_attention_scores=True)
    close(scores, np.zeros((2, 2, 4, 5)))


def test_mask_of_the_queries_is_that_of_the_outputs_alone():
    ids = np.array([[1, 2, 0], [3, 0, 0]])
    embedded = layers.Embedding(4, 6, mask_zero=True)(ids)
    layer = made()
    outputs, scores = layer(embedded, VALUE, return_attention_scores=True)
    assert ops.convert_to_numpy(get_mask(outputs)).tolist() == (ids > 0).tolist()
    assert get_mask(scores) is None
    close(outputs, attended(layer, ops.convert_to_numpy(embedded), VALUE)[0])
    own = layers.MultiHeadAttention(2, 3)
    result = own(embedded, embedded)
    x = ops.convert_to_numpy(embedded)
    close(result, attended(own, x, x, (ids > 0)[:, None, None])[0])
    assert get_mask(result) is not None


def test_one_of_several_axes():
    query, value = RNG.normal(size=(2, 3, 4, 6)).astype("float32"), RNG.normal(size=(2, 3, 5, 7)).astype("float32")
    keys = np.concatenate([KEYS] * 3, 0).reshape(2, 3, 5)
    layer = made(attention_axes=-2)
    outputs, scores = layer(query, value, value_mask=keys, use_causal_mask=True, return_attention_scores=True)
    expected, weights = attended(layer, query, value, keys[:, :, None, None] & CAUSAL)
    close(outputs, expected)
    close(scores, weights)
    close(layer(query, value, attention_mask=SEEN), attended(layer, query, value, SEEN[:, None, None])[0])


def test_two_axes_are_as_one_longer_axis():
    query, value = RNG.normal(size=(2, 3, 4, 6)).astype("float32"), RNG.normal(size=(2, 3, 4, 7)).astype("float32")
    mask = RNG.random((2, 3, 4)) > 0.3
    mask[:, 0, 0] = True
    layer = made()
    options = {"use_causal_mask": True, "return_attention_scores": True}
    outputs, scores = layer(query, value, value_mask=mask, **options)
    assert layer.attention_axes == (1, 2) and scores.shape == (2, 2, 3, 4, 3, 4)
    seen = mask.reshape(2, 1, 1, 12) & np.tri(12, dtype=bool)
    expected, weights = attended(layer, query.reshape(2, 12, 6), value.reshape(2, 12, 7), seen)
    close(outputs, expected.reshape(2, 3, 4, 6))
    close(scores, weights.reshape(2, 2, 3, 4, 3, 4))


def test_dropout_of_scores_while_training():
    layer = made(dropout=0.5, seed=1)
    plain = layer(QUERY, VALUE)
    close(layer(QUERY, VALUE, training=False), ops.convert_to_numpy(plain))
    first = ops.convert_to_numpy(layer(QUERY, VALUE, training=True))
    assert np.abs(first - ops.convert_to_numpy(layer(QUERY, VALUE, training=True))).max() > 1e-3
    again = made(dropout=0.5, seed=1)
    again.build(QUERY.shape, VALUE.shape)
    again.set_weights(layer.get_weights())
    close(again(QUERY, VALUE, training=True), first)
    assert [variable.dtype for variable in layer.variables] == ["float32"] * 6 + ["uint32"] + ["float32"] * 2


def test_compiled_training_step_with_masks():
    layer = made(dropout=0.3, seed=1)
    layer.build(QUERY.shape, VALUE.shape)

    def step(query, value):
        def loss():
            return ops.sum(ops.square(layer(query, value, use_causal_mask=True, training=True)))

        return transforms.value_and_grad(loss, variables=layer.trainable_variables)()

    seed = next(variable for variable in layer.variables if variable.dtype == "uint32")
    state = seed.numpy()
    value, gradients = transforms.jit(step)(ops.convert_to_tensor(QUERY), ops.convert_to_tensor(VALUE))
    assert np.isfinite(float(value)) and len(gradients) == 8
    assert (seed.numpy() != state).any()


def test_weights_in_the_order_of_files():
    layer = MultiHeadAttention(2, 3, use_gate=True, name="mha")
    layer.build(QUERY.shape, VALUE.shape)
    parts = [f"mha/{part}/{kind}" for part in ("query", "key", "gate", "value", "attention_output") for kind in "kb"]
    assert [weight.path.replace("kernel", "k").replace("bias", "b") for weight in layer.weights] == parts
    assert layer.get_build_config() == {"shapes_dict": {"query_shape": QUERY.shape, "value_shape": VALUE.shape}}


def test_projections_begin_with_other_numbers_unless_seeded():
    free, seeded = made(), made(kernel_initializer={"class_name": "GlorotUniform", "config": {"seed": 1}})
    for layer in (free, seeded):
        layer.build(QUERY.shape, QUERY.shape)
    assert (free.query_dense.kernel.numpy() != free.key_dense.kernel.numpy()).any()
    assert (seeded.query_dense.kernel.numpy() == seeded.key_dense.kernel.numpy()).all()


def test_unknown_sizes():
    query, value = KerasTensor((None, None, 6)), KerasTensor((None, None, 7))
    outputs, scores = made(sliding_window=3)(query, value, use_causal_mask=True, return_attention_scores=True)
    assert outputs.shape == (None, None, 6) and scores.shape == (None, 2, None, None)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MultiHeadAttention(0, 3), r"\(MultiHeadAttention\): expected an int >= 1 for 'num_heads', got 0"),
        (lambda: MultiHeadAttention(2, 3, 0), "expected an int >= 1 for 'value_dim', got 0"),
        (lambda: MultiHeadAttention(2, 3, sliding_window=0), "expected an int >= 1 for 'sliding_window', got 0"),
        (lambda: MultiHeadAttention(2, 3, output_shape=()), r"expected an int or a tuple of ints for 'output_shape'"),
        (lambda: MultiHeadAttention(2, 3, dropout=1.5), "expected a number from 0 to 1 for 'dropout', got 1.5"),
        (lambda: MultiHeadAttention(2, 3, dropout=0.5, flash_attention=True), "expected 0 with flash_attention=True"),
        (
            lambda: MultiHeadAttention(2, 3)(QUERY[0], VALUE[0]),
            "expected inputs of one rank, 3 or more, got the shapes",
        ),
        (
            lambda: MultiHeadAttention(2, 3)(QUERY, VALUE, VALUE[:, :3]),
            "keys and values whose shapes are equal but for",
        ),
        (lambda: MultiHeadAttention(2, 3, attention_axes=2)(QUERY, VALUE), "axes from 1 to 1 of inputs with 3 axes"),
        (
            lambda: MultiHeadAttention(2, 3)(QUERY, VALUE, value_mask=KEYS[0]),
            r"expected 'value_mask' of shape \(2, 5\)",
        ),
        (
            lambda: MultiHeadAttention(2, 3)(QUERY, VALUE, attention_mask=KEYS[0]),
            "expected 'attention_mask' of 2 to 4 axes, the last 2 those of queries and keys",
        ),
        (
            lambda: MultiHeadAttention(2, 3, flash_attention=True)(QUERY, VALUE, return_attention_scores=True),
            "expected flash_attention=None or False to return scores, got True",
        ),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
