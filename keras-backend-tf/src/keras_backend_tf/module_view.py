"""`to_module`: a model or layer as a module of TensorFlow, for training loops of TensorFlow."""

from typing import Any

import tensorflow as tf

from keras_backend_tf.residence import Shared
from keras_core.layers import Layer
from keras_core.layers.native_view import places_in_view


class KerasModule(tf.Module):
    """The view that `to_module` returns: the variables of the layer keep their values in its variables."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.layer = layer
        self.by_path: dict[str, tf.Variable] = {}
        for variable, path, _ in places_in_view("to_module", layer, "tensorflow"):
            if not isinstance(variable.state, Shared):
                variable.share(Shared(variable.handle, variable.trainable))
            # The names of random states differ from model to model.
            name = "/".join(path) if variable.dtype != "uint32" else f"random/{len(self.by_path)}"
            self.by_path[name] = variable.state.variable

    @property
    def trainable_variables(self) -> tuple[tf.Variable, ...]:
        """The variables to be trained, in the order of those of the layer, whose `trainable` decides."""
        return tuple(variable.state.variable for variable in self.layer.trainable_variables)

    @tf.autograph.experimental.do_not_convert
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the layer, eagerly or in a `tf.function`; new states go into the variables."""
        return self.layer(*args, **kwargs)


def to_module(layer: Layer) -> KerasModule:
    """Return a model or layer as a `tf.Module` that shares its variables: what one side trains, the other sees.

    Args:
        layer: a built model or layer of the backend `tensorflow`.

    Raises:
        TypeError: for something that is no layer.
        ValueError: for a layer that is not built, or of another backend.
    """
    return KerasModule(layer)
