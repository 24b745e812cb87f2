"""The graph between symbolic inputs and outputs, and the plan by which it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from keras_core.layers.failures import note_origin
from keras_core.layers.input_layer import Input, InputLayer
from keras_core.layers.layer import Layer
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.operation import Node, OpCall, fresh, map_symbolic, substitute, symbolic_leaves

Values = list[Any]


class Step(NamedTuple):
    """One call in a plan; values are kept in numbered slots.

    Attributes:
        call: what is called.
        only: slot of the only argument, -1 where there are several, or it is no tensor.
        arguments: `values -> tuple` of positional arguments.
        keywords: `values -> dict` of keyword arguments, None where there are none.
        output: slot of the only output, -1 where there are several.
        store: `(result, values) -> None` where there are several outputs.
        done: slots that no later step reads.
        node: the call in the graph.
    """

    call: Callable[..., Any]
    only: int
    arguments: Callable[[Values], tuple[Any, ...]]
    keywords: Callable[[Values], dict[str, Any]] | None
    output: int
    store: Callable[[Any, Values], None] | None
    done: tuple[int, ...]
    node: Node


class Graph:
    """All calls that lead from some symbolic tensors to others.

    Args:
        inputs: tree of the symbolic tensors at which the graph begins.
        outputs: tree of the symbolic tensors at which it ends.
        owner: what has the graph, for errors.

    Raises:
        ValueError: where an output depends on an input that was not given.
    """

    def __init__(self, inputs: Any, outputs: Any, owner: str) -> None:
        self.inputs_structure = inputs
        self.outputs_structure = outputs
        self.inputs = symbolic_leaves(inputs)
        self.outputs = symbolic_leaves(outputs)
        self.owner = owner
        self.nodes = self._sorted_nodes()
        self.operations = self._sorted_operations()
        self._plan: list[Step] | None = None

    @cached_property
    def _own_nodes(self) -> frozenset[int]:
        return frozenset(map(id, self.nodes))

    def nodes_of(self, operation: Any) -> list[Node]:
        """Return the calls of an operation in this graph, in the order in which they were recorded."""
        return [node for node in operation._inbound_nodes if id(node) in self._own_nodes]

    # order

    def _sorted_nodes(self) -> list[Node]:
        """Return the nodes, each after those that it needs."""
        given = {id(tensor) for tensor in self.inputs}
        origins = [_node_of(tensor) for tensor in self.inputs if tensor._keras_history is not None]
        order: list[Node] = [node for node in origins if node.is_input]
        done = {id(node) for node in order}
        self._first_seen: dict[int, int] = {}
        started: set[int] = set()
        # A loop instead of recursion: graphs may be deeper than Python's stack.
        stack = [(tensor, False) for tensor in reversed(self.outputs)]
        while stack:
            tensor, finished = stack.pop()
            if tensor._keras_history is None:
                if id(tensor) in given:
                    continue
                raise ValueError(f"{self.owner}: {tensor!r} does not come from the inputs and has no history.")
            node = _node_of(tensor)
            if finished:
                if id(node) not in done:
                    done.add(id(node))
                    order.append(node)
                continue
            self._first_seen.setdefault(id(node.operation), len(self._first_seen))
            if id(tensor) in given or id(node) in done or id(node) in started:
                continue
            if node.is_input:
                error = ValueError(
                    f"{self.owner}: the outputs depend on the input '{node.operation.name}' {tensor.shape}, which is "
                    f"not among the inputs {[_name_of(item) for item in self.inputs]}."
                )
                note_origin(error, self.outputs, "outputs")
                raise error
            started.add(id(node))
            stack.append((tensor, True))
            stack += [(item, False) for item in reversed(node.input_tensors)]
        return order

    def _sorted_operations(self) -> list[Any]:
        """Return the operations by their distance from the outputs, the farthest first, as Keras orders layers."""
        given = {id(tensor) for tensor in self.inputs}
        depths: dict[int, int] = {}
        for node in reversed(self.nodes):
            depth = depths.setdefault(id(node), 0)
            if not any(id(tensor) in given for tensor in node.output_tensors):
                for parent in node.parent_nodes:
                    depths[id(parent)] = max(depths.get(id(parent), 0), depth + 1)
        operations: dict[int, Any] = {}
        deepest: Counter[int] = Counter()
        for node in self.nodes:
            key = id(node.operation)
            operations[key] = node.operation
            deepest[key] = max(deepest[key], depths[id(node)])
        seen = self._first_seen
        return sorted(operations.values(), key=lambda item: (-deepest[id(item)], seen.get(id(item), -1)))

    # running

    def run(self, inputs: list[Any]) -> Any:
        """Return the outputs, in their structure.

        Args:
            inputs: values of `self.inputs`.
        """
        if self._plan is None:
            self._compile()
        values: Values = [None] * self._size
        values[: len(inputs)] = inputs
        node: Any = None
        try:
            for call, only, arguments, keywords, output, store, done, node in self._plan:  # noqa: B007 # pyright: ignore
                if only >= 0:
                    result = call(values[only])
                elif keywords is None:
                    result = call(*arguments(values))
                else:
                    result = call(*arguments(values), **keywords(values))
                if output >= 0:
                    values[output] = result
                else:
                    store(result, values)  # pyright: ignore[reportOptionalCall]
                for slot in done:
                    values[slot] = None
        except Exception as error:
            note_origin(error, node.input_tensors)
            raise
        return self._collect(values)

    def _compile(self) -> None:
        given = {id(tensor) for tensor in self.inputs}
        slots = {id(tensor): slot for slot, tensor in enumerate(self.inputs)}
        nodes = [node for node in self.nodes if not all(id(tensor) in given for tensor in node.output_tensors)]
        for node in nodes:
            for tensor in node.output_tensors:
                slots.setdefault(id(tensor), len(slots))
        last: dict[int, Node] = {}
        for node in nodes:
            last |= {slots[id(tensor)]: node for tensor in (*node.output_tensors, *node.input_tensors)}
        for tensor in self.outputs:
            last.pop(slots[id(tensor)], None)
        ends: dict[int, list[int]] = {}
        for slot, node in last.items():
            ends.setdefault(id(node), []).append(slot)
        plan: list[Step] = []
        for node in nodes:
            single = isinstance(node.outputs, KerasTensor)
            is_plain = len(node.args) == 1 and isinstance(node.args[0], KerasTensor) and not node.kwargs
            operation = node.operation
            plan.append(
                Step(
                    call=operation.definition.function if isinstance(operation, OpCall) else operation,
                    only=slots[id(node.args[0])] if is_plain else -1,
                    arguments=_arguments(node.args, slots),
                    keywords=_reader(node.kwargs, slots) if node.kwargs else None,
                    output=slots[id(node.outputs)] if single else -1,
                    store=None if single else _writer(node.outputs, slots),
                    done=tuple(ends.get(id(node), ())),
                    node=node,
                )
            )
        self._size = len(slots)
        self._collect = _reader(self.outputs_structure, slots)
        self._plan = plan

    # copies

    def __getstate__(self) -> dict[str, Any]:
        # Flat, since a pickle of tensors that refer to operations that refer to tensors would recurse through it all.
        numbers = {id(tensor): number for number, tensor in enumerate(self.inputs)}
        for node in self.nodes:
            for tensor in node.output_tensors:
                numbers.setdefault(id(tensor), len(numbers))

        def pack(values: Any) -> Any:
            leaves = symbolic_leaves(values)
            return substitute(values, {id(x): _Symbol(numbers[id(x)], x.shape, x.dtype, x._name) for x in leaves})

        places = {id(operation): place for place, operation in enumerate(self.operations)}
        calls = [(places[id(n.operation)], pack(n.args), pack(n.kwargs), pack(n.outputs)) for n in self.nodes]
        ends = pack(self.inputs_structure), pack(self.outputs_structure)
        operations = [_pack_operation(operation) for operation in self.operations]
        return {"owner": self.owner, "calls": calls, "ends": ends, "operations": operations}

    def __setstate__(self, state: dict[str, Any]) -> None:
        tensors: dict[int, KerasTensor] = {}

        def unpack(values: Any) -> Any:
            if isinstance(values, _Symbol):
                if values.number not in tensors:
                    tensors[values.number] = KerasTensor(values.shape, values.dtype, name=values.name)
                return tensors[values.number]
            if isinstance(values, dict):
                return {key: unpack(item) for key, item in values.items()}
            if isinstance(values, list):
                return [unpack(item) for item in values]
            if isinstance(values, tuple):
                items = [unpack(item) for item in values]
                return type(values)(*items) if hasattr(values, "_fields") else tuple(items)
            return values

        self.operations = [_unpack_operation(packed) for packed in state["operations"]]
        for operation in self.operations:
            if isinstance(operation, InputLayer):
                operation._inbound_nodes.clear()  # it made a node of its own
        self.nodes = [
            Node(self.operations[place], *(unpack(part) for part in parts)) for place, *parts in state["calls"]
        ]
        self.owner = state["owner"]
        self.inputs_structure, self.outputs_structure = (unpack(end) for end in state["ends"])
        self.inputs, self.outputs = symbolic_leaves(self.inputs_structure), symbolic_leaves(self.outputs_structure)
        self._plan = None


def _pack_operation(operation: Any) -> Any:
    if isinstance(operation, OpCall):
        return operation.op, operation.name
    if isinstance(operation, Layer):
        return operation
    return type(operation), {key: value for key, value in operation.__dict__.items() if key != "_inbound_nodes"}


def _unpack_operation(packed: Any) -> Any:
    if not isinstance(packed, tuple):
        return packed
    kind, value = packed
    if isinstance(kind, str):
        return OpCall(kind, value)
    operation = object.__new__(kind)
    operation.__dict__.update(value, _inbound_nodes=[])
    return operation


class _Symbol(NamedTuple):
    number: int
    shape: tuple[int | None, ...]
    dtype: str
    name: str | None


def _node_of(tensor: KerasTensor) -> Node:
    operation, node_index, _ = tensor._keras_history
    return operation._inbound_nodes[node_index]


def _name_of(tensor: KerasTensor) -> str:
    return tensor.name if tensor._keras_history is None else tensor._keras_history.operation.name


def _arguments(args: tuple[Any, ...], slots: dict[int, int]) -> Callable[[Values], tuple[Any, ...]]:
    if len(args) > 1 and all(isinstance(item, KerasTensor) for item in args):
        return itemgetter(*[slots[id(item)] for item in args])
    if len(args) == 1:
        read = _reader(args[0], slots)
        return lambda values: (read(values),)
    return _reader(args, slots)


def _reader(tree: Any, slots: dict[int, int]) -> Callable[[Values], Any]:
    """Return a function that builds a tree from the values in slots."""
    if isinstance(tree, KerasTensor):
        return itemgetter(slots[id(tree)])
    if not symbolic_leaves(tree):
        return lambda values: tree
    if isinstance(tree, dict):
        named = {key: _reader(item, slots) for key, item in tree.items()}
        return lambda values: {key: read(values) for key, read in named.items()}
    readers = [_reader(item, slots) for item in tree]
    if isinstance(tree, list):
        return lambda values: [read(values) for read in readers]
    if hasattr(tree, "_fields"):
        return lambda values: type(tree)(*[read(values) for read in readers])
    return lambda values: tuple([read(values) for read in readers])


def _writer(tree: Any, slots: dict[int, int]) -> Callable[[Any, Values], None]:
    """Return a function that puts the tensors of a result of this structure into slots."""
    if isinstance(tree, KerasTensor):
        slot = slots[id(tree)]

        def put(result: Any, values: Values) -> None:
            values[slot] = result

        return put
    if isinstance(tree, dict):
        writers = [(key, _writer(item, slots)) for key, item in tree.items()]
    elif isinstance(tree, list | tuple):
        writers = [(position, _writer(item, slots)) for position, item in enumerate(tree)]
    else:
        writers = []

    def put_all(result: Any, values: Values) -> None:
        for key, write in writers:
            write(result[key], values)

    return put_all


def begin_at_inputs(inputs: Any, outputs: Any, owner: str) -> tuple[Any, Any]:
    """Return inputs and outputs of a graph that begins at `Input`s: the same, or a copy where it began further on."""
    leaves = symbolic_leaves(inputs)
    if all(leaf._keras_history is not None and _node_of(leaf).is_input for leaf in leaves):
        return inputs, outputs
    graph = Graph(inputs, outputs, owner)
    values: dict[int, Any] = {}
    for leaf in leaves:
        is_input = leaf._keras_history is not None and _node_of(leaf).is_input
        values[id(leaf)] = leaf if is_input else Input(batch_shape=leaf.shape, dtype=leaf.dtype)
    for node in graph.nodes:
        if node.is_input or all(id(tensor) in values for tensor in node.output_tensors):
            continue
        copied = map_symbolic(fresh, node.outputs)
        Node(node.operation, substitute(node.args, values), substitute(node.kwargs, values), copied)
        pairs = zip(node.output_tensors, symbolic_leaves(copied), strict=True)
        values |= {id(old): new for old, new in pairs if id(old) not in values}
    return substitute(inputs, values), substitute(outputs, values)
