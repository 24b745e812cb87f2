"""Composites as one program each, on a backend that offers the transform `fuse`.

Where a framework compiles each function that it is given, an eager composite of twenty primitives is twenty programs,
compiled anew for each shape and called one by one; fused, it is one. A composite is a pure function of its tensors and
its other arguments, so there is a program for each combination of the others, made when it is first met. The body is
called as it stands

* inside another composite that is being fused, of which it becomes a part;
* where an argument is neither a tensor nor a plain Python value;
* where the program raises: the body then says what is wrong. If nothing is, it needs the values of its tensors, and the
  program is not tried again;
* for further combinations when there are `VARIANTS` programs: an argument that is another one at each call, such as a
  position that moves on, would cost a compilation each time;
* for good, where the backend finds the first program not worth it: a composite that is but another way to call one
  primitive.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

from keras_core.runtime import config

VARIANTS: Final = 16
"""How many programs one composite may have; each serves all shapes and dtypes of its tensors."""

Function = Callable[..., Any]


class _Tracing(threading.local):
    active = False


class _Hole:
    def __repr__(self) -> str:
        return "_"


class _NotPlain(Exception):
    """A value that cannot be part of the name of a program."""


_tracing = _Tracing()
_HOLE: Final = _Hole()
_PLAIN: Final = frozenset((bool, int, float, complex, str, type(None)))


def fused(
    fuse: Callable[[Function, list[Any]], Function | None],
    tensor_types: tuple[type, ...],
    body: Function,
    give_up: Callable[[], None],
) -> Function:
    """Return a composite whose calls run as one program each.

    Args:
        fuse: the transform of the backend.
        tensor_types: of the backend.
        body: the composite.
        give_up: called when the first program is not worth it.
    """
    programs: dict[str, Function | None] = {}

    def separated(value: Any, tensors: list[Any]) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is tuple or kind is list:
            return kind([separated(item, tensors) for item in value])
        if not isinstance(value, tensor_types):
            raise _NotPlain
        tensors.append(value)
        return _HOLE

    def composite(*args: Any, **named: Any) -> Any:
        if _tracing.active:
            return body(*args, **named)
        tensors: list[Any] = []
        try:
            given = separated(args, tensors), {name: separated(value, tensors) for name, value in named.items()}
        except _NotPlain:
            return body(*args, **named)
        # As text -0.0 is not 0.0, True not 1, and nan itself. A body may also ask for the settings of the process.
        key = f"{given} {config.fingerprint()}"
        failed = False
        try:
            if key not in programs and len(programs) < VARIANTS:
                program = fuse(_of_tensors(body, *given, tensor_types), tensors)
                if program is None and not programs:
                    give_up()
                programs[key] = program
            program = programs.get(key)
            if program is not None:
                return program(tensors)
        except Exception:
            failed = True
        result = body(*args, **named)
        if failed:
            programs[key] = None
        return result

    composite.__wrapped__ = body  # pyright: ignore[reportFunctionMemberAccess]
    return composite


def _of_tensors(body: Function, args: Any, named: Any, tensor_types: tuple[type, ...]) -> Function:
    def of_tensors(tensors: list[Any]) -> Any:
        remaining = iter(tensors)
        positional = _filled(args, remaining)
        by_name = {name: _filled(value, remaining) for name, value in named.items()}
        _tracing.active = True
        try:
            result = body(*positional, **by_name)
        finally:
            _tracing.active = False
        _check_tensors(result, tensor_types)
        return result

    of_tensors.__name__ = body.__name__
    return of_tensors


def _filled(value: Any, tensors: Iterator[Any]) -> Any:
    if value is _HOLE:
        return next(tensors)
    return type(value)([_filled(item, tensors) for item in value]) if isinstance(value, tuple | list) else value


def _check_tensors(result: Any, tensor_types: tuple[type, ...]) -> None:
    if isinstance(result, tuple | list):
        for item in result:
            _check_tensors(item, tensor_types)
    elif not isinstance(result, tensor_types):
        raise TypeError(f"expected a tensor as result, got {result!r}.")
