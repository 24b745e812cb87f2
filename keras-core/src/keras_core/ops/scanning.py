"""Prefix reductions of any associative function, and forward derivatives."""

import contextlib
import functools
import importlib
from collections.abc import Callable, Sequence
from typing import Any

from keras_core.ops.control import Boundary, symbolic_if_needed
from keras_core.ops.shaping import flip
from keras_core.runtime import dtypes, tree
from keras_core.runtime.axes import canonical_axis
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.table import active

Tensors = list[Any]
Pure = Callable[[Tensors], Tensors]


def _cut(x: Any, axis: int, start: int, stop: int | None, step: int = 1) -> Any:
    before, after = axis, x.ndim - axis - 1
    return active().slice(
        x,
        (*(0,) * before, start, *(0,) * after),
        (*(None,) * before, stop, *(None,) * after),
        (*(1,) * before, step, *(1,) * after),
    )


def _interleaved(even: Any, odd: Any, axis: int) -> Any:
    """Return the slices of two tensors by turns; the first may have one more."""
    d = active()
    short, long = d.static_shape(odd)[axis], d.static_shape(even)[axis]
    pairs = d.concat([d.expand_dims(_cut(even, axis, 0, short), axis + 1), d.expand_dims(odd, axis + 1)], axis + 1)
    sizes = list(d.shape(even))
    sizes[axis] = 2 * short
    merged = d.reshape(pairs, tuple(sizes))
    return merged if short == long else d.concat([merged, _cut(even, axis, short, None)], axis)


