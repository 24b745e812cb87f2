"""Editors complete every name of the packages whose imports are lazy."""

import ast
import importlib
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["keras_core", "keras_core.models", "keras_core.saving"])
def test_the_static_names_are_those_at_run_time(name):
    package = importlib.import_module(name)
    tree = ast.parse(Path(package.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    static = {alias.asname for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    static |= {target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets}
    static |= {node.target.id for node in tree.body if isinstance(node, ast.AnnAssign)}
    static |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert static - {None, "_load_table"} == set(package.__all__)
    for attribute in package.__all__:
        assert getattr(package, attribute) is not None
