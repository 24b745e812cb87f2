"""How a layer is built: in which scopes, with which shapes, and what is noted afterwards."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

from keras_core.layers.call_facts import facts_of_function
from keras_core.layers.state import layer_scope
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.scopes import autocast_scope, ignore_stateless_scope, name_scope
from keras_core.runtime.table import DispatchTable, use_table


def is_shape(value: Any) -> bool:
    """Tell whether a value is one shape and not a structure of shapes."""
    return isinstance(value, list | tuple) and all(size is None or isinstance(size, int) for size in value)


def map_shapes(function: Callable[[tuple[int | None, ...]], Any], shapes: Any) -> Any:
    """Return a structure of shapes with the function applied to each."""
    if shapes is None:
        return None
    if is_shape(shapes):
        return function(tuple(shapes))
    if isinstance(shapes, dict):
        return {key: map_shapes(function, item) for key, item in shapes.items()}
    if isinstance(shapes, list | tuple):
        return [map_shapes(function, item) for item in shapes]
    raise ValueError(f"expected a shape, such as (None, 3), or a list or dict of shapes, got {shapes!r}.")


def shapes_of(table: DispatchTable, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return `<argument>_shape` -> shape for the arguments that hold tensors."""
    found: dict[str, Any] = {}
    for name, value in arguments.items():
        shape = _shape_of(table, value)
        if shape is not None:
            found[f"{name}_shape"] = shape
    return found


def _shape_of(table: DispatchTable, value: Any) -> Any:
    if isinstance(value, table.tensor_types):
        return tuple(table.static_shape(value))
    if isinstance(value, KerasTensor):
        return value.shape
    if isinstance(value, dict):
        shapes = {key: _shape_of(table, item) for key, item in value.items()}
        return shapes if any(shape is not None for shape in shapes.values()) else None
    if isinstance(value, list | tuple) and value:
        items = [_shape_of(table, item) for item in value]
        return items if any(shape is not None for shape in items) else None
    return None


def call_with_shapes(function: Callable[..., Any], shapes: dict[str, Any]) -> Any:
    """Call a bound `build` or `compute_output_shape` with those shapes that it takes.

    With one parameter it gets the first shape, else those that its parameters are named after.
    """
    facts = facts_of_function(function.__func__)  # pyright: ignore[reportFunctionMemberAccess]
    first = next(iter(shapes.values()), None)
    named = {name: shape for name, shape in shapes.items() if facts.takes_keywords or name in facts.parameters}
    if len(facts.names) <= 1 and not (named and facts.takes_keywords):
        return function(first) if facts.names or facts.variadic else function(**named)
    if facts.names and facts.names[0] not in named and len(shapes) == 1:
        return function(first)
    return function(**named)


def builds(build: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a method `build`, so that it makes variables in the layer's scopes and the layer is built afterwards."""
    if getattr(build, "_builds", False):
        return build

    @functools.wraps(build)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.__dict__.get("_building"):  # super().build() inside build()
            return build(self, *args, **kwargs)
        self.__dict__["_building"] = True
        try:
            with build_scope(self):
                self._note_path()
                build(self, *args, **kwargs)
        finally:
            self.__dict__["_building"] = False
        names = facts_of_function(build).names
        shapes = {**dict(zip(names, args, strict=False)), **kwargs}
        finish_build(self, shapes)
        return None

    wrapped._builds = True  # pyright: ignore[reportFunctionMemberAccess]
    return wrapped


def builds_by_default(build: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the `build` that classes have which write none."""
    wrapped = builds(build)
    wrapped._is_default = True  # pyright: ignore[reportFunctionMemberAccess]
    return wrapped


@contextlib.contextmanager
def build_scope(layer: Any) -> Iterator[None]:
    """Variables made inside are the layer's: of its backend and its path, whatever is being traced around."""
    with use_table(layer._table), ignore_stateless_scope(), autocast_scope(None), layer_scope(layer):
        yield


@contextlib.contextmanager
def rebuild_scope(layer: Any) -> Iterator[None]:
    """As `build_scope`, for a layer that is built and changes its variables."""
    around, _, name = layer.path.rpartition("/")[0].rpartition("/")
    layer._tracker.locked = False
    try:
        with name_scope(name, override_parent=around) if name else contextlib.nullcontext(), build_scope(layer):
            yield
    finally:
        layer._tracker.locked = True


def finish_build(layer: Any, shapes: dict[str, Any]) -> None:
    """Note the shapes, and let the layer take no more state."""
    if any(shape is not None for shape in shapes.values()):
        layer.__dict__["_build_shapes"] = {name: map_shapes(tuple, shape) for name, shape in shapes.items()}
    layer.built = True
    layer._tracker.locked = True
