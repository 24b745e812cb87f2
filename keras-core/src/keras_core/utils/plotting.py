"""`model_to_dot` and `plot_model`: a model as a picture, by the packages `pydot` and Graphviz."""

from __future__ import annotations

import os
from typing import Any

from keras_core.utils.drawing import Group, Looks, check_model, draw


def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    subgraph: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> Any:
    """Return a model as a graph of `pydot`, which must be installed.

    Args:
        model: built model.
        show_shapes: whether boxes show the shapes of inputs and outputs.
        show_dtype: whether boxes show the dtype of the outputs.
        show_layer_names: whether boxes show the names of layers.
        rankdir: `"TB"`: from top to bottom; `"LR"`: from left to right.
        expand_nested: whether the layers of models inside are shown, in a frame.
        dpi: dots an inch.
        subgraph: whether a `pydot.Cluster` is returned, to be put into another graph.
        show_layer_activations: whether boxes show the activation.
        show_trainable: whether boxes show if training changes the layer.
        splines: how arrows run, as Graphviz calls it: `"ortho"`, `"curved"`, ...
        **kwargs: `layer_range` is no longer known.

    Returns:
        `pydot.Dot`, or `pydot.Cluster`.

    Raises:
        ImportError: where `pydot` is not installed.
        ValueError: for something that is no model, or one that is not built, and for unknown arguments.
    """
    _refuse_unknown("model_to_dot", kwargs)
    check_model(model, "model_to_dot")
    pydot = _import_pydot("model_to_dot")
    looks = Looks(show_layer_names, show_shapes, show_dtype, show_layer_activations, show_trainable, expand_nested)
    group = draw(model, looks)
    if subgraph:
        graph = _cluster(pydot, group.name)
    else:
        graph = pydot.Dot(rankdir=rankdir, concentrate="true", dpi=dpi, splines=splines)
        graph.set_node_defaults(shape="record")
    _fill(pydot, graph, group)
    return graph


def plot_model(
    model: Any,
    to_file: Any = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> Any:
    """Draw a model into a file; `pydot` and the program `dot` of Graphviz must be installed.

    Args:
        model: built model.
        to_file: path, whose extension (`".png"`, `".svg"`, `".pdf"`, ...; none means PNG) is the format.
        show_shapes: as of `model_to_dot`, as those that follow.
        show_dtype: the same.
        show_layer_names: the same.
        rankdir: the same.
        expand_nested: the same.
        dpi: the same.
        show_layer_activations: the same.
        show_trainable: the same.
        splines: the same.
        **kwargs: none are known.

    Returns:
        In a notebook an image, which it shows; else None.

    Raises:
        ImportError: where `pydot` or Graphviz is not installed.
        ValueError: as of `model_to_dot`.
    """
    _refuse_unknown("plot_model", kwargs)
    check_model(model, "plot_model")
    pydot = _import_pydot("plot_model")
    graph = model_to_dot(
        model,
        show_shapes=show_shapes,
        show_dtype=show_dtype,
        show_layer_names=show_layer_names,
        rankdir=rankdir,
        expand_nested=expand_nested,
        dpi=dpi,
        show_layer_activations=show_layer_activations,
        show_trainable=show_trainable,
        splines=splines,
    )
    path = os.fspath(to_file)
    extension = os.path.splitext(path)[1].removeprefix(".") or "png"
    try:
        pydot.call_graphviz(program="dot", arguments=["-V"], working_dir=os.curdir)
    except OSError as error:
        raise ImportError(
            "plot_model: expected the program 'dot' of Graphviz, which was not found. Install Graphviz "
            "(https://graphviz.org/download/) so that 'dot' is on the PATH."
        ) from error
    graph.write(path, format=extension)
    return _image_for_notebook(path) if extension != "pdf" else None


def _refuse_unknown(name: str, kwargs: dict[str, Any]) -> None:
    if kwargs:
        raise ValueError(f"{name}: unexpected arguments {sorted(kwargs)}.")


def _import_pydot(name: str) -> Any:
    try:
        import pydot
    except ImportError as error:
        raise ImportError(f"{name}: expected the package 'pydot': pip install pydot") from error
    return pydot


def _cluster(pydot: Any, name: str) -> Any:
    return pydot.Cluster(graph_name=name, style="dashed", label=name, labeljust="l")


def _fill(pydot: Any, graph: Any, group: Group) -> None:
    for item in group.items:
        if isinstance(item, Group):
            inner = _cluster(pydot, item.name)
            _fill(pydot, inner, item)
            graph.add_subgraph(inner)
        else:
            key, label = item
            graph.add_node(pydot.Node(key, label=label, fontname="Helvetica", border="0", margin="0"))
    for one, other in group.arrows:
        graph.add_edge(pydot.Edge(one, other, penwidth="2"))


def _image_for_notebook(path: str) -> Any:
    from rich.console import Console

    if not Console().is_jupyter:
        return None
    from IPython.display import SVG, Image  # pyright: ignore[reportMissingImports]

    return SVG(filename=path) if path.endswith(".svg") else Image(filename=path)
