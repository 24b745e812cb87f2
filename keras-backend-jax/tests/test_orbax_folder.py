"""Models and weights from checkpoints of Orbax, ours and that of Keras; checkpoints that are damaged or hostile."""

import json
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
import tensorstore

import keras_core
from keras_core import Input, Sequential, layers
from keras_core.callbacks import OrbaxCheckpoint
from keras_core.saving import ModelFileError, load_model, orbax_folder
from keras_core.saving.orbax_folder import open_checkpoint

DATA = Path(__file__).parent / "data"
OF_KERAS = DATA / "checkpoint_of_keras"
X, Y = np.linspace(-1, 1, 32, dtype="float32").reshape(8, 4), np.ones((8, 2), "float32")
CANARY = "canary-51c0de"


@pytest.fixture(autouse=True, params=["jax", "numpy"])
def backend(request):
    with keras_core.use_backend(request.param):
        yield


def make(units=3, dtype="float32"):
    dense = layers.Dense(units, "tanh", name="one", dtype=dtype)
    model = Sequential(
        [Input((4,)), dense, layers.BatchNormalization(name="norm"), layers.Dense(2, name="two")], name="net"
    )
    model.compile("adam", loss="mse")
    return model


@pytest.fixture
def saved(tmp_path):
    """Return a trained model, and the folder with its checkpoint."""
    keras_core.utils.set_random_seed(0)
    model, folder = make(), tmp_path / "checkpoints"
    model.fit(X, Y, 4, epochs=2, shuffle=False, verbose=0, callbacks=[OrbaxCheckpoint(folder)])
    return model, folder


def test_models(saved):
    model, folder = saved
    for path in (folder, folder / "1", str(folder)):
        loaded = load_model(path)
        np.testing.assert_array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))
    again = [each.fit(X, Y, 4, epochs=2, shuffle=False, verbose=0).history["loss"] for each in (loaded, model)]
    np.testing.assert_allclose(*again, rtol=1e-6)
    assert int(loaded.optimizer.iterations) == int(model.optimizer.iterations) == 8


def test_models_without_training(saved):
    model, folder = saved
    loaded = load_model(folder, compile=False)
    assert loaded.optimizer is None
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))


def nested(name):
    inner = Sequential([Input((4,)), layers.Dense(3, name="one")], name=name)
    return Sequential([Input((4,)), inner, layers.Dense(2, name="one"), layers.Dropout(0.5, name="drop")], name="net")


def test_layers_of_one_name_in_models_of_several(tmp_path):
    """The paths of their variables are others when the model is made from its configuration."""
    given = Input((4,))
    model = keras_core.Model(given, [nested("a")(given), Sequential([layers.Dense(2, name="one")], name="b")(given)])
    model.compile("adam", loss="mse")
    model.fit(X, [Y, Y], verbose=0, callbacks=[OrbaxCheckpoint(tmp_path)])
    loaded = load_model(tmp_path)
    for found, expected in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
    # Which parts are dropped follows from the state of the seed, which is in the checkpoint as well.
    again = [each.fit(X, [Y, Y], shuffle=False, verbose=0).history["loss"] for each in (loaded, model)]
    np.testing.assert_allclose(*again, rtol=1e-5)


def test_the_last_of_several(tmp_path):
    model = make()
    model.fit(X, Y, epochs=11, verbose=0, callbacks=[OrbaxCheckpoint(tmp_path, max_to_keep=None)])
    assert int(load_model(tmp_path).optimizer.iterations) == 11
    assert int(load_model(tmp_path / "8").optimizer.iterations) == 9


def test_weights(saved):
    model, folder = saved
    other = make()
    report = other.load_weights(folder)
    assert report.complete and "norm/moving_mean" in str(report.matched)
    np.testing.assert_array_equal(other.predict(X, verbose=0), model.predict(X, verbose=0))
    assert int(other.optimizer.iterations) == 4


def test_weights_into_a_model_with_another_optimizer(saved):
    model, folder = saved
    other = make()
    other.compile("sgd", loss="mse")
    with pytest.warns(UserWarning, match="momentum': unexpected in the checkpoint"):
        report = other.load_weights(folder)
    assert not report.complete and len(report.unexpected) > 8
    np.testing.assert_array_equal(other.predict(X, verbose=0), model.predict(X, verbose=0))
    assert int(other.optimizer.iterations) == 0


def test_weights_of_a_narrow_dtype(tmp_path):
    model = make(dtype="bfloat16")
    model.fit(X, Y, verbose=0, callbacks=[OrbaxCheckpoint(tmp_path)])
    loaded = load_model(tmp_path)
    assert loaded.layers[0].kernel.dtype == "bfloat16"
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))


def test_what_does_not_fit(saved):
    _, folder = saved
    other = make(units=5)
    before = other.get_weights()
    with pytest.raises(
        ModelFileError, match=r"nothing was loaded:\s+.*one/kernel.*expected shape \(4, 5\), the file has \(4, 3\)"
    ):
        other.load_weights(folder)
    assert all(map(np.array_equal, other.get_weights(), before))
    with pytest.warns(UserWarning, match="left as it is"):
        report = other.load_weights(folder, skip_mismatch=True)
    assert any("one/kernel" in name for name in report.mismatched)
    np.testing.assert_array_equal(other.get_weights()[0], before[0])
    assert not np.array_equal(other.layers[-1].bias.numpy(), before[-1])


