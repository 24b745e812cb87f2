"""When callbacks are called, with what, and by whom."""

import numpy as np
import pytest

from keras_core.callbacks import Callback, CallbackList, History, LambdaCallback, ProgbarLogger, TerminateOnNaN

X = np.ones((6, 1))


class Noted(Callback):
    def __init__(self):
        self.calls = []

    def __getattribute__(self, name):
        if name.startswith("on_"):
            return lambda *args: self.calls.append((name.removeprefix("on_"), *args[:-1], sorted(args[-1])))
        return super().__getattribute__(name)


# Overridden, so that the list sees that they are used.
for hook in [name for name in vars(Callback) if name.startswith("on_")]:
    setattr(Noted, hook, lambda self, *args: None)


def test_calls_of_fit(line):
    noted = Noted()
    line().fit(X, X, batch_size=4, verbose=0, callbacks=[noted], validation_data=(X, X))
    assert noted.calls == [
        ("train_begin", []),
        ("epoch_begin", 0, []),
        ("train_batch_begin", 0, []),
        ("train_batch_end", 0, ["loss"]),
        ("train_batch_begin", 1, []),
        ("train_batch_end", 1, ["loss"]),
        ("test_begin", []),
        ("test_batch_begin", 0, []),
        ("test_batch_end", 0, ["loss"]),
        ("test_batch_begin", 1, []),
        ("test_batch_end", 1, ["loss"]),
        ("test_end", ["loss"]),
        ("epoch_end", 0, ["loss", "val_loss"]),
        ("train_end", ["loss", "val_loss"]),
    ]
    assert noted.params == {"verbose": 0, "epochs": 1, "steps": 2}


def test_calls_of_evaluate(line):
    noted = Noted()
    line().evaluate(X, X, batch_size=6, verbose=0, callbacks=[noted])
    names = [call[0] for call in noted.calls]
    assert names == ["test_begin", "test_batch_begin", "test_batch_end", "test_end"]


def test_calls_of_predict(line):
    noted = Noted()
    line().predict(X, verbose=0, callbacks=[noted])
    assert noted.calls == [
        ("predict_begin", []),
        ("predict_batch_begin", 0, []),
        ("predict_batch_end", 0, ["outputs"]),
        ("predict_end", []),
    ]


def test_batches_in_one_go_are_called_for_once(line):
    noted = Noted()
    line(steps_per_execution=2).fit(X, X, batch_size=2, verbose=0, callbacks=[noted])
    ends = [call[1] for call in noted.calls if call[0] == "train_batch_end"]
    begins = [call[1] for call in noted.calls if call[0] == "train_batch_begin"]
    assert (begins, ends) == ([0, 2], [1, 2])


def test_logs_of_a_batch_are_numbers(line):
    class Kinds(Callback):
        def on_train_batch_end(self, batch, logs=None):
            kinds.append(type(logs["loss"]))

        def on_predict_batch_end(self, batch, logs=None):
            kinds.append(type(logs["outputs"]))

    kinds = []
    model = line()
    model.fit(X, X, verbose=0, callbacks=[Kinds()])
    model.predict(X, verbose=0, callbacks=[Kinds()])
    assert kinds == [float, np.ndarray]


def test_a_callback_that_does_not_look_does_not_fetch(line, monkeypatch):
    from keras_core.training import logs

    class Blind(Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(batch)

    seen, fetched = [], []
    number = logs.to_number
    monkeypatch.setattr(logs, "to_number", lambda value: fetched.append(value) or number(value))
    line().fit(X, X, batch_size=1, verbose=0, callbacks=[Blind()])
    assert len(seen) == 6
    assert len(fetched) == 1


def test_batch_hooks_of_older_code(line):
    class Old(Callback):
        def on_batch_end(self, batch, logs=None):
            seen.append(batch)

    seen = []
    line().fit(X, X, batch_size=3, verbose=0, callbacks=[Old()])
    assert seen == [0, 1]


def test_hooks_that_stay_as_they_are_are_not_called():
    assert all(not hooks for hooks in CallbackList([Callback()])._hooks.values())


def test_stop_training_ends_the_epoch(line):
    class Stop(Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(batch)
            self.model.stop_training = batch == 1

    seen = []
    assert line().fit(X, X, batch_size=1, epochs=3, verbose=0, callbacks=[Stop()]).epoch == [0]
    assert seen == [0, 1]


def test_history_and_bar_are_added_once():
    history, bar = History(), ProgbarLogger()
    assert list(CallbackList([history, bar], add_history=True, add_progbar=True)) == [history, bar]
    kinds = [type(item) for item in CallbackList(None, add_history=True, add_progbar=True)]
    assert kinds == [ProgbarLogger, History]


def test_the_model_has_its_history(line):
    model = line()
    assert model.fit(X, X, verbose=0) is model.history


def test_one_callback_without_a_list(line):
    history = History()
    line().fit(X, X, verbose=0, callbacks=history)
    assert history.epoch == [0]


def test_append(line):
    callbacks = CallbackList()
    seen = []
    callbacks.append(LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch)))
    callbacks.on_epoch_end(4)
    assert seen == [4]


def test_what_is_no_callback(line):
    with pytest.raises(TypeError, match="expected callbacks, got 3 of type int"):
        line().fit(X, X, verbose=0, callbacks=[3])


def test_functions_as_a_callback(line):
    seen = []
    callback = LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(("batch", batch)),
        on_epoch_begin=lambda epoch, logs: seen.append(("epoch", epoch)),
        on_test_begin=lambda logs: seen.append(("test",)),
    )
    line().fit(X, X, verbose=0, callbacks=[callback], validation_data=(X, X))
    assert seen == [("epoch", 0), ("batch", 0), ("test",)]


def test_functions_of_an_unknown_name():
    with pytest.raises(TypeError, match="has no method 'on_epoch'"):
        LambdaCallback(on_epoch=print)


def test_nan_ends_training(line, capsys):
    model = line()
    y = np.array([[1.0], [1.0], [np.nan], [1.0]])
    history = model.fit(X[:4], y, batch_size=1, epochs=3, shuffle=False, verbose=0, callbacks=[TerminateOnNaN()])
    assert history.epoch == [0]
    assert "batch 2: the loss is nan" in capsys.readouterr().out


def test_nan_raises_where_that_is_wanted(line):
    with pytest.raises(RuntimeError, match="batch 0: the loss is inf"):
        line().fit(X, X * np.inf, verbose=0, callbacks=[TerminateOnNaN(raise_error=True)])
