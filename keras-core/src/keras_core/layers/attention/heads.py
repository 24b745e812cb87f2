"""What layers of attention with several heads have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from keras_core import constraints, initializers, ops, regularizers
from keras_core.layers.arguments import Shape, integer, number, wrong
from keras_core.layers.attention.masks import as_bool, joined, near, product
from keras_core.layers.core.einsum_dense import EinsumDense
from keras_core.layers.layer import Layer
from keras_core.ops.elementwise import largest_finite
from keras_core.runtime.call_context import set_mask
from keras_core.runtime.table import active

_LETTERS = "abcdefghijklmopqrsuvwxyz"  # without n, the heads, and t, the features of a head
_HALF = ("float16", "bfloat16")


class HeadedAttention(Layer):
    """Attention of several heads; users take the subclasses.

    A subclass sets the size of a head, makes the projections in its `build`, and writes `_projected` and
    `_projected_back`.
    """

    dropout: float
    use_bias: bool
    attention_axes: tuple[int, ...] | None
    _head_size: int

    def __init__(
        self,
        dropout: float,
        use_bias: bool,
        sliding_window: int | None,
        flash_attention: bool | None,
        kernel_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        bias_regularizer: Any,
        activity_regularizer: Any,
        kernel_constraint: Any,
        bias_constraint: Any,
        use_gate: bool,
        seed: int | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.use_bias = bool(use_bias)
        self.use_gate = bool(use_gate)
        self.sliding_window = None if sliding_window is None else integer(self, "sliding_window", sliding_window)
        self.flash_attention = flash_attention
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.seed = seed
        self.supports_masking = True
        self.dropout = number(self, "dropout", dropout, maximum=1)
        if flash_attention and self.dropout > 0:
            raise wrong(self, "dropout", "0 with flash_attention=True", dropout)

    # building

    def _check_shapes(self, query: Shape, value: Shape, key: Shape) -> None:
        shown = f"query {query}, value {value} and key {key}"
        if min(len(query), len(value)) < 3 or not len(query) == len(value) == len(key):
            raise ValueError(f"{self.label}: expected inputs of one rank, 3 or more, got the shapes of {shown}.")
        if any(a != b for a, b in zip(value[:-1], key[:-1], strict=True) if a is not None and b is not None):
            raise ValueError(
                f"{self.label}: expected keys and values whose shapes are equal but for the last axis, got the "
                f"shapes of {shown}."
            )

    def _projection(self, name: str, shape: Any, sizes: Sequence[int | None], summed: int = 1) -> EinsumDense:
        """Return a built dense layer from the last `summed` axes to axes of the given sizes."""
        letters = _LETTERS[: len(shape) - summed], _LETTERS[len(shape) - summed : len(shape)]
        outputs = _LETTERS[len(shape) : len(shape) + len(sizes)]
        layer = EinsumDense(
            f"{letters[0]}{letters[1]},{letters[1]}{outputs}->{letters[0]}{outputs}",
            (*(None,) * (len(shape) - summed - 1), *sizes),
            bias_axes=outputs if self.use_bias else None,
            kernel_initializer=_again(self.kernel_initializer),
            bias_initializer=_again(self.bias_initializer),
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            kernel_constraint=self.kernel_constraint,
            bias_constraint=self.bias_constraint,
            dtype=self.dtype_policy,
            trainable=self.trainable,
            name=name,
        )
        layer.supports_masking = True  # the masks of inputs hold for each position
        layer.build(tuple(shape))
        return layer

    def _equations(self, ndim: int) -> None:
        """Note the einsum equations of scores and of results, and where scores get an axis for the heads."""
        axes = self.attention_axes or ()
        query = _LETTERS[: ndim - 1]
        keys = iter(_LETTERS[ndim - 1 :])
        key = "".join(next(keys) if axis in axes else letter for axis, letter in enumerate(query))
        batch = "".join(letter for axis, letter in enumerate(query) if axis not in axes)
        attended = ["".join(letters[axis] for axis in axes) for letters in (query, key)]
        scores = f"{batch}n{attended[0]}{attended[1]}"
        self._score_equation = f"{query}nt,{key}nt->{scores}"
        self._result_equation = f"{scores},{key}nt->{query}nt"
        # The fused op has one axis of batches, and one over which is attended.
        self._is_plain = ndim == 3
        self._score_rank = len(scores)

    # calls

    def call(
        self,
        query: Any,
        value: Any,
        key: Any = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return what the queries found.

        Args:
            query: tensor of shape `(batch, ..., features)`, the axes over which is attended between.
            value: tensor of the same number of axes.
            key: tensor of the shape of the values but for the features; None for the values.
            query_mask: bool tensor of the shape of the queries without the last axis, False for padding: the mask of
                the outputs. What padding finds is computed all the same.
            value_mask: bool tensor of the shape of the values without the last axis: False for what no query sees.
            key_mask: the same for the keys.
            attention_mask: bool tensor, True where a query sees a key: of shape `(batch, queries, keys)`, or of another
                that broadcasts to the scores without the axis of heads, or to the scores. With several axes for queries
                and for keys, these come one after the other.
            return_attention_scores: whether the scores are returned too.
            training: whether dropout is applied.
            use_causal_mask: whether a query sees no key that comes after it.

        Returns:
            Tensor of shape `(batch, ..., *output_shape)`; with `return_attention_scores` a pair of it and the scores,
            of shape `(batch, num_heads, queries, keys)`. The scores of a query that sees no key are 0; without scores
            and dropout it gets the mean of all values, as from `ops.dot_product_attention`.

        Raises:
            ValueError: for a mask that does not fit, and for scores with `flash_attention=True`.
        """
        if return_attention_scores and self.flash_attention:
            raise ValueError(f"{self.label}: expected flash_attention=None or False to return scores, got True.")
        mask = self._mask(query, value, value_mask, key_mask, attention_mask, use_causal_mask)
        queries, keys, values = self._projected(query, value, value if key is None else key)
        scores = None
        if self._is_plain and not return_attention_scores and not (training and self.dropout > 0):
            found = ops.dot_product_attention(
                queries, keys, values, mask=mask, scale=self._scale, flash_attention=self.flash_attention
            )
        else:
            found, scores = self._attended(queries, keys, values, mask, training)
        if self.use_gate:
            found = ops.multiply(found, ops.sigmoid(self._gate_dense(query)))
        outputs = self._projected_back(found)
        if query_mask is not None:
            set_mask(outputs, query_mask)  # here, since the scores do not have it
        return (outputs, scores) if return_attention_scores else outputs

    def _projected(self, query: Any, value: Any, key: Any) -> tuple[Any, Any, Any]:
        """Return queries, keys and values of the heads, as many of each, of shape `(batch, ..., heads, size)`."""
        raise NotImplementedError(f"{self.label} has no method _projected().")

    def _projected_back(self, found: Any) -> Any:
        """Return the outputs for what the heads found."""
        raise NotImplementedError(f"{self.label} has no method _projected_back().")

    @property
    def _scale(self) -> float:
        return 1.0 / math.sqrt(self._head_size)

    def _attended(self, queries: Any, keys: Any, values: Any, mask: Any, training: bool | None) -> tuple[Any, Any]:
        """Return the weighted values, and the weights."""
        dtype = active().dtype_of(values)
        scores = ops.einsum(self._score_equation, ops.multiply(queries, self._scale), keys)
        if dtype in _HALF:
            scores = ops.cast(scores, "float32")
        if mask is not None:
            scores = ops.where(mask, scores, -0.7 * float(largest_finite(active().dtype_of(scores))))
        axes = tuple(range(-len(self.attention_axes or ()), 0))
        weights = ops.softmax(scores, axes)
        if mask is not None:
            weights = ops.where(mask, weights, 0.0)
        if dtype in _HALF:
            weights = ops.cast(weights, dtype)
        dropped = self._dropout_layer(weights, training=training) if self.dropout > 0 else weights
        return ops.einsum(self._result_equation, dropped, values), weights

    # masks

    def _mask(self, query: Any, value: Any, value_mask: Any, key_mask: Any, attention_mask: Any, causal: bool) -> Any:
        """Return the mask that broadcasts to the scores, None where every query sees every key."""
        sizes = self._attended_sizes(query), self._attended_sizes(value)
        positions = near(product(sizes[0]), product(sizes[1]), causal, self.sliding_window)
        if positions is not None and len(sizes[0]) > 1:
            # Positions on several axes are in row-major order.
            positions = ops.reshape(positions, (*sizes[0], *sizes[1]))
        return joined(
            self._mask_of_keys("value_mask", value, value_mask),
            self._mask_of_keys("key_mask", value, key_mask),
            self._mask_of_pairs(attention_mask),
            positions,
        )

    def _attended_sizes(self, x: Any) -> tuple[Any, ...]:
        sizes = ops.shape(x)
        return tuple(sizes[axis] for axis in self.attention_axes or ())

    def _mask_of_keys(self, name: str, x: Any, mask: Any) -> Any:
        """Return a mask of keys that broadcasts to the scores."""
        if mask is None:
            return None
        mask = as_bool(mask)
        if mask.ndim != x.ndim - 1:
            shape = tuple(ops.shape(x)[:-1])
            raise ValueError(f"{self.label}: expected '{name}' of shape {shape}, got {tuple(ops.shape(mask))}.")
        axes = self.attention_axes or ()
        batch = [axis for axis in range(mask.ndim) if axis not in axes]
        mask = ops.transpose(mask, (*batch, *axes))
        # The axes of heads and of queries stand between those of the batch and of the keys.
        return ops.expand_dims(mask, tuple(range(len(batch), len(batch) + 1 + len(axes))))

    def _mask_of_pairs(self, mask: Any) -> Any:
        """Return a mask of queries and keys with the axis of heads."""
        if mask is None:
            return None
        mask = as_bool(mask)
        pairs = 2 * len(self.attention_axes or ())
        if not pairs <= mask.ndim <= self._score_rank:
            raise ValueError(
                f"{self.label}: expected 'attention_mask' of {pairs} to {self._score_rank} axes, the last {pairs} "
                f"those of queries and keys, got the shape {tuple(ops.shape(mask))}."
            )
        # What is missing, the heads and all axes after the batch's, goes before the queries.
        missing = range(mask.ndim - pairs, self._score_rank - pairs)
        return ops.expand_dims(mask, tuple(missing)) if missing else mask

    def compute_output_spec(
        self,
        query: Any,
        value: Any,
        key: Any = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return symbolic tensors of the shapes and dtypes of what `call` returns for the same arguments."""
        masks = query_mask, value_mask, key_mask, attention_mask
        return super().compute_output_spec(
            query, value, key, *masks, return_attention_scores, training, use_causal_mask
        )

    def _common_config(self) -> dict[str, Any]:
        """Return the arguments that all subclasses have as plain data."""
        return {
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "use_gate": self.use_gate,
            "sliding_window": self.sliding_window,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "seed": self.seed,
        }


def _again(initializer: Any) -> Any:
    """Return a copy of an initializer without a fixed seed, so that each projection begins with other numbers."""
    clone = getattr(initializer, "clone", None)
    return clone() if callable(clone) else initializer
