"""Functions of `keras_core.ops` that are no ops of the database: they take functions, or draw random numbers."""

import numpy as np
import pytest

from keras_core import KerasTensor, ops, random


def _array(x):
    return ops.convert_to_numpy(x)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 8, 13])
@pytest.mark.parametrize("reverse", [False, True])
def test_associative_scan_is_a_running_sum(size, reverse):
    x = np.random.default_rng(size).normal(size=(2, size, 3))
    expected = np.cumsum(x[:, ::-1], 1)[:, ::-1] if reverse else np.cumsum(x, 1)
    found = ops.associative_scan(lambda a, b: a + b, ops.convert_to_tensor(x), reverse=reverse, axis=1)
    np.testing.assert_allclose(_array(found), expected, rtol=1e-12)


def test_associative_scan_of_a_function_that_does_not_commute():
    matrices = np.random.default_rng(0).normal(size=(6, 2, 2))
    expected = [matrices[0]]
    for matrix in matrices[1:]:
        expected.append(expected[-1] @ matrix)
    found = ops.associative_scan(ops.matmul, ops.convert_to_tensor(matrices))
    np.testing.assert_allclose(_array(found), expected, rtol=1e-10)


def test_associative_scan_of_a_tree_is_a_linear_recurrence():
    a, b = np.random.default_rng(1).uniform(0.5, 1, (2, 9))
    state, expected = 0.0, []
    for factor, term in zip(a, b, strict=True):
        state = factor * state + term
        expected.append(state)

    def combine(one, other):
        return {"a": one["a"] * other["a"], "b": other["a"] * one["b"] + other["b"]}

    found = ops.associative_scan(combine, {"a": ops.convert_to_tensor(a), "b": ops.convert_to_tensor(b)})
    np.testing.assert_allclose(_array(found["b"]), expected, rtol=1e-12)


def test_associative_scan_of_different_sizes_fails():
    with pytest.raises(ValueError, match="associative_scan: expected one known size of axis 0"):
        ops.associative_scan(lambda x, y: x, [ops.ones(2), ops.ones(3)])


def test_associative_scan_infers_shapes():
    result = ops.associative_scan(lambda a, b: a * b, KerasTensor((None, 5)), axis=1)
    assert result.shape == (None, 5)


def test_jvp_is_the_directional_derivative():
    x, v = np.array([0.5, 2.0]), np.array([1.0, -3.0])
    value, derivative = ops.jvp(lambda x: ops.sin(x) * x, (ops.convert_to_tensor(x),), (ops.convert_to_tensor(v),))
    np.testing.assert_allclose(_array(value), np.sin(x) * x, rtol=1e-12)
    np.testing.assert_allclose(_array(derivative), (np.cos(x) * x + np.sin(x)) * v, rtol=1e-12)


def test_jvp_of_trees_and_with_something_else():
    def function(x, pair):
        return {"product": x * pair[0], "sum": x + pair[1]}, "else"

    value, derivative, more = ops.jvp(function, (2.0, [3.0, 5.0]), (1.0, [0.0, 10.0]), has_aux=True)
    assert more == "else"
    assert (float(value["product"]), float(value["sum"])) == (6.0, 7.0)
    assert (float(derivative["product"]), float(derivative["sum"])) == (3.0, 11.0)


def test_jvp_with_too_few_tangents_fails():
    with pytest.raises(ValueError, match="jvp: expected primals and tangents"):
        ops.jvp(lambda x: x, (1.0,), ())


def test_rearrange():
    x = np.arange(24).reshape(2, 12)
    found = ops.rearrange(ops.convert_to_tensor(x), "b (h w) -> h b w", h=3)
    assert np.array_equal(_array(found), x.reshape(2, 3, 4).transpose(1, 0, 2))
    assert ops.rearrange(KerasTensor((None, 12)), "b (h w) -> b w h", h=3).shape == (None, 4, 3)
    assert ops.rearrange(KerasTensor((None, 4, 3)), "b ... -> b (...)").shape == (None, 12)


def test_number_of_segments_is_found():
    found = ops.segment_sum(np.array([1.0, 2.0, 3.0]), np.array([3, 0, 3]))
    assert _array(found).tolist() == [2.0, 0.0, 0.0, 4.0]
    assert ops.segment_max(np.zeros((0, 2), "float32"), np.zeros(0, "int32")).shape == (0, 2)
    assert ops.segment_max(KerasTensor((None, 2)), KerasTensor((None,), "int32")).shape == (None, 2)
    assert ops.segment_prod(KerasTensor((None, 2)), KerasTensor((None,), "int32"), 4).shape == (4, 2)


