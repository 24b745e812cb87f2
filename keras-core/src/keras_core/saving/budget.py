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

from keras_core.runtime.scopes import Deferred, first_value_scope
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

        def begin(variable: Any, initializer: Callable[..., Any]) -> Callable[[], Any]:
            shape, dtype = variable.shape, variable._dtype
            self._claim(shape, host_dtype(dtype).itemsize)

            def draw() -> Any:
                with use_table(variable._table), first_value_scope(begin):
                    return variable.to_native(initializer(shape, dtype=dtype))

            self._begun.append(variable)
            return draw

        with first_value_scope(begin):
            yield

    def _claim(self, shape: tuple[int, ...], itemsize: int) -> None:
        try:
            sizes = [operator.index(size) for size in shape]
        except TypeError:
            sizes = [-1]
        if any(size < 0 for size in sizes):
            raise ModelFileError(f"{self._what}: expected variables of known sizes, got one of shape {shape}.")
        self._claimed += math.prod(sizes) * itemsize
        check_bytes(self._claimed, self._stored, f"{self._what}: with a variable of shape {shape} the model takes")

    def draw_rest(self) -> None:
        """Let the variables that nothing has set begin as their initializers say; a layer need not store all it has."""
        for variable in self._begun:
            if isinstance(variable.state, Deferred):
                variable.replace_handle(variable.state())
        self._begun.clear()
