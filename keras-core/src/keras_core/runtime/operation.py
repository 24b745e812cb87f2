"""Operations and the graph that they record over `KerasTensor`s."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from keras_core.runtime.keras_tensor import KerasTensor, any_symbolic_tensors
from keras_core.runtime.naming import auto_name, name_in_files
from keras_core.runtime.symbolic import symbolic_scope
from keras_core.runtime.table import active


class History(NamedTuple):
    """Where a `KerasTensor` comes from: which operation, which call of it, which of the outputs."""

    operation: Any
    node_index: int
    tensor_index: int


class Node:
    """One call of an operation on symbolic arguments.

    Args:
        operation: the operation that was called.
        args: its positional arguments, `KerasTensor`s anywhere in their trees.
        kwargs: its keyword arguments.
        outputs: tree of the `KerasTensor`s that the call gave.
    """

    __slots__ = ("args", "input_tensors", "kwargs", "operation", "output_tensors", "outputs")

    def __init__(self, operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any) -> None:
        self.operation = operation
        self.args = args
        self.kwargs = kwargs
        self.outputs = outputs
        self.input_tensors = symbolic_leaves((args, kwargs))
        self.output_tensors = symbolic_leaves(outputs)
        nodes = operation._inbound_nodes
        for index, tensor in enumerate(self.output_tensors):
            tensor._keras_history = History(operation, len(nodes), index)
        nodes.append(self)

    @property
    def parent_nodes(self) -> list[Node]:
        """The nodes that made the inputs."""
        histories = [tensor._keras_history for tensor in self.input_tensors if tensor._keras_history is not None]
        return [history.operation._inbound_nodes[history.node_index] for history in histories]

    @property
    def is_input(self) -> bool:
        """Whether the call has no symbolic input: an `Input`."""
        return not self.input_tensors

    def call(self, values: dict[int, Any]) -> Any:
        """Run the operation with the values of its inputs.

        Args:
            values: id of a `KerasTensor` -> tensor.
        """
        args = substitute(self.args, values)
        kwargs = substitute(self.kwargs, values) if self.kwargs else {}
        return self.operation(*args, **kwargs)


def symbolic_leaves(tree: Any) -> list[KerasTensor]:
    """Return the `KerasTensor`s of nested tuples, lists and dicts, dicts by sorted keys."""
    if isinstance(tree, KerasTensor):
        return [tree]
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree, key=str) for leaf in symbolic_leaves(tree[key])]
    if isinstance(tree, list | tuple):
        return [leaf for item in tree for leaf in symbolic_leaves(item)]
    return []


def substitute(tree: Any, values: dict[int, Any]) -> Any:
    """Return a tree in which each `KerasTensor` whose id is among the values is replaced."""
    if isinstance(tree, KerasTensor):
        return values.get(id(tree), tree)
    if isinstance(tree, dict):
        return {key: substitute(item, values) for key, item in tree.items()}
    if isinstance(tree, list | tuple):
        items = [substitute(item, values) for item in tree]
        if isinstance(tree, list):
            return items
        return type(tree)(*items) if hasattr(tree, "_fields") else tuple(items)
    return tree


def map_symbolic(function: Callable[[KerasTensor], Any], tree: Any) -> Any:
    """Return a tree of the same structure with the function applied to each `KerasTensor`."""
    return substitute(tree, {id(leaf): function(leaf) for leaf in symbolic_leaves(tree)})


def fresh(tensor: KerasTensor) -> KerasTensor:
    """Return a `KerasTensor` of the same shape and dtype without history."""
    return KerasTensor(tensor.shape, tensor.dtype)


class Operation:
    """Something that can be called on tensors, and on `KerasTensor`s to record the call.

    Args:
        name: unique in a model; made up from the class name when None.
    """

    def __init__(self, name: str | None = None) -> None:
        if name is not None and (not isinstance(name, str) or "/" in name):
            raise ValueError(f"{type(self).__name__}: expected a name without '/', got {name!r}.")
        self.name = name or auto_name(name_in_files(type(self)))
        self._inbound_nodes: list[Node] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if (any_symbolic_tensors(args) or any_symbolic_tensors(kwargs)) and not active().is_symbolic:
            return self.symbolic_call(*args, **kwargs)
        return self.call(*args, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute on tensors."""
        raise NotImplementedError(f"{type(self).__name__} has no method call().")

    def quantized_call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute on tensors with quantized variables."""
        raise NotImplementedError(f"{type(self).__name__} has no method quantized_call().")

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Record a call and return `KerasTensor`s."""
        outputs = map_symbolic(fresh, self.compute_output_spec(*args, **kwargs))
        Node(self, args, kwargs, outputs)
        return outputs

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return `KerasTensor`s of the shapes and dtypes that a call gives."""
        with symbolic_scope(active()):
            return self.call(*args, **kwargs)

    def rematerialized_call(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function so that reverse mode computes its intermediate values again instead of keeping them.

        Args:
            fn: function of the operation.
            *args: its arguments.
            **kwargs: its arguments.
        """
        from keras_core.runtime.rematerialization import remat

        return remat(fn)(*args, **kwargs)

    @property
    def input(self) -> Any:
        """Symbolic input of the only call."""
        return self._only_node("input").input_tensors[0]

    @property
    def output(self) -> Any:
        """Symbolic output of the only call."""
        return self._only_node("output").outputs

    def _only_node(self, what: str) -> Node:
        if len(self._inbound_nodes) != 1:
            raise AttributeError(
                f"{self.name}.{what}: expected one symbolic call, found {len(self._inbound_nodes)} of them. "
                "Call it on an Input or another symbolic tensor."
            )
        return self._inbound_nodes[0]

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Return an operation from the result of `get_config`."""
        return cls(**config)


class OpCall(Operation):
    """A function of `keras_core.ops` inside a recorded model.

    Args:
        op: name of the op in the database.
        name: unique in a model.
    """

    def __init__(self, op: str, name: str | None = None) -> None:
        from keras_core.runtime.definition import DATABASE

        self.op = op
        super().__init__(name or auto_name(op))
        self.definition = DATABASE[op]

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Call the op."""
        return self.definition.function(*args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        """Return the names."""
        return {"op": self.op, "name": self.name}


class FunctionCall(Operation):
    """A plain function, such as a loop over tensors, inside a recorded model.

    Args:
        function: called on the tensors when the model runs.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(auto_name(function.__name__))
        self.function = function

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self.function(*args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        """Refuse: a function is code, and a model file holds none."""
        raise ValueError(
            f"{self.name}: a call of the function '{self.function.__name__}' on symbolic tensors cannot be saved; put "
            "it "
            "into the call() of a Layer."
        )


def record_function(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Record one call of a plain function on symbolic tensors."""
    return FunctionCall(function).symbolic_call(*args, **kwargs)
