"""Properties of configurations and files."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from keras_conformance.layer_checks.bench import Bench
from keras_conformance.layer_checks.examination import Examination


def check_config(examination: Examination) -> None:
    """Check that the configuration has all arguments, survives JSON, and makes a layer that computes the same."""
    layer = examination.bench.layer
    config = _read(layer.get_config())
    missing = [name for name in examination.specimen.arguments if name not in config]
    examination.demand("config", "arguments of the constructor that get_config() lacks", [], missing)
    with examination.doing("config", "a copy from get_config(), through JSON"):
        copy = copied(examination)
        again = _read(copy.layer.get_config())
    examination.demand("config", "get_config() of a copy", config, again)
    for name in examination.specimen.arguments:
        expected, got = (_as_data(getattr(one, name, None)) for one in (layer, copy.layer))
        examination.demand("config", f"attribute '{name}' of a copy", expected, got)
    for expected, output in zip(examination.outcome.outputs, copy.outcome.outputs, strict=True):
        examination.same("config", "outputs of a copy with the same weights", expected, output)


def copied(examination: Examination) -> Bench:
    """Return a bench with a layer that is made from the configuration of the one that is examined."""
    layer = examination.bench.layer
    data = json.loads(json.dumps(_written(layer)))
    with examination.bench.at_work():
        again = _made(type(layer), data, examination.specimen.custom_objects)
        return Bench(examination.specimen, weights=layer.get_weights(), layer=again)


def _written(layer: Any) -> Any:
    from keras_core.runtime.serialization import serialize_keras_object

    return serialize_keras_object(layer)["config"]


def _made(cls: Any, config: Any, custom_objects: Any) -> Any:
    from keras_core.runtime.serialization import custom_object_scope

    with custom_object_scope({cls.__name__: cls, **custom_objects}):
        return cls.from_config(config)


def _read(config: Any) -> Any:
    """Return a configuration as JSON brings it back."""
    from keras_core.runtime.serialization import serialize_keras_object

    return json.loads(json.dumps(serialize_keras_object(config)))


def _as_data(value: Any) -> Any:
    """Return an attribute as data, where it has such a form."""
    from keras_core.runtime.serialization import serialize_keras_object

    try:
        return _read(serialize_keras_object(value))
    except (TypeError, ValueError):
        return None


def check_weights(examination: Examination) -> None:
    """Check that what `save_own_variables` stores makes a layer with other weights compute the same."""
    layer = examination.bench.layer
    copy = copied(examination)
    with examination.bench.at_work():
        copy.layer.set_weights([np.zeros_like(array) for array in copy.layer.get_weights()])
        pairs = list(zip(layer._flatten_layers(), copy.layer._flatten_layers(), strict=True))
        for own, other in pairs:
            store: dict[str, Any] = {}
            own.save_own_variables(store)
            other.load_own_variables(store)
        copy.first = [variable.numpy() for variable in copy.layer.variables]
    for expected, output in zip(examination.outcome.outputs, copy.outcome.outputs, strict=True):
        # Not to the bit: a layer may store the sum of what it adds, as those with low-rank adapters do.
        examination.near("weights", "outputs after save_own_variables and load_own_variables", expected, output)


def check_saving(examination: Examination) -> None:
    """Check that a model with the layer gives the same outputs after it was saved and loaded."""
    from keras_core import saving
    from keras_core.runtime.serialization import custom_object_scope

    bench, cls = examination.bench, type(examination.bench.layer)
    with bench.at_work(), examination.doing("saving", "a model that is saved and loaded"):
        built = model_of(examination)
        expected = _predicted(examination, built)
        with (
            tempfile.TemporaryDirectory() as folder,
            custom_object_scope({cls.__name__: cls, **examination.specimen.custom_objects}),
        ):
            file = Path(folder) / "layer.keras"
            built.save(file)
            again = saving.load_model(file)
        got = _predicted(examination, again)
    for one, other in zip(expected, got, strict=True):
        examination.near("saving", "outputs of a model that was saved and loaded", one, other)


def model_of(examination: Examination, size: int | None = None) -> Any:
    """Return a model of the layer alone, whose inputs and outputs are flat lists.

    Args:
        examination: the layer.
        size: of the batch, None for unknown.
    """
    from keras_core import KerasTensor, Model, tree

    inputs, named = examination.specimen.symbolic(size)
    outputs = examination.bench.layer(inputs, **named)
    leaves = [leaf for leaf in tree.flatten((inputs, named)) if isinstance(leaf, KerasTensor)]
    return Model(leaves, tree.flatten(outputs))


def arrays_of(examination: Examination) -> list[np.ndarray]:
    """Return the arrays of the arguments in the order of the inputs of `model_of`."""
    from keras_core import tree

    return [leaf for leaf in tree.flatten(examination.specimen.given()) if isinstance(leaf, np.ndarray)]


def _predicted(examination: Examination, model: Any) -> list[np.ndarray]:
    from keras_core import tree

    bench = examination.bench
    return list(map(bench.array, tree.flatten(model(list(map(bench.tensor, arrays_of(examination)))))))
