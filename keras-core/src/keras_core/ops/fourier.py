"""Fourier transforms and what is done with them to signals."""

import math
from typing import Any

import numpy as np

from keras_core.ops.elementwise import where
from keras_core.ops.elementwise_binary import divide, greater, multiply
from keras_core.ops.precision import as_dtype, widened
from keras_core.ops.shaping import pad
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import active

Pair = tuple[Any, Any]


def _complex(real: Any, imaginary: Any | None = None) -> Any:
    """Return floats as complex numbers of the same precision, narrow ones as complex64."""
    d = active()
    dtype = "complex128" if d.dtype_of(real) == "float64" else "complex64"
    result = d.astype(real, dtype)
    return result if imaginary is None else d.add(result, d.multiply(d.astype(imaginary, dtype), d.scalar(1j, dtype)))


def _parts(x: Any, dtype: str) -> Pair:
    d = active()
    return as_dtype(d.real(x), dtype), as_dtype(d.imag(x), dtype)


def _swapped(x: Any) -> Any:
    return active().permute_dims(x, (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


def _last(x: Any, start: int, stop: int | None) -> Any:
    before = x.ndim - 1
    return active().slice(x, (*(0,) * before, start), (*(None,) * before, stop), (1,) * x.ndim)


def _fitted(x: Any, size: int) -> Any:
    """Return `x` cut, or filled up with zeros, to a size of the last axis."""
    own = active().static_shape(x)[-1]
    if own == size:
        return x
    if own is None or own < size:
        missing = size if own is None else size - own
        x = pad(x, (*((0, 0),) * (x.ndim - 1), (0, missing)))
    cut = _last(x, 0, size)
    # Of an unknown size that was filled up the new one is known, but not to those who infer shapes.
    return cut if own is not None else active().reshape(cut, (*active().shape(cut)[:-1], size))


def _check_pair(name: str, x: Any, rank: int) -> Pair:
    d = active()
    shapes = [tuple(d.static_shape(part)) for part in x]
    if len(x) != 2 or shapes[0] != shapes[1] or len(shapes[0]) < rank:
        raise ValueError(
            f"{name}: expected a pair of tensors of one shape and rank >= {rank}, the real and the imaginary parts, "
            f"got {len(x)} of shapes {shapes}."
        )
    return x[0], x[1]


@op(tensors=("*x",), dtype="float")
def fft(x: Any) -> Pair:
    """Return the discrete Fourier transform along the last axis.

    Args:
        x: pair of tensors of one shape: real and imaginary parts; integers become `floatx`.

    Returns:
        Real and imaginary parts, of the shape of the arguments.

    Raises:
        ValueError: for anything but a pair of one shape.

    Example:
        >>> ops.fft(([1.0, 2.0], [0.0, 0.0]))
        (array([ 3., -1.], dtype=float32), array([0., 0.], dtype=float32))
    """
    d = active()
    real, imaginary = _check_pair("fft", x, 1)
    return _parts(d.fft(_complex(real, imaginary)), d.dtype_of(real))


def _both_axes(transform: Any, x: Any) -> Any:
    return _swapped(transform(_swapped(transform(x))))


@op(tensors=("*x",), dtype="float")
def fft2(x: Any) -> Pair:
    """Return the discrete Fourier transform over the last two axes.

    Args:
        x: pair of tensors of one shape: real and imaginary parts; integers become `floatx`.

    Returns:
        Real and imaginary parts, of the shape of the arguments.

    Raises:
        ValueError: for anything but a pair of one shape.

    Example:
        >>> ops.fft2((ops.ones((2, 2)), ops.zeros((2, 2))))[0]
        array([[4., 0.],
               [0., 0.]], dtype=float32)
    """
    d = active()
    real, imaginary = _check_pair("fft2", x, 2)
    return _parts(_both_axes(d.fft, _complex(real, imaginary)), d.dtype_of(real))


@op(tensors=("*x",), dtype="float")
def ifft2(x: Any) -> Pair:
    """Return the inverse of `fft2`.

    Args:
        x: pair of tensors of one shape: real and imaginary parts; integers become `floatx`.

    Returns:
        Real and imaginary parts, of the shape of the arguments.

    Raises:
        ValueError: for anything but a pair of one shape.

    Example:
        >>> ops.ifft2((ops.ones((2, 2)), ops.zeros((2, 2))))[0]
        array([[1., 0.],
               [0., 0.]], dtype=float32)
    """
    d = active()
    real, imaginary = _check_pair("ifft2", x, 2)
    return _parts(_both_axes(d.ifft, _complex(real, imaginary)), d.dtype_of(real))


@op(dtype="float")
def rfft(x: Any, fft_length: int | None = None) -> Pair:
    """Return the Fourier transform of real numbers along the last axis, without the half that is its mirror image.

    Args:
        x: tensor; integers become `floatx`.
        fft_length: length to which the axis is cut, or filled up with zeros; None for its own.

    Returns:
        Real and imaginary parts, with size `fft_length // 2 + 1` of the last axis.

    Example:
        >>> ops.rfft([1.0, 2.0, 3.0, 4.0])
        (array([10., -2., -2.], dtype=float32), array([0., 2., 0.], dtype=float32))
    """
    d = active()
    dtype = d.dtype_of(x)
    x = x if fft_length is None else _fitted(x, fft_length)
    size = d.static_shape(x)[-1] if fft_length is None else fft_length
    if size is None:
        raise ValueError("rfft: the size of the last axis is unknown; argument 'fft_length' must be given.")
    return _parts(_last(d.fft(_complex(widened(x))), 0, size // 2 + 1), dtype)


@op(tensors=("*x",), dtype="float")
def irfft(x: Any, fft_length: int | None = None) -> Any:
    """Return the inverse of `rfft`.

    Args:
        x: pair of tensors of one shape: real and imaginary parts; integers become `floatx`.
        fft_length: size of the last axis of the result; None for an even one, `2 * (size - 1)`.

    Returns:
        Tensor of real numbers.

    Raises:
        ValueError: for anything but a pair of one shape, or an unknown size.

    Example:
        >>> ops.irfft(([10.0, -2.0, -2.0], [0.0, 2.0, 0.0]))
        array([1., 2., 3., 4.], dtype=float32)
    """
    d = active()
    real, imaginary = _check_pair("irfft", x, 1)
    size = d.static_shape(real)[-1]
    if fft_length is None and size is None:
        raise ValueError("irfft: the size of the last axis is unknown; argument 'fft_length' must be given.")
    length = 2 * ((size or 0) - 1) if fft_length is None else fft_length
    return as_dtype(_inverse(_complex(real, imaginary), length), d.dtype_of(real))


def _inverse(spectrum: Any, length: int) -> Any:
    d = active()
    half = length // 2 + 1
    spectrum = _fitted(spectrum, half)
    mirrored = d.conj(d.flip(_last(spectrum, 1, length - half + 1), (spectrum.ndim - 1,)))
    return d.real(d.ifft(d.concat([spectrum, mirrored], spectrum.ndim - 1)))


# Frames ------------------------------------------------------------------------------------------------------------


def _check_frames(name: str, sequence_length: int, sequence_stride: int, fft_length: int | None = None) -> None:
    for argument, value in (("sequence_length", sequence_length), ("sequence_stride", sequence_stride)):
        if value < 1:
            raise ValueError(f"{name}: expected argument '{argument}' to be at least 1, got {value}.")
    if fft_length is not None and fft_length < sequence_length:
        raise ValueError(
            f"{name}: expected fft_length to be at least sequence_length, got {fft_length} and {sequence_length}."
        )


@op()
def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Any:
    """Return the pieces of a fixed length along the last axis, one every so many places.

    Args:
        x: tensor of shape `(..., n)`.
        sequence_length: length of a piece.
        sequence_stride: distance of the beginnings of two pieces.

    Returns:
        Tensor of shape `(..., pieces, sequence_length)`, with `(n - sequence_length) // sequence_stride + 1` pieces.

    Raises:
        ValueError: for lengths and strides below 1.

    Example:
        >>> ops.extract_sequences([1, 2, 3, 4], 2, 1)
        array([[1, 2],
               [2, 3],
               [3, 4]], dtype=int32)
    """
    _check_frames("extract_sequences", sequence_length, sequence_stride)
    return _frames(x, sequence_length, sequence_stride)


def _frames(x: Any, length: int, stride: int) -> Any:
    d = active()
    size = d.static_shape(x)[-1]
    if size is not None:
        count: Any = max((size - length) // stride + 1, 0)
    elif d.is_symbolic:
        count = None
    else:
        unknown = d.subtract(to_tensor(d, d.shape(x)[-1], "int32"), d.full((), length, "int32"))
        count = d.add(d.floor_divide(unknown, d.full((), stride, "int32")), d.full((), 1, "int32"))
    starts = d.multiply(
        d.arange(0, KerasTensor((), "int32") if count is None else count, 1, "int32"), d.full((), stride, "int32")
    )
    places = d.add(d.expand_dims(starts, 1), d.expand_dims(d.arange(0, length, 1, "int32"), 0))
    taken = d.take(x, d.reshape(places, (-1,)), x.ndim - 1)
    return d.reshape(taken, (*d.shape(x)[:-1], count if isinstance(count, int) else -1, length))


def _window(name: str, window: Any, length: int, fft_length: int, dtype: str) -> Any:
    """Return a window in the middle of `fft_length` places."""
    d = active()
    if window is None:
        values: Any = np.ones(length)
    elif isinstance(window, str):
        weights = {"hann": 0.5, "hamming": 0.54}
        if window not in weights:
            raise ValueError(f"{name}: expected window to be 'hann', 'hamming', a tensor or None, got {window!r}.")
        share = weights[window]
        values = share - (1 - share) * np.cos(2 * math.pi * np.arange(length) / length)
    else:
        values = window
    values = to_tensor(d, values, dtype)
    if tuple(d.static_shape(values)) != (length,):
        raise ValueError(
            f"{name}: expected a window of shape ({length},), of sequence_length, got {tuple(d.static_shape(values))}."
        )
    left = (fft_length - length) // 2
    return pad(values, ((left, fft_length - length - left),)) if fft_length > length else values


def _reflected(x: Any, width: int) -> Any:
    d = active()
    axis = x.ndim - 1
    size = d.static_shape(x)[-1]
    if size is not None and size <= width:
        raise ValueError(f"stft: with center=True a signal must be longer than fft_length // 2 = {width}, got {size}.")
    if not width:
        return x
    return d.concat([d.flip(_last(x, 1, width + 1), (axis,)), x, _last(d.flip(x, (axis,)), 1, width + 1)], axis)


@op(dtype="float")
def stft(
    x: Any, sequence_length: int, sequence_stride: int, fft_length: int, window: Any = "hann", center: bool = True
) -> Pair:
    """Return the short-time Fourier transform along the last axis.

    Args:
        x: tensor of shape `(..., n)`; integers become `floatx`.
        sequence_length: length of the window.
        sequence_stride: distance of the beginnings of two windows.
        fft_length: length of a transform, at least `sequence_length`; the window is in its middle.
        window: `"hann"`, `"hamming"`, tensor of shape `(sequence_length,)`, or None for 1.
        center: whether the signal is reflected at both ends, so that a window is centered at each beginning.

    Returns:
        Real and imaginary parts, of shape `(..., windows, fft_length // 2 + 1)`.

    Raises:
        ValueError: for lengths that do not fit, or an unknown window.

    Source:
        Allen and Rabiner, 1977, "A unified approach to short-time Fourier analysis and synthesis".

    Example:
        >>> [part.shape for part in ops.stft(ops.ones(16), 4, 2, 4)]
        [(9, 3), (9, 3)]
    """
    d = active()
    _check_frames("stft", sequence_length, sequence_stride, fft_length)
    dtype = d.dtype_of(x)
    x = widened(x)
    weights = _window("stft", window, sequence_length, fft_length, d.dtype_of(x))
    frames = _frames(_reflected(x, fft_length // 2) if center else x, fft_length, sequence_stride)
    spectrum = d.fft(_complex(d.multiply(frames, weights)))
    return _parts(_last(spectrum, 0, fft_length // 2 + 1), dtype)


def _overlap_add(frames: Any, stride: int) -> Any:
    """Return the sum of frames, each `stride` places after the one before."""
    d = active()
    *leading, count, length = d.shape(frames)
    blocks = -(-length // stride)
    frames = pad(frames, (*((0, 0),) * (frames.ndim - 1), (0, blocks * stride - length)))
    total = None
    for block in range(blocks):
        part = _last(frames, block * stride, (block + 1) * stride)
        part = pad(part, (*((0, 0),) * (part.ndim - 2), (block, blocks - 1 - block), (0, 0)))
        total = part if total is None else d.add(total, part)
    merged = (count + blocks - 1) * stride if isinstance(count, int) else -1
    result = d.reshape(total, (*leading, merged))
    extra = blocks * stride - length
    if not extra:
        return result
    axis = result.ndim - 1
    return (
        _last(result, 0, merged - extra)
        if merged != -1
        else d.flip(_last(d.flip(result, (axis,)), extra, None), (axis,))
    )


@op(tensors=("*x",), dtype="float")
def istft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Any:
    """Return the signal of a short-time Fourier transform; the inverse of `stft` with the same arguments.

    Args:
        x: pair of tensors of shape `(..., windows, fft_length // 2 + 1)`: real and imaginary parts.
        sequence_length: length of the window.
        sequence_stride: distance of the beginnings of two windows.
        fft_length: length of a transform, at least `sequence_length`; the window is in its middle.
        length: length of the result, which is cut or filled up with zeros; None for all that the windows cover.
        window: `"hann"`, `"hamming"`, tensor of shape `(sequence_length,)`, or None for 1.
        center: whether `stft` centered the windows.

    Returns:
        Tensor of shape `(..., length)`. Places that no window covers are 0.

    Raises:
        ValueError: for lengths that do not fit, or an unknown window.

    Source:
        Griffin and Lim, 1984, "Signal estimation from modified short-time Fourier transform".

    Example:
        >>> ops.istft(ops.stft(ops.arange(8.0), 4, 2, 4), 4, 2, 4).round(4)
        array([0., 1., 2., 3., 4., 5., 6., 7.], dtype=float32)
    """
    d = active()
    _check_frames("istft", sequence_length, sequence_stride, fft_length)
    real, imaginary = _check_pair("istft", x, 2)
    dtype = d.dtype_of(real)
    frames = _inverse(_complex(real, imaginary), fft_length)
    weights = _window("istft", window, sequence_length, fft_length, d.dtype_of(frames))
    signal = _overlap_add(d.multiply(frames, weights), sequence_stride)
    count = d.shape(frames)[-2]
    squares = d.broadcast_to(d.expand_dims(d.multiply(weights, weights), 0), (count, fft_length))
    envelope = _overlap_add(squares, sequence_stride)
    covered = greater(envelope, 1e-11)
    signal = multiply(signal, where(covered, divide(1.0, where(covered, envelope, 1.0)), 0.0))
    if center and fft_length > 1:
        axis = signal.ndim - 1
        cut = fft_length // 2
        signal = _last(signal, cut, None)
        if length is None:
            signal = d.flip(_last(d.flip(signal, (axis,)), cut, None), (axis,))
    return as_dtype(signal if length is None else _fitted(signal, length), dtype)
