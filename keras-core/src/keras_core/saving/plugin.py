"""Hooks of the formats that core brings."""

from collections.abc import Mapping

from keras_core.contract import Format, hookimpl


class KerasFormats:
    """The plugin object; what reads and writes files is imported when the hook is called."""

    @hookimpl
    def keras_formats(self) -> Mapping[str, Format]:
        """`.keras`; weights as HDF5, in one file or several, and as safetensors; only read: `.h5`, folders of Orbax."""
        from keras_core.saving import keras_format, legacy_h5, orbax_format, shards, weights_format

        save_weights, load_weights = weights_format.save_weights, weights_format.load_weights
        extensions = [shards.INDEX, *(container.extension for container in weights_format.CONTAINERS.values())]
        model = Format(
            ".keras",
            save_model=keras_format.save_model,
            load_model=keras_format.load_model,
            load_weights=load_weights,
        )
        weights = {
            extension: Format(extension, save_weights=save_weights, load_weights=load_weights)
            for extension in extensions
        }
        legacy = {
            extension: Format(extension, load_model=legacy_h5.load_model, load_weights=legacy_h5.load_weights)
            for extension in legacy_h5.EXTENSIONS
        }
        folder = Format("/", load_model=orbax_format.load_model, load_weights=orbax_format.load_weights)
        return {".keras": model, **weights, **legacy, "/": folder}


contract_1_0 = KerasFormats()
