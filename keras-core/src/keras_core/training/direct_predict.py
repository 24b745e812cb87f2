"""`predict` of arrays that nobody watches: from the rows to the compiled step and back, with nothing in between.

The ordinary way, through source, feed and callbacks, takes longer than a small model needs for a batch. It makes the
step at the first call, and is for all that is not plain: other data, data that are refused, callbacks, a progress bar.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from keras_core import ops
from keras_core.runtime import config, tree
from keras_core.runtime.table import active, use_table
from keras_core.training.data.adapters import DEFAULT_BATCH_SIZE
from keras_core.training.data.columns import take_rows
from keras_core.training.data.source import ArraySource
from keras_core.training.data.unpack import pack_x_y_sample_weight
from keras_core.training.data_checks import DataChecks

_NUMBERS = frozenset("biufc")


def predicted_directly(model: Any, x: Any, batch_size: Any) -> Any:
    """Return what `predict` returns without callbacks; `NotImplemented` where it has to go the ordinary way.

    Args:
        model: the model.
        x: inputs, as of `predict`.
        batch_size: rows a batch, as of `predict`.
    """
    size = DEFAULT_BATCH_SIZE if batch_size is None else batch_size
    if model.predict_function is None or type(size) is not int or size < 1:
        return NotImplemented
    rows = rows_of(x)
    if rows == 0 or config.max_steps_per_epoch() is not None:
        return NotImplemented
    if rows > size and model._compiled is not None and model._compiled.steps_per_execution not in (1, "auto"):
        return NotImplemented  # only for errors, which name all batches that are computed in one go
    with use_table(model._table):
        function = model.make_predict_function()
        if rows <= size:
            return to_host(_outputs(model, function, x, size, 0)[0])
        found: list[Any] = []
        waiting: list[Any] = []
        for start in range(0, rows, size):
            outputs = _outputs(model, function, x, size, start)
            # Fetched one step late, so that the device computes meanwhile.
            found += map(to_host, waiting)
            waiting = outputs
        found += map(to_host, waiting)
    return in_one(found)


def _outputs(model: Any, function: Callable[..., list[Any]], x: Any, size: int, start: int) -> list[Any]:
    """Return the outputs of the batch that begins at a row, not fetched yet."""
    batch = pack_x_y_sample_weight(take_rows(x, slice(start, start + size)))
    try:
        return function([batch])
    except Exception as error:
        source = ArraySource(x, batch_size=size)
        DataChecks(model, "predict", "predict_step", source).explain(error, start // size, [batch])
        raise


def rows_of(x: Any) -> int:
    """Return how many rows NumPy arrays of numbers have, all the same; 0 for anything else.

    Args:
        x: an array, or lists, tuples and dicts of them.
    """
    if type(x) is np.ndarray:
        return len(x) if x.ndim and x.dtype.kind in _NUMBERS else 0
    if not isinstance(x, list | tuple | dict):
        return 0
    rows = {rows_of(leaf) if type(leaf) is np.ndarray else 0 for leaf in tree.flatten(x)}
    return rows.pop() if len(rows) == 1 else 0


def to_host(outputs: Any) -> Any:
    """Return outputs, in their structure, as NumPy arrays."""
    table = active()
    if type(outputs) is table.tensor_type:
        return table.to_host(outputs)
    return tree.map_structure(ops.convert_to_numpy, outputs)


def in_one(parts: list[Any]) -> Any:
    """Return the outputs of all batches, in their structure.

    Args:
        parts: outputs of each batch, as NumPy arrays; at least one.
    """
    if len(parts) == 1:
        return parts[0]
    if type(parts[0]) is np.ndarray:
        return np.concatenate(parts)
    return tree.map_structure(lambda *arrays: np.concatenate(arrays), *parts)
