"""Connectionist temporal classification: the loss, and what was most probably said.

Everything is computed with logarithms of probabilities. A finite number stands for the logarithm of 0, so that no
difference of infinities, and no gradient of one, is nan.
"""

import math
from typing import Any, Final

from keras_core.ops.activation import log_softmax
from keras_core.ops.control import scan
from keras_core.ops.elementwise import where
from keras_core.ops.elementwise_binary import add, equal, greater, less, logical_and, not_equal, subtract
from keras_core.ops.elementwise_unary import exp, log, negative
from keras_core.ops.indexing import one_hot, take_along_axis, top_k
from keras_core.ops.precision import as_dtype, widened
from keras_core.ops.reduction import sum
from keras_core.runtime import dtypes
from keras_core.runtime.definition import op
from keras_core.runtime.table import active

_NEVER: Final = -1e30
_HARDLY: Final = -1e29


def _static(x: Any) -> tuple[Any, ...]:
    return tuple(active().static_shape(x))


def _log_of_sum(parts: list[Any]) -> Any:
    d = active()
    largest = parts[0]
    for part in parts[1:]:
        largest = d.maximum(largest, part)
    largest = d.stop_gradient(largest)
    total = None
    for part in parts:
        power = exp(subtract(part, largest))
        total = power if total is None else add(total, power)
    return add(largest, log(total))


def _cut(x: Any, axis: int, start: int, stop: int | None) -> Any:
    before, after = axis, x.ndim - axis - 1
    d = active()
    return d.slice(
        x, (*(0,) * before, start, *(0,) * after), (*(None,) * before, stop, *(None,) * after), (1,) * x.ndim
    )


def _moved(x: Any, places: int, filler: Any) -> Any:
    """Return a matrix moved to the right, with a filler for what comes in on the left."""
    d = active()
    wide = d.concat([d.full((d.shape(x)[0], places), filler, d.dtype_of(x)), x], 1)
    return d.flip(_cut(d.flip(wide, (1,)), 1, places, None), (1,))


def _check_lengths(name: str, batch: Any, **lengths: Any) -> None:
    for argument, length in lengths.items():
        sizes = _static(length)
        if len(sizes) != 1 or (None not in (batch, sizes[0]) and sizes[0] != batch):
            raise ValueError(
                f"{name}: expected argument '{argument}' of shape (batch,), with batch {batch}, got {sizes}."
            )


@op(
    tensors=("target", "output", "target_length", "output_length"),
    differentiable=("output",),
)
def ctc_loss(target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0) -> Any:
    """Return minus the logarithm of the probability of label sequences that are not aligned with the outputs.

    Args:
        target: integers of shape `(batch, labels)`.
        output: logits of shape `(batch, times, classes)`.
        target_length: integers of shape `(batch,)`: how many of the labels count.
        output_length: integers of shape `(batch,)`: how many of the times count.
        mask_index: the class of the blank.

    Returns:
        Tensor of shape `(batch,)`; inf where there are too few times for the labels.

    Raises:
        ValueError: where shapes do not fit.

    Source:
        Graves et al., 2006, "Connectionist temporal classification".

    Example:
        >>> ops.ctc_loss([[1]], ops.zeros((1, 1, 2)), [1], [1]).round(3)
        array([0.693], dtype=float32)
    """
    d = active()
    if target.ndim != 2 or output.ndim != 3:
        raise ValueError(
            f"ctc_loss: expected target of shape (batch, labels) and output of shape (batch, times, classes), got "
            f"shapes {_static(target)} and {_static(output)}."
        )
    _check_lengths("ctc_loss", _static(output)[0], target_length=target_length, output_length=output_length)
    dtype = d.dtype_of(output)
    logits = widened(output) if dtypes.is_float(dtype) else d.astype(output, "float32")
    target, target_length, output_length = (d.astype(x, "int32") for x in (target, target_length, output_length))
    batch, labels = d.shape(target)
    # Blanks before, between and after the labels.
    blank = d.full((batch, labels, 1), mask_index, "int32")
    pairs = d.concat([blank, d.expand_dims(target, 2)], 2)
    states = 2 * labels if isinstance(labels, int) else -1
    path = d.concat([d.reshape(pairs, (batch, states)), d.full((batch, 1), mask_index, "int32")], 1)
    skips = logical_and(not_equal(path, mask_index), not_equal(path, _moved(path, 2, mask_index)))
    # Time first: each step takes the scores of all states of a path.
    scores = d.permute_dims(log_softmax(logits, -1), (1, 0, 2))
    times = d.shape(scores)[0]
    start = where(equal(_positions(path), 0), 0.0, _NEVER)
    start = d.broadcast_to(d.astype(start, d.dtype_of(scores)), d.shape(path))

    def step(alpha: Any, inputs: Any) -> Any:
        score, time = inputs
        jumped = where(skips, _moved(alpha, 2, _NEVER), _NEVER)
        reached = add(_log_of_sum([alpha, _moved(alpha, 1, _NEVER), jumped]), take_along_axis(score, path, 1))
        counts = active().expand_dims(less(time, output_length), 1)
        return where(counts, reached, alpha), ()

    alpha, _ = scan(step, start, (scores, d.arange(0, times, 1, "int32")))
    last = d.expand_dims(d.add(target_length, target_length), 1)
    at_blank = take_along_axis(alpha, last, 1)
    before = d.maximum(d.subtract(last, d.full((), 1, "int32")), d.full((), 0, "int32"))
    at_label = where(greater(last, 0), take_along_axis(alpha, before, 1), _NEVER)
    likelihood = d.squeeze(_log_of_sum([at_blank, at_label]), (1,))
    return as_dtype(where(less(likelihood, _HARDLY), math.inf, negative(likelihood)), _float(dtype))


