"""Which source and which validation data follow from the arguments of `fit`, `evaluate` and `predict`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from keras_core.runtime import tree
from keras_core.training.data.class_weights import with_class_weights
from keras_core.training.data.columns import is_in_memory, number_of_rows, split_rows, to_columns
from keras_core.training.data.frames import brief
from keras_core.training.data.py_dataset import PyDataset, PyDatasetSource
from keras_core.training.data.source import ArraySource, IterableSource, Source
from keras_core.training.data.unpack import unpack_x_y_sample_weight

DEFAULT_BATCH_SIZE = 32


def make_source(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    batch_size: int | None = None,
    shuffle: bool | str = False,
    class_weight: Mapping[int, float] | None = None,
) -> Source:
    """Return the source of batches for data.

    Args:
        x: arrays, tensors of any backend or frames, nested or not; or an iterable of batches `x`, `(x, y)` or
            `(x, y, sample_weight)`; or a source.
        y: targets, for arrays only.
        sample_weight: weights of the samples, for arrays only.
        batch_size: rows a batch, for arrays only; None for 32.
        shuffle: whether each epoch has its own order; `"batch"` keeps the batches and changes their order. The batches
            of a `PyDataset` change their order too; an iterable has its own.
        class_weight: class -> weight, or None.

    Raises:
        ValueError: for data that are empty, of unequal lengths, or nothing of the kind.
    """
    if batch_size is not None and (not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size < 1):
        raise ValueError(f"batch_size: expected a positive int or None, got {batch_size!r}.")
    if shuffle not in (True, False, "batch"):
        raise ValueError(f"shuffle: expected True, False or 'batch', got {shuffle!r}.")
    if isinstance(x, Source):
        return x
    if x is None:
        raise ValueError("x: expected data, got None.")
    if is_in_memory(x):
        x, y = to_columns("x", x), to_columns("y", y)
        sample_weight = to_columns("sample_weight", with_class_weights(y, sample_weight, class_weight))
        return ArraySource(x, y, sample_weight, batch_size or DEFAULT_BATCH_SIZE, shuffle)
    if not _is_iterable(x):
        raise ValueError(
            f"x: expected arrays, tensors, nested lists, tuples and dicts of them, or an iterable of batches, "
            f"got {_shown(x)}.{_hint(x)}"
        )
    for name, value in (("y", y), ("sample_weight", sample_weight)):
        if value is not None:
            raise ValueError(f"{name}: x is an iterable of batches, which must yield it: (x, y) or (x, y, weights).")
    return PyDatasetSource(x, shuffle, class_weight) if isinstance(x, PyDataset) else IterableSource(x, class_weight)


def _is_iterable(x: Any) -> bool:
    is_structure = isinstance(x, str | bytes | dict | list | tuple)
    return isinstance(x, PyDataset) or (hasattr(x, "__iter__") and not is_structure and not _is_matrix(x))


def _is_matrix(x: Any) -> bool:
    """Tell whether something that is no array is like one: a sparse or ragged one, of which rows are no batches."""
    return hasattr(x, "dtype") and hasattr(x, "shape")


def _hint(x: Any) -> str:
    if _is_matrix(x):
        return " Of a sparse or ragged one make a dense one first."
    if isinstance(x, str | bytes | dict | list | tuple) or not hasattr(x, "__getitem__") or not hasattr(x, "__len__"):
        return ""
    return " Of single samples a loader makes batches."


def _shown(x: Any) -> str:
    wrong = next((leaf for leaf in tree.flatten(x) if not hasattr(leaf, "__array__")), x)
    return f"{brief(wrong)} of type {type(wrong).__name__}"


def split_off_validation(
    x: Any, y: Any, sample_weight: Any, fraction: float
) -> tuple[tuple[Any, Any, Any], tuple[Any, Any, Any]]:
    """Return the training data and the validation data, which are the last samples.

    Args:
        x: arrays.
        y: arrays or None.
        sample_weight: arrays or None.
        fraction: of the samples that are for validation.

    Raises:
        ValueError: where the data are no arrays, or one of the two would be empty.
    """
    if not is_in_memory(x):
        raise ValueError(
            f"validation_split: expected arrays or tensors to split, got x of type {type(x).__name__}; give "
            "validation_data instead."
        )
    columns = {"x": to_columns("x", x), "y": to_columns("y", y), "sample_weight": to_columns("w", sample_weight)}
    rows = number_of_rows(columns)
    at = math.floor(rows * (1 - fraction))
    if not 0 < at < rows:
        raise ValueError(
            f"validation_split: {fraction} of {rows} samples leaves {at} for training and {rows - at} for validation; "
            "both need one at least."
        )
    first, second = zip(*(split_rows(data, at) for data in columns.values()), strict=True)
    return first, second  # pyright: ignore[reportReturnType]


def validation_source(validation_data: Any, batch_size: int | None) -> Source:
    """Return the source of batches for `validation_data`.

    Args:
        validation_data: `(x, y)` or `(x, y, sample_weight)` of arrays; or an iterable of batches; or a source.
        batch_size: rows a batch, for arrays.

    Raises:
        ValueError: for something else.
    """
    if isinstance(validation_data, list | tuple):
        try:
            x, y, sample_weight = unpack_x_y_sample_weight(validation_data)
        except ValueError as error:
            raise ValueError(f"validation_data: {error}") from error
        return make_source(x, y, sample_weight, batch_size)
    return make_source(validation_data, batch_size=batch_size)
