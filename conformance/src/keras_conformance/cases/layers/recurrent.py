"""Recurrent layers, their cells, and what wraps layers."""

from typing import Final

from keras_conformance.cases.layers.layer_case import SERIES, VECTORS, Drawn, LayerCase, family, repeatable, variants

STATE: Final = Drawn((2, 3))
CELL_STATE: Final = Drawn((3, 3))
SETTINGS: Final = {
    "plain": {"units": 3},
    "sequences": {"units": 3, "return_sequences": True, "return_state": True, "go_backwards": True},
    "relu": {"units": 2, "activation": "relu", "use_bias": False},
}

CASES: Final = family(
    *(
        case
        for name, states in (("LSTM", 2), ("GRU", 1), ("SimpleRNN", 1))
        for case in (
            *variants(name, SERIES, SETTINGS),
            LayerCase(name, "mask", {"units": 3, "return_sequences": True}, SERIES, masked=True, output_mask=True),
            LayerCase(name, "initial_state", {"units": 3}, SERIES, call={"initial_state": [STATE] * states}),
            LayerCase(f"{name}Cell", "plain", {"units": 3}, VECTORS, call={"states": [CELL_STATE] * states}),
        )
    ),
    LayerCase("GRU", "reset_before", {"units": 3, "reset_after": False}, SERIES),
    LayerCase(
        "LSTM",
        "dropout",
        {"units": 3, "dropout": 0.4, "recurrent_dropout": 0.4, "seed": 1},
        SERIES,
        statistics=repeatable,
    ),
    LayerCase("RNN", "cell", lambda layers: layers.RNN(layers.GRUCell(3), return_sequences=True), SERIES),
    LayerCase("RNN", "cells", lambda layers: layers.RNN([layers.LSTMCell(3), layers.SimpleRNNCell(2)]), SERIES),
    LayerCase(
        "StackedRNNCells",
        "plain",
        lambda layers: layers.StackedRNNCells([layers.SimpleRNNCell(3), layers.GRUCell(2)]),
        VECTORS,
        call={"states": [CELL_STATE, Drawn((3, 2))]},
    ),
    *(
        LayerCase(
            "Bidirectional",
            mode or "list",
            lambda layers, mode=mode: layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode=mode),
            SERIES,
        )
        for mode in ("concat", "sum", None)
    ),
    LayerCase(
        "Bidirectional",
        "mask",
        lambda layers: layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode="mul"),
        SERIES,
        masked=True,
        output_mask=True,
    ),
    *(
        LayerCase(f"ConvLSTM{rank}D", variant, {"filters": 2, "kernel_size": 2, **more}, shape)
        for rank, shape in ((1, (2, 3, 4, 2)), (2, (2, 3, 3, 4, 2)), (3, (2, 2, 3, 2, 3, 2)))
        for variant, more in (
            ("plain", {}),
            ("sequences", {"padding": "same", "return_sequences": True, "strides": 2}),
        )
    ),
    LayerCase("TimeDistributed", "dense", lambda layers: layers.TimeDistributed(layers.Dense(3)), SERIES),
    LayerCase(
        "TimeDistributed",
        "mask",
        lambda layers: layers.TimeDistributed(layers.Conv1D(3, 2)),
        (2, 3, 5, 4),
        masked=True,
        output_mask=True,
    ),
)
