"""`check_layer` sees each planted bug, says which property does not hold, and finds nothing where there is no bug."""

import importlib
import re
import sys
import types
from pathlib import Path

import pytest

from keras_conformance import LayerMismatch, check_layer

_package = types.ModuleType("faulty")
_package.__path__ = [str(Path(__file__).parent)]
sys.modules[_package.__name__] = _package
faulty = importlib.import_module("faulty.faulty_layers")


@pytest.mark.parametrize("name", faulty.MUTANTS)
def test_check_layer_catches_mutants(name: str) -> None:
    """The error names the layer, the property, and what was expected."""
    caught = faulty.MUTANTS[name]
    options = {**({} if "input_data" in caught.options else {"input_shape": (2, 4)}), **caught.options}
    with pytest.raises(LayerMismatch) as found:
        check_layer(caught.layer, caught.arguments, **options)
    assert found.value.property == caught.property, str(found.value)
    assert f"({caught.layer.__name__}), property '{caught.property}'" in str(found.value)
    assert re.search(caught.says, str(found.value)), str(found.value)


@pytest.mark.parametrize("arguments", [{}, faulty.POWER, faulty.NOISE], ids=str)
@pytest.mark.parametrize("options", [{"input_shape": (2, 4)}, faulty.MASK], ids=["plain", "masked"])
def test_nothing_is_found_where_there_is_no_bug(arguments: dict, options: dict) -> None:
    """All properties hold for the layer without a bug."""
    layer = check_layer(faulty.Healthy, arguments, **options)
    assert layer.built
