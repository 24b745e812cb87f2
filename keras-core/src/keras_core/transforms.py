"""Transforms of functions over tensors and variables, the same on every backend.

A backend's native transform is used where it has one, else the derived one: reverse mode over primitives.
"""

from collections.abc import Callable, Sequence
from functools import cache
from operator import is_
from typing import Any, NamedTuple

import numpy as np

from keras_core import autodiff
from keras_core.ops.control import (
    Boundary,
    cond,
    custom_gradient,
    scan,
    stop_gradient,
    switch,
    transform,
    vectorized_map,
    while_loop,
)
from keras_core.ops.scanning import jvp
from keras_core.ops.shaping import moveaxis
from keras_core.runtime import tree
from keras_core.runtime.axes import canonical_axis
from keras_core.runtime.conversion import dtype_name, to_argument, to_tensor
from keras_core.runtime.interrupts import interrupts_deferred
from keras_core.runtime.scopes import StatelessScope, in_stateless_scope
from keras_core.runtime.table import active
from keras_core.runtime.variable import Variable, set_states, states_of

__all__ = [
    "CompiledFunction",
    "checkpoint",
    "cond",
    "custom_gradient",
    "grad",
    "jit",
    "jvp",
    "scan",
    "stop_gradient",
    "switch",
    "value_and_grad",
    "vectorized_map",
    "vmap",
    "while_loop",
]


def value_and_grad(
    function: Callable[..., Any],
    argnums: int | Sequence[int] = 0,
    has_aux: bool = False,
    variables: Sequence[Variable] | None = None,
) -> Callable[..., Any]:
    """Return a function that computes a scalar and its gradients.

    Variables that the function assigns have their new values afterwards, on every backend.

    Args:
        function: returns a scalar float tensor, or with `has_aux` a pair of it and a tree of tensors.
        argnums: the positional argument, or arguments, to differentiate by; each a tree of tensors.
        has_aux: whether the function returns a pair.
        variables: differentiate by these variables instead of arguments.

    Returns:
        Function of the same arguments that returns `(value, gradients)`, or `((value, auxiliary), gradients)`.

    Raises:
        ValueError: where the function does not return a scalar.

    Example:
        >>> value, gradient = keras_core.transforms.value_and_grad(lambda x: ops.sum(x * x))(
        ...     np.ones(2, "float32")
        ... )
        >>> gradient.tolist()
        [2.0, 2.0]
    """

    def differentiated(*args: Any, **kwargs: Any) -> Any:
        table = active()
        if variables is not None:
            chosen: Any = [variable.value for variable in variables]
        else:
            chosen = args[argnums] if isinstance(argnums, int) else [args[number] for number in argnums]
        leaves, definition = tree.flatten_with_structure(chosen)
        inputs = [to_tensor(table, leaf) for leaf in leaves]
        found: dict[str, Any] = {}

        def pure(tensors: list[Any]) -> tuple[Any, list[Any]]:
            mapping = list(zip(variables, tensors, strict=True)) if variables is not None else None
            call = args if variables is not None else _replaced(args, argnums, tree.unflatten(definition, tensors))
            with StatelessScope(mapping) as scope:
                result = function(*call, **kwargs)
            value, auxiliary = result if has_aux else (result, None)
            _check_scalar(value)
            aux_leaves, found["structure"] = tree.flatten_with_structure(auxiliary)
            found["constants"] = [leaf if not active().is_tensor(leaf) else _TENSOR for leaf in aux_leaves]
            updates = scope.updates()
            found["written"] = [variable for variable, _ in updates]
            tensors = [leaf for leaf in aux_leaves if active().is_tensor(leaf)]
            return value, [*tensors, *(new for _, new in updates)]

        transform = table.transforms.get("value_and_grad", autodiff.value_and_grad)
        value, outputs, gradients = transform(pure)(inputs)
        written = found["written"]
        for variable, new in zip(written, outputs[len(outputs) - len(written) :], strict=True):
            variable.assign(new)
        remaining = iter(outputs)
        auxiliary = [next(remaining) if leaf is _TENSOR else leaf for leaf in found["constants"]]
        gradient = tree.unflatten(definition, gradients)
        return ((value, tree.unflatten(found["structure"], auxiliary)) if has_aux else value), gradient

    return differentiated


