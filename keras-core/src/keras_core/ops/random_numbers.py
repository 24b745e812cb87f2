"""Random numbers of the Keras API, and the generator of seeds."""

import math
from typing import Any

import numpy as np

from keras_core.ops.random_bits import random_normal, random_uniform
from keras_core.runtime import dtypes
from keras_core.runtime.axes import canonical_axis, canonical_shape
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.naming import auto_name
from keras_core.runtime.scopes import name_scope
from keras_core.runtime.seeding import make_default_seed
from keras_core.runtime.table import active
from keras_core.runtime.variable import Variable


class SeedGenerator:
    """A stream of seeds whose state is a Variable, so that compiled functions and saved models carry it on.

    Args:
        seed: int >= 0; None draws one.
        name: name of the generator.

    Raises:
        ValueError: for a seed that is no int.

    Example:
        >>> generator = keras_core.random.SeedGenerator(7)
        >>> first = keras_core.random.uniform((2,), seed=generator)
        >>> again = keras_core.random.uniform((2,), seed=keras_core.random.SeedGenerator(7))
        >>> bool(ops.all(first == again))
        True
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any) -> None:
        if kwargs:
            raise TypeError(f"SeedGenerator: unexpected arguments {sorted(kwargs)}.")
        seed = make_default_seed() if seed is None else seed
        if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
            raise ValueError(f"SeedGenerator: expected seed to be an int >= 0 or None, got {seed!r}.")
        self.name = name or auto_name(type(self).__name__)
        self._initial_seed = seed
        words = np.array([seed % 2**32, 0], "uint32")
        with name_scope(self.name):
            self.state = Variable(words, dtype="uint32", trainable=False, name="seed_generator_state")

    def next(self, ordered: bool = True) -> Any:
        """Return the present seed, a uint32 tensor of shape `(2,)`, and go on to the next one."""
        table = active()
        seed = to_tensor(table, self.state.value, "uint32")
        self.state.assign(table.add(seed, to_tensor(table, np.array([0, 1], "uint32"), "uint32")))
        return seed

    def get_config(self) -> dict[str, Any]:
        """Return the first seed."""
        return {"seed": self._initial_seed}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "SeedGenerator":
        """Return a generator that begins at the first seed."""
        return cls(**config)


def draw_seed(seed: Any) -> Any:
    """Return a seed tensor of an int, a `SeedGenerator` or None (a seed of the process' own stream).

    Raises:
        ValueError: for anything else.
    """
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if seed is None:
        seed = make_default_seed()
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise ValueError(f"argument 'seed' must be an int, a SeedGenerator or None, got {seed!r}.")
    return to_tensor(active(), np.array([int(seed) % 2**32, 0], "uint32"), "uint32")


def _float_dtype(name: str, dtype: Any) -> str:
    dtype = dtypes.standardize_dtype(dtype)
    if not dtypes.is_float(dtype):
        raise ValueError(f"{name}: expected a float dtype, got {dtype!r}.")
    return dtype


def uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Return uniformly distributed numbers in `[minval, maxval)`.

    Args:
        shape: int or tuple of ints.
        minval: lower bound.
        maxval: upper bound.
        dtype: float dtype name; None for `floatx`.
        seed: int, `SeedGenerator`, or None.

    Example:
        >>> keras_core.random.uniform((2, 3), seed=1).shape
        (2, 3)
    """
    dtype = _float_dtype("uniform", dtype)
    d = active()
    unit = random_uniform(canonical_shape(shape), dtype, draw_seed(seed))
    low, high = to_tensor(d, minval, dtype), to_tensor(d, maxval, dtype)
    return d.add(d.multiply(unit, d.subtract(high, low)), low)


def normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Return normally distributed numbers.

    Args:
        shape: int or tuple of ints.
        mean: mean.
        stddev: standard deviation.
        dtype: float dtype name; None for `floatx`.
        seed: int, `SeedGenerator`, or None.

    Example:
        >>> keras_core.random.normal((2, 3), seed=1).shape
        (2, 3)
    """
    dtype = _float_dtype("normal", dtype)
    d = active()
    unit = random_normal(canonical_shape(shape), dtype, draw_seed(seed))
    return d.add(d.multiply(unit, to_tensor(d, stddev, dtype)), to_tensor(d, mean, dtype))


def truncated_normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Return normally distributed numbers within two standard deviations of the mean.

    Args:
        shape: int or tuple of ints.
        mean: mean of the normal distribution.
        stddev: its standard deviation.
        dtype: float dtype name; None for `floatx`.
        seed: int, `SeedGenerator`, or None.

    Source:
        Inverse of the distribution function; its formula is that of Giles, "Approximating the erfinv function", 2012.

    Example:
        >>> bool(ops.all(ops.abs(keras_core.random.truncated_normal((9,), seed=1)) <= 2))
        True
    """
    dtype = _float_dtype("truncated_normal", dtype)
    d = active()
    work = "float64" if dtype == "float64" else "float32"
    bound = math.erf(math.sqrt(2))
    unit = random_uniform(canonical_shape(shape), work, draw_seed(seed))
    centered = d.multiply(d.subtract(unit, d.scalar(0.5, work)), d.scalar(2 * bound, work))
    root = d.multiply(d.scalar(math.sqrt(2), work), _inverse_error_function(centered, work))
    limited = d.minimum(d.maximum(root, d.scalar(-2.0, work)), d.scalar(2.0, work))
    result = limited if work == dtype else d.astype(limited, dtype)
    return d.add(d.multiply(result, to_tensor(d, stddev, dtype)), to_tensor(d, mean, dtype))


_CENTRAL = (
    *(2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087),
    *(-0.00125372503, -0.00417768164, 0.246640727, 1.50140941),
)


def _inverse_error_function(x: Any, dtype: str) -> Any:
    """Return the inverse of erf for |x| < 0.96, with one step of Newton's method in float64."""
    d = active()
    one = d.scalar(1.0, dtype)
    w = d.subtract(d.negative(d.log(d.multiply(d.subtract(one, x), d.add(one, x)))), d.scalar(2.5, dtype))
    polynomial = d.add(d.multiply(w, d.scalar(_CENTRAL[0], dtype)), d.scalar(_CENTRAL[1], dtype))
    for coefficient in _CENTRAL[2:]:
        polynomial = d.add(d.multiply(polynomial, w), d.scalar(coefficient, dtype))
    y = d.multiply(polynomial, x)
    if dtype == "float64":
        from keras_core.ops.elementwise import erf

        slope = d.multiply(d.scalar(2 / math.sqrt(math.pi), dtype), d.exp(d.negative(d.multiply(y, y))))
        y = d.subtract(y, d.divide(d.subtract(erf(y), x), slope))
    return y


def randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Any:
    """Return uniformly distributed integers in `[minval, maxval)`.

    Args:
        shape: int or tuple of ints.
        minval: lower bound.
        maxval: upper bound, not included.
        dtype: integer dtype name.
        seed: int, `SeedGenerator`, or None.

    Example:
        >>> keras_core.random.randint((2,), 0, 10, seed=1).shape
        (2,)
    """
    dtype = dtypes.standardize_dtype(dtype)
    if not dtypes.is_integer(dtype):
        raise ValueError(f"randint: expected an integer dtype, got {dtype!r}.")
    d = active()
    # 53 random bits: every integer of 32 bits is as likely as the others to one part in 2**21.
    unit = random_uniform(canonical_shape(shape), "float64", draw_seed(seed))
    low, high = to_tensor(d, minval, "float64"), to_tensor(d, maxval, "float64")
    values = d.add(d.floor(d.multiply(unit, d.subtract(high, low))), low)
    return d.astype(values, dtype)


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Any:
    """Return class indices drawn by the probabilities `softmax(logits)`.

    Args:
        logits: tensor of shape `(batch, classes)`.
        num_samples: how many a row.
        dtype: integer dtype name.
        seed: int, `SeedGenerator`, or None.

    Returns:
        Tensor of shape `(batch, num_samples)`.

    Source:
        The Gumbel-max trick.

    Example:
        >>> keras_core.random.categorical([[0.0, 100.0]], 2, seed=1).tolist()
        [[1, 1]]
    """
    d = active()
    logits = to_tensor(d, logits)
    logits = logits if dtypes.is_float(d.dtype_of(logits)) else d.astype(logits, "float32")
    if logits.ndim != 2:
        raise ValueError(
            f"categorical: expected logits of shape (batch, classes), got {tuple(d.static_shape(logits))}."
        )
    dtype_of_logits = d.dtype_of(logits)
    batch, classes = d.shape(logits)
    unit = random_uniform((batch, num_samples, classes), dtype_of_logits, draw_seed(seed))
    tiny = d.scalar(1e-7 if dtype_of_logits != "float16" else 6e-5, dtype_of_logits)
    gumbel = d.negative(d.log(d.negative(d.log(d.maximum(unit, tiny)))))
    return d.astype(d.argmax(d.add(gumbel, d.expand_dims(logits, 1)), 2, False), dtypes.standardize_dtype(dtype))


def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """Return the inputs with elements set to 0 at random and the others divided by `1 - rate`.

    Args:
        inputs: float tensor.
        rate: probability of 0, in [0, 1).
        noise_shape: shape of the random decisions, broadcast to the inputs; None for that of the inputs.
        seed: int, `SeedGenerator`, or None.

    Source:
        Srivastava et al., 2014.

    Example:
        >>> keras_core.random.dropout(ops.ones((2,)), 0.0).tolist()
        [1.0, 1.0]
    """
    if not 0 <= rate < 1:
        raise ValueError(f"dropout: expected rate in [0, 1), got {rate!r}.")
    d = active()
    inputs = to_tensor(d, inputs)
    if not rate:
        return inputs
    dtype = d.dtype_of(inputs)
    sizes = d.shape(inputs)
    if noise_shape is not None:
        sizes = tuple(own if given is None else given for own, given in zip(sizes, noise_shape, strict=True))
    unit = random_uniform(sizes, "float32", draw_seed(seed))
    kept = d.greater_equal(unit, d.scalar(rate, "float32"))
    return d.where(kept, d.divide(inputs, d.scalar(1 - rate, dtype)), d.scalar(0.0, dtype))


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Any:
    """Return the slices of a tensor along an axis in random order.

    Args:
        x: tensor.
        axis: which axis.
        seed: int, `SeedGenerator`, or None.

    Example:
        >>> sorted(keras_core.random.shuffle(ops.arange(3), seed=1).tolist())
        [0, 1, 2]
    """
    d = active()
    x = to_tensor(d, x)
    axis = canonical_axis(axis, x.ndim)
    order = d.argsort(random_uniform((d.shape(x)[axis],), "float64", draw_seed(seed)), 0)
    return d.take(x, order, axis)
