"""Steps of the user's own, single batches, and how often a step is compiled."""

import copy
import pickle

import numpy as np
import pytest

from keras_core import ops, random
from keras_core.layers import Dense, Input, ReLU
from keras_core.metrics import Mean
from keras_core.models import Model, Sequential
from keras_core.optimizers import SGD
from keras_core.runtime.table import active
from keras_core.transforms import value_and_grad


class OwnStep(Sequential):
    """Trains as `Sequential` does, written out."""

    def train_step(self, data):
        x, y = data

        def loss():
            y_pred = self(x, training=True)
            return self.compute_loss(x, y, y_pred), y_pred

        variables = self.trainable_variables
        (value, y_pred), gradients = value_and_grad(loss, has_aux=True, variables=variables)()
        self.optimizer.apply(gradients, variables)
        return {"own": value, **self.compute_metrics(x, y, y_pred)}


def own_step(base, **options):
    model = OwnStep([Input((4,)), Dense(8, activation="relu"), Dense(2, activation="softmax")])
    model.set_weights(base.get_weights())
    model.compile(
        **{"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], **options}
    )
    return model


@pytest.mark.parametrize("options", [{}, {"run_eagerly": True}, {"steps_per_execution": 2}], ids=str)
def test_own_train_step(classifier, x, labels, options):
    base = classifier()
    model = own_step(base, **options)
    history = model.fit(x, labels, batch_size=10, epochs=2, shuffle=False, verbose=0).history
    base.fit(x, labels, batch_size=10, epochs=2, shuffle=False, verbose=0)
    assert sorted(history) == ["accuracy", "loss", "own"]
    for found, expected in zip(model.get_weights(), base.get_weights(), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_nothing_to_train():
    model = Sequential([Input((2,)), ReLU()])
    model.compile(optimizer="sgd", loss="mean_squared_error")
    with pytest.warns(UserWarning, match="training changes nothing"):
        losses = model.fit(np.ones((4, 2)), np.zeros((4, 2)), epochs=2, verbose=0).history["loss"]
    assert losses == [1.0, 1.0]


def test_own_test_and_predict_steps(classifier, x, labels):
    class Own(OwnStep):
        def test_step(self, data):
            return {"size": ops.mean(ops.cast(ops.shape(data[0])[0], "float32"))}

        def predict_step(self, data):
            return {"twice": self(data) * 2}

    model = Own([Input((4,)), Dense(2)])
    model.compile(optimizer="sgd", loss="mse")
    assert model.evaluate(x, labels, batch_size=40, verbose=0, return_dict=True) == {"size": 40.0}
    np.testing.assert_allclose(model.predict(x, verbose=0)["twice"], 2 * ops.convert_to_numpy(model(x)), rtol=1e-5)


def test_own_loss(line):
    class Own(Sequential):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return ops.sum(y_pred * 0 + 7.0)

    model = Own([Input((1,)), Dense(1)])
    model.compile(optimizer="sgd")
    assert model.fit(np.ones((2, 1)), np.ones((2, 1)), verbose=0).history["loss"] == [14.0]


class Adversaries(Model):
    """Two optimizers, layers that are built in the first step, metrics and random numbers of its own."""

    def __init__(self):
        super().__init__()
        self.generator = Sequential([Dense(4)])
        self.critic = Sequential([Dense(4, activation="relu"), Dense(1)])
        self.seeds = random.SeedGenerator(1)
        self.critic_loss, self.generator_loss = Mean(name="critic_loss"), Mean(name="generator_loss")

    @property
    def metrics(self):
        return [self.critic_loss, self.generator_loss]

    def compile(self, critic_optimizer, generator_optimizer):
        super().compile(optimizer="sgd")
        self.critic_optimizer, self.generator_optimizer = critic_optimizer, generator_optimizer

    def fake(self, x):
        return self.generator(random.normal((ops.shape(x)[0], 4), seed=self.seeds))

    def train_step(self, x):
        def critic_loss():
            return ops.mean(ops.softplus(-self.critic(x))) + ops.mean(ops.softplus(self.critic(self.fake(x))))

        def generator_loss():
            return ops.mean(ops.softplus(-self.critic(self.fake(x))))

        if not self.critic.built:
            critic_loss()
        for loss, part, optimizer, metric in (
            (critic_loss, self.critic, self.critic_optimizer, self.critic_loss),
            (generator_loss, self.generator, self.generator_optimizer, self.generator_loss),
        ):
            value, gradients = value_and_grad(loss, variables=part.trainable_variables)()
            optimizer.apply(gradients, part.trainable_variables)
            metric.update_state(value)
        return self.get_metrics_result()


def test_several_optimizers_and_layers_built_by_the_first_step(x):
    model = Adversaries()
    model.compile(SGD(0.1), SGD(0.1))
    history = model.fit(x, batch_size=10, epochs=3, verbose=0).history
    assert sorted(history) == ["critic_loss", "generator_loss"]
    assert all(np.isfinite(values).all() for values in history.values())
    assert int(model.critic_optimizer.iterations.numpy()) == 12
    assert int(model.generator_optimizer.iterations.numpy()) == 12


# single batches


def test_train_on_batch(line):
    model = line(metrics=["mae"])
    x = np.ones((2, 1))
    assert model.train_on_batch(x, x * 2) == [4.0, 2.0]
    assert model.train_on_batch(x, x * 2, return_dict=True) == {"loss": 0.0, "mae": 0.0}


def test_on_batch_with_weights(line):
    model = line(optimizer=SGD(0.0))
    x = np.ones((2, 1))
    assert model.train_on_batch(x, x * 2, sample_weight=np.array([1.0, 0.0])) == 2.0
    assert model.train_on_batch(x, np.array([0, 1]), class_weight={1: 4.0}) == 2.0
    assert model.test_on_batch(x, x * 2, sample_weight=np.array([0.0, 0.5])) == 1.0


def test_test_on_batch_begins_anew(line):
    model = line()
    x = np.ones((2, 1))
    assert model.test_on_batch(x, x * 2) == 4.0
    assert model.test_on_batch(x, x) == 1.0


def test_predict_on_batch(classifier, x):
    model = classifier()
    found = model.predict_on_batch(x[:3])
    assert isinstance(found, np.ndarray)
    np.testing.assert_allclose(found, ops.convert_to_numpy(model(x[:3])), rtol=1e-6)


# compilation


def is_compiled():
    """Tell whether the backend runs a step as a traced function, not as Python code each time."""
    native = active().transforms.get("jit")
    calls = []
    if native is None:
        return False
    step = native(lambda state, inputs: (calls.append(1), (inputs, state))[1], False, False)
    for _ in range(2):
        step([], [ops.ones(1)])
    return len(calls) == 1


@pytest.mark.parametrize(("batch", "traces"), [(8, 1), (12, 2)], ids=["equal batches", "a shorter last one"])
def test_steps_are_traced_once_for_each_shape(classifier, x, labels, batch, traces):
    model = classifier()
    model.fit(x, labels, batch_size=batch, epochs=3, verbose=0)
    model.fit(x, labels, batch_size=batch, verbose=0)
    model.evaluate(x, labels, batch_size=batch, verbose=0)
    model.predict(x, batch_size=batch, verbose=0)
    steps = -(-40 // batch)
    if is_compiled():
        assert model.train_function.traces == traces
        assert model.test_function.traces == traces
        assert model.predict_function.traces == traces
    else:  # each time; fewer times where a backend records what the code does
        assert steps < model.train_function.traces <= 4 * steps
        assert model.test_function.traces == steps
        assert model.predict_function.traces == steps


def test_run_eagerly_runs_the_code_each_time(classifier, x, labels):
    model = classifier(run_eagerly=True)
    model.fit(x, labels, batch_size=10, epochs=2, verbose=0)
    assert model.train_function.traces == 8
    model.run_eagerly = False
    assert model.train_function is None


def test_steps_in_one_go_count_once(classifier, x, labels):
    model = classifier(steps_per_execution=2, run_eagerly=True)
    model.fit(x, labels, batch_size=10, verbose=0)
    assert model.train_function.traces == 2


def test_functions_are_made_anew_on_demand(classifier):
    model = classifier()
    for make in (model.make_train_function, model.make_test_function, model.make_predict_function):
        first = make()
        assert make() is first
        assert make(force=True) is not first


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_train_on(classifier, x, labels, duplicate):
    model = classifier()
    model.fit(x, labels, verbose=0, shuffle=False)
    other = duplicate(model)
    expected = model.fit(x, labels, verbose=0, shuffle=False).history
    found = other.fit(x, labels, verbose=0, shuffle=False).history
    np.testing.assert_allclose(found["loss"], expected["loss"], rtol=1e-6)
