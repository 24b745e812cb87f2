"""Pictures of models: what is drawn, handed to a stand-in of the package `pydot`."""

import sys
import types

import pytest

import keras_core as keras
from keras_core import layers
from keras_core.utils import model_to_dot, plot_model


class Graph:
    def __init__(self, **options):
        self.options, self.items, self.edges = options, [], []

    def set_node_defaults(self, **options):
        self.defaults = options

    def add_node(self, node):
        self.items.append(node)

    def add_subgraph(self, graph):
        self.items.append(graph)

    def add_edge(self, edge):
        self.edges.append(edge)

    def write(self, path, format):
        self.written = (path, format)
        written.append((path, format))


class Cluster(Graph):
    pass


class Node:
    def __init__(self, name, label, **options):
        self.name, self.label = name, label


written = []


def no_graphviz(**_options):
    raise FileNotFoundError("dot")


@pytest.fixture
def pydot(monkeypatch):
    module = types.ModuleType("pydot")
    module.Dot, module.Cluster, module.Node = Graph, Cluster, Node
    module.Edge = lambda one, other, **options: (one, other)
    module.call_graphviz = lambda **options: None
    monkeypatch.setitem(sys.modules, "pydot", module)
    written.clear()
    return module


@pytest.fixture
def model():
    x = layers.Dense(3, activation="relu", name="d")(source := keras.Input((4,), name="in"))
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(3, name="i1"), layers.ReLU(name="i2")], name="inner")
    return keras.Model(source, layers.Add(name="sum")([x, inner(x)]) * 2, name="net")


def names(graph):
    return {item.name: item for item in graph.items if isinstance(item, Node)}


def test_layers_are_boxes_and_tensors_are_arrows(pydot, model):
    graph = model_to_dot(model, rankdir="LR", dpi=50, splines="curved")
    assert graph.options == {"rankdir": "LR", "concentrate": "true", "dpi": 50, "splines": "curved"}
    boxes = names(graph)
    titles = ["<b>in</b> (InputLayer)", "<b>d</b> (Dense)", "<b>inner</b> (Sequential)", "<b>sum</b> (Add)"]
    order = list(boxes)
    assert [title for title, key in zip(titles, order, strict=False) if title not in boxes[key].label] == []
    places = [(0, 1), (1, 2), (1, 3), (2, 3), (3, 4)]
    assert sorted(graph.edges) == sorted((order[one], order[other]) for one, other in places)


def test_boxes_show_what_is_asked_for(pydot, model):
    shown = {"show_shapes": True, "show_dtype": True, "show_layer_activations": True, "show_trainable": True}
    model.get_layer("d").trainable = False
    boxes = [item.label for item in model_to_dot(model, show_layer_names=False, **shown).items]
    assert "Input shape" not in boxes[0]
    assert "Output shape: <b>(None, 4)</b>" in boxes[0]
    for text in (
        "<b>Dense</b>",
        "Input shape: <b>(None, 4)</b>",
        "Output shape: <b>(None, 3)</b>",
        "<b>Non-trainable</b>",
    ):
        assert text in boxes[1]
    assert "Activation: <b>relu</b>" in boxes[1]
    assert "Output dtype: <b>float32</b>" in boxes[1]
    assert "<b>Trainable</b>" in boxes[2]
    assert "Input shape: <b>[(None, 3), (None, 3)]</b>" in boxes[3]
    assert "shape" not in model_to_dot(model).items[1].label


def test_models_inside_are_framed_where_they_are_expanded(pydot, model):
    graph = model_to_dot(model, expand_nested=True)
    (inner,) = [item for item in graph.items if isinstance(item, Cluster)]
    assert inner.options["label"] == "inner"
    one, other = names(inner)
    assert inner.edges == [(one, other)]
    outer = list(names(graph))
    assert {(outer[1], one), (other, outer[2])} < set(graph.edges)


def test_a_model_can_be_a_part_of_a_graph(pydot, model):
    assert isinstance(model_to_dot(model, subgraph=True), Cluster)


def test_names_cannot_break_out_of_labels(pydot):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, name="a<b>&c")])
    assert "a&lt;b&gt;&amp;c" in model_to_dot(model).items[0].label


@pytest.mark.parametrize(("file", "format"), [("a.png", "png"), ("b.svg", "svg"), ("c", "png")])
def test_the_extension_is_the_format_of_the_file(pydot, model, file, format):
    assert plot_model(model, file) is None
    assert written == [(file, format)]


@pytest.mark.parametrize("function", [model_to_dot, plot_model])
def test_what_cannot_be_drawn_is_refused(pydot, model, function):
    with pytest.raises(ValueError, match="is not built"):
        function(keras.Sequential([layers.Dense(1)]))
    with pytest.raises(ValueError, match="expected a model, got 3"):
        function(3)
    with pytest.raises(ValueError, match="unexpected arguments \\['color'\\]"):
        function(model, color="red")


@pytest.mark.parametrize("function", [model_to_dot, plot_model])
def test_without_the_package_the_error_says_what_to_install(model, function, monkeypatch):
    monkeypatch.setitem(sys.modules, "pydot", None)
    with pytest.raises(ImportError, match="pip install pydot"):
        function(model)


def test_without_graphviz_the_error_says_what_to_install(pydot, model, monkeypatch):
    monkeypatch.setattr(pydot, "call_graphviz", no_graphviz)
    with pytest.raises(ImportError, match=r"graphviz\.org"):
        plot_model(model)
