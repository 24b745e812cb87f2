"""What a model that is made from a file may allocate."""

from __future__ import annotations

import contextlib
import math
import weakref
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from keras_core.runtime.scopes import first_value_scope
from keras_core.runtime.table import host_dtype
from keras_core.saving.errors import ModelFileError
from keras_core.saving.hdf5 import Entry

# For some variables a file has no arrays: metrics, and the state of an optimizer before its first step. That of Adam is
# twice as large as the weights, and a file in half precision may be loaded into single.
_TIMES: Final = 6
_MORE: Final = 32 << 20


class Budget:
    """Lets variables begin at zero instead of at random values, and no more of them than the arrays of a file fill.

    Args:
        entries: what the file holds.
        what: what it is, for errors.
    """

    def __init__(self, entries: dict[str, Entry], what: str) -> None:
        self._what = what
        self._stored = sum(entry.nbytes() for entry in entries.values())
        self._limit = _TIMES * self._stored + _MORE
        self._spent = 0
        self._begun: list[tuple[Any, Callable[..., Any], Callable[[], Any]]] = []

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        """Give the variables that are made inside the block their first values.

        Raises:
            ModelFileError: where the variables are too large.
        """
        made: list[tuple[Any, Callable[..., Any]]] = []

        def begin(variable: Any, initializer: Callable[..., Any], shape: tuple[int, ...], dtype: str) -> Any:
            self._spend(math.prod(shape) * host_dtype(dtype).itemsize, shape)
            made.append((variable, initializer))
            return np.zeros(shape, host_dtype(dtype))

        with first_value_scope(begin):
            yield
        self._begun = [(variable, initializer, _reference(variable.handle)) for variable, initializer in made]

    def _spend(self, size: int, shape: tuple[int, ...]) -> None:
        self._spent += size
        if self._spent > self._limit:
            raise ModelFileError(
                f"{self._what}: its arrays have {self._stored} bytes in all, and the model that is to be filled from "
                f"them more than {self._limit}, with a variable of shape {shape}. The file is refused."
            )

    def draw_rest(self) -> None:
        """Let the variables that nothing has set begin as their initializers say; a layer need not store all it has."""
        for variable, initializer, first in self._begun:
            # Neither set from the file nor by the code of the layer itself while it was built.
            if variable.handle is first() and not variable.numpy().any():
                variable.assign(initializer(variable.shape, dtype=variable._dtype))


def _reference(tensor: Any) -> Callable[[], Any]:
    """Return what returns a tensor while somebody has it, without keeping it where its class allows that."""
    try:
        return weakref.ref(tensor)
    except TypeError:
        return lambda: tensor
