"""Conversion to and from the host, constants, and devices."""

import numpy as np
import pluggy
import pytest
import tensorflow as tf

from keras_backend_tf.host import DEVICES, DTYPES, HOST_CONVERSION, integers
from keras_backend_tf.plugin import contract_1_0
from keras_core import Variable, use_backend
from keras_core.contract import PROJECT, HookSpecs
from keras_core.transforms import grad


@pytest.mark.parametrize("dtype", DTYPES)
def test_round_trip(dtype):
    array = np.array([[0, 1], [1, 0]]).astype(DTYPES[dtype].as_numpy_dtype)
    tensor = HOST_CONVERSION.from_host(array, dtype)
    assert type(tensor) is HOST_CONVERSION.tensor_type and isinstance(tensor, HOST_CONVERSION.tensor_types)
    assert tensor.dtype is DTYPES[dtype]
    back = HOST_CONVERSION.to_host(tensor)
    assert back.dtype == array.dtype and back.tolist() == array.tolist()
    assert HOST_CONVERSION.to_host(tensor[0, 1]).shape == ()


@pytest.mark.parametrize("size", [1, 64, 100_000])
def test_no_memory_is_shared(size):
    for offset in range(16):  # some of these are aligned as TensorFlow wants its own buffers
        array = np.zeros(size + 16, "float32")[offset : offset + size]
        tensor = HOST_CONVERSION.from_host(array, "float32")
        array[:] = 1
        host = HOST_CONVERSION.to_host(tensor)
        assert not host.any()
        host[:] = 2
        assert not HOST_CONVERSION.to_host(tensor).any()


def test_functions_of_tensorflow_take_variables_and_see_their_gradients():
    with use_backend("tensorflow"):
        variable, tensor = Variable([[1.0], [2.0]]), tf.constant([[3.0, 4.0]])
        for function in (lambda: tf.matmul(tensor, variable)[0, 0], lambda: tf.reduce_sum(tensor @ variable)):
            assert grad(function, variables=[variable])()[0].numpy().tolist() == [[3.0], [4.0]]
        with pytest.raises(tf.errors.InvalidArgumentError, match="expected to be a float tensor but is a double"):
            tf.matmul(tensor, Variable([[1.0], [2.0]], dtype="float64"))


def test_scalars_are_cached_outside_graphs_only():
    scalar = HOST_CONVERSION.scalar
    assert scalar(2.5, "float32") is scalar(2.5, "float32")
    assert scalar(1, "int32").dtype is tf.int32 and scalar(True, "float32").numpy() == 1
    assert not np.signbit(scalar(0.0, "float32").numpy()) and np.signbit(scalar(-0.0, "float32").numpy())
    assert scalar(1, "complex64").dtype is tf.complex64 and np.isnan(scalar(float("nan"), "bfloat16").numpy())
    traced = tf.function(lambda: scalar(2.5, "float32") + scalar(3, "float32"), autograph=False)
    assert traced().numpy() == 5.5
    assert integers((2**40,)).dtype is tf.int64 and integers(()).dtype is tf.int32


def test_tracers_have_no_value_and_unknown_ranks_are_named():
    @tf.function(autograph=False, input_signature=[tf.TensorSpec([None, 2]), tf.TensorSpec(None)])
    def traced(x, unknown):
        assert isinstance(x, HOST_CONVERSION.tensor_types)
        assert HOST_CONVERSION.static_shape(x) == (None, 2)
        with pytest.raises(TypeError, match=r"has no value yet.*outside of the tf\.function"):
            HOST_CONVERSION.to_host(x)
        with pytest.raises(ValueError, match="rank"):
            HOST_CONVERSION.static_shape(unknown)
        return x

    traced(tf.ones((1, 2)), tf.ones(1))


def test_devices():
    assert "cpu:0" in DEVICES.names()
    with DEVICES.scope("cpu:0"):
        x = tf.ones(2) + 1
    assert DEVICES.device_of(x) == "cpu:0"
    assert DEVICES.place(x, "cpu") is x
    DEVICES.synchronize()
    with pytest.raises(ValueError, match=r"Unknown device 'gpu:77'.*cpu:0"):
        DEVICES.scope("gpu:77")
    tf.function(lambda: DEVICES.synchronize() or DEVICES.place(tf.ones(2), "cpu:0"), autograph=False)()


def test_plugin_answers_for_its_own_name_only():
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    manager.register(contract_1_0)
    manager.check_pending()
    for name in ("keras_primitives", "keras_transforms", "keras_devices", "keras_host_conversion"):
        hook = getattr(manager.hook, name)
        assert hook(backend="tensorflow") is not None and hook(backend="other") is None
    assert manager.hook.keras_kernels(backend="tensorflow") and not manager.hook.keras_kernels(backend="other")
