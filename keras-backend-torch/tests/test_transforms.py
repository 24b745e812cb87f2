"""Native transforms: first and higher derivatives, and their compositions."""

import functools

import pytest
import torch

from keras_backend_torch import transforms
from keras_backend_torch.host import TracedValueError, to_host
from keras_backend_torch.kernels import KERNELS
from keras_backend_torch.primitives import PRIMITIVES
from keras_core.runtime.table import load_table

T = load_table("torch").transforms


def cube(inputs):
    return (inputs[0] ** 3).sum(), []


def gradient_of(function, position=0):
    return lambda inputs: T["value_and_grad"](function)(inputs)[2][position]


def summed(function):
    return lambda inputs: (function(inputs).sum(), [])


def test_value_gradients_and_auxiliary_carry_no_graph():
    x, y = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
    function = T["value_and_grad"](lambda inputs: ((inputs[0] * inputs[1]).sum(), [inputs[0] + 1]))
    value, auxiliary, gradients = function([x, y])
    assert value.item() == 11.0 and auxiliary[0].tolist() == [2.0, 3.0]
    assert [g.tolist() for g in gradients] == [[3.0, 4.0], [1.0, 2.0]]
    assert not any(t.requires_grad for t in (value, *auxiliary, *gradients, x, y))


def test_inputs_without_influence_get_zeros_of_their_dtype():
    inputs = [torch.ones(2), torch.ones(3, dtype=torch.float64), torch.tensor([1, 2])]
    for function in (cube, lambda _: (torch.tensor(1.0), [])):
        gradients = T["value_and_grad"](function)(inputs)[2]
        assert [g.dtype for g in gradients] == [x.dtype for x in inputs]
        assert not gradients[1].any() and not gradients[2].any()


def test_one_tensor_given_twice_is_two_inputs():
    x = torch.tensor([2.0])
    outer = summed(gradient_of(lambda inputs: ((inputs[0] * inputs[1] ** 2).sum(), [])))
    assert gradient_of(outer)([x, x]).tolist() == [0.0]
    assert gradient_of(outer, 1)([x, x]).tolist() == [4.0]


def test_gradients_inside_no_grad():
    with torch.no_grad():
        assert gradient_of(cube)([torch.tensor([2.0])]).tolist() == [12.0]


def test_second_and_third_derivatives():
    x = [torch.tensor([2.0])]
    second = gradient_of(summed(gradient_of(cube)))
    assert second(x).tolist() == [12.0]
    assert gradient_of(summed(second))(x).tolist() == [6.0]
    assert not second(x).requires_grad


def test_depth_is_restored_after_an_error():
    def fails(inputs):
        raise KeyError("no")

    with pytest.raises(KeyError):
        T["value_and_grad"](fails)([torch.ones(1)])
    assert transforms.differentiation_depth() == 0


def test_vmap_of_gradients_and_gradient_of_vmap():
    x = torch.tensor([1.0, 2.0, 3.0])
    rows = T["vmap"](lambda inputs: [gradient_of(cube)(inputs), inputs[1]], [0, None])([x, torch.tensor(5)])
    assert rows[0].tolist() == [3.0, 12.0, 27.0] and rows[1].tolist() == [5, 5, 5]
    mapped = summed(lambda inputs: T["vmap"](lambda i: [i[0] ** 3], [0])(inputs)[0])
    assert gradient_of(mapped)([x]).tolist() == [3.0, 12.0, 27.0]
    hessian = T["vmap"](lambda inputs: [gradient_of(summed(gradient_of(cube)))(inputs)], [0])
    assert hessian([x])[0].tolist() == [6.0, 12.0, 18.0]


def test_gradient_below_vmap_of_inputs_that_cannot_be_differentiated():
    mapped = T["vmap"](lambda i: [T["value_and_grad"](lambda j: (j[0].sum() * 1.0, []))(i)[2][0]], [0])
    assert mapped([torch.tensor([1, 2])])[0].tolist() == [0, 0]


def test_forward_mode_alone_and_over_reverse():
    x, tangent = torch.tensor([2.0]), torch.tensor([3.0])
    outputs, tangents = T["jvp"](
        lambda inputs: [inputs[0] ** 3, inputs[1], inputs[0]], [x, torch.tensor([1])], [tangent, torch.tensor([0])]
    )
    assert [o.tolist() for o in outputs] == [[8.0], [1], [2.0]]
    assert [t.tolist() for t in tangents] == [[36.0], [0], [3.0]]
    assert T["jvp"](lambda inputs: [gradient_of(cube)(inputs)], [x], [tangent])[1][0].tolist() == [36.0]
    assert T["jvp"](lambda inputs: [inputs[0].detach()], [x], [tangent])[1][0].tolist() == [0.0]
    assert T["jvp"](lambda inputs: inputs, [torch.tensor([1])], [torch.tensor([0])])[1][0].tolist() == [0]


def double_gradient(inputs):
    (x,) = inputs
    y = x * x
    return [y], lambda gradients: [gradients[0] * 4 * x]


