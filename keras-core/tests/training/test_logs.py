"""Logs that are fetched when somebody looks."""

import copy
import json
import pickle

import pytest

from keras_core import ops
from keras_core.training.logs import Logs


@pytest.fixture
def logs():
    return Logs({"loss": ops.ones(()), "accuracy": ops.ones(()) / 2})


NUMBERS = {"accuracy": 0.5, "loss": 1.0}


@pytest.mark.parametrize(
    "look",
    [
        dict,
        lambda logs: {**logs},
        lambda logs: logs.copy(),
        lambda logs: logs | {},
        lambda logs: {} | logs,
        lambda logs: dict(logs.items()),
        lambda logs: dict(zip(logs, logs.values(), strict=True)),
        lambda logs: {name: logs[name] for name in logs},
        lambda logs: {name: logs.get(name) for name in logs.keys()},  # noqa: SIM118
        lambda logs: {name: logs.pop(name) for name in ("accuracy", "loss")},
        lambda logs: json.loads(json.dumps(logs)),
        lambda logs: pickle.loads(pickle.dumps(logs)),
        copy.copy,
        copy.deepcopy,
        lambda logs: logs.fetch(),
        lambda logs: eval(repr(logs)),
    ],
)
def test_every_look_gives_numbers(logs, look):
    found = look(logs)
    assert found == NUMBERS
    assert all(type(value) is float for value in dict(found).values())
    assert list(found) == ["accuracy", "loss"]


def test_nothing_is_fetched_before(logs, monkeypatch):
    from keras_core.training import logs as module

    fetched = []
    monkeypatch.setattr(module, "to_number", lambda value: fetched.append(value) or 0.0)
    assert len(logs) == 2
    assert "loss" in logs
    assert list(logs) == ["accuracy", "loss"]
    assert fetched == []
    assert logs["loss"] == 0.0
    assert logs["accuracy"] == 0.0
    assert len(fetched) == 2


def test_more_may_be_added(logs):
    logs["rate"] = 3.0
    assert logs == {**NUMBERS, "rate": 3.0}


def test_arrays_stay_arrays():
    found = Logs({"confusion": ops.ones((2, 2))})["confusion"]
    assert found.tolist() == [[1.0, 1.0], [1.0, 1.0]]
