"""The plugin object that the entry points name."""

from keras_core.contract import LazyBackend

contract_1_0 = LazyBackend("torch", "keras_backend_torch", classes={"TorchModuleWrapper": "module_wrapper"})
