"""State of compiled steps that is changed where it is kept: the results are those of pure functions."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import keras_core
from keras_backend_tf.kernels import KERNELS
from keras_backend_tf.residence import Residence
from keras_backend_tf.transforms import TRANSFORMS
from keras_core.ops.update import adam_update

GENERATOR = np.random.default_rng(0)
ADAM = (0.1, 0.9, 0.99, 1e-7, 3)


@pytest.fixture(autouse=True)
def on_tensorflow() -> Any:
    with keras_core.use_backend("tensorflow"):
        yield


def tensors(count: int) -> list[tf.Tensor]:
    return [tf.constant(GENERATOR.normal(size=(3,)) ** 2, tf.float32) for _ in range(count)]


def operations(function: Any, state: list[tf.Tensor], inputs: list[tf.Tensor]) -> Counter:
    """Count the operations of a step by their types while it is traced by `jit`."""
    counted: list[Counter] = []

    def step(state: list[tf.Tensor], inputs: list[tf.Tensor]) -> Any:
        graph = tf.compat.v1.get_default_graph()
        results = function(state, inputs)
        counted.append(Counter(operation.type for operation in graph.get_operations()))
        return results

    TRANSFORMS["jit"](step, False, False)(state, inputs)
    return counted[0]


def adam(state: list[tf.Tensor], inputs: list[tf.Tensor]) -> tuple[list[tf.Tensor], list[tf.Tensor]]:
    variable, momentum, velocity = state
    columns = adam_update([variable], inputs, [momentum], [velocity], *ADAM)
    return [variable], [column[0] for column in columns]


def test_adam_in_place_is_adam_and_old_values_stay() -> None:
    state, gradients = tensors(3), tensors(1)
    outputs, kept = TRANSFORMS["jit"](adam, False, False)(state, gradients)
    np.testing.assert_array_equal(outputs[0], state[0])
    _, expected = adam(state, gradients)
    for one, other in zip(kept, expected, strict=True):
        np.testing.assert_allclose(one(), other, rtol=1e-6)
    assert operations(adam, state, gradients)["ResourceApplyAdam"] == 1


def test_adam_of_other_tensors_than_the_state_is_left_to_the_composite() -> None:
    def later(state: list[tf.Tensor], inputs: list[tf.Tensor]) -> Any:
        return adam([state[0] + 0.0, *state[1:]], inputs)

    assert operations(later, tensors(3), tensors(1))["ResourceApplyAdam"] == 0
    assert KERNELS["adam_update"](*([x] for x in tensors(4)), *ADAM) is NotImplemented


def test_adam_of_half_floats_or_of_several_dtypes_is_left_to_the_composite() -> None:
    def both(state: list[tf.Tensor], inputs: list[tf.Tensor]) -> Any:
        columns = adam_update(state[:2], inputs, state[2:4], state[4:], *ADAM)
        return [], [x for column in columns for x in column]

    for dtypes, count in (("float32", "float32"), 2), (("float64", "float64"), 2), (("float32", "float64"), 0):
        columns = [tf.cast(x, dtypes[place % 2]) for place, x in enumerate(tensors(8))]
        assert operations(both, columns[:6], columns[6:])["ResourceApplyAdam"] == count
    halves = [tf.cast(x, "float16") for x in tensors(4)]
    assert operations(adam, halves[:3], halves[3:])["ResourceApplyAdam"] == 0


def test_adam_inside_a_derivative_or_a_branch_is_pure() -> None:
    def differentiated(state: list[tf.Tensor], inputs: list[tf.Tensor]) -> Any:
        def loss(given: list[tf.Tensor]) -> Any:
            return tf.reduce_sum(adam(state, given)[1][0]), []

        return TRANSFORMS["value_and_grad"](loss)(inputs)[2], state

    def branched(state: list[tf.Tensor], inputs: list[tf.Tensor]) -> Any:
        chosen = TRANSFORMS["cond"](inputs[0][0] < 0.0, lambda s: adam(s, inputs)[1], list, state)
        return [], chosen

    state, gradients = tensors(3), tensors(1)
    (gradient,), kept = TRANSFORMS["jit"](differentiated, False, False)(state, gradients)
    assert np.abs(gradient).min() > 0
    np.testing.assert_array_equal(kept[0](), state[0])
    _, kept = TRANSFORMS["jit"](branched, False, False)(state, gradients)
    np.testing.assert_array_equal(kept[0](), state[0])


def steps(state: list[tf.Tensor], inputs: list[tf.Tensor], is_assigned: bool, is_steps: bool) -> Any:
    def step(carry: list[tf.Tensor], parts: list[tf.Tensor]) -> Any:
        outputs, new = adam(carry[:3], parts)
        return [*new, carry[3] + 1.0], outputs

    step.is_steps = is_steps
    last, outputs = TRANSFORMS["scan"](step, [*state, tf.zeros(())], inputs, 4, False)
    return [*outputs, last[3]], last[:3] if is_assigned else state


@pytest.mark.parametrize("is_assigned", [True, False])
def test_a_loop_of_steps_in_place_is_the_loop_that_carries_them(is_assigned: bool) -> None:
    state, inputs = tensors(3), [tf.stack(tensors(4))]
    results = []
    for is_steps in (True, False):
        jitted = TRANSFORMS["jit"](lambda s, x, is_steps=is_steps: steps(s, x, is_assigned, is_steps), False, False)
        outputs, kept = jitted(state, inputs)
        results.append([*outputs, *(each() for each in kept)])
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)
    assert float(results[0][1]) == 4.0
    assert np.array_equal(results[0][2], state[0]) is not is_assigned


def test_a_value_is_at_home_until_another_one_is_read() -> None:
    variable = tf.Variable([1.0])

    @tf.function(autograph=False)
    def traced() -> None:
        residence = Residence()
        first = residence.read(variable)
        assert residence.home(first) is variable
        second = residence.read(variable)
        assert residence.home(first) is None
        assert residence.home(second) is variable
        elsewhere: list[Any] = []
        tf.cond(variable[0] > 0, lambda: elsewhere.append(residence.home(second)) or 0.0, lambda: 0.0)
        assert elsewhere == [None]

    traced()
