"""What a picture of a model shows: boxes of layers, groups of those of models inside, and arrows."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from keras_core.layers.input_layer import InputLayer
from keras_core.models import Model, Sequential
from keras_core.models.functional import Functional
from keras_core.runtime import tree


@dataclass
class Looks:
    """What is written into the box of a layer besides its class."""

    layer_names: bool = False
    shapes: bool = False
    dtype: bool = False
    activations: bool = False
    trainable: bool = False
    expand_nested: bool = False


@dataclass
class Group:
    """The boxes of one model.

    Attributes:
        name: the model's name.
        items: pairs of key and label of a box, and groups of models inside.
        arrows: pairs of the keys of boxes.
        entries: keys of the boxes that read the model's inputs.
        exits: keys of the boxes that give the model's outputs.
    """

    name: str
    items: list[tuple[str, str] | Group] = field(default_factory=list)
    arrows: list[tuple[str, str]] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    exits: list[str] = field(default_factory=list)


def draw(model: Any, looks: Looks) -> Group:
    """Return what a picture of a model shows.

    Args:
        model: built model.
        looks: what boxes show.

    Raises:
        ValueError: where the model is not built.
    """
    if not model.built:
        raise ValueError(f"{model.label} is not built, so there is nothing to draw; call it on data or build() first.")
    return _group(model, looks, "")


def _group(model: Any, looks: Looks, prefix: str) -> Group:
    group = Group(model.name)
    places: dict[int, tuple[list[str], list[str]]] = {}
    for position, operation in enumerate(_operations(model)):
        key = f"{prefix}{position}"
        if looks.expand_nested and isinstance(operation, Functional | Sequential):
            inner = _group(operation, looks, f"{key}_")
            group.items.append(inner)
            places[id(operation)] = inner.entries, inner.exits
        else:
            group.items.append((f"layer_{key}", _label(operation, _node(model, operation), looks)))
            places[id(operation)] = [f"layer_{key}"], [f"layer_{key}"]
    for source, target in dict.fromkeys(_edges(model)):
        arrows = [(one, other) for one in places[source][1] for other in places[target][0]]
        group.arrows += [arrow for arrow in arrows if arrow not in group.arrows]
    first, last = _ends(model)
    group.entries = [key for operation in first for key in places[id(operation)][0]]
    group.exits = [key for operation in last for key in places[id(operation)][1]]
    return group


def _operations(model: Any) -> Sequence[Any]:
    if isinstance(model, Functional):
        return model.operations
    layers = [layer for layer in model.layers if not isinstance(layer, InputLayer)]
    return layers if isinstance(model, Sequential) and layers else [model]


def _edges(model: Any) -> list[tuple[int, int]]:
    if isinstance(model, Functional):
        nodes = [(operation, node) for operation in model.operations for node in model._graph.nodes_of(operation)]
        return [
            (id(tensor._keras_history.operation), id(operation))
            for operation, node in nodes
            for tensor in node.input_tensors
        ]
    layers = _operations(model)
    return [(id(one), id(other)) for one, other in pairwise(layers)]


def _ends(model: Any) -> tuple[list[Any], list[Any]]:
    """Return the operations that read the inputs and those that give the outputs."""
    if isinstance(model, Functional):
        return [[tensor._keras_history.operation for tensor in side] for side in (model.inputs, model.outputs)]  # pyright: ignore[reportReturnType]
    layers = _operations(model)
    return [layers[0]], [layers[-1]]


def _node(model: Any, operation: Any) -> Any:
    """Return the call of an operation whose shapes are shown, None where none was recorded."""
    nodes = model._graph.nodes_of(operation)[:1] if isinstance(model, Functional) else operation._inbound_nodes[-1:]
    return nodes[0] if nodes else None


# labels: tables in the HTML of Graphviz


def _label(operation: Any, node: Any, looks: Looks) -> str:
    cells = _cells(operation, node, looks)
    span = max(1, sum((looks.shapes * 2, looks.dtype, looks.trainable)))
    kind = html.escape(getattr(operation, "op", None) or type(operation).__name__)
    title = f"<b>{html.escape(operation.name)}</b> ({kind})" if looks.layer_names else f"<b>{kind}</b>"
    rows = [f'<td colspan="{span}" bgcolor="black"><font point-size="16" color="white">{title}</font></td>']
    activation = getattr(operation, "activation", None)
    if looks.activations and callable(activation):
        name = html.escape(
            getattr(activation, "__name__", None) or getattr(activation, "name", type(activation).__name__)
        )
        rows.append(f'<td bgcolor="white" colspan="{span}"><font point-size="14">Activation: <b>{name}</b></font></td>')
    if cells:
        rows.append("".join(cells))
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<<table border="0" cellborder="1" bgcolor="black" cellpadding="10">{body}</table>>'


def _cells(operation: Any, node: Any, looks: Looks) -> list[str]:
    cells = []
    if looks.shapes:
        if not isinstance(operation, InputLayer):
            shapes = [tensor.shape for tensor in node.input_tensors] if node is not None else []
            cells.append(_cell("Input shape", _one_or_all(shapes)))
        cells.append(_cell("Output shape", _one_or_all(_of_outputs(node, "shape"))))
    if looks.dtype:
        cells.append(_cell("Output dtype", _one_or_all(_of_outputs(node, "dtype"))))
    if looks.trainable and getattr(operation, "weights", None):
        color, word = ("forestgreen", "Trainable") if operation.trainable else ("firebrick", "Non-trainable")
        cells.append(f'<td bgcolor="{color}"><font point-size="14" color="white"><b>{word}</b></font></td>')
    return cells


def _of_outputs(node: Any, attribute: str) -> list[Any]:
    return [] if node is None else [getattr(tensor, attribute) for tensor in tree.flatten(node.outputs)]


def _one_or_all(values: list[Any]) -> str:
    return str(values[0]) if len(values) == 1 else "?" if not values else str(values)


def _cell(title: str, value: str) -> str:
    return f'<td bgcolor="white"><font point-size="14">{title}: <b>{html.escape(value)}</b></font></td>'


def check_model(model: Any, name: str) -> None:
    """Refuse what is no model.

    Raises:
        ValueError: naming the function and what came.
    """
    if not isinstance(model, Model):
        raise ValueError(f"{name}: expected a model, got {model!r} of type {type(model).__name__}.")
