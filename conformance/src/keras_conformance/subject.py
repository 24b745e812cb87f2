"""The backend under test: its table, and what is known of it beside the table."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from keras_conformance.case import Arguments, leaves
from keras_conformance.ledger import EMPTY, Ledger

_MUCH_SLOWER = 300


@dataclass
class Subject:
    """A backend under test.

    Attributes:
        name: of the backend.
        table: its dispatch table.
        ledger: what it declares.
        load_seconds: how long it took to load it, framework included.
        kernels: names of the native kernels in use.
        fallbacks: by op: how often its kernel returned `NotImplemented`.
        environment: the variables that the ledger names, with the values that they have.
        compiles_each_op: whether an op that meets a new shape is compiled before it runs.
        kept: what one check has computed for the next of the same case.
    """

    name: str
    table: Any
    ledger: Ledger = EMPTY
    load_seconds: float = 0.0
    kernels: frozenset[str] = frozenset()
    fallbacks: Counter[str] = field(default_factory=Counter)
    environment: dict[str, str] = field(default_factory=dict)
    compiles_each_op: bool = False
    kept: dict[str, Any] = field(default_factory=dict)

    def has(self, dtype: str) -> bool:
        """Tell whether the backend has a dtype."""
        return dtype in self.table.dtypes

    def tensor(self, array: np.ndarray) -> Any:
        """Return an array as a tensor of the backend."""
        return self.table.from_host(np.array(array), array.dtype.name)

    def tensors(self, arguments: Arguments) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return arguments with tensors in place of arrays."""
        return arguments.mapped(self.tensor)

    def array(self, x: Any) -> np.ndarray:
        """Return a tensor, or a number, as an array."""
        return np.asarray(self.table.to_host(x)) if isinstance(x, self.table.tensor_types) else np.asarray(x)

    def arrays(self, results: Any) -> list[np.ndarray]:
        """Return all results as arrays."""
        return [self.array(result) for result in leaves(results)]

    @property
    def wide(self) -> str:
        """The dtype in which derivatives are checked."""
        return "float64" if self.has("float64") else "float32"


def load(name: str, kernels: bool = True, ledger: Ledger | None = None) -> Subject:
    """Load a backend and measure it.

    Args:
        name: of the backend.
        kernels: whether its native kernels are used; without them every op is its composite.
        ledger: what it declares; None for the one in its package.

    Raises:
        keras_core.plugins.BackendLoadError: where it cannot be loaded.
    """
    from keras_conformance.ledger import find_ledger
    from keras_core import ops  # noqa: F401 - fills the database
    from keras_core.runtime.table import load_table

    found = find_ledger(name) if ledger is None else ledger
    environment = found.set_environment()
    start = time.perf_counter()
    table = load_table(name)
    subject = prepared(name, table, kernels, found, time.perf_counter() - start)
    subject.environment = environment
    return subject


def prepared(name: str, table: Any, kernels: bool, ledger: Ledger = EMPTY, load_seconds: float = 0.0) -> Subject:
    """Return the subject of a table whose kernels are counted, or taken out."""
    subject = Subject(name, table, ledger, load_seconds, compiles_each_op=_compiles_each_op(table))
    if not kernels:
        table.remove_kernels()
    for op in table.kernels:
        setattr(table, "op_" + op, _counting(subject, op, getattr(table, "op_" + op)))
    subject.kernels = frozenset(table.kernels)
    return subject


def _compiles_each_op(table: Any) -> bool:
    """Tell whether the first call of an op with a shape takes some hundred times as long as the next one."""
    if "jit" not in table.transforms:
        return False

    def seconds(x: Any) -> float:
        start = time.perf_counter()
        table.to_host(table.multiply(x, x))
        return time.perf_counter() - start

    ratios = []
    for size in (3, 5, 7, 11):  # the least, of several: other processes may make any one call take long
        x = table.from_host(np.ones((size, 1, 1, size), np.float32), "float32")
        ratios.append(seconds(x) / min(seconds(x) for _ in range(5)))
    return min(ratios) > _MUCH_SLOWER


def _counting(subject: Subject, op: str, kernel: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*args: Any) -> Any:
        result = kernel(*args)
        if result is NotImplemented:
            subject.fallbacks[op] += 1
        return result

    counted.__wrapped__ = kernel  # pyright: ignore[reportFunctionMemberAccess]
    return counted
