"""Calls of layers: outputs, losses, masks, shapes, weights, gradients, configurations.

Both sides get the same weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import numpy as np

from parity.built import calls_of_configuration
from parity.calls import Call
from parity.sides import Side, flat
from parity.tables.layers import FUNCTIONS, REFUSED, ROWS
from parity.tables.rows import ARRAYS, Names, Row

_SCALES: Final = ("gamma", "variance")

_SUMS: Final = 10.0
"""Gradients are sums of some hundred numbers around 1; that of the bias of keys is 0 but for rounding errors."""


def paths() -> tuple[str, ...]:
    """Return what is compared."""
    return (*dict.fromkeys(row.layer.path for row in ROWS), *dict.fromkeys(row.layer.path for row in FUNCTIONS))


def calls(path: str) -> Iterator[Call]:
    """Yield the calls of a layer, or of a function that makes and calls one."""
    for row in FUNCTIONS:
        if row.layer.path == path:
            yield Call(path, str(row), "", partial(_function, row), objects=True)
    configured: set[str] = set()
    for row in ROWS:
        if row.layer.path == path:
            yield from _calls_of_row(row)
            if str(row.layer) not in configured:
                configured.add(str(row.layer))
                yield from calls_of_configuration(row.layer, str(row.layer), name="layer")
    for row in REFUSED:
        if row.layer.path == path:
            yield Call(path, f"wrong {row}", "call", partial(_called, row), objects=True, refused=True)


def _calls_of_row(row: Row) -> Iterator[Call]:
    precision = row.layer.arguments.get("dtype", "").removeprefix("mixed_")

    def call(aspect: str, run: Callable[[Row, Side], Any], **more: Any) -> Call:
        return Call(row.layer.path, str(row), aspect, partial(run, row), objects=True, precision=precision, **more)

    for aspect, run in _ASPECTS.items():
        yield call(aspect, run)
    if row.training:
        yield call("training", _trained, values=row.training == "values")
    if row.derives:
        yield call("gradient", _gradient, derives=True, scale=_SUMS)


# Inputs ------------------------------------------------------------------------------------------------------------


def _mapped(function: Callable[[np.ndarray], Any], names: Any) -> Any:
    """Return what a function makes of named arrays, in the lists in which their names stand."""
    return _mapped_leaves(
        lambda name: function(ARRAYS[name]) if isinstance(name, str) and name in ARRAYS else name, names
    )


def _mapped_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    if isinstance(tree, list | tuple):
        return type(tree)(_mapped_leaves(function, item) for item in tree)
    return function(tree)


def _inputs(row: Row, side: Side) -> tuple[Any, ...]:
    return _positional(_mapped(side.tensor, row.inputs))


def _positional(inputs: Any) -> tuple[Any, ...]:
    return inputs if isinstance(inputs, tuple) else (inputs,)


def _options(row: Row, side: Side) -> dict[str, Any]:
    return {key: _mapped(side.tensor, value) for key, value in row.options.items()}


# What is compared --------------------------------------------------------------------------------------------------


def _layer(row: Row, side: Side) -> Any:
    """Return the layer, built, with drawn weights: the same on both sides."""
    side.api.utils.set_random_seed(1)
    layer = row.layer.on(side, name="layer")
    layer(*_inputs(row, side), **_options(row, side))
    drawn_weights(layer, 0.1)
    return layer


def drawn_weights(layer: Any, low: float = -0.5) -> None:
    """Give a layer or model weights that are drawn: the same on both sides; what scales is positive."""
    rng = np.random.default_rng(5)
    layer.set_weights(
        [
            rng.uniform(0.5 if weight.path.endswith(_SCALES) else low, 1.0, weight.shape).astype(np.float32)
            for weight in layer.weights
        ]
    )


def _called(row: Row, side: Side) -> Any:
    """Return outputs and losses; of a layer with state those of a second call too."""
    layer = _layer(row, side)
    stateful = row.layer.arguments.get("stateful", False)
    if stateful:
        layer.reset_state()
    outputs = [layer(*_inputs(row, side), **_options(row, side)) for _ in range(2 if stateful else 1)]
    return [outputs, list(layer.losses)]


def _trained(row: Row, side: Side) -> Any:
    """Return outputs in training, and the weights that this has changed."""
    layer = _layer(row, side)
    outputs = layer(*_inputs(row, side), **_options(row, side), training=True)
    return [outputs, [weight.value for weight in layer.non_trainable_weights]]


def _symbolic(row: Row, side: Side) -> Any:
    """Return shapes and dtypes of outputs for a batch of unknown size, which state that is kept has to know."""
    known = row.layer.arguments.get("stateful", False)

    def placeholder(array: np.ndarray) -> Any:
        shape = (array.shape[0] if known else None, *array.shape[1:])
        return side.api.Input(batch_shape=shape, dtype=array.dtype.name)

    inputs = _positional(_mapped(placeholder, row.inputs))
    options = {key: _mapped(placeholder, value) for key, value in row.options.items()}
    outputs = flat(row.layer.on(side, name="layer")(*inputs, **options))
    return frozenset(f"{place}: {tuple(output.shape)} {output.dtype}" for place, output in enumerate(outputs))


def _weights(row: Row, side: Side) -> Any:
    """Return how weights are called, their shapes and dtypes, and which are trainable."""
    return frozenset(
        f"{place}: {weight.path} {tuple(weight.shape)} {weight.dtype} {weight.trainable}"
        for place, weight in enumerate(_layer(row, side).weights)
    )


def _mask(row: Row, side: Side) -> Any:
    """Return the masks that the layer makes of none, and of one of each input."""
    layer = _layer(row, side)
    inputs = _inputs(row, side)[0]
    masks = _mapped(
        lambda array: side.tensor(np.arange(array[..., 0].size).reshape(array.shape[:-1]) % 3 > 0), _first(row)
    )
    return [layer.supports_masking, layer.compute_mask(inputs, None), layer.compute_mask(inputs, masks)]


def _first(row: Row) -> Names:
    return row.inputs[0] if isinstance(row.inputs, tuple) else row.inputs


def _gradient(row: Row, side: Side) -> Any:
    """Return the gradients of trainable weights and of inputs, where these are floats."""
    layer = _layer(row, side)
    if row.layer.arguments.get("stateful", False):
        layer.reset_state()
    inputs, options = _inputs(row, side), _options(row, side)
    fixed = [variable.value for variable in layer.non_trainable_variables]
    ops = side.api.ops

    def loss(values: list[list[Any]]) -> Any:
        trainable, floats = values[0], iter(values[1])
        given = _mapped_leaves(lambda leaf: next(floats) if _is_float(leaf) else leaf, inputs)
        outputs, _ = layer.stateless_call(trainable, fixed, *given, **options)
        total = 0.0
        for output in map(partial(ops.cast, dtype="float32"), flat(outputs)):
            total = total + ops.sum(output * _factors(output.shape))
        return total

    return side.gradient(loss)([[variable.value for variable in layer.trainable_variables], _floats(inputs)])


def _factors(shape: tuple[int, ...]) -> np.ndarray:
    """Return what outputs are weighted by: all different, and of one sign, so that sums do not cancel."""
    return (1.5 + np.cos(np.arange(np.prod(shape, dtype=int)))).astype(np.float32).reshape(shape)


def _is_float(leaf: Any) -> bool:
    return "float" in str(getattr(leaf, "dtype", ""))


def _floats(inputs: tuple[Any, ...]) -> list[Any]:
    return [leaf for leaf in flat(inputs) if _is_float(leaf)]


def _function(row: Row, side: Side) -> Any:
    return side.function(row.layer.path)(*_inputs(row, side), **row.layer.arguments)


_ASPECTS: Final = {"call": _called, "symbolic": _symbolic, "weights": _weights, "mask": _mask}
