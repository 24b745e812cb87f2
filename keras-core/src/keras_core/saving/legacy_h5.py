"""The legacy format `.h5`, read only: a whole model in one HDF5 file, or its weights alone, as Keras writes them still.

The group `model_weights` has a group for each layer with the arrays of its weights, and attributes with their order;
the configurations of the model and of its training are attributes of the file, as JSON. All of it goes through the
checks of the other formats: the HDF5 subset, strict JSON, known classes by slot, the budget.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from keras_core.runtime.serialization import custom_object_scope
from keras_core.runtime.strict_json import parse_json
from keras_core.runtime.table import host_dtype
from keras_core.saving.budget import Budget
from keras_core.saving.configuration import model_from_config
from keras_core.saving.contents import Entry, nbytes_of
from keras_core.saving.errors import ModelFileError, existing, listed, shown
from keras_core.saving.hdf5 import Groups, open_groups
from keras_core.saving.hdf5_names import Attributes
from keras_core.saving.report import LoadReport
from keras_core.saving.weights import WITH_THE_REST, differences

_WEIGHTS: Final = "model_weights"
_TOP: Final = "top_level_model_weights"
_OPTIMIZER: Final = "optimizer_weights"
_MODELS: Final = ("Functional", "Sequential", "Model")
_COMPILE: Final = ("loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly", "steps_per_execution")


EXTENSIONS: Final = (".h5", ".hdf5")


def is_legacy(path: str) -> bool:
    """Tell whether a path is that of a file in this format, which has a part of the extension of another one."""
    return path.endswith(EXTENSIONS) and not path.endswith(".weights.h5")


@dataclass(frozen=True)
class LegacyFile:
    """What a file holds.

    Attributes:
        config: configuration of the model, None in a file of weights alone.
        training: what was given to `compile`, None where it was not called.
        layers: name of a layer -> its weights, in their order.
        optimizer: state of the optimizer, None where there is none.
    """

    config: Any
    training: Any
    layers: dict[str, Entry]
    optimizer: Entry | None

    def entries(self) -> dict[str, Entry]:
        """Return all arrays."""
        return {**self.layers, **({} if self.optimizer is None else {_OPTIMIZER: self.optimizer})}


def load_model(
    path: Any, custom_objects: Mapping[str, Any] | None = None, compile: bool = True, safe_mode: bool | None = True
) -> Any:
    """Return the model in a legacy `.h5` file, on the active backend.

    Args:
        path: path of the file.
        custom_objects: names and classes or functions that the file may name too.
        compile: whether training configuration and optimizer state are taken over.
        safe_mode: False for layers that read other files which the caller trusts; code is never loaded from the file.

    Raises:
        MissingFileError: where there is no such file.
        ModelFileError: where the file is refused, or names what is not known.
    """
    with open_legacy(path) as (what, file), custom_object_scope(custom_objects):
        if file.config is None:
            raise ModelFileError(f"{what}: it holds weights and no model; make the model and call load_weights().")
        config = _with_modules(file.config)
        if compile and isinstance(config, dict) and file.training is not None:
            config["compile_config"] = _compile_config(file.training, what)
        budget = Budget(nbytes_of(file.entries()), what)
        with budget.scope():
            model = model_from_config(config, what, safe_mode)
            _set_all(_pairs(model, file, what, with_optimizer=compile), what, model)
        budget.draw_rest()
    return model


def load_weights(model: Any, path: Any, skip_mismatch: bool = False, by_name: bool = False) -> LoadReport:
    """Set the weights of a model from a legacy `.h5` file, of weights or of a whole model.

    Layers that have weights go by their names where these are those of the file, else by their order.

    Args:
        model: the model, built.
        path: path of the file.
        skip_mismatch: whether layers whose variables do not fit are left as they are, with a warning.
        by_name: whether only layers are set whose name is in the file; of the others a warning tells.

    Returns:
        What became of each variable.

    Raises:
        MissingFileError: where there is no such file.
        ModelFileError: where the file is refused or does not fit; no variable is changed then.
    """
    with open_legacy(path) as (what, file):
        own = {name: variables for name, variables in _layers_of(model).items() if variables}
        stored = {name: entry for name, entry in file.layers.items() if len(entry)}
        names = {name: name for name in own if name in stored}
        if not by_name and own.keys() != stored.keys():
            if len(own) != len(stored):
                raise ModelFileError(
                    f"{what} does not fit {model.label}: expected {len(own)} layers with weights, {shown(list(own))}, "
                    f"the file has {shown(list(stored))}. Pass by_name=True to set those of the same name."
                )
            names = dict(zip(own, stored, strict=True))
        reasons = {name: differences(stored[names[name]], own[name]) for name in names}
        fitting = [name for name in names if not (skip_mismatch and reasons[name])]
        _set_all([(name, stored[names[name]], own[name]) for name in fitting], what, model)
    report = LoadReport(
        what,
        model.label,
        tuple(_flat(own, fitting)),
        tuple(_flat(own, [name for name in own if name not in names])),
        tuple(f"{name}/{key}" for name in stored if name not in names.values() for key in stored[name]),
        {
            f"{name}/{variable.name}": reasons[name].get(str(position), WITH_THE_REST)
            for name in names
            if name not in fitting
            for position, variable in enumerate(own[name])
        },
    )
    if not report.complete:
        warnings.warn(str(report), stacklevel=4)
    return report


def _flat(own: dict[str, list[Any]], names: list[str]) -> list[str]:
    return [f"{name}/{variable.name}" for name in names for variable in own[name]]


@contextlib.contextmanager
def open_legacy(path: Any) -> Iterator[tuple[str, LegacyFile]]:
    """Check a file and give what it is called, for errors, and what it holds.

    Args:
        path: path of the file.

    Raises:
        MissingFileError: where there is no such file.
        ModelFileError: where the file is refused.
    """
    name = existing(path)
    what = repr(name)
    with open(name, "rb") as file, open_groups(file, what) as groups:
        attributes = Attributes(file, what)
        yield (
            what,
            LegacyFile(
                _json(attributes, groups, "model_config", what),
                _json(attributes, groups, "training_config", what),
                _layers(attributes, groups, what),
                _entry(attributes, groups, _OPTIMIZER, what) if _OPTIMIZER in groups else None,
            ),
        )


def _json(attributes: Attributes, groups: Groups, name: str, what: str) -> Any:
    text = attributes.text(groups[""][0], "", name)
    return None if text is None else parse_json(text.encode("utf-8", "surrogatepass"), f"{what}: {name}")


def _layers(attributes: Attributes, groups: Groups, what: str) -> dict[str, Entry]:
    root = _WEIGHTS if _WEIGHTS in groups else ""
    names = attributes.names(groups[root][0], root, "layer_names")
    if names is None:
        raise ModelFileError(f"{what}: expected a list 'layer_names'. It is no file of a model or of weights.")
    top = [_TOP] if _path(root, _TOP) in groups else []
    found = {name: _entry(attributes, groups, _path(root, name), what) for name in [*names, *top]}
    if len(found) != len(names) + len(top):
        raise ModelFileError(f"{what}: two layers have one name.")
    taken = sum(len(entry) for entry in found.values())
    stored = sum(len(arrays) for path, (_, arrays) in groups.items() if not _is_in(path, _OPTIMIZER))
    if taken != stored:
        raise ModelFileError(f"{what}: it has {stored} arrays of weights, and lists {taken}. The file is refused.")
    return found


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _path(*parts: str) -> str:
    return "/".join(part for part in parts if part)


def _entry(attributes: Attributes, groups: Groups, path: str, what: str) -> Entry:
    """Return the arrays of a group in the order that it lists."""
    if path not in groups:
        raise ModelFileError(f"{what}: there is no group {shown(path)}, although it is listed.")
    names = attributes.names(groups[path][0], path, "weight_names") or []
    arrays: dict[str, Any] = {}
    for position, name in enumerate(names):
        folder, _, key = _path(path, name).rpartition("/")
        array = groups[folder][1].get(key) if folder in groups else None
        if array is None:
            raise ModelFileError(f"{what}: {shown(path)}: there is no array {shown(name)}, although it is listed.")
        arrays[str(position)] = array
    if len(set(names)) != len(names):
        raise ModelFileError(f"{what}: {shown(path)}: an array is listed twice.")
    return Entry(path, arrays)


def _pairs(model: Any, file: LegacyFile, what: str, with_optimizer: bool) -> list[tuple[str, Entry, list[Any]]]:
    """Return the label, the arrays and the variables of each layer, of the model itself and of its optimizer."""
    layers = _layers_of(model)
    unknown = [name for name, entry in file.layers.items() if len(entry) and name not in layers]
    absent = [name for name, variables in layers.items() if variables and name not in file.layers]
    if unknown or absent:
        raise ModelFileError(
            f"{what} does not fit {model.label}: the layers {shown(unknown)} are in the file and not in the model, "
            f"{shown(absent)} in the model and not in the file. Make the model as it was when the file was saved."
        )
    pairs = [(name, entry, layers.get(name, [])) for name, entry in file.layers.items()]
    optimizer = getattr(model, "optimizer", None)
    if with_optimizer and optimizer is not None and file.optimizer is not None and len(file.optimizer):
        if not optimizer.built:
            optimizer.build(model.trainable_variables)
        pairs.append((_OPTIMIZER, file.optimizer, list(optimizer.variables)))
    return pairs


def _layers_of(model: Any) -> dict[str, list[Any]]:
    """Return name -> variables in the order of this format, of each layer and of the model itself."""
    layers = {layer.name: [*layer.trainable_weights, *layer.non_trainable_weights] for layer in model.layers}
    inner = {id(variable) for variables in layers.values() for variable in variables}
    return {**layers, _TOP: [variable for variable in model.weights if id(variable) not in inner]}


def _set_all(pairs: list[tuple[str, Entry, list[Any]]], what: str, model: Any) -> None:
    problems = [
        f"{shown(label)}: array {key}: {reason}"
        for label, entry, own in pairs
        for key, reason in differences(entry, own).items()
    ]
    if problems:
        raise ModelFileError(f"{what} does not fit {model.label}; nothing was loaded:\n{listed(problems)}")
    before = [(variable, variable.state) for _, _, own in pairs for variable in own]
    try:
        for _, entry, own in pairs:
            for position, variable in enumerate(own):
                variable.assign(entry[str(position)].astype(host_dtype(variable._dtype), copy=False))
    except Exception as error:
        for variable, state in before:
            variable.state = state
        raise ModelFileError(f"{what}: {error}") from error


# configurations


def _with_modules(config: Any) -> Any:
    """Say of the models inside a configuration that they are such: this format names no modules."""
    pending = [config]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            if item.get("class_name") in _MODELS and "module" not in item:
                item["module"] = "keras.models"
            pending += item.values()
        elif isinstance(item, list):
            pending += item
    return config


def _compile_config(training: Any, what: str) -> dict[str, Any]:
    optimizer = training.get("optimizer_config") if isinstance(training, dict) else None
    if not isinstance(optimizer, dict):
        raise ModelFileError(
            f"{what}: training_config: expected the configuration of an optimizer, got {shown(optimizer)}. "
            "With compile=False the model is loaded without it."
        )
    given = {name: training[name] for name in _COMPILE if name in training}
    return {"optimizer": {"module": "keras.optimizers", **optimizer}, **given}
