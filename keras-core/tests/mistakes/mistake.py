"""What a row of the table is: some wrong code, and what the error or warning that it causes must say."""

from __future__ import annotations

import inspect
import textwrap
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from traceback import extract_tb
from typing import Any

import keras_core as keras

# How a note of JAX begins, about the frames that it took out of the traceback.
_OF_A_FRAMEWORK = "-" * 20


@dataclass(frozen=True)
class Mistake:
    """Some wrong code and what it must lead to.

    Attributes:
        make: a function whose body is the wrong code and whose docstring says what is wrong.
        outcome: class of the error or the warning.
        fragments: what the message must hold: where it is, what was expected, what came, what to do.
    """

    make: Callable[[], Any]
    outcome: type[Exception]
    fragments: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.make.__name__

    @property
    def title(self) -> str:
        """What is wrong, without the full stop."""
        return inspect.cleandoc(self.make.__doc__ or "").removesuffix(".")

    @property
    def is_warning(self) -> bool:
        """Whether it leads to a warning instead of an error."""
        return issubclass(self.outcome, Warning)

    @property
    def code(self) -> str:
        """The wrong code."""
        lines, _ = inspect.getsourcelines(self.make)
        end_of_docstring = next(place for place, line in enumerate(lines) if line.rstrip().endswith('"""'))
        return textwrap.dedent("".join(lines[end_of_docstring + 1 :])).strip()


@dataclass(frozen=True)
class Answer:
    """What happened.

    Attributes:
        kind: class of the error or warning; None where there was neither.
        message: its text, with the notes that were added to it.
        raised_in: file in which an error was raised.
    """

    kind: type[BaseException] | None
    message: str = ""
    raised_in: str = ""


def mistake(outcome: type[Exception], *fragments: str) -> Callable[[Callable[[], Any]], Mistake]:
    """Make a row of the function below.

    Args:
        outcome: class of the error or warning.
        *fragments: what the message must hold.
    """
    return lambda make: Mistake(make, outcome, fragments)


@cache
def answer_to(wrong: Mistake) -> Answer:
    """Make the mistake, in a fresh session, and return what happened."""
    keras.utils.clear_session(free_memory=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            wrong.make()
        except Exception as error:
            notes = [note for note in getattr(error, "__notes__", ()) if not note.startswith(_OF_A_FRAMEWORK)]
            text = "\n".join([str(error), *notes])
            return Answer(type(error), text, extract_tb(error.__traceback__)[-1].filename)
    fitting = [item for item in caught if issubclass(item.category, wrong.outcome)]
    # A framework may warn of something else too.
    fitting.sort(key=lambda item: all(fragment not in str(item.message) for fragment in wrong.fragments))
    return Answer(fitting[0].category, str(fitting[0].message)) if fitting else Answer(None)
