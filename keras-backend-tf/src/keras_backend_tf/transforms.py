"""The transforms, on `tf.GradientTape`, `tf.function` and TensorFlow's control flow.

AutoGraph is off everywhere: core's control flow is explicit, and Python code means what it says.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any

import tensorflow as tf

from keras_backend_tf.host import executing_eagerly, integers, raw, sizes, static_shape
from keras_backend_tf.residence import RESIDENCE, Kept, Residence
from keras_core.contract import bound
from keras_core.runtime import derived

Tensor = Any
Tensors = list[Tensor]
Pure = Callable[[Tensors], Tensors]
Step = Callable[[Tensors, Tensors], tuple[Tensors, Tensors]]

_RULES: ContextVar[list[Any]] = ContextVar("keras_backend_tf_rules")  # custom gradients that a trace has met


def _differentiable(x: Tensor) -> bool:
    return x.dtype.is_floating or x.dtype.is_complex


def _taped(function: Callable[[Tensors], Any], inputs: Tensors) -> tuple[tf.GradientTape, Tensors, Any]:
    """Call with other tensors of the same values: one that comes twice, or by closure too, counts apart."""
    inputs = list(raw.IdentityN(input=inputs)) if inputs else []
    with tf.GradientTape(watch_accessed_variables=False) as tape, bound(RESIDENCE, None):
        tape.watch([x for x in inputs if _differentiable(x)])
        return tape, inputs, function(list(inputs))


def _conjugated(gradients: Tensors) -> Tensors:
    """Turn TensorFlow's gradients by `x + iy`, `dL/dx + i dL/dy`, into core's, `dL/dx - i dL/dy`, and back."""
    return [raw.Conj(input=x) if x.dtype.is_complex else x for x in gradients]


def value_and_grad(
    function: Callable[[Tensors], tuple[Tensor, Tensors]],
) -> Callable[[Tensors], tuple[Tensor, Tensors, Tensors]]:
    """Reverse mode by a gradient tape."""

    def transformed(inputs: Tensors) -> tuple[Tensor, Tensors, Tensors]:
        tape, inputs, (value, auxiliary) = _taped(function, inputs)
        return value, auxiliary, _conjugated(_gradients(tape, value, inputs, None))

    return transformed


def _gradients(tape: tf.GradientTape, values: Any, inputs: Tensors, upstream: Tensors | None) -> Tensors:
    """Return one dense gradient an input: zeros where there is no path."""
    zero = tf.UnconnectedGradients.ZERO
    return list(map(tf.convert_to_tensor, tape.gradient(values, inputs, upstream, unconnected_gradients=zero)))


def _pull_back(function: Pure, inputs: Tensors, upstream: Tensors) -> Tensors:
    tape, inputs, outputs = _taped(function, inputs)
    pairs = [(x, cotangent) for x, cotangent in zip(outputs, upstream, strict=True) if _differentiable(x)]
    return _gradients(tape, [x for x, _ in pairs], inputs, [cotangent for _, cotangent in pairs])


def jit(function: Step, jit_compile: bool, donate: bool) -> Step:
    """Trace to a graph around variables of TensorFlow; who has read an old value keeps it, whatever `donate` says."""
    kept: list[Kept] = []
    graphs: dict[Any, Callable[[Tensors], Tensors]] = {}  # to find one, TensorFlow takes longer than for a small step

    def step(inputs: Tensors) -> Tensors:
        residence = Residence()
        state = [residence.read(each.variable) for each in kept]
        with bound(RESIDENCE, residence):
            outputs, new_state = function(state, list(inputs))
        for each, new in zip(kept, new_state, strict=True):
            residence.write(each.variable, new)
        return outputs

    # A `partial`, as TensorFlow warns of one code that is compiled often, be it for another model each time.
    compiled = tf.function(partial(step), autograph=False, reduce_retracing=True, jit_compile=jit_compile or None)

    def call(state: list[Any], inputs: Tensors) -> tuple[Tensors, list[Any]]:
        if not kept:  # what another function keeps is changed where it is
            kept.extend(x if isinstance(x, Kept) else Kept(x) for x in state)
        for each, x in zip(kept, state, strict=True):
            if each is not x:
                each.variable.assign(x() if isinstance(x, Kept) else x)
        key = tuple([(x.shape, x.dtype) for x in inputs])
        graph = graphs[key] = graphs.get(key) or compiled.get_concrete_function(inputs)
        return graph(inputs), kept

    return call


def abstract_eval(function: Pure, inputs: Tensors) -> None:
    """Trace once to a graph that nobody runs."""

    def traced(inputs: Tensors) -> None:
        function(list(inputs))

    tf.function(traced, autograph=False).get_concrete_function([tf.TensorSpec(x.shape, x.dtype) for x in inputs])


def vmap(function: Pure, in_axes: Sequence[int | None]) -> Pure:
    """Vectorize a trace of the function; operations that cannot be vectorized run in a loop of the graph."""
    mapped = [position for position, axis in enumerate(in_axes) if axis is not None]

    def vectorized(inputs: Tensors) -> Tensors:
        def row(slices: Tensors) -> Tensors:
            arguments = list(inputs)
            for position, x in zip(mapped, slices, strict=True):
                arguments[position] = x
            return [raw.Identity(input=output) for output in function(arguments)]

        moved = [tf.experimental.numpy.moveaxis(inputs[position], in_axes[position], 0) for position in mapped]
        rules: list[Any] = []
        with bound(_RULES, rules):
            outputs = tf.vectorized_map(row, moved, warn=False)
        # Vectorized, a function would have lost its own gradient.
        return list(tf.map_fn(row, moved, fn_output_signature=[x.dtype for x in outputs]) if rules else outputs)

    def transformed(inputs: Tensors) -> Tensors:
        if not executing_eagerly():
            return vectorized(inputs)
        # Traced here and not by `tf.vectorized_map`, whose traces TensorFlow counts and warns of.
        traced = tf.function(vectorized, autograph=False)
        return list(traced.get_concrete_function([tf.TensorSpec(x.shape, x.dtype) for x in inputs])(list(inputs)))

    return transformed


def cond(predicate: Tensor, true_function: Pure, false_function: Pure, operands: Tensors) -> Tensors:
    """`tf.cond`: outside graphs only one of the functions is called."""
    return list(tf.cond(predicate, lambda: list(true_function(operands)), lambda: list(false_function(operands))))


def _keep_shape(x: Tensor, before: Tensor) -> Tensor:
    return x if x.shape.is_subtype_of(before.shape) else tf.ensure_shape(x, before.shape)


def while_loop(
    condition: Callable[[Tensors], Tensor], body: Pure, loop_variables: Tensors, maximum_iterations: int | None
) -> Tensors:
    """`tf.while_loop`: outside graphs a Python loop."""

    def step(*variables: Tensor) -> tuple[Tensor, ...]:
        return tuple(map(_keep_shape, body(list(variables)), loop_variables))

    return list(
        tf.while_loop(
            lambda *variables: condition(list(variables)),
            step,
            tuple(loop_variables),
            maximum_iterations=maximum_iterations,
        )
    )


def scan(function: Step, carry: Tensors, inputs: Tensors, length: int, reverse: bool) -> tuple[Tensors, Tensors]:
    """Outside graphs a Python loop over the slices; in graphs `tf.while_loop` over tensor arrays."""
    if executing_eagerly() and length:
        return derived.scan(function, carry, inputs, length, reverse)
    outside = RESIDENCE.get() if getattr(function, "is_steps", False) else None
    homes = [outside and outside.home(x) for x in carry]  # what has one stays there and is not carried
    first, carry = carry, [x for x, home in zip(carry, homes, strict=True) if home is None]

    def in_place(carry: Tensors, slices: Tensors) -> tuple[Tensors, Tensors]:
        residence, rest = Residence(), iter(carry)
        with bound(RESIDENCE, residence):
            given = [next(rest) if home is None else residence.read(home) for home in homes]
            new, outputs = function(given, list(slices))
        for value, home in zip(new, homes, strict=True):
            if home is not None:
                residence.write(home, value)
        return [value for value, home in zip(new, homes, strict=True) if home is None], list(outputs)

    # One trace of the step tells the outputs' shapes and dtypes; the loop then calls that trace.
    step = tf.function(in_place, autograph=False)
    slice_specifications = [tf.TensorSpec(x.shape[1:], x.dtype) for x in inputs]
    traced = step.get_concrete_function([tf.TensorSpec(x.shape, x.dtype) for x in carry], slice_specifications)
    _, results = traced.structured_outputs
    if isinstance(length, int) and not length:
        empty = [tf.zeros(sizes((0, *static_shape(result))), result.dtype) for result in results]
        return list(first), empty
    arrays = [
        tf.TensorArray(result.dtype, size=length, element_shape=result.shape, clear_after_read=False)
        for result in results
    ]

    def body(count: Tensor, carried: Tensors, written: list[tf.TensorArray]) -> tuple[Any, ...]:
        position = length - 1 - count if reverse else count
        slices = [raw.GatherV2(params=x, indices=position, axis=integers(0)) for x in inputs]
        new, outputs = traced(list(carried), slices)
        new = list(map(_keep_shape, new, carry))
        written = [array.write(position, output) for array, output in zip(written, outputs, strict=True)]
        return count + 1, new, written

    _, last, written = tf.while_loop(
        lambda count, carried, written: count < length,
        body,
        (tf.constant(0), list(carry), arrays),
        maximum_iterations=length,
    )
    rest = iter(last)
    last = [next(rest) if home is None else outside.read(home) for home in homes]
    return last, [array.stack() for array in written]


def _after(inputs: Tensors, upstream: Tensors) -> Tensors:
    """Return the inputs in a way that no compiler can use before it has the upstream gradients.

    Else it would find the second computation equal to the first and keep the values of the first. The predicate is
    False for each number, nan too, which compilers do not see.
    """
    first = tf.reshape(upstream[0], (-1,))[:1]
    never = raw.LogicalAnd(x=raw.NotEqual(x=first, y=first), y=raw.Equal(x=first, y=raw.ZerosLike(x=first)))
    never = tf.reduce_any(never)
    return [raw.SelectV2(condition=never, t=raw.ZerosLike(x=x), e=x) for x in inputs]


def checkpoint(function: Pure) -> Pure:
    """Call the function again in reverse mode; `tf.recompute_grad` does so too, but has no second derivative."""

    @tf.custom_gradient
    def recomputed(*inputs: Tensor) -> tuple[Tensors, Callable[..., Tensors]]:
        def gradient(*upstream: Tensor) -> Tensors:
            again = list(inputs) if executing_eagerly() else _after(list(inputs), list(upstream))
            return _pull_back(function, again, list(upstream))

        return list(function(list(inputs))), gradient

    return lambda inputs: list(recomputed(*inputs))


def custom_gradient(function: Callable[[Tensors], tuple[Tensors, Callable[[Tensors], Tensors]]]) -> Pure:
    """`tf.custom_gradient`."""

    @tf.custom_gradient
    def transformed(*inputs: Tensor) -> tuple[Tensors, Callable[..., Tensors]]:
        outputs, vjp = function(list(inputs))
        _RULES.get([]).append(vjp)
        return list(outputs), lambda *upstream: _conjugated(vjp(_conjugated(list(upstream))))

    return lambda inputs: list(transformed(*inputs))


_ALL = (value_and_grad, jit, abstract_eval, vmap, cond, while_loop, scan, checkpoint, custom_gradient)
TRANSFORMS: dict[str, Callable[..., Any]] = {transform.__name__: transform for transform in _ALL}