def _scanned(combine: Callable[[Tensors, Tensors], Tensors], xs: Tensors, axis: int) -> Tensors:
    """Return prefix reductions: of neighbours in pairs by recursion, and of the places between from those."""
    size = active().static_shape(xs[0])[axis]
    if size < 2:
        return xs
    reduced = combine(
        [_cut(x, axis, 0, size - 1, 2) for x in xs],
        [_cut(x, axis, 1, None, 2) for x in xs],
    )
    odd = _scanned(combine, reduced, axis)
    before = odd if size % 2 else [_cut(x, axis, 0, size // 2 - 1) for x in odd]
    rest = [_cut(x, axis, 2, None, 2) for x in xs]
    later = combine(before, rest) if size > 2 else []
    first = [_cut(x, axis, 0, 1) for x in xs]
    even = [active().concat([one, more], axis) for one, more in zip(first, later, strict=True)] if later else first
    return [_interleaved(one, other, axis) for one, other in zip(even, odd, strict=True)]


@symbolic_if_needed
def associative_scan(f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """Return `x[0], f(x[0], x[1]), f(f(x[0], x[1]), x[2]), ...` along an axis, in logarithmically many calls.

    Args:
        f: associative function of two trees like `elems`, of slices of any length along the axis, that returns one.
        elems: tensor, or tree of tensors with a common, known size of the axis.
        reverse: whether it begins at the end.
        axis: which axis.

    Returns:
        Tree like `elems`.

    Raises:
        ValueError: where the sizes of the axis differ, or are not known.

    Source:
        Blelloch, "Prefix sums and their applications", 1990.

    Example:
        >>> ops.associative_scan(lambda x, y: x + y, ops.arange(5))
        array([ 0,  1,  3,  6, 10], dtype=int32)
    """
    d = active()
    leaves, structure = tree.flatten_with_structure(elems)
    xs = [to_tensor(d, leaf) for leaf in leaves]
    axes = {canonical_axis(axis, x.ndim) for x in xs}
    sizes = {d.static_shape(x)[canonical_axis(axis, x.ndim)] for x in xs}
    if len(sizes) != 1 or None in sizes or len(axes) != 1:
        shapes = [tuple(d.static_shape(x)) for x in xs]
        raise ValueError(f"associative_scan: expected one known size of axis {axis} of all elems, got shapes {shapes}.")
    place = axes.pop()

    def combine(left: Tensors, right: Tensors) -> Tensors:
        result = f(tree.unflatten(structure, left), tree.unflatten(structure, right))
        return [to_tensor(active(), leaf) for leaf in tree.flatten(result)]

    if reverse:
        turned = _scanned(combine, [flip(x, place) for x in xs], place)
        return tree.unflatten(structure, [flip(x, place) for x in turned])
    return tree.unflatten(structure, _scanned(combine, xs, place))


def jvp(fun: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> Any:
    """Return the result of a function and its derivative in a direction (forward mode).

    Args:
        fun: function of the primals that returns a tree of tensors.
        primals: list or tuple of the arguments: where.
        tangents: as many trees of the same structure, shapes and dtypes: in which direction.
        has_aux: whether the function returns a pair of the result and something else, which is handed on.

    Returns:
        Result and derivative, of one structure; with `has_aux` the something else too.

    Raises:
        ValueError: where primals and tangents do not fit each other.

    Example:
        >>> [float(part) for part in ops.jvp(lambda x: x * x, (3.0,), (1.0,))]
        [9.0, 6.0]
    """
    d = active()
    if not isinstance(primals, list | tuple) or not isinstance(tangents, list | tuple) or len(primals) != len(tangents):
        raise ValueError("jvp: expected primals and tangents to be lists or tuples of one length.")
    auxiliary: list[Any] = []

    def chosen(*arguments: Any) -> Any:
        if not has_aux:
            return fun(*arguments)
        result, more = fun(*arguments)
        auxiliary[:] = [more]
        return result

    boundary = Boundary(d, chosen)
    inputs = boundary.flat(tuple(primals))
    directions = [to_tensor(d, leaf) for leaf in tree.flatten(tuple(tangents))]
    if len(inputs) != len(directions):
        raise ValueError(f"jvp: expected as many tangents as primals, got {len(directions)} and {len(inputs)} tensors.")
    directions = [to_tensor(d, direction, d.dtype_of(x)) for x, direction in zip(inputs, directions, strict=True)]
    outputs, derivatives = _forward(boundary, inputs, directions)
    results = boundary.restore(outputs), boundary.restore(derivatives)
    return (*results, auxiliary[0]) if has_aux else results


def _forward(function: Pure, primals: Tensors, tangents: Tensors) -> tuple[Tensors, Tensors]:
    """Return outputs and their derivatives by the native forward mode, else by two passes of reverse mode."""
    transforms = active().transforms
    if "jvp" in transforms:
        # A framework may have none of some function, as of one with a gradient of its own.
        with contextlib.suppress(NotImplementedError):
            return transforms["jvp"](function, primals, tangents)
    if "value_and_grad" in transforms:
        return _forward_by_reverse(transforms["value_and_grad"], function, primals, tangents)
    # The room of derived derivatives stands on this one, so that it is looked up by its name.
    return importlib.import_module("keras_core.autodiff").jvp(function, primals, tangents)


def _forward_by_reverse(
    value_and_grad: Callable[..., Any], function: Pure, primals: Tensors, tangents: Tensors
) -> tuple[Tensors, Tensors]:
    """The gradient is linear in the weights of the outputs, and its derivative by them is the one sought."""
    d = active()
    outputs = function(primals)
    sources = [place for place, x in enumerate(primals) if x.dtype in d.inexact]
    places = [place for place, x in enumerate(outputs) if x.dtype in d.inexact]
    derivatives = [d.full(d.shape(x), 0, d.dtype_of(x)) for x in outputs]
    if not sources or not places:
        return outputs, derivatives

    def slope(weights: Tensors) -> tuple[Any, Tensors]:
        def weighted(values: Tensors) -> tuple[Any, Tensors]:
            results = function(values)
            return _product([results[place] for place in places], weights), []

        gradients = value_and_grad(weighted)(primals)[2]
        return _product([gradients[i] for i in sources], [tangents[i] for i in sources]), []

    weights = [d.full(d.shape(outputs[place]), 1, d.dtype_of(outputs[place])) for place in places]
    for place, derivative in zip(places, value_and_grad(slope)(weights)[2], strict=True):
        derivatives[place] = derivative
    return outputs, derivatives


def _product(xs: Tensors, ys: Tensors) -> Any:
    """Return the real part of the sum of the products of elements."""
    d = active()
    terms = [d.sum(d.multiply(x, y), None, False) for x, y in zip(xs, ys, strict=True)]
    terms = [d.real(term) if d.dtype_of(term) in dtypes.COMPLEX else term for term in terms]
    common = dtypes.promote_names(frozenset(map(d.dtype_of, terms)))
    return functools.reduce(d.add, [d.astype(term, common) for term in terms])
