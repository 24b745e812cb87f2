"""IEEE 754 results without warnings: `log(0)` is `-inf`, and says nothing."""

import threading
from collections.abc import Callable
from contextvars import Context
from functools import wraps
from typing import Any

import numpy as np


def _quiet_context() -> Context:
    """Return a context in which NumPy's error state is "ignore".

    NumPy keeps its error state in a context variable. Running a function in a prepared context costs 0.03 us, a
    thirtieth of `numpy.errstate`, and leaves the caller's own error state alone.
    """
    context = Context()
    context.run(np.seterr, all="ignore")
    return context


class _OfThread(threading.local):
    """One quiet context for each thread."""

    def __init__(self) -> None:
        self.run = _quiet_context().run


# Looking into a `threading.local` costs more than all the rest. So all threads first try one shared context, which
# refuses, by a RuntimeError, a thread that comes while another is inside. (A RuntimeError of the function itself comes
# again from the second attempt.)
_run = _quiet_context().run
_of_thread = _OfThread()


def quiet1(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Silence a function of one argument. Quiet functions should not call each other: a context is entered once."""

    def silenced(x: Any) -> Any:
        try:
            return _run(function, x)
        except RuntimeError:
            return _of_thread.run(function, x)

    return silenced


def quiet2(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Silence a function of two arguments."""

    def silenced(x1: Any, x2: Any) -> Any:
        try:
            return _run(function, x1, x2)
        except RuntimeError:
            return _of_thread.run(function, x1, x2)

    return silenced


def quiet3(function: Callable[[Any, Any, Any], Any]) -> Callable[[Any, Any, Any], Any]:
    """Silence a function of three arguments."""

    def silenced(x1: Any, x2: Any, x3: Any) -> Any:
        try:
            return _run(function, x1, x2, x3)
        except RuntimeError:
            return _of_thread.run(function, x1, x2, x3)

    return silenced


def quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """Silence a function of any number of arguments."""

    @wraps(function)
    def silenced(*arguments: Any) -> Any:
        try:
            return _run(function, *arguments)
        except RuntimeError:
            return _of_thread.run(function, *arguments)

    return silenced
