"""Calls of models: 50 steps of training, and what a mask does on its way through layers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np

from parity.built import Built, on_side
from parity.calls import Call
from parity.families.layers import drawn_weights
from parity.sides import Side
from parity.tables.models import COMPILED, MODELS, STACKS, Training
from parity.tables.rows import ARRAYS

_BATCH: Final = 8
_STEPS: Final = 50
_MASKED: Final = "models.masked"


def paths() -> tuple[str, ...]:
    """Return what is compared."""
    return (*MODELS, _MASKED)


def calls(path: str) -> Iterator[Call]:
    """Yield the calls of a model."""
    if path == _MASKED:
        for name, layers in STACKS.items():
            yield Call(path, name, "outputs", partial(_masked, layers), objects=True)
            yield Call(path, name, "training", partial(_descended, layers), objects=True, derives=True)
        return
    for backend in ("numpy", "jax") if path in COMPILED else ("numpy",):
        run = partial(_trained, MODELS[path])
        yield Call(path, f"{_STEPS} steps", backend, run, objects=True, derives=True, ours=backend)


def _trained(training: Training, side: Side) -> Any:
    """Return the curves of a training, and what the model holds and gives after it."""
    model = training.model(side.api)
    inputs = training.inputs
    model(inputs if isinstance(inputs, list) else inputs[:1])
    drawn_weights(model)
    model.compile(training.optimizer.on(side, name="made"), **on_side(dict(training.compiled), side))
    trained_on = len(training.targets) * (1 - training.fitted.get("validation_split", 0))
    epochs = math.ceil(_STEPS / math.ceil(trained_on / _BATCH))
    fitted = {"batch_size": _BATCH, "epochs": epochs, "shuffle": False, "verbose": 0, **training.fitted}
    history = model.fit(inputs, training.targets, **fitted).history
    return [
        list(history),
        *(np.float32(curve) for curve in history.values()),
        model.predict(inputs, verbose=0),
        np.float32(model.evaluate(inputs, training.targets, verbose=0, return_dict=True)["loss"]),
        [weight.path for weight in model.weights],
        *(np.array(weight.value) for weight in model.weights),
    ]


def _stack(layers: tuple[Built, ...], side: Side) -> tuple[Any, Any]:
    """Return a model of layers that has weights which both sides have, and its input."""
    sentences = ARRAYS["sentences"]
    made = [side.api.Input(sentences.shape[1:], dtype="int32"), *(layer.on(side) for layer in layers)]
    model = side.api.Sequential(made, name="net")
    drawn_weights(model)
    return model, side.tensor(sentences)


def _masked(layers: tuple[Built, ...], side: Side) -> Any:
    """Return the outputs, and the masks after each layer."""
    model, x = _stack(layers, side)
    mask, masks, value = None, [], x
    for layer in model.layers:
        mask = layer.compute_mask(value, mask)
        value = layer(value)
        masks.append(mask)
    return [model(x), model.predict(ARRAYS["sentences"], verbose=0), masks]


def _descended(layers: tuple[Built, ...], side: Side) -> Any:
    """Return the weights after one step of descent: what is masked moves none."""
    model, _ = _stack(layers, side)
    sentences = ARRAYS["sentences"]
    model.compile(side.api.optimizers.SGD(1.0), "mse")
    target = np.ones(model.compute_output_shape(sentences.shape), np.float32)
    loss = model.fit(sentences, target, verbose=0, epochs=1).history["loss"]
    return [np.float32(loss), *(np.array(weight.value) for weight in model.weights)]
