"""A recurrent layer that makes its cell itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keras_core import regularizers
from keras_core.layers.arguments import wrong
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.rnn.kernel_cell import KernelCell
from keras_core.layers.rnn.rnn import RNN

_OF_LAYER = frozenset({"name", "trainable", "dtype"})
_OF_RNN = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "activity_regularizer")
_NOT_OF_CELL = frozenset({"self", "__class__", "kwargs", "use_cudnn", *_OF_RNN})


def argument_of_cell(name: str) -> Any:
    """Return a property that reads an argument of the cell."""
    return property(lambda self: getattr(self.cell, name), doc=f"The argument `{name}` of the cell.")


class CellLayer(RNN):
    """A recurrent layer whose arguments are those of its cell and of `RNN`; users take the subclasses.

    A subclass has a constructor with these arguments, which passes the cell.

    Args:
        cell: the cell.
        **kwargs: as of `RNN`.
    """

    cell: KernelCell

    def __init__(self, cell: KernelCell, **kwargs: Any) -> None:
        kwargs.pop("implementation", None)  # of older files; there is only one way
        super().__init__(cell, **kwargs)
        self.input_spec = InputSpec(ndim=3)

    def _begin(self, cell: type[KernelCell], name: str, arguments: Mapping[str, Any]) -> None:
        """Make the cell and the layer from the arguments of a subclass, as `locals()` of its constructor has them."""
        kwargs = arguments["kwargs"]
        of_cell = {argument: value for argument, value in arguments.items() if argument not in _NOT_OF_CELL}
        of_rnn = {argument: arguments[argument] for argument in _OF_RNN if argument in arguments}
        made = cell(**of_cell, dtype=kwargs.get("dtype"), trainable=kwargs.get("trainable", True), name=name)
        CellLayer.__init__(self, made, **of_rnn, **kwargs)

    def _set_use_cudnn(self, use_cudnn: Any) -> None:
        """Take an argument that is kept for compatibility; backends choose their kernels themselves."""
        if use_cudnn not in (True, False, "auto"):
            raise wrong(self, "use_cudnn", "True, False or 'auto'", use_cudnn)
        self.use_cudnn = use_cudnn

    activation = argument_of_cell("activation")
    use_bias = argument_of_cell("use_bias")
    kernel_initializer = argument_of_cell("kernel_initializer")
    recurrent_initializer = argument_of_cell("recurrent_initializer")
    bias_initializer = argument_of_cell("bias_initializer")
    kernel_regularizer = argument_of_cell("kernel_regularizer")
    recurrent_regularizer = argument_of_cell("recurrent_regularizer")
    bias_regularizer = argument_of_cell("bias_regularizer")
    kernel_constraint = argument_of_cell("kernel_constraint")
    recurrent_constraint = argument_of_cell("recurrent_constraint")
    bias_constraint = argument_of_cell("bias_constraint")
    dropout = argument_of_cell("dropout")
    recurrent_dropout = argument_of_cell("recurrent_dropout")
    seed = argument_of_cell("seed")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        config = super().get_config()
        del config["cell"]
        of_cell = {name: value for name, value in self.cell.get_config().items() if name not in _OF_LAYER}
        return {
            **config,
            **of_cell,
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a layer from the result of `get_config`."""
        return cls(**config)
