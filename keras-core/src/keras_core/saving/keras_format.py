"""The formats `.keras` and `.weights.h5`."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
import warnings
from collections.abc import Mapping
from typing import IO, Any, Final

from keras_core import __version__
from keras_core.runtime.atomic import atomic_write
from keras_core.runtime.serialization import custom_object_scope
from keras_core.runtime.strict_json import dump_json, parse_json
from keras_core.saving.archive import CONFIG, METADATA, WEIGHTS, open_archive, write_archive
from keras_core.saving.assets import collect_assets, load_assets
from keras_core.saving.budget import Budget
from keras_core.saving.configuration import model_config, model_from_config, with_open_choices, without_training
from keras_core.saving.errors import existing
from keras_core.saving.hdf5 import open_weights
from keras_core.saving.weights import read_weights, write_weights

LAYOUT_VERSION: Final = "3.15.1"
"""The version of Keras whose layout is written."""

_OWN_VERSION: Final = "keras_core_version"


def save_model(model: Any, path: Any, zipped: bool = True) -> None:
    """Write architecture, weights, training configuration and optimizer state of a model to a `.keras` file.

    Args:
        model: the model.
        path: path of the file; one that exists is replaced when the new one is complete.
        zipped: must be True; Keras can also write a folder.

    Raises:
        ValueError: where a part of the model has no form as data.
    """
    if not zipped:
        raise ValueError(f"{model.label}: expected zipped=True, got {zipped!r}: .keras is written as one file.")
    if not model.built:
        warnings.warn(
            f"{model.label} is saved before it is built, so without weights; call it on data first.", stacklevel=5
        )
    what = f"{model.label}: its configuration"
    config = dump_json(model_config(model), what)
    parse_json(config, what)  # what could not be loaded is not written
    date = time.strftime("%Y-%m-%d@%H:%M:%S")
    metadata = {"keras_version": LAYOUT_VERSION, "date_saved": date, _OWN_VERSION: __version__}
    with atomic_write(path) as file, _scratch_file(path) as weights:
        write_weights(model, weights)
        members = {METADATA: dump_json(metadata, METADATA), CONFIG: config, WEIGHTS: weights}
        write_archive(file, {**members, **collect_assets(model)})


def load_model(
    path: Any, custom_objects: Mapping[str, Any] | None = None, compile: bool = True, safe_mode: bool | None = True
) -> Any:
    """Return the model in a `.keras` file, on the active backend.

    Args:
        path: path of the file.
        custom_objects: names and classes or functions that the file may name too.
        compile: whether training configuration and optimizer state are taken over.
        safe_mode: False for layers that read other files which the caller trusts; code is never loaded from the file.

    Raises:
        MissingFileError: where there is no such file.
        ModelFileError: where the file is refused, or names what is not known.
    """
    name = existing(path)
    with open_archive(name) as members, custom_object_scope(custom_objects):
        config = _configuration(name, members, compile)
        what = f"{name!r}: {WEIGHTS}"
        with open_weights(members[WEIGHTS], what) as entries:
            budget = Budget(entries, what)
            with budget.scope():
                model = model_from_config(config, repr(name), safe_mode)
                read_weights(model, entries, what, with_optimizer=compile, is_new=True)
        budget.draw_rest()
        load_assets(model, members, repr(name))
    return model


def _configuration(name: str, members: dict[str, IO[bytes]], compile: bool) -> Any:
    metadata, config = (parse_json(members[part].read(), f"{name!r}: {part}") for part in (METADATA, CONFIG))
    if not compile:
        return without_training(config)
    is_own = isinstance(metadata, dict) and _OWN_VERSION in metadata
    return config if is_own else with_open_choices(config)


def save_weights(model: Any, path: Any, max_shard_size: float | None = None) -> None:
    """Write the weights and the optimizer state of a model to a `.weights.h5` file.

    Args:
        model: the model.
        path: path of the file; one that exists is replaced when the new one is complete.
        max_shard_size: must be None; Keras can also write several files.

    Raises:
        ValueError: for another `max_shard_size`, or a weight that no attribute leads to.
    """
    if max_shard_size is not None:
        raise ValueError(f"{model.label}: expected max_shard_size=None, got {max_shard_size}: one file is written.")
    with atomic_write(path) as file:
        write_weights(model, file)


def load_weights(model: Any, path: Any, skip_mismatch: bool = False) -> None:
    """Set the weights, and the optimizer state where the model is compiled, from a `.weights.h5` or `.keras` file.

    Args:
        model: the model, built.
        path: path of the file.
        skip_mismatch: whether layers whose variables do not fit are left as they are, with a warning.

    Raises:
        MissingFileError: where there is no such file.
        ModelFileError: where the file is refused or does not fit; no variable is changed then.
    """
    name = existing(path)
    with contextlib.ExitStack() as opened:
        if name.endswith(".keras"):
            file = opened.enter_context(open_archive(name))[WEIGHTS]
        else:
            file = opened.enter_context(open(name, "rb"))
        entries = opened.enter_context(open_weights(file, repr(name)))
        read_weights(model, entries, repr(name), skip_mismatch)


def _scratch_file(path: Any) -> IO[bytes]:
    """Return a nameless file beside a path, where there is room for what becomes a part of that file."""
    return tempfile.TemporaryFile(dir=os.path.dirname(os.path.realpath(os.fspath(path))))
