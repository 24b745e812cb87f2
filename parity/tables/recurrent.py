"""Recurrent layers and their cells."""

from __future__ import annotations

from typing import Any, Final

from parity.built import Built, built, each
from parity.tables.rows import Row, rows

_CELLS: Final = (("GRU", 1), ("SimpleRNN", 1), ("LSTM", 2))
_WAYS: Final = (
    {},
    {"return_sequences": True, "return_state": True},
    {"return_sequences": True, "go_backwards": True},
    {"return_sequences": True, "unroll": True, "use_bias": False, "activation": "relu"},
    {"return_sequences": True, "zero_output_for_mask": True, "kernel_regularizer": "l2"},
)
_STATES: Final = ("state of series", "more state of series", "third state of series", "fourth state of series")


def _start(count: int) -> dict[str, Any]:
    return {"initial_state": list(_STATES[:count])}


def _cell(kind: str, **arguments: Any) -> Built:
    return built(f"layers.{kind}Cell", **{"units": 3, **arguments})


_STACK: Final = built(
    "layers.StackedRNNCells",
    cells=[
        _cell("SimpleRNN", name="one"),
        _cell("GRU", units=2, reset_after=False, name="two"),
        _cell("LSTM", name="three"),
    ],
    name="stack",
)
_OPTIONS: Final = ({}, {"mask": "mask"})

CELLS: Final[tuple[Row, ...]] = (
    *rows(each("layers.SimpleRNNCell", {}, {"activation": "relu", "use_bias": False}, units=3), ("vectors", "state")),
    *rows(each("layers.GRUCell", {}, {"reset_after": False}, units=3), ("vectors", ["state"])),
    *rows(each("layers.LSTMCell", {}, {"unit_forget_bias": False}, units=3), ("vectors", ["state", "more state"])),
    *rows(
        each(
            "layers.StackedRNNCells",
            {"cells": [_cell("GRU", name="one"), _cell("SimpleRNN", name="two")]},
            {"cells": [_cell("SimpleRNN", name="one"), _cell("GRU", reset_after=False, name="two")]},
        ),
        ("vectors", [["state"], ["more state"]]),
    ),
)

RECURRENT: Final[tuple[Row, ...]] = (
    *(
        row
        for name, count in _CELLS
        for row in (
            *rows(each(f"layers.{name}", *_WAYS[:2], units=3), "series", *_OPTIONS),
            *rows(each(f"layers.{name}", *_WAYS[2:], units=3), "series", *_OPTIONS, derives=False),
            *rows(each(f"layers.{name}", *_WAYS, units=3), "series", _start(count), derives=False),
        )
    ),
    *rows(each("layers.GRU", *_WAYS[:2], units=3, reset_after=False), "series", {"mask": "mask"}),
    *rows(
        each(
            "layers.GRU",
            {"recurrent_activation": "hard_sigmoid", "bias_initializer": "ones", "stateful": True},
            {"dtype": "mixed_bfloat16"},
            units=3,
        ),
        "series",
    ),
    *rows(built("layers.LSTM", units=3, stateful=True, return_sequences=True), "series", {}, {"mask": "mask"}),
    *rows(built("layers.LSTM", units=3, dropout=0.5, recurrent_dropout=0.5), "series", training="random"),
    *rows(built("layers.SimpleRNN", units=3, stateful=True, activity_regularizer="l2"), "series"),
    *rows(
        tuple(built("layers.RNN", cell=cell) for cell in (_cell("GRU", name="cell"), _STACK)),
        "series",
        *_OPTIONS,
    ),
    *rows(
        tuple(
            built("layers.RNN", cell=cell, **way) for cell in (_cell("GRU", name="cell"), _STACK) for way in _WAYS[1:3]
        ),
        "series",
        *_OPTIONS,
        derives=False,
    ),
)

