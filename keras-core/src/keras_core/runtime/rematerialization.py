"""Rematerialization: reverse mode computes intermediate values of a call again instead of keeping them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextvars import ContextVar, Token
from typing import Any, Final

from keras_core.runtime import tree
from keras_core.runtime.boundary import HOLE, Boundary, transform
from keras_core.runtime.call_context import CallContext, current_context, reset_context, set_context
from keras_core.runtime.keras_tensor import any_symbolic_tensors
from keras_core.runtime.scopes import StatelessScope, autocast_dtype, autocast_scope
from keras_core.runtime.table import active
from keras_core.runtime.variable import Variable

MODES: Final = ("full", "activations", "larger_than", "list_of_layers", None)


class RematScope:
    """Layers that are made inside the `with` block compute intermediate values again in reverse mode.

    That takes less memory and more time. Models that are made inside are left to their layers.

    Args:
        mode: which layers do so: `"full"`: all; `"activations"`: layers that are activation functions;
            `"larger_than"`: those whose outputs have more elements than `output_size_threshold`; `"list_of_layers"`:
            those named in `layer_names`; None: none, which ends a scope around for the block.
        output_size_threshold: number of elements, for `"larger_than"`.
        layer_names: names of layers, for `"list_of_layers"`.

    Raises:
        ValueError: for another mode.

    Source:
        Chen et al., 2016, https://arxiv.org/abs/1604.06174.

    Example:
        >>> with keras.RematScope("list_of_layers", layer_names=["wide"]):
        ...     model = keras.Sequential([keras.layers.Dense(64, name="wide"), keras.layers.Dense(1)])
        >>> model(np.ones((2, 3))).shape
        (2, 1)
    """

    def __init__(
        self, mode: str | None = "full", output_size_threshold: int = 1024, layer_names: Sequence[str] | None = None
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"RematScope: expected mode to be one of {MODES}, got {mode!r}.")
        self.mode = mode
        self.output_size_threshold = output_size_threshold
        self.layer_names = list(layer_names or ())
        self._tokens: list[Token[RematScope | None]] = []

    def __enter__(self) -> RematScope:
        self._tokens.append(_scope.set(self))
        return self

    def __exit__(self, *_exception: object) -> None:
        _scope.reset(self._tokens.pop())

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_tokens": []}


_scope: ContextVar[RematScope | None] = ContextVar("keras_core_remat_scope", default=None)


def current_remat_scope() -> RematScope | None:
    """Return the scope around, None where there is none or it is one that ends others."""
    scope = _scope.get()
    return None if scope is None or scope.mode is None else scope


def remat(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function such that reverse mode computes its intermediate values again instead of keeping them.

    It may read and assign variables, and draw random numbers from a `SeedGenerator`, which gives the same again. Where
    the backend cannot tell without running it which variables those are, it runs once more.

    Args:
        f: takes and returns trees of tensors and other things.

    Source:
        Chen et al., 2016, https://arxiv.org/abs/1604.06174.

    Example:
        >>> float(keras.remat(lambda x, power: x**power)(ops.ones(()), power=3))
        1.0
    """

    @functools.wraps(f)
    def rematerialized(*args: Any, **kwargs: Any) -> Any:
        if active().is_symbolic or any_symbolic_tensors(args) or any_symbolic_tensors(kwargs):
            return f(*args, **kwargs)
        return rematerialized_call(f, args, kwargs, _touched(f, args, kwargs))

    return rematerialized


def rematerialized_call(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], variables: Sequence[Variable]
) -> Any:
    """Call a function so that reverse mode calls it again.

    Args:
        function: takes and returns trees of tensors and other things.
        args: its positional arguments.
        kwargs: its keyword arguments.
        variables: all variables that it reads or assigns.

    Raises:
        ValueError: where it assigns a variable that is not named.
    """
    table = active()
    assigned: list[Variable] = []
    autocast = autocast_dtype()
    training = None if (context := current_context()) is None else context.training

    def pure(values: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        # The second call may come late and in another context: what the first one found around is set up again.
        again = CallContext()
        again.training = training
        token = set_context(again)
        try:
            with StatelessScope(list(zip(variables, values, strict=True))) as scope, autocast_scope(autocast):
                outputs = function(*args, **kwargs)
        finally:
            reset_context(token)
        updates = scope.updates()
        _check_named(updates, variables)
        assigned[:] = [variable for variable, _ in updates]
        return outputs, [value for _, value in updates]

    boundary = _TensorBoundary(table, pure)
    with autocast_scope(None):
        values = [variable.value for variable in variables]
    tensors = boundary.flat((values, args, kwargs))
    outputs, new_values = boundary.restore(transform(table, "checkpoint")(boundary)(tensors))
    for variable, value in zip(assigned, new_values, strict=True):
        variable.assign(value)
    return outputs


class _TensorBoundary(Boundary):
    """Only tensors that can have a gradient cross: numbers and indices are as they were, for code that looks at them.

    What is no tensor among the outputs comes back as it is.
    """

    def is_value(self, leaf: Any) -> bool:
        return isinstance(leaf, self.table.tensor_types) and leaf.dtype in self.table.inexact

    def __call__(self, tensors: list[Any]) -> list[Any]:
        out, self.outputs = tree.flatten_with_structure(self.call(tensors))
        is_tensor = active().is_tensor
        self.results = [HOLE if is_tensor(leaf) else leaf for leaf in out]
        return [leaf for leaf in out if is_tensor(leaf)]

    def restore(self, tensors: list[Any]) -> Any:
        remaining = iter(tensors)
        return tree.unflatten(self.outputs, [next(remaining) if leaf is HOLE else leaf for leaf in self.results])


def _check_named(updates: list[tuple[Variable, Any]], variables: Sequence[Variable]) -> None:
    known = set(map(id, variables))
    missed = [variable.path for variable, _ in updates if id(variable) not in known]
    if missed:
        raise ValueError(
            f"a rematerialized call assigns variables that are none of its layer: {missed}. Make them attributes of it."
        )


def _touched(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Variable]:
    """Return the variables that a function reads or assigns."""
    table = active()
    seen: dict[int, Variable] = {}

    def observed(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        with StatelessScope() as scope:
            outputs = function(*args, **kwargs)
        seen.update(scope.read)
        seen.update(scope.written)
        return outputs

    evaluate = table.transforms.get("abstract_eval")
    if evaluate is None:
        observed(args, kwargs)
    else:
        boundary = _TensorBoundary(table, observed)
        evaluate(boundary, boundary.flat((args, kwargs)))
    return list(seen.values())
