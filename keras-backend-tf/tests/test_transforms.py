"""Each transform, eager and traced by `tf.function`, to the second order where it has one."""

import numpy as np
import pytest
import tensorflow as tf

from keras_backend_tf.primitives import PRIMITIVES
from keras_backend_tf.transforms import TRANSFORMS
from keras_core import use_backend
from keras_core.contract import TRANSFORM_NAMES

value_and_grad, jit, vmap, scan = (TRANSFORMS[name] for name in ("value_and_grad", "jit", "vmap", "scan"))
cond, while_loop, checkpoint = (TRANSFORMS[name] for name in ("cond", "while_loop", "checkpoint"))
custom_gradient, abstract_eval = TRANSFORMS["custom_gradient"], TRANSFORMS["abstract_eval"]

X = tf.constant(2.0)
ROWS = tf.reshape(tf.range(6.0), (3, 2))


@pytest.fixture(autouse=True)
def on_tensorflow():
    with use_backend("tensorflow"):
        yield


@pytest.fixture(params=["eager", "traced", "xla"])
def run(request):
    """Call a function of nothing, and return its results as nested lists."""

    def call(function, xla=True):
        if request.param != "eager":
            compiled = True if request.param == "xla" and xla else None
            function = tf.function(function, autograph=False, jit_compile=compiled)
        return tf.nest.map_structure(lambda x: x.numpy().tolist(), function())

    return call


def total(x):
    return PRIMITIVES["sum"](x, None, False)


def gradient_of(function):
    """Return a function of lists whose single output is the derivative by the first input."""
    return lambda inputs: [value_and_grad(lambda xs: (function(xs)[0], []))(inputs)[2][0]]


def test_all_transforms_are_there():
    """But for `fuse`, as eager calls are not compiled, and `jvp`, which core derives for more functions."""
    assert tuple(TRANSFORMS) == tuple(name for name in TRANSFORM_NAMES if name not in ("fuse", "jvp"))


def test_value_and_grad(run):
    count = tf.constant(3)
    function = value_and_grad(lambda xs: (xs[0] * xs[0] * X, [xs[1]]))  # X by closure is a constant, xs[2] is unused
    assert run(lambda: function([X, count, X])) == (8.0, [3], [8.0, 0, 0.0])
    cube = lambda xs: [xs[0] * xs[0] * xs[0]]  # noqa: E731
    assert run(lambda: gradient_of(gradient_of(cube))([X])) == [12.0]
    assert run(lambda: gradient_of(gradient_of(gradient_of(cube)))([X])) == [6.0]


def test_complex_gradients_are_not_conjugated(run):
    """As core's own reverse mode has it: `dL/dx - i dL/dy`."""
    point = tf.constant([1 + 2j], tf.complex64)
    expected = [[complex(2, -4)]]
    assert run(lambda: gradient_of(lambda xs: [total(PRIMITIVES["abs"](xs[0]) ** 2.0)])([point])) == expected
    twice = custom_gradient(lambda xs: ([xs[0] * 2j], lambda ups: [ups[0] * 2j]))
    assert run(lambda: gradient_of(lambda xs: [total(PRIMITIVES["imag"](twice(xs)[0]))])([point])) == [[2]]
    plain = gradient_of(lambda xs: [total(PRIMITIVES["imag"](xs[0] * 2j))])
    assert run(lambda: plain([point])) == [[2]]
    same = gradient_of(lambda xs: [total(PRIMITIVES["imag"](checkpoint(lambda ys: [ys[0] * 2j])(xs)[0]))])
    assert run(lambda: same([point])) == [[2]]


def test_gradients_of_gathers_are_dense(run):
    function = value_and_grad(lambda xs: (total(PRIMITIVES["take"](xs[0], tf.constant([0, 0, 2]), 0)), []))
    gradient = function([ROWS])[2][0]
    assert isinstance(gradient, tf.Tensor)
    assert run(lambda: function([ROWS])[2]) == [[[2, 2], [0, 0], [1, 1]]]


