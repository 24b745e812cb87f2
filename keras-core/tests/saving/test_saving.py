"""The public module, and that it costs nothing before it is used."""

import os
import subprocess
import sys

import pytest

from keras_core import models, plugins, saving

OF_KERAS = {
    *("CustomObjectScope", "custom_object_scope", "deserialize_keras_object", "get_custom_objects"),
    *("get_registered_name", "get_registered_object", "load_model", "load_weights", "register_keras_serializable"),
    *("save_model", "save_weights", "serialize_keras_object"),
}


OWN = {"LoadReport", "ModelFileError", "convert_file", "inspect_file", "loading_limit"}


def test_names():
    assert set(saving.__all__) == {*OF_KERAS, *OWN}
    assert all(getattr(saving, name) is not None for name in saving.__all__)
    assert set(saving.__all__) <= set(dir(saving))


def test_unknown_name():
    with pytest.raises(AttributeError, match="has no attribute 'load'"):
        saving.load  # noqa: B018


def test_same_functions_in_models():
    assert (saving.load_model, saving.save_model) == (models.load_model, models.save_model)


def test_formats_are_those_of_core():
    formats = plugins.formats()
    assert formats[".keras"].load_model.__module__.startswith("keras_core.saving")
    assert formats[".weights.h5"].load_model is None


def test_nothing_is_imported_before_it_is_used():
    script = (
        "import sys, keras_core\n"
        "keras_core.saving.register_keras_serializable\n"
        "keras_core.Sequential([keras_core.Input((2,)), keras_core.layers.Dense(1)])\n"
        "print(sorted({'h5py', 'zipfile', 'keras_core.saving.keras_format'} & set(sys.modules)))"
    )
    environment = {**os.environ, "KERAS_CORE_BACKEND": "numpy"}  # frameworks import what they like
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)
    assert run.stdout.strip() in ("[]", "['zipfile']")  # importlib.metadata imports zipfile