def test_custom_gradient_of_first_and_second_order_and_below_vmap():
    function = T["custom_gradient"](double_gradient)
    objective = summed(lambda inputs: function(inputs)[0])
    x = [torch.tensor([1.0, 3.0])]
    assert function(x)[0].tolist() == [1.0, 9.0]
    assert gradient_of(objective)(x).tolist() == [4.0, 12.0]
    assert gradient_of(summed(gradient_of(objective)))(x).tolist() == [4.0, 4.0]
    mapped = T["vmap"](lambda inputs: [gradient_of(objective)(inputs)], [0])
    assert mapped(x)[0].tolist() == [4.0, 12.0]


def test_custom_gradient_of_a_function_that_returns_its_input():
    function = T["custom_gradient"](lambda inputs: (list(inputs), lambda gradients: [g * 7 for g in gradients]))
    x = [torch.tensor([2.0]), torch.tensor([1])]
    assert gradient_of(summed(lambda inputs: function(inputs)[0]))(x).tolist() == [7.0]


def test_checkpoint_computes_again_in_reverse_mode():
    calls = []

    def body(inputs):
        calls.append(1)
        return [torch.sin(inputs[0])]

    function = T["checkpoint"](body)
    x = torch.tensor([0.5])
    objective = summed(lambda inputs: function(inputs)[0])
    torch.testing.assert_close(gradient_of(objective)([x]), torch.cos(x))
    assert len(calls) == 2
    torch.testing.assert_close(gradient_of(summed(gradient_of(objective)))([x]), -torch.sin(x))
    mapped = T["vmap"](lambda inputs: [gradient_of(objective)(inputs)], [0])
    torch.testing.assert_close(mapped([x])[0], torch.cos(x))


def test_abstract_eval_computes_nothing():
    captured, seen = torch.ones(2, 3), []

    def function(inputs):
        value, _, gradients = T["value_and_grad"](lambda i: ((i[0] @ captured).square().sum(), []))(inputs)
        seen.append((type(value), gradients[0].shape))
        return [value]

    x = torch.ones(4, 2)
    T["abstract_eval"](function, [x])
    assert seen[0][0] is not torch.Tensor and seen[0][1] == (4, 2)
    assert captured.tolist() == torch.ones(2, 3).tolist()


@pytest.mark.parametrize("read", [lambda x: float(x.sum()), lambda x: to_host(x).sum(), lambda x: torch.nonzero(x)])
def test_abstract_eval_of_a_function_that_reads_values(read):
    seen = []

    def function(inputs):
        read(inputs[0])
        seen.append(type(inputs[0]))
        return inputs

    T["abstract_eval"](function, [torch.ones(2)])
    assert seen == [torch.Tensor]


def test_a_traced_tensor_is_not_converted_to_the_host():
    with pytest.raises(TracedValueError, match="being traced"):
        T["vmap"](lambda inputs: [to_host(inputs[0])], [0])([torch.ones(2)])


def step(state, inputs):
    value, _, gradients = T["value_and_grad"](lambda i: ((i[0] * inputs[0]).square().sum(), []))(state)
    return [value], [x - 0.1 * g for x, g in zip(state, gradients, strict=True)]


def close(found, expected):
    for one, other in zip((*found[0], *found[1]), (*expected[0], *expected[1]), strict=True):
        torch.testing.assert_close(one, other)


def test_jit_compiles_gradients_for_each_shape():
    traces = []

    def function(state, inputs):
        traces.append(1)
        return step(state, inputs)

    compiled = T["jit"](function, True, True)
    for shape in ((2,), (2,), (3,)):
        arguments = [torch.full(shape, 2.0)], [torch.full(shape, 3.0)]
        close(compiled(*arguments), step(*arguments))
    assert len(traces) == 2
    assert gradient_of(lambda i: (compiled(i, [torch.tensor([3.0])])[0][0], []))([torch.tensor([2.0])]).tolist() == [36]


def test_compiled_random_numbers_are_the_eager_ones():
    def function(state, inputs):
        return [PRIMITIVES["add"](KERNELS["random_normal"]((4,), "float32", state[0]), inputs[0])], state

    compiled = T["jit"](function, True, False)
    for words in ([1, 2], [3, 4]):
        arguments = [torch.tensor(words, dtype=torch.uint32)], [torch.zeros(4)]
        close(compiled(*arguments), function(*arguments))


def test_jit_says_why_it_does_not_compile(monkeypatch):
    def reads(state, inputs):
        return [inputs[0] * float(state[0])], state

    arguments = [torch.tensor(2.0)], [torch.tensor([3.0])]
    compiled = T["jit"](reads, True, False)
    with pytest.warns(RuntimeWarning, match="cannot be traced"):
        close(compiled(*arguments), reads(*arguments))
    monkeypatch.setattr(transforms, "_compiler_problem", functools.partial(str, "no C++ compiler"))
    with pytest.warns(RuntimeWarning, match="no C\\+\\+ compiler"):
        compiled = T["jit"](step, True, False)
    arguments = [torch.tensor([2.0])], [torch.tensor([3.0])]
    close(compiled(*arguments), step(*arguments))
