"""What core sees of the pack."""

import re
import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

import keras_layers_extra
from keras_core import layers, plugins


def test_version_is_that_of_the_distribution():
    assert keras_layers_extra.__version__ == version("keras-layers-extra")


def test_pack_is_listed_as_available():
    info = plugins.find_pack("keras_layers_extra")
    assert (info.name, info.distribution, str(info.state)) == ("extra", "keras-layers-extra", "available")
    (entry,) = entry_points(group="keras_core.packs", name="extra")
    assert entry.value == "keras_layers_extra.plugin:contract_1_0"


def test_declared_classes_are_the_public_ones():
    names = {name.partition(">")[2] for name in plugins.pack_serializables() if name.startswith("keras_layers_extra>")}
    assert names == set(keras_layers_extra.HOMES) == set(keras_layers_extra.__all__) - {"__version__"}


def test_declaring_imports_no_layer():
    code = (
        "import sys; from keras_core import plugins; "
        "found = [name for name in plugins.pack_serializables() if name.startswith('keras_layers_extra>')]; "
        "print(len(found), [m for m in sys.modules if m.startswith(('keras_layers_extra.', 'keras_core.layers'))])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == f"{len(keras_layers_extra.HOMES)} ['keras_layers_extra.plugin']"


def test_example_of_the_readme():
    readme = Path(__file__).parents[1] / "README.md"
    (example,) = re.findall(r"^```python\n(.*?)^```$", readme.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    exec(compile(example, str(readme), "exec"), {})


def test_unknown_names():
    with pytest.raises(AttributeError, match="'keras_layers_extra' has no attribute 'Rope'"):
        _ = keras_layers_extra.Rope
    with pytest.raises(AttributeError, match="Did you mean 'SwiGLU'"):
        _ = layers.SwiGlu
