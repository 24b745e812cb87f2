"""Batches by their number."""

import importlib
import threading

import numpy as np
import pytest

import keras_core as keras
from keras_core.training.data.adapters import make_source
from keras_core.utils import PyDataset


class Numbers(PyDataset):
    """Batch i is two rows of i."""

    def __init__(self, length=5, **options):
        super().__init__(**options)
        self.length = length
        self.log = []

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        self.log.append(threading.current_thread().name)
        return np.full((2, 1), index, "float32"), np.full((2, 1), index, "float32")

    def on_epoch_begin(self):
        self.log.append("begin")

    def on_epoch_end(self):
        self.log.append("end")


class Endless(Numbers):
    num_batches = None


def numbers(source, epoch=0):
    return [int(batch[0][0, 0]) for batch in source.batches(epoch)]


@pytest.mark.parametrize("options", [{}, {"workers": 0}, {"workers": 3}, {"workers": 2, "max_queue_size": 1}])
def test_batches_come_in_order_whoever_makes_them(options):
    dataset = Numbers(**options)
    source = make_source(dataset)
    assert (source.num_batches, numbers(source), numbers(source)) == (5, [0, 1, 2, 3, 4], [0, 1, 2, 3, 4])
    assert (dataset.log.count("begin"), dataset.log.count("end"), dataset.log[0]) == (2, 2, "begin")
    others = {name for name in dataset.log if name.startswith("keras_core_dataset")}
    assert bool(others) is (options.get("workers", 1) > 1)


class MadeAhead(Numbers):
    """Notes which batches are made, and waits for none."""

    def __init__(self, **options):
        super().__init__(**options)
        self.made = [threading.Event() for _ in range(len(self))]

    def __getitem__(self, index):
        self.made[index].set()
        return super().__getitem__(index)


@pytest.mark.parametrize(("queue", "ahead"), [(1, 1), (3, 3), (99, 4)])
def test_workers_make_as_many_batches_ahead_as_the_queue_holds(queue, ahead):
    dataset = MadeAhead(workers=2, max_queue_size=queue)
    batches = make_source(dataset).batches(0)
    next(batches)
    # These come without anybody asking for them; no other one is made.
    assert all(made.wait(60) for made in dataset.made[: ahead + 1])
    assert not any(made.is_set() for made in dataset.made[ahead + 1 :])
    batches.close()


def test_without_workers_no_batch_is_made_before_it_is_needed():
    dataset = MadeAhead()
    batches = make_source(dataset).batches(0)
    next(batches)
    assert [made.is_set() for made in dataset.made] == [True, False, False, False, False]
    batches.close()


