"""The dispatch table of one level of differentiation: the functions of the table below, recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras_core.autodiff.box import Box
from keras_core.autodiff.rule import Rule, unary
from keras_core.autodiff.rules import KERNEL_RULES, PRIMITIVE_RULES
from keras_core.contract.primitives import PRIMITIVE_NAMES
from keras_core.runtime.stand_in import devices_of, host_of
from keras_core.runtime.table import DispatchTable

Tensor = Any
Function = Callable[..., Any]

_CACHE = "_differentiating_table"


def _place(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, _name: str) -> Tensor:
    return table.devices.place(gradient, table.devices.device_of(x))


_PLACEMENT = unary(_place)


class DifferentiatingTable(DispatchTable):
    """A table whose primitives record on the tape of the boxes that they meet.

    Attributes:
        base: the table below, which may itself be differentiating.
        box: the class of the boxes of this level.
    """

    __slots__ = ("base", "box")

    def __init__(self, base: DispatchTable) -> None:
        box: type[Box] = type("Box", (Box,), {"__slots__": (), "base": base})
        self.base = base
        self.box = box
        super().__init__(
            base.name,
            {name: _recorded(getattr(base, name), PRIMITIVE_RULES[name], box) for name in PRIMITIVE_NAMES},
            {name: _kernel(getattr(base, "op_" + name), KERNEL_RULES.get(name), box) for name in base.kernels},
            _transforms(),
            devices_of(base, box, _recorded_unary(base.devices.place, _PLACEMENT, box)),
            host_of(base, box, lambda x: base.to_host(x.value)),
            root=base.root,
        )


def differentiating(base: DispatchTable) -> DifferentiatingTable:
    """Return the table of the level above `base`, made once a base."""
    table = base.__dict__.get(_CACHE)
    if table is None:
        # Two threads may both make one; all use the first.
        table = base.__dict__.setdefault(_CACHE, DifferentiatingTable(base))
    return table


def _transforms() -> dict[str, Function]:
    # They stand on tables, which in turn bring them: those of the backend would not know what a box is.
    from keras_core.autodiff import control, custom, reverse

    return {
        "value_and_grad": reverse.value_and_grad,
        "jvp": reverse.jvp,
        "vmap": control.vmap,
        "scan": control.scan,
        "checkpoint": custom.checkpoint,
        "custom_gradient": custom.custom_gradient,
    }


def _recorded(function: Function, rule: Rule, box: type[Box]) -> Function:
    """Return a function that calls the one below and records it where a box is among the arguments."""
    return _WRAPPERS[rule.form](function, rule, box)


def _recorded_unary(function: Function, rule: Rule, box: type[Box]) -> Function:
    backward = rule.backward

    def recorded(x: Tensor, *static: Any) -> Any:
        if type(x) is not box:
            return function(x, *static)
        tape = x.tape
        result = function(x.value, *static)
        outcome = tuple([box(part, tape) for part in result]) if isinstance(result, tuple) else box(result, tape)
        tape.append((backward, (x, *static), outcome))
        return outcome

    return recorded


def _recorded_cast(function: Function, rule: Rule, box: type[Box]) -> Function:
    backward = rule.backward

    def recorded(x: Tensor, dtype: str) -> Any:
        if type(x) is not box:
            return function(x, dtype)
        result = function(x.value, dtype)
        if result.dtype not in box.base.inexact:
            return result
        outcome = box(result, x.tape)
        x.tape.append((backward, (x, dtype), outcome))
        return outcome

    return recorded


def _recorded_binary(function: Function, rule: Rule, box: type[Box]) -> Function:
    backward = rule.backward

    def recorded(x1: Tensor, x2: Tensor) -> Any:
        if type(x1) is box:
            tape = x1.tape
            outcome = box(function(x1.value, x2.value if type(x2) is box else x2), tape)
        elif type(x2) is box:
            tape = x2.tape
            outcome = box(function(x1, x2.value), tape)
        else:
            return function(x1, x2)
        tape.append((backward, (x1, x2), outcome))
        return outcome

    return recorded


def _recorded_sequence(function: Function, rule: Rule, box: type[Box]) -> Function:
    backward = rule.backward

    def recorded(arrays: Any, *static: Any) -> Any:
        tape = None
        values = []
        for array in arrays:
            if type(array) is box:
                tape = array.tape
                array = array.value
            values.append(array)
        result = function(values, *static)
        if tape is None or result is NotImplemented:
            return result
        outcome = box(result, tape)
        tape.append((backward, (*arrays, *static), outcome))
        return outcome

    return recorded


def _recorded_general(function: Function, rule: Rule, box: type[Box]) -> Function:
    backward = rule.backward

    def recorded(*arguments: Any) -> Any:
        tape = None
        values = []
        for argument in arguments:
            if type(argument) is box:
                tape = argument.tape
                argument = argument.value
            values.append(argument)
        result = function(*values)
        if tape is None or result is NotImplemented:
            return result
        outcome = box(result, tape)
        tape.append((backward, arguments, outcome))
        return outcome

    return recorded


def _constant(function: Function, _rule: Rule, box: type[Box]) -> Function:
    def constant(*arguments: Any) -> Any:
        return function(*[argument.value if type(argument) is box else argument for argument in arguments])

    return constant


_WRAPPERS: dict[str, Callable[[Function, Rule, type[Box]], Function]] = {
    "unary": _recorded_unary,
    "cast": _recorded_cast,
    "binary": _recorded_binary,
    "sequence": _recorded_sequence,
    "general": _recorded_general,
    "constant": _constant,
}


def _kernel(kernel: Function, rule: Rule | None, box: type[Box]) -> Function:
    """Return a kernel as this level may use it: without a rule only on constants, else the composite records."""

    def constants_only(*arguments: Any) -> Any:
        for argument in arguments:
            if type(argument) is box:
                return NotImplemented
            if type(argument) in (list, tuple) and any(type(item) is box for item in argument):
                return NotImplemented
        return kernel(*arguments)

    if rule is None:
        return constants_only
    # A kernel may give up, which only the general form looks out for.
    recorded = _WRAPPERS["general" if rule.form in ("unary", "binary") else rule.form](kernel, rule, box)
    accepts = rule.accepts
    if accepts is None:
        return recorded
    return lambda *arguments: (recorded if accepts(*arguments) else constants_only)(*arguments)
