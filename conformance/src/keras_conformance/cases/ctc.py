"""Connectionist temporal classification, by enumeration of all alignments."""

from __future__ import annotations

import itertools
from typing import Any, Final

import numpy as np
from scipy import special

from keras_conformance.case import WIDE_FLOATS, Arguments, Case, Draw, Sample, args
from keras_conformance.cases.common import fails, zeros

_WITHOUT: Final = {"zero_d": "it takes batches", "nonfinite": "softmax of nan and infinities is checked by itself"}


def _collapsed(alignment: Any, blank: int) -> tuple[int, ...]:
    """Return the labels of an alignment: repeated ones merged, blanks left out."""
    return tuple(label for label, _ in itertools.groupby(alignment) if label != blank)


def _likelihoods(output: Any, length: int, blank: int) -> dict[tuple[int, ...], float]:
    """Return the probability of each label sequence, as the sum over all alignments."""
    logarithm = special.log_softmax(output[:length], -1)
    found: dict[tuple[int, ...], float] = {}
    for alignment in itertools.product(range(output.shape[1]), repeat=length):
        labels = _collapsed(alignment, blank)
        probability = np.exp(sum(logarithm[t, c] for t, c in enumerate(alignment)))
        found[labels] = found.get(labels, 0.0) + probability
    return found


def _loss(target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0) -> Any:
    losses = []
    for labels, scores, size, length in zip(target, output, target_length, output_length, strict=True):
        found = _likelihoods(scores.astype(np.float64), int(length), mask_index)
        losses.append(-np.log(found.get(tuple(labels[:size].tolist()), 0.0)))
    return np.array(losses)


def _decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int | None = 0,
) -> Any:
    blank = inputs.shape[2] - 1 if mask_index is None else mask_index
    labels = np.full((top_paths, *inputs.shape[:2]), -1, np.int32)
    scores = np.full((inputs.shape[0], top_paths), -np.inf)
    for row, (x, length) in enumerate(zip(inputs, sequence_lengths, strict=True)):
        if strategy == "greedy":
            best = x[:length].argmax(-1)
            merged = [c for c, _ in itertools.groupby(best)] if merge_repeated else best
            found = [([c for c in merged if c != blank], -x[:length].max(-1).sum())]
        else:
            # Wide enough a beam finds the most probable sequences of all.
            all_of_them = _likelihoods(x.astype(np.float64), int(length), blank)
            found = [(path, np.log(p)) for path, p in sorted(all_of_them.items(), key=lambda item: -item[1])]
        for place, (path, score) in enumerate(found[:top_paths]):
            labels[place, row, : len(path)] = path
            scores[row, place] = score
    return labels, scores


def _spoken(
    target: Any, lengths: Any, times: Any, steps: int, classes: int, dtype: str = "int32", **named: Any
) -> Sample:
    def sample(d: Draw) -> Arguments:
        scores = d.array((len(times), steps, classes), -2, 2)
        return args(np.array(target, dtype), scores, np.array(lengths, dtype), np.array(times, dtype), **named)

    return sample


def _heard(times: Any, steps: int, classes: int, **named: Any) -> Sample:
    return lambda d: args(d.distinct((len(times), steps, classes)), np.array(times, np.int32), **named)


def _nobody(d: Draw) -> Arguments:
    none = np.zeros(0, np.int32)
    return args(np.zeros((0, 2), np.int32), d.array((0, 3, 4)), none, none)


_BEAM: Final = {"strategy": "beam_search", "beam_width": 60}

OPS: Final = (
    Case(
        name="ctc_loss",
        oracle=_loss,
        samples=(
            _spoken([[1, 2, 2], [1, 1, 0]], [3, 2], [5, 4], 5, 3),
            _spoken([[1, 2], [3, 0], [2, 2]], [2, 0, 2], [4, 3, 2], 4, 4, "int64"),
            _spoken([[0, 1], [1, 1]], [2, 1], [4, 4], 4, 3, mask_index=2),
            _spoken([[1], [1]], [0, 1], [0, 0], 3, 2),
        ),
        dtypes=("bfloat16", "float16", *WIDE_FLOATS),
        empty=_nobody,
        without=_WITHOUT,
        tolerance=8,
        errors=(
            fails(
                lambda: args(np.zeros(2, np.int32), zeros(2, 3, 4), np.zeros(2, np.int32), np.zeros(2, np.int32)),
                ValueError,
                "ctc_loss: expected target of shape (batch, labels)",
            ),
            fails(
                lambda: args(np.zeros((2, 1), np.int32), zeros(2, 3, 4), np.zeros(3, np.int32), np.zeros(2, np.int32)),
                ValueError,
                "ctc_loss: expected argument 'target_length' of shape (batch,)",
            ),
        ),
    ),
    Case(
        name="ctc_decode",
        oracle=_decode,
        samples=(
            _heard([5, 3], 5, 3, **_BEAM, top_paths=3),
            _heard([5, 3, 0], 5, 3),
            _heard([5, 3], 5, 3, merge_repeated=False, mask_index=1),
            _heard([4, 1], 4, 3, **_BEAM, top_paths=5, mask_index=None),
            _heard([4, 4], 4, 4, strategy="greedy", mask_index=None),
        ),
        dtypes=("float16", *WIDE_FLOATS),
        out=("int32", "same"),
        gradient=False,
        empty=lambda d: args(d.array((0, 3, 4)), np.zeros(0, np.int32)),
        without=_WITHOUT,
        tolerance=8,
        errors=(
            fails(
                lambda: args(zeros(1, 2, 3), np.ones(1, np.int32), "best"), ValueError, "ctc_decode: expected strategy"
            ),
            fails(lambda: args(zeros(2, 3), np.ones(2, np.int32)), ValueError, "ctc_decode: expected inputs of shape"),
            fails(
                lambda: args(zeros(1, 2, 3), np.ones(1, np.int32), "beam_search", 2, 3),
                ValueError,
                "ctc_decode: expected 1 <= top_paths <= beam_width",
            ),
        ),
    ),
)
PRIMITIVES: Final = ()
