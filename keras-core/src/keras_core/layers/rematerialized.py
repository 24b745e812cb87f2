"""The part of `Layer` about calls whose intermediate values reverse mode computes again."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from keras_core.layers.effects import Effects
from keras_core.runtime import tree
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.rematerialization import RematScope, current_remat_scope, rematerialized_call
from keras_core.runtime.scopes import StatelessScope, autocast_scope
from keras_core.runtime.symbolic import symbolic_scope
from keras_core.runtime.table import active


class Rematerialized(Effects):
    """Remembers the `RematScope` in which it was made."""

    # What `Layer` has, which inherits from this class.
    _infer: Callable[..., Any]

    _remat: RematScope | None = None
    # Models leave it to their layers.
    _is_rematerializable = True
    _is_activation = False

    def _note_remat_scope(self) -> None:
        scope = current_remat_scope()
        if scope is not None and self._is_rematerializable:
            self.__dict__["_remat"] = scope

    def rematerialized_call(self, layer_call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function of the layer so that reverse mode computes its intermediate values again.

        Args:
            layer_call: function that reads and assigns variables of this layer only, such as `call`.
            *args: its arguments.
            **kwargs: its arguments.
        """
        layers = self._flatten_layers()
        if not all(layer.built for layer in layers):
            return layer_call(*args, **kwargs)  # it makes variables, which this call cannot hand over

        def without_losses(*args: Any, **kwargs: Any) -> Any:
            counts = [len(layer._losses) for layer in layers]
            outputs = layer_call(*args, **kwargs)
            return outputs, [_taken(layer, count) for layer, count in zip(layers, counts, strict=True)]

        variables = [*self.variables, *self.metrics_variables]
        outputs, losses = rematerialized_call(without_losses, args, kwargs, variables)
        for layer, added in zip(layers, losses, strict=True):
            if added:
                layer.add_loss(added)
        return outputs

    def _call_in_remat_scope(self, *args: Any, **kwargs: Any) -> Any:
        call = self.call
        return (
            self.rematerialized_call(call, *args, **kwargs)
            if self._is_in_remat_scope(args, kwargs)
            else call(*args, **kwargs)
        )

    def _is_in_remat_scope(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        scope = self._remat
        assert scope is not None
        if scope.mode == "activations":
            return self._is_activation
        if scope.mode == "list_of_layers":
            return self.name in scope.layer_names
        return scope.mode == "full" or self._size_in_remat_scope(args, kwargs) > scope.output_size_threshold

    def _size_in_remat_scope(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
        """Return the number of elements of all outputs, as if axes of unknown size had one."""
        table = active()

        def described(leaf: Any) -> Any:
            return (
                KerasTensor(table.static_shape(leaf), table.dtype_names[leaf.dtype]) if table.is_tensor(leaf) else leaf
            )

        args, kwargs = tree.map_structure(described, (args, kwargs))
        layers = self._flatten_layers()
        counts = [len(layer._losses) for layer in layers]
        with autocast_scope(None):  # values may be those of a gradient around, which tell no more than their shapes
            variables = [(variable, KerasTensor(variable.shape, variable.dtype)) for variable in self.variables]
        with symbolic_scope(self._table), StatelessScope(variables):
            outputs = self._infer(*args, **kwargs)
        for layer, count in zip(layers, counts, strict=True):
            _taken(layer, count)  # symbolic ones say nothing
        return sum(math.prod(size or 1 for size in output.shape) for output in tree.flatten(outputs))


def _taken(layer: Any, count: int) -> list[Any]:
    """Take what was added to a layer's losses after the first ones."""
    added = layer._losses[count:]
    del layer._losses[count:]
    return added
