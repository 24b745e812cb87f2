"""`keras-core inspect` and `keras-core convert`."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import keras_core as keras
from keras_core import layers
from keras_core.plugins.cli import main
from keras_core.saving import inspect_file, load_model

LEGACY = Path(__file__).with_name("data") / "legacy_sequential.h5"
WEIGHTS = ["x.weights.h5", "x.safetensors", "x.weights.json", "x.safetensors.index.json"]


@pytest.fixture
def model():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(2)], name="small")
    model.compile("adam", "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    return model


def save(model, path):
    if path.suffix == ".keras":
        model.save(path)
    else:
        model.save_weights(path, max_shard_size=1e-7 if path.suffix == ".json" else None)
    return path


def assert_loads(model, path):
    other = keras.models.clone_model(model)
    other.compile("adam", "mse")
    assert other.load_weights(path).complete
    for ours, theirs in zip(
        [*model.weights, *model.optimizer.variables], [*other.weights, *other.optimizer.variables], strict=True
    ):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def variables(path):
    return {(found.name, found.shape, found.dtype) for found in inspect_file(path).variables}


@pytest.mark.parametrize("name", ["x.keras", *WEIGHTS])
def test_inspect_as_json(name, model, tmp_path, capsys):
    path = save(model, tmp_path / name)
    assert main(["inspect", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["path"] == str(path)
    assert len(found["variables"]) == 14
    kernel = next(row for row in found["variables"] if (row["object"], row["key"]) == ("layers/dense_1", "0"))
    assert kernel == {
        "name": "dense_1/kernel" if "safetensors" in name else "dense_1/0",
        "object": "layers/dense_1",
        "key": "0",
        "shape": [4, 2],
        "dtype": "float32",
        "nbytes": 32,
    }


def test_inspect_a_model(model, tmp_path, capsys):
    model.save(tmp_path / "x.keras", weights_format="safetensors")
    assert main(["inspect", str(tmp_path / "x.keras")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "model, model.safetensors in a zip archive" in lines[0]
    assert any(line.startswith("  keras_version: 3.") for line in lines)
    assert [line.split() for line in lines if line.endswith(" Sequential")] == [["small", "Sequential"]]
    assert ["optimizer/dense_1/kernel/velocity", "(4,", "2)", "float32", "32", "B"] in [line.split() for line in lines]
    assert lines[-1] == "14 variables, 320 B"


def test_inspect_builds_nothing(model, tmp_path, capsys, rewrite):
    save(model, tmp_path / "x.keras")
    rewrite(tmp_path / "x.keras", config=lambda content: content.replace(b'"Dense"', b'"Nowhere"'))
    assert main(["inspect", str(tmp_path / "x.keras")]) == 0
    assert "Nowhere" in capsys.readouterr().out


def test_control_characters_do_not_reach_the_terminal(model, tmp_path, capsys, rewrite):
    save(model, tmp_path / "x.keras")
    rewrite(tmp_path / "x.keras", metadata=lambda _: json.dumps({"keras_version": "\x1b[31m"}).encode())
    assert main(["inspect", str(tmp_path / "x.keras")]) == 0
    assert "keras_version: \\x1b[31m" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, b"", b"no model"])
def test_inspect_what_is_no_model(content, tmp_path, capsys):
    if content is not None:
        (tmp_path / "x.keras").write_bytes(content)
    assert main(["inspect", str(tmp_path / "x.keras")]) == 1
    assert "keras-core: " in capsys.readouterr().err


@pytest.mark.parametrize("source", ["y.keras", *(f"y{name[1:]}" for name in WEIGHTS)])
@pytest.mark.parametrize("target", WEIGHTS)
def test_convert_weights(source, target, model, tmp_path):
    save(model, tmp_path / source)
    more = ["--max-shard-size", "1e-7"] if target.endswith(".json") else []
    assert main(["convert", str(tmp_path / source), str(tmp_path / target), *more]) == 0
    assert_loads(model, tmp_path / target)


def test_converted_there_and_back_is_the_same(model, tmp_path):
    save(model, tmp_path / "a.weights.h5")
    for source, target in (("a.weights.h5", "b.safetensors"), ("b.safetensors", "c.weights.h5")):
        assert main(["convert", str(tmp_path / source), str(tmp_path / target)]) == 0
    assert_loads(model, tmp_path / "c.weights.h5")
    assert variables(tmp_path / "a.weights.h5") == variables(tmp_path / "c.weights.h5")
    assert "dense_1/0" in load_file(tmp_path / "b.safetensors")


def test_convert_a_model(model, tmp_path, inputs, assert_same, read):
    save(model, tmp_path / "x.keras")
    arguments = ["convert", str(tmp_path / "x.keras"), str(tmp_path / "y.keras")]
    assert main([*arguments, "--weights-format", "safetensors"]) == 0
    assert "model.safetensors" in read(tmp_path / "y.keras")
    assert_same(model, load_model(tmp_path / "y.keras"), inputs)
    assert main(["convert", str(tmp_path / "y.keras"), str(tmp_path / "z.keras")]) == 0
    before, after = read(tmp_path / "x.keras"), read(tmp_path / "z.keras")
    assert {name: before[name] for name in ("config.json", "metadata.json")}.items() <= after.items()
    assert variables(tmp_path / "x.keras") == variables(tmp_path / "z.keras")


def test_file_that_exists_stays(model, tmp_path, capsys):
    save(model, tmp_path / "x.weights.h5")
    (tmp_path / "x.safetensors").write_bytes(b"old")
    arguments = ["convert", str(tmp_path / "x.weights.h5"), str(tmp_path / "x.safetensors")]
    assert main(arguments) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert (tmp_path / "x.safetensors").read_bytes() == b"old"
    assert main([*arguments, "--overwrite"]) == 0
    assert_loads(model, tmp_path / "x.safetensors")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x.weights.h5", "x.keras"], "holds weights alone"),
        (["x.weights.h5", "x.npz"], "no known format of weights"),
        (["x.weights.h5", "x.safetensors", "--weights-format", "h5"], "weights_format=None"),
        (["x.weights.h5", "x.weights.json"], "expected max_shard_size"),
        (["nowhere.weights.h5", "x.safetensors"], "there is no file"),
    ],
)
def test_what_cannot_be_converted(arguments, message, model, tmp_path, capsys):
    save(model, tmp_path / "x.weights.h5")
    places = [str(tmp_path / argument) if argument.startswith(("x", "nowhere")) else argument for argument in arguments]
    assert main(["convert", *places]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("target", ["x.keras", "x.safetensors", "x.weights.h5"])
def test_convert_a_legacy_file(target, tmp_path):
    model = load_model(LEGACY)
    assert main(["convert", str(LEGACY), str(tmp_path / target)]) == 0
    assert_loads(model, tmp_path / target)


def test_inspect_a_legacy_file():
    found = inspect_file(LEGACY)
    assert found.format == "model, legacy HDF5"
    assert [kind for _, _, kind in found.layers][:3] == ["Sequential", "InputLayer", "Conv2D"]
    assert any(variable.shape == (3, 3, 1, 2) for variable in found.variables)
