"""`Embedding`: a vector for each id."""

from __future__ import annotations

import dataclasses
import warnings
from typing import Any

from keras_core import constraints, initializers, ops, regularizers
from keras_core.layers.arguments import Shape, integer
from keras_core.layers.quantization.quantizable import Quantizable
from keras_core.layers.quantization.weight import LargeWeight
from keras_core.runtime.dtypes import is_integer
from keras_core.runtime.table import active


class Embedding(Quantizable):
    """Turns ids into vectors that are learned.

    Args:
        input_dim: number of ids: they go from 0 to `input_dim - 1`.
        output_dim: size of a vector.
        embeddings_initializer: first value of the table of vectors, of shape `(input_dim, output_dim)`.
        embeddings_regularizer: penalty on the table, or None.
        embeddings_constraint: what the optimizer applies to the table after an update, or None.
        mask_zero: whether the id 0 is padding, which later layers are to leave out.
        weights: list with the first value of the table, instead of the initializer; or None.
        lora_rank: rank of a low-rank adaptation, see `enable_lora`; None for none.
        lora_alpha: the adaptation is scaled by `lora_alpha / lora_rank`; None for `lora_rank`.
        quantization_config: how it is quantized where its dtype policy, or `quantize`, says that it is; None for the
            default of the mode.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for a dimension that is no positive int.

    Example:
        >>> keras.layers.Embedding(10, 4)(np.array([[1, 2, 3]])).shape
        (1, 3, 4)
    """

    adapted = "embeddings"
    other_weights = ()
    quantized_modes = ("int8", "int4")

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        if kwargs.pop("input_length", None) is not None:
            warnings.warn("Embedding: the argument 'input_length' is of older code and has no effect.", stacklevel=2)
        # Ids keep their dtype: as float16 they would not be exact.
        kwargs["autocast"] = False
        super().__init__(**kwargs)
        self._set_quantization(quantization_config)
        self._set_low_rank(lora_rank, lora_alpha)
        self.input_dim = integer(self, "input_dim", input_dim)
        self.output_dim = integer(self, "output_dim", output_dim)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = bool(mask_zero)
        self.supports_masking = self.mask_zero
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, list | tuple) else [weights])

    def build(self, input_shape: Any = None) -> None:
        """Make the table of vectors."""
        shape = (self.input_dim, self.output_dim)
        self._add_large(shape, self.embeddings_initializer, self.embeddings_regularizer, self.embeddings_constraint)
        if self.lora_rank is not None:
            self.built = True
            self.enable_lora(self.lora_rank, self.lora_alpha)

    def quantized_build(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, embeddings_shape: Any, mode: str, config: Any = None
    ) -> None:
        """Make the variables of quantized vectors.

        Args:
            embeddings_shape: shape of the table, `(input_dim, output_dim)`.
            mode: mode of quantization.
            config: configuration of the mode; None for the default.
        """
        self._build_quantized(embeddings_shape, mode, config)

    def _describe(self, shape: tuple[int, ...]) -> tuple[LargeWeight, ...]:
        # A vector is a channel; pairs are formed within it, so that rows can be looked up.
        weight = LargeWeight(
            "embeddings", shape, "io", "o", "i", None, attribute="_embeddings", is_transposed=True, packs_rows=True
        )
        return (weight,)

    def _rows(self, ids: Any) -> Any:
        """Return the vectors of ids from quantized ones."""
        weight = self._large_weights[0]
        flat = ops.reshape(ids, (-1,))
        # What belongs to no single id stays as it is.
        parts = {
            word: value if word == "index" else ops.take(value, flat, axis=0)
            for word, value in self._parts(weight).items()
        }
        weight = dataclasses.replace(weight, shape=(-1, self.output_dim))
        rows = self._in_force.restored(weight, parts, self.compute_dtype)
        return ops.reshape(rows, (*ops.shape(ids), self.output_dim))

    @property
    def embeddings(self) -> Any:
        """The table of vectors; with low-rank adaptation, the trained change added."""
        return self._with_change()

    def call(self, inputs: Any) -> Any:
        """Return the vectors, of shape `(*inputs.shape, output_dim)`.

        Args:
            inputs: tensor of ids.
        """
        if not is_integer(active().dtype_of(inputs)):
            inputs = ops.cast(inputs, "int32")
        outputs = self._rows(inputs) if self._scheme is not None else ops.take(self._embeddings, inputs, axis=0)
        if self.lora_enabled:
            change = ops.matmul(ops.take(self._factor_a, inputs, axis=0), self._factor_b)
            outputs = ops.add(outputs, ops.multiply(change, self._change_scale))
        return outputs if self.compute_dtype == self.variable_dtype else ops.cast(outputs, self.compute_dtype)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return which ids are not 0, None without `mask_zero`."""
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs."""
        return (*input_shape, self.output_dim)

    def compute_output_spec(self, inputs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return symbolic tensors of the shapes and dtypes of the outputs.

        Args:
            inputs: as of `call`, symbolic tensors.
        """
        return super().compute_output_spec(inputs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": initializers.serialize(self.embeddings_initializer),
            "embeddings_regularizer": regularizers.serialize(self.embeddings_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "embeddings_constraint": constraints.serialize(self.embeddings_constraint),
            "mask_zero": self.mask_zero,
            **self._quantization_in_config(),
            **self._low_rank_config(),
        }
