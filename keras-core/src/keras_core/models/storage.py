"""Models to files and back, by whatever format the file's extension names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from keras_core.contract import Format
from keras_core.plugins import formats


def find_format(path: Any, action: str) -> Format:
    """Return the installed format for a path that can do something.

    Args:
        path: path of a file or folder; the longest known extension that it ends with decides.
        action: name of an attribute of `Format`, such as `"save_model"`.

    Raises:
        ValueError: where there is none; the message lists those there are.
    """
    name = os.fspath(path)
    if os.path.isdir(name):
        name += "/"  # the extension of folders
    known = formats()
    able = {extension: found for extension, found in known.items() if getattr(found, action) is not None}
    fitting = [extension for extension in able if name.endswith(extension)]
    if not fitting:
        what = action.replace("_", " ")
        others = sorted(extension for extension in known if name.endswith(extension))
        cannot = f" The format {others[-1]!r} is installed but cannot {what}." if others else ""
        raise ValueError(
            f"{what}: no installed format has the extension of {name!r}.{cannot} "
            f"Known: {', '.join(repr(extension) for extension in sorted(able)) or 'none'}."
        )
    return able[max(fitting, key=len)]


def run_format(action: str, model: Any, path: Any, overwrite: bool, options: dict[str, Any]) -> Any:
    """Save, or load into, a model by the format of a path; return what the format returns."""
    run = getattr(find_format(path, action), action)
    if not overwrite and os.path.exists(path):
        raise FileExistsError(f"{model.label}: {os.fspath(path)!r} exists; pass overwrite=True to replace it.")
    return run(model, path, **options)


def save_model(model: Any, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
    """Write architecture, weights and training configuration of a model to a file.

    Args:
        model: the model.
        filepath: path; its extension (`".keras"`, ...) chooses the format.
        overwrite: whether a file that exists is replaced.
        zipped: kept for compatibility; a format that has a choice takes it.
        **kwargs: options of the format.

    Raises:
        ValueError: for an extension that no installed format has; the message lists those there are.
        FileExistsError: where the file exists and `overwrite` is False.

    Example:
        >>> import tempfile
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     keras.saving.save_model(model, f"{folder}/model.keras")
        ...     loaded = keras.saving.load_model(f"{folder}/model.keras")
        >>> bool((loaded(np.ones((1, 2))) == model(np.ones((1, 2)))).all())
        True
    """
    options = kwargs if zipped is None else {"zipped": zipped, **kwargs}
    run_format("save_model", model, filepath, overwrite, options)


def load_model(
    filepath: Any, custom_objects: Mapping[str, Any] | None = None, compile: bool = True, safe_mode: bool = True
) -> Any:
    """Return the model in a file, on the active backend, whichever one saved it.

    A file is data: only classes and functions are built that core has, that an installed pack declares, that are
    registered, or that are among `custom_objects`.

    Args:
        filepath: path; its extension (`".keras"`, ...) chooses the format. A folder holds checkpoints of Orbax.
        custom_objects: names and classes or functions that the file may name too.
        compile: whether the training configuration is taken over.
        safe_mode: False for layers that read other files which the caller trusts; code is never loaded from the file.

    Raises:
        FileNotFoundError: where there is no such file.
        ModelFileError: where the file is damaged, holds what is refused, or names what is not known.
        ValueError: for an extension that no installed format has; the message lists those there are.

    Example:
        >>> import tempfile
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)], name="small")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.save(f"{folder}/model.keras")
        ...     keras.saving.load_model(f"{folder}/model.keras").name
        'small'
    """
    load = find_format(filepath, "load_model").load_model
    assert load is not None
    return load(filepath, custom_objects, compile, safe_mode)


def save_weights(
    model: Any, filepath: Any, overwrite: bool = True, max_shard_size: float | None = None, **kwargs: Any
) -> None:
    """Write the weights of a model to a file.

    Args:
        model: the model.
        filepath: path; its extension (`".weights.h5"`, `".safetensors"`, ...) chooses the format.
        overwrite: whether a file that exists is replaced.
        max_shard_size: gigabytes of weights in one file of several, with the index `".weights.json"`; None for one.
        **kwargs: options of the format.

    Raises:
        ValueError: for an extension that no installed format for weights has.
        FileExistsError: where the file exists and `overwrite` is False.

    Example:
        >>> import tempfile
        >>> one, other = (keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]) for _ in range(2))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     keras.saving.save_weights(one, f"{folder}/model.weights.h5")
        ...     report = keras.saving.load_weights(other, f"{folder}/model.weights.h5")
        >>> bool((one.weights[0].numpy() == other.weights[0].numpy()).all())
        True
    """
    options = kwargs if max_shard_size is None else {"max_shard_size": max_shard_size, **kwargs}
    run_format("save_weights", model, filepath, overwrite, options)


def load_weights(model: Any, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> Any:
    """Set the weights of a model from a file.

    Args:
        model: the model, built.
        filepath: path; its extension (`".weights.h5"`, `".keras"`, ...) chooses the format. A folder holds
            checkpoints of Orbax.
        skip_mismatch: whether layers whose weights do not fit are left as they are, with a warning.
        **kwargs: options of the format.

    Returns:
        What became of each variable, as a `LoadReport` by the formats of core.

    Raises:
        FileNotFoundError: where there is no such file.
        ModelFileError: where variables are missing, unexpected or of another shape; the message lists them, and nothing
            is loaded.
        ValueError: for an extension that no installed format for weights has.

    Example:
        >>> import tempfile
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.save_weights(f"{folder}/model.weights.h5")
        ...     keras.saving.load_weights(model, f"{folder}/model.weights.h5").matched
        ('dense/kernel', 'dense/bias')
    """
    return run_format("load_weights", model, filepath, True, {"skip_mismatch": skip_mismatch, **kwargs})


def export_model(model: Any, filepath: Any, format: str, **options: Any) -> None:
    """Write a program that computes a model to a file, by the format of a name."""
    able = {extension: found for extension, found in formats().items() if found.export is not None}
    found = able.get("." + format.removeprefix("."))
    if found is None:
        raise ValueError(
            f"{model.label}: no installed plugin exports the format {format!r}. "
            f"Known: {', '.join(repr(extension.removeprefix('.')) for extension in sorted(able)) or 'none'}."
        )
    export = found.export
    assert export is not None
    export(model, filepath, **{name: value for name, value in options.items() if value is not None})
