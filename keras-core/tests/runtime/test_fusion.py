"""Composites that run as one program each, on a backend that offers `fuse`."""

import gc
import math

import numpy as np
import pytest

from keras_core import ops
from keras_core.contract import PRIMITIVE_NAMES
from keras_core.runtime import config, fusion
from keras_core.runtime import table as module
from keras_core.runtime.table import DispatchTable, active, load_table, use_table


class Programs:
    """A table whose `fuse` notes what it gets, and how often programs run; `worth` is what it says of them."""

    def __init__(self, kernels=None, worth=True):
        base = load_table("numpy")
        self.made, self.runs, self.worth = [], [], worth

        class Host:
            tensor_type, tensor_types = base.tensor_type, base.tensor_types
            dtypes, from_host, to_host, adopt = base.dtypes, base.from_host, base.to_host, base.adopt
            argument = base.argument
            scalar, static_shape = base.scalar, base.static_shape

        primitives = {name: getattr(base, name) for name in PRIMITIVE_NAMES}
        self.table = DispatchTable("fusing", primitives, kernels or {}, {"fuse": self.fuse}, base.devices, Host)

    def fuse(self, function, examples):
        name = function.__name__
        self.made.append(name)
        if not self.worth:
            return None

        def program(tensors):
            self.runs.append(name)
            return function(tensors)

        return program


@pytest.fixture
def programs():
    found = Programs()
    with use_table(found.table):
        yield found


X = np.linspace(-2, 2, 6, dtype="float32").reshape(2, 3)


def test_one_program_for_all_shapes(programs):
    expected = np.exp(X) / np.exp(X).sum(-1, keepdims=True)
    np.testing.assert_allclose(ops.softmax(X), expected, rtol=1e-6)
    np.testing.assert_allclose(ops.softmax(X[:1]), expected[:1], rtol=1e-6)
    assert programs.made == ["softmax"]
    assert programs.runs == ["softmax"] * 2


def test_a_program_for_each_other_argument(programs):
    assert ops.softmax(X, 0).tolist() != ops.softmax(X, 1).tolist()
    ops.softmax(X, 0)
    assert programs.made == ["softmax"] * 2


def test_composites_inside_are_a_part(programs):
    ops.log_softmax(X)
    ops.categorical_crossentropy(X, X)
    assert programs.runs == ["log_softmax", "categorical_crossentropy"]


def test_primitives_are_left_alone(programs):
    ops.exp(X)
    assert programs.made == []


@pytest.mark.parametrize(("one", "other"), [(0.0, -0.0), (1, True), (1, 1.0), (math.nan, math.inf)])
def test_alike_is_not_the_same(programs, one, other):
    """Each is a number of its own, although Python finds some equal."""
    ops.threshold(X, 1.0, one)
    ops.threshold(X, 1.0, other)
    ops.threshold(X, 1.0, one)
    assert programs.made == ["threshold"] * 2


def test_settings_are_arguments_too(programs, monkeypatch):
    monkeypatch.setattr(config._settings, "image_data_format", "channels_last")
    images = np.ones((2, 4, 3, 3), "float32")
    last = ops.image.rgb_to_grayscale(images)
    monkeypatch.setattr(config._settings, "image_data_format", "channels_first")
    with pytest.raises(ValueError, match="rgb_to_grayscale"):
        ops.image.rgb_to_grayscale(images)
    assert last.shape == (2, 4, 3, 1)


def test_lists_of_tensors(programs):
    assert ops.hstack([X, X[:, :1]]).shape == (2, 4)
    assert ops.hstack([X, X, X]).shape == (2, 9)
    assert programs.runs == ["hstack"] * 2


def test_arguments_by_name(programs):
    for indexing in ("xy", "ij"):
        found, expected = ops.meshgrid(X[0], X[1], indexing=indexing), np.meshgrid(X[0], X[1], indexing=indexing)
        assert [part.tolist() for part in found] == [part.tolist() for part in expected]
    assert programs.runs == ["meshgrid"] * 2


