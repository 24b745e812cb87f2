"""Python operators for the classes of core that stand for a tensor: `Variable`, `KerasTensor`, autodiff's `Box`.

The operators are ops, and the ops room stands above this one; it hands its functions over by `bind` when it is
imported.
"""

from collections.abc import Callable
from typing import Any

_functions: dict[str, Callable[..., Any]] = {}


def bind(**functions: Callable[..., Any]) -> None:
    """Set the functions behind the operators; called once by the ops room."""
    _functions.update(functions)


def _function(name: str) -> Callable[..., Any]:
    if not _functions:
        import importlib

        importlib.import_module("keras_core.ops")
    return _functions[name]


class TensorOperators:
    """The arithmetic, comparison and indexing operators, each one op."""

    __slots__ = ()
    # NumPy gives way: `array * variable` calls the reflected operator of this class.
    __array_priority__ = 100
    __array_ufunc__ = None

    def __add__(self, other: Any) -> Any:
        return _function("add")(self, other)

    def __radd__(self, other: Any) -> Any:
        return _function("add")(other, self)

    def __sub__(self, other: Any) -> Any:
        return _function("subtract")(self, other)

    def __rsub__(self, other: Any) -> Any:
        return _function("subtract")(other, self)

    def __mul__(self, other: Any) -> Any:
        return _function("multiply")(self, other)

    def __rmul__(self, other: Any) -> Any:
        return _function("multiply")(other, self)

    def __truediv__(self, other: Any) -> Any:
        return _function("divide")(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _function("divide")(other, self)

    def __floordiv__(self, other: Any) -> Any:
        return _function("floor_divide")(self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return _function("floor_divide")(other, self)

    def __mod__(self, other: Any) -> Any:
        return _function("mod")(self, other)

    def __rmod__(self, other: Any) -> Any:
        return _function("mod")(other, self)

    def __pow__(self, other: Any) -> Any:
        return _function("power")(self, other)

    def __rpow__(self, other: Any) -> Any:
        return _function("power")(other, self)

    def __matmul__(self, other: Any) -> Any:
        return _function("matmul")(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return _function("matmul")(other, self)

    def __and__(self, other: Any) -> Any:
        return _function("and")(self, other)

    def __rand__(self, other: Any) -> Any:
        return _function("and")(other, self)

    def __or__(self, other: Any) -> Any:
        return _function("or")(self, other)

    def __ror__(self, other: Any) -> Any:
        return _function("or")(other, self)

    def __xor__(self, other: Any) -> Any:
        return _function("xor")(self, other)

    def __rxor__(self, other: Any) -> Any:
        return _function("xor")(other, self)

    def __lshift__(self, other: Any) -> Any:
        return _function("left_shift")(self, other)

    def __rshift__(self, other: Any) -> Any:
        return _function("right_shift")(self, other)

    def __neg__(self) -> Any:
        return _function("negative")(self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return _function("abs")(self)

    def __invert__(self) -> Any:
        return _function("invert")(self)

    def __eq__(self, other: Any) -> Any:
        return _function("equal")(self, other)

    def __ne__(self, other: Any) -> Any:
        return _function("not_equal")(self, other)

    def __lt__(self, other: Any) -> Any:
        return _function("less")(self, other)

    def __le__(self, other: Any) -> Any:
        return _function("less_equal")(self, other)

    def __gt__(self, other: Any) -> Any:
        return _function("greater")(self, other)

    def __ge__(self, other: Any) -> Any:
        return _function("greater_equal")(self, other)

    __hash__ = object.__hash__

    def __getitem__(self, key: Any) -> Any:
        return _function("get_item")(self, key)
