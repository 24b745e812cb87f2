"""JSON as it is in model files: no duplicate keys, no NaN, no huge integers, bounded in depth, values and strings."""

from __future__ import annotations

import json
import math
from functools import partial
from typing import Any, Final

from keras_core.runtime.refusal import ModelFileError, shown

MAX_DEPTH: Final = 200
MAX_BYTES: Final = 32 << 20
MAX_VALUES: Final = 2_000_000
"""Each value takes some 100 bytes of memory: a layer has about 50 of them."""
MAX_STRING: Final = 1 << 20
_MAX_DIGITS: Final = 20  # of a 64-bit integer, with its sign
_MAX_FLOAT_DIGITS: Final = 400
_NAMES: Final = frozenset({"name", "class_name", "registered_name", "module"})


def parse_json(content: bytes, what: str, max_string: int = MAX_STRING) -> Any:
    """Return what JSON describes.

    Args:
        content: the text, in UTF-8.
        what: what it is, for errors.
        max_string: characters of a string at most.

    Raises:
        ModelFileError: where it is no JSON or goes beyond the bounds.
    """
    if len(content) > MAX_BYTES:
        raise ModelFileError(f"{what}: expected at most {MAX_BYTES} bytes, got {len(content)}.")
    # Every value but the first of a list or object has a comma before it, so none needs to be made to be counted.
    values = sum(map(content.count, (b",", b"[", b"{")))
    if values > MAX_VALUES:
        raise ModelFileError(f"{what}: expected at most {MAX_VALUES} values, got about {values}.")
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=partial(_object, max_string),
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_integer,
        )
    except RecursionError:
        raise ModelFileError(f"{what}: expected JSON of at most {MAX_DEPTH} nested levels, got far more.") from None
    except ValueError as error:  # of the JSON itself, of its encoding, and those below
        raise ModelFileError(f"{what}: expected strict JSON; {error}.") from error
    _check_depth(value, what)
    return value


def dump_json(value: Any, what: str) -> bytes:
    """Return plain data as JSON.

    Args:
        value: lists, dicts, strings, numbers.
        what: what it is, for errors.

    Raises:
        ValueError: where it holds NaN, infinity or something that is no plain data.
    """
    try:
        return json.dumps(value, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what}: cannot be written as JSON: {error}. Let get_config() return plain data.") from error


def _object(max_string: int, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        known: set[str] = set()
        twice = next(name for name, _ in pairs if name in known or known.add(name))
        raise ValueError(f"the key {shown(twice)} is there twice")
    for key, value in pairs:
        if len(key) > MAX_STRING or (isinstance(value, str) and len(value) > max_string):
            raise ValueError(f"the string {shown(value)} of {shown(key)} has more than {max_string} characters")
        # Control characters, and those that change the direction of writing, would make a name look like another one.
        for text in (key, value if key in _NAMES else ""):
            if isinstance(text, str) and not text.isprintable():
                raise ValueError(f"the name {shown(text)} has characters that cannot be seen")
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _float(digits: str) -> float:
    if len(digits) > _MAX_FLOAT_DIGITS:
        raise ValueError(f"a number of {len(digits)} characters is too long")
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"the number {shown(digits)} is too large")
    return value


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError(f"an integer of {len(digits)} digits is too large")
    return int(digits)


def _check_depth(value: Any, what: str) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise ModelFileError(f"{what}: expected JSON of at most {MAX_DEPTH} nested levels, got more.")
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner += item.values()
            elif isinstance(item, list):
                inner += item
        level = inner
