"""Quantization of models: which layers, and what `gptq` and `awq` are told about the inputs of each."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from keras_core import ops
from keras_core.layers.quantization.quantizable import Quantizable
from keras_core.layers.quantization.table import checked
from keras_core.quantizers.calibrated_config import CalibratedConfig
from keras_core.quantizers.rounding import Seen
from keras_core.runtime.scopes import StatelessScope

_KEYS = ("pre_block_layers", "sequential_blocks")


def quantize_model(model: Any, mode: Any, config: Any, filters: Any, type_check: bool) -> None:
    """Quantize the layers of a model."""
    if not model.built:
        raise ValueError(f"{model.label}: quantize() needs a built model; call it on data, or begin it with an Input.")
    mode, given = checked(model.label, mode, config)
    wanted = _condition(model, filters)
    if isinstance(given, CalibratedConfig):
        _quantize_by_data(model, given, wanted)
    else:
        _quantize_each(model, mode, config, wanted, type_check)
    model._forget_functions()


def _condition(model: Any, filters: Any) -> Callable[[Any], bool]:
    """Return which layers are quantized."""
    if filters is None:
        return lambda layer: True
    if callable(filters):
        return filters
    patterns = [filters] if isinstance(filters, str) else filters
    if not isinstance(patterns, list | tuple) or not all(isinstance(pattern, str) for pattern in patterns):
        raise ValueError(
            f"{model.label}: expected filters to be a regular expression, a list of them or a function of a layer, "
            f"got {filters!r}."
        )
    return lambda layer: any(re.search(pattern, layer.name) for pattern in patterns)


def _quantize_each(model: Any, mode: str, config: Any, wanted: Callable[[Any], bool], type_check: bool) -> None:
    left = []
    for layer in model._flatten_layers(include_self=False):
        if not layer._own_weights() or not wanted(layer):
            continue
        try:
            layer.quantize(mode, type_check=type_check, config=config)
        except NotImplementedError:
            left.append(layer.name)
    if left:
        warnings.warn(
            f"{model.label}: the layers {left} have weights and no form for the mode {mode!r}; they stay as they are.",
            stacklevel=4,
        )


# by data -----------------------------------------------------------------------------------------------------------


def _quantize_by_data(model: Any, config: CalibratedConfig, wanted: Callable[[Any], bool]) -> None:
    before, blocks = _structure(model, config)
    if config.dataset is None:
        raise ValueError(
            f"{model.label}: the mode {config.mode!r} looks at data; pass {type(config).__name__}(dataset, ...)."
        )
    states = [np.asarray(sample) for sample in _samples(model, config)]
    for layer in before:
        states = [layer(state) for state in states]
    for block in blocks:
        layers = [item for item in block._flatten_layers() if _is_dense(item) and wanted(item)]
        seen = _watch(block, layers, states)
        for layer in layers:
            if id(layer) not in seen:
                raise ValueError(f"{model.label}: the block '{block.name}' does not call its layer '{layer.name}'.")
            layer._quantize(config.mode, config, type_check=False, seen=seen[id(layer)].result())
        states = [block(state) for state in states]  # what comes after sees the rounded block


def _structure(model: Any, config: CalibratedConfig) -> tuple[list[Any], list[Any]]:
    structure: Any = config.quantization_layer_structure
    if structure is None:
        structure = model.get_quantization_layer_structure(config.mode)
    if not isinstance(structure, dict) or not structure.get(_KEYS[1]):
        raise ValueError(
            f"{model.label}: the mode {config.mode!r} needs to know the blocks of the model: expected a dict with "
            f"'{_KEYS[0]}' and '{_KEYS[1]}', lists of layers, as quantization_layer_structure of "
            f"{type(config).__name__}, or from {type(model).__name__}.get_quantization_layer_structure(), got "
            f"{structure!r}."
        )
    return list(structure.get(_KEYS[0]) or ()), list(structure[_KEYS[1]])


def _is_dense(layer: Any) -> bool:
    return isinstance(layer, Quantizable) and "gptq" in layer.quantized_modes


def _samples(model: Any, config: CalibratedConfig) -> Iterator[np.ndarray]:
    """Yield sequences of token ids, of shape `(1, sequence_length)`, cut out of the data one after the other."""
    ids = np.concatenate([_ids(model, config, item) for item in _items(config.dataset)] or [np.zeros(0, "int32")])
    length = config.sequence_length
    if not ids.size:
        raise ValueError(f"{model.label}: expected data in the dataset of {type(config).__name__}, got none.")
    ids = np.resize(ids, max(length, ids.size))  # a short text is repeated
    count = min(config.num_samples, ids.size // length)
    starts = np.linspace(0, ids.size - length, count).astype(int)
    for start in starts:
        yield ids[None, start : start + length].astype("int32")


def _items(dataset: Any) -> Iterable[Any]:
    return [dataset] if isinstance(dataset, str) else dataset


def _ids(model: Any, config: CalibratedConfig, item: Any) -> np.ndarray:
    if isinstance(item, str):
        tokenizer = getattr(config.tokenizer, "tokenize", config.tokenizer)
        if not callable(tokenizer):
            raise ValueError(
                f"{model.label}: expected a tokenizer for a dataset of texts, a function or an object with a method "
                f"'tokenize', got {config.tokenizer!r}."
            )
        item = tokenizer(item)
    return np.asarray(ops.convert_to_numpy(item)).reshape(-1)


class _Statistics:
    """Sums over the inputs of a layer."""

    def __init__(self, layer: Any) -> None:
        (self._weight,) = layer._describe(layer._float_shape)
        rows = self._weight.matrix_shape[0]
        self._products = np.zeros((rows, rows))
        self._sizes = np.zeros(rows)
        self._count = 0

    def add(self, inputs: Any) -> None:
        """Look at the inputs of one call."""
        array = np.asarray(ops.convert_to_numpy(inputs), dtype="float64")
        axes = [axis % array.ndim for axis in self._weight.summed_inputs]
        rows = np.moveaxis(array, axes, range(-len(axes), 0)).reshape(-1, len(self._sizes))
        self._products += rows.T @ rows
        self._sizes += np.abs(rows).sum(0)
        self._count += len(rows)

    def result(self) -> Seen:
        """Return the means."""
        return Seen(self._products / self._count, self._sizes / self._count)


def _watch(block: Any, layers: list[Any], states: list[Any]) -> dict[int, _Statistics]:
    """Return statistics of the inputs of layers while a block is called."""
    found: dict[int, _Statistics] = {}
    calls = {id(layer): layer.call for layer in layers}

    def watched(layer: Any) -> Callable[..., Any]:
        def call(inputs: Any, *args: Any, **kwargs: Any) -> Any:
            found.setdefault(id(layer), _Statistics(layer)).add(inputs)
            return calls[id(layer)](inputs, *args, **kwargs)

        return call

    try:
        for layer in layers:
            layer.call = watched(layer)
        with StatelessScope():  # every call goes the general way, and nothing is changed by it
            for state in states:
                block(state)
    finally:
        for layer in layers:
            del layer.call
    return found
