"""The dispatch table of a backend, and which one is active.

A table is made once, when a backend is activated; a training step reads attributes of it and calls no hook. Derived
tables stand on a backend's own: one records for reverse mode (`autodiff/`), one infers shapes (`runtime/symbolic.py`).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any

import numpy as np

from keras_core.contract.primitives import PRIMITIVE_NAMES
from keras_core.runtime import dtypes

Tensor = Any


class DispatchTable:
    """Everything that ops need to know of a backend, flat.

    A primitive is the attribute of its name; a composite op `foo` is the attribute `op_foo`: the backend's kernel, or
    else the body that core has. Bodies are looked up once and kept.
    """

    __slots__ = (
        *PRIMITIVE_NAMES,
        *("name", "root", "tensor_type", "tensor_types", "dtypes", "dtype_names", "inexact", "bool_dtype"),
        *("from_host", "to_host", "scalar", "static_shape", "devices", "transforms", "kernels", "symbolic"),
        *("is_symbolic", "__dict__", "__weakref__"),
    )

    def __init__(
        self,
        name: str,
        primitives: Mapping[str, Callable[..., Any]],
        kernels: Mapping[str, Callable[..., Any]],
        transforms: Mapping[str, Callable[..., Any]],
        devices: Any,
        host: Any,
        root: DispatchTable | None = None,
    ) -> None:
        self.name = name
        self.root = root or self
        self.symbolic: DispatchTable | None = None
        self.is_symbolic = False
        self.tensor_type = host.tensor_type
        self.tensor_types = host.tensor_types
        self.dtypes = dict(host.dtypes)
        self.dtype_names = {native: dtype for dtype, native in host.dtypes.items()}
        self.inexact = frozenset(native for dtype, native in host.dtypes.items() if dtypes.is_inexact(dtype))
        self.bool_dtype = host.dtypes["bool"]
        self.from_host = host.from_host
        self.to_host = host.to_host
        self.static_shape = host.static_shape
        self.scalar = host.scalar or self._scalar_from_host
        self.devices = devices
        self.transforms = dict(transforms)
        self.kernels = frozenset(kernels)
        for primitive in PRIMITIVE_NAMES:
            setattr(self, primitive, primitives[primitive])
        for op, kernel in kernels.items():
            setattr(self, "op_" + op, kernel)

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("op_"):
            body = _composite_body(attribute[3:], self.is_symbolic)
            if body is not None:
                setattr(self, attribute, body)
                return body
        raise AttributeError(f"backend '{self.name}' has no primitive, kernel or composite {attribute!r}")

    def __repr__(self) -> str:
        return f"<DispatchTable of backend {self.name!r}>"

    def __reduce__(self) -> Any:
        # A table holds functions of a framework: what is pickled is the name.
        return load_table, (self.name,)

    def _scalar_from_host(self, value: bool | int | float | complex, dtype: str) -> Tensor:
        return self.from_host(np.asarray(value).astype(host_dtype(dtype)), dtype)

    def is_tensor(self, x: Any) -> bool:
        """Tell whether `x` is a tensor of this backend, tracers included."""
        return isinstance(x, self.tensor_types)

    def dtype_of(self, x: Tensor) -> str:
        """Return the dtype name of a tensor of this backend."""
        return self.dtype_names[x.dtype]


@cache
def host_dtype(dtype: str) -> np.dtype:
    """Return the NumPy dtype of a name, those of `ml_dtypes` included."""
    if dtype in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):
        import ml_dtypes

        return np.dtype(getattr(ml_dtypes, dtype))
    return np.dtype(dtype)


def _composite_body(op: str, is_symbolic: bool) -> Callable[..., Any] | None:
    from keras_core.runtime.definition import DATABASE

    definition = DATABASE.get(op)
    if definition is None:
        return None
    return definition.infer if is_symbolic and definition.infer is not None else definition.body


_active: ContextVar[DispatchTable | None] = ContextVar("keras_core_active_backend", default=None)
_tables: dict[str, DispatchTable] = {}
_lock = threading.RLock()
_default: DispatchTable | None = None

get_active = _active.get


def active() -> DispatchTable:
    """Return the table of the current context: that of `use_backend`, else the process default."""
    return _active.get() or default_table()


def default_table() -> DispatchTable:
    """Return the process default, chosen by `set_backend`, the environment or the config file, at first use."""
    global _default
    if _default is None:
        with _lock:
            if _default is None:
                from keras_core.plugins.config import chosen_backend

                _default = load_table(chosen_backend())
    return _default


def load_table(name: str) -> DispatchTable:
    """Load a backend, once a process, without making it active.

    Args:
        name: the backend's name, as `keras-core plugins list` shows it.

    Raises:
        BackendLoadError: where it cannot be loaded; the message says why and how to repair it.
    """
    table = _tables.get(name)
    if table is None:
        with _lock:
            table = _tables.get(name)
            if table is None:
                from keras_core.plugins import registry

                answers = registry.load_backend_plugin(name)
                table = DispatchTable(
                    name,
                    answers.primitives,
                    answers.kernels,
                    answers.transforms,
                    answers.devices,
                    answers.host,
                )
                registry.announce(name)
                _tables[name] = table
    return table


def loaded_tables() -> Mapping[str, DispatchTable]:
    """Return the backends loaded in this process by name."""
    return dict(_tables)


def backend() -> str:
    """Return the name of the active backend.

    Example:
        >>> with use_backend("numpy"):
        ...     backend()
        'numpy'
    """
    return active().name


def set_backend(name: str) -> None:
    """Make a backend the default of the process and the active one of this context.

    Models that exist stay with the backend on which they were built.

    Args:
        name: the backend's name, as `keras-core plugins list` shows it.

    Raises:
        BackendLoadError: where it cannot be loaded.
    """
    global _default
    table = load_table(name)
    _default = table
    _active.set(None)


@contextlib.contextmanager
def use_backend(name: str) -> Iterator[None]:
    """Make a backend the active one inside a `with` block, for this thread and asyncio task only.

    Args:
        name: the backend's name, as `keras-core plugins list` shows it.

    Raises:
        BackendLoadError: where it cannot be loaded.

    Example:
        >>> with use_backend("numpy"):
        ...     backend()
        'numpy'
    """
    token = _active.set(load_table(name))
    try:
        yield
    finally:
        _active.reset(token)


class use_table:
    """Context manager that makes a table, derived ones included, the active one."""

    __slots__ = ("_table", "_token")

    def __init__(self, table: DispatchTable) -> None:
        self._table = table

    def __enter__(self) -> DispatchTable:
        self._token = _active.set(self._table)
        return self._table

    def __exit__(self, *_exception: object) -> None:
        _active.reset(self._token)