_TENSOR = object()
_ONE_TENSOR, _TWO_TENSORS = (_TENSOR,), (_TENSOR, _TENSOR)
_ONE_ARGUMENT = tree.flatten_with_structure((_ONE_TENSOR, {}))[1]
_ONE_PAIR = tree.flatten_with_structure(((_TWO_TENSORS,), {}))[1]
"""What a call with one tensor and nothing else is made of."""


def _check_scalar(value: Any) -> None:
    table = active()
    shape = tuple(table.static_shape(value)) if table.is_tensor(value) else ()
    if shape:
        raise ValueError(
            f"value_and_grad: expected the function to return a scalar, got shape {shape}. Reduce it, for instance by "
            "`ops.mean`."
        )


def _replaced(args: tuple[Any, ...], argnums: int | Sequence[int], chosen: Any) -> tuple[Any, ...]:
    new = list(args)
    if isinstance(argnums, int):
        new[argnums] = chosen
    else:
        for number, value in zip(argnums, chosen, strict=True):
            new[number] = value
    return tuple(new)


def grad(
    function: Callable[..., Any],
    argnums: int | Sequence[int] = 0,
    has_aux: bool = False,
    variables: Sequence[Variable] | None = None,
) -> Callable[..., Any]:
    """Return a function that computes the gradients of a scalar; arguments as of `value_and_grad`.

    Example:
        >>> keras_core.transforms.grad(lambda x: ops.sum(x * x))(np.ones(2, "float32")).tolist()
        [2.0, 2.0]
    """
    differentiated = value_and_grad(function, argnums, has_aux, variables)

    def gradients(*args: Any, **kwargs: Any) -> Any:
        value, gradient = differentiated(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return gradients


class CompiledFunction:
    """What `jit` returns; see there.

    Attributes:
        traces: how often the function has run as Python code to be compiled, or at all where nothing is compiled.
        is_tracing: whether it is running so, or has ended so by an error.
    """

    def __init__(
        self, function: Callable[..., Any], variables: Sequence[Variable] | None, jit_compile: bool, donate: bool
    ) -> None:
        self.function = function
        self.variables = None if variables is None else list(variables)
        self.jit_compile = jit_compile
        self.donate = donate
        self.traces = 0
        self.is_tracing = False
        self._entries: dict[Any, _Entry] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(args, kwargs, False)

    def call_on_own(self, *args: Any) -> Any:
        """Call the function on NumPy arrays that nobody else holds or will write to, so that they are not copied."""
        return self._call(args, {}, True)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any], is_own: bool) -> Any:
        table = active()
        native = table.transforms.get("jit")
        self.is_tracing = False
        if native is None or table.root is not table or in_stateless_scope():
            # Inside another transform the function becomes part of what is traced there.
            self.traces += 1
            return self.function(*args, **kwargs)
        given = args[0] if len(args) == 1 and not kwargs else None
        if type(given) is np.ndarray:  # a walk through it would take longer
            tensors = [to_argument(table, given, is_own)]
            definition, constants = _ONE_ARGUMENT, _ONE_TENSOR
        elif type(given) is tuple and len(given) == 2 and type(given[0]) is type(given[1]) is np.ndarray:
            tensors = [to_argument(table, given[0], is_own), to_argument(table, given[1], is_own)]
            definition, constants = _ONE_PAIR, _TWO_TENSORS
        else:
            leaves, definition = tree.flatten_with_structure((args, kwargs))
            constants = tuple([leaf if is_static(leaf) else _TENSOR for leaf in leaves])
            tensors = [to_argument(table, leaf, is_own) for leaf in leaves if not is_static(leaf)]
        # A trace may serve several sizes; for several ranks it could not know how many axes there are.
        key = (table.name, definition, constants, tuple([x.ndim for x in tensors]))
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = _Entry(self, table, definition, constants, tensors)
        if entry.assigns:
            with interrupts_deferred():  # the old values may be gone before the new ones are in their places
                outputs = entry.run(tensors)
        else:
            outputs = entry.run(tensors)
        return entry.restored(outputs, tensors)


class _Form(NamedTuple):
    """What a trace returned, but for the values of its tensors.

    Attributes:
        structure: of the tree.
        leaves: its constants, and `_TENSOR` in place of each tensor.
        is_list: whether it is a list of tensors, which needs no walk.
    """

    structure: Any
    leaves: list[Any]
    is_list: bool

    def filled(self, outputs: list[Any]) -> Any:
        """Return the tree with tensors in their places."""
        if self.is_list:
            return outputs
        remaining = iter(outputs)
        return tree.unflatten(self.structure, [next(remaining) if x is _TENSOR else x for x in self.leaves])


