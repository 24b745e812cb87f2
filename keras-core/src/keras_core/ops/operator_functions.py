"""The ops behind the operators of `KerasTensor` and `Variable`: `x + y` is `add(x, y)`."""

from collections.abc import Callable
from typing import Any

from keras_core.ops.elementwise_binary import (
    add,
    bitwise_and,
    bitwise_or,
    bitwise_xor,
    divide,
    equal,
    floor_divide,
    greater,
    greater_equal,
    left_shift,
    less,
    less_equal,
    logical_and,
    logical_or,
    logical_xor,
    mod,
    multiply,
    not_equal,
    power,
    right_shift,
    subtract,
)
from keras_core.ops.elementwise_unary import absolute, bitwise_not, negative
from keras_core.ops.indexing import get_item
from keras_core.ops.products import matmul
from keras_core.ops.shaping import reshape, squeeze
from keras_core.runtime import operators


def bind() -> None:
    """Make the operators known to the classes that have them."""
    operators.bind(
        **{
            "abs": absolute,
            "add": add,
            "and": lambda x, y: _bits(bitwise_and, logical_and, x, y),
            "divide": divide,
            "equal": equal,
            "floor_divide": floor_divide,
            "get_item": get_item,
            "greater": greater,
            "greater_equal": greater_equal,
            "invert": bitwise_not,
            "left_shift": left_shift,
            "less": less,
            "less_equal": less_equal,
            "matmul": matmul,
            "mod": mod,
            "multiply": multiply,
            "negative": negative,
            "not_equal": not_equal,
            "or": lambda x, y: _bits(bitwise_or, logical_or, x, y),
            "power": power,
            "reshape": reshape,
            "right_shift": right_shift,
            "squeeze": squeeze,
            "subtract": subtract,
            "xor": lambda x, y: _bits(bitwise_xor, logical_xor, x, y),
        }
    )


def _bits(bitwise: Callable[..., Any], logical: Callable[..., Any], x: Any, y: Any) -> Any:
    is_bool = "bool" in str(getattr(x, "dtype", "")) or "bool" in str(getattr(y, "dtype", ""))
    return logical(x, y) if is_bool else bitwise(x, y)
