"""What a function does to tensors, recorded and done again without the Python code that led to it.

A record holds the forward pass, the gradients and the update of a training step: ops of torch below autograd. It does
bit by bit what the function does, so that it may begin whenever a signature has proved to be a frequent one.
"""

import warnings
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

import torch
from torch import Tensor
from torch._ops import OpOverload
from torch.fx import Graph, GraphModule, Node
from torch.fx.experimental.proxy_tensor import make_fx

from keras_backend_torch.host import RECORDING, current_device, is_tracing
from keras_core.contract import bound, recorded_once_frequent

Tensors = list[Tensor]
Step = Callable[[Tensors, Tensors], tuple[Tensors, Tensors]]

DONATED: Final[ContextVar[frozenset[int]]] = ContextVar("keras_backend_torch_donated", default=frozenset())
"""The identities of the tensors whose buffers the current call of a jitted function may overwrite."""
_aten: Final = torch.ops.aten


def recorded(function: Step, donate: bool, compiles: bool) -> Step:
    """Return the function, which does from a record what it has often done; with `compiles`, a compiled one at once.

    Args:
        function: of state and inputs.
        donate: whether the buffers of the state may be overwritten.
        compiles: whether `torch.compile` makes a program of the record.
    """

    def itself(state: Tensors, inputs: Tensors) -> tuple[Tensors, Tensors]:
        with bound(DONATED, frozenset(map(id, state)) if donate else frozenset()):
            return function(state, inputs)

    def signature(state: Tensors, inputs: Tensors) -> Any:
        if is_tracing() or torch._C._is_any_autocast_enabled() or any(x.requires_grad for x in (*state, *inputs)):
            return None
        tensors = inputs if donate else (*state, *inputs)  # a donated state keeps its shapes, and has its own buffers
        return current_device(), *[(x.shape, x.stride(), x.dtype, x.device) for x in tensors]

    run = recorded_once_frequent(itself, partial(_record, itself, compiles), signature, calls=0 if compiles else 8)
    return (lambda state, inputs: run(_with_own_buffers(state), inputs)) if donate else run


def _with_own_buffers(state: Tensors) -> Tensors:
    """Return the tensors, each one copied whose buffer others see too: it must not change for them."""
    if is_tracing():
        return state
    pointers = [x.data_ptr() for x in state]
    times = Counter(pointers) if len(set(pointers)) < len(pointers) else {}
    return [
        x
        if times.get(pointer, 1) == 1 and x.is_contiguous() and not x._is_view() and not x.is_inference()
        else x.clone(memory_format=torch.contiguous_format)
        for x, pointer in zip(state, pointers, strict=True)
    ]


def _record(function: Step, compiles: bool, state: Tensors, inputs: Tensors) -> Step | None:
    counts: list[int] = []

    def flat(*tensors: Tensor) -> tuple[Tensor, ...]:
        outputs, new_state = function(list(tensors[: len(state)]), list(tensors[len(state) :]))
        counts.append(len(outputs))
        return (*outputs, *new_state)

    try:
        # By dispatch, because the bytecode tracer of torch.compile breaks the graph at each ContextVar.
        with bound(RECORDING, not compiles):
            module = make_fx(flat, tracing_mode="fake", _allow_non_fake_inputs=True)(*state, *inputs)
    except Exception as error:
        if compiles:
            warn(f"the function cannot be traced, so it runs eagerly: {error}")
        return None  # an error of the function itself comes when it runs now
    compute = torch.compile(module, dynamic=False) if compiles else _program_of(module)

    def program(state: Tensors, inputs: Tensors) -> tuple[Tensors, Tensors]:
        try:
            results = compute(*state, *inputs)
        except (RuntimeError, IndexError):  # a label out of range, say; the function tells where
            return function(state, inputs)
        return list(results[: counts[0]]), list(results[counts[0] :])

    return program


def warn(message: str) -> None:
    """Warn of what `jit_compile=True` cannot do."""
    warnings.warn(f"jit_compile=True: {message}", RuntimeWarning, stacklevel=4)


def _program_of(module: GraphModule) -> Callable[..., Any]:
    """Return the code of a graph without what only concerns autograd; it calls the ops by the shortest way."""
    _simplify(module.graph)
    code = module.graph.python_code("self")
    source, scope = code.src, dict(code.globals)
    for target in dict.fromkeys(node.target for node in module.graph.nodes if isinstance(node.target, OpOverload)):
        name = f"op_{len(scope)}"
        source, scope[name] = source.replace(f"torch.ops.{target}(", f"{name}("), target._op
    exec(source, scope)  # nosec B102 # what torch generates from a graph
    constants = {node.target: getattr(module, node.target) for node in module.graph.find_nodes(op="get_attr")}
    return partial(scope["forward"], SimpleNamespace(**constants))


def _simplify(graph: Graph) -> None:
    """Leave `detach` out, and let elementwise ops overwrite inputs that nothing else needs."""
    for node in graph.find_nodes(op="call_function", target=_aten.detach.default):
        node.replace_all_uses_with(node.args[0])
        graph.erase_node(node)
    new: set[Node] = set()
    for node in graph.nodes:
        if not isinstance(node.target, OpOverload):
            continue
        if all(value.alias_info is None for value in node.target._schema.returns):
            new.add(node)
        packet = getattr(_aten, f"{node.target._opname}_", None)
        target = getattr(packet, node.target._overloadname, None)
        if target is not None and torch.Tag.pointwise in node.target.tags and _is_spent(node.args[0], node, new):
            node.target = target
    graph.eliminate_dead_code()


def _is_spent(x: Any, node: Node, new: set[Node]) -> bool:
    """Tell whether an input is a new tensor that only this node needs, of the shape and dtype of its result."""
    if not isinstance(x, Node):
        return False
    one, other = x.meta["val"], node.meta["val"]
    if (one.shape, one.stride(), one.dtype) != (other.shape, other.stride(), other.dtype):
        return False
    while len(x.users) == 1:
        if x in new:
            return True
        if not isinstance(x.target, OpOverload) or x.target._schema.is_mutable:
            return False
        x = x.args[0]  # of which it is a view
    return False
