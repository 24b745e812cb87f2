"""`data.md`: each example runs."""

import importlib.util
import sys
from pathlib import Path

import pytest

import keras_core as keras

_SPECIFICATION = importlib.util.spec_from_file_location("tutorial", Path(__file__).with_name("tutorial.py"))
tutorial = importlib.util.module_from_spec(_SPECIFICATION)
sys.modules["tutorial"] = tutorial
_SPECIFICATION.loader.exec_module(tutorial)

SETUP, *EXAMPLES = tutorial.blocks(Path(__file__).with_name("data.md"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda block: f"line_{block.line}")
def test_example(example):
    keras.utils.set_random_seed(0)
    exec(SETUP.text + example.text, {})
