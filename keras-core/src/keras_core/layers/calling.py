"""What happens around the `call` of a layer: conversion of arguments, masks, shapes."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from keras_core.layers.call_facts import CallFacts
from keras_core.runtime.call_context import get_mask, set_mask
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.dtypes import FLOATS
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import DispatchTable
from keras_core.runtime.variable import Variable

_UNTOUCHED = (bool, int, float, complex, str, bytes, type(None))


def convert_arguments(table: DispatchTable, values: Any, dtype: str | None) -> Any:
    """Return a tree with arrays and tensors of other backends as tensors of the table, floats in a dtype.

    Args:
        table: the active table.
        values: tree of arguments; what is no tensor stays as it is.
        dtype: to which floats are cast, None for no cast.
    """
    cls = values.__class__
    if cls in _UNTOUCHED:
        return values
    if isinstance(values, table.tensor_types):
        return _cast(table, values, dtype)
    if isinstance(values, Variable):
        return _cast(table, to_tensor(table, values), dtype)
    if isinstance(values, list | tuple):
        items = [convert_arguments(table, item, dtype) for item in values]
        return items if isinstance(values, list) else cls(*items) if hasattr(cls, "_fields") else tuple(items)
    if isinstance(values, dict):
        return {key: convert_arguments(table, item, dtype) for key, item in values.items()}
    if isinstance(values, KerasTensor) or not hasattr(cls, "__array__"):
        return values
    if isinstance(values, np.ndarray | np.generic) and values.dtype.kind in "USOMm":
        return values
    return _cast(table, to_tensor(table, values), dtype)


def _cast(table: DispatchTable, x: Any, dtype: str | None) -> Any:
    if dtype is None:
        return x
    name = table.dtype_names.get(x.dtype)
    return cast_with_mask(table, x, dtype) if name != dtype and name in FLOATS else x


def cast_with_mask(table: DispatchTable, x: Any, dtype: str) -> Any:
    """Return a tensor in another dtype, with the mask that it has."""
    result = table.astype(x, dtype)
    mask = get_mask(x)
    if mask is not None:
        set_mask(result, mask)
    return result


# masks -------------------------------------------------------------------------------------------------------------


def masks_of(values: Any) -> Any:
    """Return the masks of a tensor or of the tensors of a tree, None where no tensor has one."""
    if isinstance(values, list | tuple):
        masks = [masks_of(item) for item in values]
        return masks if any(mask is not None for mask in masks) else None
    if isinstance(values, dict):
        named = {key: masks_of(item) for key, item in values.items()}
        return named if any(mask is not None for mask in named.values()) else None
    return None if values.__class__ in _UNTOUCHED else get_mask(values)


def fill_masks(table: DispatchTable, facts: CallFacts, arguments: dict[str, Any], kwargs: dict[str, Any]) -> None:
    """Put the masks of the arguments into those parameters `mask` and `<argument>_mask` that the caller left out."""
    tensors = {name: value for name, value in arguments.items() if _holds_tensor(table, value)}
    if "mask" in facts.parameters and arguments.get("mask") is None:
        first = next(iter(tensors), None)
        mask = masks_of(tensors[first]) if first is not None and first != "mask" else None
        if mask is not None and "mask" not in facts.names[: len(arguments) - len(kwargs)]:
            kwargs["mask"] = mask
    for name, value in tensors.items():
        parameter = f"{name}_mask"
        if parameter in facts.parameters and arguments.get(parameter) is None:
            mask = masks_of(value)
            if mask is not None and parameter not in facts.names[: len(arguments) - len(kwargs)]:
                kwargs[parameter] = mask


def _holds_tensor(table: DispatchTable, value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_holds_tensor(table, item) for item in value)
    if isinstance(value, dict):
        return any(_holds_tensor(table, item) for item in value.values())
    return isinstance(value, table.tensor_types)


def attach_masks(outputs: Any, masks: Any) -> None:
    """Attach masks to the tensors of a tree of the same structure, or one mask to each tensor."""
    if isinstance(outputs, list | tuple):
        per_item = isinstance(masks, list | tuple) and len(masks) == len(outputs)
        for position, item in enumerate(outputs):
            attach_masks(item, masks[position] if per_item else masks)
    elif isinstance(outputs, dict):
        for key, item in outputs.items():
            attach_masks(item, masks.get(key) if isinstance(masks, dict) else masks)
    elif masks is not None and outputs.__class__ not in _UNTOUCHED:
        set_mask(outputs, masks)


def warn_of_lost_mask(layer: Any) -> None:
    """Warn that the inputs have a mask and the outputs will not."""
    warnings.warn(
        f"{layer.label} got an input with a mask but does not support masking, so layers after it do not see the mask. "
        "Set 'supports_masking = True' in __init__() if the mask holds for its outputs too, or write compute_mask().",
        stacklevel=4,
    )
