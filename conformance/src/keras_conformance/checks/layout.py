"""Tensors that do not lie in memory as their elements follow one another, and memory that results share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import Arguments
from keras_conformance.checks.comparison import Mismatch, case_of, compare, draw, function_of, tolerance_for, widened
from keras_conformance.registry import CaseId
from keras_conformance.subject import Subject


def _transposed(subject: Subject, array: np.ndarray) -> Any:
    """Return a tensor of every other element of one whose axes were exchanged."""
    table = subject.table
    wide = np.zeros([2 * size for size in array.shape], array.dtype)
    every_other = tuple(slice(None, None, 2) for _ in array.shape)
    wide[every_other] = array
    axes = tuple(reversed(range(array.ndim)))
    turned = np.ascontiguousarray(wide.transpose(axes))
    if subject.compiles_each_op:  # each step towards the view would be; it has the view of the host instead
        return table.from_host(turned.transpose(axes)[every_other], array.dtype.name)
    view = table.permute_dims(subject.tensor(turned), axes)
    return table.slice(view, (0,) * array.ndim, (None,) * array.ndim, (2,) * array.ndim)


def _reversed(subject: Subject, array: np.ndarray) -> Any:
    """Return a tensor that was flipped."""
    flipped = np.ascontiguousarray(np.flip(array))
    if subject.compiles_each_op:
        return subject.table.from_host(np.flip(flipped), array.dtype.name)
    return subject.table.flip(subject.tensor(flipped), tuple(range(array.ndim)))


_LAYOUTS: Final[dict[str, Callable[[Subject, np.ndarray], Any]]] = {
    "transposed and strided": _transposed,
    "reversed": _reversed,
}

_VIEWS: Final = frozenset(
    (
        *("reshape", "permute_dims", "transpose", "swapaxes", "moveaxis", "ravel", "expand_dims", "squeeze"),
        *("broadcast_to", "flip", "flipud", "fliplr", "rot90", "diagonal", "slice", "get_item", "unstack"),
        *("split", "array_split", "hsplit", "vsplit", "dsplit", "crop_images", "rearrange_axes", "meshgrid"),
        *("real", "imag", "view", "bitcast", "stop_gradient", "conj", "conjugate", "saturate_cast"),
    )
)
"""What may share memory: it moves no element, or gives elements back as they are, as NumPy does without a copy."""


def check_layout(subject: Subject, case_id: CaseId) -> None:
    """Check that results do not depend on how arguments lie in memory, and share none but where NumPy's do."""
    case = case_of(case_id)
    arguments = draw(case_id, case.samples[0], case.reference_dtype())
    sent: list[Any] = []
    expected = subject.arrays(_called(subject, case_id, arguments, subject.tensor, sent))
    if case.oracle is None:
        return
    for name, layout in _LAYOUTS.items():
        arrays: list[np.ndarray] = []
        tensors: list[Any] = []

        def send(array: np.ndarray, layout: Any = layout, arrays: list[np.ndarray] = arrays) -> Any:
            arrays.append(array)
            return layout(subject, array) if array.ndim else subject.tensor(array)

        results = _called(subject, case_id, arguments, send, tensors)
        for position, (one, other) in enumerate(zip(subject.arrays(results), expected, strict=True)):
            tolerance = tolerance_for(subject, case_id, case, one.dtype.name, 2)
            compare(one, widened(other), tolerance, f"{name} arguments, result {position}")
        if not case.reuses_buffers:
            for array, tensor in zip(arrays, tensors, strict=True):
                if subject.array(tensor).tobytes() != array.tobytes():
                    raise Mismatch(f"a {name} argument was changed by the call: it was {array!r}")
    if not case.reuses_buffers and case_id.name not in _VIEWS:
        _check_memory(subject, case_id, arguments)


def _called(subject: Subject, case_id: CaseId, arguments: Arguments, send: Any, sent: list[Any]) -> Any:
    def noted(array: np.ndarray) -> Any:
        tensor = send(array)
        sent.append(tensor)
        return tensor

    positional, named = arguments.mapped(noted)
    with np.errstate(all="ignore"):
        return function_of(case_id)(*positional, **named)


def _check_memory(subject: Subject, case_id: CaseId, arguments: Arguments) -> None:
    """Overwrite the arguments, where tensors can be written into, and see that results stay."""
    sent: list[Any] = []
    results = _called(subject, case_id, arguments, subject.tensor, sent)
    before = [array.copy() for array in subject.arrays(results)]
    for tensor in sent:
        try:
            tensor[...] = subject.tensor(np.zeros_like(subject.array(tensor)))
        except (TypeError, AttributeError):
            return  # the tensors of this backend cannot be written into
    for position, (one, other) in enumerate(zip(subject.arrays(results), before, strict=True)):
        if one.tobytes() != other.tobytes():
            raise Mismatch(f"result {position} shares memory with an argument: writing into one changes the other")
