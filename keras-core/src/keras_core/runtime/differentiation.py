"""Native derivatives see only inputs that have one: integers and bools go around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from keras_core.contract.transforms import Pure, Tensor, Tensors

if TYPE_CHECKING:
    from keras_core.runtime.table import DispatchTable

Loss = Callable[[Tensors], tuple[Tensor, Tensors]]


def of_inexact_inputs(table: DispatchTable, transforms: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
    """Return the transforms, those for derivatives taking inputs of all dtypes, which a backend's own need not.

    Args:
        table: the table of the backend.
        transforms: what the backend has, by name.
    """
    wrappers = {"value_and_grad": _value_and_grad, "jvp": _jvp}
    return {name: wrappers[name](table, native) if name in wrappers else native for name, native in transforms.items()}


def _zeros_like(table: DispatchTable, xs: Tensors) -> Tensors:
    return [table.full(table.shape(x), 0, table.dtype_of(x)) for x in xs]


def _merged(all_values: Tensors, places: list[int], values: Tensors) -> Tensors:
    merged = list(all_values)
    for place, value in zip(places, values, strict=True):
        merged[place] = value
    return merged


def _value_and_grad(table: DispatchTable, native: Callable[[Loss], Any]) -> Callable[[Loss], Any]:
    inexact = table.inexact

    def value_and_grad(function: Loss) -> Callable[[Tensors], tuple[Tensor, Tensors, Tensors]]:
        def differentiated(inputs: Tensors) -> tuple[Tensor, Tensors, Tensors]:
            places = [place for place, x in enumerate(inputs) if x.dtype in inexact]
            if len(places) == len(inputs):
                return native(function)(inputs) if inputs else (*function(inputs), [])
            if not places:
                return *function(inputs), _zeros_like(table, inputs)
            chosen = [inputs[place] for place in places]
            value, auxiliary, found = native(lambda values: function(_merged(inputs, places, values)))(chosen)
            return value, auxiliary, _merged(_zeros_like(table, inputs), places, found)

        return differentiated

    return value_and_grad


def _jvp(table: DispatchTable, native: Callable[..., Any]) -> Callable[..., Any]:
    inexact = table.inexact

    def jvp(function: Pure, primals: Tensors, tangents: Tensors) -> tuple[Tensors, Tensors]:
        places = [place for place, x in enumerate(primals) if x.dtype in inexact]
        if len(places) == len(primals):
            return native(function, primals, tangents)
        if not places:
            outputs = function(primals)
            return outputs, _zeros_like(table, outputs)
        return native(
            lambda values: function(_merged(primals, places, values)),
            [primals[place] for place in places],
            [tangents[place] for place in places],
        )

    return jvp
