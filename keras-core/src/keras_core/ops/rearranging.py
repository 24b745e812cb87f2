"""Axes split, merged and reordered by a pattern that names them."""

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from keras_core.runtime.definition import op
from keras_core.runtime.table import active

_TOKEN = re.compile(r"\.\.\.|\w+|\S")
_ELLIPSIS = "..."
_AXES = ("... axes",)  # an ellipsis that stands by itself, not merged into one axis

Groups = tuple[tuple[str, ...], ...]


def _groups(side: str, pattern: str) -> Groups:
    """Return one tuple of names an axis."""
    groups: list[tuple[str, ...]] = []
    inside: list[str] | None = None
    for token in _TOKEN.findall(side):
        if token == "(" and inside is None:
            inside = []
        elif token == ")" and inside is not None:
            groups.append(tuple(inside))
            inside = None
        elif token == "1":
            groups.append(()) if inside is None else None
        elif token == _ELLIPSIS and inside is None:
            groups.append(_AXES)
        elif token.isidentifier() or token == _ELLIPSIS:
            groups.append((token,)) if inside is None else inside.append(token)
        else:
            raise ValueError(f"rearrange: {token!r} is not expected at its place in {pattern!r}.")
    if inside is not None:
        raise ValueError(f"rearrange: a parenthesis is not closed in {pattern!r}.")
    return tuple(groups)


def _expanded(groups: Groups, more: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the groups with the axes of an ellipsis in its place: each of its own, or merged with others."""
    for group in groups:
        if group == _AXES:
            yield from ((name,) for name in more)
        else:
            yield tuple(part for name in group for part in (more if name == _ELLIPSIS else (name,)))


@lru_cache(maxsize=512)
def _parsed(pattern: str, ndim: int) -> tuple[Groups, Groups]:
    """Return the groups of both sides, with names of its own for each axis of an ellipsis."""
    left, arrow, right = pattern.partition("->")
    if not arrow:
        raise ValueError(f"rearrange: expected a pattern such as 'b h w -> b (h w)', got {pattern!r}.")
    sides = [_groups(side, pattern) for side in (left, right)]
    spare = ndim - len([group for group in sides[0] if group != _AXES])
    wide = [sum(group == _AXES or _ELLIPSIS in group for group in side) for side in sides]
    merged = any(_ELLIPSIS in group for group in sides[0])
    if merged or wide not in ([0, 0], [1, 1]) or spare < 0 or (spare and not wide[0]):
        raise ValueError(f"rearrange: the left side of {pattern!r} does not fit a tensor of rank {ndim}.")
    more = tuple(f".{position}" for position in range(spare))
    expanded = [tuple(_expanded(side, more)) for side in sides]
    names = [[name for group in side for name in group] for side in expanded]
    if sorted(names[0]) != sorted(names[1]) or len(set(names[0])) != len(names[0]):
        raise ValueError(f"rearrange: both sides of {pattern!r} must have the same names, each once.")
    return expanded[0], expanded[1]


def _sizes(x: Any, left: Groups, lengths: dict[str, int], pattern: str) -> dict[str, Any]:
    """Return the size of each name; a scalar tensor or None where it is not known."""
    d = active()
    sizes: dict[str, Any] = dict(lengths)
    for axis, (group, static, size) in enumerate(zip(left, d.static_shape(x), d.shape(x), strict=True)):
        open_names = [name for name in group if name not in lengths]
        given = math.prod(lengths[name] for name in group if name in lengths)
        if len(open_names) > 1:
            raise ValueError(f"rearrange: the sizes of all but one of {open_names} of {pattern!r} must be given.")
        if static is None:
            sizes.update((name, _divided(size, given)) for name in open_names)
        elif (not open_names and static != given) or given == 0 or static % given:
            raise ValueError(
                f"rearrange: axis {axis} of size {static} does not fit {' '.join(group) or '1'!r} of {pattern!r} with "
                f"lengths {lengths}."
            )
        else:
            sizes.update((name, static // given) for name in open_names)
    return sizes


def _divided(size: Any, by: int) -> Any:
    """Return a part of a size that is not known yet: a scalar tensor, or None where shapes are inferred."""
    d = active()
    if size is None or by == 1:
        return size
    return d.floor_divide(d.astype(size, "int32"), d.full((), by, "int32"))


def _filled(sizes: list[Any]) -> tuple[Any, ...]:
    """Return sizes with -1 in place of one that is not known."""
    single = sum(size is None for size in sizes) == 1
    return tuple(-1 if size is None and single else size for size in sizes)


def _product(sizes: list[Any]) -> Any:
    if len(sizes) == 1:
        return sizes[0]
    known = math.prod(size for size in sizes if isinstance(size, int))
    rest = [size for size in sizes if not isinstance(size, int)]
    if not rest:
        return known
    if any(size is None for size in rest):
        return None
    d = active()
    product = d.full((), known, "int32")
    for size in rest:
        product = d.multiply(product, d.astype(size, "int32"))
    return product


@op()
def rearrange_axes(x: Any, pattern: str, lengths: Any = ()) -> Any:
    """Return a tensor with axes split, merged and reordered; `rearrange` with the sizes as one argument.

    Args:
        x: tensor.
        pattern: such as `"b (h w) c -> b h w c"`.
        lengths: pairs of a name and a size.

    Example:
        >>> from keras_core.ops.rearranging import rearrange_axes
        >>> rearrange_axes([1, 2, 3, 4], "(a b) -> b a", (("a", 2),))
        array([[1, 3],
               [2, 4]], dtype=int32)
    """
    d = active()
    left, right = _parsed(pattern, x.ndim)
    given = dict(lengths)
    unknown = set(given) - {name for group in left for name in group}
    if unknown:
        raise ValueError(f"rearrange: lengths are given of {sorted(unknown)}, which {pattern!r} does not name.")
    sizes = _sizes(x, left, given, pattern)
    names = [name for group in left for name in group]
    order = [names.index(name) for group in right for name in group]
    if any(len(group) != 1 for group in left):
        x = d.reshape(x, _filled([sizes[name] for name in names]))
    if order != sorted(order):
        x = d.permute_dims(x, tuple(order))
    if any(len(group) != 1 for group in right):
        x = d.reshape(x, _filled([_product([sizes[name] for name in group]) for group in right]))
    return x


def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Any:
    """Return a tensor with axes split, merged and reordered by a pattern.

    Args:
        tensor: tensor.
        pattern: names of the axes before and after `->`. Names in parentheses are one axis, `1` is an axis of size 1,
            `...` stands for any number of axes.
        **axes_lengths: sizes of names, needed for all but one of each axis that is split.

    Returns:
        Tensor of the same elements.

    Raises:
        ValueError: where the pattern does not fit the tensor, or the sides do not have the same names.

    Source:
        Rogozhnikov, "Einops: clear and reliable tensor manipulations", ICLR 2022.

    Example:
        >>> ops.rearrange([[1, 2, 3, 4]], "b (h w) -> b w h", h=2)
        array([[[1, 3],
                [2, 4]]], dtype=int32)
    """
    return rearrange_axes(tensor, pattern, tuple(sorted(axes_lengths.items())))
