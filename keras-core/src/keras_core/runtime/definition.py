"""One definition an op: what `@op` makes of a function, and how a call of it runs.

The function that users call has two paths: a fast one, generated in `runtime/fast_path.py`, straight into the dispatch
table, and the general one here for everything else.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np

from keras_core.runtime import dtypes
from keras_core.runtime.axes import CANONICAL, Canonicalizer
from keras_core.runtime.conversion import dtype_name, to_tensor
from keras_core.runtime.fast_path import generate
from keras_core.runtime.keras_tensor import KerasTensor, NoValuesError
from keras_core.runtime.symbolic import SymbolicTable, symbolic_table
from keras_core.runtime.table import DispatchTable, use_table

Function = TypeVar("Function", bound=Callable[..., Any])

DATABASE: Final[dict[str, OpDefinition]] = {}
"""Every op by name, in the order of definition."""

DTYPE_RULES: Final = (
    *("common", "float", "inexact_common", "bool", "keep", "number"),
    *("accumulate", "product", "comparison", "bits", "branches"),
)


@dataclass(frozen=True, eq=False)
class OpDefinition:
    """Everything that is known of an op.

    Attributes:
        name: the public name.
        family: the module that defines it.
        declaration: the decorated function: signature, docstring, and for a composite the body.
        primitive: name of the primitive that it is, None for a composite.
        tensors: names of the parameters that hold tensors (by default the first).
        lists: those of them that hold a list or tuple of tensors.
        dtype: promotion rule of the tensors, one of `DTYPE_RULES`.
        static: parameter name -> how it is made canonical.
        prepare: further checks, `list of prepared arguments -> list of canonical arguments`; no fast path then.
        examine: looks, on the general path only, at `(table, arguments as given, prepared arguments)`, and raises where
            something is wrong with what comes from the host. It costs tensors nothing.
        infer: shape and dtype rule where running the body on `KerasTensor`s would not do.
        differentiable: names of the tensor parameters through which gradients flow.
        since: contract version that brought it.
        ignored: names of further options that are taken and mean nothing here; None where there are no further ones.
        function: the public function.
        body: the composite, None for an op that is one primitive.
        signature: of the public function, without `**kwargs`.
    """

    name: str
    family: str
    declaration: Callable[..., Any]
    primitive: str | None
    tensors: tuple[str, ...]
    lists: frozenset[str]
    dtype: str
    static: dict[str, str]
    infer: Callable[..., Any] | None
    prepare: Callable[[list[Any]], list[Any]] | None
    differentiable: tuple[str, ...]
    since: tuple[int, int]
    ignored: frozenset[str] | None = None
    examine: Callable[[DispatchTable, Sequence[Any], list[Any]], None] | None = None

    def __post_init__(self) -> None:
        # Not from the signature: `inspect` takes longer than all else that is done at the import of an op.
        code = self.declaration.__code__
        positional, variadic = code.co_varnames[: code.co_argcount], bool(code.co_flags & inspect.CO_VARARGS)
        named = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        holder = code.co_varnames[len(positional) + len(named) :][: int(variadic)]
        parameters = [*positional, *holder, *named]
        values: tuple[Any, ...] = self.declaration.__defaults__ or ()  # pyright: ignore[reportFunctionMemberAccess]
        optional = {n for n, value in zip(positional[::-1], values[::-1], strict=False) if value is None}
        canonical = [(parameters.index(name), CANONICAL[kind]) for name, kind in self.static.items()]
        tensors = tuple((parameters.index(name), name in self.lists) for name in self.tensors)
        required = frozenset(parameters.index(name) for name in self.tensors if name not in optional)
        object.__setattr__(self, "body", None if self.primitive else self.declaration)
        object.__setattr__(self, "tensor_positions", tensors)
        object.__setattr__(self, "required", required)
        object.__setattr__(self, "canonical", tuple(canonical))
        object.__setattr__(self, "slot", self.primitive or "op_" + self.name)
        object.__setattr__(self, "variadic", len(positional) if variadic else None)
        object.__setattr__(self, "keyword_only", named)
        object.__setattr__(self, "function", generate(self, call_general, explain))

    def is_for_kernel(self, prepared: Sequence[Any]) -> bool:
        """Tell whether a kernel may be asked: where an op is over one axis or several, the latter are the body's."""
        return not any(
            kind is CANONICAL["axis_or_axes"] and isinstance(prepared[i], tuple) for i, kind in self.canonical
        )

    @cached_property
    def signature(self) -> inspect.Signature:
        """Signature of the public function, without `**kwargs`."""
        public = inspect.signature(self.declaration)
        return public.replace(parameters=[p for p in public.parameters.values() if p.kind is not p.VAR_KEYWORD])

    body: Callable[..., Any] | None = None
    tensor_positions: tuple[tuple[int, bool], ...] = ()
    required: frozenset[int] = frozenset()
    canonical: tuple[tuple[int, Canonicalizer], ...] = ()
    slot: str = ""
    variadic: int | None = None
    keyword_only: tuple[str, ...] = ()
    function: Callable[..., Any] = None  # pyright: ignore[reportAssignmentType]


