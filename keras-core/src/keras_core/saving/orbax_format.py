"""Models and weights from the checkpoints of Orbax, as `OrbaxCheckpoint` writes them, that of Keras too."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Final

from keras_core.optimizers import Optimizer
from keras_core.runtime.serialization import custom_object_scope
from keras_core.saving.budget import Budget
from keras_core.saving.configuration import model_from_config, with_open_choices, without_training
from keras_core.saving.contents import Array, Entry
from keras_core.saving.errors import ModelFileError, listed, shown
from keras_core.saving.orbax_folder import OPTIMIZER, WEIGHTS, Checkpoint, open_checkpoint
from keras_core.saving.orbax_names import paths_of_state, paths_of_weights
from keras_core.saving.report import LoadReport
from keras_core.saving.weights import differences, fill, restore

_FIRST: Final = 2
"""Step and learning rate: all that an optimizer has before its first step."""


def load_model(
    path: Any, custom_objects: Mapping[str, Any] | None = None, compile: bool = True, safe_mode: bool | None = True
) -> Any:
    """Return the model in a checkpoint, on the active backend.

    Args:
        path: folder of the checkpoint, or one that holds checkpoints, of which the last is taken.
        custom_objects: names and classes or functions that it may name too.
        compile: whether training configuration and optimizer state are taken over.
        safe_mode: False for layers that read other files which the caller trusts; code is never loaded.

    Raises:
        MissingFileError: where there is no such folder.
        ModelFileError: where the checkpoint is refused, holds weights alone, or names what is not known.
    """
    checkpoint = open_checkpoint(path)
    if checkpoint.config is None:
        raise ModelFileError(
            f"{checkpoint.what} holds weights alone: make the model, and load them by its method load_weights."
        )
    config = with_open_choices(checkpoint.config) if compile else without_training(checkpoint.config)
    stored = sum(array.nbytes for kind in checkpoint.arrays.values() for array in kind.values())
    with custom_object_scope(custom_objects):
        budget = Budget(stored, checkpoint.what)
        with budget.scope():
            model = model_from_config(config, checkpoint.what, safe_mode)
            read_checkpoint(model, checkpoint, with_optimizer=compile, is_new=True)
    budget.draw_rest()
    return model


def load_weights(model: Any, path: Any, skip_mismatch: bool = False) -> LoadReport:
    """Set the weights, and the optimizer state where the model is compiled, from a checkpoint.

    Args:
        model: the model, built.
        path: folder of the checkpoint, or one that holds checkpoints, of which the last is taken.
        skip_mismatch: whether variables that do not fit are left as they are, with a warning.

    Returns:
        What became of each variable.

    Raises:
        MissingFileError: where there is no such folder.
        ModelFileError: where the checkpoint is refused or does not fit; no variable is changed then.
    """
    return read_checkpoint(model, open_checkpoint(path), skip_mismatch)


def read_checkpoint(
    model: Any, checkpoint: Checkpoint, skip_mismatch: bool = False, with_optimizer: bool = True, is_new: bool = False
) -> LoadReport:
    """Set the variables of a model and of its optimizer by their paths. Where anything does not fit, none is changed.

    Args:
        model: the model, built.
        checkpoint: what they are set from.
        skip_mismatch: whether what does not fit is left as it is, with a warning.
        with_optimizer: whether the state of the optimizer is read.
        is_new: whether the model was made from the same checkpoint: then the optimizer has to fit too.

    Returns:
        What became of each variable.

    Raises:
        ModelFileError: where variables are missing, unexpected or of another shape or kind.
    """
    weights = {path: array for kind in WEIGHTS for path, array in checkpoint.arrays[kind].items()}
    own = [*model.trainable_variables, *model.non_trainable_variables]
    paths = paths_of_weights(model, own, weights)
    found = _Matched(own, weights, paths)
    optimizer = model.optimizer if with_optimizer else None
    state = checkpoint.arrays[OPTIMIZER]
    of_optimizer = _Matched([], {}, {})
    if isinstance(optimizer, Optimizer) and state:
        if not optimizer.built and len(state) > _FIRST:
            optimizer.build(model.trainable_variables)
        variables = optimizer.variables[:_FIRST] if len(state) == _FIRST else optimizer.variables
        of_optimizer = _Matched(variables, state, paths_of_state(variables, state, own, paths))
    problems = found.problems + (of_optimizer.problems if is_new else [])
    left = problems + ([] if is_new else of_optimizer.problems)
    if problems and not skip_mismatch:
        advice = (
            "It is not whole, or was saved by other code."
            if is_new
            else "Make the model as it was when it was saved, or pass skip_mismatch=True to load what fits."
        )
        raise ModelFileError(
            f"{checkpoint.what} does not fit {model.label}; nothing was loaded:\n{listed(problems)}\n{advice}"
        )
    # The state of an optimizer is of no use in parts.
    pairs = [*found.pairs, *([] if of_optimizer.problems else of_optimizer.pairs)]
    before = [] if is_new else [(variable, variable.handle) for variable, _ in pairs]
    try:
        for variable, array in pairs:
            fill([variable], Entry(None, {"0": array}))
    except BaseException:
        restore(before)
        raise
    if left:
        warnings.warn(
            f"{checkpoint.what}: left as it is in {model.label}, since it does not fit:\n{listed(left)}", stacklevel=5
        )
    return LoadReport(
        checkpoint.what,
        model.label,
        tuple(variable.path for variable, _ in pairs),
        (*found.missing, *of_optimizer.missing),
        (*found.unexpected, *of_optimizer.unexpected),
        found.mismatched | of_optimizer.mismatched,
    )


class _Matched:
    """Which arrays belong to which variables, and what does not fit.

    Args:
        variables: the variables.
        arrays: path in the checkpoint -> array.
        paths: id of a variable -> path in the checkpoint of the array that belongs to it.
    """

    def __init__(self, variables: list[Any], arrays: Mapping[str, Array], paths: Mapping[int, str]) -> None:
        self.pairs: list[tuple[Any, Array]] = []
        self.missing: list[str] = []
        self.mismatched: dict[str, str] = {}
        self.unexpected = sorted(set(arrays) - set(paths.values()))
        for variable in variables:
            if id(variable) not in paths:
                self.missing.append(variable.path)
                continue
            array = arrays[paths[id(variable)]]
            reasons = differences(Entry(None, {"0": array}), [variable])
            if reasons:
                self.mismatched[variable.path] = reasons["0"]
            else:
                self.pairs.append((variable, array))
        self.problems = [
            *(f"{path}: missing in the checkpoint" for path in self.missing),
            *(
                f"{shown(path)}: unexpected in the checkpoint, of shape {arrays[path].shape}"
                for path in self.unexpected
            ),
            *(f"{path}: {reason}" for path, reason in self.mismatched.items()),
        ]