BIDIRECTIONAL: Final[tuple[Row, ...]] = (
    *(
        row
        for name, count in _CELLS
        for inside in (built(f"layers.{name}", units=3, name="inside"),)
        for row in (
            *rows(built("layers.Bidirectional", layer=inside), "series", {"mask": "mask"}),
            *rows(built("layers.Bidirectional", layer=inside), "series", {}, _start(2 * count), derives=False),
            *rows(built("layers.Bidirectional", layer=inside, merge_mode="sum"), "series", derives=False),
        )
    ),
    *(
        row
        for inside in (built("layers.LSTM", units=3, return_sequences=True, return_state=True, name="inside"),)
        for row in (
            *rows(built("layers.Bidirectional", layer=inside, merge_mode="concat"), "series", *_OPTIONS),
            *rows(
                each("layers.Bidirectional", *({"merge_mode": mode} for mode in ("mul", "ave", None)), layer=inside),
                "series",
                *_OPTIONS,
                derives=False,
            ),
        )
    ),
    *rows(
        each(
            "layers.Bidirectional",
            {
                "layer": built("layers.GRU", units=3, name="one"),
                "backward_layer": built("layers.SimpleRNN", units=2, go_backwards=True, name="other"),
            },
            {"layer": built("layers.RNN", cell=_cell("GRU", name="cell"), name="inside")},
        ),
        "series",
    ),
    *rows(
        built("layers.Bidirectional", layer=built("layers.ConvLSTM1D", filters=3, kernel_size=2, name="inside")),
        "lines",
    ),
)

_CONVOLVED: Final = (
    {"kernel_size": 2},
    {"kernel_size": 3, "padding": "same", "strides": 2, "return_state": True},
    {"kernel_size": 2, "dilation_rate": 2, "return_sequences": True, "go_backwards": True, "use_bias": False},
    {"kernel_size": 1, "data_format": "channels_first", "return_sequences": True},
    {"kernel_size": 2, "stateful": True, "kernel_regularizer": "l2", "recurrent_activation": "hard_sigmoid"},
)

CONVOLVED: Final[tuple[Row, ...]] = (
    *(
        row
        for rank, name in ((1, "lines"), (2, "film"), (3, "volumes"))
        for row in (
            *rows(each(f"layers.ConvLSTM{rank}D", *_CONVOLVED[:3], filters=3), name),
            *rows(each(f"layers.ConvLSTM{rank}D", *_CONVOLVED[3:], filters=3), name, derives=False),
        )
    ),
    *rows(
        built("layers.ConvLSTM1D", filters=3, kernel_size=2),
        "lines",
        {"initial_state": ["state of lines", "more state of lines"]},
        derives=False,
    ),
)

REFUSED: Final[tuple[Row, ...]] = (
    *(
        row
        for name, _ in _CELLS
        for row in (
            *rows(each(f"layers.{name}", *({"units": units} for units in (0, -1))), "series"),
            *rows(built(f"layers.{name}", units=2), "vectors"),
        )
    ),
    *(row for name in ("GRU", "LSTM") for row in rows(built(f"layers.{name}", units=2, use_cudnn="maybe"), "series")),
    *rows(each("layers.RNN", {"cell": 3}), "series"),
    *rows(
        each(
            "layers.Bidirectional",
            {"layer": built("layers.GRU", units=3), "merge_mode": "x"},
            {"layer": 3},
            {"layer": built("layers.GRU", units=3), "backward_layer": 3},
            {"layer": built("layers.GRU", units=3), "backward_layer": built("layers.GRU", units=3)},
        ),
        "series",
    ),
    *rows(each("layers.ConvLSTM1D", {"padding": "causal"}, {"kernel_size": 0}, filters=3, kernel_size=2), "lines"),
    *rows(each("layers.ConvLSTM2D", {"strides": 2, "dilation_rate": 2}, filters=3, kernel_size=2), "film"),
    *rows(built("layers.ConvLSTM2D", filters=3, kernel_size=2), "series"),
)
"""What both refuse."""
