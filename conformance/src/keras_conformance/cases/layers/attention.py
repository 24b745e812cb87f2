"""Attention."""

from typing import Final

import numpy as np

from keras_conformance.cases.layers.layer_case import Drawn, LayerCase, family, repeatable, variants

QUERY, VALUE = (2, 3, 4), (2, 5, 4)
LIST: Final = [QUERY, VALUE]
OF_QUERY, OF_VALUE = (np.arange(n) < np.array([[n - 1], [n]]) for n in (3, 5))
SEEN: Final = np.tril(np.ones((2, 3, 5), bool), 1)
CROSS: Final = {"value": Drawn(VALUE)}

CASES: Final = family(
    LayerCase("MultiHeadAttention", "plain", {"num_heads": 2, "key_dim": 3}, QUERY, call=CROSS),
    LayerCase(
        "MultiHeadAttention",
        "scores",
        {"num_heads": 2, "key_dim": 3, "value_dim": 2, "use_bias": False, "output_shape": 5},
        QUERY,
        call={**CROSS, "key": Drawn(VALUE, seed=51), "attention_mask": SEEN, "return_attention_scores": True},
    ),
    LayerCase(
        "MultiHeadAttention",
        "causal",
        {"num_heads": 1, "key_dim": 2},
        QUERY,
        call={"value": Drawn(QUERY), "use_causal_mask": True},
        masked=True,
        output_mask=True,
    ),
    LayerCase(
        "MultiHeadAttention",
        "dropout",
        {"num_heads": 2, "key_dim": 3, "dropout": 0.5, "seed": 1},
        QUERY,
        call=CROSS,
        statistics=repeatable,
    ),
    LayerCase(
        "GroupQueryAttention",
        "plain",
        {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2},
        QUERY,
        call=CROSS,
    ),
    LayerCase(
        "GroupQueryAttention",
        "mask",
        {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1, "use_bias": False},
        QUERY,
        call={**CROSS, "attention_mask": SEEN},
    ),
    *variants("Attention", LIST, {"plain": {}, "scaled": {"use_scale": True}, "concat": {"score_mode": "concat"}}),
    LayerCase("Attention", "mask", {}, LIST, call={"mask": [OF_QUERY, OF_VALUE], "return_attention_scores": True}),
    LayerCase("Attention", "causal", {}, [QUERY, QUERY], call={"use_causal_mask": True}),
    LayerCase("Attention", "dropout", {"dropout": 0.5, "seed": 1}, LIST, statistics=repeatable),
    *variants("AdditiveAttention", LIST, {"plain": {}, "unscaled": {"use_scale": False}}),
)
