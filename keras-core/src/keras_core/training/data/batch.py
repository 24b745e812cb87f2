"""One batch of an iterable, in the form in which a step takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_core.runtime import tree
from keras_core.training.data.class_weights import with_class_weights
from keras_core.training.data.columns import is_array, is_number, is_numbers, to_array, to_floatx
from keras_core.training.data.unpack import pack_x_y_sample_weight, unpack_x_y_sample_weight


def standardize_batch(batch: Any, position: int, class_weight: Mapping[int, float] | None = None) -> Any:
    """Return a batch of tensors of the active backend, and of arrays whose floats are `floatx`.

    Args:
        batch: `x`, `(x, y)` or `(x, y, sample_weight)` of arrays, tensors of any backend, frames and nested lists of
            numbers. Single numbers, strings, None and functions stay.
        position: its number, for errors.
        class_weight: class -> weight, or None.

    Raises:
        ValueError: for something else, naming the batch and the argument.
    """
    try:
        x, y, sample_weight = unpack_x_y_sample_weight(batch)
        x, y, sample_weight = _part("x", x), _part("y", y), _part("sample_weight", sample_weight)
        return pack_x_y_sample_weight(x, y, with_class_weights(y, sample_weight, class_weight))
    except ValueError as error:
        raise ValueError(f"batch {position} of the data: {error}") from error


def _part(argument: str, data: Any) -> Any:
    if isinstance(data, np.ndarray):
        return _leaf(argument, data)
    if isinstance(data, list | tuple) and is_numbers(data):
        return _leaf(argument, np.asarray(data))
    return None if data is None else tree.map_structure(lambda leaf: _leaf(argument, leaf), data)


def _leaf(argument: str, leaf: Any) -> Any:
    if not isinstance(leaf, np.ndarray):
        if leaf is None or is_number(leaf) or isinstance(leaf, str | bytes) or callable(leaf):
            return leaf
        if not is_array(leaf):
            raise ValueError(
                f"{argument}: expected an array or a tensor, got {type(leaf).__name__}. Where it is ragged or sparse, "
                "make it dense in the pipeline that yields it."
            )
    array = to_array(argument, leaf)
    return to_floatx(array) if isinstance(array, np.ndarray) else array
