"""The transforms, all native: JAX functions over flat lists of tensors."""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from keras_core.contract import UnsupportedOpError

Tensor = Any
Tensors = list[Tensor]
Pure = Callable[[Tensors], Tensors]
Step = Callable[[Tensors, Tensors], tuple[Tensors, Tensors]]

_BOUNDED_LOOPS: ContextVar[bool] = ContextVar("keras_backend_jax_bounded_loops", default=False)
"""Whether loops with a bound are to have a reverse mode, which those of JAX have not."""


def _is_inexact(x: Tensor) -> bool:
    return jnp.issubdtype(x.dtype, jnp.inexact)


def _value_and_grad(
    function: Callable[[Tensors], tuple[Tensor, Tensors]],
) -> Callable[[Tensors], tuple[Tensor, Tensors, Tensors]]:
    def differentiated(inputs: Tensors) -> tuple[Tensor, Tensors, Tensors]:
        (value, auxiliary), gradients = _reverse(function, list(inputs))
        return value, auxiliary, gradients

    return differentiated


def _reverse(function: Callable[[Tensors], tuple[Tensor, Tensors]], values: Tensors) -> Any:
    differentiated = jax.value_and_grad(function, has_aux=True)
    try:
        return differentiated(values)
    except ValueError as error:
        if "lax.while_loop" not in str(error):
            raise
        if _BOUNDED_LOOPS.get():
            reason = "JAX has no reverse mode of loops without a bound: give 'maximum_iterations', or use `scan`."
            raise UnsupportedOpError("while_loop", "jax", reason) from error
    token = _BOUNDED_LOOPS.set(True)
    try:
        return _reverse(function, values)
    finally:
        _BOUNDED_LOOPS.reset(token)


class _AssignedAfterAll(Exception):
    """A trace assigns some of the state that earlier ones only read."""


def _jit(function: Step, jit_compile: bool, donate: bool) -> Step:
    compiled = _compiled(function, getattr(function, "only_read", frozenset()), donate)

    def call(state: Tensors, inputs: Tensors) -> tuple[Tensors, Tensors]:
        nonlocal compiled
        try:
            return compiled(state, inputs)
        except _AssignedAfterAll:
            compiled = _compiled(function, frozenset(), donate)
            return compiled(state, inputs)

    return call


def _compiled(function: Step, only_read: frozenset[int], donate: bool) -> Step:
    """Compile with what is only read as inputs: tensors that go through a program cost more than those that go in."""
    places = sorted(only_read, reverse=True)

    def merged(written: Tensors, read: Tensors) -> Tensors:
        state = list(written)
        for place, x in zip(reversed(places), reversed(read), strict=True):
            state.insert(place, x)
        return state

    def step(written: Tensors, read: Tensors, inputs: Tensors) -> tuple[Tensors, Tensors]:
        outputs, state = function(merged(written, read), inputs)
        if any(state[place] is not x for place, x in zip(places, read, strict=True)):
            raise _AssignedAfterAll
        return outputs, [x for place, x in enumerate(state) if place not in only_read]

    compiled = jax.jit(step, donate_argnums=(0,) if donate else ())

    def call(state: Tensors, inputs: Tensors) -> tuple[Tensors, Tensors]:
        written = list(state)
        read = [written.pop(place) for place in places]
        if donate and written:
            written = _without_shared(written, [*read, *inputs])
        outputs, written = compiled(written, read, inputs)
        return outputs, merged(written, read)

    return call


def _without_shared(state: Tensors, inputs: Tensors) -> Tensors:
    """Copy what occurs twice: a buffer can be given away once, and not while it is an input as well."""
    given_away = set(map(id, state))
    if len(given_away) == len(state) and given_away.isdisjoint(map(id, inputs)):
        return state
    seen, own = set(map(id, inputs)), []
    for x in state:
        own.append(jnp.array(x, copy=True) if id(x) in seen else x)
        seen.add(id(x))
    return own


def _abstract_eval(function: Pure, inputs: Tensors) -> None:
    # A new function each time: JAX remembers the traces of old ones and would not run them.
    jax.eval_shape(lambda values: function(values), list(inputs))


def _vmap(function: Pure, in_axes: Sequence[int | None]) -> Pure:
    mapped = jax.vmap(function, in_axes=(list(in_axes),))
    return lambda inputs: mapped(list(inputs))


