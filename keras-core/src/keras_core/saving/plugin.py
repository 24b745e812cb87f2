"""Hooks of the formats that core brings."""

from collections.abc import Mapping

from keras_core.contract import Format, hookimpl


class KerasFormats:
    """The plugin object; what reads and writes files is imported when the hook is called."""

    @hookimpl
    def keras_formats(self) -> Mapping[str, Format]:
        """`.keras` and `.weights.h5`."""
        from keras_core.saving import keras_format

        weights = {"save_weights": keras_format.save_weights, "load_weights": keras_format.load_weights}
        return {
            ".keras": Format(
                ".keras",
                save_model=keras_format.save_model,
                load_model=keras_format.load_model,
                load_weights=keras_format.load_weights,
            ),
            ".weights.h5": Format(".weights.h5", **weights),
        }


contract_1_0 = KerasFormats()
