"""`RotaryEmbedding` against its formula."""

import numpy as np
import pytest

from keras_core import layers, ops, transforms


def draw(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def rotated(x, positions, wavelength=10000.0, factor=1.0):
    """Rotate the pairs of `x`, of shape (batch, sequence, features), as complex numbers."""
    half = x.shape[-1] // 2
    angles = np.asarray(positions)[..., None] / factor / wavelength ** (2 * np.arange(half) / x.shape[-1])
    turned = (x[..., :half] + 1j * x[..., half:].astype("float64")) * np.exp(1j * angles)
    return np.concatenate([turned.real, turned.imag], -1)


def close(result, expected, tolerance=1e-5):
    np.testing.assert_allclose(ops.convert_to_numpy(result), expected, rtol=tolerance, atol=tolerance)


def test_formula():
    x = draw(2, 7, 6)
    close(layers.RotaryEmbedding()(x), rotated(x, np.arange(7)))


def test_wavelength_and_scaling_factor():
    x = draw(2, 7, 6)
    layer = layers.RotaryEmbedding(max_wavelength=50, scaling_factor=4.0)
    close(layer(x), rotated(x, np.arange(7), 50.0, 4.0))


def test_heads_between_sequence_and_features():
    x = draw(2, 7, 3, 4)
    expected = np.stack([rotated(x[:, :, head], np.arange(7)) for head in range(3)], 2)
    close(layers.RotaryEmbedding()(x), expected)


@pytest.mark.parametrize(("sequence_axis", "feature_axis"), [(2, -1), (-1, 1), (3, 2), (0, 3), (1, 0)])
def test_axes(sequence_axis, feature_axis):
    x = draw(6, 4, 8, 2)
    ends = (sequence_axis, feature_axis)
    moved = np.moveaxis(x, ends, (-2, -1))
    expected = np.moveaxis(rotated(moved, np.arange(moved.shape[-2])), (-2, -1), ends)
    close(layers.RotaryEmbedding(sequence_axis=sequence_axis, feature_axis=feature_axis)(x), expected)


def test_start_index_goes_on_where_the_first_part_ended():
    x = draw(2, 7, 6)
    layer = layers.RotaryEmbedding()
    whole = ops.convert_to_numpy(layer(x))
    close(layer(x[:, 3:], start_index=3), whole[:, 3:])
    close(layer(x[:, 3:], start_index=ops.convert_to_tensor(3, "int32")), whole[:, 3:])


def test_start_index_may_change_in_a_compiled_function():
    x = draw(2, 1, 6)
    layer = layers.RotaryEmbedding()
    step = transforms.jit(lambda value, start: layer(value, start_index=start))
    for start in (0, 5, 9):
        close(step(x, start), rotated(x, [start]))


def test_positions_for_all_and_for_each_of_the_batch():
    x = draw(2, 4, 6)
    layer = layers.RotaryEmbedding()
    close(layer(x, positions=np.array([5, 0, 2, 9])), rotated(x, [5, 0, 2, 9]))
    each = np.array([[0, 1, 2, 3], [7, 8, 0, 1]])
    close(layer(x, positions=each), rotated(x, each))
    heads = draw(2, 4, 3, 6)
    expected = np.stack([rotated(heads[:, :, head], each) for head in range(3)], 2)
    close(layer(heads, positions=each), expected)


def test_products_depend_on_distances_only():
    query, key = draw(1, 1, 8), draw(1, 1, 8)[..., ::-1].copy()
    layer = layers.RotaryEmbedding()

    def product(first, second):
        turned = [ops.convert_to_numpy(layer(x, start_index=at)) for x, at in ((query, first), (key, second))]
        return np.sum(turned[0] * turned[1])

    np.testing.assert_allclose(product(2, 9), product(52, 59), rtol=1e-4)


def test_far_positions_in_half_precision():
    x = draw(1, 2, 4)
    far = layers.RotaryEmbedding(dtype="float16")(x, start_index=40001)
    close(far, rotated(x, [40001, 40002]), tolerance=5e-3)


def test_errors():
    with pytest.raises(
        ValueError, match=r"layer 'rope' \(RotaryEmbedding\): expected a number > 0 for 'max_wavelength'"
    ):
        layers.RotaryEmbedding(max_wavelength=0, name="rope")
    with pytest.raises(ValueError, match="expected a number > 0 for 'scaling_factor', got 'two'"):
        layers.RotaryEmbedding(scaling_factor="two")
    with pytest.raises(ValueError, match=r"expected an int for 'sequence_axis', got 1\.5"):
        layers.RotaryEmbedding(sequence_axis=1.5)
    with pytest.raises(ValueError, match=r"even number of features on axis -1, got 5 in the shape \(2, 3, 5\)"):
        layers.RotaryEmbedding()(draw(2, 3, 5))
    with pytest.raises(ValueError, match="to be two axes of the inputs, got 2 and -1"):
        layers.RotaryEmbedding(sequence_axis=2)(draw(2, 3, 4))
    with pytest.raises(ValueError, match=r"expected positions of shape \(sequence,\)"):
        layers.RotaryEmbedding()(draw(2, 3, 4), positions=np.zeros((1, 2, 3)))