def op(
    *,
    primitive: str | None = None,
    tensors: tuple[str, ...] | None = None,
    dtype: str = "keep",
    static: dict[str, str] | None = None,
    infer: Callable[..., Any] | None = None,
    prepare: Callable[[list[Any]], list[Any]] | None = None,
    examine: Callable[[DispatchTable, Sequence[Any], list[Any]], None] | None = None,
    differentiable: tuple[str, ...] | None = None,
    since: tuple[int, int] = (1, 0),
    name: str | None = None,
    ignored: tuple[str, ...] = (),
    fuse: bool = True,
) -> Callable[[Function], Function]:
    """Define an op; see `docs/internals.md` for the arguments.

    The decorated function has the public signature and docstring, and for a composite the body, which gets tensors of
    one
    table and canonical static arguments and may call other ops.
    """

    def define(function: Function) -> Function:
        code = function.__code__  # pyright: ignore[reportFunctionMemberAccess]
        holding = code.co_varnames[:1] if tensors is None else tensors
        names = tuple(tensor.lstrip("*") for tensor in holding)
        definition = OpDefinition(
            name=name or function.__name__,
            family=function.__module__.rpartition(".")[2],
            declaration=function,
            primitive=primitive,
            tensors=names,
            lists=frozenset(tensor[1:] for tensor in holding if tensor.startswith("*")),
            dtype=dtype,
            static=static or {},
            infer=infer,
            prepare=prepare,
            differentiable=names if differentiable is None else differentiable,
            since=since,
            ignored=frozenset(ignored) if code.co_flags & inspect.CO_VARKEYWORDS else None,
            examine=examine,
        )
        if definition.name in DATABASE:
            raise ValueError(f"op {definition.name!r} is defined twice.")
        DATABASE[definition.name] = definition
        if definition.body is not None:
            DispatchTable.add_composite(definition.slot, definition.body, fuse)
            if infer is not None:
                SymbolicTable.add_composite(definition.slot, infer)
        public = definition.function
        public.__module__ = function.__module__
        public.__doc__ = function.__doc__
        public.__annotations__ = function.__annotations__
        public.__wrapped__ = function  # pyright: ignore[reportFunctionMemberAccess] # where tools find signature and source
        public.definition = definition  # pyright: ignore[reportFunctionMemberAccess]
        return public  # pyright: ignore[reportReturnType]

    return define


# The general path --------------------------------------------------------------------------------------------------


def call_general(definition: OpDefinition, d: DispatchTable, args: tuple[Any, ...]) -> Any:
    """Run an op on anything that it takes: convert, promote, make canonical, call."""
    if not d.is_symbolic and _is_symbolic_call(definition, args):
        return _record(definition, d, args)
    try:
        prepared = prepare_arguments(definition, d, args)
    except (TypeError, ValueError, OverflowError) as error:
        if str(error).startswith(definition.name + ":"):
            raise
        raise type(error)(f"{definition.name}: {error}") from error
    if definition.examine is not None:
        definition.examine(d, args, prepared)
    try:
        return run(definition, d, prepared)
    except Exception as error:
        explain(definition, d, args, error)
        raise


def explain(definition: OpDefinition, d: DispatchTable, args: tuple[Any, ...], error: Exception) -> None:
    """Raise what shape inference says of a call that failed, if anything: that is the same on every backend.

    Raises:
        ValueError: where the shapes of the arguments do not fit, with the op's name.
    """
    if hasattr(error, "_keras_op"):
        return  # explained by an op inside the body, which knows more
    problem: Exception | None = error if d.is_symbolic else None
    if not d.is_symbolic and not _is_of_core(error):
        try:
            infer_outputs(definition, d, args)
        except Exception as found:
            problem = found
    if isinstance(problem, ValueError) and not isinstance(problem, NoValuesError):
        if not hasattr(problem, "_keras_op"):
            name = definition.name
            problem = ValueError(str(problem) if str(problem).startswith(name) else f"{name}: {problem}")
            problem._keras_op = name  # pyright: ignore[reportAttributeAccessIssue]
        raise problem from None


def _is_of_core(error: Exception) -> bool:
    """Tell whether an error is one that core raises: by its code, with the name of an op before the text."""
    position = error.__traceback__
    while position is not None and position.tb_next is not None:
        position = position.tb_next
    # Functions of frameworks that are no Python code have no frame. Then this is that of their caller; the name tells.
    module = position.tb_frame.f_globals.get("__name__", "") if position is not None else ""
    is_core = module.startswith("keras_core.") and not module.startswith("keras_core.backends.")
    return is_core and str(error).partition(":")[0] in DATABASE


def run(definition: OpDefinition, d: DispatchTable, args: list[Any]) -> Any:
    """Call the primitive, the kernel or the body on prepared arguments."""
    for_kernel = definition.is_for_kernel(args)
    args, named = spread(definition, args)
    if d.is_symbolic and definition.infer is not None:
        return definition.infer(*args, **named)
    if definition.primitive is not None:
        return getattr(d, definition.primitive)(*args)
    result = getattr(d, definition.slot)(*args, **named) if for_kernel else NotImplemented
    return definition.body(*args, **named) if result is NotImplemented else result  # pyright: ignore[reportOptionalCall]


