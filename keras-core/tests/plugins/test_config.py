"""Which backend a process uses."""

import json
import threading

import pytest

from keras_core.plugins import ConfigError, backend_choice, chosen_backend, persist_backend, read_config, write_config


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A configuration folder that does not exist yet, and no choice in the environment."""
    for variable in ("KERAS_CORE_BACKEND", "KERAS_BACKEND"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("KERAS_CORE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_embedded_backend_without_any_choice(home):
    assert backend_choice() == ("numpy", "embedded default")
    assert not home.exists()


def test_precedence(monkeypatch, home):
    persist_backend("from_file")
    assert backend_choice() == ("from_file", f"configuration file {home / 'config.json'}")
    monkeypatch.setenv("KERAS_BACKEND", "from_old_variable")
    assert backend_choice() == ("from_old_variable", "environment variable KERAS_BACKEND")
    monkeypatch.setenv("KERAS_CORE_BACKEND", " from_variable ")
    assert backend_choice() == ("from_variable", "environment variable KERAS_CORE_BACKEND")
    monkeypatch.setenv("KERAS_CORE_BACKEND", "")
    assert chosen_backend() == "from_old_variable"


def test_default_folder_is_in_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("KERAS_CORE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert persist_backend("foo") == tmp_path / ".keras_core" / "config.json"


def test_other_entries_are_kept(home):
    write_config(floatx="float16", epsilon=1e-3)
    persist_backend("foo")
    assert read_config() == {"floatx": "float16", "epsilon": 1e-3, "backend": "foo"}
    assert [path.name for path in home.iterdir()] == ["config.json"]


@pytest.mark.parametrize("text", ["{", "[]", '"foo"', "\x00"])
def test_damaged_file_is_an_error_that_names_it(home, text):
    home.mkdir()
    (home / "config.json").write_text(text)
    with pytest.raises(ConfigError, match=r"config\.json"):
        chosen_backend()
    with pytest.raises(ConfigError):
        persist_backend("foo")
    assert (home / "config.json").read_text() == text


@pytest.mark.parametrize("value", [None, 3, "", ["numpy"]])
def test_backend_in_the_file_must_be_a_name(value):
    write_config(backend=value)
    with pytest.raises(ConfigError, match="'backend'"):
        chosen_backend()


def test_home_that_is_no_folder(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KERAS_CORE_HOME", str(tmp_path / "file"))
    assert chosen_backend() == "numpy"
    with pytest.raises(ConfigError, match="cannot be written"):
        persist_backend("foo")


def test_failed_write_leaves_the_old_file(home):
    persist_backend("foo")
    with pytest.raises(TypeError):
        write_config(backend=object())
    assert json.loads((home / "config.json").read_text()) == {"backend": "foo"}


def test_readers_see_whole_files():
    persist_backend("a")
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            persist_backend("a" * 5000)
            persist_backend("a")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert all(set(chosen_backend()) == {"a"} for _ in range(300))
    finally:
        stop.set()
        writer.join()
