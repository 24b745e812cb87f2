"""`transforms.md`: each example runs, and each transform has one."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

import keras_core as keras
from keras_core import transforms

_SPECIFICATION = importlib.util.spec_from_file_location("tutorial", Path(__file__).with_name("tutorial.py"))
tutorial = importlib.util.module_from_spec(_SPECIFICATION)
sys.modules["tutorial"] = tutorial
_SPECIFICATION.loader.exec_module(tutorial)

DOCUMENT = Path(__file__).with_name("transforms.md")
SETUP, *EXAMPLES = [block.text for block in tutorial.blocks(DOCUMENT)]
TITLES = re.findall(r"^### `(\w+)`$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)


def test_each_transform_has_a_section():
    assert sorted(TITLES) == sorted(transforms.__all__)


def test_each_section_has_an_example():
    assert len(TITLES) == len(EXAMPLES)


@pytest.mark.parametrize("title, example", list(zip(TITLES, EXAMPLES, strict=True)), ids=TITLES)
def test_example(title, example):
    assert title in example
    keras.utils.set_random_seed(0)
    exec(SETUP + example, {})
