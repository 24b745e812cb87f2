"""A file is replaced as a whole or not at all."""

import errno
import os
import signal
import subprocess
import sys

import pytest

from keras_core.runtime import atomic
from keras_core.runtime.atomic import atomic_write
from keras_core.saving import image


def test_new_file_takes_the_place_of_the_old_one(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"old")
    with atomic_write(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["x"]


def test_failure_leaves_the_old_file(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), atomic_write(path) as file:
        file.write(b"half of the n")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["x"]


def test_permissions_stay(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"old")
    path.chmod(0o640)
    with atomic_write(path) as file:
        file.write(b"new")
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_a_link_points_to_is_replaced(tmp_path):
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with atomic_write(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"


def test_file_is_on_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    steps = []
    monkeypatch.setattr(atomic.os, "fsync", lambda descriptor: steps.append("fsync"))
    replace = os.replace
    monkeypatch.setattr(atomic.os, "replace", lambda *paths: (steps.append("replace"), replace(*paths)))
    with atomic_write(tmp_path / "x") as file:
        file.write(b"new")
    assert steps[:2] == ["fsync", "replace"]


NAMES = ["x.keras", "x.weights.h5", "x.safetensors", "x.weights.json", "x.safetensors.index.json"]


def save(model, path):
    """Write a model in the format of a path."""
    if path.suffix == ".keras":
        model.save(path)
    else:
        model.save_weights(path, max_shard_size=1e-7 if path.suffix == ".json" else None)


def contents(folder):
    """Return the bytes of all files in a folder by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("after", [1, 2])
def test_full_disk_while_a_model_is_saved(name, after, model, tmp_path, monkeypatch):
    save(model, tmp_path / name)
    before = contents(tmp_path)
    fetched = []
    bytes_of = image.bytes_of

    def failing(array):
        fetched.append(array)
        if len(fetched) > after:
            raise OSError(errno.ENOSPC, "No space left on device")
        return bytes_of(array)

    monkeypatch.setattr(image, "bytes_of", failing)
    with pytest.raises(OSError, match="No space left"):
        save(model, tmp_path / name)
    assert contents(tmp_path) == before


KILLED = """
import os, signal, sys
from pathlib import Path
import keras_core as keras
from keras_core.saving import image
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="relu"), keras.layers.Dense(2)])
fetched, bytes_of = [], image.bytes_of

def deadly(array):
    fetched.append(array)
    if len(fetched) > 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return bytes_of(array)

image.bytes_of = deadly
path = Path(sys.argv[1])
if path.suffix == ".keras":
    model.save(path)
else:
    model.save_weights(path, max_shard_size=1e-7 if path.suffix == ".json" else None)
"""


@pytest.mark.parametrize("name", NAMES)
def test_process_that_is_killed_while_a_model_is_saved(name, model, tmp_path):
    path = tmp_path / name
    save(model, path)
    before = contents(tmp_path)
    environment = {**os.environ, "KERAS_CORE_BACKEND": "numpy"}
    run = subprocess.run([sys.executable, "-c", KILLED, str(path)], env=environment, check=False)
    assert run.returncode == -signal.SIGKILL
    after = contents(tmp_path)
    assert {name: after[name] for name in before} == before
    assert model.load_weights(path).complete
    save(model, path)
    assert model.load_weights(path).complete


SCRIPT = """
import resource, signal, sys
import keras_core as keras
model = keras.Sequential([keras.Input((100,)), keras.layers.Dense(1000)])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    (model.save if sys.argv[1].endswith(".keras") else model.save_weights)(sys.argv[1])
except OSError as error:
    print("refused:", error.errno)
"""


@pytest.mark.parametrize("name", ["x.keras", "x.weights.h5", "x.safetensors"])
def test_system_that_takes_no_more_bytes(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(b"old")
    environment = {**os.environ, "KERAS_CORE_BACKEND": "numpy"}
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path)], capture_output=True, text=True, env=environment, check=True
    )
    assert run.stdout == f"refused: {errno.EFBIG}\n"
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [name]


def test_folder_that_does_not_exist(model, tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        model.save(tmp_path / "nowhere" / "x.keras")
