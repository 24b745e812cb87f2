"""torch and the embedded NumPy backend in one process: each model, thread and task keeps to its own."""

import asyncio
import pickle
import threading

import numpy as np
import pytest
import torch

import keras_core as keras
from keras_core import ops
from keras_core.runtime.table import use_backend
from keras_core.transforms import value_and_grad

BACKENDS = ("numpy", "torch")
TENSORS = {"numpy": np.ndarray, "torch": torch.Tensor}


def points():
    generator = np.random.default_rng(0)
    x = generator.uniform(-1, 1, (32, 3)).astype("float32")
    return x, (x @ np.float32([[1.0], [-2.0], [0.5]])).astype("float32")


class Training:
    """A model with its optimizer, made on a backend, that takes one step a call."""

    def __init__(self, backend):
        with use_backend(backend):
            keras.utils.set_random_seed(7)
            self.model = keras.Sequential(
                [keras.layers.Dense(8, activation="relu"), keras.layers.BatchNormalization(), keras.layers.Dense(1)]
            )
            self.model.build((None, 3))
            self.optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
            x, y = map(ops.convert_to_tensor, points())
            self.step = value_and_grad(
                lambda: ops.mean(ops.square(self.model(x, training=True) - y)), variables=self.model.trainable_variables
            )
        self.backend = backend

    def __call__(self):
        with use_backend(self.backend):
            loss, gradients = self.step()
            self.optimizer.apply(gradients, self.model.trainable_variables)
            return float(loss)


def bits(model):
    return [weight.tobytes() for weight in model.get_weights()]


def test_models_train_interleaved_and_agree():
    trainings = [Training(backend) for backend in BACKENDS]
    losses = [[train() for train in trainings] for _ in range(20)]
    np.testing.assert_allclose([one for one, _ in losses], [other for _, other in losses], rtol=1e-3)
    assert losses[-1][0] < 0.1 * losses[0][0]
    for training in trainings:
        assert {variable.backend for variable in training.model.variables} == {training.backend}
        assert {type(variable.value) for variable in training.model.variables} <= {
            TENSORS[training.backend],
            torch.nn.Parameter,
        }


def test_one_seed_gives_equal_weights_on_both():
    first, second = (Training(backend).model for backend in BACKENDS)
    assert bits(first) == bits(second)


@pytest.mark.parametrize(("source", "target"), [("numpy", "torch"), ("torch", "numpy")])
def test_weights_move_bit_exactly(source, target):
    one, other = Training(source), Training(target)
    one()
    assert bits(one.model) != bits(other.model)
    other.model.set_weights(one.model.get_weights())
    assert bits(one.model) == bits(other.model)
    for mine, theirs in zip(other.model.variables, one.model.variables, strict=True):
        mine.assign(theirs)  # from variable to variable, without the host in between
    assert bits(one.model) == bits(other.model)
    one()
    assert bits(one.model) != bits(other.model)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "int8", "uint16", "int64", "bool", "complex64"])
def test_values_of_every_kind_move_bit_exactly(dtype):
    values = np.array([0, 1, 3, 100])
    with use_backend("torch"):
        source = keras.Variable(values, dtype=dtype, trainable=False)
    with use_backend("numpy"):
        target = keras.Variable(np.zeros(4), dtype=dtype, trainable=False)
    target.assign(source)
    assert target.numpy().tobytes() == source.numpy().tobytes()
    assert target.numpy().any()


def test_a_model_runs_on_its_backend_wherever_it_is_called():
    models = {backend: Training(backend).model for backend in BACKENDS}
    x, _ = points()
    for around in BACKENDS:
        with use_backend(around):
            for backend, model in models.items():
                assert isinstance(model(x), TENSORS[backend])
                assert keras.backend() == around


def test_tensors_of_one_backend_are_taken_by_the_other():
    x, _ = points()
    model = Training("torch").model
    np.testing.assert_array_equal(ops.convert_to_numpy(model(torch.from_numpy(x))), ops.convert_to_numpy(model(x)))
    with use_backend("numpy"):
        total = ops.add(np.ones(2, "float32"), torch.ones(2))
        assert isinstance(total, np.ndarray) and total.tolist() == [2.0, 2.0]


def test_two_threads_train_on_two_backends_at_once():
    alone = {backend: [train() for _ in range(10)] for backend in BACKENDS for train in [Training(backend)]}
    trainings = {backend: Training(backend) for backend in BACKENDS}
    turns = threading.Barrier(2, timeout=60)
    losses = {}

    def work(backend):
        losses[backend] = []
        for _ in range(10):
            turns.wait()
            losses[backend].append(trainings[backend]())

    threads = [threading.Thread(target=work, args=(backend,)) for backend in BACKENDS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for backend in BACKENDS:
        np.testing.assert_allclose(losses[backend], alone[backend], rtol=1e-5)


def test_tasks_keep_their_own_backend():
    async def work(backend):
        kinds = set()
        with use_backend(backend):
            for _ in range(5):
                await asyncio.sleep(0)
                kinds.add((keras.backend(), type(ops.add(ops.ones(2), 1.0))))
        return kinds

    async def both():
        return await asyncio.gather(*map(work, BACKENDS))

    assert asyncio.run(both()) == [{(backend, TENSORS[backend])} for backend in BACKENDS]


def test_pickles_keep_the_backend():
    x, _ = points()
    for backend, other in zip(BACKENDS, reversed(BACKENDS), strict=True):
        model = Training(backend).model
        with use_backend(other):
            for made in (model, model.layers[0], model.variables[0]):
                loaded = pickle.loads(pickle.dumps(made))
                variables = loaded.variables if hasattr(loaded, "variables") else [loaded]
                assert {variable.backend for variable in variables} == {backend}
            copied = pickle.loads(pickle.dumps(model))
            assert bits(copied) == bits(model)
            assert isinstance(copied(x), TENSORS[backend])
