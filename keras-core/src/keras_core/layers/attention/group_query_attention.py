"""`GroupQueryAttention`: attention whose groups of query heads share keys and values."""

from __future__ import annotations

from typing import Any

from keras_core import ops
from keras_core.layers.arguments import Shape, integer
from keras_core.layers.attention.heads import HeadedAttention
from keras_core.layers.core.einsum_dense import EinsumDense
from keras_core.layers.regularization.noise import Dropout


class GroupQueryAttention(HeadedAttention):
    """Attention of several heads, where several heads of queries share one head of keys and values.

    Args:
        head_dim: size of a head.
        num_query_heads: number of heads of the queries.
        num_key_value_heads: number of heads of keys and values, a divisor of it: with as many it is
            `MultiHeadAttention`, with 1 multi-query attention.
        dropout: probability with which an attention score is set to 0 while training.
        use_bias: whether the projections have biases.
        sliding_window: a query sees only keys that are less than this many positions away; None for all.
        flash_attention: asks for a fused kernel, None leaves it to the backend; backends without one compute the same.
        kernel_initializer: first value of the kernels.
        bias_initializer: first value of the biases.
        kernel_regularizer: penalty on the kernels, or None.
        bias_regularizer: penalty on the biases, or None.
        activity_regularizer: penalty on the outputs, or None.
        kernel_constraint: what the optimizer applies to the kernels after an update, or None.
        bias_constraint: the same for the biases.
        use_gate: whether what the heads found is multiplied by a sigmoid of a projection of the queries.
        seed: int from which the dropout comes, or None.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for a size that is no positive int, numbers of heads that do not divide, and for `flash_attention`
            with dropout.

    Source:
        Ainslie et al., "GQA: Training Generalized Multi-Query Transformer Models from Multi-Head Checkpoints", 2023,
        https://arxiv.org/abs/2305.13245.

    Example:
        >>> layer = keras.layers.GroupQueryAttention(head_dim=3, num_query_heads=4, num_key_value_heads=2)
        >>> layer(np.ones((1, 4, 6)), np.ones((1, 5, 6))).shape
        (1, 4, 6)
    """

    _name_in_files = "GroupedQueryAttention"

    _query_dense: EinsumDense
    _key_dense: EinsumDense
    _value_dense: EinsumDense
    _output_dense: EinsumDense

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            dropout,
            use_bias,
            sliding_window,
            flash_attention,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            use_gate,
            seed,
            **kwargs,
        )
        self.head_dim = self._head_size = integer(self, "head_dim", head_dim)
        self.num_query_heads = integer(self, "num_query_heads", num_query_heads)
        self.num_key_value_heads = integer(self, "num_key_value_heads", num_key_value_heads)
        if self.num_query_heads % self.num_key_value_heads:
            raise ValueError(
                f"{self.label}: expected 'num_query_heads' to be a multiple of 'num_key_value_heads', got "
                f"{num_query_heads} and {num_key_value_heads}."
            )
        self.attention_axes = (1,)

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        """Make the projections.

        Args:
            query_shape: shape of the queries.
            value_shape: shape of the values.
            key_shape: shape of the keys; None for that of the values.

        Raises:
            ValueError: where the shapes do not fit each other.
        """
        key_shape = value_shape if key_shape is None else key_shape
        self._check_shapes(tuple(query_shape), tuple(value_shape), tuple(key_shape))
        queries, groups = (self.num_query_heads, self.head_dim), (self.num_key_value_heads, self.head_dim)
        self._query_dense = self._projection("query", query_shape, queries)
        self._key_dense = self._projection("key", key_shape, groups)
        if self.use_gate:
            self._gate_dense = self._projection("gate", query_shape, queries)
        self._value_dense = self._projection("value", value_shape, groups)
        self._dropout_layer = Dropout(self.dropout, dtype=self.dtype_policy, seed=self.seed, name="dropout")
        found = (*query_shape[:-1], *queries)
        self._output_dense = self._projection("attention_output", found, (query_shape[-1],), summed=2)
        self._equations(len(query_shape))

    def _check_shapes(self, query: Shape, value: Shape, key: Shape) -> None:
        super()._check_shapes(query, value, key)
        if len(query) != 3:
            raise ValueError(f"{self.label}: expected queries of shape (batch, steps, features), got {query}.")

    def _projected(self, query: Any, value: Any, key: Any) -> tuple[Any, Any, Any]:
        shared = self.num_query_heads // self.num_key_value_heads
        keys, values = self._key_dense(key), self._value_dense(value)
        if shared > 1:
            keys, values = ops.repeat(keys, shared, 2), ops.repeat(values, shared, 2)
        return self._query_dense(query), keys, values

    def _projected_back(self, found: Any) -> Any:
        return self._output_dense(found)

    def compute_output_shape(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> Shape:
        """Return the shape of the outputs, that of the queries.

        Raises:
            ValueError: where the shapes do not fit each other.
        """
        key_shape = value_shape if key_shape is None else key_shape
        self._check_shapes(tuple(query_shape), tuple(value_shape), tuple(key_shape))
        return tuple(query_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "head_dim": self.head_dim,
            "num_query_heads": self.num_query_heads,
            "num_key_value_heads": self.num_key_value_heads,
            **({} if self.flash_attention is None else {"flash_attention": self.flash_attention}),
            **self._common_config(),
        }
