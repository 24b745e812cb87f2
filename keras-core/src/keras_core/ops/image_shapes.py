"""What the ops of images have in common: ranks, data formats, and dtypes that are no floats."""

from collections.abc import Callable
from typing import Any

from keras_core.ops.casting import saturate_cast
from keras_core.ops.precision import as_dtype, widened
from keras_core.runtime import config, dtypes
from keras_core.runtime.table import active


def static(x: Any) -> tuple[Any, ...]:
    """Return the sizes of a tensor, None for those that are not known."""
    return tuple(active().static_shape(x))


def check_images(name: str, images: Any, spatial: int = 2) -> None:
    """Raise unless a tensor is one image or a batch of them."""
    if images.ndim not in (spatial + 1, spatial + 2):
        one = "(height, width, channels)" if spatial == 2 else "(depth, height, width, channels)"
        raise ValueError(f"{name}: expected shape {one}, or such a batch, or channels first; got {static(images)}.")


def known(name: str, sizes: Any) -> tuple[int, ...]:
    """Return spatial sizes, which must be known."""
    if None in sizes:
        raise ValueError(f"{name}: the spatial sizes of images must be known, got {tuple(sizes)}.")
    return tuple(sizes)


def channels_last_batch(images: Any, data_format: Any, spatial: int = 2) -> tuple[Any, Callable[[Any], Any]]:
    """Return images as a batch with channels last, and what brings a result of this form back to theirs."""
    d = active()
    first = config.standardize_data_format(data_format) == "channels_first"
    single = images.ndim == spatial + 1
    x = d.expand_dims(images, 0) if single else images
    rank = spatial + 2
    if first:
        x = d.permute_dims(x, (0, *range(2, rank), 1))

    def back(result: Any) -> Any:
        if first:
            result = d.permute_dims(result, (0, rank - 1, *range(1, rank - 1), *range(rank, result.ndim)))
        return d.squeeze(result, (0,)) if single else result

    return x, back


def as_float(x: Any) -> Any:
    """Return numbers in the float dtype in which they are computed with: at least float32."""
    d = active()
    return widened(x) if dtypes.is_float(d.dtype_of(x)) else d.astype(x, "float32")


def as_before(x: Any, dtype: str) -> Any:
    """Return floats in the dtype of images, for integers rounded and kept within their range."""
    d = active()
    return as_dtype(x, dtype) if dtypes.is_float(dtype) else saturate_cast(d.round(x), dtype)


def along_axis(x: Any, axis: int, matrix: Any) -> Any:
    """Return `x` with the vectors along an axis multiplied by a matrix of shape `(size, new size)`."""
    d = active()
    others = [position for position in range(x.ndim) if position != axis]
    last = d.matmul(d.permute_dims(x, (*others, axis)), matrix)
    back = [position if position < axis else position - 1 for position in range(x.ndim)]
    back[axis] = x.ndim - 1
    return d.permute_dims(last, tuple(back))
