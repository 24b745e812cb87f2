"""Values of ContextVars for a block."""

from contextvars import ContextVar

import pytest

from keras_core.contract import bound


def test_the_value_before_comes_back_also_after_an_error() -> None:
    depth = ContextVar("depth", default=0)
    with bound(depth, 1):
        with pytest.raises(ZeroDivisionError), bound(depth, 2):
            assert depth.get() == 2
            raise ZeroDivisionError
        assert depth.get() == 1
    assert depth.get() == 0
