"""Calls that need nothing of what may happen around the `call` of a layer, planned once and known by a few identities.

Most calls outside of training are of this kind: one eager tensor of the layer's backend and dtype, no scope around that
changes what variables are, no masks, no losses left from before. What such a call has to find out does not change from
one to the next, so it is found out once, after a call that went the general way. The plan is thrown away whenever an
attribute of the layer is set.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from keras_core.layers.call_facts import CallFacts
from keras_core.runtime.call_context import current_context, kept_masks
from keras_core.runtime.dtypes import FLOATS
from keras_core.runtime.scopes import autocast_dtype, stateless_scope
from keras_core.runtime.table import DispatchTable, get_active, process_default

# Shapes that a plan knows to fit `input_spec`; where there are more, further ones go the general way.
_MOST_SHAPES: Final = 256


class DirectCall:
    """The plan of a layer.

    Args:
        layer: a layer for which `allows_direct_call` holds.
        table: its table.
        x: a tensor with which it was called.
        facts: facts of its `call`.

    Attributes:
        run: `(tensor) -> outputs`, `NotImplemented` where the call has to go the general way.
    """

    __slots__ = ("_shape_of", "_shapes", "run")

    def __init__(self, layer: Any, table: DispatchTable, x: Any, facts: CallFacts) -> None:
        # Where the attribute is no tuple, it is slow to look up in a set.
        self._shape_of = None if isinstance(x.shape, tuple) else table.static_shape
        self._shapes: set[tuple[int | None, ...]] | None = None if layer.input_spec is None else set()
        self.note(x)
        self.run = _runner(layer, table, x.dtype, facts, self._shapes, self._shape_of)

    def note(self, x: Any) -> None:
        """Remember that the shape of a tensor fits the layer's `input_spec`."""
        if self._shapes is not None and len(self._shapes) < _MOST_SHAPES:
            self._shapes.add(x.shape if self._shape_of is None else self._shape_of(x))


def allows_direct_call(layer: Any, table: DispatchTable, facts: CallFacts, x: Any, compute_dtype: str | None) -> bool:
    """Tell whether calls such as one that just went the general way can be planned.

    Args:
        layer: the layer.
        table: its table.
        facts: facts of its `call`.
        x: its only argument.
        compute_dtype: to which floats are cast, None for no cast.
    """
    dtype = table.dtype_names.get(x.dtype)
    return (
        dtype is not None
        and not layer._tracker.layers
        and layer._remat is None
        and layer._autocast_target is None
        and layer.activity_regularizer is None
        and (compute_dtype is None or dtype == compute_dtype or dtype not in FLOATS)
        and (not layer.supports_masking or layer._keeps_masks)
        and bool(facts.names)
    )


def _runner(
    layer: Any, table: DispatchTable, dtype: Any, facts: CallFacts, shapes: Any, shape_of: Any
) -> Callable[[Any], Any]:
    tensor_type, losses, masks, default = table.tensor_type, layer._losses, kept_masks, process_default
    cls, call = type(layer), type(layer).call
    body = layer._direct_body(table, table.dtype_names[dtype])
    asks_for_training = facts.has_training and body is None
    body = body or layer.call

    def run(x: Any) -> Any:
        if (
            type(x) is not tensor_type
            or (get_active() or default.table) is not table
            or ((own := x.dtype) is not dtype and own != dtype)
            or stateless_scope() is not None
            or autocast_dtype() is not None
            or masks
            or losses
            or (shapes is not None and (x.shape if shape_of is None else shape_of(x)) not in shapes)
            or cls.call is not call
        ):
            return NotImplemented
        context = current_context()
        if context is not None and (context.masks or (asks_for_training and context.training is not None)):
            return NotImplemented
        try:
            return body(x)
        except Exception as error:
            layer._note_error(error, (x,), {})
            raise

    return run
