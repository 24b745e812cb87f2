"""Hooks of the formats that core brings."""

from collections.abc import Mapping

from keras_core.contract import Format, hookimpl


class KerasFormats:
    """The plugin object; what reads and writes files is imported when the hook is called."""

    @hookimpl
    def keras_formats(self) -> Mapping[str, Format]:
        """`.keras`, and weights alone as HDF5, in one file or in several, and as safetensors."""
        from keras_core.saving import keras_format, shards, weights_format

        save_weights, load_weights = weights_format.save_weights, weights_format.load_weights
        extensions = [shards.INDEX, *(container.extension for container in weights_format.CONTAINERS.values())]
        model = Format(
            ".keras",
            save_model=keras_format.save_model,
            load_model=keras_format.load_model,
            load_weights=load_weights,
        )
        return {".keras": model} | {
            extension: Format(extension, save_weights=save_weights, load_weights=load_weights)
            for extension in extensions
        }


contract_1_0 = KerasFormats()
