"""The JAX backend's transforms, called as core calls them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from keras_backend_jax.plugin import contract_1_0
from keras_core.contract import TRANSFORM_NAMES
from keras_core.runtime.table import load_table

HOST = contract_1_0.keras_host_conversion("jax")
T = load_table("jax").transforms


def test_all_are_native():
    assert set(T) == set(TRANSFORM_NAMES)


def test_value_and_grad_with_integers_and_unused_inputs():
    inputs = [jnp.array([1.0, 2.0], "bfloat16"), jnp.array([3, 4]), jnp.ones(3), jnp.array(True)]
    value, auxiliary, gradients = T["value_and_grad"](lambda xs: ((xs[0] * xs[0]).sum(), [xs[1]]))(inputs)
    assert value == 5
    assert auxiliary[0].tolist() == [3, 4]
    assert [gradient.tolist() for gradient in gradients] == [[2, 4], [0, 0], [0, 0, 0], False]
    assert [gradient.dtype for gradient in gradients] == [x.dtype for x in inputs]


def test_value_and_grad_nests():
    def first(xs):
        _, _, [gradient] = T["value_and_grad"](lambda ys: (ys[0] ** 3, []))(xs)
        return gradient, []

    assert T["value_and_grad"](first)([jnp.array(2.0)])[2][0] == 12


def test_jit_traces_once_a_shape():
    traces = []

    def step(state, inputs):
        traces.append(1)
        return [state[0].sum()], [state[0] + inputs[0]]

    compiled = T["jit"](step, True, False)
    for size in (2, 2, 3):
        [total], [state] = compiled([jnp.zeros(size)], [jnp.ones(())])
    assert (len(traces), total, state.tolist()) == (2, 0, [1, 1, 1])


def test_jit_donates_and_copies_what_is_shared():
    compiled = T["jit"](lambda state, inputs: ([], [x + 1 for x in state]), True, True)
    own, shared = jnp.zeros(1000), jnp.zeros(1000)
    _, new = compiled([own, shared, shared], [shared])
    assert own.is_deleted()
    assert not shared.is_deleted()
    assert [x[0].item() for x in new] == [1, 1, 1]
    _, new = compiled([shared, shared], [])
    assert [x[0].item() for x in new] == [1, 1]


def test_abstract_eval_runs_each_time_and_computes_nothing():
    seen = []

    def function(xs):
        seen.append(xs[0])
        return [xs[0] + 1]

    for _ in range(2):
        T["abstract_eval"](function, [jnp.ones(2)])
    assert len(seen) == 2
    assert isinstance(seen[0], jax.core.Tracer)


def test_vmap():
    mapped = T["vmap"](lambda xs: [xs[0] @ xs[1], xs[1] * 2], (1, None))
    product, doubled = mapped([jnp.arange(6.0).reshape(2, 3), jnp.ones(2)])
    assert product.tolist() == [3, 5, 7]
    assert doubled.shape == (3, 2)


@pytest.mark.parametrize("compiled", (False, True))
def test_control_flow(compiled):
    wrap = jax.jit if compiled else lambda function: function

    def choose(predicate, x):
        return T["cond"](predicate, lambda xs: [xs[0] + 1], lambda xs: [xs[0] - 1], [x])[0]

    assert wrap(choose)(jnp.array(True), jnp.array(1.0)) == 2
    assert wrap(choose)(jnp.array(False), jnp.array(1.0)) == 0

    def loop(x, limit=None):
        return T["while_loop"](lambda xs: xs[0] < 10, lambda xs: [xs[0] + 3, xs[1] * 2], [x, x], limit)

    assert [int(x) for x in wrap(loop)(jnp.array(1))] == [10, 8]
    assert [int(x) for x in wrap(lambda x: loop(x, 2))(jnp.array(1))] == [7, 4]

    def running(xs, reverse):
        return T["scan"](lambda carry, x: ([carry[0] + x[0]], [carry[0]]), [jnp.array(0.0)], [xs], 3, reverse)

    [total], [before] = wrap(lambda xs: running(xs, True))(jnp.array([1.0, 2.0, 3.0]))
    assert (float(total), before.tolist()) == (6, [5, 3, 0])


def test_scan_without_inputs():
    [carry], outputs = T["scan"](lambda carry, x: ([carry[0] * 2], []), [jnp.array(1)], [], 5, False)
    assert (int(carry), outputs) == (32, [])


@pytest.mark.parametrize("compiled", (False, True))
@pytest.mark.parametrize("count", (1, 2))
def test_custom_gradient(count, compiled):
    def function(xs):
        total = sum(xs[:count])
        # Integer inputs get whatever the caller returns for them.
        return [total * 2, total], lambda gs: [gs[0] * 10 + gs[1]] * count + [jnp.zeros((), "int64")]

    custom = T["custom_gradient"](function)
    inputs = [jnp.array(1.0)] * count + [jnp.array(4)]
    assert [float(x) for x in custom(inputs)] == [2 * count, count]

    def loss(xs):
        first, second = custom(xs)
        return first + second, []

    run = T["value_and_grad"](loss)
    _, _, gradients = (jax.jit(run) if compiled else run)(inputs)
    assert [float(x) for x in gradients] == [11] * count + [0]


def test_jit_does_not_hand_through_what_is_only_read():
    def step(state, inputs):
        return [state[0] * inputs[0]], [state[0], state[1] + state[2], state[2]]

    step.only_read = frozenset({0, 2})
    run = T["jit"](step, False, True)
    state = [jnp.array(2.0), jnp.array(10.0), jnp.array(1.0)]
    outputs, new = run(state, [jnp.array(3.0)])
    assert (float(outputs[0]), [float(x) for x in new]) == (6, [2, 11, 1])
    assert (new[0] is state[0], new[2] is state[2]) == (True, True)
    assert [x.is_deleted() for x in state] == [False, True, False]


@pytest.mark.parametrize("donate", [False, True])
def test_jit_of_a_function_that_assigns_more_for_another_shape(donate):
    def step(state, inputs):
        (x,) = inputs
        return [x.sum() + state[0]], [state[0] + 1 if x.size > 3 else state[0]]

    step.only_read = frozenset({0})
    run = T["jit"](step, False, donate)
    state = [jnp.array(0.0)]
    found = []
    for size in (2, 4, 2, 4):
        outputs, state = run(state, [jnp.ones(size)])
        found.append((float(outputs[0]), float(state[0])))
    assert found == [(2, 0), (4, 1), (3, 1), (5, 2)]


def test_checkpoint_keeps_value_and_gradient():
    function = T["checkpoint"](lambda xs: [jnp.sin(xs[0])])
    value, _, [gradient] = T["value_and_grad"](lambda xs: (function(xs)[0], []))([jnp.array(0.5)])
    np.testing.assert_allclose([value, gradient], [np.sin(0.5), np.cos(0.5)], rtol=1e-6)


def test_jvp_of_mixed_dtypes():
    primals, tangents = [jnp.array(3.0), jnp.array(2)], [jnp.array(1.0), jnp.array(0)]
    outputs, derivatives = T["jvp"](lambda xs: [xs[0] * xs[0] * xs[1], xs[1]], primals, tangents)
    assert [float(x) for x in outputs] == [18, 2]
    assert [float(x) for x in derivatives] == [12, 0]
    assert derivatives[1].dtype == primals[1].dtype
