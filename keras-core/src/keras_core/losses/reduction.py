"""How values of single elements, weights and masks become one number; shared by losses and metrics."""

from typing import Any, Final

from keras_core import ops
from keras_core.runtime import dtypes
from keras_core.runtime.naming import did_you_mean

REDUCTIONS: Final = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)
ONE_WEIGHT_A_SAMPLE: Final = "There is one weight for each sample."
_AVERAGES: Final = ("sum_over_batch_size", "mean")


def standardize_reduction(owner: str, reduction: Any) -> str | None:
    """Return a valid reduction, None for `"none"`.

    Raises:
        ValueError: for an unknown one.
    """
    if reduction not in REDUCTIONS:
        raise ValueError(
            f"{owner}: expected reduction to be one of {REDUCTIONS}, got {reduction!r}."
            f"{did_you_mean(reduction, REDUCTIONS)}"
        )
    return None if reduction == "none" else reduction


def dtype_of(x: Any) -> str:
    """Return the dtype name of a tensor."""
    return dtypes.standardize_dtype(x.dtype)


def rank(x: Any) -> int:
    """Return the number of axes of a tensor."""
    return len(x.shape)


def same_rank(x1: Any, x2: Any) -> tuple[Any, Any]:
    """Return two tensors whose ranks differ by at most one with equal ranks.

    A last axis of size 1 is taken off the one that has it too many; else one is added to the other. Of shapes `(n, 1)`
    and `(n,)` the second becomes `(n, 1)`, so that a function of the last axis leaves one value a sample.
    """
    if rank(x1) == rank(x2) + 1:
        if x1.shape[-1] == 1 and rank(x2) == 1:
            return x1, ops.expand_dims(x2, -1)
        if x1.shape[-1] == 1 and rank(x2) > 1:
            return ops.squeeze(x1, -1), x2
        return (x1, ops.expand_dims(x2, -1)) if x2.shape and x2.shape[-1] == 1 else (x1, x2)
    if rank(x2) == rank(x1) + 1:
        swapped = same_rank(x2, x1)
        return swapped[1], swapped[0]
    return x1, x2


def check_broadcast(what: str, x: Any, others: str, y: Any, hint: str) -> None:
    """Refuse shapes that do not broadcast.

    Raises:
        ValueError: naming both, with a hint what to do.
    """
    one, other = tuple(x.shape), tuple(y.shape)
    pairs = zip(reversed(one), reversed(other), strict=False)
    if any(a != b and 1 not in (a, b) and a is not None and b is not None for a, b in pairs):
        raise ValueError(f"{what} of shape {one} do not fit {others} of shape {other}. {hint}")


def number_of_elements(x: Any, dtype: str) -> Any:
    """Return the number of elements of a tensor in a dtype, a tensor where a size is only known when the graph runs."""
    count: Any = 1
    for size in ops.shape(x):
        count = count * (1 if size is None else size)
    return ops.convert_to_tensor(count, dtype)


def both(mask: Any, counts: Any) -> Any:
    """Return where a mask, or None, and a bool tensor are True."""
    return counts if mask is None else ops.logical_and(*same_rank(ops.cast(mask, "bool"), counts))


def apply_mask(sample_weight: Any, mask: Any, dtype: str, reduction: str | None) -> Any:
    """Return weights that are 0 where a bool mask is False.

    Under an average they are scaled, so that the average is one over the elements that count.
    """
    if mask is None:
        return sample_weight
    mask = ops.cast(mask, dtype)
    if reduction in _AVERAGES:
        valid = ops.sum(mask)
        mask = mask * (number_of_elements(mask, dtype) / (valid + ops.cast(valid == 0, dtype)))
    if sample_weight is None:
        return mask
    sample_weight = ops.cast(sample_weight, dtype)
    mask, sample_weight = same_rank(mask, sample_weight)
    if rank(mask) > rank(sample_weight):  # one number a sample weights all of its steps, as it does without a mask
        mask, sample_weight = same_rank_by_expansion(mask, sample_weight)
    return sample_weight * mask


def weighted(values: Any, sample_weight: Any) -> tuple[Any, Any]:
    """Return values times weights, and the weights, with axes added where one has fewer."""
    values, sample_weight = same_rank_by_expansion(values, sample_weight)
    return values * sample_weight, sample_weight


def same_rank_by_expansion(values: Any, sample_weight: Any) -> tuple[Any, Any]:
    """Return values and weights that broadcast: weights of one number a sample get axes of size 1 behind."""
    if rank(sample_weight) == rank(values) + 1 and sample_weight.shape[-1] == 1:
        return ops.expand_dims(values, -1), sample_weight
    if rank(sample_weight) == 0:
        return values, sample_weight
    while rank(sample_weight) < rank(values):
        sample_weight = ops.expand_dims(sample_weight, -1)
    check_broadcast("weights", sample_weight, "values", values, ONE_WEIGHT_A_SAMPLE)
    return values, sample_weight


def reduce_values(values: Any, reduction: str | None, weights: Any = None) -> Any:
    """Return values reduced.

    Args:
        values: tensor, already weighted.
        reduction: one of `REDUCTIONS`.
        weights: the weights, which `"mean_with_sample_weight"` divides by.
    """
    if reduction is None or rank(values) == 0:
        return values
    total = ops.sum(values)
    if reduction == "sum":
        return total
    if reduction == "mean_with_sample_weight" and weights is not None:
        divisor = ops.sum(ops.broadcast_to(weights, ops.shape(values)))
        return total / (divisor + ops.cast(divisor == 0, dtype_of(divisor)))
    return total / number_of_elements(values, dtype_of(total))


def reduce_weighted(values: Any, sample_weight: Any, mask: Any, reduction: str | None, dtype: str) -> Any:
    """Return values weighted, masked and reduced.

    Args:
        values: tensor, one value an element.
        sample_weight: tensor that broadcasts to the values (one number a sample will do), or None.
        mask: bool tensor of the same kind, False where an element must not count, or None.
        reduction: one of `REDUCTIONS`.
        dtype: dtype name in which all of it is computed.
    """
    values = ops.cast(values, dtype)
    if sample_weight is not None:
        sample_weight = ops.cast(sample_weight, dtype)
    if mask is not None:
        sample_weight = apply_mask(sample_weight, mask, dtype, reduction)
    if sample_weight is None:
        return reduce_values(values, reduction)
    values, sample_weight = weighted(values, sample_weight)
    return reduce_values(values, reduction, sample_weight)
