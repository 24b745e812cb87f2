"""Initializers that draw on the host, so that one seed gives the same weights on every backend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, Final, TypeAlias

import numpy as np

from keras_core.initializers.base import DrawsIn, HostInitializer
from keras_core.runtime.naming import did_you_mean
from keras_core.runtime.seeding import host_generator, make_default_seed
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

Axes: TypeAlias = int | Sequence[int] | None

_MODES: Final = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS: Final = ("normal", "truncated_normal", "untruncated_normal", "uniform")
# Standard deviation of a standard normal variable that is cut off at -2 and 2.
_TRUNCATED_DEVIATION: Final = 0.87962566103423978
_BLOCK: Final = 2**16


class RandomInitializer(HostInitializer):
    """An initializer with a seed.

    Args:
        seed: int; None for a new one; or a `SeedGenerator`, with which each call gives other values. With an int or
            None each call of one object gives the same values.
    """

    def __init__(self, seed: Any = None) -> None:
        if isinstance(seed, dict):
            from keras_core.ops.random_numbers import SeedGenerator

            seed = deserialize_keras_object(seed, expected=SeedGenerator)
        if seed is not None and not isinstance(seed, int | np.integer) and not hasattr(seed, "next"):
            raise ValueError(f"{type(self).__name__}: expected seed to be an int, SeedGenerator or None, got {seed!r}.")
        self._given_seed = seed
        self.seed = make_default_seed() if seed is None else seed

    def generator(self) -> np.random.Generator:
        """Return the generator of one call."""
        if isinstance(self.seed, int | np.integer):
            return host_generator(int(self.seed) % 2**64)
        from keras_core.ops import convert_to_numpy

        high, low = (int(part) for part in convert_to_numpy(self.seed.next()).astype("uint64"))
        return host_generator((high << 32) + low)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"seed": serialize_keras_object(self._given_seed)}


def truncated_normal(generator: np.random.Generator, shape: tuple[int, ...], draws: DrawsIn) -> np.ndarray:
    """Return standard normal numbers, those beyond two deviations drawn again."""
    flat = generator.standard_normal(prod(shape), draws)
    outside = np.flatnonzero(np.abs(flat) > 2.0)
    while outside.size:
        flat[outside] = generator.standard_normal(outside.size, draws)
        outside = outside[np.abs(flat[outside]) > 2.0]
    return flat.reshape(shape)


def _drawn(
    draw: Callable[..., Any], shape: tuple[int, ...], draws: DrawsIn, scale: float, offset: float = 0.0
) -> np.ndarray:
    """Return `scale * draw() + offset`, of a method of a generator that fills `out`.

    Block by block, which stays in the cache: fresh memory costs more than the arithmetic.
    """
    values = np.empty(shape, draws)
    flat = values.reshape(-1)
    for start in range(0, flat.size, _BLOCK):
        block = flat[start : start + _BLOCK]
        draw(dtype=draws, out=block)
        block *= scale
        if offset:
            block += offset
    return values


class RandomNormal(RandomInitializer):
    """Normal distribution.

    Args:
        mean: float.
        stddev: float, standard deviation.
        seed: int, `SeedGenerator`, or None.

    Example:
        >>> keras.initializers.RandomNormal(seed=1)((2, 2)).shape
        (2, 2)
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def values(self, shape: tuple[int, ...], draws: DrawsIn) -> np.ndarray:
        """Draw."""
        return _drawn(self.generator().standard_normal, shape, draws, self.stddev, self.mean)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


class TruncatedNormal(RandomNormal):
    """Normal distribution, values beyond two standard deviations drawn again.

    Args:
        mean: float.
        stddev: float, standard deviation before values are drawn again.
        seed: int, `SeedGenerator`, or None.

    Example:
        >>> bool(abs(keras.initializers.TruncatedNormal(stddev=1.0, seed=1)((100,))).max() <= 2)
        True
    """

    def values(self, shape: tuple[int, ...], draws: DrawsIn) -> np.ndarray:
        """Draw."""
        values = truncated_normal(self.generator(), shape, draws)
        values *= self.stddev
        values += self.mean
        return values