def _float(dtype: str) -> str:
    return dtype if dtypes.is_float(dtype) else "float32"


def _positions(x: Any) -> Any:
    """Return the int32 places along the last axis, in a shape that broadcasts with `x`."""
    d = active()
    return d.reshape(d.arange(0, d.shape(x)[-1], 1, "int32"), (*(1,) * (x.ndim - 1), -1))


# Decoding ----------------------------------------------------------------------------------------------------------


def _greedy(scores: Any, lengths: Any, merge_repeated: bool, blank: int) -> tuple[Any, Any]:
    d = active()
    best = d.argmax(scores, 2, False)
    counts = less(_positions(best), d.expand_dims(lengths, 1))
    score = negative(sum(where(counts, d.max(scores, (2,), False), 0.0), 1, keepdims=True))
    kept = logical_and(counts, not_equal(best, blank))
    if merge_repeated:
        kept = logical_and(kept, not_equal(best, _moved(best, 1, -1)))
    order = d.argsort(d.astype(d.logical_not(kept), "int32"), 1)
    number = sum(d.astype(kept, "int32"), 1, keepdims=True)
    labels = where(less(_positions(best), number), take_along_axis(best, order, 1), -1)
    return d.expand_dims(labels, 0), score


def _chosen(x: Any, beams: Any) -> Any:
    """Return what belongs to beams, of shape `(batch, width, ...)`, by int32 beams of shape `(batch, new width)`."""
    return take_along_axis(x, active().expand_dims(beams, 2), 1) if x.ndim == 3 else take_along_axis(x, beams, 1)


def _last_labels(labels: Any, number: Any) -> Any:
    """Return the last label of each prefix, -1 of an empty one."""
    d = active()
    place = d.maximum(d.subtract(number, d.full((), 1, "int32")), d.full((), 0, "int32"))
    return d.squeeze(take_along_axis(labels, d.expand_dims(place, 2), 2), (2,))


def _beam_step(state: Any, score: Any, blank: int) -> Any:
    """Return the best prefixes after one more time.

    A state is the labels of each prefix (batch, width, times), -1 behind the last, their number, and the logarithms of
    the probabilities of all alignments that end with a blank, and that end with the last label.
    """
    d = active()
    labels, number, by_blank, by_label = state
    width, classes = d.static_shape(labels)[1], d.static_shape(score)[1]
    last = _last_labels(labels, number)
    total = _log_of_sum([by_blank, by_label])
    own = take_along_axis(score, d.maximum(last, d.full((), 0, "int32")), 1)
    stay_blank = add(total, _cut(score, 1, blank, blank + 1))
    stay_label = where(greater(number, 0), add(by_label, own), _NEVER)
    every = d.reshape(d.arange(0, classes, 1, "int32"), (1, 1, -1))
    repeated = equal(every, d.expand_dims(last, 2))
    # A label that is repeated is a new one only behind a blank.
    before = where(repeated, d.expand_dims(by_blank, 2), d.expand_dims(total, 2))
    longer = where(equal(every, blank), _NEVER, add(before, d.expand_dims(score, 1)))
    # Prefix i, made longer, may be prefix j, which is there already: its probability goes there.
    apart = logical_and(
        not_equal(d.expand_dims(labels, 2), d.expand_dims(labels, 1)),
        less(_positions(d.expand_dims(labels, 2)), d.expand_dims(d.expand_dims(number, 2), 3)),
    )
    one_more = equal(add(d.expand_dims(number, 2), 1), d.expand_dims(number, 1))
    same = logical_and(one_more, d.logical_not(d.any(apart, (3,), False)))
    index = d.broadcast_to(d.expand_dims(d.maximum(last, d.full((), 0, "int32")), 1), d.shape(same))
    arriving = where(same, take_along_axis(longer, index, 2), _NEVER)
    # At most one prefix is the other without its last label: the largest is all that arrives.
    stay_label = _log_of_sum([stay_label, d.max(arriving, (1,), False)])
    moved = d.matmul(d.astype(same, "float32"), one_hot(last, classes, -1, "float32"))
    longer = where(greater(moved, 0.0), _NEVER, longer)
    sizes = d.shape(labels)
    candidates = d.concat([_log_of_sum([stay_blank, stay_label]), d.reshape(longer, (sizes[0], width * classes))], 1)
    _, best = top_k(candidates, width)
    stays = less(best, width)
    rest = d.maximum(d.subtract(best, d.full((), width, "int32")), d.full((), 0, "int32"))
    beam = where(stays, best, d.floor_divide(rest, d.full((), classes, "int32")))
    label = d.remainder(rest, d.full((), classes, "int32"))
    labels, number = _chosen(labels, beam), _chosen(number, beam)
    here = equal(_positions(labels), d.expand_dims(number, 2))
    grown = logical_and(here, d.expand_dims(d.logical_not(stays), 2))
    labels = where(grown, d.expand_dims(label, 2), labels)
    number = where(stays, number, add(number, 1))
    flat = take_along_axis(candidates, best, 1)
    by_blank = where(stays, _chosen(stay_blank, beam), _NEVER)
    by_label = where(stays, _chosen(stay_label, beam), flat)
    return labels, number, by_blank, by_label


