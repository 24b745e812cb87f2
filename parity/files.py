"""Model files, both ways: a model that one of the two saves goes on in the other as it goes on where it was made.

What a file holds is drawn, the same on both sides: weights, and the state of an optimizer after two steps.
"""

from __future__ import annotations

import atexit
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

import keras_core
from parity.families.layers import drawn_weights
from parity.sides import Side, flat, keras_side, our_side

WRITERS: Final = ("keras", "keras_core")
_STEPS: Final = 2
_MEASURED: Final = ("date_saved", "keras_core_version")
"""What the metadata say beside the version of Keras."""

_NO_TRAINING: Final = ("training", False)


@dataclass(frozen=True, eq=False)
class Example:
    """A model that is saved and goes on.

    Attributes:
        name: no other has it.
        model: makes it of one side, compiled.
        inputs: what it gets: an array, or several in a list or dict.
        targets: what it should give; None for numbers that are made up for each output.
        trains: whether it goes on being trained; not where random numbers are drawn for that.
        drawn: whether its weights are drawn; not where `model` has taken care of them.
        adapted: whether it has low-rank changes: saving makes them part of what they change, and a model that is loaded
            begins with random ones. So both sides load it, and go on with the same new ones.
        precision: the dtype in which it computes, where that is not float32.
    """

    name: str
    model: Callable[[Side], Any]
    inputs: Any
    targets: Any = None
    trains: bool = True
    drawn: bool = True
    adapted: bool = False
    precision: str = ""


@dataclass(frozen=True)
class Continued:
    """How a model went on.

    Attributes:
        predictions: before it is trained, by output, or all of them under "".
        logs: of each step of training.
        weights: values of those of each layer, after training, by their paths; none of a model that is not trained.
        state: values of the variables of the optimizer.
    """

    predictions: Mapping[str, Any]
    logs: tuple[Mapping[str, np.ndarray], ...]
    weights: Mapping[str, list[np.ndarray]]
    state: list[np.ndarray]


def continued(example: Example, writer: str, side: Side) -> Continued:
    """Let a model go on: on the side that wrote it the one in memory, on the other the one from the file."""
    found = _continued(example, writer, side)
    if isinstance(found, Exception):
        raise found
    return found


@cache
def _continued(example: Example, writer: str, side: Side) -> Continued | Exception:
    """Return how a model went on, or why it did not, which is the same for all that stand in it."""
    try:
        return _going_on(example, writer, side)
    except Exception as error:
        return error


def _going_on(example: Example, writer: str, side: Side) -> Continued:
    if writer == side.name and not example.adapted:
        model = _prepared(example, side)
    else:
        model = side.api.saving.load_model(file_of(example, writer))
    if example.adapted:
        _change_anew(model)
    predictions = model.predict_on_batch(example.inputs)
    by_output = predictions if isinstance(predictions, dict) else {"": predictions}
    logs: list[Mapping[str, Any]] = []
    if example.trains:
        targets = _mapped(_made_up, predictions) if example.targets is None else example.targets
        logs = [_step(model, example.inputs, targets) for _ in range(_STEPS)]
    optimizer = getattr(model, "optimizer", None)
    return Continued(
        {name: _mapped(np.asarray, value) for name, value in by_output.items()},
        tuple({name: np.asarray(value, np.float32) for name, value in each.items()} for each in logs),
        {layer.name: _values(_by_path(layer.weights)) if example.trains else [] for layer in model.layers},
        _values(optimizer.variables) if optimizer is not None else [],
    )


@cache
def file_of(example: Example, writer: str) -> Path:
    """Return the file that one of the two writes in this process."""
    path = _folder() / f"{example.name}-{writer}.keras"
    side = _side_of(writer)
    with _in_force(side):
        _prepared(example, side).save(path)
    return path


def predicted(example: Example, writer: str, side: Side) -> Any:
    """Return what a model predicts whose weights come from a file of weights alone."""
    path = file_of(example, writer).with_suffix(".weights.h5")
    if writer == side.name and not example.adapted:
        return _prepared(example, side).predict_on_batch(example.inputs)
    written, read = _side_of(writer), example.model(side)
    with _in_force(written):
        _prepared(example, written).save_weights(path)
    read.load_weights(path)
    return read.predict_on_batch(example.inputs)


def _side_of(writer: str) -> Side:
    return keras_side(None) if writer == "keras" else our_side()


def _in_force(side: Side) -> AbstractContextManager[Any]:
    return keras_core.use_backend(side.backend) if side.api is keras_core else nullcontext()


