"""What a model that is made from a file may allocate: nothing, until its shapes are those of the file's arrays.

While the model is built its variables are shapes without values. They get these from the file. What the file has no
arrays for, metrics and the state of an optimizer before its first step, is drawn at the end, as initializers say.
"""

from __future__ import annotations

import contextlib
import math
import operator
from collections.abc import Callable, Iterator
from typing import Any

from keras_core.runtime.scopes import Deferred, first_values_scope
from keras_core.runtime.table import host_dtype, use_table
from keras_core.saving.errors import ModelFileError
from keras_core.saving.limits import check_bytes


class Budget:
    """Lets variables begin without values, and be no larger together than what the file warrants.

    Args:
        stored: bytes of the arrays that the file holds.
        what: what it is, for errors.
    """

    def __init__(self, stored: int, what: str) -> None:
        self._what = what
        self._stored = stored
        self._claimed = 0
        self._begun: list[Any] = []

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        """Let the variables that are made inside the block have shapes and no values.

        Raises:
            ModelFileError: where the variables are too large.
        """

        with first_values_scope(self):
            yield

    def defer(self, variable: Any, initializer: Callable[..., Any]) -> Callable[[], Any]:
        """Return what draws the value of a variable, and count what it will take."""
        shape, dtype = variable.shape, variable._dtype
        self.count(shape, dtype)

        def draw() -> Any:
            with use_table(variable._table), first_values_scope(self):
                return variable.to_native(initializer(shape, dtype=dtype))

        self._begun.append(variable)
        return draw

    def count(self, shape: Any, dtype: str) -> None:
        """Count what a variable takes, whether it has a value already or will get one.

        Raises:
            ModelFileError: where all of them together are too large.
        """
        try:
            sizes = [operator.index(size) for size in shape]
        except TypeError:
            sizes = [-1]
        if any(size < 0 for size in sizes):
            raise ModelFileError(f"{self._what}: expected variables of known sizes, got one of shape {tuple(shape)}.")
        self._claimed += math.prod(sizes) * host_dtype(dtype).itemsize
        check_bytes(
            self._claimed, self._stored, f"{self._what}: with a variable of shape {tuple(shape)} the model takes"
        )

    def draw_rest(self) -> None:
        """Let the variables that nothing has set begin as their initializers say; a layer need not store all it has."""
        for variable in self._begun:
            if isinstance(variable.state, Deferred):
                variable.replace_handle(variable.state())
        self._begun.clear()
