"""The names of `keras_core.layers` that editors see are those that it has."""

import ast
from pathlib import Path

from keras_core import layers


def test_stub_names_the_layers_at_their_homes():
    source = Path(layers.__file__).with_suffix(".pyi").read_text()
    imports = [node for node in ast.parse(source).body if isinstance(node, ast.ImportFrom)]
    prefix = "keras_core.layers."
    named = {
        alias.asname: (node.module or "").removeprefix(prefix)
        for node in imports
        if (node.module or "").startswith(prefix)
        for alias in node.names
    }
    assert named == layers._HOME_OF


def test_every_name_can_be_imported():
    for name in layers.__all__:
        assert getattr(layers, name).__module__.startswith("keras_core.layers.")
