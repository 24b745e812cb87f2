"""`MixtureOfExperts` against its formula."""

import numpy as np
import pytest

import keras_core as keras
from keras_core import initializers, layers, ops, transforms


def draw(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def silu(x):
    return x / (1 + np.exp(-x))


def softmax(x):
    exponentials = np.exp(x - x.max(-1, keepdims=True))
    return exponentials / exponentials.sum(-1, keepdims=True)


def weights_of(layer):
    return {weight.name: weight.numpy().astype("float64") for weight in layer.weights}


def one_expert(w, number, x, expert):
    """Return the output of one expert for one token."""

    def projected(name, value):
        return value @ w[name][number] + w.get(f"{name}_bias", np.zeros((number + 1, 1)))[number]

    if expert == "dense":
        return projected("down", np.maximum(projected("up", x), 0))
    return projected("down", silu(projected("gate", x)) * projected("up", x))


def token_by_token(layer, x, renormalize):
    """Compute what the layer does, without running experts that were not chosen."""
    w = weights_of(layer)
    result = np.zeros((*x.shape[:-1], w["down"].shape[-1]))
    for place in np.ndindex(x.shape[:-1]):
        p = softmax(x[place] @ w["router"])
        chosen = np.argsort(-p)[: layer.top_k]
        total = p[chosen].sum() if renormalize else 1.0
        result[place] = sum(p[number] / total * one_expert(w, number, x[place], layer.expert) for number in chosen)
    return result


@pytest.mark.parametrize("expert", ["swiglu", "dense"])
@pytest.mark.parametrize(("top_k", "renormalize"), [(1, None), (2, None), (2, False), (4, True)])
@pytest.mark.parametrize("use_bias", [False, True])
def test_formula(expert, top_k, renormalize, use_bias):
    x = draw(2, 5, 3)
    layer = layers.MixtureOfExperts(
        4, 6, top_k, 2, expert, use_bias=use_bias, renormalize=renormalize, bias_initializer="uniform"
    )
    result = ops.convert_to_numpy(layer(x))
    expected = token_by_token(layer, x, top_k > 1 if renormalize is None else renormalize)
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)


def imbalance(layer, x, counted):
    tokens = x.reshape(-1, x.shape[-1])[counted.reshape(-1)]
    p = softmax(tokens @ weights_of(layer)["router"])
    chosen = np.argsort(-p, -1)[:, : layer.top_k]
    shares = np.bincount(chosen.reshape(-1), minlength=layer.num_experts) / chosen.size
    return layer.num_experts * np.sum(shares * p.mean(0))


@pytest.mark.parametrize("top_k", [1, 2])
def test_load_balancing_loss(top_k):
    x = draw(2, 5, 3)
    layer = layers.MixtureOfExperts(4, 6, top_k, load_balancing=0.5, router_initializer="normal")
    layer(x)
    (loss,) = layer.losses
    np.testing.assert_allclose(ops.convert_to_numpy(loss), 0.5 * imbalance(layer, x, np.ones((2, 5), bool)), rtol=1e-5)


def test_masked_tokens_do_not_count():
    x = draw(2, 5, 3)
    mask = np.array([[True] * 5, [True, True, False, False, False]])
    layer = layers.MixtureOfExperts(4, 6, load_balancing=1.0)
    layer(x, mask=mask)
    np.testing.assert_allclose(ops.convert_to_numpy(layer.losses[0]), imbalance(layer, x, mask), rtol=1e-5)


def test_loss_of_even_and_of_one_sided_routing():
    x = np.eye(4, dtype="float32")
    layer = layers.MixtureOfExperts(4, 6, top_k=1, load_balancing=1.0)
    layer.build(x.shape)
    layer.router.assign(50 * np.eye(4))
    layer(x)
    np.testing.assert_allclose(ops.convert_to_numpy(layer.losses[0]), 1.0, rtol=1e-5)
    layer.router.assign(np.eye(4)[[0, 0, 0, 0]] * 50)
    layer(x)
    np.testing.assert_allclose(ops.convert_to_numpy(layer.losses[0]), 4.0, rtol=1e-5)


