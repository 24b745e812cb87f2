"""What the calls of layers inside one another share: the training mode; and the masks of tensors."""

from __future__ import annotations

import weakref
from contextvars import ContextVar
from typing import Any

from keras_core.runtime.keras_tensor import KerasTensor


class CallContext:
    """Shared by a call and all calls inside it.

    Attributes:
        training: the training mode that layers inside take when they are told none.
        masks: masks of tensors that no weak reference can be made to, id -> (tensor, mask).
    """

    __slots__ = ("masks", "training")

    def __init__(self) -> None:
        self.training: bool | None = None
        self.masks: dict[int, tuple[Any, Any]] = {}


_context: ContextVar[CallContext | None] = ContextVar("keras_core_call_context", default=None)
current_context = _context.get
set_context = _context.set
reset_context = _context.reset

# A tensor's mask is an attribute of it, so that a mask that keeps its tensor alive, as those of a traced graph do, goes
# with it, and here is only that there is one. Not every class lets attributes be set (a NumPy array does not).
_masks: dict[int, tuple[Any, Any]] = {}
kept_masks = _masks
_OWN = "_keras_mask"


def get_mask(x: Any) -> Any:
    """Return the mask that a layer attached to a tensor, None where there is none."""
    if isinstance(x, KerasTensor):
        return x._keras_mask
    entry = _masks.get(id(x))
    if entry is not None and entry[0]() is x:
        return getattr(x, _OWN, None) if entry[1] is _OWN else entry[1]
    context = _context.get()
    if context is not None:
        held = context.masks.get(id(x))
        if held is not None:
            return held[1]
    return None


def set_mask(x: Any, mask: Any) -> None:
    """Attach a mask to a tensor for as long as the tensor lives, None to take it off."""
    if isinstance(x, KerasTensor):
        x._keras_mask = mask
        return
    key = id(x)
    if mask is None:
        if _masks.pop(key, (None, None))[1] is _OWN:
            delattr(x, _OWN)
        return
    try:
        reference = weakref.ref(x, lambda dead: _forget(key, dead))
    except TypeError:
        context = _context.get()
        if context is not None:
            context.masks[key] = x, mask
        return
    try:
        setattr(x, _OWN, mask)
    except (AttributeError, TypeError):
        _masks[key] = reference, mask
    else:
        _masks[key] = reference, _OWN


def _forget(key: int, reference: Any) -> None:
    # The id may already belong to another tensor with a mask of its own.
    if key in _masks and _masks[key][0] is reference:
        del _masks[key]


def any_masks() -> bool:
    """Tell whether a tensor of this process may have a mask: without one, calls need not look."""
    if _masks:
        return True
    context = _context.get()
    return context is not None and bool(context.masks)


def current_training() -> bool | None:
    """Return the training mode of the call around, None outside or where none was given."""
    context = _context.get()
    return None if context is None else context.training
