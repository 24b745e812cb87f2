"""JSON beyond what model files need."""

import pytest

from keras_core.runtime.strict_json import MAX_BYTES, MAX_DEPTH, MAX_STRING, MAX_VALUES, dump_json, parse_json
from keras_core.saving import ModelFileError


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected strict JSON"),
        (b"{", "expected strict JSON"),
        (b"\xff\xfe", "expected strict JSON"),
        (b'{"a": 1, "b": 2, "a": 3}', "the key 'a' is there twice"),
        (b'{"a": NaN}', "NaN is no number"),
        (b"[-Infinity]", "-Infinity is no number"),
        (b"[1" + b"0" * 5000 + b"]", "an integer of 5001 digits is too large"),
        (b"[1e999]", "the number '1e999' is too large"),
        (b'{"name": "a\\u202eb"}', r"the name 'a\\u202eb' has characters that cannot be seen"),
        (b'{"a\\u0000": 1}', "has characters that cannot be seen"),
        (b'{"class_name": "\\ud800"}', "has characters that cannot be seen"),
        (b" " * (MAX_BYTES + 1), "expected at most 33554432 bytes"),
        (b"[" + b"[]," * MAX_VALUES + b"1]", "expected at most 2000000 values, got about"),
        (b'{"a": "' + b"a" * (MAX_STRING + 1) + b'"}', "has more than 1048576 characters"),
        (b"[0." + b"1" * 1000 + b"]", "a number of 1002 characters is too long"),
        (b"[" * 300 + b"]" * 300, "at most 200 nested levels"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "at most 200 nested levels"),
    ],
    ids=[
        *("empty", "cut", "encoding", "twice", "nan", "infinity", "integer", "float", "direction", "control"),
        *("surrogate", "long", "many", "text", "digits", "deep", "very deep"),
    ],
)
def test_refused(content, message):
    with pytest.raises(ModelFileError, match=message):
        parse_json(content, "config.json")


def test_plain_data():
    assert parse_json('{"a": [1, 2.5, null, true, "\u00e9"]}'.encode(), "x") == {"a": [1, 2.5, None, True, "\u00e9"]}


def test_deepest():
    depth = MAX_DEPTH - 1
    assert parse_json(b"[" * depth + b"]" * depth, "x")


def test_numbers_without_a_form_are_not_written():
    with pytest.raises(ValueError, match="the model: cannot be written as JSON"):
        dump_json({"rate": float("nan")}, "the model")