class RandomUniform(RandomInitializer):
    """Uniform distribution.

    Args:
        minval: float, lower bound.
        maxval: float, upper bound.
        seed: int, `SeedGenerator`, or None.

    Example:
        >>> bool(abs(keras.initializers.RandomUniform(seed=1)((100,))).max() <= 0.05)
        True
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def values(self, shape: tuple[int, ...], draws: DrawsIn) -> np.ndarray:
        """Draw."""
        return _drawn(self.generator().random, shape, draws, self.maxval - self.minval, self.minval)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}


def _axes(axes: Axes) -> tuple[int, ...] | None:
    return None if axes is None else (axes,) if isinstance(axes, int) else tuple(axes)


def compute_fans(shape: Sequence[int], input_axes: Axes = None, output_axes: Axes = None) -> tuple[int, int]:
    """Return the numbers of inputs and outputs of one unit of a layer with a kernel of this shape.

    Args:
        shape: `(*spatial, inputs, outputs)`.
        input_axes: axes of inputs, where the shape is another one; only together with `output_axes`.
        output_axes: axes of outputs.

    Example:
        >>> compute_fans((3, 3, 8, 16))
        (72, 144)
    """
    ins, outs = _axes(input_axes), _axes(output_axes)
    if ins is not None and outs is not None:
        return prod(shape[axis] for axis in ins), prod(shape[axis] for axis in outs)
    if len(shape) < 2:
        size = prod(shape)
        return size, size
    field = prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


class VarianceScaling(RandomInitializer):
    """A distribution whose variance is `scale` divided by the number of inputs, outputs or their mean.

    Args:
        scale: positive float.
        mode: `"fan_in"`, `"fan_out"` or `"fan_avg"`.
        distribution: `"truncated_normal"`, `"untruncated_normal"` or `"uniform"`.
        seed: int, `SeedGenerator`, or None.
        input_axes: int or ints, axes of the inputs of a kernel that is not `(*spatial, inputs, outputs)`.
        output_axes: int or ints, axes of its outputs.

    Raises:
        ValueError: where an argument is none of these.

    Example:
        >>> keras.initializers.VarianceScaling(seed=1)((4, 2)).shape
        (4, 2)
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
        input_axes: Axes = None,
        output_axes: Axes = None,
    ) -> None:
        super().__init__(seed)
        name = type(self).__name__
        if scale <= 0:
            raise ValueError(f"{name}: expected scale to be positive, got {scale}.")
        if mode not in _MODES:
            raise ValueError(f"{name}: expected mode to be one of {_MODES}, got {mode!r}.{did_you_mean(mode, _MODES)}")
        if distribution not in _DISTRIBUTIONS:
            raise ValueError(
                f"{name}: expected distribution to be one of {_DISTRIBUTIONS}, got {distribution!r}."
                f"{did_you_mean(distribution, _DISTRIBUTIONS)}"
            )
        self.scale = scale
        self.mode = mode
        self.distribution = "truncated_normal" if distribution == "normal" else distribution
        self.input_axes = input_axes
        self.output_axes = output_axes

    def values(self, shape: tuple[int, ...], draws: DrawsIn) -> np.ndarray:
        """Draw."""
        inputs, outputs = compute_fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}[self.mode]
        deviation = np.sqrt(self.scale / max(1.0, fan))
        if self.distribution == "truncated_normal":
            values = truncated_normal(self.generator(), shape, draws)
            values *= deviation / _TRUNCATED_DEVIATION
            return values
        if self.distribution == "untruncated_normal":
            return _drawn(self.generator().standard_normal, shape, draws, deviation)
        limit = np.sqrt(3.0) * deviation
        return _drawn(self.generator().random, shape, draws, 2.0 * limit, -limit)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            **super().get_config(),
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


class Orthogonal(RandomInitializer):
    """A random matrix with orthonormal rows or columns, whichever are fewer.

    The shape is taken as a matrix `(product of the leading sizes, last size)`.

    Args:
        gain: float, the factor.
        seed: int, `SeedGenerator`, or None.

    Raises:
        ValueError: (the call) for a shape of rank below 2.

    Source:
        Saxe et al., 2013, https://arxiv.org/abs/1312.6120.

    Example:
        >>> x = keras.initializers.Orthogonal(seed=1)((3, 3))
        >>> bool(abs(x @ x.T - np.eye(3)).max() < 1e-6)
        True
    """

    def __init__(self, gain: float = 1.0, seed: Any = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def values(self, shape: tuple[int, ...], draws: DrawsIn) -> np.ndarray:
        """Draw."""
        if len(shape) < 2:
            raise ValueError(f"Orthogonal: expected a shape of rank 2 or more, got {shape}.")
        rows, columns = prod(shape[:-1]), shape[-1]
        normal = self.generator().standard_normal((max(rows, columns), min(rows, columns)))
        orthonormal, triangle = np.linalg.qr(normal)
        # The signs make the distribution uniform over all orthogonal matrices.
        orthonormal = orthonormal * np.where(np.diagonal(triangle) < 0, -1.0, 1.0)
        matrix = orthonormal.T if rows < columns else orthonormal
        return self.gain * matrix.reshape(shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "gain": self.gain}


OrthogonalInitializer = Orthogonal
