"""Integers: division of negatives, wraparound, numbers that float32 cannot hold, shifts, promotion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import SIGNED
from keras_conformance.cases.recurring import Named, computed, f32, i32, raises, value

_DIVIDENDS: Final = (7, -7, 7, -7, 6, -6, 0, -1)
_DIVISORS: Final = (2, 2, -2, -2, 3, 3, -5, 5)
_DIVISIONS: Final[dict[str, Callable[..., Any]]] = {
    "floor_divide": np.floor_divide,
    "mod": np.mod,
    "fmod": np.fmod,
}
_WIDE: Final = np.array([2**24 + 1, 2**31 + 5, 2**40 + 9, 2**53 + 1, -(2**53) - 1])
_OF_A_NUMBER_BELOW: Final = {
    **dict.fromkeys(("equal", "less", "less_equal"), False),
    **dict.fromkeys(("not_equal", "greater", "greater_equal"), True),
}
_COMPARED: Final = np.array([1, 3, 7, 2**53 + 2, 5])


def _division(name: str) -> Named:
    def call(*pairs: Any) -> list[Any]:
        from keras_core import ops

        return [getattr(ops, name)(x, y) for x, y in zip(pairs[::2], pairs[1::2], strict=True)]

    pairs = [np.array(values, dtype) for dtype in SIGNED for values in (_DIVIDENDS, _DIVISORS)]
    expected = [_DIVISIONS[name](x, y) for x, y in zip(pairs[::2], pairs[1::2], strict=True)]
    return value(f"{name}_of_negative_integers", call, expected, *pairs)


def _promoted(name: str, expected: str, first: str, second: str, function: str = "add") -> Named:
    values = np.array([1, 0, 1]), np.array([1, 1, 0])
    oracle = {"add": np.add, "maximum": np.maximum, "multiply": np.multiply, "divide": np.divide, "mod": np.mod}[
        function
    ]
    return computed(
        name,
        function,
        lambda x, y: oracle(x.astype(np.float64), y.astype(np.float64)),
        expected,
        values[0].astype(first),
        values[1].astype(second) if function not in ("divide", "mod") else np.ones(3, second),
    )


CASES: Final = (
    *map(_division, _DIVISIONS),
    value("divide_of_integers_is_float", "divide", f32(-3.5, 3.5), i32(-7, 7), i32(2, 2)),
    value(
        "floor_divide_of_the_smallest", "floor_divide", np.array([-64], np.int8), np.array([-128], np.int8), np.int8(2)
    ),
    value(
        "floor_divide_of_negative_floats",
        "floor_divide",
        f32(-4.0, 3.0, -4.0),
        f32(-7.0, 7.0, 7.0),
        f32(2.0, 2.0, -2.0),
    ),
    value("mod_of_negative_floats", "mod", f32(0.5, -0.5, 1.5), f32(-3.5, 3.5, -0.5), f32(2.0, -2.0, 2.0)),
    value("fmod_of_negative_floats", "fmod", f32(-1.5, 1.5, -0.5), f32(-3.5, 3.5, -0.5), f32(2.0, -2.0, 2.0)),
    value("mod_by_infinity", "mod", f32(1.0, np.inf), f32(1.0, -1.0), f32(np.inf, np.inf)),
    value("floor_divide_of_large_int64", "floor_divide", np.int64(2**53 + 1), np.int64(2**54 + 2), np.int64(2)),
    value("mod_of_large_int64", "mod", np.int64(1), np.int64(2**53 + 1), np.int64(2)),
    value("floor_divide_of_uint64", "floor_divide", np.uint64(2**63 // 3), np.uint64(2**63), np.uint64(3)),
    value("mod_of_uint8", "mod", np.array([5], np.uint8), np.array([255], np.uint8), np.array([10], np.uint8)),
    value("gcd_of_negatives", "gcd", i32(2, 3, 0), i32(-4, 9, 0), i32(6, -6, 0)),
    value("gcd_of_the_smallest", "gcd", np.array([1, 64], np.int8), np.array([1, 64], np.int8), np.int8(-128)),
    value("lcm_of_negatives", "lcm", i32(12, 18, 0), i32(-4, 9, 0), i32(6, -6, 5)),
    # numbers that float32 or float64 cannot hold
    value("int32_multiply_is_exact", "multiply", i32(16777221), i32(5592407), i32(3)),
    value("int64_multiply_is_exact", "multiply", _WIDE * 3, _WIDE, np.int64(3)),
    value("int64_add_is_exact", "add", _WIDE + 1, _WIDE, np.int64(1)),
    value("int64_square_is_exact", "square", np.int64((2**26 + 1) ** 2), np.int64(2**26 + 1)),
    value("int64_bitwise_xor_is_exact", "bitwise_xor", _WIDE ^ _COMPARED, _WIDE, _COMPARED),
    value("int64_bitwise_and_is_exact", "bitwise_and", _WIDE & _COMPARED, _WIDE, _COMPARED),
    value("int64_bitwise_or_is_exact", "bitwise_or", _WIDE | _COMPARED, _WIDE, _COMPARED),
    value("int64_maximum_is_exact", "maximum", np.maximum(_WIDE, 2**53), _WIDE, np.int64(2**53)),
    value("int64_where_is_exact", "where", _WIDE, np.True_, _WIDE, np.int64(0)),
    value("int64_clip_is_exact", "clip", np.clip(_WIDE, -(2**60), 2**60), _WIDE, np.int64(-(2**60)), np.int64(2**60)),
    value("int64_matmul_is_exact", "matmul", np.array([[2**53 + 1]]), np.array([[2**53, 1]]), np.array([[1], [1]])),
    value("int32_matmul_is_exact", "matmul", i32([[16777217]]), i32([[16777216, 1]]), i32([[1], [1]])),
    value("int32_tensordot_is_exact", "tensordot", i32(16777217), i32(16777216, 1), i32(1, 1), axes=1),
    value("int32_einsum_is_exact", "einsum", i32(16777217), "i,i->", i32(16777216, 1), i32(1, 1)),
    value("int64_power_is_exact", "power", np.int64(3**34), np.int64(3), np.int64(34)),
    value("int64_absolute_is_exact", "absolute", np.abs(_WIDE), _WIDE),
    value("int64_sign", "sign", np.sign(_WIDE), _WIDE),
    value("int64_cumsum_is_exact", "cumsum", np.cumsum(_WIDE), _WIDE),
    value("int64_arange_is_exact", lambda: _ops().arange(2**53, 2**53 + 3, dtype="int64"), np.arange(2**53, 2**53 + 3)),
    value("int64_full_is_exact", lambda: _ops().full((1,), 2**53 + 1, dtype="int64"), np.array([2**53 + 1])),
    value("uint32_multiply_wraps", "multiply", np.uint32(2**32 - 2), np.uint32(2**32 - 1), np.uint32(2)),
    # wraparound
    value(
        "uint8_add_wraps",
        "add",
        np.array([44, 0], np.uint8),
        np.array([200, 255], np.uint8),
        np.array([100, 1], np.uint8),
    ),
    value(
        "uint8_subtract_wraps", "subtract", np.array([254], np.uint8), np.array([1], np.uint8), np.array([3], np.uint8)
    ),
    value("uint8_negative_wraps", "negative", np.array([255, 0, 56], np.uint8), np.array([1, 0, 200], np.uint8)),
    value(
        "uint8_multiply_wraps",
        "multiply",
        np.array([144], np.uint8),
        np.array([200], np.uint8),
        np.array([2], np.uint8),
    ),
    value("int8_add_wraps", "add", np.array([-128], np.int8), np.array([127], np.int8), np.array([1], np.int8)),
    value("int8_absolute_of_the_smallest", "absolute", np.array([-128], np.int8), np.array([-128], np.int8)),
    value("int32_negative_of_the_smallest", "negative", i32([-(2**31)]), i32([-(2**31)])),
    value("int32_square_wraps", "square", i32([-721379959]), i32([1_000_003])),
    value("uint8_diff_wraps", "diff", np.array([255, 2], np.uint8), np.array([1, 0, 2], np.uint8)),
    value("uint8_mean_is_float", "mean", f32(227.5), np.array([200, 255], np.uint8)),
    value(
        "uint8_power_wraps",
        "power",
        np.array([0, 243], np.uint8),
        np.array([16, 3], np.uint8),
        np.array([2, 5], np.uint8),
    ),
    # bits
    value("left_shift_up_to_the_sign", "left_shift", i32(1, 2, -(2**31)), i32(1, 1, 1), i32(0, 1, 31)),
    value("right_shift_keeps_the_sign", "right_shift", i32(-4, -1, 0), i32(-8, -1, 1), i32(1, 31, 1)),
    value(
        "left_shift_of_int8_drops_bits",
        "left_shift",
        np.array([-128, 0], np.int8),
        np.array([1, -128], np.int8),
        np.array([7, 1], np.int8),
    ),
    value(
        "right_shift_of_uint8",
        "right_shift",
        np.array([1, 127], np.uint8),
        np.array([255, 255], np.uint8),
        np.array([7, 1], np.uint8),
    ),
    value("right_shift_of_uint64", "right_shift", np.uint64(1), np.uint64(2**63), np.uint64(63)),
    value("bitwise_not_of_uint8", "bitwise_not", np.array([255, 0], np.uint8), np.array([0, 255], np.uint8)),
    value("bitwise_not_of_bool", "bitwise_not", np.array([False, True]), np.array([True, False])),
    value("view_of_float_as_int", "view", i32(0x3F800000, -(2**31)), f32(1.0, -0.0), dtype="int32"),
    # promotion
    _promoted("maximum_promotes_as_add_does_int_float64", "float64", "int32", "float64", "maximum"),
    _promoted("add_of_int_and_float64", "float64", "int32", "float64"),
    _promoted("maximum_promotes_float32_float64", "float64", "float32", "float64", "maximum"),
    _promoted("add_promotes_float32_float64", "float64", "float32", "float64"),
    _promoted("add_of_int64_and_float32_is_float32", "float32", "int64", "float32"),
    _promoted("maximum_of_int64_and_float32_is_float32", "float32", "int64", "float32", "maximum"),
    _promoted("add_of_int32_and_float16_is_float16", "float16", "int32", "float16"),
    _promoted("add_of_uint8_and_int8_is_int16", "int16", "uint8", "int8"),
    _promoted("add_of_uint32_and_int32_is_int64", "int64", "uint32", "int32"),
    _promoted("multiply_of_bool_and_int8", "int8", "bool", "int8", "multiply"),
    _promoted("divide_of_int64_is_float32", "float32", "int64", "int64", "divide"),
    _promoted("divide_of_bools_is_float32", "float32", "bool", "bool", "divide"),
    _promoted("mod_of_bools_is_int32", "int32", "bool", "bool", "mod"),
    value(
        "python_float_beside_float16",
        lambda x: _ops().add(x, 1.5),
        np.array([2.5], np.float16),
        np.array([1.0], np.float16),
    ),
    value("python_float_beside_int32", lambda x: _ops().multiply(x, 1.5), f32([1.5]), i32([1])),
    value("python_int_beside_uint8", lambda x: _ops().add(x, 1), np.array([2], np.uint8), np.array([1], np.uint8)),
    value("python_float_beside_float64", lambda x: _ops().add(x, 0.1), np.array([1.1]), np.array([1.0])),
    value("python_float_keeps_its_digits_beside_int64", lambda x: _ops().maximum(x, 0.5), f32([1.0]), np.array([1])),
    value(
        "where_promotes_its_branches",
        lambda c, x: _ops().where(c, x, 0.5),
        f32(1.0, 0.5),
        np.array([True, False]),
        i32(1, 1),
    ),
    *(
        value(f"{name}_of_unsigned_and_a_negative_number", name, np.array([found]), np.array([253], np.uint8), -3)
        for name, found in _OF_A_NUMBER_BELOW.items()
    ),
    value("less_of_uint64_and_a_negative_number", "less", np.array([False]), np.array([2**64 - 1], np.uint64), -1),
    value("less_of_int8_and_a_larger_number", "less", np.array([True, True]), np.array([-128, 127], np.int8), 300),
    value("isin_of_unsigned_and_a_negative_number", "isin", np.array([False]), np.array([253], np.uint8), -3),
    raises("add_of_unsigned_and_a_negative_number", "add", OverflowError, "add: -3", np.array([1], np.uint8), -3),
    raises(
        "bitwise_and_of_uint64_and_int32",
        "bitwise_and",
        TypeError,
        "bitwise_and: expected integers or bools, got uint64 and int32",
        np.array([1], np.uint64),
        i32([1]),
    ),
    raises("bitwise_or_of_floats", "bitwise_or", TypeError, "bitwise_or: expected integers", f32([1]), f32([1])),
    raises("bitwise_not_of_floats", "bitwise_not", TypeError, "bitwise_not: expected integers", f32([1])),
    value("matmul_of_int8", "matmul", i32([[16129]]), np.array([[127]], np.int8), np.array([[127]], np.int8)),
    raises("indices_must_be_integers", "take", TypeError, "must be integers", f32(1.0, 2.0), f32(0.0, 1.0)),
)


def _ops() -> Any:
    from keras_core import ops

    return ops