@cache
def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix="keras-files-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _prepared(example: Example, side: Side) -> Any:
    """Return a model as it is when it is saved; what has no name gets the one that it would get in a new process."""
    side.api.utils.clear_session()
    side.api.utils.set_random_seed(1)
    model = example.model(side)
    if example.drawn:
        drawn_weights(model)
    if getattr(model, "optimizer", None) is not None:
        _take_steps(model, side)
    return model


def _change_anew(model: Any) -> None:
    """Give a model other low-rank changes: the same on both sides."""
    draw = np.random.default_rng(13)
    for weight in model.weights:
        if "/lora_" in weight.path:
            weight.assign(draw.normal(size=weight.shape, scale=0.3).astype(np.float32))


def _take_steps(model: Any, side: Side) -> None:
    """Let the optimizer take steps with drawn gradients, without any training: Keras cannot train on NumPy."""
    optimizer, trained = model.optimizer, model.trainable_variables
    optimizer.build(trained)
    draw = np.random.default_rng(11)
    for _ in range(_STEPS):
        gradients = [side.tensor(draw.normal(size=each.shape, scale=0.3).astype(np.float32)) for each in trained]
        gradients = [side.api.ops.cast(value, each.dtype) for value, each in zip(gradients, trained, strict=True)]
        own, state = optimizer.stateless_apply(
            [each.value for each in optimizer.variables], gradients, [each.value for each in trained]
        )
        for variables, values in ((trained, own), (optimizer.variables, state)):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)


def _step(model: Any, inputs: Any, targets: Any) -> Mapping[str, Any]:
    """Take a step of training, in which recurrent layers begin anew: Keras on JAX does not keep their states."""
    for layer in model.layers:
        if getattr(layer, "stateful", False):
            layer.reset_state()
    return model.train_on_batch(inputs, targets, return_dict=True)


def _by_path(weights: list[Any]) -> list[Any]:
    """Return weights in an order that does not depend on when each was made: a quantized layer got some later."""
    return sorted(weights, key=lambda weight: weight.path)


def _values(variables: list[Any]) -> list[np.ndarray]:
    return [np.array(variable.value) for variable in variables]


def _mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _mapped(function, value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_mapped(function, value) for value in tree]
    return function(tree)


def _made_up(prediction: Any) -> np.ndarray:
    shape = tuple(prediction.shape)
    return np.cos(np.arange(np.prod(shape, dtype=int))).astype(np.float32).reshape(shape)


# What stands in a file ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Content:
    """What a file holds, read without building anything.

    Attributes:
        config: the description of the model.
        metadata: of the archive, without what is measured.
        arrays: path in the HDF5 file -> a line with the form of an array, and the name of what has it.
    """

    config: Mapping[str, Any]
    metadata: Mapping[str, Any]
    arrays: Mapping[str, tuple[str, str]]


@cache
def content(example: Example, writer: str) -> Content:
    """Return what stands in the file that one of the two writes."""
    import h5py

    arrays: dict[str, tuple[str, str]] = {}

    def note(path: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            attributes = {key: str(value) for key, value in sorted(item.attrs.items())}
            arrays[path] = f"{item.shape} {item.dtype} {attributes}", str(item.parent.attrs.get("name"))

    with zipfile.ZipFile(file_of(example, writer)) as archive:
        config, metadata = (json.loads(archive.read(name)) for name in ("config.json", "metadata.json"))
        with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
            file.visititems(note)
    return Content(config, {key: value for key, value in metadata.items() if key not in _MEASURED}, arrays)


def facts_of(value: Any, path: str = "") -> Iterator[str]:
    """Yield JSON as lines, one a value, without what tells nothing.

    The ids of objects that stand in several places are those of objects that never change. Keras writes arguments of a
    call that were not given as None or False, a build or compilation of which nothing is known as None or {}.
    """
    part = path.rpartition(".")[2]
    if isinstance(value, dict) and value:
        for key, item in value.items():
            if key != "shared_object_id" and not (part == "kwargs" and (item is None or (key, item) == _NO_TRAINING)):
                yield from facts_of(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        for place, item in enumerate(value):
            yield from facts_of(item, f"{path}.{place}")
    elif value or (part not in ("kwargs", "compile_config") and not path.endswith("build_config.input_shape")):
        yield f"{path}: {json.dumps(value)}"


def leaves(found: Continued) -> list[Any]:
    """Return everything in which a model that goes on may differ."""
    return [
        flat(found.predictions),
        [[name, value] for each in found.logs for name, value in each.items()],
        flat(found.weights),
        found.state,
    ]
