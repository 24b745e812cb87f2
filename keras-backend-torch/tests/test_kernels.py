"""Kernels against NumPy or their definitions."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from keras_backend_torch.kernels import KERNELS as K
from keras_backend_torch.transforms import TRANSFORMS

RANDOM = np.random.default_rng(0)


def tensor(*shape):
    return torch.from_numpy(RANDOM.normal(size=shape))


def close(x, y, tolerance=1e-9):
    torch.testing.assert_close(x, y, rtol=tolerance, atol=tolerance)


def seed(*words):
    return torch.tensor(words, dtype=torch.uint32)


def test_activations():
    x = tensor(50) * 20
    sigmoid = 1 / (1 + torch.exp(-x))
    close(K["sigmoid"](x), sigmoid)
    close(K["silu"](x), x * sigmoid)
    close(K["softplus"](x), torch.logaddexp(x, torch.zeros_like(x)), 1e-14)
    close(K["log_sigmoid"](x), -torch.logaddexp(-x, torch.zeros_like(x)))
    close(K["gelu"](x, False), x * 0.5 * (1 + torch.erf(x / math.sqrt(2))))
    close(K["gelu"](x, True), 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))))
    close(K["hard_silu"](x), x * (x / 6 + 0.5).clamp(0, 1))
    close(K["elu"](x, 0.5), torch.where(x > 0, x, 0.5 * torch.expm1(x)))
    close(K["leaky_relu"](x, 0.1), torch.where(x > 0, x, 0.1 * x))
    close(K["softmax"](x.reshape(5, 10), 0).sum(0), torch.ones(10, dtype=x.dtype))


def test_kernels_give_way_where_torch_has_none_for_integers():
    x = torch.tensor([1, 2], dtype=torch.uint16)
    for name, arguments in {"clip": (x, x), "scatter_add": (x.to(torch.int32), x)}.items():
        assert K[name](x, *arguments) is NotImplemented
    assert K["einsum"]("i,i->", x, x) is NotImplemented
    # The composite says what is wrong, in the same words on every backend.
    assert K["einsum"]("ij,i->", torch.ones(2), torch.ones(2)) is NotImplemented
    limits = torch.tensor([1, 2], dtype=torch.int8)
    assert K["clip"](torch.tensor([3, 0], dtype=torch.int8), *limits).dtype is torch.int8


@pytest.mark.parametrize("axis", [None, (0,), (0, 2)])
def test_statistics(axis):
    x = tensor(2, 3, 4)
    close(K["logsumexp"](x, axis, False), torch.from_numpy(np.asarray(np.log(np.exp(x.numpy()).sum(axis)))))
    assert K["logsumexp"](x, (), False) is NotImplemented


def test_shape_kernels():
    x = tensor(2, 6)
    array = x.numpy()
    for found, expected in zip(K["split"](x, (1, 4), 1), np.split(array, (1, 4), 1), strict=True):
        assert found.tolist() == expected.tolist()
    assert K["roll"](x, (1, 2), (0, 1)).tolist() == np.roll(array, (1, 2), (0, 1)).tolist()
    assert K["pad"](x, ((1, 0), (0, 2)), "constant", 3).tolist() == (
        np.pad(array, ((1, 0), (0, 2)), constant_values=3).tolist()
    )
    assert K["pad"](x, ((1, 0), (0, 2)), "reflect", None) is NotImplemented


def test_scatter_adds_repeated_indices():
    indices = torch.tensor([1, 1], dtype=torch.int32)
    assert K["scatter_add"](torch.zeros(3), indices, torch.ones(2)).tolist() == [0, 2, 0]
    found = K["scatter_add_along_axis"](torch.zeros(1, 3), indices[None], torch.ones(1, 2), 1)
    assert found.tolist() == [[0, 2, 0]]


def reference_conv(x, kernel, strides, padding, dilation):
    """Correlation of channels_last inputs, one output position after the other."""
    x = np.pad(x, ((0, 0), *padding, (0, 0)))
    groups = x.shape[-1] // kernel.shape[-2]
    spatial = [
        (size - (k - 1) * d - 1) // s + 1
        for size, k, s, d in zip(x.shape[1:-1], kernel.shape, strides, dilation, strict=False)
    ]
    y = np.zeros((x.shape[0], *spatial, kernel.shape[-1]))
    width = kernel.shape[-1] // groups
    for group in range(groups):
        inside = slice(group * kernel.shape[-2], (group + 1) * kernel.shape[-2])
        outside = slice(group * width, (group + 1) * width)
        for position in np.ndindex(*spatial):
            for offset in np.ndindex(*kernel.shape[:-2]):
                at = tuple(p * s + o * d for p, s, o, d in zip(position, strides, offset, dilation, strict=True))
                pixels = x[(slice(None), *at, inside)]
                y[(slice(None), *position, outside)] += pixels @ kernel[(*offset, slice(None), outside)]
    return y


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize(
    ("spatial", "kernel", "strides", "padding", "dilation"),
    [
        ((9,), (3, 2, 4), (1,), ((2, 0),), (1,)),
        ((7, 6), (3, 2, 4, 5), (2, 1), ((1, 1), (0, 1)), (1, 1)),
        ((7, 6), (2, 2, 1, 8), (1, 1), ((1, 1), (1, 1)), (2, 1)),
        ((4, 4, 4), (2, 2, 2, 4, 2), (1, 2, 1), ((0, 1),) * 3, (1, 1, 1)),
    ],
)
def test_conv(spatial, kernel, strides, padding, dilation, data_format):
    x, weights = tensor(2, *spatial, 4), tensor(*kernel)
    expected = torch.from_numpy(reference_conv(x.numpy(), weights.numpy(), strides, padding, dilation))
    if data_format == "channels_first":
        x, expected = x.movedim(-1, 1), expected.movedim(-1, 1)
    close(K["conv"](x, weights, strides, padding, data_format, dilation), expected)
    assert K["conv"](x, weights, strides, "same", data_format, dilation) is NotImplemented


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("padding", [((0, 0), (0, 0)), ((1, 1), (1, 1)), ((0, 1), (1, 1))])
def test_pools_do_not_see_the_padding(padding, data_format):
    x = -tensor(2, 5, 6, 3).abs()
    padded = np.pad(x.numpy(), ((0, 0), *padding, (0, 0)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 2), (1, 2))[:, ::2, ::1]
    expected = {"max_pool": np.nanmax(windows, (-2, -1)), "average_pool": np.nanmean(windows, (-2, -1))}
    if data_format == "channels_first":
        x = x.movedim(-1, 1)
    for name, values in expected.items():
        found = K[name](x, (3, 2), (2, 1), padding, data_format)
        if name == "average_pool" and padding[0] == (0, 1):
            assert found is NotImplemented
            continue
        close(found if data_format == "channels_last" else found.movedim(1, -1), torch.from_numpy(values))


def test_max_pool_of_integers_with_padding():
    x = torch.full((1, 2, 2, 1), -5, dtype=torch.int32)
    assert K["max_pool"](x, (2, 2), (1, 1), ((0, 1), (0, 1)), "channels_last").flatten().tolist() == [-5] * 4


def test_normalizations():
    x, mean, variance, scale, offset = tensor(2, 3, 4), tensor(4), tensor(4).abs(), tensor(4), tensor(4)
    expected = (x - mean) / torch.sqrt(variance + 0.1) * scale + offset
    close(K["batch_normalization"](x, mean, variance, 2, offset, scale, 0.1), expected)
    centred = x - x.mean(-1, keepdim=True)
    normal = centred / torch.sqrt(centred.square().mean(-1, keepdim=True) + 0.1)
    close(K["layer_normalization"](x, scale, offset, (2,), 0.1), normal * scale + offset)
    assert K["layer_normalization"](x, None, None, (1,), 0.1) is NotImplemented


def test_batch_normalization_leaves_statistics_that_are_differentiated_to_the_composite():
    answers = []

    def function(inputs):
        x = inputs[0]
        answers.append(K["batch_normalization"](x, x.mean(0), x.var(0), 1, None, None, 0.1))
        return x.sum(), []

    TRANSFORMS["value_and_grad"](function)([tensor(3, 2)])
    TRANSFORMS["vmap"](lambda i: [function(i)[0]], [0])([tensor(2, 3, 2)])
    assert answers == [NotImplemented, NotImplemented]


def test_attention():
    query, key, value, bias = tensor(2, 5, 3, 4), tensor(2, 6, 3, 4), tensor(2, 6, 3, 4), tensor(1, 3, 5, 6)
    mask = torch.from_numpy(RANDOM.random((2, 1, 5, 6)) > 0.3)
    mask[0, 0, 0] = False  # a row without any key
    triangle = torch.ones(5, 6, dtype=torch.bool).tril()
    for some_bias in (None, bias):
        for some_mask in (None, mask):
            for causal in (False, True):
                logits = torch.einsum("bthd,bshd->bhts", query, key) * 0.3
                logits = logits if some_bias is None else logits + some_bias
                seen = torch.ones_like(mask) if some_mask is None else mask
                seen = seen & triangle if causal else seen
                weights = torch.softmax(torch.where(seen, logits, -1e300), -1)
                expected = torch.einsum("bhts,bshd->bthd", weights, value)
                close(K["dot_product_attention"](query, key, value, some_bias, some_mask, 0.3, causal, None), expected)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_random_numbers_are_a_function_of_both_words_of_the_seed(dtype):
    for name in ("random_uniform", "random_normal"):
        one, same = (K[name]((40,), dtype, seed(1, 2)) for _ in range(2))
        assert one.dtype is getattr(torch, dtype) and one.tolist() == same.tolist()
        for other in (seed(1, 3), seed(2, 2), seed(2**32 - 1, 2**32 - 1)):
            assert one.tolist() != K[name]((40,), dtype, other).tolist()
    uniform = K["random_uniform"]((20000,), dtype, seed(0, 0))
    assert uniform.min() >= 0 and uniform.max() < 1 and abs(uniform.double().mean() - 0.5) < 0.02
    normal = K["random_normal"]((20000,), dtype, seed(0, 0)).double()
    assert abs(normal.mean()) < 0.03 and abs(normal.std() - 1) < 0.03
    assert K["random_uniform"]((), "int32", seed(0, 0)) is NotImplemented


def test_differentiable_kernels_have_second_derivatives():
    x = tensor(1, 4, 2, 3)

    def objective(inputs):
        y = K["layer_normalization"](inputs[0], None, None, (3,), 1e-3)
        y = K["silu"](K["conv"](y, tensor(2, 2, 3, 3), (1, 1), ((0, 1), (0, 1)), "channels_last", (1, 1)))
        attended = K["dot_product_attention"](y, y, y, None, None, 1.0, False, None)
        return (y if attended is NotImplemented else attended).square().sum(), []

    def squared(inputs):
        return TRANSFORMS["value_and_grad"](objective)(inputs)[2][0].square().sum(), []

    assert TRANSFORMS["value_and_grad"](objective)([x])[2][0].abs().sum() > 0
    assert TRANSFORMS["value_and_grad"](squared)([x])[2][0].isfinite().all()
    close(F.silu(x), K["silu"](x))


def test_gru_has_the_update_gate_first():
    x, state, kernel, recurrent, bias = tensor(2, 1, 3), tensor(2, 4), tensor(3, 12), tensor(4, 12), tensor(2, 12)
    projected, recurred = x[:, 0] @ kernel + bias[0], state @ recurrent + bias[1]
    update, reset = torch.sigmoid(projected + recurred)[:, :8].chunk(2, -1)
    new = torch.tanh(projected[:, 8:] + reset * recurred[:, 8:])
    last, outputs = K["gru"](x, state, kernel, recurrent, bias, True)
    close(last, update * state + (1 - update) * new)
    close(outputs[:, 0], last)


def test_recurrent_kernels_give_way_where_a_second_derivative_is_wanted():
    arguments = [tensor(2, 3, 4), tensor(2, 3), tensor(4, 9), tensor(3, 9), tensor(2, 9), False]
    seen = []

    def objective(inputs):
        seen.append(K["gru"](*inputs, *arguments[1:]))
        return inputs[0].sum(), []

    TRANSFORMS["value_and_grad"](lambda inputs: (TRANSFORMS["value_and_grad"](objective)(inputs)[0], []))(arguments[:1])
    assert seen == [NotImplemented]


def test_losses_of_labels():
    logits, labels = tensor(2, 3, 5), torch.tensor([[0, 1, 4], [2, 2, 3]], dtype=torch.int32)
    expected = -torch.log_softmax(logits, -1).gather(-1, labels.long()[..., None])[..., 0]
    loss = K["sparse_categorical_crossentropy"]
    for axis in (-1, 2):
        close(loss(labels, logits, True, axis), expected)
    close(loss(labels[0], logits[0], True, -1), expected[0])


@pytest.mark.parametrize(
    "arguments",
    [
        (torch.tensor([1, -100]), torch.ones(2, 3), True, -1),
        (torch.tensor([1, 3]), torch.ones(2, 3), True, -1),
        (torch.tensor([1.0, 2.0]), torch.ones(2, 3), True, -1),
        (torch.tensor([1, 2]), torch.ones(2, 3), False, -1),
        (torch.tensor([1, 2]), torch.ones(3, 2), True, 0),
        (torch.tensor([[1], [2]]), torch.ones(2, 3), True, -1),
        (torch.tensor(1), torch.ones(3), True, -1),
    ],
    ids=["from the end", "out of range", "floats", "probabilities", "another axis", "an axis of size 1", "one row"],
)
def test_losses_of_other_labels_are_left_to_the_composite(arguments):
    assert K["sparse_categorical_crossentropy"](*arguments) is NotImplemented
