"""Conversion to and from the host, and devices."""

import math
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from keras_backend_jax.plugin import contract_1_0

HOST = contract_1_0.keras_host_conversion("jax")
DEVICES = contract_1_0.keras_devices("jax")


def test_answers_for_itself_only():
    for hook in ("primitives", "kernels", "transforms", "devices", "host_conversion"):
        assert getattr(contract_1_0, f"keras_{hook}")("other") is None


def test_the_plugin_module_imports_no_framework():
    code = "import sys, keras_backend_jax.plugin; sys.exit('jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("dtype", tuple(HOST.dtypes))
def test_round_trip(dtype):
    source = np.array([0, 1, 1]).astype(HOST.dtypes[dtype])
    tensor = HOST.from_host(source, dtype)
    assert type(tensor) is HOST.tensor_type
    assert tensor.dtype == HOST.dtypes[dtype]
    source[0] = 1
    back = HOST.to_host(tensor)
    assert back.dtype == source.dtype
    assert back.tolist() == [0, 1, 1]
    back[0] = 1
    assert HOST.to_host(tensor)[0] == 0


def test_large_arrays_are_copied():
    source = np.zeros(1 << 16, "float32")
    tensor = HOST.from_host(source, "float32")
    source += 1
    assert not HOST.to_host(tensor).any()


def test_a_tracer_is_a_tensor_but_not_convertible():
    def traced(x):
        assert isinstance(x, HOST.tensor_types)
        assert HOST.static_shape(x) == (2,)
        return HOST.to_host(x)

    with pytest.raises(jax.errors.TracerArrayConversionError):
        jax.jit(traced)(jnp.zeros(2))


def test_scalars():
    assert math.copysign(1, HOST.scalar(-0.0, "float32")) == -1
    assert math.copysign(1, HOST.scalar(0.0, "float32")) == 1
    assert HOST.scalar(True, "bool").dtype == np.bool_
    assert HOST.scalar(3, "int8") is HOST.scalar(3, "int8")


def test_devices():
    first, *_ = DEVICES.names()
    x = jnp.zeros(2)
    assert DEVICES.device_of(x) == first
    assert DEVICES.place(x, first) is x
    with DEVICES.scope(first):
        assert DEVICES.device_of(jnp.ones(2)) == first
    DEVICES.synchronize()
    with pytest.raises(ValueError, match="no device 'tpu:77'"):
        DEVICES.place(x, "tpu:77")


def test_several_devices():
    code = """
import jax
from keras_backend_jax.plugin import contract_1_0
jax.config.update("jax_num_cpu_devices", 2)
devices, host = contract_1_0.keras_devices("jax"), contract_1_0.keras_host_conversion("jax")
import numpy as np
assert devices.names() == ("cpu:0", "cpu:1")
with devices.scope("cpu:1"):
    x = host.from_host(np.zeros(2), "float32")
    assert devices.device_of(x) == "cpu:1"
    assert devices.device_of(contract_1_0.keras_primitives("jax")["full"]((2,), 1, "int8")) == "cpu:1"
assert devices.device_of(devices.place(x, "cpu:0")) == "cpu:0"
"""
    subprocess.run([sys.executable, "-c", code], check=True)
