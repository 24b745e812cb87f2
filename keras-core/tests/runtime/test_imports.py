"""What `import keras_core` loads, and what the first use of a backend does not."""

import json
import subprocess
import sys

import pytest

HEAVY = {"jax", "jaxlib", "torch", "tensorflow", "keras", "h5py", "rich", "scipy"}
PLUGINS = {"keras_backend_jax", "keras_backend_torch", "keras_backend_tf", "keras_layers_extra", "keras_conformance"}


def loaded_by(code):
    code += "\nimport json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_import_of_the_package_loads_nothing_heavy():
    assert loaded_by("import keras_core") & (HEAVY | PLUGINS) == set()


def test_every_public_module_together_loads_nothing_heavy():
    code = """
    import keras_core
    for name in keras_core.__all__:
        getattr(keras_core, name)
    """
    assert loaded_by(code.replace("\n    ", "\n")) & (HEAVY | PLUGINS) == set()


@pytest.mark.parametrize("statement", ["ops.add([1.0], 2.0)", "layers.Dense(2)(ops.ones((1, 3)))"])
def test_work_on_the_embedded_backend_loads_no_framework(statement):
    code = f"import keras_core\nfrom keras_core import layers, ops\nkeras_core.set_backend('numpy')\n{statement}"
    assert loaded_by(code) & (HEAVY | PLUGINS) == set()