def test_elastic_transform_depends_on_the_seed_alone():
    images = ops.convert_to_tensor(np.random.default_rng(0).normal(size=(2, 9, 8, 3)))
    one, again, other = (_array(ops.image.elastic_transform(images, seed=seed)) for seed in (1, 1, 2))
    assert one.shape == (2, 9, 8, 3) and np.array_equal(one, again) and not np.allclose(one, other)
    still = _array(ops.image.elastic_transform(images, alpha=0.0, seed=random.SeedGenerator(3)))
    np.testing.assert_allclose(still, _array(images), rtol=1e-12)
    assert ops.image.elastic_transform(KerasTensor((None, 9, 8, 3))).shape == (None, 9, 8, 3)


def test_top_k_is_stable():
    values, indices = ops.top_k(np.array([3, 1, 3, 2, 3]), 3, is_stable=True)
    assert _array(values).tolist() == [3, 3, 3] and _array(indices).tolist() == [0, 2, 4]


def test_dtype():
    assert ops.dtype(ops.zeros(2, "int16")) == "int16" and ops.dtype(KerasTensor((2,), "bool")) == "bool"


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("window", ["hann", "hamming", None])
@pytest.mark.parametrize("length, stride, fft_length", [(8, 2, 8), (8, 4, 16), (7, 3, 9), (5, 1, 5)])
def test_signals_come_back_from_their_transforms(length, stride, fft_length, window, center):
    x = np.random.default_rng(2).normal(size=(2, 8 * stride + fft_length))
    parts = ops.stft(ops.convert_to_tensor(x), length, stride, fft_length, window, center)
    found = _array(ops.istft(parts, length, stride, fft_length, x.shape[-1], window, center))
    # Next to the ends of a signal that was not centered no window, or hardly one, has been.
    inner = slice(None) if center else slice(fft_length, -fft_length)
    np.testing.assert_allclose(found[:, inner], x[:, inner], atol=1e-9)


@pytest.mark.parametrize(
    "call, shape",
    [
        (lambda x: ops.stft(x, 4, 2, 4)[0], (None, None, 3)),
        (lambda x: ops.extract_sequences(x, 4, 2), (None, None, 4)),
        (lambda x: ops.rfft(x, 6)[1], (None, 4)),
        (lambda x: ops.sparsemax(x), (None, None)),
        (lambda x: ops.cdist(x, np.zeros((3, 5), "float32")), (None, 3)),
    ],
)
def test_unknown_sizes(call, shape):
    assert call(KerasTensor((None, None))).shape == shape


@pytest.mark.parametrize(
    "call, shape",
    [
        (lambda x: ops.conv_transpose(x, np.zeros((3, 3, 2, 4), "float32"), 2, "same"), (None, None, None, 2)),
        (lambda x: ops.depthwise_conv(x, np.zeros((3, 3, 4, 2), "float32")), (None, None, None, 8)),
        (lambda x: ops.image.extract_patches(x, 2), (None, None, None, 16)),
        (lambda x: ops.image.gaussian_blur(x), (None, None, None, 4)),
        (lambda x: ops.image.affine_transform(x, np.zeros(8, "float32")), (None, None, None, 4)),
        (lambda x: ops.space_to_depth(x, 2), (None, None, None, 16)),
        (lambda x: ops.depth_to_space(x, 2), (None, None, None, 1)),
    ],
)
def test_images_of_unknown_sizes(call, shape):
    assert call(KerasTensor((None, None, None, 4))).shape == shape


@pytest.mark.parametrize("window", [1, 2, 3, 4, 5])
def test_transposed_convolution_keeps_infinities_where_windows_see_them(window):
    """No zeros between inputs or beside the window are multiplied: 0 times infinity would be nan."""
    x = np.zeros((1, 5, 1), "float32")
    x[0, 2] = np.inf
    expected = np.zeros(5 * 3 + max(window - 3, 0), "float32")
    expected[6 : 6 + window] = np.inf
    found = ops.convert_to_numpy(ops.conv_transpose(x, np.ones((window, 1, 1), "float32"), 3))
    np.testing.assert_array_equal(found[0, :, 0], expected)


def test_loss_of_unknown_sizes():
    target, output = KerasTensor((None, None), "int32"), KerasTensor((None, None, 5))
    lengths = KerasTensor((None,), "int32")
    assert ops.ctc_loss(target, output, lengths, lengths).shape == (None,)
    labels, scores = ops.ctc_decode(output, lengths, "beam_search", top_paths=3)
    assert labels.shape == (3, None, None) and scores.shape == (None, 3)
