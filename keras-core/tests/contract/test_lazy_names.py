"""Names that are imported at their first use."""

import sys

import pytest

from keras_core.contract import lazy_names


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "lazy_names_example"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from keras_core.contract import lazy_names\n__getattr__ = lazy_names(__name__, {'answer': 'part'})\n"
    )
    (folder / "part.py").write_text("answer = 42\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield __import__("lazy_names_example")
    for name in ("lazy_names_example", "lazy_names_example.part"):
        sys.modules.pop(name, None)


def test_a_module_is_imported_when_its_name_is_asked_for(package):
    assert "lazy_names_example.part" not in sys.modules
    assert package.answer == 42
    assert vars(package)["answer"] == 42


def test_an_unknown_name_is_the_usual_error(package):
    assert not hasattr(package, "question")
    with pytest.raises(AttributeError, match=r"module 'lazy_names_example' has no attribute 'question'"):
        lazy_names("lazy_names_example", {})("question")
