"""Signals and sequences: Fourier transforms there and back, alignments."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from keras_conformance.cases.recurring import Named, computed, f32, i32, numbers, value

_SIGNAL: Final = numbers(2, 24)
_SURE: Final = [[-1000, 1000, -1000], [-1000, 1000, -1000], [1000, -1000, -1000], [-1000, -1000, 1000]]
"""Scores of which softmax makes the labels 1, 1, blank, 2."""


def _ops() -> Any:
    from keras_core import ops

    return ops


def _round_trip(name: str, size: int, stride: int, length: int, inside: int, **named: Any) -> Named:
    """Return the case of a signal that must come back; without centre not at its ends, where windows are zero."""

    def call(x: Any) -> Any:
        ops = _ops()
        parts = ops.stft(x, size, stride, length, **named)
        back = ops.istft(parts, size, stride, length, **named)
        return ops.get_item(back, (slice(None), slice(inside, 24 - 2 * inside if inside else 16)))

    expected = _SIGNAL[:, inside : 24 - 2 * inside if inside else 16]
    return value(f"stft_and_back_{name}", call, expected, _SIGNAL, tolerance=20)


def _ctc(name: str, target: Any, lengths: Any, times: Any, **named: Any) -> Named:
    scores = numbers(2, 4, 3)  # of one shape, which compilers see once
    return computed(
        name, "ctc_loss", None, "float32", i32(target), scores, i32(lengths), i32(times), tolerance=8, **named
    )


CASES: Final = (
    _round_trip("hann", 8, 2, 8, 0),
    _round_trip("hann_without_centre", 8, 2, 8, 4, center=False),
    _round_trip("hamming", 8, 2, 8, 0, window="hamming"),
    _round_trip("without_window", 8, 2, 8, 0, window=None),
    _round_trip("of_a_window_of_ones", 8, 2, 8, 0, window=np.ones(8, np.float32)),
    _round_trip("of_a_window_shorter_than_the_transform", 6, 2, 8, 0),
    _round_trip("of_an_odd_length", 7, 3, 7, 0),
    computed("stft_leaves_a_rest_out", "stft", None, "float32", _SIGNAL, 5, 4, 5, center=False, tolerance=20),
    value(
        "istft_of_a_length",
        lambda x: _ops().istft(_ops().stft(x, 8, 2, 8), 8, 2, 8, length=20),
        _SIGNAL[:, :20],
        _SIGNAL,
        tolerance=20,
    ),
    value(
        "istft_of_a_longer_length_is_zero_there",
        lambda x: _ops().get_item(_ops().istft(_ops().stft(x, 8, 2, 8), 8, 2, 8, length=40), (0, slice(36, 40))),
        np.zeros(4, np.float32),
        _SIGNAL,
    ),
    computed("rfft_of_an_odd_length", "rfft", None, "float32", numbers(7), tolerance=20),
    value("irfft_of_an_odd_length", lambda x: _ops().irfft(_ops().rfft(x), 7), numbers(7), numbers(7), tolerance=20),
    value(
        "irfft_without_a_length_is_even", lambda x: _ops().irfft(_ops().rfft(x)), numbers(8), numbers(8), tolerance=20
    ),
    value(
        "irfft_ignores_the_imaginary_part_of_its_first",
        "irfft",
        f32(1.0, 1.0),
        (f32(2.0, 0.0), f32(5.0, 7.0)),
        tolerance=2,
    ),
    computed("fft_of_a_prime_length", "fft", None, "float32", (numbers(7), numbers(7, key=1)), tolerance=20),
    value(
        "ifft2_undoes_fft2",
        lambda x, y: _ops().ifft2(_ops().fft2((x, y))),
        [numbers(3, 4), numbers(3, 4, key=1)],
        numbers(3, 4),
        numbers(3, 4, key=1),
        tolerance=20,
    ),
    computed("extract_sequences_overlaps", "extract_sequences", None, "float32", _SIGNAL, 5, 3),
    # alignments
    _ctc("ctc_of_repeated_labels", [[1, 1], [2, 2]], [2, 2], [4, 3]),
    _ctc("ctc_of_an_impossible_target_is_infinite", [[1, 1], [1, 2]], [2, 2], [2, 2]),
    _ctc("ctc_of_an_empty_target", [[1, 2], [1, 2]], [0, 1], [3, 4]),
    _ctc("ctc_ignores_what_follows_the_length", [[1, 2], [2, 1]], [1, 2], [2, 4]),
    _ctc("ctc_with_another_blank", [[0, 1], [0, 0]], [2, 1], [4, 3], mask_index=2),
    value(
        "ctc_of_sure_outputs_is_zero",
        "ctc_loss",
        f32(0.0, 0.0),
        i32([[1, 0], [2, 1]]),
        f32([_SURE, _SURE[::-1]]),
        i32(1, 2),
        i32(2, 4),
    ),
    value(
        "ctc_decode_merges_repeated_labels",
        "ctc_decode",
        [i32([[[1, 2, -1, -1]]]), f32([[-4.0]])],
        f32([[[0, 1, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1]]]),
        i32([4]),
    ),
    value(
        "ctc_decode_keeps_labels_about_a_blank",
        "ctc_decode",
        [i32([[[1, 1, -1, -1]]]), f32([[-3.0]])],
        f32([[[0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]]),
        i32([3]),
    ),
)
