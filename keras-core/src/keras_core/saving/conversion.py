"""A model file in another format: one array in memory at a time, and no model built, but from a legacy file."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from keras_core.models.storage import run_format
from keras_core.saving.archive import CONFIG, METADATA, open_archive
from keras_core.saving.assets import ASSETS
from keras_core.saving.containers import CONTAINERS, container_named, extensions
from keras_core.saving.errors import existing
from keras_core.saving.keras_format import open_member, write_keras_file
from keras_core.saving.legacy_h5 import is_legacy, load_model
from keras_core.saving.weights_format import open_contents, write_weights


def convert_file(
    source: Any, target: Any, weights_format: str | None = None, max_shard_size: float | None = None
) -> None:
    """Write what a model file holds in another format.

    Args:
        source: path of a `.keras` file, a file of weights or the index of several.
        target: path of the new file, of a kind that the source can fill; weights alone are no model.
        weights_format: for a model: in which form its weights are, `"h5"` or `"safetensors"`; None for `"h5"`.
        max_shard_size: for an index: gigabytes of weights in one file.

    Raises:
        MissingFileError: where there is no such source.
        ModelFileError: where the source is refused.
        ValueError: where the source cannot become such a file.

    Example:
        >>> import tempfile
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.save_weights(f"{folder}/model.weights.h5")
        ...     keras.saving.convert_file(f"{folder}/model.weights.h5", f"{folder}/model.safetensors")
        ...     model.load_weights(f"{folder}/model.safetensors").complete
        True
    """
    name, new = existing(source), os.fspath(target)
    if is_legacy(name):
        _convert_model(load_model(name), new, weights_format, max_shard_size)
        return
    if new.endswith(".keras"):
        if not name.endswith(".keras"):
            examples = ", ".join(map(repr, extensions()))
            raise ValueError(f"{name!r} holds weights alone: expected a target such as {examples}, got {new!r}.")
        _convert_archive(name, new, weights_format or next(iter(CONTAINERS)))
        return
    if weights_format is not None:
        raise ValueError(f"expected weights_format=None for {new!r}, got {weights_format!r}: it is for '.keras'.")
    with open_contents(name) as (_, contents):
        write_weights(contents, new, max_shard_size, "convert")


def _convert_model(model: Any, new: str, weights_format: str | None, max_shard_size: float | None) -> None:
    """Save what a legacy file holds: its layout is not that of the other formats."""
    given = {"weights_format": weights_format, "max_shard_size": max_shard_size}
    options = {name: value for name, value in given.items() if value is not None}
    run_format("save_model" if new.endswith(".keras") else "save_weights", model, new, True, options)


def _convert_archive(name: str, new: str, weights_format: str) -> None:
    container = container_named(weights_format, "weights_format")
    with contextlib.ExitStack() as opened:
        members = opened.enter_context(open_archive(name))
        _, contents = opened.enter_context(open_member(members, name))
        told = {part: members[part].read() for part in (METADATA, CONFIG)}
        assets = {member: file.read() for member, file in members.items() if member.startswith(ASSETS)}
        write_keras_file(new, told, container, contents, assets)
