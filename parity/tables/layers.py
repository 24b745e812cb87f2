"""All layers, from the tables of their kinds."""

from __future__ import annotations

from typing import Final

from parity.tables import attention, convolution, core, pooling, recurrent
from parity.tables.rows import Row

ROWS: Final[tuple[Row, ...]] = (
    *(*core.CORE, *core.REGULARIZATION, *core.MERGING),
    *(*convolution.CONVOLUTION, *pooling.POOLING, *pooling.SIZES),
    *(*attention.ATTENTION, *attention.NORMALIZATION, *attention.WRAPPERS),
    *(*recurrent.CELLS, *recurrent.RECURRENT, *recurrent.BIDIRECTIONAL, *recurrent.CONVOLVED),
)
FUNCTIONS: Final = core.FUNCTIONS
REFUSED: Final[tuple[Row, ...]] = (
    *(*core.REFUSED, *convolution.REFUSED, *pooling.REFUSED, *attention.REFUSED, *recurrent.REFUSED),
)
"""What both refuse."""
