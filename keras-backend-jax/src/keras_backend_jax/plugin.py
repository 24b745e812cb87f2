"""The plugin object that the entry points name."""

from keras_core.contract import LazyBackend

contract_1_0 = LazyBackend(
    "jax",
    "keras_backend_jax",
    primitives="primitives:primitives",
    kernels="nn:all_kernels",
    devices="devices:devices",
    host_conversion="host:host_conversion",
    classes={"FlaxLayer": "flax_layer", "JaxLayer": "jax_layer"},
)
