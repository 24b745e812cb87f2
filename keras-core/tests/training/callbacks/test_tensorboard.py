"""`TensorBoard`: what stands in its files."""

import dataclasses
import os
import struct
import sys
import zlib
from contextlib import closing, contextmanager

import numpy as np
import pytest
from tensorboardX.crc32c import crc32c
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.proto.graph_pb2 import GraphDef

from keras_core import Input, Model, Sequential, layers
from keras_core.callbacks import LambdaCallback, TensorBoard
from keras_core.runtime.table import active

X, Y = np.zeros((8, 3), "int32"), np.ones((8, 1), "float32")


def make():
    model = Sequential([Input((3,), dtype="int32"), layers.Embedding(5, 2, name="words"), layers.Flatten()])
    model.add(layers.Dense(1, name="out"))
    model.compile("sgd", loss="mse")
    return model


def masked(data):
    value = crc32c(data)
    return ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF


def events(folder):
    """Return the events in the files of a folder: records of length, checksum, data, checksum."""
    found = []
    for path in sorted(folder.iterdir()):
        data, position = path.read_bytes(), 0
        while position < len(data):
            header = data[position : position + 8]
            (size,) = struct.unpack("<Q", header)
            body = data[position + 12 : position + 12 + size]
            assert struct.unpack("<I", data[position + 8 : position + 12])[0] == masked(header)
            assert struct.unpack("<I", data[position + 12 + size : position + 16 + size])[0] == masked(body)
            found.append(Event.FromString(body))
            position += 16 + size
    return found


def values(folder, kind="simple_value"):
    """Return tag -> {step: value} of one kind."""
    found = {}
    for event in events(folder):
        for value in event.summary.value:
            if value.WhichOneof("value") == kind:
                found.setdefault(value.tag, {})[event.step] = getattr(value, kind)
    return found


def fit(folder, epochs=2, **options):
    model = make()
    board = TensorBoard(folder, **options)
    history = model.fit(X, Y, 4, epochs=epochs, verbose=0, validation_data=(X, Y), callbacks=[board]).history
    return model, history


def test_logs_of_epochs(tmp_path):
    _, history = fit(tmp_path)
    train, validation = values(tmp_path / "train"), values(tmp_path / "validation")
    assert train["epoch_loss"] == pytest.approx(dict(enumerate(history["loss"])))
    assert train["epoch_learning_rate"] == pytest.approx({0: 0.01, 1: 0.01})
    assert validation["epoch_loss"] == pytest.approx(dict(enumerate(history["val_loss"])))
    assert validation["evaluation_loss_vs_iterations"] == pytest.approx(
        dict(zip((2, 4), history["val_loss"], strict=True))
    )
    assert sorted(train) == ["epoch_learning_rate", "epoch_loss"]


@pytest.mark.parametrize(("update_freq", "steps"), [("epoch", None), ("batch", [1, 2, 3, 4]), (3, [3])])
def test_logs_of_batches(tmp_path, update_freq, steps):
    fit(tmp_path, update_freq=update_freq)
    assert list(values(tmp_path / "train").get("batch_loss", {})) == (steps or [])


def test_speed(tmp_path):
    fit(tmp_path, update_freq="batch", write_steps_per_second=True)
    train = values(tmp_path / "train")
    assert list(train["batch_steps_per_second"]) == [1, 2, 3, 4]
    assert all(value > 0 for value in train["epoch_steps_per_second"].values())


def test_histograms_of_weights(tmp_path):
    model, _ = fit(tmp_path, epochs=3, histogram_freq=2)
    found = values(tmp_path / "train", "histo")
    assert sorted(found) == sorted(f"{weight.path}/histogram" for weight in model.weights)
    kernel = model.get_layer("out").kernel
    last = found[f"{kernel.path}/histogram"]
    assert list(last) == [0, 2]
    assert last[2].num == kernel.numpy().size
    assert last[2].sum == pytest.approx(kernel.numpy().sum(), rel=1e-5)
    assert sum(last[2].bucket) == last[2].num


def test_images_of_weights(tmp_path):
    model, _ = fit(tmp_path, epochs=1, histogram_freq=1, write_images=True)
    found = values(tmp_path / "train", "image")
    image = found[f"{model.get_layer('words').embeddings.path}/image"][0]
    assert (image.width, image.height) == (5, 2)
    header, size = b"\x89PNG\r\n\x1a\n", struct.unpack(">II", image.encoded_image_string[16:24])
    assert image.encoded_image_string.startswith(header)
    assert size == (5, 2)
    assert zlib.crc32(image.encoded_image_string[12:29]) == int.from_bytes(image.encoded_image_string[29:33])


def test_graph(tmp_path):
    first = Input((2,), name="first")
    one = layers.Dense(2, name="one")(first)
    model = Model(first, layers.Add(name="sum")([one, first]))
    model.compile("sgd", loss="mse")
    model.fit(np.ones((2, 2)), np.ones((2, 2)), verbose=0, callbacks=[TensorBoard(tmp_path)])
    (graph,) = [GraphDef.FromString(event.graph_def) for event in events(tmp_path / "train") if event.graph_def]
    assert sorted((node.name, node.op, list(node.input)) for node in graph.node) == [
        ("first", "InputLayer", []),
        ("one", "Dense", ["first"]),
        ("sum", "Add", ["one", "first"]),
    ]