def test_errors_are_those_of_the_body(programs):
    with pytest.raises(ValueError, match="digitize: expected bins of rank 1") as caught:
        ops.digitize(X, X)
    assert caught.value.__context__ is None
    assert ops.digitize(X, X[0]).shape == X.shape
    assert programs.runs[-1] == "digitize"


def test_what_needs_values_runs_as_it_stands(monkeypatch):
    """A program that fails where the body does not is not tried twice."""
    found = Programs()

    def fuse(function, examples):
        found.made.append(function.__name__)
        raise TypeError("there are no values while this is traced")

    found.table.transforms["fuse"] = fuse
    found.table._fuse("op_softmax")
    with use_table(found.table):
        assert ops.softmax(X).shape == ops.softmax(X).shape == X.shape
    assert found.made == ["softmax"]


def test_results_that_are_no_tensors(programs):
    """They would become tensors on the way out of a program."""
    body = DispatchTable.op_softmax
    try:
        DispatchTable.add_composite("op_softmax", lambda x, axis: (x, 3), True)
        assert programs.table.op_softmax(X, -1)[1] == 3
        assert programs.table.op_softmax(X, -1)[1] == 3
        assert len(programs.runs) == 1
    finally:
        DispatchTable.add_composite("op_softmax", body, True)


def test_arguments_that_are_no_plain_values(programs):
    assert ops.get_item(X, (slice(0, 1), 2)).tolist() == X[0:1, 2].tolist()
    assert "get_item" not in programs.made


def test_bounded(programs):
    """An argument that is another one each time does not mean a compilation each time."""
    for position in range(2 * fusion.VARIANTS):
        found = ops.threshold(X, float(position), -1.0)
        assert found.tolist() == np.where(position < X, X, -1.0).tolist()
    assert programs.made.count("threshold") == fusion.VARIANTS
    ops.threshold(X, 0.0, -1.0)
    assert programs.runs.count("threshold") == fusion.VARIANTS + 1


def test_what_is_not_worth_it_stays():
    found = Programs(worth=False)
    with use_table(found.table):
        ops.softmax(X)
        ops.softmax(X, 0)
    assert found.made == ["softmax"]
    assert found.table.op_softmax is DispatchTable.op_softmax


def test_kernels_come_first():
    found = Programs({"softmax": lambda x, axis: x})
    with use_table(found.table):
        assert ops.softmax(X) is X
        assert found.made == []
        np.testing.assert_allclose(found.table.composite("softmax")(X, -1), load_table("numpy").op_softmax(X, -1))
        found.table.remove_kernels()
        assert ops.softmax(X) is not X
    assert found.made == ["softmax"] * 2
    assert found.table.kernels == frozenset()


def test_ops_defined_later(programs):
    DispatchTable.add_composite("op_later", lambda x: x, True)
    try:
        programs.table.op_later(X)
        assert programs.made == ["<lambda>"]
    finally:
        del DispatchTable.op_later
        module._fusible.remove("op_later")
        del programs.table.op_later


def test_ops_that_are_not_to_be_fused(programs):
    """Where an argument moves on from call to call."""
    ops.get_item(X, 1)
    ops.slice(X, (0, 1), (1, 1))
    ops.slice_update(X, (0, 1), X[:1, :1])
    assert programs.made == []


def test_gradients_see_the_body(programs):
    """A derived transform differentiates the primitives of a composite, not its program."""
    from keras_core import transforms

    gradient = transforms.grad(lambda x: ops.sum(ops.softmax(x) * X))(X)
    assert gradient.shape == X.shape
    assert "softmax" not in programs.runs


def test_other_backends_run_bodies():
    base = load_table("numpy")
    assert "fuse" not in base.transforms
    assert base.op_digitize is DispatchTable.op_digitize


def test_tables_are_not_kept():
    import weakref

    gone = weakref.ref(Programs().table)
    gc.collect()
    assert gone() is None
    assert active() is not None
