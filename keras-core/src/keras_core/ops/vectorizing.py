"""Functions of scalars or small tensors, made to work on whole tensors."""

import math
import re
from collections.abc import Callable
from typing import Any

from keras_core.ops.control import vectorized_map
from keras_core.ops.creation import convert_to_tensor
from keras_core.ops.shaping import broadcast_to, reshape
from keras_core.runtime import tree
from keras_core.runtime.inference import broadcast_shapes

_ARGUMENT = r"\(\s*(?:\w+(?:\s*,\s*\w+)*)?\s*\)"
_SIGNATURE = re.compile(rf"^\s*{_ARGUMENT}(?:\s*,\s*{_ARGUMENT})*\s*->\s*{_ARGUMENT}(?:\s*,\s*{_ARGUMENT})*\s*$")


def _core_axes(signature: str | None) -> list[tuple[str, ...]] | None:
    """Return the names of the axes that belong to each argument itself; None where all are scalars.

    Raises:
        ValueError: for what is no signature.
    """
    if signature is None:
        return None
    if not _SIGNATURE.match(signature):
        raise ValueError(f"vectorize: expected a signature such as '(m,n),(n)->(m)', got {signature!r}.")
    inputs = re.findall(r"\(([^)]*)\)", signature.partition("->")[0])
    return [tuple(name.strip() for name in group.split(",") if name.strip()) for group in inputs]


def _checked(tensors: list[Any], cores: list[tuple[str, ...]]) -> list[tuple[int, ...]]:
    """Return the leading sizes of each tensor: those that are looped over.

    Raises:
        ValueError: where a tensor has too few axes, or axes of one name have different sizes.
    """
    sizes: dict[str, int] = {}
    leading: list[tuple[int, ...]] = []
    for position, (tensor, core) in enumerate(zip(tensors, cores, strict=True)):
        shape = tuple(tensor.shape)
        if len(shape) < len(core):
            raise ValueError(f"vectorize: argument {position} needs the axes {core}, got shape {shape}.")
        cut = len(shape) - len(core)
        for name, size in zip(core, shape[cut:], strict=True):
            if sizes.setdefault(name, size) != size:
                raise ValueError(f"vectorize: axis {name!r} has size {sizes[name]}, and {size} in argument {position}.")
        leading.append(shape[:cut])
    return leading


def vectorize(pyfunc: Callable[..., Any], *, excluded: Any = None, signature: str | None = None) -> Callable[..., Any]:
    """Return a function that calls another one for each element of its arguments, which broadcast.

    Args:
        pyfunc: function of tensors without axes, or with those that the signature names. It is called once, on all
            elements together, and must be made of functions of `keras_core.ops`.
        excluded: positions and names of arguments that are handed on as they are.
        signature: axes of arguments and results, such as `"(m,n),(n)->(m)"`; None where all are scalars.

    Returns:
        Function of as many tensors, whose leading axes broadcast and stand first in the results.

    Raises:
        ValueError: for what is no signature, and on a call for shapes that do not fit.

    Example:
        >>> ops.vectorize(lambda x, y: ops.maximum(x, y))([1.0, 5.0], [[2.0], [6.0]])
        array([[2., 5.],
               [6., 6.]], dtype=float32)
    """
    cores = _core_axes(signature)
    left_out: frozenset[Any] = frozenset(excluded or ())

    def vectorized(*args: Any, **kwargs: Any) -> Any:
        mapped = [position for position in range(len(args)) if position not in left_out]
        named = [name for name in kwargs if name not in left_out]
        tensors = [convert_to_tensor(value) for value in (*(args[i] for i in mapped), *(kwargs[n] for n in named))]
        inner = [()] * len(tensors) if cores is None else cores
        if len(inner) != len(tensors):
            raise ValueError(f"vectorize: {signature!r} is for {len(inner)} arguments, got {len(tensors)}.")

        def of_one(elements: Any) -> Any:
            given, options = list(args), dict(kwargs)
            for position, element in zip(mapped, elements, strict=False):
                given[position] = element
            options.update(zip(named, elements[len(mapped) :], strict=True))
            return pyfunc(*given, **options)

        leading = _checked(tensors, inner)
        loop = broadcast_shapes(*leading) if leading else ()
        if not loop:
            return of_one(tuple(tensors))
        flat = [_flattened(x, loop, len(core)) for x, core in zip(tensors, inner, strict=True)]
        return tree.map_structure(
            lambda y: reshape(y, (*loop, *tuple(y.shape)[1:])), vectorized_map(of_one, tuple(flat))
        )

    return vectorized


def _flattened(x: Any, loop: tuple[Any, ...], core: int) -> Any:
    """Return a tensor with all axes that are looped over in one."""
    own = tuple(x.shape)[x.ndim - core :]
    return reshape(broadcast_to(x, (*loop, *own)), (math.prod(loop), *own))
