"""The part of `Layer` about quantization: what layers do that have none."""

from __future__ import annotations

from typing import Any, ClassVar

from keras_core.layers.rematerialized import Rematerialized


class Unquantized(Rematerialized):
    """Refuses to be quantized."""

    quantized_modes: ClassVar[tuple[str, ...]] = ()
    """Modes of quantization that the class knows."""

    def _note_path(self) -> None:
        super()._note_path()
        mode = self.quantization_mode
        if mode is not None and mode not in self.quantized_modes:
            raise self._not_quantized(mode)

    def take_form(self, policy: Any, config: Any) -> None:
        """Refuse a quantized form.

        Args:
            policy: the dtype policy that the layer had when it was saved.
            config: the configuration of quantization that it had.
        """
        raise self._not_quantized(policy.quantization_mode)

    def quantize(self, mode: str | None = None, type_check: bool = True, config: Any = None) -> None:
        """Keep the large weights of the layer as small integers.

        Args:
            mode: `"int8"`, `"int4"`, `"float8"`, `"gptq"` or `"awq"`; None for that of the configuration.
            type_check: whether subclasses are refused, which may compute something else from the weights.
            config: what is quantized how; None for the default of the mode.

        Raises:
            NotImplementedError: where the layer has no large weight, or none for this mode.
            ValueError: where the layer is not built, or is quantized already.
        """
        raise self._not_quantized(mode)

    def quantized_build(self, input_shape: Any, mode: str) -> None:
        """Make the variables of a quantized layer.

        Args:
            input_shape: shape of the large weight.
            mode: mode of quantization.

        Raises:
            NotImplementedError: where the layer has no large weight, or none for this mode.
        """
        raise self._not_quantized(mode)

    def quantized_call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs of a quantized layer.

        Args:
            *args: as of `call`.
            **kwargs: as of `call`.

        Raises:
            NotImplementedError: where the layer is not quantized.
        """
        raise self._not_quantized(self.quantization_mode)

    def _not_quantized(self, mode: Any) -> NotImplementedError:
        known = " or ".join(map(repr, self.quantized_modes))
        what = f"can be quantized as {known} only" if known else "has no quantized form"
        return NotImplementedError(
            f"{self.label} {what}, got the mode {mode!r}. Layers that have one are Dense, EinsumDense, Embedding and "
            "ReversibleEmbedding; give the others a dtype policy that is not quantized."
        )
