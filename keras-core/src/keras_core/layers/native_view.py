"""What the views of a layer as a module of a framework have in common; backends make the modules."""

from typing import Any, NamedTuple

from keras_core.layers.layer import Layer
from keras_core.runtime.variable import Variable


class Place(NamedTuple):
    """Where a variable stands in the view of a layer.

    Attributes:
        variable: the variable.
        path: names from the layer, which is left out, to the variable.
        is_weight: whether training may change it, frozen or not; else it is another state.
    """

    variable: Variable
    path: tuple[str, ...]
    is_weight: bool


def places_in_view(view: str, layer: Any, backend: str) -> list[Place]:
    """Return the places of the variables: of `trainable_variables`, then of `non_trainable_variables`.

    Args:
        view: name of the function that makes the view, for messages.
        layer: a built model or layer.
        backend: name of the backend that its variables must have.

    Raises:
        TypeError: for something that is no layer.
        ValueError: for a layer that is not built, or of another backend, or with two variables of one path.
    """
    if not isinstance(layer, Layer):
        raise TypeError(f"{view}: expected a model or layer, got {type(layer).__name__}.")
    if not layer.built:
        raise ValueError(f"{view}({layer.name!r}): expected a built layer; call it once, or build(input_shape).")
    variables = [*layer.trainable_variables, *layer.non_trainable_variables]
    for variable in variables:
        if variable.backend != backend:
            raise ValueError(
                f"{view}({layer.name!r}): expected variables of the backend {backend!r}, {variable.path!r} is of "
                f"{variable.backend!r}. Build the model under keras_core.use_backend({backend!r})."
            )
    paths = [variable.path for variable in variables]
    twice = sorted({path for path in paths if paths.count(path) > 1}) if len(set(paths)) < len(paths) else []
    if twice:
        raise ValueError(f"{view}({layer.name!r}): expected one variable a path, two have {twice}. Name their layers.")
    weights = {id(v) for part in layer._flatten_layers() for v in part._tracker.trainable_variables}
    return [Place(v, tuple(v.path.removeprefix(f"{layer.name}/").split("/")), id(v) in weights) for v in variables]
