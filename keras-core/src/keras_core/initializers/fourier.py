"""Kernels with which a convolution is a short-time Fourier transform."""

from typing import Any

import numpy as np

from keras_core.initializers.base import DrawsIn, HostInitializer

_SIDES = ("real", "imag")
_SCALINGS = ("density", "spectrum")


class STFT(HostInitializer):
    """Real or imaginary parts of the waves of a Fourier transform, within a window.

    A convolution with such a kernel, of shape `(frame_length, channels, fft_length // 2 + 1)`, is a short-time Fourier
    transform of one channel, or of the sum of several.

    Args:
        side: `"real"` or `"imag"`.
        window: name of a window of `scipy.signal.get_window`, such as `"hann"` or `"hamming"`; an array of
            `frame_length` numbers; or None for 1, which is not scaled.
        scaling: `"density"` divides by the root of the window's sum of squares, `"spectrum"` by its sum; None for none.
        periodic: whether the window is one period of a periodic one, else it is symmetric.

    Raises:
        ValueError: for anything else, for an unknown window, and (the call) for a shape that is not of rank 3.

    Example:
        >>> keras.initializers.STFT(window=None)((4, 1, 3))[:, 0].round().tolist()
        [[1.0, 1.0, 1.0], [1.0, 0.0, -1.0], [1.0, -1.0, 1.0], [1.0, -0.0, -1.0]]
    """

    def __init__(
        self, side: str = "real", window: Any = "hann", scaling: str | None = "density", periodic: bool = False
    ) -> None:
        if side not in _SIDES:
            raise ValueError(f"STFT: expected side to be 'real' or 'imag', got {side!r}.")
        if scaling is not None and scaling not in _SCALINGS:
            raise ValueError(f"STFT: expected scaling to be 'density', 'spectrum' or None, got {scaling!r}.")
        if isinstance(window, str):
            _named_window(window, 8, periodic)
        self.side = side
        self.window = window
        self.scaling = scaling
        self.periodic = periodic

    def values(self, shape: tuple[int, ...], draws: DrawsIn) -> np.ndarray:
        """Return the waves within the window."""
        if len(shape) != 3:
            raise ValueError(
                f"STFT: expected a shape (frame_length, channels, fft_length // 2 + 1), got {shape} of rank "
                f"{len(shape)}."
            )
        length, _, bins = shape
        # Products of ints are reduced to one period first, so that long frames lose no digits.
        turns = np.outer(np.arange(length), np.arange(bins)) % max(2 * (bins - 1), 1)
        angles = 2.0 * np.pi * turns / max(2 * (bins - 1), 1)
        waves = np.cos(angles) if self.side == "real" else -np.sin(angles)
        return np.broadcast_to((waves * self._weights(length)[:, None])[:, None], shape)

    def _weights(self, length: int) -> np.ndarray:
        if self.window is None:
            return np.ones(length)
        weights = (
            _named_window(self.window, length, self.periodic)
            if isinstance(self.window, str)
            else np.asarray(self.window, "float64")
        )
        if weights.shape != (length,):
            raise ValueError(f"STFT: expected a window of {length} numbers, got the shape {weights.shape}.")
        if self.scaling == "density":
            return weights / np.sqrt(np.sum(weights**2))
        return weights / np.sum(weights) if self.scaling == "spectrum" else weights

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        window = self.window if self.window is None or isinstance(self.window, str) else np.asarray(self.window)
        return {
            "side": self.side,
            "window": window.tolist() if isinstance(window, np.ndarray) else window,
            "periodic": self.periodic,
            "scaling": self.scaling,
        }


def _named_window(name: str, length: int, periodic: bool) -> np.ndarray:
    from scipy.signal import get_window  # takes longer to import than all of core, and few programs need it

    try:
        return get_window(name, length, fftbins=periodic)
    except ValueError as error:
        raise ValueError(
            f"STFT: expected the name of a window of scipy.signal.get_window without parameters, got {name!r}: {error}"
        ) from error


STFTInitializer = STFT