def test_processes_make_the_same_batches(tmp_path, monkeypatch):
    # Another process imports the class by name, which the folders of the tests do not have.
    (tmp_path / "batches_for_processes.py").write_text(
        "import numpy as np\n"
        "from keras_core.utils import PyDataset\n"
        "class Numbers(PyDataset):\n"
        "    def __len__(self):\n"
        "        return 3\n"
        "    def __getitem__(self, index):\n"
        "        return np.full((2, 1), index, 'float32'), np.full((2, 1), index, 'float32')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    dataset = importlib.import_module("batches_for_processes").Numbers(workers=1, use_multiprocessing=True)
    assert numbers(make_source(dataset)) == [0, 1, 2]


def test_batches_change_their_order_in_each_epoch():
    source = make_source(Numbers(40), shuffle=True)
    first, second = numbers(source, 0), numbers(source, 1)
    assert sorted(first) == sorted(second) == list(range(40))
    assert first != second
    assert numbers(source, 0) == first


def test_models_are_trained_evaluated_and_used_with_it():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mse")
    assert model.evaluate(Numbers(), verbose=0) == 0
    assert model.predict(Numbers(workers=2), verbose=0)[:, 0].tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    history = model.fit(Numbers(), epochs=2, validation_data=Numbers(2), class_weight={0: 1.0}, verbose=0).history
    assert history["val_loss"] == [0, 0]


def test_without_an_end_the_steps_are_counted():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
    for options in ({}, {"workers": 2}):
        assert model.predict(Endless(**options), steps=3, verbose=0)[::2, 0].tolist() == [0, 1, 2]


def test_an_error_of_a_worker_reaches_the_caller():
    class Broken(Numbers):
        def __getitem__(self, index):
            raise KeyError("broken")

    for options in ({}, {"workers": 2}):
        with pytest.raises(KeyError, match="broken") as caught:
            numbers(make_source(Broken(**options)))
        assert "batch 0 of the data: raised by Broken.__getitem__(0)" in caught.value.__notes__


def test_code_that_calls_no_super_init_works():
    class Old(PyDataset):
        def __init__(self):
            pass

        def __len__(self):
            return 1

        def __getitem__(self, index):
            return np.zeros((2, 1)), np.zeros((2, 1))

    assert numbers(make_source(Old())) == [0]


@pytest.mark.parametrize("options", [{"workers": -1}, {"workers": 1.5}, {"max_queue_size": 0}])
def test_wrong_numbers_are_refused(options):
    with pytest.raises(ValueError, match=r"Numbers: expected .* to be an int from"):
        Numbers(**options)


def test_what_a_subclass_must_write_is_told():
    with pytest.raises(NotImplementedError, match="write __len__"):
        PyDataset().num_batches  # noqa: B018
    with pytest.raises(NotImplementedError, match="write __getitem__"):
        PyDataset()[0]


def test_targets_come_from_the_batches():
    with pytest.raises(ValueError, match="y: x is an iterable of batches"):
        make_source(Numbers(), y=np.ones(2))


def test_the_name_in_older_code_is_the_same_class():
    assert keras.utils.Sequence is PyDataset


def test_what_it_was_made_with_can_be_read_and_set():
    dataset = Numbers()
    assert (dataset.workers, dataset.use_multiprocessing, dataset.max_queue_size) == (1, False, 10)
    dataset.workers, dataset.use_multiprocessing, dataset.max_queue_size = 2, True, 3
    assert (dataset.workers, dataset.use_multiprocessing, dataset.max_queue_size) == (2, True, 3)


class Interrupt(keras.callbacks.Callback):
    def __init__(self, error):
        super().__init__()
        self.error = error

    def on_train_batch_end(self, batch, logs=None):
        if batch == 1:
            raise self.error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("stop")], ids=["interrupt", "error"])
def test_an_interrupted_training_leaves_a_usable_model_and_no_workers(error):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mse")
    dataset = Endless(workers=2)
    with pytest.raises(type(error)) as caught:
        model.fit(dataset, steps_per_epoch=4, epochs=2, verbose=0, callbacks=[Interrupt(error)])
    assert caught.traceback
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("keras_core_dataset")]
    assert dataset.log[-1] == "end"
    assert model.fit(Numbers(workers=2), verbose=0).history["loss"] == [0]
    assert model.predict(Numbers(), verbose=0).shape == (10, 1)


def test_the_workers_of_a_validation_end_with_the_training():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mse")
    held_back = Endless(workers=2)
    model.fit(Numbers(), epochs=2, validation_data=held_back, validation_steps=2, verbose=0)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("keras_core_dataset")]
    assert (held_back.log.count("begin"), held_back.log.count("end")) == (2, 2)


def test_an_error_of_a_process_says_at_which_batch(tmp_path, monkeypatch):
    (tmp_path / "batches_that_fail.py").write_text(
        "from keras_core.utils import PyDataset\n"
        "class Files(PyDataset):\n"
        "    def __len__(self):\n"
        "        return 3\n"
        "    def __getitem__(self, index):\n"
        "        raise KeyError('no file')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    dataset = importlib.import_module("batches_that_fail").Files(workers=1, use_multiprocessing=True)
    with pytest.raises(KeyError, match="no file") as caught:
        numbers(make_source(dataset))
    assert "batch 0 of the data: raised by Files.__getitem__(0)" in caught.value.__notes__
