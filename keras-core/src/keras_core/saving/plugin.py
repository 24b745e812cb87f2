"""Hooks of the formats that core brings."""

from collections.abc import Mapping

from keras_core.contract import Format, hookimpl


class KerasFormats:
    """The plugin object; what reads and writes files is imported when the hook is called."""

    @hookimpl
    def keras_formats(self) -> Mapping[str, Format]:
        """`.keras`, weights alone as HDF5 and safetensors, in one file or several; `.h5`, which is only read."""
        from keras_core.saving import containers, keras_format, legacy_h5, weights_format

        save_weights, load_weights = weights_format.save_weights, weights_format.load_weights
        model = Format(
            ".keras",
            save_model=keras_format.save_model,
            load_model=keras_format.load_model,
            load_weights=load_weights,
        )
        weights = {
            extension: Format(extension, save_weights=save_weights, load_weights=load_weights)
            for extension in containers.extensions()
        }
        legacy = {
            extension: Format(extension, load_model=legacy_h5.load_model, load_weights=legacy_h5.load_weights)
            for extension in legacy_h5.EXTENSIONS
        }
        return {".keras": model, **weights, **legacy}


contract_1_0 = KerasFormats()
