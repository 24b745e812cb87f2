"""The functions that users call, generated from the definitions as `dataclasses` generates `__init__`.

Each looks whether its arguments can go into the dispatch table as they are, and calls the table; everything else is
left to the general path. That test is all that an op costs over the native call, so it is source text of its own for
each op: no loop over parameters, no `*args`, each attribute read once; `try` costs nothing where nothing is
raised. For `add` it reads

    def add(x1, x2):
        _d = _active() or _process.table or _default()
        _T = _d.tensor_type
        if type(x1) is _T and type(x2) is _T and ((_t := x1.dtype) is x2.dtype or _t == x2.dtype):
            _kernel = _d.native_add
            try:
                return _kernel(x1, x2)
            except Exception as _error:
                if _d.add is not _kernel and isinstance(_error, RuntimeError):
                    return _general(_definition, _d, (x1, x2))
                _explain(_definition, _d, (x1, x2), _error)
                raise
        ...

Three habits of CPython shape it. `is` comes before `==` and before membership in a set, because some frameworks write
`__eq__` and `__hash__` of their dtypes in Python. `_kernel = _d.add; _kernel(...)` reads a slot, which the interpreter
specializes; `_d.add(...)` would look for a method. And static arguments are made canonical in place
(`axes.FAST_PATH`). Names of its own begin with an underscore, as no parameter does.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from textwrap import indent
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from keras_core.runtime.axes import AXIS_OF, CANONICAL, FAST_PATH, REVERSED_AXES, TUPLE_OF
from keras_core.runtime.table import DispatchTable, default_table, get_active, process_default
from keras_core.runtime.variable import Variable

if TYPE_CHECKING:
    from keras_core.runtime.definition import OpDefinition

    def _completed_function() -> Callable[..., Any]: ...  # of the namespace that each function has of its own


_INEXACT_RULES: Final = ("float", "inexact_common", "number", "accumulate", "product")
_PROMOTING_RULES: Final = ("common", "float", "inexact_common", "number", "product", "comparison", "bits")
_LIST_DTYPE: Final = """for _x in {x}:
    if type(_x) is not _T or ((_u := _x.dtype) is not _dtype_{x} and _dtype_{x} is not None and _u != _dtype_{x}):
        _dtype_{x} = None
        break
    _dtype_{x} = _u"""
_SAME_DTYPE: Final = "((_t := {0}.dtype) is {1}.dtype or _t == {1}.dtype)"
_INEXACT: Final = "({0} is _d.float32 or _t in _d.inexact)"
_PASSED: Final = {inspect.Parameter.VAR_POSITIONAL: "*{0}", inspect.Parameter.KEYWORD_ONLY: "{0}={0}"}


def generate(definition: OpDefinition, general: Callable[..., Any], explain: Callable[..., None]) -> Callable[..., Any]:
    """Return the public function of a definition, with `general(definition, table, arguments)` behind it.

    `explain(definition, table, arguments, error)` raises a better error than one of the table, where it knows one.

    Its code is written at the first call: for all ops at once that would be the greater part of an import.
    """
    namespace: dict[str, Any] = {}
    function = FunctionType(_until_called.__code__, namespace)
    function.__name__ = function.__qualname__ = definition.name
    namespace["_completed_function"] = partial(_completed, function, definition, general, explain)
    return function


def _until_called(*arguments: Any, **options: Any) -> Any:
    return _completed_function()(*arguments, **options)


def _completed(
    function: FunctionType, definition: OpDefinition, general: Callable[..., Any], explain: Callable[..., None]
) -> FunctionType:
    """Give a function the code that belongs to its definition."""
    defaults = {
        f"_default_{p.name}": p.default for p in definition.signature.parameters.values() if p.default is not p.empty
    }
    namespace = function.__globals__
    namespace |= {
        "_active": get_active,
        "_process": process_default,
        "_default": default_table,
        "_general": general,
        "_explain": explain,
        "_definition": definition,
        "_function": function,
        "_body": definition.body,
        "_axis_of": AXIS_OF,
        "_tuple_of": TUPLE_OF,
        "_reversed_axes": REVERSED_AXES,
        "_simplified": simplified,
        "_refuse": _refuse_unknown,
        **{f"_canon_{kind}": canonicalize for kind, canonicalize in CANONICAL.items()},
        **defaults,
    }
    written: dict[str, FunctionType] = {}
    source = _source(definition)
    exec(compile(source, f"<op {definition.name}>", "exec"), namespace, written)  # nosec B102 # of our definitions alone
    code = written[definition.name]
    # The code last: another thread may be calling.
    function.__defaults__, function.__kwdefaults__ = code.__defaults__, code.__kwdefaults__
    function.__code__ = code.__code__
    return function


def _source(definition: OpDefinition) -> str:
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
        if len(definition.tensors) > 1 or definition.lists:
            lines.append("    _T = _d.tensor_type")
        if len(definition.lists) == len(definition.tensors) == 1:
            lines += [indent(line, "    ") for line in _call_of_pair(definition, passed, packed)]
        for name in definition.lists:
            lines.append(indent(_common_dtype(name, definition.signature.parameters[name]), "    "))
        lines.append(f"    if {' and '.join(conditions)}:")
        lines += [indent(line, " " * 8) for line in _direct_call(definition, passed, packed)]
        if not definition.lists:
            tensors = "".join(name + ", " for name in definition.tensors)
            lines.append(f"    _simpler = _simplified(_d, ({tensors}), {definition.dtype in _PROMOTING_RULES})")
            lines.append("    if _simpler is not None:")
            lines.append(f"        ({tensors}) = _simpler")
            lines.append(f"        return _function({passed})")
    lines.append(f"    return _general(_definition, _d, ({packed}))")
    return "\n".join(lines)


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
        lines.append(f"except (TypeError, ValueError, IndexError): return _general(_definition, _d, ({packed}))")
    once_more = f"return _general(_definition, _d, ({packed}))"
    if definition.body is None:
        lines += [f"_kernel = _d.native_{definition.slot}", "try:", f"    return _kernel({passed})"]
        condition = f"_d.{definition.slot} is not _kernel and isinstance(_error, RuntimeError)"
        has_substitute = [f"    if {condition}: {once_more}"]
    else:
        lines += [f"_kernel = _d.{definition.slot}", "try:", f"    _result = _kernel({passed})"]
        lines.append(f"    return _body({passed}) if _result is NotImplemented else _result")
        has_substitute = []
    if "axis_of_joined" in definition.static.values():  # what was not looked at before the call is looked at now
        return [*lines, f"except Exception: {once_more}"]
    explained = [f"    _explain(_definition, _d, ({packed}), _error)", "    raise"]
    return [*lines, "except Exception as _error:", *has_substitute, *explained]


def _reference(definition: OpDefinition) -> str:
    name = definition.tensors[0]
    return "_x" if name in definition.lists else name


def _common_dtype(name: str, parameter: inspect.Parameter) -> str:
    """Return the lines that find the dtype of a list of tensors, None where they have several, or there are others.

    In place: a call would cost as much as what it finds out.
    """
    found = _LIST_DTYPE.format(x=name)
    if parameter.kind is not parameter.VAR_POSITIONAL:
        found = f"if type({name}) is list or type({name}) is tuple:\n" + indent(found, "    ")
    return f"_dtype_{name} = None\n{found}"


def _call_of_pair(definition: OpDefinition, passed: str, packed: str) -> list[str]:
    """Return the lines that call the table for a list of two, as most are: a loop over it would take longer."""
    (name,) = definition.tensors
    variadic = definition.signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
    condition = "type(_x) is _T and type(_y) is _T and " + _SAME_DTYPE.format("_x", "_y")
    if definition.dtype in _INEXACT_RULES:
        condition += " and " + _INEXACT.format("_t")
    return [
        f"if {'' if variadic else f'type({name}) is list and '}len({name}) == 2:",
        f"    _x, _y = {name}",
        f"    if {condition}:",
        *(indent(line, " " * 8) for line in _direct_call(definition, passed, packed)),
    ]


def _conditions(definition: OpDefinition) -> list[str]:
    """Return the tests under which arguments can go into the table as they are; none: there is no fast path."""
    if not definition.tensors or definition.prepare is not None:
        return []
    conditions: list[str] = []
    plain = [name for name in definition.tensors if name not in definition.lists]
    for name in plain:
        optional = definition.signature.parameters[name].default is None
        # A name of its own costs more than reading the slot once.
        test = f"type({name}) is {'_T' if len(definition.tensors) > 1 or definition.lists else '_d.tensor_type'}"
        conditions.append(f"({name} is None or {test})" if optional else test)
    required = [name for name in plain if definition.signature.parameters[name].default is not None]
    conditions += [f"_dtype_{name} is not None" for name in definition.lists]
    if definition.dtype not in ("keep", "branches") and (len(required) < len(plain) or (definition.lists and plain)):
        return []  # promotion among optional tensors is left to the general path
    if definition.dtype in _PROMOTING_RULES:
        conditions += [_SAME_DTYPE.format(required[0], name) for name in required[1:]]
    if definition.dtype in _INEXACT_RULES:
        name = next(iter(definition.tensors))
        dtype = f"_dtype_{name}" if name in definition.lists else f"{name}.dtype"
        known = len(required) > 1 and definition.dtype in _PROMOTING_RULES  # by the test before, which read it
        conditions.append(_INEXACT.format("_t" if known else f"(_t := {dtype})"))
    if definition.dtype == "bits":
        conditions.append(f"{required[0]}.dtype not in _d.inexact")
    if definition.dtype == "bool":
        conditions += [f"((_t := {name}.dtype) is _d.bool_dtype or _t == _d.bool_dtype)" for name in required]
    return conditions


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
