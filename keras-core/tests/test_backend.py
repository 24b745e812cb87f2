"""The module `keras_core.backend`, which is the function of 1.0 too."""

import types

import pytest

import keras_core
from keras_core import backend
from keras_core.runtime.table import active


def test_it_is_a_module_and_gives_the_name_of_the_backend_when_called():
    assert isinstance(keras_core.backend, types.ModuleType)
    assert keras_core.backend() == backend.backend() == keras_core.config.backend() == active().name


def test_numbers_of_names_count_by_prefix():
    first = backend.get_uid("some prefix of this test")
    assert (backend.get_uid("some prefix of this test"), backend.get_uid("another one of this test")) == (first + 1, 1)


@pytest.mark.parametrize(
    ("dtype", "is_int", "is_float"),
    [
        *(("int32", True, False), ("uint8", True, False), ("bool", False, False), ("bfloat16", False, True)),
        *(("float8_e4m3fn", False, True), ("complex64", False, False), (int, True, False)),
    ],
)
def test_kinds_of_dtypes(dtype, is_int, is_float):
    assert (backend.is_int_dtype(dtype), backend.is_float_dtype(dtype)) == (is_int, is_float)


def test_a_kind_of_an_unknown_dtype_is_an_error():
    with pytest.raises(ValueError, match="'foo'"):
        backend.is_int_dtype("foo")


def test_settings_are_those_of_config():
    assert backend.epsilon is keras_core.config.epsilon
    assert backend.set_floatx is keras_core.config.set_floatx
    assert backend.clear_session is keras_core.utils.clear_session
    assert backend.is_keras_tensor is keras_core.utils.is_keras_tensor
