"""When a function is recorded."""

import pytest

from keras_core.contract import recorded_once_frequent


class Log(list):
    """The calls of a function and of its records, and what has been recorded."""

    def function(self, x):
        self.append(f"call {x!r}")
        return x

    def record(self, x):
        self.append(f"record {x!r}")
        return lambda y: (self.append(f"again {y!r}"), y)[1]


@pytest.mark.parametrize("calls", [0, 1, 3])
def test_each_signature_is_recorded_after_some_calls(calls):
    log = Log()
    run = recorded_once_frequent(log.function, log.record, type, calls)
    for x in (1, "a"):
        assert [run(x) for _ in range(calls + 2)] == [x] * (calls + 2)
    one = [*["call 1"] * calls, "record 1", "again 1", "again 1"]
    assert log == [*one, *(text.replace("1", "'a'") for text in one)]


def test_what_cannot_be_recorded_is_tried_once():
    log = Log()
    run = recorded_once_frequent(log.function, lambda x: log.append("tried"), type, 1)
    for _ in range(3):
        assert run(1) == 1
    assert log == ["call 1", "tried", "call 1", "call 1"]


def test_without_a_signature_the_function_itself_is_called():
    log = Log()
    run = recorded_once_frequent(log.function, log.record, lambda x: None, 0)
    run(1)
    run(1)
    assert log == ["call 1", "call 1"]


def test_there_is_an_end_of_records():
    log = Log()
    run = recorded_once_frequent(log.function, log.record, lambda x: x, 1, most=2)
    for x in range(3):
        for _ in range(3):
            run(x)
    assert [text for text in log if text.startswith("record")] == ["record 0", "record 1"]
    assert log[-3:] == ["call 2"] * 3
