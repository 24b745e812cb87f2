"""Transforms of functions over tensors and variables, the same on every backend.

A backend's native transform is used where it has one, else the derived one: reverse mode over primitives.
"""

from collections.abc import Callable, Sequence
from typing import Any

from keras_core import autodiff
from keras_core.ops.control import cond, custom_gradient, scan, stop_gradient, switch, vectorized_map, while_loop
from keras_core.runtime import tree
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.scopes import StatelessScope
from keras_core.runtime.table import active
from keras_core.runtime.variable import Variable

__all__ = [
    "cond",
    "custom_gradient",
    "grad",
    "scan",
    "stop_gradient",
    "switch",
    "value_and_grad",
    "vectorized_map",
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
