"""Products of vectors, matrices and named axes."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from keras_conformance.case import host_dtype
from keras_conformance.cases.recurring import Named, computed, f32, numbers, raises, value

_A: Final = numbers(2, 3, 4)
_B: Final = numbers(2, 3, 4, key=1)


def _einsum(name: str, subscripts: str, *shapes: tuple[int, ...]) -> Named:
    tensors = [numbers(*shape, key=key) for key, shape in enumerate(shapes)]
    return computed(f"einsum_{name}", "einsum", np.einsum, "float32", subscripts, *tensors, tolerance=8)


def _tensordot(name: str, axes: Any, first: tuple[int, ...], second: tuple[int, ...]) -> Named:
    x, y = numbers(*first), numbers(*second, key=1)
    return computed(f"tensordot_{name}", "tensordot", np.tensordot, "float32", x, y, axes=axes, tolerance=8)


def _cross(name: str, first: tuple[int, ...], second: tuple[int, ...], **axes: int) -> Named:
    x, y = numbers(*first), numbers(*second, key=1)
    return computed(f"cross_{name}", "cross", np.cross, "float32", x, y, tolerance=4, **axes)


CASES: Final = (
    _cross("of_last_axes", (4, 3), (4, 3)),
    _cross("of_a_named_axis", (3, 4), (3, 4), axis=0),
    _cross("of_different_axes", (3, 4), (4, 3), axisa=0, axisb=1),
    _cross("to_another_axis", (4, 3), (4, 3), axisc=0),
    _cross("of_three_different_axes", (3, 2, 4), (2, 4, 3), axisa=0, axisb=-1, axisc=1),
    _cross("axis_beats_the_others", (3, 4), (3, 4), axisa=1, axisb=1, axisc=1, axis=0),
    _cross("broadcasts", (4, 1, 3), (5, 3)),
    value("cross_of_planes_is_a_number", "cross", f32(-2.0), f32(1.0, 2.0), f32(3.0, 4.0)),
    value(
        "cross_of_integers",
        "cross",
        np.array([-3, 6, -3], np.int32),
        np.array([1, 2, 3], np.int32),
        np.array([4, 5, 6], np.int32),
    ),
    _einsum("of_a_diagonal", "ii->i", (3, 3)),
    _einsum("of_a_trace", "ii", (3, 3)),
    _einsum("of_repeated_letters_in_two", "iij,jk->ik", (3, 3, 2), (2, 4)),
    _einsum("with_implicit_output", "ij,jk", (2, 3), (3, 4)),
    _einsum("with_implicit_output_sorts_letters", "ba", (2, 3)),
    _einsum("with_an_ellipsis", "...ij,...jk->...ik", (2, 3, 4), (4, 5)),
    _einsum("with_an_implicit_ellipsis", "...i,i", (2, 3, 4), (4,)),
    _einsum("with_an_ellipsis_summed_around", "i...->...", (2, 3, 4)),
    _einsum("that_broadcasts_an_ellipsis", "...i,...i->...", (2, 1, 3), (4, 3)),
    _einsum("that_sums_a_letter_of_one_operand", "ij,k->k", (2, 3), (4,)),
    _einsum("of_three_operands", "ij,jk,kl->il", (2, 3), (3, 4), (4, 2)),
    _einsum("of_an_outer_product", "i,j->ji", (2,), (3,)),
    _einsum("of_a_permutation", "abc->cab", (2, 3, 4)),
    _einsum("of_batches_in_the_middle", "ibj,kbj->bik", (2, 3, 4), (5, 3, 4)),
    _einsum("with_spaces", " i j , j k -> i k ", (2, 3), (3, 4)),
    _einsum("of_a_letter_in_all", "bi,bi,bi->b", (2, 3), (2, 3), (2, 3)),
    _einsum("with_capital_letters", "aB,Bc->ac", (2, 3), (3, 4)),
    _tensordot("of_no_axes", 0, (2, 3), (4,)),
    _tensordot("of_one_axis", 1, (2, 3), (3, 4)),
    _tensordot("of_two_axes", 2, (2, 3, 4), (3, 4, 5)),
    _tensordot("of_lists_of_axes", ([0, 2], [2, 0]), (2, 3, 4), (4, 5, 2)),
    _tensordot("of_negative_axes", ((-1,), (0,)), (2, 3), (3, 4)),
    _tensordot("of_a_pair_of_ints", (1, 0), (2, 3), (3, 4)),
    value(
        "matmul_of_a_vector_from_the_left",
        "matmul",
        np.matmul(f32(1.0, 2.0), f32([[1.0, 2.0], [3.0, 4.0]])),
        f32(1.0, 2.0),
        f32([[1.0, 2.0], [3.0, 4.0]]),
    ),
    computed(
        "matmul_broadcasts_batches",
        "matmul",
        None,
        "float32",
        numbers(5, 1, 2, 3),
        numbers(4, 3, 2, key=1),
        tolerance=4,
    ),
    computed("dot_of_many_axes", "dot", np.dot, "float32", numbers(2, 3), numbers(4, 3, 5, key=1), tolerance=4),
    computed("inner_of_matrices", "inner", np.inner, "float32", numbers(2, 3), numbers(4, 3, key=1), tolerance=4),
    value(
        "vdot_conjugates_the_first",
        "vdot",
        np.complex64(2),
        np.array([1j, 1], np.complex64),
        np.array([1j, 1], np.complex64),
    ),
    computed("outer_flattens", "outer", np.outer, "float32", numbers(2, 2), numbers(3, key=1), tolerance=2),
    computed("kron_of_matrices", "kron", np.kron, "float32", numbers(2, 3), numbers(3, 2, key=1), tolerance=2),
    value(
        "matmul_of_bfloat16_accumulates_wide",
        lambda x: _ops().cast(_ops().matmul(x, _ops().transpose(x)), "float32"),
        f32([[512.0]]),
        np.ones((1, 512), host_dtype("bfloat16")),
    ),
    value("norm_over_an_axis_keeps_it", "norm", f32([[5.0]]), f32([[3.0, 4.0]]), axis=1, keepdims=True),
    value("norm_of_order_0", "norm", f32(2.0), f32(3.0, 0.0, -1.0), ord=0),
    value("norm_of_minus_infinity", "norm", f32(1.0), f32(3.0, 2.0, -1.0), ord=-math.inf),
    raises(
        "matmul_of_sizes_that_do_not_fit",
        lambda x, y: _ops().matmul(x, y),
        Exception,
        "",
        np.ones((2, 3), np.float32),
        np.ones((2, 3), np.float32),
    ),
)


def _ops() -> Any:
    from keras_core import ops

    return ops
