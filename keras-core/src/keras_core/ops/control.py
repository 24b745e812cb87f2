"""Control flow over tensors, and the ops that steer differentiation."""

import functools
from collections.abc import Callable
from typing import Any

from keras_core.runtime import tree
from keras_core.runtime.boundary import Boundary, transform
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import active


def symbolic_if_needed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Infer shapes where an argument is symbolic; such a call inside a model is recorded by a Layer around it."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        table = active()
        if not table.is_symbolic and any(isinstance(leaf, KerasTensor) for leaf in tree.flatten((args, kwargs))):
            from keras_core.runtime.operation import record_function

            return record_function(wrapper, args, kwargs)
        return function(*args, **kwargs)

    return wrapper


@op(primitive="stop_gradient", tensors=("variable",), differentiable=())
def stop_gradient(variable: Any) -> Any:
    """Return the value as a constant for differentiation.

    Args:
        variable: tensor or Variable.

    Example:
        >>> ops.stop_gradient([1.0])
        array([1.], dtype=float32)
    """
    ...


@symbolic_if_needed
def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """Return the result of one of two functions.

    Args:
        pred: scalar bool tensor, or bool.
        true_fn: function without arguments, for True.
        false_fn: function without arguments that returns tensors of the same structure, shapes and dtypes.

    Example:
        >>> float(ops.cond(True, lambda: 1.0, lambda: 2.0))
        1.0
    """
    d = active()
    if isinstance(pred, bool):
        return true_fn() if pred else false_fn()
    yes, no = Boundary(d, true_fn), Boundary(d, false_fn)
    yes.flat(())
    no.flat(())
    outputs = transform(d, "cond")(to_tensor(d, pred, "bool"), yes, no, [])
    return (yes if yes.outputs is not None else no).restore(outputs)


@symbolic_if_needed
def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, maximum_iterations: int | None = None
) -> Any:
    """Return the loop variables after the body ran while the condition was true.

    Args:
        cond: function of the loop variables that returns a scalar bool.
        body: function of the loop variables that returns them anew, with the same shapes and dtypes.
        loop_vars: tuple, list or dict of tensors, or one tensor.
        maximum_iterations: bound on the number of runs.

    Example:
        >>> [int(v) for v in ops.while_loop(lambda i: i < 3, lambda i: (i + 1,), (0,))]
        [3]
    """
    d = active()
    single = not isinstance(loop_vars, list | tuple)
    arguments = (loop_vars,) if single else tuple(loop_vars)

    def step(*values: Any) -> Any:
        result = body(*values)
        return (result,) if not isinstance(result, list | tuple) else tuple(result)

    test, run = Boundary(d, cond), Boundary(d, step)
    tensors = run.flat(arguments)
    test.flat(arguments)

    def condition(values: list[Any]) -> Any:
        return to_tensor(active(), test(values)[0], "bool")

    outputs = transform(d, "while_loop")(condition, run, tensors, maximum_iterations)
    result = tree.unflatten(run.inputs, outputs)
    return result[0] if single else type(loop_vars)(result)


def fori_loop(lower: Any, upper: Any, body_fun: Callable[[Any, Any], Any], init_val: Any) -> Any:
    """Return the value after `value = body_fun(i, value)` for each `i` from `lower` up to and without `upper`.

    Args:
        lower: int or scalar tensor.
        upper: int or scalar tensor.
        body_fun: function of the index and the value.
        init_val: tree of tensors.

    Example:
        >>> int(ops.fori_loop(0, 3, lambda i, total: total + i, 0))
        3
    """
    one = to_tensor(active(), 1, "int32")
    _, value = while_loop(
        lambda i, _value: i < upper,
        lambda i, value: (i + one, body_fun(i, value)),
        (to_tensor(active(), lower), init_val),
    )
    return value


