"""Devices and placement."""

import re

import numpy as np
import pytest

from keras_conformance.subject import Subject
from keras_core.contract import Devices


def test_names(subject: Subject) -> None:
    """There is at least one device, and their names are of one form, each once."""
    names = list(subject.table.devices.names())
    assert names
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+:\d+", name) for name in names), names


def test_tensors_are_on_the_first(subject: Subject) -> None:
    """The first device is the default."""
    tensor = subject.tensor(np.ones(3, np.float32))
    assert subject.table.devices.device_of(tensor) == subject.table.devices.names()[0]


def test_scope(subject: Subject) -> None:
    """Inside a scope tensors are made on its device."""
    for name in subject.table.devices.names():
        with subject.table.devices.scope(name):
            made = subject.tensor(np.ones(3, np.float32))
            full = subject.table.full((2,), 1.0, "float32")
        assert subject.table.devices.device_of(made) == name
        assert subject.table.devices.device_of(full) == name


def test_place(subject: Subject) -> None:
    """A tensor that was placed is where it should be and has its values."""
    for name in subject.table.devices.names():
        tensor = subject.table.devices.place(subject.tensor(np.arange(3, dtype=np.float32)), name)
        assert subject.table.devices.device_of(tensor) == name
        assert subject.array(tensor).tolist() == [0, 1, 2]


def test_place_of_no_device(subject: Subject) -> None:
    """A device that does not exist is an error, in a scope too, where the backend places at all."""
    if subject.table.devices.place is Devices().place:
        return  # a backend without placement has one device, and nothing to refuse
    with pytest.raises(Exception):  # noqa: B017 - the framework's own
        subject.table.devices.place(subject.tensor(np.ones(3, np.float32)), "abacus:99")


def test_synchronize(subject: Subject) -> None:
    """It returns when the work is done."""
    subject.table.multiply(*[subject.tensor(np.ones((64, 64), np.float32))] * 2)
    assert subject.table.devices.synchronize() is None
