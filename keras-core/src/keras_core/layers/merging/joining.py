"""`Concatenate` and `Dot`."""

from __future__ import annotations

import functools
from typing import Any

from keras_core import ops
from keras_core.layers.arguments import Shape, integer, integers, wrong
from keras_core.layers.merging.merging import Merging


class Concatenate(Merging):
    """Joins the inputs along an axis.

    Args:
        axis: which axis.
        **kwargs: as of `Layer`.

    Example:
        >>> keras.layers.Concatenate()([np.ones((2, 3)), np.ones((2, 4))]).shape
        (2, 7)
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = integer(self, "axis", axis, minimum=None)

    def call(self, inputs: Any) -> Any:
        """Return the joined inputs.

        Args:
            inputs: list or tuple of tensors whose shapes are equal but for `axis`.
        """
        return ops.concatenate(inputs, axis=self.axis)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs.

        Raises:
            ValueError: where shapes differ elsewhere.
        """
        shapes = self._shapes(input_shape)
        rank = len(shapes[0])
        if not -rank <= self.axis < rank:
            raise ValueError(f"{self.label}: axis={self.axis} is none of the inputs, which have the shapes {shapes}.")
        joined = self.axis % rank
        sizes: list[int | None] = []
        for axis, column in enumerate(zip(*shapes, strict=True)) if {len(s) for s in shapes} == {rank} else ():
            known = set(column) - {None}
            if axis == joined:
                sizes.append(None if None in column else sum(column))
            elif len(known) <= 1:
                sizes.append(known.pop() if known else None)
        if len(sizes) != rank:
            raise ValueError(
                f"{self.label}: expected inputs whose shapes are equal but for axis {self.axis}, got {shapes}."
            )
        return tuple(sizes)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the joined masks; an input without a mask counts as one that is kept everywhere.

        Where the masks have not the joined axis, they are merged as by the other layers.
        """
        if mask is None or all(item is None for item in mask):
            return None
        rank = inputs[0].ndim
        axis = self.axis % rank
        own = next(item for item in mask if item is not None)
        masks = [self._full(x, own.ndim) if item is None else item for x, item in zip(inputs, mask, strict=True)]
        return ops.concatenate(masks, axis=axis) if axis < own.ndim else functools.reduce(ops.logical_or, masks)

    @staticmethod
    def _full(x: Any, rank: int) -> Any:
        return ops.ones(ops.shape(x)[:rank], "bool")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "axis": self.axis}


class Dot(Merging):
    """Multiplies two inputs and sums over an axis of each, for each sample.

    Args:
        axes: the axis of both, or a tuple with one of each; not that of the batch.
        normalize: whether both are divided by their norm along the axis first, which gives the cosine.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for any other axes.

    Example:
        >>> keras.layers.Dot(axes=1)([np.ones((2, 3)), np.ones((2, 3))]).tolist()
        [[3.0], [3.0]]
    """

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        pair = integers(self, "axes", axes, 2, minimum=None)
        if 0 in pair:
            raise wrong(self, "axes", "axes other than 0, that of the batch,", axes)
        self.axes = pair if isinstance(axes, list | tuple) else pair[0]
        self.normalize = bool(normalize)

    def _axes_for(self, ranks: tuple[int, int], shapes: Any) -> tuple[int, int]:
        pair = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        found = tuple(axis + rank if axis < 0 else axis for axis, rank in zip(pair, ranks, strict=True))
        if any(not 0 < axis < rank for axis, rank in zip(found, ranks, strict=True)):
            raise ValueError(f"{self.label}: axes={self.axes} do not fit the inputs, which have the shapes {shapes}.")
        return found  # pyright: ignore[reportReturnType]

    def call(self, inputs: Any) -> Any:
        """Return the products, of shape `(batch, *rest of the first, *rest of the second)`, of rank 2 at least.

        Args:
            inputs: list or tuple of two tensors.
        """
        first, second = inputs
        axes = self._axes_for((first.ndim, second.ndim), [ops.shape(first), ops.shape(second)])
        if self.normalize:
            first, second = ops.normalize(first, axes[0]), ops.normalize(second, axes[1])
        letters = iter("bcdefghijklmnopqrstuvwxy")
        names = [
            "a" + "".join("z" if axis == summed else next(letters) for axis in range(1, x.ndim))
            for x, summed in zip((first, second), axes, strict=True)
        ]
        kept = "".join(names).replace("a", "").replace("z", "")
        outputs = ops.einsum(f"{names[0]},{names[1]}->a{kept}", first, second)
        return outputs if kept else ops.expand_dims(outputs, 1)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs.

        Raises:
            ValueError: where the sizes of the axes differ.
        """
        shapes = self._shapes(input_shape)
        if len(shapes) != 2:
            raise ValueError(f"{self.label}: expected two inputs, got the shapes {shapes}.")
        first, second = shapes
        axes = self._axes_for((len(first), len(second)), shapes)
        sizes = first[axes[0]], second[axes[1]]
        if None not in sizes and sizes[0] != sizes[1]:
            raise ValueError(
                f"{self.label}: expected inputs with equal sizes of the axes {self.axes}, got the shapes {shapes}."
            )
        rest = [
            size
            for shape, summed in zip(shapes, axes, strict=True)
            for size in (*shape[1:summed], *shape[summed + 1 :])
        ]
        return (first[0], *rest) if rest else (first[0], 1)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return None: the axes of the outputs are not those of a mask."""
        return None

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}
