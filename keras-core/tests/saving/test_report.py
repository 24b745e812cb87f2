"""What `load_weights` tells of each variable."""

import pytest

import keras_core as keras
from keras_core import layers

FORMATS = ["x.weights.h5", "x.safetensors", "x.weights.json", "x.safetensors.index.json", "x.keras"]


def stack(*sizes):
    return keras.Sequential([keras.Input((3,)), *(layers.Dense(size) for size in sizes)])


def save(model, path):
    if path.suffix == ".keras":
        model.save(path)
    else:
        model.save_weights(path, max_shard_size=1 if path.suffix == ".json" else None)
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_all_matched(name, tmp_path):
    report = stack(4, 2).load_weights(save(stack(4, 2), tmp_path / name))
    assert report.matched == ("dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias")
    assert report.complete
    assert name in report.source


@pytest.mark.parametrize("name", FORMATS)
def test_each_name_is_in_one_list(name, tmp_path):
    model = stack(4, 3, 2, 2)
    with pytest.warns(UserWarning, match="left as it is"):
        report = model.load_weights(save(stack(4, 2, 2), tmp_path / name), skip_mismatch=True)
    assert report.matched == ("dense/kernel", "dense/bias")
    assert report.missing == ("dense_3/kernel", "dense_3/bias")
    assert report.unexpected == ()
    assert report.mismatched == {
        "dense_1/kernel": "'kernel': expected shape (4, 3), the file has (4, 2)",
        "dense_1/bias": "'bias': expected shape (3,), the file has (2,)",
        "dense_2/kernel": "'kernel': expected shape (3, 2), the file has (2, 2)",
        "dense_2/bias": "left with the rest of its layer",
    }
    assert not report.complete
    assert "left as they are:\n  dense_1/kernel: 'kernel': expected shape (4, 3)" in str(report)


@pytest.mark.parametrize("name", FORMATS)
def test_unexpected_layer(name, tmp_path):
    model = stack(4)
    with pytest.warns(UserWarning, match="nothing in the model is there"):
        report = model.load_weights(save(stack(4, 2), tmp_path / name), skip_mismatch=True)
    assert report.matched == ("dense/kernel", "dense/bias")
    is_named = "safetensors" in name
    expected = ("dense_1/kernel", "dense_1/bias") if is_named else ("layers/dense_1/0", "layers/dense_1/1")
    assert report.unexpected == expected


def test_state_of_an_optimizer_that_the_file_does_not_have(tmp_path):
    model = stack(2)
    model.compile("sgd", "mse")
    report = model.load_weights(save(stack(2), tmp_path / "x.safetensors"))
    assert report.missing == ("optimizer/iteration", "optimizer/learning_rate")


def test_state_of_an_optimizer_that_the_model_does_not_have(tmp_path):
    model = stack(2)
    model.compile("sgd", "mse")
    report = stack(2).load_weights(save(model, tmp_path / "x.safetensors"))
    assert report.unexpected == ("optimizer/iteration", "optimizer/learning_rate")


def test_weights_that_no_file_can_hold(tmp_path):
    class Loose(keras.Layer):
        def __init__(self, parts):
            super().__init__()
            self.parts = parts

        def call(self, inputs):
            return next(iter(self.parts))(inputs)

    held, loose = (
        keras.Sequential([keras.Input((3,)), Loose(kind([layers.Dense(2, name="part")]))]) for kind in (list, set)
    )
    path = save(held, tmp_path / "x.safetensors")
    with pytest.raises(keras.saving.ModelFileError, match="part/kernel: no attribute, list, tuple or dict leads to"):
        loose.load_weights(path)
    with pytest.warns(UserWarning, match="left as it is"):
        report = loose.load_weights(path, skip_mismatch=True)
    assert [name.rpartition("/")[2] for name in report.missing] == ["kernel", "bias"]
