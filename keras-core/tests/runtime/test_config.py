"""Settings of the process."""

import logging

import numpy as np
import pytest

import keras_core as keras
from keras_core import config
from keras_core.runtime.messages import show


@pytest.fixture(autouse=True)
def settings_as_at_the_start():
    yield
    config.enable_interactive_logging()
    config.enable_traceback_filtering()
    config.enable_flash_attention()
    config.set_max_epochs(None)
    config.set_max_steps_per_epoch(None)


def test_messages_go_to_the_output_or_to_the_logger(capsys, caplog):
    with caplog.at_level(logging.INFO, "keras_core"):
        show("one")
        config.disable_interactive_logging()
        assert not config.is_interactive_logging_enabled()
        show("two")
    assert capsys.readouterr().out == "one\n"
    assert [record.getMessage() for record in caplog.records] == ["two"]


def test_the_progress_of_training_goes_to_the_logger(capsys, caplog):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    config.disable_interactive_logging()
    with caplog.at_level(logging.INFO, "keras_core"):
        model.fit(np.ones((4, 1)), np.ones((4, 1)))
        model.summary()
    assert capsys.readouterr().out == ""
    assert "Epoch 1/1" in caplog.text
    assert "Total params" in caplog.text


class Failing(keras.layers.Layer):
    def call(self, x):
        raise KeyError("inside")


class Around(keras.layers.Layer):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, x):
        return self.inner(x)


def functions_of_failure():
    with pytest.raises(KeyError) as caught:
        Around(Around(Failing()))(np.ones((2, 2), "float32"))
    return [(entry.name, str(entry.path) == __file__) for entry in caught.traceback]


def test_tracebacks_show_the_code_of_the_user_and_what_was_called_first():
    filtered = functions_of_failure()
    config.disable_traceback_filtering()
    assert not config.is_traceback_filtering_enabled()
    whole = functions_of_failure()
    own = [("functions_of_failure", True), ("call", True), ("call", True), ("call", True)]
    assert [entry for entry in filtered if entry[1]] == [entry for entry in whole if entry[1]] == own
    assert len(filtered) - len(own) == 1
    assert len(whole) - len(own) == 9


def test_an_inner_frame_stays_where_it_is_the_one_that_raised():
    with pytest.raises(ValueError, match="shape") as caught:
        keras.Sequential([keras.layers.Dense(2), keras.layers.Reshape((7,))])(np.ones((1, 3)))
    assert "keras_core" in str(caught.traceback[-1].path)


def test_fused_attention_is_left_to_whoever_computes_unless_disabled():
    assert config.is_flash_attention_enabled() is None
    config.disable_flash_attention()
    assert config.is_flash_attention_enabled() is False
    x = np.random.default_rng(0).normal(size=(1, 3, 2, 4)).astype("float32")
    without = keras.ops.convert_to_numpy(keras.ops.dot_product_attention(x, x, x))
    config.enable_flash_attention()
    np.testing.assert_allclose(keras.ops.convert_to_numpy(keras.ops.dot_product_attention(x, x, x)), without, rtol=1e-5)


@pytest.mark.parametrize("value", [0, -1, 2.5, "a", True])
@pytest.mark.parametrize("name", ["set_max_epochs", "set_max_steps_per_epoch"])
def test_limits_of_training_are_positive_ints(name, value):
    with pytest.raises(ValueError, match=f"{name}: expected a positive int or None"):
        getattr(config, name)(value)


def test_no_setting_lets_code_of_files_run():
    with pytest.raises(RuntimeError, match="custom_objects"):
        config.enable_unsafe_deserialization()


def test_variables_are_never_those_of_another_library():
    assert config.is_nnx_enabled() is False


def test_set_backend_takes_its_argument_by_name():
    own = config.backend()
    try:
        config.set_backend(backend="numpy")
        assert config.backend() == "numpy"
    finally:
        config.set_backend(own)
