"""Attention of one head: `Attention` by products, `AdditiveAttention` by sums."""

from __future__ import annotations

from typing import Any

from keras_core import ops
from keras_core.layers.arguments import Shape, choice, number
from keras_core.layers.attention.masks import as_bool, joined, near
from keras_core.layers.build import is_shape
from keras_core.layers.layer import Layer
from keras_core.ops.random_numbers import SeedGenerator, dropout
from keras_core.runtime.table import active
from keras_core.runtime.variable import Variable


class Attention(Layer):
    """Weights values by how well their keys fit the queries.

    Args:
        use_scale: whether the scores are multiplied by a learned number.
        score_mode: `"dot"`: a score is the product of query and key; `"concat"`: the sum of `tanh(query + key)`, times
            a learned number.
        dropout: probability with which a weight is set to 0 while training.
        seed: int from which the dropout comes, or None.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for another mode, a dropout out of range, or (the call) for anything but two or three inputs.

    Source:
        Luong et al., "Effective Approaches to Attention-based Neural Machine Translation", 2015,
        https://arxiv.org/abs/1508.04025.

    Example:
        >>> keras.layers.Attention()([np.ones((2, 4, 3)), np.ones((2, 5, 3))]).shape
        (2, 4, 3)
    """

    scale: Variable | None
    concat_score_weight: Variable | None

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.use_scale = bool(use_scale)
        self.score_mode = choice(self, "score_mode", score_mode, ("dot", "concat"))
        self.dropout = number(self, "dropout", dropout, maximum=1)
        self.seed = seed
        if self.dropout > 0:
            self.seed_generator = SeedGenerator(seed)
        self.scale = None
        self.concat_score_weight = None
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Make the learned numbers.

        Args:
            input_shape: list of the shapes of queries, values and perhaps keys.
        """
        self._shapes(input_shape)
        if self.use_scale:
            self.scale = self.add_weight((), "ones", name="scale")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight((), "ones", name="concat_score_weight")

    def _shapes(self, input_shape: Any) -> list[Shape]:
        if is_shape(input_shape) or not isinstance(input_shape, list | tuple) or len(input_shape) not in (2, 3):
            raise ValueError(
                f"{self.label}: expected a list of inputs [query, value] or [query, value, key], got the shape "
                f"{input_shape}."
            )
        return [tuple(shape) for shape in input_shape]

    def scores(self, query: Any, key: Any) -> Any:
        """Return how well each key fits each query, of shape `(batch, queries, keys)`.

        Args:
            query: tensor of shape `(batch, queries, features)`.
            key: tensor of shape `(batch, keys, features)`.
        """
        if self.score_mode == "dot":
            scores = ops.matmul(query, ops.swapaxes(key, -2, -1))
            return scores if self.scale is None else ops.multiply(scores, self.scale)
        sums = _sums(query, key)
        sums = sums if self.scale is None else ops.multiply(sums, self.scale)
        return ops.multiply(ops.sum(ops.tanh(sums), -1), self.concat_score_weight)

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        training: bool = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return the weighted values.

        Args:
            inputs: list of queries `(batch, queries, features)`, values `(batch, keys, size)` and perhaps keys
                `(batch, keys, features)`; without these the values are the keys.
            mask: list of bool tensors or None, for queries and values: False for queries whose result is set to 0, and
                for values that no query sees.
            training: whether dropout is applied.
            return_attention_scores: whether the weights are returned too.
            use_causal_mask: whether a query sees no key that comes after it.

        Returns:
            Tensor of shape `(batch, queries, size)`; with `return_attention_scores` a pair of it and the weights, of
            shape `(batch, queries, keys)`.

        Raises:
            ValueError: for anything but lists of these lengths.
        """
        query_mask, value_mask = self._masks(mask)
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        scores = self.scores(query, key)
        seen = joined(
            None if value_mask is None else ops.expand_dims(as_bool(value_mask), -2),
            near(ops.shape(scores)[-2], ops.shape(scores)[-1], use_causal_mask, None),
        )
        if seen is not None:
            # Subtracted, so that a query that sees no key keeps the order of its scores.
            much = 65504.0 if active().dtype_of(scores) == "float16" else 1e9
            hidden = ops.cast(ops.logical_not(seen), active().dtype_of(scores))
            scores = ops.subtract(scores, ops.multiply(hidden, much))
        weights = ops.softmax(scores, -1)
        if training and self.dropout > 0:
            weights = dropout(weights, self.dropout, None, self.seed_generator)
        found = ops.matmul(weights, value)
        if query_mask is not None:
            found = ops.multiply(found, ops.cast(ops.expand_dims(query_mask, -1), active().dtype_of(found)))
        return (found, weights) if return_attention_scores else found

    def _masks(self, mask: Any) -> tuple[Any, Any]:
        if mask is None:
            return None, None
        if not isinstance(mask, list | tuple) or len(mask) not in (2, 3):
            got = f"a list of {len(mask)}" if isinstance(mask, list | tuple) else f"a {type(mask).__name__}"
            raise ValueError(f"{self.label}: expected a list [query_mask, value_mask] for 'mask', got {got}.")
        return mask[0], mask[1]

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the mask of the queries."""
        return self._masks(mask)[0]

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs.

        Args:
            input_shape: list of the shapes of the inputs.
        """
        query, value, *_ = self._shapes(input_shape)
        return (*query[:-1], value[-1])

    def compute_output_spec(
        self,
        inputs: Any,
        mask: Any = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return symbolic tensors of the shapes and dtypes of the outputs.

        Args:
            inputs: as of `call`, symbolic tensors.
            mask: as of `call`.
            return_attention_scores: as of `call`.
            training: as of `call`.
            use_causal_mask: as of `call`.
        """
        return super().compute_output_spec(
            inputs,
            mask=mask,
            training=training,
            return_attention_scores=return_attention_scores,
            use_causal_mask=use_causal_mask,
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "use_scale": self.use_scale,
            "score_mode": self.score_mode,
            "dropout": self.dropout,
            "seed": self.seed,
        }


class AdditiveAttention(Attention):
    """Weights values by the sum of `scale * tanh(query + key)`.

    Args:
        use_scale: whether each feature is multiplied by a learned number.
        dropout: probability with which a weight is set to 0 while training.
        **kwargs: as of `Layer`, and `seed` as of `Attention`.

    Raises:
        ValueError: for a dropout out of range, or (the call) for anything but two or three inputs.

    Source:
        Bahdanau et al., "Neural Machine Translation by Jointly Learning to Align and Translate", 2014,
        https://arxiv.org/abs/1409.0473.

    Example:
        >>> keras.layers.AdditiveAttention()([np.ones((2, 4, 3)), np.ones((2, 5, 3))]).shape
        (2, 4, 3)
    """

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape: Any) -> None:
        """Make the learned numbers, one a feature.

        Args:
            input_shape: list of the shapes of queries, values and perhaps keys.
        """
        query = self._shapes(input_shape)[0]
        if self.use_scale:
            self.scale = self.add_weight((query[-1],), "glorot_uniform", name="scale")

    def scores(self, query: Any, key: Any) -> Any:
        """Return how well each key fits each query, of shape `(batch, queries, keys)`.

        Args:
            query: tensor of shape `(batch, queries, features)`.
            key: tensor of shape `(batch, keys, features)`.
        """
        found = ops.tanh(_sums(query, key))
        return ops.sum(found if self.scale is None else ops.multiply(found, self.scale), -1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        config = super().get_config()
        del config["score_mode"]
        return config


def _sums(query: Any, key: Any) -> Any:
    """Return each query plus each key, of shape `(batch, queries, keys, features)`."""
    return ops.add(ops.expand_dims(query, -2), ops.expand_dims(key, -3))
