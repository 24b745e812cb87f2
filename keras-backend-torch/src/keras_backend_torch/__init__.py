"""The PyTorch backend of keras-core; core finds it through the entry point `torch`."""

from keras_core.contract import lazy_names

__getattr__ = lazy_names(__name__, {"to_module": "module_view"})
