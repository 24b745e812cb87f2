"""`LazyBackend`: answers of a package that is imported when it is asked."""

import sys

import pytest

from keras_core.contract import LazyBackend


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "lazy_example"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "parts.py").write_text(
        "CALLS = []\nPRIMITIVES = {'exp': abs}\ndef kernels():\n    return {'relu': abs}\n"
        "def activated():\n    CALLS.append(1)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield "lazy_example"
    for name in [name for name in sys.modules if name.startswith("lazy_example")]:
        del sys.modules[name]


def make(package, **options):
    paths = {
        "primitives": "parts:PRIMITIVES",
        "kernels": "parts:kernels",
        "activated": "parts:activated",
        "transforms": None,
    }
    return LazyBackend("example", package, **paths, **options)


def test_it_answers_for_its_own_name_only(package):
    backend = make(package)
    assert backend.keras_primitives("other") is None
    assert backend.keras_backend_activated("other") is None
    assert "lazy_example.parts" not in sys.modules


def test_objects_and_functions_that_return_them(package):
    backend = make(package)
    assert backend.keras_primitives("example") == {"exp": abs}
    assert backend.keras_kernels("example") == {"relu": abs}


def test_what_it_does_not_have(package):
    backend = make(package)
    assert backend.keras_transforms("example") is None
    assert backend.keras_serializables() == {}


def test_activation_is_told(package):
    make(package).keras_backend_activated("example")
    assert sys.modules["lazy_example.parts"].CALLS == [1]


def test_classes_are_strings(package):
    backend = make(package, classes={"Gate": "gates"})
    assert backend.keras_serializables() == {"lazy_example>Gate": "lazy_example.gates:Gate"}
    assert "lazy_example" not in sys.modules
