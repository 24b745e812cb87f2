"""`ModelCheckpoint`."""

import pytest

from keras_core.callbacks import ModelCheckpoint

LOSSES = [5.0, 4.0, 4.5, 3.0]


@pytest.mark.parametrize(
    ("path", "options", "batches", "saved"),
    [
        ("a.keras", {}, 0, ["a.keras"] * 4),
        ("{epoch:02d}-{val_loss:.1f}.keras", {}, 0, ["01-5.0.keras", "02-4.0.keras", "03-4.5.keras", "04-3.0.keras"]),
        ("{epoch}.keras", {"save_best_only": True}, 0, ["1.keras", "2.keras", "4.keras"]),
        ("{epoch}.keras", {"save_best_only": True, "mode": "max"}, 0, ["1.keras"]),
        ("{epoch}.keras", {"save_best_only": True, "initial_value_threshold": 4.2}, 0, ["2.keras", "4.keras"]),
        (
            "{epoch}.weights.h5",
            {"save_weights_only": True, "save_best_only": True},
            0,
            [f"{n}.weights.h5" for n in "124"],
        ),
        ("{epoch}-{batch}.keras", {"save_freq": 3}, 2, ["2-1.keras", "3-2.keras"]),
        (
            "{epoch}.keras",
            {"save_freq": 2, "save_best_only": True, "monitor": "loss"},
            2,
            ["1.keras", "2.keras", "4.keras"],
        ),
    ],
)
def test_what_it_saves(trained, tmp_path, path, options, batches, saved):
    trained.run(ModelCheckpoint(tmp_path / path, **options), LOSSES, batches=batches)
    assert trained.saved == [str(tmp_path / name) for name in saved]


def test_batches_computed_in_one_go_count(trained, tmp_path):
    callback = ModelCheckpoint(tmp_path / "{batch}.keras", save_freq=4)
    callback.set_model(trained)
    callback.on_epoch_begin(0)
    for batch in (1, 3, 5, 7):
        callback.on_train_batch_end(batch, {})
    assert trained.saved == [str(tmp_path / "4.keras"), str(tmp_path / "8.keras")]


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("a.h5", {"save_weights_only": True}, r"can save weights, .*'\.weights\.h5'.*got 'a\.h5'"),
        ("a.foo", {}, r"can save a model, .*'\.keras'.*got 'a\.foo'"),
        ("a.keras", {"save_freq": 0}, "save_freq"),
        ("a.keras", {"save_freq": "batch"}, "save_freq"),
        ("a.keras", {"mode": "least"}, "mode"),
    ],
)
def test_bad_arguments(path, options, message):
    with pytest.raises(ValueError, match=message):
        ModelCheckpoint(path, **options)


def test_a_number_that_is_not_logged(trained):
    with pytest.raises(KeyError, match="names 'score'; there are"):
        trained.run(ModelCheckpoint("{score}.keras"), LOSSES)


def test_it_says_what_it_does(trained, capsys):
    trained.run(ModelCheckpoint("a.keras", save_best_only=True, verbose=1), [5.0, 6.0])
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 1: val_loss improved from None to 5.0",
        "Epoch 1: saving to a.keras",
        "Epoch 2: val_loss did not improve from 5.0",
    ]


def test_a_model_is_saved_where_the_number_that_says_the_best_is_missing(trained):
    with pytest.warns(UserWarning, match="the logs have no 'val_loss', which it monitors"):
        trained.run(ModelCheckpoint("a.keras", save_best_only=True), [5.0], monitor="loss")
    assert trained.saved == ["a.keras"]
