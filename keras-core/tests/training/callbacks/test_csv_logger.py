"""`CSVLogger`."""

import numpy as np
import pytest

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
    assert path.read_text().splitlines()[1] == '0,"""[1.0, 2.0]"""'


def test_columns_without_a_validation(tmp_path):
    path = tmp_path / "log.csv"
    logger = CSVLogger(path)
    logger.on_train_begin()
    logger.on_epoch_end(0, {"z": 1, "a": 2})
    assert path.read_text().splitlines() == ["epoch,a,z,val_a,val_z", "0,2,1,NA,NA"]


def test_no_epochs(line, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("of another training")
    line().fit(X, X, epochs=0, verbose=0, callbacks=[CSVLogger(path)])
    assert path.read_text() == ""


def resumed(logger, state):
    logger.on_train_begin()
    logger.set_resume_state(state)
    return logger


@pytest.mark.parametrize(("append", "before"), [(False, "old,lines\n"), (True, ""), (True, "epoch,loss\n9,5\n")])
@pytest.mark.parametrize("backups_after", [0, 1])
def test_a_training_that_is_resumed_has_no_line_twice(tmp_path, append, before, backups_after):
    path = tmp_path / "log.csv"
    path.write_text(before)
    logger = CSVLogger(path, append=append)
    logger.on_train_begin()
    for epoch in range(3):
        if epoch == backups_after:
            state = logger.get_resume_state()
        logger.on_epoch_end(epoch, {"loss": epoch, "val_loss": 0})
    whole = path.read_text()
    # Killed after the last line and before the next backup.
    logger = resumed(CSVLogger(path, append=append), state)
    assert logger.get_resume_state() == state
    for epoch in range(backups_after, 3):
        logger.on_epoch_end(epoch, {"loss": epoch, "val_loss": 0})
    assert path.read_text() == whole


def test_lines_that_were_lost(tmp_path):
    path = tmp_path / "log.csv"
    logger = CSVLogger(path)
    logger.on_train_begin()
    logger.on_epoch_end(0, {"loss": 1, "val_loss": 2})
    state = logger.get_resume_state()
    path.unlink()
    with pytest.warns(UserWarning, match=r"CSVLogger: '.*log\.csv' has lost lines of the training that is resumed"):
        resumed(CSVLogger(path), state).on_epoch_end(1, {"loss": 3, "val_loss": 4})
    assert path.read_text() == "epoch,loss,val_loss\n1,3,4\n"
