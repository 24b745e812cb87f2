"""Which tensors of variables an update may overwrite: those that only the variables hold."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextvars import ContextVar

from keras_core.runtime.scopes import in_stateless_scope
from keras_core.runtime.variable import Variable

_NONE: frozenset[int] = frozenset()
_overwritable: ContextVar[frozenset[int]] = ContextVar("keras_core_overwritable", default=_NONE)


class overwriting:
    """Context manager inside which kernels may write new values where old ones are.

    Args:
        tensors: the ids of the tensors that may be overwritten, as `held_alone` returns them.
    """

    def __init__(self, tensors: frozenset[int]) -> None:
        self._tensors = tensors

    def __enter__(self) -> None:
        self._token = _overwritable.set(self._tensors)

    def __exit__(self, *_exception: object) -> None:
        _overwritable.reset(self._token)


def overwritable() -> frozenset[int]:
    """Return the ids of the tensors that may be overwritten.

    For frameworks whose views hold the tensor that they are of, as those of NumPy do: nobody else sees it then.
    """
    return _overwritable.get()


def held_alone(variables: Iterable[Variable]) -> frozenset[int]:
    """Return the ids of the tensors that only their variables hold; none in a pure function, which changes nothing."""
    return _NONE if in_stateless_scope() else frozenset(map(_held_alone, variables))


def _held_alone(variable: Variable) -> int:
    """Return the id of the tensor that a variable keeps; 0, that of no object, where somebody else holds it too."""
    # The variable and the argument itself are two references.
    return id(variable.handle) if sys.getrefcount(variable.handle) <= 2 else 0