def _cond(predicate: Tensor, true_function: Pure, false_function: Pure, operands: Tensors) -> Tensors:
    if not isinstance(predicate, jax.core.Tracer):  # known: nothing to compile
        return (true_function if bool(predicate) else false_function)(list(operands))
    return lax.cond(predicate, true_function, false_function, list(operands))


def _while_loop(
    condition: Callable[[Tensors], Tensor], body: Pure, loop_variables: Tensors, maximum_iterations: int | None
) -> Tensors:
    if maximum_iterations is None:
        return lax.while_loop(condition, body, list(loop_variables))

    if _BOUNDED_LOOPS.get():
        return _bounded_loop(condition, body, list(loop_variables), maximum_iterations)

    def goes_on(counted: tuple[Tensor, Tensors]) -> Tensor:
        count, values = counted
        return jnp.logical_and(count < maximum_iterations, condition(values))

    def once_more(counted: tuple[Tensor, Tensors]) -> tuple[Tensor, Tensors]:
        count, values = counted
        return count + 1, body(values)

    return lax.while_loop(goes_on, once_more, (jnp.zeros((), np.int64), list(loop_variables)))[1]


def _bounded_loop(condition: Callable[[Tensors], Tensor], body: Pure, values: Tensors, maximum: int) -> Tensors:
    """Run all iterations, those after the end without effect: slower, but with a reverse mode."""

    def once(values: Tensors, _: None) -> tuple[Tensors, None]:
        return lax.cond(condition(values), body, lambda same: same, values), None

    return lax.scan(once, values, length=maximum)[0]


def _scan(
    function: Step,
    carry: Tensors,
    inputs: Tensors,
    length: int,
    reverse: bool,
) -> tuple[Tensors, Tensors]:
    return lax.scan(function, list(carry), list(inputs), length, reverse)


def _checkpoint(function: Pure) -> Pure:
    return jax.checkpoint(function)


def _custom_gradient(function: Callable[[Tensors], tuple[Tensors, Callable[[Tensors], Tensors]]]) -> Pure:
    def call(inputs: Tensors) -> Tensors:
        # What is differentiated are the inexact inputs; JAX has no gradients for the others.
        places = [place for place, x in enumerate(inputs) if _is_inexact(x)]
        if not places:
            return function(list(inputs))[0]

        @jax.custom_gradient
        def of_inexact(*values: Tensor) -> tuple[Tensors, Callable[[Tensors], Any]]:
            given = list(inputs)
            for place, value in zip(places, values, strict=True):
                given[place] = value
            outputs, vjp = function(given)

            def backward(output_gradients: Tensors) -> Any:
                found = vjp(list(output_gradients))
                chosen = tuple(found[place] for place in places)
                return chosen if len(chosen) > 1 else chosen[0]

            return list(outputs), backward

        return of_inexact(*(inputs[place] for place in places))

    return call


def _jvp(function: Pure, primals: Tensors, tangents: Tensors) -> tuple[Tensors, Tensors]:
    try:
        outputs, derivatives = jax.jvp(function, (list(primals),), (list(tangents),))
    except TypeError as error:
        if "custom_vjp" not in str(error):
            raise
        reason = "JAX has no forward mode of functions with a gradient of their own."
        raise UnsupportedOpError("jvp", "jax", reason) from error
    return outputs, [
        derivative if _is_inexact(output) else jnp.zeros(output.shape, output.dtype)
        for output, derivative in zip(outputs, derivatives, strict=True)
    ]


def _fuse(function: Callable[[Tensors], Any], examples: Tensors) -> Callable[[Tensors], Any] | None:
    # Not inline: so the derivative of an eager call is one program as well.
    compiled = jax.jit(function)
    return compiled if len(compiled.trace(examples).jaxpr.eqns) > 1 else None


TRANSFORMS: dict[str, Callable[..., Any]] = {
    "value_and_grad": _value_and_grad,
    "jit": _jit,
    "abstract_eval": _abstract_eval,
    "vmap": _vmap,
    "cond": _cond,
    "while_loop": _while_loop,
    "scan": _scan,
    "checkpoint": _checkpoint,
    "custom_gradient": _custom_gradient,
    "jvp": _jvp,
    "fuse": _fuse,
}
"""Native transforms by name."""
