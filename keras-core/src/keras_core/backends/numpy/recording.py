"""What a function does to arrays, recorded and done again without the Python code that led to it.

A record is the list of primitives and kernels that a function has called, gradients and updates included, as the code
of one Python function. It does bit by bit what the function does, so that it may begin whenever a signature has proved
to be a frequent one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from sys import getrefcount
from typing import Any, NoReturn

import numpy as np

from keras_core.backends.numpy.plugin import own_kernels
from keras_core.backends.numpy.updates import KERNELS as UPDATES
from keras_core.contract import recorded_once_frequent
from keras_core.contract.primitives import PRIMITIVE_NAMES
from keras_core.contract.transforms import Pure, Tensors
from keras_core.runtime.overwriting import overwriting
from keras_core.runtime.stand_in import StandIn, devices_of, host_of
from keras_core.runtime.table import DispatchTable, active, use_table

Function = Callable[..., Any]
Step = Callable[[Tensors, Tensors], tuple[Tensors, Tensors]]

_OF_VALUES = ("nonzero",)
"""Primitives whose results have shapes that depend on values: code behind them may do something else the next time."""


def jit(function: Step, jit_compile: bool, donate: bool) -> Step:
    """Return the function, which does from a record what it has often done; as of `contract.transforms`."""
    return recorded_once_frequent(function, partial(_record, function, donate), _signature)


def abstract_eval(function: Pure, inputs: Tensors) -> None:
    """Call the function: NumPy has no way to do so without computing."""
    function(list(inputs))


TRANSFORMS: dict[str, Function] = {"jit": jit, "abstract_eval": abstract_eval}
"""Native transforms by name."""


def _signature(_state: Tensors, inputs: Tensors) -> Any:
    return tuple([(x.shape, x.dtype) for x in inputs])  # the state is that of variables, which keep their shapes


class ValueNeededError(Exception):
    """What the code does next depends on a value, so that it cannot be recorded."""


class Recorded(StandIn):
    """An array while a function is recorded.

    Args:
        value: the array.
        number: that of the result which it is.
        program: the record.
    """

    __slots__ = ("number", "program")

    def __init__(self, value: Any, number: int, program: _Program) -> None:
        self.value = value
        self.number = number
        self.program = program

    def __repr__(self) -> str:
        return f"<recorded array of shape {self.shape}, {self.dtype}>"

    def look(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse to tell the value."""
        self.program.is_complete = False  # whoever asks may catch the error
        raise ValueNeededError("A value is needed while a function is recorded.")

    __bool__ = __int__ = __float__ = __complex__ = __index__ = __array__ = look


class _Program:
    """The calls of a function, in order, and the code that does them again.

    Args:
        count: number of arrays that the function gets.
    """

    def __init__(self, count: int) -> None:
        self.is_complete = True
        self._count = count
        self._calls: list[tuple[Function, bool, tuple[Any, ...], Any]] = []

    def box(self, value: Any) -> Any:
        """Return a result with numbers in place of its arrays; what is no array is the same each time."""
        if isinstance(value, np.ndarray | np.generic):
            self._count += 1
            return Recorded(value, self._count - 1, self)
        if isinstance(value, tuple | list):
            parts = [self.box(part) for part in value]
            return parts if isinstance(value, list) else tuple(parts)  # `numpy.linalg` has classes of tuples
        return value

    def calling(self, function: Function, is_update: bool = False) -> Function:
        """Return a function that is recorded where it gets a recorded array."""

        def recorded(*arguments: Any) -> Any:
            if not any(_numbers(arguments)):
                return function(*arguments)
            result = function(*_values(arguments))
            if result is NotImplemented:
                return result
            outcome = self.box(result)
            self._calls.append((function, is_update, arguments, outcome))
            return outcome

        return recorded

    def close(self) -> None:
        """Let go of the arrays, which would else live on until the garbage is collected."""
        self._calls.clear()

    def _in_order(self) -> list[tuple[Function, bool, tuple[Any, ...], Any]]:
        """Return the calls with those last that need an update: an error before it then leaves the state as it was."""
        late: set[int] = set()
        first, last = [], []
        for call in self._calls:
            _, is_update, arguments, outcome = call
            if is_update or any(x.number in late for x in _recorded(arguments)):
                late.update(x.number for x in _recorded((outcome,)))
                last.append(call)
            else:
                first.append(call)
        return first + last

    def code(self, state: int, inputs: int, results: tuple[list[Any], list[Any]], donate: bool) -> Step:
        """Return the function that does the calls which the results need.

        Args:
            state: number of arrays that come as state, the first ones.
            inputs: number of those that come as inputs.
            results: lists of outputs and of the new state.
            donate: whether updates may overwrite what only the state holds.
        """
        scope: dict[str, Any] = {}
        lines: list[str] = []
        alive = {x.number for x in _recorded(results)}
        for function, is_update, arguments, outcome in reversed(self._in_order()):
            numbers = {x.number for x in _recorded((outcome,))}
            if not numbers & alive:
                continue
            last = {x.number for x in _recorded(arguments)} - alive - numbers
            alive |= last
            dying = sorted(last | (numbers - alive))
            in_place = is_update and donate
            called = _name(scope, "f", _in_place(function) if in_place else function)
            texts = [*(["[witness]"] if in_place else []), *(_text(scope, argument) for argument in arguments)]
            # What is not needed any more is dropped, so that its memory serves again and nothing holds the state.
            lines += [f"del {', '.join(map(_local, dying))}"] if dying else []
            lines.append(f"{_text(scope, outcome)} = {called}({', '.join(texts)})")
        body = [
            f"[{', '.join([*map(_local, range(state)), 'witness'])}] = state",
            f"[{', '.join(map(_local, range(state, state + inputs)))}] = inputs",
            *reversed(lines),
            f"return {_returned(scope, results[0])}, {_returned(scope, results[1])}",
        ]
        source = "def program(state, inputs):\n    " + "\n    ".join(body)
        exec(source, scope)  # nosec B102 # names that this class makes, and nothing else
        return scope["program"]


