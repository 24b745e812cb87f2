"""The plugin object that the entry points name."""

from keras_core.contract import LazyBackend

contract_1_0 = LazyBackend(
    "tensorflow", "keras_backend_tf", activated="host:accept_variables", classes={"TFSMLayer": "saved_model"}
)
