"""`MultiHeadAttention`."""

from __future__ import annotations

from typing import Any

from keras_core.layers.arguments import Shape, integer, wrong
from keras_core.layers.attention.heads import HeadedAttention
from keras_core.layers.core.einsum_dense import EinsumDense
from keras_core.layers.regularization.noise import Dropout


class MultiHeadAttention(HeadedAttention):
    """Attention of several heads: queries, keys and values are projected, attended to, and projected back.

    Args:
        num_heads: number of heads.
        key_dim: size of a head of queries and keys.
        value_dim: size of a head of values; None for `key_dim`.
        dropout: probability with which an attention score is set to 0 while training.
        use_bias: whether the projections have biases.
        output_shape: int or tuple of ints: sizes of the last axes of the outputs; None for that of the queries.
        attention_axes: int or tuple of ints: the axes over which is attended; None for all between the batch and the
            features.
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
        ValueError: for a size that is no positive int, and for `flash_attention` with dropout.

    Source:
        Vaswani et al., "Attention Is All You Need", 2017, https://arxiv.org/abs/1706.03762.

    Example:
        >>> layer = keras.layers.MultiHeadAttention(num_heads=2, key_dim=3)
        >>> layer(np.ones((1, 4, 6)), np.ones((1, 5, 6))).shape
        (1, 4, 6)
    """

    num_heads: int
    key_dim: int
    value_dim: int
    query_dense: EinsumDense
    key_dense: EinsumDense
    value_dense: EinsumDense
    output_dense: EinsumDense

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        attention_axes: Any = None,
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
        self.num_heads = integer(self, "num_heads", num_heads)
        self.key_dim = self._head_size = integer(self, "key_dim", key_dim)
        self.value_dim = self.key_dim if value_dim is None else integer(self, "value_dim", value_dim)
        self._output_sizes = None if output_shape is None else self._integers("output_shape", output_shape, 1)
        self._given_axes = None if attention_axes is None else self._integers("attention_axes", attention_axes, None)
        self.attention_axes = self._given_axes

    def _integers(self, name: str, value: Any, minimum: int | None) -> tuple[int, ...]:
        values = value if isinstance(value, list | tuple) else (value,)
        if not values:
            raise wrong(self, name, "an int or a tuple of ints", value)
        return tuple([integer(self, name, item, minimum) for item in values])

    # building

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
        self.attention_axes = self._axes(query_shape)
        heads = (self.num_heads,)
        self.query_dense = self._projection("query", query_shape, (*heads, self.key_dim))
        self.key_dense = self._projection("key", key_shape, (*heads, self.key_dim))
        if self.use_gate:
            self._gate_dense = self._projection("gate", query_shape, (*heads, self.value_dim))
        self.value_dense = self._projection("value", value_shape, (*heads, self.value_dim))
        self._dropout_layer = Dropout(self.dropout, dtype=self.dtype_policy, seed=self.seed, name="dropout")
        found = (*query_shape[:-1], *heads, self.value_dim)
        self.output_dense = self._projection(
            "attention_output", found, self._output_sizes or (query_shape[-1],), summed=2
        )
        self._equations(len(query_shape))

    def _axes(self, query_shape: Any) -> tuple[int, ...]:
        """Return the axes over which is attended, counted from the start."""
        ndim = len(query_shape)
        if self._given_axes is None:
            return tuple(range(1, ndim - 1))
        axes = tuple(sorted(axis + ndim if axis < 0 else axis for axis in self._given_axes))
        if axes[0] < 1 or axes[-1] > ndim - 2 or len(set(axes)) < len(axes):
            raise wrong(
                self, "attention_axes", f"axes from 1 to {ndim - 2} of inputs with {ndim} axes", self._given_axes
            )
        return axes

    # calls

    def _projected(self, query: Any, value: Any, key: Any) -> tuple[Any, Any, Any]:
        return self.query_dense(query), self.key_dense(key), self.value_dense(value)

    def _projected_back(self, found: Any) -> Any:
        return self.output_dense(found)

    # shapes and configuration

    def compute_output_shape(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> Shape:
        """Return the shape of the outputs.

        Raises:
            ValueError: where the shapes do not fit each other.
        """
        key_shape = value_shape if key_shape is None else key_shape
        self._check_shapes(tuple(query_shape), tuple(value_shape), tuple(key_shape))
        return (*query_shape[:-1], *(self._output_sizes or query_shape[-1:]))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "output_shape": self._output_sizes,
            "attention_axes": self.attention_axes,
            **({} if self.flash_attention is None else {"flash_attention": self.flash_attention}),
            **self._common_config(),
        }
