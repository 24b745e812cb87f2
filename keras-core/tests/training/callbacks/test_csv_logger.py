"""`CSVLogger`."""

import numpy as np

from keras_core.callbacks import CSVLogger

X = np.ones((2, 1))


def test_one_line_an_epoch(line, tmp_path):
    path = tmp_path / "log.csv"
    line().fit(X, X, epochs=2, verbose=0, callbacks=[CSVLogger(path)], validation_data=(X, X))
    assert path.read_text().splitlines() == ["epoch,loss,val_loss", "0,1.0,0.0", "1,0.0,0.0"]


def test_validation_that_comes_later(line, tmp_path):
    path = tmp_path / "log.csv"
    data = {"validation_data": (X, X), "validation_freq": 2}
    line().fit(X, X, epochs=2, verbose=0, callbacks=[CSVLogger(path)], **data)
    assert path.read_text().splitlines() == ["epoch,loss,val_loss", "0,1.0,NA", "1,0.0,0.0"]


def test_append(line, tmp_path):
    path = tmp_path / "log.csv"
    model = line()
    for epoch in range(2):
        logger = CSVLogger(path, separator=";", append=epoch > 0)
        model.fit(X, X, initial_epoch=epoch, epochs=epoch + 1, verbose=0, callbacks=[logger])
    assert path.read_text().splitlines() == ["epoch;loss;val_loss", "0;1.0;NA", "1;0.0;NA"]


def test_lists_are_one_cell(tmp_path):
    path = tmp_path / "log.csv"
    logger = CSVLogger(path)
    logger.on_train_begin()
    logger.on_epoch_end(0, {"val_loss": np.array([1.0, 2.0])})
    logger.on_train_end()
    assert path.read_text().splitlines()[1] == '0,"[1.0, 2.0]"'
