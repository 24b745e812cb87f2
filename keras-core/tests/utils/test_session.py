"""`clear_session`."""

import gc
import weakref

import keras_core as keras
from keras_core import config, layers


def test_names_count_from_the_start():
    layers.Dense(1)
    layers.Dense(1)
    keras.utils.clear_session()
    assert [layers.Dense(1).name, layers.Dense(1).name] == ["dense", "dense_1"]


def test_settings_of_the_session_are_those_at_the_start_and_others_stay():
    config.set_dtype_policy("float16")
    config.disable_interactive_logging()
    config.disable_traceback_filtering()
    config.disable_flash_attention()
    config.set_max_epochs(3)
    try:
        keras.utils.clear_session()
        assert config.dtype_policy().name == config.floatx()
        assert config.is_interactive_logging_enabled()
        assert config.is_traceback_filtering_enabled()
        assert config.is_flash_attention_enabled() is None
        assert config.max_epochs() == 3
    finally:
        config.set_max_epochs(None)


def test_what_nothing_refers_to_is_freed():
    gc.disable()
    try:
        layer = layers.Dense(1)
        layer.itself = [layer]  # only the garbage collector frees it
        reference = weakref.ref(layer)
        del layer
        keras.utils.clear_session(free_memory=False)
        assert reference() is not None
        keras.utils.clear_session()
        assert reference() is None
    finally:
        gc.enable()