def test_missing_and_unexpected(saved):
    _, folder = saved
    other = Sequential([Input((4,)), layers.Dense(3, name="one"), layers.Dense(2, name="three")], name="net")
    with pytest.raises(ModelFileError, match=r"three/kernel: missing in the checkpoint[\s\S]*norm/beta': unexpected"):
        other.load_weights(folder)


def test_weights_alone(tmp_path):
    model = make()
    model.fit(X, Y, verbose=0, callbacks=[OrbaxCheckpoint(tmp_path, save_weights_only=True)])
    with pytest.raises(ModelFileError, match="holds weights alone"):
        load_model(tmp_path)
    other = make()
    other.load_weights(tmp_path)
    np.testing.assert_array_equal(other.predict(X, verbose=0), model.predict(X, verbose=0))


def test_a_checkpoint_of_keras():
    expected = np.load(DATA / "checkpoint_of_keras.npz")
    model = load_model(OF_KERAS)
    np.testing.assert_allclose(
        model.predict(expected["data"], verbose=0), expected["predictions"], rtol=1e-5, atol=1e-6
    )
    assert int(model.optimizer.iterations) == expected["iterations"]
    np.testing.assert_array_equal(model.optimizer.variables[2].numpy(), expected["momentum"])
    model.fit(X, Y, verbose=0)


# what is refused ----------------------------------------------------------------------------------------------------


def refused(folder, match):
    """Check that neither a model nor weights come from a checkpoint, and that nothing changes."""
    model = make()
    before = model.get_weights()
    for attempt in (load_model, model.load_weights):
        with pytest.raises(ModelFileError, match=match) as caught:
            attempt(folder)
        assert CANARY not in str(caught.value)
    assert all(map(np.array_equal, model.get_weights(), before))


@pytest.mark.parametrize("name", ["pytree", "model_config", "x"])
def test_a_folder_without_a_checkpoint(tmp_path, name):
    (tmp_path / name).mkdir()
    refused(tmp_path, "_METADATA" if name == "pytree" else "expected a checkpoint of Orbax")


def test_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file"):
        load_model(f"{tmp_path}/missing/")


@pytest.mark.parametrize("place", ["pytree/link", "pytree/d/link", "model_config/link"])
def test_links(saved, tmp_path, place):
    _, folder = saved
    (tmp_path / "secret").write_text(CANARY)
    (folder / "1" / place).symlink_to(tmp_path / "secret")
    if place.startswith("pytree"):
        refused(folder, "link.*is refused: expected ordinary files")
    with pytest.raises(ModelFileError, match=r"link.*is refused: expected ordinary files"):
        load_model(folder)


@pytest.mark.parametrize("place", ["1", "1/pytree", "1/model_config"])
def test_links_in_place_of_folders(saved, tmp_path, place):
    _, folder = saved
    shutil.move(folder / place, tmp_path / "elsewhere")
    (folder / place).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ModelFileError, match="is refused: expected a folder, not a link"):
        load_model(folder)


def test_the_folder_that_the_caller_names_may_be_a_link(saved, tmp_path):
    model, folder = saved
    (tmp_path / "link").symlink_to(folder)
    np.testing.assert_array_equal(load_model(tmp_path / "link").get_weights()[0], model.get_weights()[0])


def test_a_config_that_is_a_link(saved, tmp_path):
    _, folder = saved
    config = folder / "1" / "model_config" / "metadata"
    shutil.move(config, tmp_path / "secret")
    config.symlink_to(tmp_path / "secret")
    with pytest.raises(ModelFileError, match=r"metadata.*is refused: expected ordinary files"):
        load_model(folder)


def crc32c(content):
    """Return the checksum with which parts of the index end."""
    value = 0xFFFFFFFF
    for byte in content:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def store(folder, **config):
    base = {"driver": "file", "path": f"{folder}/1/pytree/"}
    spec = {"driver": "ocdbt", "base": base} | ({"config": config} if config else {})
    return tensorstore.KvStore.open(spec).result()


def write(folder, key, content):
    """Replace what stands under a key; None takes it away."""
    values = store(folder)
    if content is None:
        values.delete_range(tensorstore.KvStore.KeyRange(key, key + "\0")).result()
    else:
        values.write(key, content).result()


def key_of(folder, end):
    return next(key.decode() for key in store(folder).list().result() if key.decode().endswith(end))


def test_no_file_is_opened_for_an_array(saved):
    """The index says in which file the bytes of an array are: that of a stranger must not reach any."""
    model, folder = saved
    checkpoint = open_checkpoint(folder)
    shutil.rmtree(folder)
    for kind in ("trainable_variables", "optimizer_variables"):
        arrays = {path: array.read() for path, array in checkpoint.arrays[kind].items()}
        assert len(arrays) >= 6
    np.testing.assert_array_equal(
        checkpoint.arrays["trainable_variables"]["net/one/kernel"].read(), model.layers[0].kernel.numpy()
    )


