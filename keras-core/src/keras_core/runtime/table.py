"""The dispatch table of a backend, and which one is active.

A table is made once, when a backend is activated; a training step reads attributes of it and calls no hook. Derived
tables stand on a backend's own: one records for reverse mode (`autodiff/`), one infers shapes (`runtime/symbolic.py`).
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_core.contract.primitives import PRIMITIVE_NAMES
from keras_core.contract.substitution import native_of
from keras_core.runtime import dtypes
from keras_core.runtime.differentiation import of_inexact_inputs
from keras_core.runtime.fusion import fused

Tensor = Any

_fusible: set[str] = set()
_fusing: weakref.WeakSet[DispatchTable] = weakref.WeakSet()


class DispatchTable:
    """Everything that ops need to know of a backend, flat.

    A primitive is the attribute of its name, and with `native_` before it that without its substitute
    (`contract.or_else`), if it has one; a composite op `foo` is the attribute `op_foo`: the backend's kernel, or else
    the body that core has, which is an attribute of this class. There is no `__getattr__`: with one, every look into
    the table would take twice as long.
    """

    __slots__ = (
        *PRIMITIVE_NAMES,
        *("native_" + primitive for primitive in PRIMITIVE_NAMES),
        *("name", "root", "tensor_type", "tensor_types", "dtypes", "dtype_names", "inexact", "bool_dtype", "float32"),
        *("from_host", "adopt", "argument", "to_host", "scalar", "static_shape", "devices", "transforms"),
        *("kernels", "symbolic"),
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
        self.float32 = host.dtypes["float32"]
        self.from_host = host.from_host
        self.adopt = host.adopt or host.from_host
        self.argument = host.argument or self.adopt
        self.to_host = host.to_host
        self.static_shape = host.static_shape
        self.scalar = host.scalar or self._scalar_from_host
        self.devices = devices
        self.transforms = dict(transforms) if root else of_inexact_inputs(self, transforms)
        self.kernels = frozenset(kernels)
        for primitive in PRIMITIVE_NAMES:
            setattr(self, primitive, primitives[primitive])
            setattr(self, "native_" + primitive, native_of(primitives[primitive]))
        for op, kernel in kernels.items():
            setattr(self, "op_" + op, kernel)
        if "fuse" in transforms:
            for slot in _fusible:
                self._fuse(slot)
            _fusing.add(self)

    if TYPE_CHECKING:  # primitives and ops are set by name, which no type checker follows

        def __getattr__(self, attribute: str) -> Any: ...

    @classmethod
    def add_composite(cls, slot: str, body: Callable[..., Any], fusible: bool = False) -> None:
        """Make the body of a composite the attribute `slot` of every table that has no kernel for it.

        Where it is `fusible`, tables of backends that offer the transform `fuse` have the fused body in its place.
        """
        setattr(cls, slot, staticmethod(body))
        if fusible:
            _fusible.add(slot)
            for table in list(_fusing):
                table._fuse(slot)

    def composite(self, op: str) -> Callable[..., Any]:
        """Return what runs of a composite op where no kernel does."""
        return self._composite("op_" + op) if op in self.kernels else getattr(self, "op_" + op)

    def remove_kernels(self) -> None:
        """Run the composite of every op."""
        removed, self.kernels = self.kernels, frozenset()
        for op in removed:
            setattr(self, "op_" + op, self._composite("op_" + op))

    def _composite(self, slot: str) -> Callable[..., Any]:
        body = getattr(type(self), slot)
        fuse = self.transforms.get("fuse")
        if fuse is None or slot not in _fusible:
            return body

        def give_up() -> None:
            if slot.removeprefix("op_") not in self.kernels:
                setattr(self, slot, body)

        return fused(fuse, self.tensor_types, body, give_up)

    def _fuse(self, slot: str) -> None:
        if slot.removeprefix("op_") not in self.kernels:
            setattr(self, slot, self._composite(slot))

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


_active: ContextVar[DispatchTable | None] = ContextVar("keras_core_active_backend", default=None)
_tables: dict[str, DispatchTable] = {}
_lock = threading.RLock()


class ProcessDefault:
    """Holds the table of the process, None until it is chosen; a slot is read faster than a global name."""

    __slots__ = ("table",)
    table: DispatchTable | None

    def __init__(self) -> None:
        self.table = None


process_default = ProcessDefault()
get_active = _active.get


def active() -> DispatchTable:
    """Return the table of the current context: that of `use_backend`, else the process default."""
    return _active.get() or process_default.table or default_table()


def default_table() -> DispatchTable:
    """Return the process default, chosen by `set_backend`, the environment or the config file, at first use."""
    if process_default.table is None:
        with _lock:
            if process_default.table is None:
                from keras_core.plugins.config import chosen_backend

                process_default.table = load_table(chosen_backend())
    return process_default.table


def load_table(name: str) -> DispatchTable:
    """Load a backend, once a process, without making it active.

    Args:
        name: the backend's name, as `keras-core plugins list` shows it.

    Raises:
        UnknownBackendError: where none has that name.
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


def set_backend(backend: str) -> None:
    """Make a backend the default of the process and the active one of this context.

    Models that exist stay with the backend on which they were built.

    Args:
        backend: the backend's name, as `keras-core plugins list` shows it.

    Raises:
        UnknownBackendError: where none has that name.
        BackendLoadError: where it cannot be loaded.
    """
    process_default.table = load_table(backend)
    _active.set(None)


@contextlib.contextmanager
def use_backend(name: str) -> Iterator[None]:
    """Make a backend the active one inside a `with` block, for this thread and asyncio task only.

    Args:
        name: the backend's name, as `keras-core plugins list` shows it.

    Raises:
        UnknownBackendError: where none has that name.
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