class _Entry:
    """One compilation of a function: for one structure of arguments."""

    def __init__(
        self, owner: CompiledFunction, table: Any, definition: Any, constants: tuple[Any, ...], tensors: list[Any]
    ) -> None:
        self.owner = owner
        self.definition = definition
        self.arguments = constants
        self.form: _Form | None = None  # while all traces return the same one
        self.forms: dict[Any, _Form] = {}
        self.only_read: frozenset[int] = frozenset()
        self.variables = self._touched(table, tensors) if owner.variables is None else owner.variables

        def pure(state: list[Any], tensors: list[Any]) -> tuple[list[Any], list[Any]]:
            return self._pure(state, tensors)

        pure.only_read = self.only_read  # pyright: ignore[reportFunctionMemberAccess]
        self.assigns = len(self.only_read) < len(self.variables)
        self.compiled = table.transforms["jit"](pure, owner.jit_compile, owner.donate)

    def run(self, tensors: list[Any]) -> list[Any]:
        """Return what the compiled function returns, and give the variables their new values."""
        before = states_of(self.variables)
        outputs, after = self.compiled(before, tensors)
        if set_states(self.variables, before, after):
            self.assigns = True
        return outputs

    def _call(self, tensors: list[Any]) -> list[Any]:
        remaining = iter(tensors)
        leaves = [next(remaining) if leaf is _TENSOR else leaf for leaf in self.arguments]
        args, kwargs = tree.unflatten(self.definition, leaves)
        self.owner.is_tracing = True
        result = self.owner.function(*args, **kwargs)
        leaves, structure = tree.flatten_with_structure(result)
        constants = [_TENSOR if not is_static(leaf) else leaf for leaf in leaves]
        table = active()
        outputs = [to_tensor(table, leaf) for leaf in leaves if not is_static(leaf)]
        is_list = type(result) is list and len(result) == len(outputs) and all(map(is_, result, leaves))
        form = _Form(structure, constants, is_list)
        self.form = form if all(known == form for known in self.forms.values()) else None
        self.forms[tuple([(tuple(table.static_shape(x)), dtype_name(table, x)) for x in tensors])] = form
        self.owner.is_tracing = False
        return outputs

    def restored(self, outputs: list[Any], tensors: list[Any]) -> Any:
        """Return outputs in the form of what the trace returned that served the arguments."""
        form = self.form
        if form is None:
            kind = tuple([(tuple(x.shape), dtype_name(active(), x)) for x in tensors])
            # A trace may have been made for any size.
            form = self.forms.get(kind) or next(
                form for known, form in reversed(self.forms.items()) if all(map(_serves, known, kind))
            )
        return form.filled(outputs)

    def _touched(self, table: Any, tensors: list[Any]) -> list[Variable]:
        """Return the variables that the function reads or writes, by one abstract evaluation."""
        seen: dict[int, Variable] = {}
        written: set[int] = set()

        def observe(inputs: list[Any]) -> list[Any]:
            with _TracedValues(table, inputs[-1]) as scope:
                outputs = self._call(inputs[:-1])
            seen.update(scope.read)
            seen.update(scope.written)
            written.update(scope.written)
            return outputs

        table.transforms["abstract_eval"](observe, [*tensors, table.full((), True, "bool")])
        self.only_read = frozenset(position for position, key in enumerate(seen) if key not in written)
        return list(seen.values())

    def _pure(self, state: list[Any], tensors: list[Any]) -> tuple[list[Any], list[Any]]:
        self.owner.traces += 1
        with StatelessScope(list(zip(self.variables, state, strict=True))) as scope:
            outputs = self._call(tensors)
        known = set(map(id, self.variables))
        missed = [variable.path for variable, _ in scope.updates() if id(variable) not in known]
        if missed:
            raise ValueError(f"jit: the function assigns variables that argument 'variables' does not name: {missed}.")
        return outputs, [scope.get_current_value(variable) for variable in self.variables]


def _serves(traced: Any, given: Any) -> bool:
    """Tell whether a trace of an argument serves one of this shape and dtype."""
    (sizes, dtype), (shape, other) = traced, given
    return dtype == other and all(size is None or size == own for size, own in zip(sizes, shape, strict=True))


