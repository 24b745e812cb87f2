"""The functions that users call, generated from the definitions as `dataclasses` generates `__init__`.

Each looks whether its arguments can go into the dispatch table as they are, and calls the table; everything else is
left to the general path. That test is all that an op costs over the native call, so it is source text of its own for
each op: no loop over parameters, no `*args`, each attribute read once. For `add` it reads

    def add(x1, x2):
        _d = _active() or _process.table or _default()
        _T = _d.tensor_type
        if type(x1) is _T and type(x2) is _T and ((_t := x1.dtype) is (_u := x2.dtype) or _t == _u):
            _kernel = _d.add
            return _kernel(x1, x2)
        ...

Three habits of CPython shape it. `is` comes before `==` and before membership in a set, because some frameworks write
`__eq__` and `__hash__` of their dtypes in Python. `_kernel = _d.add; _kernel(...)` reads a slot, which the interpreter
specializes; `_d.add(...)` would look for a method. And static arguments are made canonical in place
(`axes.FAST_PATH`). Names of its own begin with an underscore, as no parameter does.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from textwrap import indent
from typing import TYPE_CHECKING, Any, Final

from keras_core.runtime.axes import CANONICAL, FAST_PATH
from keras_core.runtime.table import DispatchTable, default_table, get_active, process_default
from keras_core.runtime.variable import Variable

if TYPE_CHECKING:
    from keras_core.runtime.definition import OpDefinition

_INEXACT_RULES: Final = ("float", "inexact_common", "number", "accumulate")
_SCALAR_RULES: Final = ("common", "float", "inexact_common", "number")
_PASSED: Final = {inspect.Parameter.VAR_POSITIONAL: "*{0}", inspect.Parameter.KEYWORD_ONLY: "{0}={0}"}


def generate(definition: OpDefinition, general: Callable[..., Any]) -> Callable[..., Any]:
    """Return the public function of a definition, with `general(definition, table, arguments)` behind it."""
    parameters = list(definition.signature.parameters.values())
    header = ", ".join(
        f"*{p.name}"
        if p.kind is p.VAR_POSITIONAL
        else p.name + (f"=_default_{p.name}" if p.default is not p.empty else "")
        for p in parameters
    )
    passed = ", ".join(_PASSED.get(p.kind, "{0}").format(p.name) for p in parameters)
    packed = "".join(p.name + ", " for p in parameters)
    lines = ["    _d = _active() or _process.table or _default()"]
    if definition.ignored is not None:
        header += ", **kwargs"
        lines.insert(0, "    if kwargs: _refuse(_definition, kwargs)")
    lines.insert(0, f"def {definition.name}({header}):")
    conditions = _conditions(definition)
    if conditions:
        lines += ["    _T = _d.tensor_type", f"    if {' and '.join(conditions)}:"]
        lines += [indent(line, " " * 8) for line in _direct_call(definition, passed, packed)]
        if not definition.lists:
            tensors = "".join(name + ", " for name in definition.tensors)
            lines.append(f"    _simpler = _simplified(_d, ({tensors}), {definition.dtype in _SCALAR_RULES})")
            lines.append("    if _simpler is not None:")
            lines.append(f"        ({tensors}) = _simpler")
            lines.append(f"        return _again({passed})")
    lines.append(f"    return _general(_definition, _d, ({packed}))")
    namespace: dict[str, Any] = {
        "_active": get_active,
        "_process": process_default,
        "_default": default_table,
        "_general": general,
        "_definition": definition,
        "_body": definition.body,
        "_uniform": uniform,
        "_simplified": simplified,
        "_refuse": _refuse_unknown,
        **{f"_canon_{kind}": canonicalize for kind, canonicalize in CANONICAL.items()},
        **{f"_default_{p.name}": p.default for p in parameters if p.default is not p.empty},
    }
    exec(compile("\n".join(lines), f"<op {definition.name}>", "exec"), namespace)
    namespace["_again"] = namespace[definition.name]  # a parameter may have the name of its op
    return namespace[definition.name]


def _refuse_unknown(definition: OpDefinition, options: dict[str, Any]) -> None:
    unknown = sorted(options.keys() - (definition.ignored or frozenset()))
    if unknown:
        raise TypeError(f"{definition.name}: there are no arguments {', '.join(unknown)}.")


def _direct_call(definition: OpDefinition, passed: str, packed: str) -> list[str]:
    """Return the lines that make static arguments canonical and call the table."""
    lines: list[str] = []
    if definition.static:
        reference = _reference(definition)
        lines.append("try:")
        lines += [
            indent(FAST_PATH[kind].format(name=name, x=reference), "    ") for name, kind in definition.static.items()
        ]
        # The general path says what is wrong, with the op's name.
        lines.append(f"except (TypeError, ValueError): return _general(_definition, _d, ({packed}))")
    lines.append(f"_kernel = _d.{definition.slot}")
    if definition.body is None:
        return [*lines, f"return _kernel({passed})"]
    return [
        *lines,
        f"_result = _kernel({passed})",
        f"return _body({passed}) if _result is NotImplemented else _result",
    ]


def _reference(definition: OpDefinition) -> str:
    name = definition.tensors[0]
    return f"{name}[0]" if name in definition.lists else name


def _conditions(definition: OpDefinition) -> list[str]:
    """Return the tests under which arguments can go into the table as they are; none: there is no fast path."""
    if not definition.tensors or definition.prepare is not None:
        return []
    conditions: list[str] = []
    plain = [name for name in definition.tensors if name not in definition.lists]
    for name in plain:
        optional = definition.signature.parameters[name].default is None
        test = f"type({name}) is _T"
        conditions.append(f"({name} is None or {test})" if optional else test)
    required = [name for name in plain if definition.signature.parameters[name].default is not None]
    conditions += [
        f"(type({name}) is list or type({name}) is tuple) and {name} and _uniform({name}, _T)"
        for name in definition.tensors
        if name in definition.lists
    ]
    if definition.dtype not in ("keep", "branches") and (len(required) < len(plain) or (definition.lists and plain)):
        return []  # promotion among optional tensors is left to the general path
    if definition.dtype in ("common", "float", "inexact_common", "number"):
        conditions += [f"((_t := {required[0]}.dtype) is (_u := {name}.dtype) or _t == _u)" for name in required[1:]]
    if definition.dtype in _INEXACT_RULES:
        conditions.append(f"((_t := {_reference(definition)}.dtype) is _d.float32 or _t in _d.inexact)")
    if definition.dtype == "bool":
        conditions += [f"((_t := {name}.dtype) is _d.bool_dtype or _t == _d.bool_dtype)" for name in required]
    return conditions


def uniform(tensors: list[Any] | tuple[Any, ...], tensor_type: type) -> bool:
    """Tell whether all are tensors of this type, with one dtype."""
    dtype: Any = None
    for tensor in tensors:
        if type(tensor) is not tensor_type:
            return False
        if (own := tensor.dtype) is not dtype:
            if dtype is not None and own != dtype:
                return False
            dtype = own
    return True


def simplified(d: DispatchTable, arguments: tuple[Any, ...], scalars: bool) -> list[Any] | None:
    """Return arguments with the values of variables, and tensors for Python numbers beside an inexact tensor.

    These are what layers and losses mix with tensors all the time. None where nothing changes, or where another thing
    is among the arguments: that is for the general path.
    """
    tensor_type = d.tensor_type
    result: list[Any] = []
    dtype: Any = None
    numbers: list[int] = []
    changed = False
    for argument in arguments:
        kind = type(argument)
        if kind is Variable:
            argument = argument.value
            kind = type(argument)
            changed = True
        if kind is tensor_type:
            if dtype is None:
                dtype = argument.dtype
        elif scalars and (kind is float or kind is int):
            numbers.append(len(result))
        elif argument is not None:
            return None
        result.append(argument)
    if numbers:
        if dtype not in d.inexact:
            return None
        name = d.dtype_names[dtype]
        for position in numbers:
            result[position] = d.scalar(result[position], name)
        # A backend's scalar may be no eager tensor, and then the fast path would not take it either.
        return result if all(type(result[position]) is tensor_type for position in numbers) else None
    return result if changed else None