def bomb(size):
    """Return a frame of a few bytes that grows to a size."""
    block = (1 << 1 | (1 << 17) << 3).to_bytes(3, "little") + b"x"
    return b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<L", 48) + block * (size >> 17) + b"\1\0\0"


def test_a_piece_that_grows(saved):
    _, folder = saved
    write(folder, key_of(folder, "one.kernel/0.0"), bomb(4 << 30))
    refused(folder, r"piece '0.0' is refused: compressed data grow to more than 131120")


def test_an_index_that_grows(saved):
    _, folder = saved
    frame = bomb(4 << 30)
    part = b"\x0c\xdb\x20\xde" + struct.pack("<Q", 18 + len(frame)) + b"\0\1" + frame
    (folder / "1" / "pytree" / "d" / "more").write_bytes(part + struct.pack("<L", crc32c(part)))
    refused(folder, "its index is refused: compressed data grow to more than")


@pytest.mark.parametrize("shape", [[1 << 20, 1 << 20], [1 << 47, 3], [4, 1 << 30]])
def test_a_shape_that_takes_too_much(saved, shape):
    _, folder = saved
    key = key_of(folder, "one.kernel/.zarray")
    told = json.loads(store(folder).read(key).result().value)
    write(folder, key, json.dumps({**told, "shape": shape, "chunks": shape}))
    refused(folder, "its arrays take .* bytes in a file of")


def test_many_pieces(saved, monkeypatch):
    _, folder = saved
    monkeypatch.setattr(orbax_folder, "MAX_PIECES", 10)
    refused(folder, "expected at most 10 pieces of arrays")


@pytest.mark.parametrize("end", ["one.kernel/0.0", "one.kernel/.zarray", "norm.gamma/0"])
def test_what_is_not_there(saved, end):
    _, folder = saved
    write(folder, key_of(folder, end), None)
    refused(folder, "is missing")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"shape": [4, 3]}', b'{"a": 1, "a": 2}', b"\xff", b"[" * 1000], ids=str
)
def test_descriptions_of_arrays(saved, content):
    _, folder = saved
    write(folder, key_of(folder, "one.kernel/.zarray"), content)
    refused(folder, "one.kernel.*expected")


def changed_json(path, change):
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told))


def first_leaf(told):
    return next(iter(told["tree_metadata"].values()))


@pytest.mark.parametrize(
    "change",
    [
        lambda told: first_leaf(told)["key_metadata"].insert(0, {"key": "../..", "key_type": 2}),
        lambda told: first_leaf(told)["key_metadata"].clear(),
        lambda told: first_leaf(told)["key_metadata"][0].update(key=3),
        lambda told: first_leaf(told)["key_metadata"][0].update(key_type=1),
        lambda told: first_leaf(told).pop("value_metadata"),
        lambda told: first_leaf(told)["value_metadata"].update(value_type="string"),
        lambda told: told["tree_metadata"].update(x=3),
        lambda told: told.update(tree_metadata=[]),
        lambda told: told["tree_metadata"].update(x=first_leaf(told)),
    ],
)
def test_metadata(saved, change):
    _, folder = saved
    changed_json(folder / "1" / "pytree" / "_METADATA", change)
    refused(folder, "_METADATA: expected")


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": 1, "a": 2}', b"{" * 1000, b"\xff\xfe"])
def test_files_of_json(saved, content):
    _, folder = saved
    for name in ("pytree/_METADATA", "model_config/metadata"):
        (folder / "1" / name).write_bytes(content)
        with pytest.raises(ModelFileError, match="expected"):
            load_model(folder)


@pytest.mark.parametrize(
    "config",
    [
        {"module": "os", "class_name": "system", "config": {"command": f"touch {CANARY}"}},
        {"module": "keras.layers", "class_name": "Lambda", "config": {"function": "print"}},
        {"module": "keras", "class_name": "Dense", "config": {"units": 3}},
        [],
    ],
)
def test_configurations(saved, config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, folder = saved
    changed_json(folder / "1" / "model_config" / "metadata", lambda told: told.update(config=config))
    with pytest.raises(ModelFileError):
        load_model(folder)
    assert not (tmp_path / CANARY).exists()


def test_a_model_that_is_larger_than_its_arrays(saved):
    _, folder = saved

    def enlarge(told):
        told["config"] = told["config"].replace('"units": 3', '"units": 300000000')

    changed_json(folder / "1" / "model_config" / "metadata", enlarge)
    with pytest.raises(ModelFileError, match="the model takes"):
        load_model(folder)


@pytest.mark.parametrize("name", ["manifest.ocdbt", "d"])
@pytest.mark.parametrize("damage", [lambda content: content[:-7], lambda content: content[:20] + b"x" + content[21:]])
def test_damaged_files(saved, name, damage):
    _, folder = saved
    root = folder / "1" / "pytree"
    for path in (root / name).iterdir() if name == "d" else [root / name]:
        path.write_bytes(damage(path.read_bytes()))
    refused(folder, "cannot be read|is refused|is missing")
