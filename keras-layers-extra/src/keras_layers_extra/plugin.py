"""The hook that tells keras-core which classes the pack brings."""

from collections.abc import Mapping

from keras_core.contract import hookimpl
from keras_layers_extra import HOMES


class LayersExtra:
    """The plugin object."""

    @hookimpl
    def keras_serializables(self) -> Mapping[str, str]:
        """All classes of the pack: under these names they are saved, and found as `keras_core.layers.X`."""
        return {f"keras_layers_extra>{name}": f"{module}:{name}" for name, module in HOMES.items()}


contract_1_0 = LayersExtra()
