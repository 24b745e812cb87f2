"""The table that `Model.summary` prints."""

from __future__ import annotations

import io
import math
import re
import shutil
from collections.abc import Callable, Sequence
from typing import Any

from keras_core.layers.input_layer import InputLayer
from keras_core.models.functional import Functional
from keras_core.models.model import Model
from keras_core.models.sequential import Sequential
from keras_core.runtime.dtypes import standardize_dtype
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.messages import show
from keras_core.runtime.operation import OpCall
from keras_core.runtime.table import host_dtype


def print_summary(
    model: Any,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    print_fn: Callable[[str], Any] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Sequence[str] | None = None,
) -> None:
    """Print the table; see `Model.summary` for the arguments."""
    connected = isinstance(model, Functional) and not _is_chain(model)
    headers = ["Layer (type)", "Output Shape", "Param #"]
    shares = [0.45, 0.32, 0.23] if not connected else [0.28, 0.23, 0.15, 0.34]
    if connected:
        headers.append("Connected to")
    if show_trainable:
        headers.append("Trainable")
        shares = [share * 0.88 for share in shares] + [0.12]
    width = line_length or min(shutil.get_terminal_size().columns, 100)
    if positions is not None:
        if len(positions) != len(headers):
            raise ValueError(f"summary: expected {len(headers)} positions for the columns {headers}, got {positions}.")
        ends = [position / (1 if positions[-1] <= 1 else positions[-1]) for position in positions]
        shares = [end - start for start, end in zip([0.0, *ends], ends, strict=False)]
    rows: list[list[str]] = []
    for operation in _in_range(_operations(model), layer_range):
        _add_rows(rows, model, operation, "", connected, expand_nested, show_trainable)
    text = _render(f'Model: "{model.name}"', headers, rows, shares, width, print_fn is None) + _totals(model)
    (show if print_fn is None else print_fn)(text.rstrip("\n"))


def _operations(model: Any) -> list[Any]:
    return model.operations if isinstance(model, Functional) else model.layers


def _is_chain(model: Functional) -> bool:
    """Tell whether each operation has one call, on the output of the one before."""
    nodes = model._graph.nodes
    return all(len(node.input_tensors) == (0 if position == 0 else 1) for position, node in enumerate(nodes)) and len(
        {id(node.operation) for node in nodes}
    ) == len(nodes)


def _in_range(operations: list[Any], layer_range: Sequence[str] | None) -> list[Any]:
    if layer_range is None:
        return operations
    if len(layer_range) != 2:
        raise ValueError(f"summary: expected the names of two layers for layer_range, got {layer_range}.")
    places: list[list[int]] = []
    for pattern in layer_range:
        found = [place for place, item in enumerate(operations) if re.fullmatch(pattern, item.name)]
        if not found:
            raise ValueError(f"summary: no layer matches {pattern!r}; there are {[item.name for item in operations]}.")
        places.append(found)
    return operations[min(places[0]) : max(places[1]) + 1]


def _add_rows(
    rows: list[list[str]],
    model: Any,
    operation: Any,
    prefix: str,
    connected: bool,
    expand_nested: bool,
    show_trainable: bool,
) -> None:
    kind = "".join(part.capitalize() for part in operation.op.split("_")) if isinstance(operation, OpCall) else None
    row = [
        f"{prefix}{operation.name} ({kind or type(operation).__name__})",
        _shape(model, operation),
        _count(operation),
    ]
    if connected:
        row.append(_connections(model, operation) if not prefix else "-")
    if show_trainable:
        weights = getattr(operation, "weights", [])
        row.append("-" if not weights else "Y" if operation.trainable else "N")
    rows.append(row)
    if expand_nested and isinstance(operation, Model):
        inner = "   " + prefix if prefix else "   └ "
        for item in _operations(operation):
            if not isinstance(item, InputLayer):
                _add_rows(rows, operation, item, inner, connected, expand_nested, show_trainable)


def _shape(model: Any, operation: Any) -> str:
    if isinstance(model, Functional):
        nodes = model._graph.nodes_of(operation)
    elif isinstance(model, Sequential):
        nodes = operation._inbound_nodes[-1:]
    else:
        nodes = operation._inbound_nodes[-1:]
    if nodes:
        return ", ".join(dict.fromkeys(_text(node.outputs) for node in nodes))
    shapes = getattr(operation, "_build_shapes", None)
    if not shapes:
        return "?"
    try:
        return _text(operation.compute_output_shape(*shapes.values()))
    except Exception:  # whatever a layer of a user raises: the table says that it is not known
        return "?"


def _text(value: Any) -> str:
    if isinstance(value, KerasTensor):
        return str(value.shape)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple) and not all(size is None or isinstance(size, int) for size in value):
        return "[" + ", ".join(map(_text, value)) + "]"
    return str(tuple(value)) if isinstance(value, list | tuple) else str(value)


def _count(operation: Any) -> str:
    if not hasattr(operation, "weights"):
        return "0"
    if not operation.built:
        return "0 (unbuilt)"
    return f"{_size(operation.weights):,}"


def _connections(model: Functional, operation: Any) -> str:
    names: list[str] = []
    for node in model._graph.nodes_of(operation):
        for tensor in node.input_tensors:
            source, node_index, tensor_index = tensor._keras_history
            index = [id(n) for n in model._graph.nodes_of(source)].index(id(source._inbound_nodes[node_index]))
            names.append(f"{source.name}[{index}][{tensor_index}]")
    return ", ".join(names) or "-"


def _size(variables: Sequence[Any]) -> int:
    return sum(math.prod(variable.shape) for variable in variables)


def _with_memory(title: str, variables: Sequence[Any]) -> str:
    memory = float(
        sum(
            math.prod(variable.shape) * host_dtype(standardize_dtype(variable.dtype)).itemsize for variable in variables
        )
    )
    unit = "B"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if memory < 1024 or unit == "TB":
            break
        memory /= 1024
    return f" {title}: {_size(variables):,} ({memory:.2f} {unit})\n"


def _totals(model: Any) -> str:
    optimizer = getattr(model, "optimizer", None)
    states = list(optimizer.variables) if optimizer is not None and optimizer.built else []
    text = _with_memory("Total params", [*model.weights, *states])
    text += _with_memory("Trainable params", model.trainable_weights)
    text += _with_memory("Non-trainable params", model.non_trainable_weights)
    return text + (_with_memory("Optimizer params", states) if states else "")


def _render(
    title: str, headers: list[str], rows: list[list[str]], shares: list[float], width: int, styled: bool
) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    inner = width - 3 * len(headers) - 1
    longest = [max(map(len, header.split())) for header in headers]
    widths = [max(least, int(inner * share)) for least, share in zip(longest, shares, strict=True)]
    widths[0] -= max(0, sum(widths) - inner)
    table = Table(show_lines=True, width=None)
    for header, size in zip(headers, widths, strict=True):
        is_number = header == "Param #"
        table.add_column(header, justify="right" if is_number else "left", width=size, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    stream = io.StringIO()
    console = Console(file=stream, width=width, highlight=False, no_color=not styled, legacy_windows=False)
    console.print(Text(title, style="bold"))
    console.print(table)
    return stream.getvalue()