@pytest.mark.parametrize("name", ["floor", "ceil", "round", "trunc", "sign"])
def test_steps_have_zero_gradient(run, name):
    assert run(lambda: gradient_of(lambda xs: [PRIMITIVES[name](xs[0])])([X])) == [0.0]


@pytest.mark.parametrize("jit_compile", [False, True])
def test_jit(jit_compile):
    traces = []

    def step(state, inputs):
        traces.append(inputs[0].shape)
        return [total(inputs[0])], [state[0] + 1.0]

    compiled = jit(step, jit_compile, True)
    for size in range(1, 6):
        outputs, (new,) = compiled([X], [tf.ones((size, 2))])
        assert outputs[0].numpy() == 2 * size and new().numpy() == 3
    assert len(traces) < 5
    assert compiled([X], [tf.ones((0, 2))])[0][0].numpy() == 0
    assert gradient_of(lambda xs: compiled([X], xs)[0])([ROWS])[0].numpy().tolist() == np.ones((3, 2)).tolist()


def test_jit_keeps_the_state_where_it_is_until_somebody_reads_it():
    add = jit(lambda state, inputs: ([], [state[0] + inputs[0], state[1]]), False, True)
    double = jit(lambda state, inputs: ([state[0] * 2.0], state), False, True)
    one = tf.ones(())
    _, state = add([X, X], [one])
    before = state[0]()
    _, again = add(state, [one])
    assert [x().numpy() for x in again] == [4, 2] and all(x is y for x, y in zip(state, again, strict=True))
    assert before.numpy() == 3  # the old value is still that of its reader
    outputs, same = double(again, [])
    assert outputs[0].numpy() == 8 and same[0] is again[0]
    _, assigned = add([one, same[1]], [one])
    assert [x().numpy() for x in assigned] == [2, 2]


def test_abstract_eval_traces_once_and_computes_nothing():
    traces = []

    def function(xs):
        traces.append(xs[0])
        return [PRIMITIVES["floor_divide"](xs[0], xs[0])]  # an error if it ran on zeros

    abstract_eval(function, [tf.zeros(2, tf.int32)])
    assert len(traces) == 1 and not isinstance(traces[0], type(X)) and traces[0].shape == (2,)


def test_vmap(run):
    scale = vmap(lambda xs: [xs[0] * xs[1], xs[1], PRIMITIVES["full"]((), 3.0, "float32")], [1, None])
    assert run(lambda: scale([ROWS, X])) == [[[0, 4, 8], [2, 6, 10]], [2, 2], [3, 3]]
    assert run(lambda: vmap(gradient_of(lambda xs: [total(xs[0] * xs[0])]), [0])([ROWS])) == [[[0, 2], [4, 6], [8, 10]]]
    squares = lambda xs: [total(vmap(lambda row: [row[0] * row[0]], [0])(xs)[0])]  # noqa: E731
    assert run(lambda: gradient_of(squares)([ROWS])) == [[[0, 2], [4, 6], [8, 10]]]
    assert run(lambda: vmap(vmap(lambda xs: [xs[0] + 1.0], [0]), [0])([ROWS])) == [[[1, 2], [3, 4], [5, 6]]]
    assert run(lambda: vmap(lambda xs: [PRIMITIVES["sort"](-xs[0], 0)], [0])([ROWS])) == [[[-1, 0], [-3, -2], [-5, -4]]]


def test_cond(run):
    double, same = (lambda xs: [xs[0] * 2.0]), (lambda xs: [xs[0]])
    for truth in (True, False):
        predicate = tf.constant(truth)
        assert run(lambda: cond(predicate, double, same, [X])) == [4.0 if truth else 2.0]  # noqa: B023
        assert run(lambda: gradient_of(lambda xs: cond(predicate, double, same, xs))([X])) == [2.0 if truth else 1.0]  # noqa: B023
    assert run(lambda: vmap(lambda xs: cond(xs[0] < 1.5, double, same, xs), [0])([tf.range(3.0)])) == [[0, 2, 2]]


