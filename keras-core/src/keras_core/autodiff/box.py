"""The traced tensor of reverse mode."""

from __future__ import annotations

from typing import Any, NoReturn

from keras_core.runtime.stand_in import StandIn
from keras_core.runtime.table import DispatchTable

Tensor = Any


class Box(StandIn):
    """A tensor that is being differentiated: a value of the table below, and the tape that records its uses.

    Each level of differentiation has a subclass of its own, so that the box of an outer level is an ordinary tensor to
    an inner one.

    Args:
        value: tensor of the table on which the level stands.
        tape: the records of one differentiation, in the order of computation.
    """

    __slots__ = ("tape",)
    base: DispatchTable

    def __init__(self, value: Tensor, tape: Any) -> None:
        self.value = value
        self.tape = tape

    def __repr__(self) -> str:
        return f"<differentiated {self.value!r}>"

    # Python control flow looks at the value; the gradient is that of the branch taken.

    def __bool__(self) -> bool:
        return bool(self.base.to_host(self.value))

    def __int__(self) -> int:
        return int(self.base.to_host(self.value))

    def __float__(self) -> float:
        return float(self.base.to_host(self.value))

    def __complex__(self) -> complex:
        return complex(self.base.to_host(self.value))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NoReturn:
        raise TypeError(
            "A tensor that is being differentiated cannot become a NumPy array, its gradient would be lost: use "
            "`ops.convert_to_numpy(x)` to look at its value, or `ops.stop_gradient(x)` to take it as a constant."
        )


class ClosedTape:
    """Takes the place of a tape that was used up, so that a box which outlived it is noticed."""

    __slots__ = ()

    def append(self, _record: Any) -> NoReturn:
        """Refuse the record."""
        raise RuntimeError(
            "A tensor was used after the differentiation to which it belongs had ended. Return it from the "
            "differentiated function, among the auxiliary values, instead of keeping it in an outer variable."
        )


CLOSED = ClosedTape()
