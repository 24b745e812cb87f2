"""`EarlyStopping`."""

import pytest

from keras_core.callbacks import EarlyStopping

LOSSES = [5, 4, 3.99, 4.5, 4.6, 3, 3.1, 3.2, 3.3]


@pytest.mark.parametrize(
    ("options", "epochs", "weights"),
    [
        ({}, 4, 4),
        ({"patience": 2}, 5, 5),
        ({"patience": 2, "restore_best_weights": True}, 5, 3),
        ({"patience": 1, "min_delta": 0.5}, 3, 3),
        ({"patience": 1, "min_delta": -0.5}, 3, 3),
        ({"patience": 2, "baseline": 3.5, "restore_best_weights": True}, 4, 3),
        ({"patience": 1, "baseline": 1, "restore_best_weights": True}, 4, 3),
        ({"patience": 1, "start_from_epoch": 4, "restore_best_weights": True}, 7, 6),
        ({"patience": 1, "mode": "max"}, 2, 2),
        ({"patience": 100, "restore_best_weights": True}, 9, 6),
    ],
    ids=str,
)
def test_when_it_stops(trained, options, epochs, weights):
    assert trained.run(EarlyStopping(**options), LOSSES) == epochs
    assert trained.weights[0].tolist() == [weights]


@pytest.mark.parametrize(
    ("name", "epochs"),
    [("val_loss", 4), ("mae", 4), ("val_kind_loss", 4), ("binary_crossentropy", 4), ("accuracy", 2), ("val_acc", 2)],
)
def test_the_name_says_what_is_better(trained, name, epochs):
    assert trained.run(EarlyStopping(monitor=name), LOSSES, name) == epochs


def test_the_metric_says_what_is_better(trained):
    from keras_core.metrics import BinaryAccuracy

    trained.metrics = (BinaryAccuracy(name="share"),)
    assert trained.run(EarlyStopping(monitor="val_share"), LOSSES, "val_share") == 2


def test_a_name_that_says_nothing(trained):
    with pytest.raises(ValueError, match=r"EarlyStopping.*'score'.*pass mode='max' or mode='min'"):
        trained.run(EarlyStopping(monitor="score"), LOSSES, "score")


def test_an_unknown_mode():
    with pytest.raises(ValueError, match="expected mode to be one of"):
        EarlyStopping(mode="least")


def test_a_number_that_is_not_logged(trained):
    with pytest.warns(UserWarning, match="the logs have no 'val_loss'"):
        assert trained.run(EarlyStopping(), [None, None]) == 2


def test_nan_is_no_improvement(trained):
    assert trained.run(EarlyStopping(), [1.0, float("nan"), 0.5]) == 2


def test_it_says_what_it_does(trained, capsys):
    trained.run(EarlyStopping(verbose=1, restore_best_weights=True), LOSSES)
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 4: early stopping",
        "Restoring the weights of the best epoch, 3",
    ]


def test_it_stops_fit_and_restores(line):
    import numpy as np

    model = line()
    x = np.ones((2, 1))
    stop = EarlyStopping(monitor="loss", patience=1, restore_best_weights=True)
    assert model.fit(x, x, epochs=9, verbose=0, callbacks=[stop]).epoch == [0, 1, 2]
    assert stop.best == 0.0
    assert model.get_weights()[0].tolist() == [[1.0]]
