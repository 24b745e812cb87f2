"""`to_module`: a model or layer as a module of torch, for training loops of torch."""

from typing import Any

import torch

from keras_core.layers import Layer
from keras_core.layers.native_view import places_in_view
from keras_core.runtime.variable import Variable


class KerasModule(torch.nn.Module):
    """The view that `to_module` returns: its parameters and buffers are the memory of the variables."""

    layer: Layer

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.__dict__["layer"] = layer
        self._places: list[tuple[Variable, torch.nn.Module, str]] = []
        for variable, (*path, name), is_weight in places_in_view("to_module", layer, "torch"):
            home: torch.nn.Module = self
            for part in path:
                if part not in home._modules:
                    home.add_module(part, torch.nn.Module())
                home = home.get_submodule(part)
            if is_weight:
                home.register_parameter(name, torch.nn.Parameter(variable.handle, variable.trainable))
            else:
                # As in torch, random numbers are no part of a state dict; their names differ from model to model.
                home.register_buffer(name, variable.handle, persistent=variable.handle.dtype != torch.uint32)
            self._places.append((variable, home, name))
        # Each process draws its own random numbers, and collectives of torch do not know the dtype of the seeds.
        seeds = [name for name, buffer in self.named_buffers() if buffer.dtype == torch.uint32]
        self._ddp_params_and_buffers_to_ignore = seeds

    def _share(self) -> dict[int, torch.Tensor]:
        """Point the tensors to the memory that the variables have now, and return them by the ids of the variables."""
        tensors = {id(variable): getattr(home, name) for variable, home, name in self._places}
        for variable, *_ in self._places:
            tensor = tensors[id(variable)]
            if tensor.data_ptr() != variable.handle.data_ptr():
                tensor.data = variable.handle
            if isinstance(tensor, torch.nn.Parameter):
                tensor.requires_grad_(variable.trainable)
        return tensors

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Call the layer with the parameters, as `train()` or `eval()` say; write new states into the buffers."""
        layer, tensors = self.layer, self._share()
        trained = [tensors[id(variable)] for variable in layer.trainable_variables]
        kept = [tensors[id(variable)] for variable in layer.non_trainable_variables]
        kwargs.setdefault("training", self.training)
        outputs, states = layer.stateless_call([p.view_as(p) for p in trained], kept, *args, **kwargs)
        with torch.no_grad():
            for tensor, state in zip(kept, states, strict=True):
                if state is not tensor:
                    tensor.copy_(state)
        return outputs

    def named_parameters(self, *args: Any, **kwargs: Any) -> Any:
        """Yield names and parameters, with the values and the `trainable` that the variables have now."""
        self._share()
        return super().named_parameters(*args, **kwargs)

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """Return the values that the variables have now, by name."""
        self._share()
        return super().state_dict(*args, **kwargs)

    def _load_from_state_dict(self, *args: Any, **kwargs: Any) -> None:
        self._share()  # torch then copies into this memory, through all submodules
        super()._load_from_state_dict(*args, **kwargs)

    def _apply(self, fn: Any, recurse: bool = True) -> "KerasModule":
        for tensor in self._share().values():
            if (dtype := fn(tensor.detach()[:0] if tensor.ndim else tensor.detach()).dtype) != tensor.dtype:
                raise TypeError(
                    f"to_module({self.layer.name!r}): expected to keep {tensor.dtype}, got a move to {dtype}: "
                    "variables keep their dtype. Build the model under another floatx or dtype policy."
                )
        super()._apply(fn, recurse)
        for variable, home, name in self._places:
            variable.replace_handle(getattr(home, name).data)
        return self


def to_module(layer: Layer) -> KerasModule:
    """Return a model or layer as a `torch.nn.Module` that shares its memory: what one side trains, the other sees.

    Parameters are the weights, buffers all other states; the state dict leaves out those of random numbers.
    `layer.trainable` decides on `requires_grad`, `train()` and `eval()` on the argument `training`.

    Args:
        layer: a built model or layer of the backend `torch`.

    Raises:
        TypeError: for something that is no layer.
        ValueError: for a layer that is not built, or of another backend.
    """
    return KerasModule(layer)
