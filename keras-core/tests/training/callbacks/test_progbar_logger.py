"""What is shown of training."""

import contextlib
import io
import re
import sys

import numpy as np
import pytest

from keras_core.callbacks import LambdaCallback

X = np.ones((6, 1))
TIMES = r"\d+\.\ds - \d+(us|ms|s)/step"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def shown(monkeypatch):
    """Return a function that runs another one with a terminal as its output, and returns what the terminal got."""

    def run(function):
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "200")
        stream = Terminal()
        with contextlib.redirect_stdout(stream):
            function()
        return stream.getvalue()

    return run


def lines(text):
    return text.splitlines()


@pytest.mark.parametrize("verbose", [1, 2, "auto"])
def test_a_line_an_epoch_where_the_output_is_no_terminal(line, capsys, verbose):
    line().fit(X, X, epochs=2, batch_size=2, verbose=verbose, validation_data=(X, X))
    first, second = lines(capsys.readouterr().out)
    assert re.fullmatch(rf"Epoch 1/2 - 3/3 - {TIMES} - loss: 0\.3333 - val_loss: 0\.0000", first)
    assert second.startswith("Epoch 2/2 - 3/3")


def test_nothing(line, capsys):
    model = line()
    model.fit(X, X, verbose=0)
    model.evaluate(X, X, verbose=0)
    model.predict(X, verbose=0)
    assert capsys.readouterr().out == ""


def test_evaluation_and_prediction(line, capsys):
    model = line(metrics=["mae"])
    model.evaluate(X, X, verbose=1, batch_size=4)
    model.predict(X, verbose=1, batch_size=4)
    first, second = lines(capsys.readouterr().out)
    assert re.fullmatch(rf"Evaluation - 2/2 - {TIMES} - loss: 1\.0000 - mae: 1\.0000", first)
    assert re.fullmatch(rf"Prediction - 2/2 - {TIMES}", second)


def test_numbers_that_are_small(line, capsys):
    line(loss=lambda y_true, y_pred: (y_true - y_pred)[:, 0] * 1e-5).fit(X, X, verbose=2)
    assert "loss: 1.0000e-05" in capsys.readouterr().out


def test_a_generator_of_unknown_length(line, capsys):
    line().fit(iter([(X, X)] * 3), verbose=2)
    assert capsys.readouterr().out.startswith("Epoch 1/1 - 3/3")


def test_a_bar_in_a_terminal(line, shown):
    text = shown(lambda: line().fit(X, X, batch_size=2, verbose=1))
    assert "━" in text
    assert re.search(rf"Epoch 1/1 - 3/3 - {TIMES} - loss: 0\.3333", text)


def test_lines_in_a_terminal_with_verbose_2(line, shown):
    text = shown(lambda: line().fit(X, X, verbose=2))
    assert "━" not in text
    assert text.startswith("Epoch 1/1 - 1/1")


def test_an_error_takes_the_bar_off(line, shown):
    def fail(batch, logs):
        raise RuntimeError("stop")

    def fit():
        with pytest.raises(RuntimeError, match="stop"):
            line().fit(X, X, verbose=1, callbacks=[LambdaCallback(on_train_batch_end=fail)])

    text = shown(fit)
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1  # the cursor is hidden, and shown again


def test_the_bar_fetches_numbers_only_when_it_moves(line, shown, monkeypatch):
    from keras_core.training import logs

    fetched = []
    number = logs.to_number
    monkeypatch.setattr(logs, "to_number", lambda value: fetched.append(value) or number(value))
    monkeypatch.setattr("keras_core.training.callbacks.progbar_logger._SECONDS_BETWEEN_LOOKS", 1000.0)
    x = np.ones((50, 1))
    shown(lambda: line().fit(x, x, batch_size=1, verbose=1))
    assert len(fetched) == 2  # of the first batch and of the last, whose numbers are those of the epoch


def test_rich_is_not_imported_for_lines():
    import subprocess

    code = (
        "import sys, numpy as np, keras_core as keras\n"
        "keras.set_backend('numpy')\n"
        "model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        "model.compile('sgd', 'mse')\n"
        "model.fit(np.ones((2, 1)), np.ones((2, 1)), verbose=2)\n"
        "print('rich' in sys.modules)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "False"
