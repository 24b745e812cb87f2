"""Native transforms: torch autograd, torch.func where transforms are composed, and torch.compile.

torch.autograd is the fast way to a gradient, but it cannot run below `vmap` or `jvp`; there torch.func does the work.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar, copy_context
from functools import cache
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException, FakeTensorMode
from torch.utils.checkpoint import checkpoint as checkpoint_call

from keras_backend_torch.host import TracedValueError, is_functional
from keras_backend_torch.recording import Step, Tensors, recorded, warn
from keras_core.contract import bound

Pure = Callable[[Tensors], Tensors]
Objective = Callable[[Tensors], tuple[Tensor, Tensors]]
WithRule = Callable[[Tensors], tuple[Tensors, Pure]]

_DEPTH: ContextVar[int] = ContextVar("keras_backend_torch_differentiation_depth", default=0)


def differentiation_depth() -> int:
    """Return how many `value_and_grad` surround the current code."""
    return _DEPTH.get()


def _is_differentiable(x: Tensor) -> bool:
    return x.is_floating_point() or x.is_complex()


def value_and_grad(function: Objective) -> Callable[[Tensors], tuple[Tensor, Tensors, Tensors]]:
    """Reverse mode; see the contract."""

    def transformed(inputs: Tensors) -> tuple[Tensor, Tensors, Tensors]:
        if is_functional():
            return _functional_value_and_grad(function, inputs)
        depth = _DEPTH.get()
        with bound(_DEPTH, depth + 1), torch.enable_grad():
            # An input that an outer differentiation follows gets an alias of its own in the graph.
            leaves = [x.view_as(x) if x.requires_grad else x.detach().requires_grad_() for x in inputs]
            value, auxiliary = function(leaves)
            gradients = _gradients(value, leaves, create_graph=depth > 0)
        if depth == 0:
            value, auxiliary = value.detach(), [x.detach() for x in auxiliary]
        return value, auxiliary, gradients

    return transformed


def _gradients(value: Tensor, leaves: Tensors, create_graph: bool) -> Tensors:
    if not value.requires_grad:
        return [torch.zeros_like(x, requires_grad=False) for x in leaves]
    return list(torch.autograd.grad(value, leaves, create_graph=create_graph, materialize_grads=True))


def _functional_value_and_grad(function: Objective, inputs: Tensors) -> tuple[Tensor, Tensors, Tensors]:
    gradients, (value, auxiliary) = torch.func.grad_and_value(function, has_aux=True)(inputs)
    return value, auxiliary, gradients


def jit(function: Step, jit_compile: bool, donate: bool) -> Step:
    """Return the function as programs of torch's own ops, with `jit_compile` compiled by `torch.compile`."""
    problem = _compiler_problem() if jit_compile else None
    if problem is not None:
        warn(f"torch.compile does not work here, so it is not compiled: {problem}")
    return recorded(function, donate, jit_compile and problem is None)


@cache
def _compiler_problem() -> str | None:
    """Return why torch.compile cannot compile here (as without a C++ compiler), or None."""
    try:
        torch.compile(lambda x: x + 1, dynamic=False)(torch.zeros(2))
    except Exception as error:  # each compiler of torch has exceptions of its own
        return f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
    return None


def abstract_eval(function: Pure, inputs: Tensors) -> None:
    """Trace the function with fake tensors.

    A function that asks for values while it runs, which eager torch allows, is computed once on the real inputs.
    """
    try:
        with FakeTensorMode(allow_non_fake_inputs=True) as mode:
            function([mode.from_tensor(x) for x in inputs])
    except (DataDependentOutputException, DynamicOutputShapeException, TracedValueError):
        function(list(inputs))


def vmap(function: Pure, in_axes: Sequence[int | None]) -> Pure:
    """Map over an axis of the inputs; see the contract."""
    mapped = torch.func.vmap(lambda *inputs: tuple(function(list(inputs))), in_dims=tuple(in_axes))
    return lambda inputs: list(mapped(*inputs))


def checkpoint(function: Pure) -> Pure:
    """Compute intermediate values again in reverse mode; torch.func keeps them, it has no such means."""

    def transformed(inputs: Tensors) -> Tensors:
        if is_functional():
            return function(inputs)
        again = _in_this_context(function)
        # To stop early it would raise an error inside an op, which core would ask what is wrong with the arguments.
        return checkpoint_call(again, inputs, use_reentrant=False, preserve_rng_state=False, early_stop=False)

    return transformed


def _in_this_context(function: Callable[[Tensors], Any]) -> Callable[[Tensors], Any]:
    """Return the function, to be run with today's ContextVars: reverse mode may call it late and in another thread."""
    context = copy_context()
    return lambda inputs: context.copy().run(function, inputs)


class _CustomGradient(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(rule: SimpleNamespace, *inputs: Tensor) -> tuple[Tensor, ...]:
        outputs, vjp = rule.function(list(inputs))
        rule.vjp = _in_this_context(vjp)
        # An input that is also an output would lose its place in the graph.
        return tuple(x.view_as(x) if any(x is y for y in inputs) else x for x in outputs)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        ctx.rule = inputs[0]
        ctx.save_for_backward(*inputs[1:])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        inputs, vjp = ctx.saved_tensors, ctx.rule.vjp
        if torch.is_grad_enabled() or is_functional():
            # Higher derivatives need what `vjp` has captured as functions of the inputs.
            vjp = _in_this_context(ctx.rule.function(list(inputs))[1])
        found = vjp(list(gradients))
        return None, *[g if _is_differentiable(x) else None for x, g in zip(inputs, found, strict=True)]


def custom_gradient(function: WithRule) -> Pure:
    """Use the function's own gradient in reverse mode; see the contract."""
    # The rule is of one call, whose gradient function it gets.
    return lambda inputs: list(_CustomGradient.apply(SimpleNamespace(function=_in_this_context(function)), *inputs))


def jvp(function: Pure, primals: Tensors, tangents: Tensors) -> tuple[Tensors, Tensors]:
    """Forward mode; see the contract."""

    def differentiable(*leaves: Tensor) -> tuple[tuple[Tensor, ...], Tensors]:
        outputs = function(list(leaves))
        return tuple(x for x in outputs if _is_differentiable(x)), list(outputs)

    _, found, outputs = torch.func.jvp(differentiable, tuple(primals), tuple(tangents), has_aux=True)
    derivatives = iter(found)
    return outputs, [next(derivatives) if _is_differentiable(x) else torch.zeros_like(x) for x in outputs]


_ALL: Final = (value_and_grad, jit, abstract_eval, vmap, checkpoint, custom_gradient, jvp)
TRANSFORMS: Final = MappingProxyType({transform.__name__: transform for transform in _ALL})
