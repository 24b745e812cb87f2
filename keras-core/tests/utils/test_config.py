"""`Config`."""

import copy
import json
import pickle

import pytest

from keras_core.utils import Config


@pytest.fixture
def config():
    return Config(a=1, b=[2])


def test_keys_are_attributes_and_items(config):
    config.c = config["a"] + 1
    config["d"] = config.c + 1
    assert config.as_dict() == {"a": 1, "b": [2], "c": 2, "d": 3}
    assert (list(config), len(config), "c" in config, "z" in config) == (["a", "b", "c", "d"], 4, True, False)
    assert (list(config.keys()), list(config.values())) == (["a", "b", "c", "d"], [1, [2], 2, 3])
    assert dict(config.items()) == config.as_dict()
    assert (config.get("a"), config.get("z"), config.get("z", 5)) == (1, None, 5)
    del config.c
    del config["d"]
    config.update({"e": 5}, f=6)
    assert config.pop("e") == 5
    assert config.pop("e", None) is None
    assert repr(config) == "<Config {'a': 1, 'b': [2], 'f': 6}>"


def test_the_dict_is_its_own(config):
    config.as_dict()["z"] = 1
    assert "z" not in config


def test_it_becomes_json(config):
    assert json.loads(config.to_json()) == {"a": 1, "b": [2]}


@pytest.mark.parametrize("action", [lambda c: c.z, lambda c: delattr(c, "z")])
def test_a_missing_attribute_is_told_with_those_there_are(config, action):
    with pytest.raises(AttributeError, match=r"no key 'z'; it has \['a', 'b'\]"):
        action(config)


@pytest.mark.parametrize("action", [lambda c: c["z"], lambda c: c.pop("z"), lambda c: c.__delitem__("z")])
def test_a_missing_key_is_a_key_error(config, action):
    with pytest.raises(KeyError):
        action(config)


@pytest.mark.parametrize(
    "action",
    [
        *(lambda c: setattr(c, "z", 1), lambda c: c.__setitem__("z", 1), lambda c: c.update(z=1), lambda c: c.pop("a")),
        *(lambda c: delattr(c, "a"), lambda c: c.__delitem__("a")),
    ],
)
def test_a_frozen_one_refuses_changes_until_it_is_not(config, action):
    config.freeze()
    assert config.frozen
    with pytest.raises(ValueError, match="frozen"):
        action(config)
    assert config.as_dict() == {"a": 1, "b": [2]}
    config.unfreeze()
    action(config)
    assert config.as_dict() != {"a": 1, "b": [2]}


def test_it_can_be_copied_and_pickled(config):
    config.freeze()
    for again in (copy.deepcopy(config), pickle.loads(pickle.dumps(config))):
        assert (again.as_dict(), again.frozen) == ({"a": 1, "b": [2]}, True)