def test_without_graph(tmp_path):
    fit(tmp_path, write_graph=False)
    assert not any(event.graph_def for event in events(tmp_path / "train"))


def test_embeddings(tmp_path):
    model, _ = fit(tmp_path, embeddings_freq=1, embeddings_metadata={"words": "words.tsv"})
    layer = model.get_layer("words")
    saved = np.loadtxt(tmp_path / "embeddings" / "words-1.tsv", delimiter="\t", ndmin=2)
    np.testing.assert_allclose(saved, layer.embeddings.numpy(), rtol=1e-6)
    assert (tmp_path / "projector_config.pbtxt").read_text().splitlines() == [
        "embeddings {",
        f'  tensor_name: "{layer.embeddings.path}"',
        '  tensor_path: "embeddings/words-1.tsv"',
        '  metadata_path: "words.tsv"',
        "}",
    ]


def test_metadata_of_a_layer_that_is_not_there(tmp_path):
    with pytest.raises(ValueError, match=r"embeddings_metadata names \['letters'\].*\['words'\]"):
        fit(tmp_path, embeddings_freq=1, embeddings_metadata={"letters": "x.tsv"})


def test_evaluate_alone(tmp_path):
    model = make()
    loss = model.evaluate(X, Y, verbose=0, callbacks=[TensorBoard(tmp_path)])
    assert values(tmp_path / "validation") == {"evaluation_loss_vs_iterations": {0: pytest.approx(loss)}}


def test_a_writer_for_more(tmp_path):
    board = TensorBoard(tmp_path)
    board.summary.add_scalar("mine", 2.0, 7)
    board.on_train_end()
    assert values(tmp_path / "train") == {"mine": {7: 2.0}}


@pytest.mark.parametrize(("batches", "last"), [(1, 1), ((2, 3), 3), ("2,3", 3), ((3, 99), 4)])
def test_batches_are_profiled(tmp_path, monkeypatch, batches, last):
    calls, model = [], make()
    board = TensorBoard(tmp_path, profile_batch=batches)

    @contextmanager
    def profile(folder):
        calls.append(("from", int(model.optimizer.iterations) + 1))
        assert os.path.isdir(folder)
        yield
        calls.append(("to", int(model.optimizer.iterations)))

    devices = dataclasses.replace(active().devices, profile=profile)
    monkeypatch.setattr(active(), "devices", devices)
    model.fit(X, Y, 4, epochs=2, verbose=0, callbacks=[board])
    first = int(str(batches).strip("(")[0])
    assert calls == [("from", first), ("to", last)]


def test_profile_of_a_training_that_fails(tmp_path, monkeypatch):
    stopped = []
    devices = dataclasses.replace(active().devices, profile=lambda folder: closing(Stopped(stopped)))
    monkeypatch.setattr(active(), "devices", devices)
    board = TensorBoard(tmp_path, profile_batch=1)
    fails = LambdaCallback(on_train_batch_begin=lambda batch, logs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make().fit(X, Y, 4, verbose=0, callbacks=[board, fails])
    assert stopped == [True]


class Stopped:
    def __init__(self, stopped):
        self.stopped = stopped

    def close(self):
        self.stopped.append(True)


def test_files_of_the_profiler(tmp_path):
    fit(tmp_path, profile_batch=2)
    files = [path for path in (tmp_path / "train").rglob("*") if path.is_file() and "tfevents" not in path.name]
    assert any(path.stat().st_size for path in files), files


@pytest.mark.parametrize("value", [-1, True, 1.5, (3, 2), (1, 2, 3), "2", "a,b"])
def test_unknown_batches_to_profile(tmp_path, value):
    with pytest.raises(ValueError, match=r"expected profile_batch to be 0, the number of a batch"):
        TensorBoard(tmp_path, profile_batch=value)


@pytest.mark.parametrize("value", ["steps", 0, True, 1.5])
def test_unknown_frequency(tmp_path, value):
    with pytest.raises(ValueError, match="TensorBoard: expected update_freq to be 'batch', 'epoch' or a positive int"):
        TensorBoard(tmp_path, update_freq=value)


def test_without_the_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ImportError, match=r"pip install 'keras-core\[tensorboard\]'"):
        TensorBoard(tmp_path)


def test_a_training_that_is_resumed_counts_on(tmp_path):
    first, second = (TensorBoard(tmp_path / name, update_freq=2) for name in ("first", "second"))
    make().fit(X, Y, 2, verbose=0, validation_data=(X, Y), callbacks=[first])
    second.on_train_begin()
    second.set_resume_state(first.get_resume_state())
    second.on_epoch_begin(1)
    for batch in range(4):
        second.on_train_batch_end(batch, {"loss": 1.0})
    second.on_train_end()
    assert list(values(tmp_path / "first" / "train")["batch_loss"]) == [2, 4]
    assert list(values(tmp_path / "second" / "train")["batch_loss"]) == [6, 8]
    assert second.get_resume_state()["evaluations"] == 1
