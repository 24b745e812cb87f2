"""Kernels of the short-time Fourier transform, against NumPy's transform."""

import numpy as np
import pytest

from keras_core import initializers, ops
from keras_core.initializers import STFT


def kernel(*arguments, shape=(6, 1, 5), **named):
    return ops.convert_to_numpy(STFT(*arguments, **named)(shape, "float32"))[:, 0]


def symmetric_hann(length):
    return np.sin(np.pi * np.arange(length) / (length - 1)) ** 2


@pytest.mark.parametrize("length", [4, 6, 8])
def test_a_product_with_the_kernels_is_the_transform(length):
    frame = np.random.default_rng(0).normal(size=length)
    expected = np.fft.rfft(frame * symmetric_hann(length), 8)
    for side, part in (("real", expected.real), ("imag", expected.imag)):
        found = frame @ kernel(side, scaling=None, shape=(length, 1, 5))
        np.testing.assert_allclose(found, part, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("scaling", "norm"), [("density", lambda w: (w**2).sum() ** 0.5), ("spectrum", np.sum)])
def test_scaling_divides_by_a_norm_of_the_window(scaling, norm):
    expected = kernel(scaling=None) / norm(symmetric_hann(6))
    np.testing.assert_allclose(kernel(scaling=scaling), expected, rtol=1e-5, atol=1e-6)


def test_a_periodic_window_leaves_out_the_last_point_of_a_symmetric_one():
    found = kernel(scaling=None, periodic=True)
    np.testing.assert_allclose(found[:, 0], symmetric_hann(7)[:-1], atol=1e-6)


def test_a_window_of_numbers_and_its_configuration():
    window = np.arange(6.0)
    np.testing.assert_allclose(kernel(window=window, scaling=None)[:, 0], window)
    copy = STFT.from_config(STFT(window=window).get_config())
    np.testing.assert_array_equal(ops.convert_to_numpy(copy((6, 1, 5))), kernel(window=window)[:, None])


def test_names():
    assert all(isinstance(initializers.get(name), STFT) for name in ("stft", "STFT", "STFTInitializer"))
    assert initializers.stft is initializers.STFTInitializer is STFT


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"side": "left"}, "STFT: expected side to be 'real' or 'imag', got 'left'"),
        ({"scaling": "power"}, "STFT: expected scaling to be 'density', 'spectrum' or None, got 'power'"),
        ({"window": "hahn"}, "STFT: expected the name of a window of scipy.signal.get_window without parameters, got"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        STFT(**arguments)


def test_wrong_shapes():
    with pytest.raises(ValueError, match="STFT: expected a shape"):
        STFT()((4, 5))
    with pytest.raises(ValueError, match="STFT: expected a window of 4 numbers"):
        STFT(window=[1.0, 2.0])((4, 1, 3))
