"""Hooks of the formats that core brings."""

from collections.abc import Mapping

from keras_core.contract import Format, hookimpl


class KerasFormats:
    """The plugin object; what reads and writes files is imported when the hook is called."""

    @hookimpl
    def keras_formats(self) -> Mapping[str, Format]:
        """`.keras` and `.weights.h5`; the legacy `.h5`, which is read only."""
        from keras_core.saving import keras_format, legacy_h5

        legacy = {"load_model": legacy_h5.load_model, "load_weights": legacy_h5.load_weights}
        weights = {"save_weights": keras_format.save_weights, "load_weights": keras_format.load_weights}
        return {
            ".keras": Format(
                ".keras",
                save_model=keras_format.save_model,
                load_model=keras_format.load_model,
                load_weights=keras_format.load_weights,
            ),
            ".weights.h5": Format(".weights.h5", **weights),
            ".h5": Format(".h5", **legacy),
            ".hdf5": Format(".hdf5", **legacy),
        }


contract_1_0 = KerasFormats()