def _beam_search(scores: Any, lengths: Any, width: int, top_paths: int, blank: int) -> tuple[Any, Any]:
    d = active()
    dtype = d.dtype_of(scores)
    batch, times, _ = d.shape(scores)
    beams = d.expand_dims(d.arange(0, width, 1, "int32"), 0)
    first = d.broadcast_to(where(equal(beams, 0), 0.0, _NEVER), (batch, width))
    state = (
        d.full((batch, width, times), -1, "int32"),
        d.full((batch, width), 0, "int32"),
        as_dtype(first, dtype),
        d.full((batch, width), _NEVER, dtype),
    )

    def step(old: Any, inputs: Any) -> Any:
        score, time = inputs
        new = _beam_step(old, score, blank)
        counts = active().expand_dims(less(time, lengths), 1)
        deep = active().expand_dims(counts, 2)
        return tuple(where(deep if a.ndim == 3 else counts, a, b) for a, b in zip(new, old, strict=True)), ()

    time_first = d.permute_dims(log_softmax(scores, -1), (1, 0, 2))
    (labels, _, by_blank, by_label), _ = scan(step, state, (time_first, d.arange(0, times, 1, "int32")))
    values, best = top_k(_log_of_sum([by_blank, by_label]), top_paths)
    found = greater(values, _HARDLY)
    labels = where(d.expand_dims(found, 2), _chosen(labels, best), -1)
    return d.permute_dims(labels, (1, 0, 2)), where(found, values, -math.inf)


@op(tensors=("inputs", "sequence_lengths"), differentiable=())
def ctc_decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int | None = 0,
) -> tuple[Any, Any]:
    """Return label sequences that are probable, given the outputs of a model trained with `ctc_loss`.

    Args:
        inputs: logits of shape `(batch, times, classes)`.
        sequence_lengths: integers of shape `(batch,)`: how many of the times count.
        strategy: `"greedy"` (the best class at each time) or `"beam_search"`.
        beam_width: how many prefixes a beam search keeps.
        top_paths: how many sequences are returned by a beam search.
        merge_repeated: whether greedy decoding takes a label that stands several times in a row for one.
        mask_index: the class of the blank; None for the last one.

    Returns:
        int32 labels of shape `(top_paths, batch, times)`, filled up with -1; and scores of shape `(batch, top_paths)`:
        of a beam search the logarithm of the probability, else minus the sum of the largest logits.

    Raises:
        ValueError: for another strategy, or shapes that do not fit.

    Source:
        Graves et al., 2006, "Connectionist temporal classification"; Hannun et al., 2014,
        https://arxiv.org/abs/1408.2873, for the prefix beam search.

    Example:
        >>> ops.ctc_decode([[[0.0, 9.0], [0.0, 9.0]]], [2])[0]
        array([[[ 1, -1]]], dtype=int32)
    """
    d = active()
    if strategy not in ("greedy", "beam_search"):
        raise ValueError(f"ctc_decode: expected strategy 'greedy' or 'beam_search', got {strategy!r}.")
    if inputs.ndim != 3 or _static(inputs)[2] is None:
        raise ValueError(f"ctc_decode: expected inputs of shape (batch, times, classes), got {_static(inputs)}.")
    _check_lengths("ctc_decode", _static(inputs)[0], sequence_lengths=sequence_lengths)
    dtype = d.dtype_of(inputs)
    scores = widened(inputs) if dtypes.is_float(dtype) else d.astype(inputs, "float32")
    lengths = d.astype(sequence_lengths, "int32")
    blank = _static(inputs)[2] - 1 if mask_index is None else mask_index
    if strategy == "greedy":
        labels, score = _greedy(scores, lengths, merge_repeated, blank)
    elif not 1 <= top_paths <= beam_width:
        raise ValueError(f"ctc_decode: expected 1 <= top_paths <= beam_width, got {top_paths} and {beam_width}.")
    else:
        labels, score = _beam_search(scores, lengths, beam_width, top_paths, blank)
    return labels, as_dtype(score, _float(dtype))