class _TracedValues(StatelessScope):
    """Scope of a trace in which the values of variables belong to it, as they do when it is compiled.

    A backend may keep something for good of each op that it traces with constants alone.

    Args:
        table: the backend's table.
        traced: scalar bool tensor of the trace.
    """

    def __init__(self, table: Any, traced: Any) -> None:
        super().__init__()
        self._table = table
        self._traced = traced

    def read_value(self, variable: Any) -> Any:
        """Return the value, by an op that has to do with the trace."""
        value = super().read_value(variable)
        # Not kept: what a trace inside this one computes ends with it.
        return self._table.where(self._traced, variable._value, variable._value) if value is None else value


@cache
def compiles(table: Any) -> bool:
    """Tell whether what `jit` makes on a table runs as Python code only to be compiled.

    Args:
        table: the dispatch table of a backend.
    """
    native = table.transforms.get("jit")
    if native is None:
        return False
    seen: list[type] = []

    def probe(state: list[Any], inputs: list[Any]) -> tuple[list[Any], list[Any]]:
        seen.append(type(inputs[0]))
        return inputs, state

    native(probe, False, False)([], [table.full((), 0, "float32")])
    return seen[0] is not table.tensor_type


def is_static(leaf: Any) -> bool:
    """Tell whether a leaf of an argument tree is a constant of the compiled function and not a tensor."""
    return leaf is None or isinstance(leaf, str | bytes | bool) or callable(leaf)


def jit(
    function: Callable[..., Any],
    variables: Sequence[Variable] | None = None,
    jit_compile: bool = False,
    donate: bool = True,
) -> CompiledFunction:
    """Return the function compiled by the active backend; as it is where that has no compiler.

    The function may read and assign variables. It is traced once for each structure, shape and dtype of arguments.

    Args:
        function: takes and returns trees of tensors; strings, bools, functions and None among the arguments are
            constants.
        variables: all variables that it reads or assigns; None finds them by one more trace.
        jit_compile: whether the optimizing compiler is used where the backend has two ways.
        donate: whether the old values of the variables may be overwritten in place.

    Raises:
        ValueError: where it assigns a variable that is not named.

    Example:
        >>> counter = keras_core.Variable(0.0)
        >>> step = keras_core.transforms.jit(lambda x: counter.assign_add(x))
        >>> step(2.0)
        >>> float(counter)
        2.0
    """
    return CompiledFunction(function, variables, jit_compile, donate)


def vmap(function: Callable[..., Any], in_axes: Any = 0, out_axes: int = 0) -> Callable[..., Any]:
    """Return the function mapped over an axis of its arguments; results are stacked.

    Args:
        function: takes and returns trees of tensors.
        in_axes: axis of each argument, or one int for all; None for an argument that each call gets whole. It counts
            from the end where it is below 0.
        out_axes: along which axis all results are stacked.

    Raises:
        ValueError: where no argument is mapped, or the sizes of the mapped axes differ.

    Example:
        >>> keras_core.transforms.vmap(lambda x: ops.sum(x))(np.ones((3, 2), "float32")).tolist()
        [2.0, 2.0, 2.0]
    """

    def mapped(*args: Any) -> Any:
        table = active()
        axes = list(in_axes) if isinstance(in_axes, list | tuple) else [in_axes] * len(args)
        boundary = Boundary(table, function)
        inputs = boundary.flat(args)
        counts = [len(Boundary(table, function).flat((argument,))) for argument in args]
        chosen = [axis for axis, count in zip(axes, counts, strict=True) for _ in range(count)]
        each = [None if axis is None else canonical_axis(axis, x.ndim) for x, axis in zip(inputs, chosen, strict=True)]
        if all(axis is None for axis in each):
            raise ValueError(f"vmap: expected an argument with a mapped axis, got in_axes {in_axes}.")
        outputs = transform(table, "vmap")(boundary, each)(inputs)
        return boundary.restore([moveaxis(x, 0, out_axes) if out_axes else x for x in outputs])

    return mapped


def checkpoint(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function such that reverse mode computes its intermediate values again instead of keeping them.

    Args:
        function: takes and returns trees of tensors.

    Example:
        >>> float(keras_core.transforms.checkpoint(lambda x: x * x)(ops.ones(())))
        1.0
    """

    def checkpointed(*args: Any) -> Any:
        table = active()
        boundary = Boundary(table, function)
        inputs = boundary.flat(args)
        return boundary.restore(transform(table, "checkpoint")(boundary)(inputs))

    return checkpointed
