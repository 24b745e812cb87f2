"""Ctrl-C at any point of training leaves a model that can be used."""

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from keras_core.callbacks import Callback, ProgbarLogger
from keras_core.runtime.interrupts import interrupts_deferred


class Closing(ProgbarLogger):
    """Notes that it was closed."""

    closed = False

    def close(self):
        """Note it."""
        super().close()
        self.closed = True


def interrupt(*_arguments):
    raise KeyboardInterrupt


def check_usable(model, x, labels):
    assert all(np.isfinite(weights).all() for weights in model.get_weights())
    assert model.predict(x, verbose=0).shape == (40, 2)
    assert np.isfinite(model.fit(x, labels, verbose=0).history["loss"][0])


HOOKS = ("on_train_begin", "on_epoch_begin", "on_train_batch_begin", "on_train_batch_end", "on_epoch_end")


@pytest.mark.parametrize("hook", [*HOOKS, "on_test_batch_end", "on_train_end"])
def test_in_a_callback(classifier, x, labels, hook):
    model, shown = classifier(), Closing()
    stop = type("Stop", (Callback,), {hook: interrupt})()
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, labels, verbose=2, validation_split=0.2, callbacks=[shown, stop])
    assert shown.closed
    check_usable(model, x, labels)


@pytest.mark.parametrize("steps_per_execution", [1, 2])
def test_in_the_data(classifier, x, labels, steps_per_execution):
    def batches():
        for start in range(0, 30, 10):
            yield x[start : start + 10], labels[start : start + 10]
        raise KeyboardInterrupt

    model = classifier(steps_per_execution=steps_per_execution)
    with pytest.raises(KeyboardInterrupt):
        model.fit(batches(), verbose=0)
    assert int(model.optimizer.iterations) in (2, 3)
    check_usable(model, x, labels)


SCRIPT = """
import os, signal, threading, time
import numpy as np
from keras_core import Sequential, layers

def main():
    x, y = np.ones((64, 4), "float32"), np.ones((64, 1), "float32")
    model = Sequential([layers.Input((4,)), layers.Dense(64), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y, batch_size=4, verbose=0)
    for count in range(20):
        before = int(model.optimizer.iterations)
        timer = threading.Timer(0.01 + 0.0017 * count, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        try:
            model.fit(x, y, batch_size=4, epochs=10**6, verbose=0)
        except KeyboardInterrupt:
            print("interrupted")
        timer.join()
        assert int(model.optimizer.iterations) > before
        assert all(np.isfinite(weights).all() for weights in model.get_weights())
        assert model.predict(x, verbose=0).shape == (64, 1)

main()
"""


def test_by_a_signal_at_any_time():
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["interrupted"] * 20


@pytest.fixture
def usual_handler():
    """The signal raises, even where a shell that runs the tests in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("usual_handler")
def test_one_signal_waits_for_the_end_of_the_block_and_the_second_does_not():
    before = signal.getsignal(signal.SIGINT)
    reached = []
    with pytest.raises(KeyboardInterrupt), interrupts_deferred():
        signal.raise_signal(signal.SIGINT)
        reached.append(1)
    assert reached == [1] and signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt), interrupts_deferred():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        reached.append(2)
    assert reached == [1] and signal.getsignal(signal.SIGINT) is before


def test_other_threads_have_no_signals_to_defer():
    found = []

    def work():
        with interrupts_deferred():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGINT)]
