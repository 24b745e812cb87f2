"""`ReversibleEmbedding`: vectors for ids, and scores of the ids for vectors."""

from __future__ import annotations

import dataclasses
from typing import Any

from keras_core import ops
from keras_core.layers.arguments import Shape, number, wrong
from keras_core.layers.core.embedding import Embedding
from keras_core.layers.quantization.table import stored_names
from keras_core.layers.quantization.weight import LargeWeight
from keras_core.runtime.dtypes import standardize_dtype


class ReversibleEmbedding(Embedding):
    """Turns ids into vectors that are learned, and, reversed, vectors into a score of each id.

    Args:
        input_dim: number of ids: they go from 0 to `input_dim - 1`.
        output_dim: size of a vector.
        tie_weights: whether the scores are products with the vectors of the ids; otherwise there is a second table, of
            shape `(output_dim, input_dim)`.
        embeddings_initializer: first value of the table of vectors, of shape `(input_dim, output_dim)`, and of the
            second one.
        embeddings_regularizer: penalty on the tables, or None.
        embeddings_constraint: what the optimizer applies to the tables after an update, or None.
        mask_zero: whether the id 0 is padding, which later layers are to leave out.
        reverse_dtype: dtype in which scores are computed; None for the compute dtype.
        logit_soft_cap: scores are bent so that none is larger, `cap * tanh(scores / cap)`; None for none.
        **kwargs: as of `Embedding`.

    Raises:
        ValueError: for a dimension that is no positive int, and for a cap that is not positive.

    Source:
        Press and Wolf, "Using the Output Embedding to Improve Language Models", 2017,
        https://arxiv.org/abs/1608.05859.

    Example:
        >>> layer = keras.layers.ReversibleEmbedding(10, 4)
        >>> vectors = layer(np.array([[1, 2, 3]]))
        >>> layer(vectors, reverse=True).shape
        (1, 3, 10)
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        tie_weights: bool = True,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        reverse_dtype: Any = None,
        logit_soft_cap: float | None = None,
        **kwargs: Any,
    ) -> None:
        first = kwargs.pop("weights", None)
        super().__init__(
            input_dim,
            output_dim,
            embeddings_initializer,
            embeddings_regularizer,
            embeddings_constraint,
            mask_zero,
            **kwargs,
        )
        self.tie_weights = bool(tie_weights)
        self.reverse_dtype = None if reverse_dtype is None else standardize_dtype(reverse_dtype)
        self.logit_soft_cap = None if logit_soft_cap is None else number(self, "logit_soft_cap", logit_soft_cap)
        if self.logit_soft_cap == 0:
            raise wrong(self, "logit_soft_cap", "a number > 0 or None", logit_soft_cap)
        if first is not None:
            self.build()
            self.set_weights(first if isinstance(first, list | tuple) else [first])

    def build(self, input_shape: Any = None) -> None:
        """Make the tables."""
        if not self.tie_weights:
            rank, self.lora_rank = self.lora_rank, None  # the low-rank change comes after all tables
        super().build(input_shape)
        if not self.tie_weights:
            if self._scheme is None:
                self.reverse_embeddings = self.add_weight(
                    (self.output_dim, self.input_dim),
                    self.embeddings_initializer,
                    regularizer=self.embeddings_regularizer,
                    constraint=self.embeddings_constraint,
                    name="reverse_embeddings",
                )
            if rank is not None:
                self.built = True
                self.enable_lora(rank, self.lora_alpha)

    def _describe(self, shape: tuple[int, ...]) -> tuple[LargeWeight, ...]:
        (table,) = super()._describe(shape)
        if self.tie_weights:
            return (dataclasses.replace(table, product=_scores),)
        # Its blocks are those of the other table, along the same axis.
        name = "reverse_embeddings"
        reverse = LargeWeight(
            name, shape[::-1], "oi", "o", "i", ops.matmul, attribute=name, packs_rows=True, index=None, zero_dtype=None
        )
        return (table, reverse)

    @property
    def variable_serialization_spec(self) -> dict[str | None, list[str]]:
        """Names of what files hold, in their order, for each mode of quantization; None for none."""
        names = super().variable_serialization_spec
        if self.tie_weights:
            return names
        reverse = stored_names("reverse_embeddings", (), self.quantized_modes)
        return {mode: [*own, *(name for name in reverse[mode] if name != "g_idx")] for mode, own in names.items()}

    @property
    def _reverse_weight(self) -> LargeWeight:
        return self._large_weights[-1]

    def call(self, inputs: Any, reverse: bool = False) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the vectors of ids, of shape `(*inputs.shape, output_dim)`; or scores.

        Args:
            inputs: tensor of ids; reversed, of vectors, of shape `(..., output_dim)`.
            reverse: whether the scores of the ids are returned, of shape `(..., input_dim)`.
        """
        if not reverse:
            return super().call(inputs)
        dtype = self._dtype_of_scores
        if self._scheme is not None:
            return self._bent(ops.cast(self._quantized_product(inputs, self._reverse_weight), dtype))
        table = ops.transpose(self.embeddings) if self.tie_weights else self.reverse_embeddings
        return self._bent(ops.matmul(ops.cast(inputs, dtype), ops.cast(table, dtype)))

    def _bent(self, scores: Any) -> Any:
        if self.logit_soft_cap is not None:
            scores = ops.multiply(ops.tanh(ops.divide(scores, self.logit_soft_cap)), self.logit_soft_cap)
        return scores

    @property
    def _dtype_of_scores(self) -> str:
        return self.compute_dtype if self.reverse_dtype is None else self.reverse_dtype

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return which ids are not 0, None without `mask_zero`; vectors keep their mask."""
        is_float = "float" in standardize_dtype(inputs.dtype)
        return mask if is_float else super().compute_mask(inputs, mask)

    def compute_output_shape(self, input_shape: Any, reverse: bool = False) -> Shape:
        """Return the shape of the outputs."""
        return (*input_shape[:-1], self.input_dim) if reverse else super().compute_output_shape(input_shape)

    def compute_output_spec(self, inputs: Any, reverse: bool = False) -> Any:
        """Return symbolic tensors of the shapes and dtypes of the outputs.

        Args:
            inputs: as of `call`, symbolic tensors.
            reverse: as of `call`.
        """
        return super(Embedding, self).compute_output_spec(inputs, reverse)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "tie_weights": self.tie_weights,
            "reverse_dtype": self.reverse_dtype,
            "logit_soft_cap": self.logit_soft_cap,
        }


def _scores(vectors: Any, table: Any) -> Any:
    return ops.matmul(vectors, ops.transpose(table))