def spread(definition: OpDefinition, args: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return one argument a parameter as what a call takes by position and what it takes by name."""
    count = len(definition.keyword_only)
    given = list(args[: len(args) - count])
    if definition.variadic is not None:
        given[definition.variadic :] = given[definition.variadic]
    return given, dict(zip(definition.keyword_only, args[len(args) - count :], strict=True))


def prepare_arguments(definition: OpDefinition, d: DispatchTable, args: tuple[Any, ...]) -> list[Any]:
    """Return the arguments with tensors converted and promoted and static arguments canonical."""
    prepared = list(args)
    rule = definition.dtype
    tensors: list[Any] = []
    if len(definition.tensor_positions) == 1:
        # Scalars of a table may be less than tensors, and this one meets none that would make it one.
        position = definition.tensor_positions[0][0]
        if dtypes.weak_type(prepared[position]) is not None:
            prepared[position] = to_tensor(d, np.asarray(prepared[position]), dtypes.result_type(type(args[position])))
    for position, is_list in definition.tensor_positions:
        value = prepared[position]
        if is_list:
            if not isinstance(value, list | tuple) or not value:
                parameter = list(definition.signature.parameters)[position]
                raise TypeError(f"argument '{parameter}' must be a non-empty list or tuple of tensors, got {value!r}.")
            tensors += value
        elif value is not None:
            tensors.append(value)
        elif position in definition.required:
            parameter = list(definition.signature.parameters)[position]
            raise TypeError(f"argument '{parameter}' must be a tensor or what can be converted to one, got None.")
    target: str | None = None
    promoted = tensors
    if rule == "branches":  # conditions choose and are not promoted
        position, is_list = definition.tensor_positions[0]
        promoted = tensors[len(prepared[position]) if is_list else 1 :]
    if rule != "keep" and promoted:
        target = _target_dtype(rule, [dtype_name(d, tensor) for tensor in promoted])
    if rule == "comparison" and target is not None:
        beyond = [i for i, _ in definition.tensor_positions if not dtypes.holds(target, prepared[i])]
        if len(beyond) == 1:  # a Python int below or above all that the dtype of the other one holds
            prepared[beyond[0]] = math.inf if prepared[beyond[0]] > 0 else -math.inf
            target = "float32"
    for position, is_list in definition.tensor_positions:
        value = prepared[position]
        if rule == "branches" and position == definition.tensor_positions[0][0]:
            prepared[position] = [to_tensor(d, item) for item in value] if is_list else to_tensor(d, value)
            continue
        if is_list:
            prepared[position] = [to_tensor(d, item, target) for item in value]
        elif value is not None:
            prepared[position] = to_tensor(d, value, target)
    if definition.canonical:
        reference = None
        if definition.tensor_positions:
            position, is_list = definition.tensor_positions[0]
            reference = prepared[position][0] if is_list else prepared[position]
        for position, canonicalize in definition.canonical:
            prepared[position] = canonicalize(prepared[position], reference)
    return prepared if definition.prepare is None else definition.prepare(prepared)


def _target_dtype(rule: str, names: list[str]) -> str:
    if rule == "bool":
        return "bool"
    common = dtypes.promote_names(frozenset(names))
    if rule in ("float", "inexact_common"):
        return dtypes.float_for(common)
    if rule == "number":
        return "int32" if common == "bool" else common
    if rule == "product":
        return "int32" if set(names) == {"int8"} else common
    if rule == "bits" and dtypes.is_inexact(common):
        raise TypeError(
            f"expected integers or bools, got {' and '.join(names)}"
            + (f", whose common dtype is {common}. Cast one of them with ops.cast." if common not in names else ".")
        )
    if rule == "accumulate":
        # As NumPy does it, sums of narrow integers are taken in a wider one, here of 32 bits.
        narrow = {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}
        return narrow.get(common, common)
    return common


# Symbolic calls ----------------------------------------------------------------------------------------------------


def _is_symbolic_call(definition: OpDefinition, args: tuple[Any, ...]) -> bool:
    for position, _is_list in definition.tensor_positions:
        value = args[position]
        if isinstance(value, KerasTensor):
            return True
        if isinstance(value, list | tuple) and any(isinstance(item, KerasTensor) for item in value):
            return True
    return False


def infer_outputs(definition: OpDefinition, d: DispatchTable, args: tuple[Any, ...]) -> Any:
    """Return the `KerasTensor`s that an op gives, without recording."""
    with use_table(symbolic_table(d)) as symbolic:
        return call_general(definition, symbolic, args)


def _record(definition: OpDefinition, d: DispatchTable, args: tuple[Any, ...]) -> Any:
    from keras_core.runtime.operation import Node, OpCall, fresh, map_symbolic, symbolic_leaves

    outputs = infer_outputs(definition, d, args)
    if not symbolic_leaves(outputs):
        return outputs  # such as `shape`: the answer is no tensor
    outputs = map_symbolic(fresh, outputs)
    given, named = spread(definition, args)
    Node(OpCall(definition.name), tuple(given), named, outputs)
    return outputs
