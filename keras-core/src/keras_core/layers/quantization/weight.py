"""How the ways of quantization see a large weight, whatever layer it is of."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from keras_core import ops


@dataclass(frozen=True)
class LargeWeight:
    """A weight, its axes named by letters, which is multiplied by inputs and summed over some of the axes.

    As a matrix, its rows are the axes summed over, its columns the others, the channels.

    Attributes:
        name: name of the variable.
        shape: sizes of the axes.
        labels: letters of the axes.
        summed: those that are summed over.
        layout: letters of the outputs, in whose order one scale a channel is kept.
        product: `(inputs, weight) -> outputs`; None where the weight is only looked up.
        summed_inputs: axes of the inputs that are summed over.
        aligned_inputs: turns the scales of inputs, whose axes summed over have size 1, into the axes of the outputs.
        attribute: attribute of the layer that holds the variable.
        is_transposed: whether a matrix is kept with the channels first.
        packs_rows: whether pairs of integers of four bits are formed of rows, instead of columns.
        index: attribute that says to which block a row belongs; None where another weight's does.
        zero_dtype: dtype of zero points; None for that of the scales.
    """

    name: str
    shape: tuple[int, ...]
    labels: str
    summed: str
    layout: str
    product: Callable[[Any, Any], Any] | None
    summed_inputs: tuple[int, ...] = (-1,)
    aligned_inputs: Callable[[Any], Any] = lambda scale: scale
    attribute: str = ""
    is_transposed: bool = False
    packs_rows: bool = False
    index: str | None = "g_idx"
    zero_dtype: str | None = "int8"

    @property
    def summed_axes(self) -> tuple[int, ...]:
        """Axes that are summed over."""
        return tuple(axis for axis, label in enumerate(self.labels) if label in self.summed)

    @property
    def channels(self) -> str:
        """Letters of the other axes."""
        return "".join(label for label in self.labels if label not in self.summed)

    def sizes(self, labels: str) -> tuple[int, ...]:
        """Return the sizes of some axes, 1 for letters that the weight does not have."""
        return tuple(self.shape[self.labels.index(label)] if label in self.labels else 1 for label in labels)

    @property
    def _rows(self) -> str:
        return "".join(label for label in self.labels if label in self.summed)

    @property
    def matrix_shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return math.prod(self.sizes(self._rows)), math.prod(self.sizes(self.channels))

    def as_matrix(self, value: Any) -> Any:
        """Return a tensor of the weight's shape as a matrix of axes summed over and channels."""
        order = [self.labels.index(label) for label in self._rows + self.channels]
        return ops.reshape(ops.transpose(value, order), self.matrix_shape)

    def from_matrix(self, matrix: Any) -> Any:
        """Return a matrix of `as_matrix` as a tensor of the weight's shape."""
        labels = self._rows + self.channels
        return ops.transpose(ops.reshape(matrix, self.sizes(labels)), [labels.index(label) for label in self.labels])

    def kept(self, matrix: Any) -> Any:
        """Return a matrix as it is kept, or one that is kept as a matrix: both are the same turn."""
        return ops.transpose(matrix) if self.is_transposed else matrix

    def reshaped(self, value: Any) -> Any:
        """Return a tensor of the weight's shape as a matrix, its elements in the order in which they are.

        So Keras forms the blocks that files hold. Where the axes summed over do not come first, a column is no channel.
        """
        rows, columns = self.matrix_shape
        return self.kept(ops.reshape(value, (columns, rows) if self.is_transposed else (rows, columns)))

    def from_reshaped(self, matrix: Any) -> Any:
        """Return a matrix of `reshaped` as a tensor of the weight's shape."""
        return ops.reshape(self.kept(matrix), self.shape)


def aligned(x: Any, labels: Sequence[str], wanted: Sequence[str]) -> Any:
    """Return a tensor with other axes: those of size 1 come and go, the others change their order.

    Args:
        x: tensor.
        labels: letters of its axes.
        wanted: letters of the axes of the result.
    """
    kept = [label for label in wanted if label in labels]
    gone = [label for label in labels if label not in wanted]
    x = ops.transpose(x, [labels.index(label) for label in (*kept, *gone)])
    if gone:
        x = ops.squeeze(x, tuple(range(len(kept), len(labels))))
    new = tuple(axis for axis, label in enumerate(wanted) if label not in labels)
    return ops.expand_dims(x, new) if new else x
