"""The format `.keras`: an archive with architecture, training configuration, weights and assets."""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from keras_core import __version__
from keras_core.runtime.atomic import atomic_write
from keras_core.runtime.serialization import custom_object_scope
from keras_core.runtime.strict_json import dump_json, parse_json
from keras_core.saving.archive import CONFIG, METADATA, open_archive, write_archive
from keras_core.saving.assets import collect_assets, load_assets
from keras_core.saving.budget import Budget
from keras_core.saving.configuration import model_config, model_from_config, with_open_choices, without_training
from keras_core.saving.contents import Contents, contents_of, nbytes_of
from keras_core.saving.errors import existing
from keras_core.saving.part import Part
from keras_core.saving.weights import read_weights
from keras_core.saving.weights_format import CONTAINERS, Container, container_named, folder_of

LAYOUT_VERSION: Final = "3.15.1"
"""The version of Keras whose layout is written."""

_OWN_VERSION: Final = "keras_core_version"


def save_model(model: Any, path: Any, zipped: bool = True, weights_format: str = "h5") -> None:
    """Write architecture, weights, training configuration and optimizer state of a model to a `.keras` file.

    Args:
        model: the model.
        path: path of the file; one that exists is replaced when the new one is complete.
        zipped: must be True; Keras can also write a folder.
        weights_format: in which form the weights are in it: `"h5"`, which Keras reads, or `"safetensors"`.

    Raises:
        ValueError: where a part of the model has no form as data, or for another `weights_format`.
    """
    if not zipped:
        raise ValueError(f"{model.label}: expected zipped=True, got {zipped!r}: .keras is written as one file.")
    container = container_named(weights_format, f"{model.label}: weights_format")
    if not model.built:
        warnings.warn(
            f"{model.label} is saved before it is built, so without weights; call it on data first.", stacklevel=5
        )
    what = f"{model.label}: its configuration"
    config = dump_json(model_config(model), what)
    parse_json(config, what)  # what could not be loaded is not written
    date = time.strftime("%Y-%m-%d@%H:%M:%S")
    metadata = {"keras_version": LAYOUT_VERSION, "date_saved": date, _OWN_VERSION: __version__}
    members = {METADATA: dump_json(metadata, METADATA), CONFIG: config}
    write_keras_file(path, members, container, contents_of(model), collect_assets(model))


def write_keras_file(
    path: Any, members: Mapping[str, bytes], container: Container, contents: Contents, assets: Mapping[str, bytes]
) -> None:
    """Write an archive, whole or not at all.

    Args:
        path: path of the file.
        members: names and contents of what is neither weights nor assets.
        container: the form of the weights.
        contents: the weights.
        assets: names and contents of the assets.
    """
    with atomic_write(path) as file, container.image(contents, folder_of(path)) as image:
        write_archive(file, {**members, container.member: image, **assets})


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
    with open_archive(name, reads_ahead=True) as members, custom_object_scope(custom_objects):
        config = _configuration(name, members, compile)
        with open_member(members, name) as (what, entries):
            budget = Budget(nbytes_of(entries), what)
            with budget.scope():
                model = model_from_config(config, repr(name), safe_mode)
                read_weights(model, entries, what, with_optimizer=compile, is_new=True)
        budget.draw_rest()
        load_assets(model, members, repr(name))
    return model


@contextlib.contextmanager
def open_member(members: Mapping[str, IO[bytes]], path: str) -> Iterator[tuple[str, Contents]]:
    """Give what the weights in an archive are called, for errors, and their contents."""
    container = next(container for container in CONTAINERS.values() if container.member in members)
    what = f"{path!r}: {container.member}"
    member = members[container.member]
    with container.open(member, what) as contents:
        yield what, member.guarded(contents) if isinstance(member, Part) else contents


def _configuration(name: str, members: dict[str, IO[bytes]], compile: bool) -> Any:
    metadata, config = (parse_json(members[part].read(), f"{name!r}: {part}") for part in (METADATA, CONFIG))
    if not compile:
        return without_training(config)
    is_own = isinstance(metadata, dict) and _OWN_VERSION in metadata
    return config if is_own else with_open_choices(config)
