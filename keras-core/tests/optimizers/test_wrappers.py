"""Optimizers around others: loss scaling, several in one."""

import numpy as np
import pytest

from keras_core import ops, optimizers, transforms
from keras_core.runtime.variable import Variable


def variable(name="w"):
    return Variable(np.ones(3, "float32"), name=name)


def full(value):
    return ops.full((3,), value)


@pytest.mark.parametrize("jit", [False, True])
def test_scale_grows_and_shrinks(jit):
    optimizer = optimizers.LossScaleOptimizer(optimizers.SGD(0.5), initial_scale=16.0, dynamic_growth_steps=3)
    v = variable()
    optimizer.build([v])
    step = transforms.jit(lambda grads: optimizer.apply(grads)) if jit else optimizer.apply
    seen = []
    for value in (16.0, np.inf, 16.0, np.nan, 16.0, 16.0, 16.0, 16.0):
        step([full(value)])
        seen.append((float(v.numpy()[0]), int(optimizer.step_counter.numpy()), float(optimizer.dynamic_scale.numpy())))
    assert seen[:4] == [(0.5, 1, 16.0), (0.5, 0, 8.0), (-0.5, 1, 8.0), (-0.5, 0, 4.0)]
    assert seen[4:] == [(-2.5, 1, 4.0), (-4.5, 2, 4.0), (-6.5, 0, 8.0), (-7.5, 1, 8.0)]
    assert int(optimizer.iterations.numpy()) == 6


def test_scaled_loss_and_learning_rate():
    inner = optimizers.SGD(0.5, loss_scale_factor=2.0)
    optimizer = optimizers.LossScaleOptimizer(inner, initial_scale=16.0)
    assert float(optimizer.scale_loss(ops.convert_to_tensor(2.0))) == 32.0
    assert inner.loss_scale_factor is None
    optimizer.learning_rate = 0.25
    assert float(inner.learning_rate.numpy()) == 0.25


@pytest.mark.parametrize("argument", ["clipnorm", "use_ema", "loss_scale_factor", "unknown"])
def test_arguments_of_the_inner_optimizer(argument):
    with pytest.raises(ValueError, match=argument):
        optimizers.LossScaleOptimizer(optimizers.SGD(), **{argument: 1})


def test_stateless_steps_change_nothing():
    optimizer, v = optimizers.LossScaleOptimizer(optimizers.SGD(1.0), initial_scale=2.0), variable()
    optimizer.build([v])
    values, _ = optimizer.stateless_apply([x.value for x in optimizer.variables], [full(4.0)], [v.value])
    np.testing.assert_array_equal(ops.convert_to_numpy(values[0]), -1.0)
    np.testing.assert_array_equal(v.numpy(), 1.0)


def two(**options):
    found = optimizers.OptimizerMap(optimizers.SGD(1.0), {"b.*": optimizers.SGD(0.5)})
    return optimizers.MultiOptimizer(found, **options)


def test_each_variable_has_its_optimizer():
    v, b = variable("kernel"), variable("bias")
    optimizer = two(loss_scale_factor=2.0)
    optimizer.apply([full(2.0), full(2.0)], [v, b])
    np.testing.assert_array_equal(v.numpy(), 0.0)
    np.testing.assert_array_equal(b.numpy(), 0.5)
    assert int(optimizer.iterations.numpy()) == 1
    assert [x.name for x in optimizer.variables] == ["iteration", "learning_rate"] * 3


def test_several_have_no_learning_rate():
    with pytest.raises(AttributeError, match="optimizers"):
        two().learning_rate  # noqa: B018
    with pytest.raises(AttributeError, match="optimizers"):
        two().learning_rate = 1.0


def test_keys_of_a_map():
    found = optimizers.OptimizerMap(optimizers.SGD(), {"k.*": optimizers.Adam(), ".*l": optimizers.Lion()})
    assert isinstance(found["kernels"], optimizers.Adam)
    assert isinstance(found["x"], optimizers.SGD)
    with pytest.raises(ValueError, match="several keys match 'kernel'"):
        found["kernel"]
    with pytest.raises(ValueError, match="has an optimizer"):
        found["k.*"] = optimizers.SGD()
    with pytest.raises(ValueError, match="no regular expression"):
        found["("] = optimizers.SGD()
    with pytest.raises(TypeError, match="default_optimizer"):
        optimizers.OptimizerMap("sgd")


@pytest.mark.parametrize("make", [two, lambda: optimizers.LossScaleOptimizer(optimizers.Adam(0.5))])
def test_configurations(make):
    config = optimizers.serialize(make())
    assert optimizers.serialize(optimizers.deserialize(config)) == config