def _local(number: int) -> str:
    return f"x{number}"


def _name(scope: dict[str, Any], kind: str, value: Any) -> str:
    """Return the name of a constant of the code."""
    name = f"{kind}{len(scope)}"
    scope[name] = value
    return name


def _text(scope: dict[str, Any], value: Any) -> str:
    """Return the expression of an argument or a result."""
    if isinstance(value, Recorded):
        return _local(value.number)
    if type(value) is list:
        return f"[{', '.join(_text(scope, part) for part in value)}]"
    if type(value) is tuple and any(_numbers(value)):
        return f"({' '.join(_text(scope, part) + ',' for part in value)})"
    return _name(scope, "c", value)


def _returned(scope: dict[str, Any], results: list[Any]) -> str:
    """Return the expression of results; whoever gets a constant may write to it."""
    texts = [_text(scope, x) + ("" if isinstance(x, Recorded) else ".copy()") for x in results]
    return f"[{', '.join(texts)}]"


def _recorded(values: Iterable[Any]) -> Iterator[Recorded]:
    for value in values:
        if isinstance(value, Recorded):
            yield value
        elif isinstance(value, list | tuple):
            yield from _recorded(value)


def _numbers(values: Iterable[Any]) -> Iterator[bool]:
    return (True for _ in _recorded(values))


def _values(arguments: tuple[Any, ...]) -> list[Any]:
    return [_value(argument) for argument in arguments]


def _value(x: Any) -> Any:
    if isinstance(x, Recorded):
        return x.value
    return type(x)([_value(part) for part in x]) if type(x) in (list, tuple) else x


def _in_place(update: Function) -> Function:
    """Return an update that overwrites the arrays which are held like a witness: by nobody whom the code does not know.

    The witness is held as the state is: by one object as by a variable, by two lists of the callers, by a local name
    and by a list that is an argument.
    """

    def updated(witness: list[Any], *arguments: Any) -> Any:
        most = 0
        for x in witness:
            most = getrefcount(x)
        free: set[int] = set()
        for argument in arguments:
            if type(argument) is list:
                for x in argument:
                    if getrefcount(x) <= most:
                        free.add(id(x))
        with overwriting(frozenset(free)):
            return update(*arguments)

    return updated


def _record(function: Step, donate: bool, state: Tensors, inputs: Tensors) -> Step | None:
    program = _Program(0)
    table = _recording(active(), program)
    try:
        with use_table(table):
            results = function(program.box(state), program.box(inputs))
        compute = program.code(len(state), len(inputs), results, donate) if program.is_complete else None
    except Exception:
        return None  # an error of the function itself comes when it runs now
    finally:
        program.close()
    if compute is None:
        return None

    def run(state: Tensors, inputs: Tensors) -> tuple[Tensors, Tensors]:
        like_a_variable = [np.empty(())]
        like_the_state = [like_a_variable[0]]
        try:
            return compute([*state, *like_the_state], inputs)
        except (IndexError, ValueError, ArithmeticError):  # a label out of range, say; the function tells where
            return function(state, inputs)

    return run


def _recording(base: DispatchTable, program: _Program) -> DispatchTable:
    """Return a table whose primitives and kernels go into the record."""

    def refusing(function: Function) -> Function:
        def refused(*arguments: Any) -> Any:
            for x in _recorded(arguments):
                x.look()
            return function(*arguments)

        return refused

    def kernel(name: str, function: Function) -> Function:
        # Kernels of others may decide by values what they do, and whether they give up.
        is_own = function is own.get(name)
        return program.calling(function, name in UPDATES) if is_own else refusing(function)

    own = own_kernels()
    primitives = {
        name: (refusing if name in _OF_VALUES else program.calling)(getattr(base, name)) for name in PRIMITIVE_NAMES
    }
    kernels = {name: kernel(name, getattr(base, "op_" + name)) for name in base.kernels}
    devices = devices_of(base, Recorded, program.calling(base.devices.place))
    host = host_of(base, Recorded, Recorded.look)
    return DispatchTable(base.name, primitives, kernels, {}, devices, host, root=base.root)