@symbolic_if_needed
def scan(
    f: Callable[[Any, Any], tuple[Any, Any]],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: Any = 1,
) -> tuple[Any, Any]:
    """Return the last carry and the stacked outputs of `carry, output = f(carry, x)` over the first axis.

    Args:
        f: function of the carry and a slice.
        init: tree of tensors: the first carry.
        xs: tree of tensors with a common size of axis 0, or None.
        length: that size, mandatory without `xs`.
        reverse: whether the last slice comes first.
        unroll: kept for compatibility; backends decide.

    Example:
        >>> carry, sums = ops.scan(lambda total, x: (total + x, total + x), 0, ops.arange(4))
        >>> sums
        array([0, 1, 3, 6], dtype=int32)
    """
    d = active()
    carry_leaves, carry_tree = tree.flatten_with_structure(init)
    carry = [to_tensor(d, leaf) for leaf in carry_leaves]
    slices_leaves, slices_tree = tree.flatten_with_structure(xs)
    inputs = [] if xs is None else [to_tensor(d, leaf) for leaf in slices_leaves]
    if inputs:
        length = d.shape(inputs[0])[0] if length is None else length
    elif length is None:
        raise ValueError("scan: expected xs or length, got neither.")
    output_tree: list[Any] = []

    def step(state: list[Any], parts: list[Any]) -> tuple[list[Any], list[Any]]:
        x = tree.unflatten(slices_tree, parts) if inputs else None
        new_state, output = f(tree.unflatten(carry_tree, state), x)
        leaves, definition = tree.flatten_with_structure(output)
        output_tree[:] = [definition]
        tensors = [] if output is None else [to_tensor(active(), leaf) for leaf in leaves]
        return [to_tensor(active(), leaf) for leaf in tree.flatten(new_state)], tensors

    last, outputs = transform(d, "scan")(step, carry, inputs, length, reverse)
    stacked = tree.unflatten(output_tree[0], outputs) if outputs else None
    return tree.unflatten(carry_tree, last), stacked


def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """Return the function applied to each element along axis 0, all at once.

    Args:
        function: function of one element (a tree where `elements` is one).
        elements: tensor, or tree of tensors with a common size of axis 0.

    Example:
        >>> ops.vectorized_map(lambda x: x * 2, ops.arange(3))
        array([0, 2, 4], dtype=int32)
    """
    d = active()
    boundary = Boundary(d, function)
    inputs = boundary.flat((elements,))
    outputs = transform(d, "vmap")(boundary, [0] * len(inputs))(inputs)
    return boundary.restore(outputs)


def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """Return the function applied to each element along axis 0, one after the other.

    Args:
        f: function of one element.
        xs: tensor, or tree of tensors with a common size of axis 0.

    Example:
        >>> ops.map(lambda x: x * 2, ops.arange(3))
        array([0, 2, 4], dtype=int32)
    """
    return scan(lambda carry, x: (carry, f(x)), (), xs)[1]


def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """Return the result of the branch with this index, which is clamped to the branches.

    Args:
        index: int or scalar integer tensor.
        branches: list of functions of the operands that return equal structures, shapes and dtypes.
        operands: what the branches get.

    Example:
        >>> float(ops.switch(1, [lambda x: x, lambda x: -x], 2.0))
        -2.0
    """
    if isinstance(index, int):
        return branches[min(max(index, 0), len(branches) - 1)](*operands)
    if len(branches) == 1:
        return branches[0](*operands)
    d = active()
    index = to_tensor(d, index)
    first = d.less_equal(index, d.full((), 0, d.dtype_of(index)))
    below = d.subtract(index, d.full((), 1, d.dtype_of(index)))
    return cond(first, lambda: branches[0](*operands), lambda: switch(below, branches[1:], *operands))


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose derivative is given by itself.

    Args:
        f: function of tensors that returns the result and a function from the gradient of the result (as `upstream`) to
            those of the arguments.

    Example:
        >>> @ops.custom_gradient
        ... def clipped(x):
        ...     return x, lambda *args, upstream=None: ops.clip(
        ...         upstream if upstream is not None else args[0], -1.0, 1.0
        ...     )
        >>> clipped(ops.ones(2))
        array([1., 1.], dtype=float32)
    """

    @functools.wraps(f)
    def wrapper(*args: Any) -> Any:
        d = active()
        if d.is_symbolic:
            return f(*args)[0]
        leaves, definition = tree.flatten_with_structure(args)
        structure: list[Any] = []

        def flat(inputs: list[Any]) -> tuple[list[Any], Callable[[list[Any]], list[Any]]]:
            result, backward = f(*tree.unflatten(definition, inputs))
            out, output_tree = tree.flatten_with_structure(result)
            structure[:] = [output_tree]

            def vjp(gradients: list[Any]) -> list[Any]:
                upstream = tree.unflatten(output_tree, gradients)
                try:
                    given = backward(upstream=upstream)
                except TypeError:
                    given = backward(upstream)
                return tree.flatten(given)

            return out, vjp

        outputs = transform(d, "custom_gradient")(flat)([to_tensor(d, leaf) for leaf in leaves])
        return tree.unflatten(structure[0], outputs)

    return wrapper
