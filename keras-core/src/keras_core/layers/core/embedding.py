"""`Embedding`: a vector for each id."""

from __future__ import annotations

import warnings
from typing import Any

from keras_core import constraints, initializers, ops, regularizers
from keras_core.layers.arguments import Shape, integer
from keras_core.layers.core.low_rank import LowRankAdapted
from keras_core.runtime.dtypes import is_integer
from keras_core.runtime.table import active


class Embedding(LowRankAdapted):
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
        quantization_config: kept for compatibility; must be None.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for a dimension that is no positive int.

    Example:
        >>> keras.layers.Embedding(10, 4)(np.array([[1, 2, 3]])).shape
        (1, 3, 4)
    """

    adapted = "embeddings"

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
        self._refuse_quantization(quantization_config)
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
        self._embeddings = self.add_weight(
            (self.input_dim, self.output_dim),
            self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
            name="embeddings",
        )
        if self.lora_rank is not None:
            self.built = True
            self.enable_lora(self.lora_rank, self.lora_alpha)

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
        outputs = ops.take(self._embeddings, inputs, axis=0)
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
            "quantization_config": None,
            **self._low_rank_config(),
        }
