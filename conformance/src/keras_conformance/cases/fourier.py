"""Fourier transforms and what is done with them to signals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import FEW, FLOATS, WIDE_FLOATS, Arguments, Case, Draw, Sample, args, floating
from keras_conformance.cases.common import MOVES, array, fails, zeros

_DTYPES: Final = ("bfloat16", "float16", *WIDE_FLOATS, "int32")
_WITHOUT: Final = {"zero_d": "it works along an axis", "nonfinite": "one nan or infinity reaches every result"}


def _pair(*shape: int, rest: tuple[Any, ...] = (), **named: Any) -> Sample:
    return lambda d: args((d.array(shape), d.array(shape)), *rest, **named)


def _parts(x: Any) -> Any:
    return np.real(x), np.imag(x)


def _whole(x: Any) -> Any:
    return x[0] + 1j * x[1]


def _rfft(x: Any, fft_length: int | None = None) -> Any:
    return _parts(np.fft.rfft(x, fft_length))


def _irfft(x: Any, fft_length: int | None = None) -> Any:
    return np.fft.irfft(_whole(x), fft_length)


def _frames(x: Any, length: int, stride: int) -> Any:
    if x.shape[-1] < length:
        return np.zeros((*x.shape[:-1], 0, length), x.dtype)
    return np.lib.stride_tricks.sliding_window_view(x, length, -1)[..., ::stride, :]


def _window(window: Any, length: int, size: int) -> Any:
    n = np.arange(length)
    if window is None:
        values = np.ones(length)
    elif isinstance(window, str):
        values = np.sin(np.pi * n / length) ** 2 if window == "hann" else 0.54 - 0.46 * np.cos(2 * np.pi * n / length)
    else:
        values = window
    left = (size - length) // 2
    return np.pad(values, (left, size - length - left))


def _stft(x: Any, length: int, stride: int, fft_length: int, window: Any = "hann", center: bool = True) -> Any:
    if center:
        x = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(fft_length // 2, fft_length // 2)], "reflect")
    return _parts(np.fft.rfft(_frames(x, fft_length, stride) * _window(window, length, fft_length)))


def _istft(
    x: Any,
    size: int,
    stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Any:
    frames = np.fft.irfft(_whole(x), fft_length)
    weights = _window(window, size, fft_length)
    total = np.zeros((*frames.shape[:-2], (frames.shape[-2] - 1) * stride + fft_length))
    envelope = np.zeros(total.shape[-1])
    for position in range(frames.shape[-2]):
        at = slice(position * stride, position * stride + fft_length)
        total[..., at] += frames[..., position, :] * weights
        envelope[at] += weights**2
    signal = np.where(envelope > 1e-11, total / np.where(envelope > 1e-11, envelope, 1), 0)
    start = fft_length // 2 if center else 0
    signal = signal[..., start:]
    if length is None:
        return signal[..., : signal.shape[-1] - start]
    return np.pad(signal[..., :length], [(0, 0)] * (signal.ndim - 1) + [(0, max(length - signal.shape[-1], 0))])


def _round_trip(d: Draw) -> Arguments:
    # The transform of a signal, not any numbers: what comes back must be that signal.
    parts = _stft(d.array((2, 16), dtype="float64"), 6, 2, 8)
    return args(tuple(part.astype(d.dtype) for part in parts), 6, 2, 8)


def _case(name: str, oracle: Callable[..., Any], *samples: Sample, **changes: Any) -> Case:
    settings = {"dtypes": _DTYPES, "out": floating, "without": _WITHOUT, "tolerance": 20}
    return Case(name=name, oracle=oracle, samples=samples, **{**settings, **changes})


def _not_a_pair(name: str, *rest: Any) -> Any:
    return fails(
        lambda: args((zeros(2, 4), zeros(2, 3)), *rest), ValueError, f"{name}: expected a pair of tensors of one"
    )


OPS: Final = (
    _case(
        "fft",
        lambda x: _parts(np.fft.fft(_whole(x))),
        _pair(2, 6),
        _pair(5),
        empty=_pair(0, 4),
        errors=(_not_a_pair("fft"),),
    ),
    _case(
        "fft2",
        lambda x: _parts(np.fft.fft2(_whole(x))),
        _pair(2, 4, 3),
        _pair(3, 4),
        empty=_pair(0, 4, 2),
        errors=(_not_a_pair("fft2"),),
    ),
    _case(
        "ifft2",
        lambda x: _parts(np.fft.ifft2(_whole(x))),
        _pair(2, 4, 3),
        _pair(3, 4),
        empty=_pair(0, 4, 2),
        errors=(_not_a_pair("ifft2"),),
    ),
    _case(
        "rfft", _rfft, array(2, 6), array(7), array(2, 6, fft_length=4), array(3, 6, fft_length=9), empty=array(0, 4)
    ),
    _case(
        "irfft",
        _irfft,
        _pair(2, 5),
        _pair(4),
        _pair(2, 5, fft_length=9),
        _pair(2, 5, fft_length=6),
        _pair(3, 3, fft_length=11),
        empty=_pair(0, 4),
        errors=(_not_a_pair("irfft"),),
    ),
    _case(
        "extract_sequences",
        _frames,
        array(2, 9, rest=(4, 2)),
        array(7, rest=(3, 1)),
        array(2, 3, 8, rest=(2, 5)),
        array(5, rest=(7, 1)),
        dtypes=FEW,
        out="same",
        empty=array(0, 6, rest=(3, 2)),
        without={**MOVES, "zero_d": _WITHOUT["zero_d"]},
        errors=(
            fails(lambda: args(zeros(5), 0, 1), ValueError, "extract_sequences: expected argument 'sequence_length'"),
        ),
    ),
    _case(
        "stft",
        _stft,
        array(2, 16, rest=(6, 3, 8)),
        array(12, rest=(4, 2, 4)),
        array(12, rest=(4, 2, 4, None)),
        array(13, rest=(5, 3, 7, "hamming", False)),
        lambda d: args(d.array((9,)), 3, 2, 6, d.array((3,)).astype("float32")),
        empty=array(0, 9, rest=(4, 2, 4)),
        errors=(
            fails(
                lambda: args(zeros(9), 4, 2, 3), ValueError, "stft: expected fft_length to be at least sequence_length"
            ),
            fails(
                lambda: args(zeros(9), 4, 2, 4, "kaiser"), ValueError, "stft: expected window to be 'hann', 'hamming'"
            ),
            fails(lambda: args(zeros(9), 4, 2, 4, zeros(3)), ValueError, "stft: expected a window of shape (4,)"),
            fails(lambda: args(zeros(2), 4, 2, 4), ValueError, "stft: with center=True a signal must be longer"),
        ),
    ),
    _case(
        "istft",
        _istft,
        _round_trip,
        _pair(2, 5, 4, rest=(6, 2, 6)),
        _pair(4, 3, rest=(4, 2, 4, 7)),
        _pair(4, 3, rest=(4, 2, 4, 15)),
        _pair(4, 5, rest=(5, 3, 8, None, "hamming", False)),
        _pair(4, 3, rest=(4, 1, 5, None, None)),
        dtypes=FLOATS,
        empty=_pair(0, 4, 3, rest=(4, 2, 4)),
        errors=(_not_a_pair("istft", 4, 2, 4),),
    ),
)
PRIMITIVES: Final = ()