def test_no_loss_without_a_factor():
    layer = layers.MixtureOfExperts(4, 6, load_balancing=0)
    layer(draw(2, 3))
    assert layer.losses == []


def test_minimizing_the_loss_evens_out_the_choices():
    x = draw(64, 3) + 1
    layer = layers.MixtureOfExperts(4, 2, top_k=1, load_balancing=1.0, router_initializer=initializers.HeNormal(seed=1))
    layer(x)

    def loss():
        layer(x)
        return layer.losses[0]

    step = transforms.jit(transforms.value_and_grad(loss, variables=[layer.router]))
    first, _ = step()
    for _ in range(60):
        last, (gradient,) = step()
        layer.router.assign(layer.router - 0.5 * gradient)
    assert float(ops.convert_to_numpy(last)) < 1.1 < float(ops.convert_to_numpy(first))


def test_router_learns_from_the_outputs_with_one_expert_a_token():
    x = draw(8, 3)
    layer = layers.MixtureOfExperts(4, 6, top_k=1, load_balancing=0)
    layer(x)
    (gradient,) = transforms.grad(lambda: ops.sum(layer(x) ** 2), variables=[layer.router])()
    assert np.abs(ops.convert_to_numpy(gradient)).max() > 1e-6


def test_jitter_acts_in_training_only():
    x = draw(16, 3)
    layer = layers.MixtureOfExperts(4, 6, router_jitter=0.5, seed=1)
    plain = ops.convert_to_numpy(layer(x))
    first, second = (ops.convert_to_numpy(layer(x, training=True)) for _ in range(2))
    assert not np.allclose(first, plain) and not np.allclose(first, second)
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(x)), plain)


def test_jitter_draws_anew_in_a_compiled_function():
    x = draw(16, 3)
    layer = layers.MixtureOfExperts(4, 6, router_jitter=0.5, seed=1, load_balancing=0)
    layer(x)
    step = transforms.jit(lambda value: layer(value, training=True))
    first, second = (ops.convert_to_numpy(step(x)) for _ in range(2))
    assert not np.allclose(first, second)


@pytest.mark.parametrize("initializer", ["he_normal", initializers.HeNormal(seed=3)])
def test_every_expert_begins_differently_and_with_the_deviation_of_one_matrix(initializer):
    layer = layers.MixtureOfExperts(4, 200, kernel_initializer=initializer)
    layer.build((None, 100))
    matrices = [*layer.gate.numpy(), *layer.up.numpy(), *layer.down.numpy().transpose(0, 2, 1)]
    for position, matrix in enumerate(matrices):
        assert not any(np.allclose(matrix, other) for other in matrices[:position])
    np.testing.assert_allclose(layer.gate.numpy().std(), np.sqrt(2 / 100), rtol=0.02)
    np.testing.assert_allclose(layer.down.numpy().std(), np.sqrt(2 / 200), rtol=0.02)


def test_stateless_call_returns_the_loss():
    inputs = keras.Input((3,))
    model = keras.Model(inputs, layers.MixtureOfExperts(4, 6, load_balancing=1.0)(inputs))
    values = [variable.value for variable in model.trainable_variables]
    outputs, state, losses = model.stateless_call(values, [], draw(5, 3), return_losses=True)
    assert tuple(outputs.shape) == (5, 3) and state == [] and len(losses) == 1


def test_errors():
    with pytest.raises(ValueError, match=r"layer 'moe' \(MixtureOfExperts\): expected an int >= 1 for 'num_experts'"):
        layers.MixtureOfExperts(0, 4, name="moe")
    with pytest.raises(ValueError, match="expected an int from 1 to num_experts=4 for 'top_k', got 5"):
        layers.MixtureOfExperts(4, 4, top_k=5)
    with pytest.raises(ValueError, match="expected 'swiglu' or 'dense' for 'expert', got 'conv'"):
        layers.MixtureOfExperts(4, 4, expert="conv")
    with pytest.raises(ValueError, match="expected a number >= 0 for 'load_balancing', got -1"):
        layers.MixtureOfExperts(4, 4, load_balancing=-1)
    with pytest.raises(ValueError, match="expected a number >= 0 for 'router_jitter', got nan"):
        layers.MixtureOfExperts(4, 4, router_jitter=float("nan"))
