"""The settings of `VarianceScaling` that have names of their own."""

from typing import Any

from keras_core.initializers.random import Axes, VarianceScaling


class _Named(VarianceScaling):
    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        config = super().get_config()
        return {name: config[name] for name in ("seed", "input_axes", "output_axes")}


class GlorotUniform(_Named):
    """Uniform in `[-limit, limit]`, `limit = sqrt(6 / (inputs + outputs))`.

    Args:
        seed: int, `SeedGenerator`, or None.
        input_axes: int or ints, axes of the inputs of a kernel that is not `(*spatial, inputs, outputs)`.
        output_axes: int or ints, axes of its outputs.

    Source:
        Glorot and Bengio, 2010, https://proceedings.mlr.press/v9/glorot10a.html.

    Example:
        >>> keras.initializers.GlorotUniform(seed=1)((4, 2)).shape
        (4, 2)
    """

    def __init__(self, seed: Any = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed, input_axes, output_axes)


class GlorotNormal(_Named):
    """Truncated normal with standard deviation `sqrt(2 / (inputs + outputs))`.

    Args:
        seed: int, `SeedGenerator`, or None.
        input_axes: int or ints, axes of the inputs of a kernel that is not `(*spatial, inputs, outputs)`.
        output_axes: int or ints, axes of its outputs.

    Source:
        Glorot and Bengio, 2010, https://proceedings.mlr.press/v9/glorot10a.html.

    Example:
        >>> keras.initializers.GlorotNormal(seed=1)((4, 2)).shape
        (4, 2)
    """

    def __init__(self, seed: Any = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, input_axes, output_axes)


class HeNormal(_Named):
    """Truncated normal with standard deviation `sqrt(2 / inputs)`.

    Args:
        seed: int, `SeedGenerator`, or None.
        input_axes: int or ints, axes of the inputs of a kernel that is not `(*spatial, inputs, outputs)`.
        output_axes: int or ints, axes of its outputs.

    Source:
        He et al., 2015, https://arxiv.org/abs/1502.01852.

    Example:
        >>> keras.initializers.HeNormal(seed=1)((4, 2)).shape
        (4, 2)
    """

    def __init__(self, seed: Any = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)


class HeUniform(_Named):
    """Uniform in `[-limit, limit]`, `limit = sqrt(6 / inputs)`.

    Args:
        seed: int, `SeedGenerator`, or None.
        input_axes: int or ints, axes of the inputs of a kernel that is not `(*spatial, inputs, outputs)`.
        output_axes: int or ints, axes of its outputs.

    Source:
        He et al., 2015, https://arxiv.org/abs/1502.01852.

    Example:
        >>> keras.initializers.HeUniform(seed=1)((4, 2)).shape
        (4, 2)
    """

    def __init__(self, seed: Any = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed, input_axes, output_axes)


class LecunNormal(_Named):
    """Truncated normal with standard deviation `sqrt(1 / inputs)`.

    Args:
        seed: int, `SeedGenerator`, or None.
        input_axes: int or ints, axes of the inputs of a kernel that is not `(*spatial, inputs, outputs)`.
        output_axes: int or ints, axes of its outputs.

    Source:
        Klambauer et al., 2017, https://arxiv.org/abs/1706.02515.

    Example:
        >>> keras.initializers.LecunNormal(seed=1)((4, 2)).shape
        (4, 2)
    """

    def __init__(self, seed: Any = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)


class LecunUniform(_Named):
    """Uniform in `[-limit, limit]`, `limit = sqrt(3 / inputs)`.

    Args:
        seed: int, `SeedGenerator`, or None.
        input_axes: int or ints, axes of the inputs of a kernel that is not `(*spatial, inputs, outputs)`.
        output_axes: int or ints, axes of its outputs.

    Source:
        Klambauer et al., 2017, https://arxiv.org/abs/1706.02515.

    Example:
        >>> keras.initializers.LecunUniform(seed=1)((4, 2)).shape
        (4, 2)
    """

    def __init__(self, seed: Any = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(1.0, "fan_in", "uniform", seed, input_axes, output_axes)
