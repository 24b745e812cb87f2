"""The layer that is examined: how it is made, and with which arguments it is called."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from keras_conformance.case import FLOATS, host_dtype, map_arrays
from keras_conformance.checks.comparison import Mismatch

LARGEST_INDEX: Final = 5
"""Integers that are drawn are below it."""


class LayerMismatch(Mismatch):
    """A layer that does not have a property that it must have.

    Attributes:
        layer: the layer in an error: its name and class.
        property: name of the property.
        expected: what was expected.
        got: what came.
    """

    def __init__(self, layer: str, property: str, what: str, expected: Any, got: Any, detail: str = "") -> None:
        self.layer, self.property, self.expected, self.got = layer, property, expected, got
        found = detail or f"expected {expected!r}, got {got!r}"
        super().__init__(f"{layer}, property '{property}': {what}: {found}")

    def __reduce__(self) -> Any:
        """Let worker processes send it."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(cls: type[LayerMismatch], args: tuple[Any, ...], attributes: dict[str, Any]) -> LayerMismatch:
    error = cls.__new__(cls, *args)
    error.__dict__.update(attributes)
    return error


@dataclass(frozen=True)
class Specimen:
    """A layer to examine.

    Attributes:
        make: returns a new layer with the dtype policy that is the global one then.
        inputs: first argument of its `call`: an array, or a list, tuple or dict of arrays.
        call: further arguments; arrays become tensors of the backend.
        mask: attached to each tensor of the inputs, of shape `(batch, steps)`; None for none.
        arguments: of the constructor, where they are known by name.
        custom_objects: classes and functions that its configuration may name.
        tolerance: factor on the tolerances of the dtypes.
        why_not_smooth: why its gradients are not those of finite differences, as they are cut on purpose; empty where
            they are.
        why_weights_change: why a call in training changes trainable weights; empty where it must not.
    """

    make: Callable[[], Any]
    inputs: Any
    call: Mapping[str, Any] = field(default_factory=dict)
    mask: np.ndarray | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    custom_objects: Mapping[str, Any] = field(default_factory=dict)
    tolerance: float = 1.0
    why_not_smooth: str = ""
    why_weights_change: str = ""

    def given(self, dtype: str = "float32", rows: slice = slice(None)) -> tuple[Any, dict[str, Any]]:
        """Return the inputs and the further arguments of a call.

        Args:
            dtype: of the arrays that are of floats.
            rows: of the batch; arrays that have not its size stay whole.
        """
        size = self.batch

        def taken(array: np.ndarray) -> np.ndarray:
            part = array[rows] if array.ndim and len(array) == size else array
            return part.astype(host_dtype(dtype)) if array.dtype.name in FLOATS else part

        return map_arrays(self.inputs, taken), {name: map_arrays(value, taken) for name, value in self.call.items()}

    @property
    def batch(self) -> int:
        """The number of rows of the first input."""
        found: list[np.ndarray] = []
        map_arrays(self.inputs, found.append)
        return len(found[0]) if found[0].ndim else 1

    def symbolic(self, size: int | None, dtype: str = "float32") -> tuple[Any, dict[str, Any]]:
        """Return the arguments with inputs of models in place of the arrays; None is a batch of unknown size."""
        from keras_core import Input

        def described(array: np.ndarray) -> Any:
            whole = not array.ndim or len(array) != self.batch
            shape = array.shape if whole else (size, *array.shape[1:])
            return Input(batch_shape=shape, dtype=dtype if array.dtype.name in FLOATS else array.dtype.name)

        return map_arrays(self.inputs, described), {n: map_arrays(value, described) for n, value in self.call.items()}


@contextlib.contextmanager
def policy_scope(policy: str) -> Iterator[None]:
    """Make a dtype policy the global one inside the block."""
    from keras_core import dtype_policies

    before = dtype_policies.dtype_policy()
    dtype_policies.set_dtype_policy(policy)
    try:
        yield
    finally:
        dtype_policies.set_dtype_policy(before)


def drawn(shapes: Any, dtype: Any = "float32", seed: int = 0) -> Any:
    """Return arrays of random numbers of a structure of shapes: floats around 0, ints from 0 on, bools.

    Args:
        shapes: a shape with the size of the batch, or a list or dict of shapes.
        dtype: of all arrays, or a structure as that of the shapes.
        seed: from which the numbers follow.
    """
    if isinstance(shapes, Mapping):
        dtypes = dtype if isinstance(dtype, Mapping) else dict.fromkeys(shapes, dtype)
        return {name: drawn(shape, dtypes[name], seed + i) for i, (name, shape) in enumerate(shapes.items())}
    if isinstance(shapes, Sequence) and not all(isinstance(size, int) for size in shapes):
        dtypes = dtype if isinstance(dtype, list | tuple) else [dtype] * len(shapes)
        return [drawn(shape, one, seed + i) for i, (shape, one) in enumerate(zip(shapes, dtypes, strict=True))]
    random = np.random.Generator(np.random.Philox(key=seed + 1))
    if dtype == "bool":
        return random.random(tuple(shapes)) < 0.5
    if "int" in dtype:
        return random.integers(0, LARGEST_INDEX, tuple(shapes)).astype(dtype)
    return random.normal(size=tuple(shapes)).astype(host_dtype(dtype))