def test_while_loop(run):
    condition, body = (lambda xs: xs[0] < 10), (lambda xs: [xs[0] + 1, xs[1] * 2.0])
    assert run(lambda: while_loop(condition, body, [tf.constant(0), X], None)) == [10, 2048.0]
    assert run(lambda: while_loop(condition, body, [tf.constant(0), X], 3)) == [3, 16.0]
    power = lambda xs: while_loop(condition, body, [tf.constant(0), xs[0]], 10)[1:]  # noqa: E731
    assert run(lambda: gradient_of(power)([X])) == [1024.0]


def step(carry, slices):
    return [carry[0] + slices[0]], [carry[0] * slices[0]]


def test_scan(run):
    zeros = tf.zeros(2)
    assert run(lambda: scan(step, [zeros], [ROWS], 3, False)) == ([[6, 9]], [[[0, 0], [0, 3], [8, 20]]])
    assert run(lambda: scan(step, [zeros], [ROWS], 3, True)) == ([[6, 9]], [[[0, 8], [8, 15], [0, 0]]])
    assert run(lambda: scan(step, [zeros], [ROWS[:0]], 0, False)) == ([[0, 0]], [[]])
    assert scan(step, [zeros], [ROWS[:0]], 0, False)[1][0].shape == (0, 2)
    assert run(lambda: scan(lambda carry, _: ([carry[0] * 2.0], []), [X], [], 3, False)) == ([16.0], [])


def test_gradients_of_scan(run):
    loss = lambda xs: [total(scan(step, [xs[0]], [ROWS], 3, False)[1][0])]  # noqa: E731
    assert run(lambda: gradient_of(loss)([tf.ones(2)])) == [[6, 9]]
    product = lambda xs: [scan(lambda c, s: ([c[0] * s[0]], []), xs[:1], [tf.stack([xs[0]] * 2)], 2, False)[0][0]]  # noqa: E731
    assert run(lambda: gradient_of(gradient_of(product))([X])) == [12.0]


def test_checkpoint(run):
    calls = []

    def sine(xs):
        calls.append(len(calls))
        return [PRIMITIVES["sin"](xs[0]) * 2.0, xs[1]]

    count = tf.constant(3)
    function = value_and_grad(lambda xs: (checkpoint(sine)(xs)[0], []))
    _, _, gradients = run(lambda: function([X, count]))
    np.testing.assert_allclose(gradients, [2 * np.cos(2.0), 0], rtol=1e-6)
    assert len(calls) == 2
    second = gradient_of(gradient_of(lambda xs: checkpoint(sine)([xs[0], count])))
    np.testing.assert_allclose(run(lambda: second([X])), [-2 * np.sin(2.0)], rtol=1e-6)


def test_compilers_do_not_merge_the_second_computation():
    def sines(transform):
        loss = lambda xs: (transform(lambda ys: [tf.sin(tf.sin(ys[0]))])(xs)[0] ** 2.0, [])  # noqa: E731
        compiled = tf.function(lambda x: value_and_grad(loss)([x])[::2], autograph=False, jit_compile=True)
        return compiled.experimental_get_compiler_ir(X)(stage="optimized_hlo").count(" sine(")

    assert sines(checkpoint) == sines(lambda function: function) + 1


def test_custom_gradient(run):
    function = custom_gradient(lambda xs: ([xs[0] * xs[1], xs[0] * 2.0], lambda ups: [ups[0] * 10.0, ups[1] + 7.0]))
    assert run(lambda: value_and_grad(lambda xs: (function(xs)[0], []))([X, X])) == (4.0, [], [10.0, 7.0])
    square = custom_gradient(lambda xs: ([xs[0] * xs[0]], lambda ups: [ups[0] * xs[0] * xs[0]]))
    assert run(lambda: gradient_of(gradient_of(square))([X])) == [4.0]
