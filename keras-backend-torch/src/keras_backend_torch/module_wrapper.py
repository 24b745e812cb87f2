"""`TorchModuleWrapper`: a module of torch as a layer."""

from collections.abc import Iterator
from typing import Any

import torch

from keras_core.layers.wrappers.framework_layer import FrameworkLayer


class TorchModuleWrapper(FrameworkLayer):
    """Runs a module of torch. Its parameters and buffers become variables under their names.

    Args:
        module: `torch.nn.Module`; or what can be saved with a model: a registered function without arguments that makes
            it, or an instance of a registered class of modules that has `get_config`.
        name: name.
        output_shape: shape of the outputs, or a function from the shape of the inputs to it; None: it is inferred.
        **kwargs: as of `Layer`.

    Raises:
        TypeError: where `module` is or makes no module.
        ValueError: while another backend is active.
    """

    framework = "torch"
    code_arguments = ("module",)
    save_own_variables = FrameworkLayer.save_named_variables
    load_own_variables = FrameworkLayer.load_named_variables

    def __init__(self, module: Any, name: str | None = None, output_shape: Any = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.__dict__["_module"] = self._made("module", module, torch.nn.Module)
        self._keep("output_shape", output_shape)
        self._adopt((name, value.detach(), value.requires_grad) for name, value in self._tensors())
        self.build(None)

    def _tensors(self) -> Iterator[tuple[str, torch.Tensor]]:
        """Yield names and tensors of what a state dict has, tensors of several names once."""
        seen: set[int] = set()
        for name, value in self._module.state_dict(keep_vars=True).items():
            if isinstance(value, torch.Tensor) and id(value) not in seen:
                seen.add(id(value))
                yield name, value

    @property
    def module(self) -> torch.nn.Module:
        """The module, with the values that the variables have now."""
        with torch.no_grad():
            for name, value in self._tensors():
                value.copy_(self._adopted[name].value)
        return self._module

    def parameters(self, recurse: bool = True) -> Iterator[torch.nn.Parameter]:
        """Return the parameters of the module, with the values that the variables have now."""
        return self.module.parameters(recurse)

    def call(self, *args: Any, training: bool | None = None, **kwargs: Any) -> Any:
        """Run the module, in the mode of `training`; None leaves it in the mode that it has."""
        if training is not None:
            self._module.train(bool(training))
        # The module may write into its buffers, and a variable's tensor may be another's too.
        state = {n: v.value.clone() if n in self._states else v.value for n, v in self._adopted.items()}
        outputs = torch.func.functional_call(self._module, state, args, kwargs)
        self._write_back(state)
        return outputs
