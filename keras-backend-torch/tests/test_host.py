"""Conversion to and from the host, constants and devices."""

import contextvars

import ml_dtypes
import numpy as np
import pytest
import torch

from keras_backend_torch.host import (
    DEVICES,
    DTYPES,
    HOST_CONVERSION,
    from_host,
    known_devices,
    native_device,
    scalar,
    to_host,
)
from keras_backend_torch.plugin import contract_1_0
from keras_backend_torch.primitives import PRIMITIVES
from keras_backend_torch.transforms import TRANSFORMS

BITS = {name: getattr(ml_dtypes, name) for name in ("bfloat16", "float8_e4m3fn", "float8_e5m2")}


@pytest.mark.parametrize("dtype", list(DTYPES))
@pytest.mark.parametrize("shape", [(2, 3), (), (0, 4)])
def test_round_trip(dtype, shape):
    array = (np.arange(np.prod(shape, dtype=int)).reshape(shape) % 2).astype(BITS.get(dtype, dtype))
    tensor = from_host(array, dtype)
    back = to_host(tensor)
    assert type(tensor) is torch.Tensor and tensor.dtype is DTYPES[dtype] and tuple(tensor.shape) == shape
    assert back.dtype == array.dtype and back.tobytes() == array.tobytes()


def test_neither_way_shares_memory():
    array = np.zeros(3, "float32")
    tensor = from_host(array, "float32")
    array[0] = 1
    assert tensor.tolist() == [0, 0, 0]
    read = to_host(tensor)
    tensor += 1
    assert read.tolist() == [0, 0, 0]


def test_arrays_of_any_layout_and_byte_order():
    array = np.arange(6.0).reshape(2, 3)
    for odd in (array[::-1, ::2], array.T, array.astype(">f8"), np.broadcast_to(array, (2, 2, 3))):
        odd.setflags(write=False)
        assert to_host(from_host(odd, "float64")).tolist() == odd.tolist()


def test_lazy_views_and_parameters_are_read():
    x = torch.tensor([[1 + 2j]])
    assert to_host(x.conj()).tolist() == [[1 - 2j]]
    assert to_host(x.conj().imag).tolist() == [[-2.0]]
    assert to_host(torch.ones(2, 3, dtype=torch.bfloat16).T[1:]).shape == (2, 2)
    assert to_host(torch.nn.Parameter(torch.ones(2))).tolist() == [1, 1]
    assert isinstance(torch.nn.Parameter(torch.ones(2)), HOST_CONVERSION.tensor_types)


def test_constants_are_made_once_and_keep_the_sign_of_zero():
    assert scalar(2, "int32") is scalar(2, "int32")
    assert scalar(1, "float32").dtype is torch.float32 and scalar(True, "bool").dtype is torch.bool
    assert np.signbit(to_host(scalar(-0.0, "float32"))) and not np.signbit(to_host(scalar(0.0, "float32")))


def test_constants_made_below_a_transform_do_not_leave_it():
    TRANSFORMS["abstract_eval"](lambda inputs: [inputs[0] * scalar(17.5, "float32")], [torch.ones(2)])
    TRANSFORMS["jvp"](lambda inputs: [inputs[0] * scalar(18.5, "float32")], [torch.ones(2)], [torch.ones(2)])
    with torch.inference_mode():
        scalar(19.5, "float32")
    for value in (17.5, 18.5, 19.5):
        constant = scalar(value, "float32")
        assert type(constant) is torch.Tensor and constant.item() == value and not constant.is_inference()


def test_devices():
    names = DEVICES.names()
    assert names[-1] == "cpu:0"
    x = PRIMITIVES["full"]((2,), 1.0, "float32")
    assert DEVICES.device_of(x) == names[0]
    assert DEVICES.place(x, names[0]) is x
    assert DEVICES.device_of(DEVICES.place(x, "cpu:0")) == "cpu:0"
    DEVICES.synchronize()
    with pytest.raises(ValueError, match="Unknown device 'gpu:99'"), DEVICES.scope("gpu:99"):
        pass


def test_accelerators_come_first(monkeypatch):
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available: torch.device("cuda"))
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 2)
    known = known_devices.__wrapped__()
    assert list(known) == ["gpu:0", "gpu:1", "cpu:0"]
    assert known["gpu:1"] == torch.device("cuda", 1)


def test_device_scope_belongs_to_its_context(monkeypatch):
    monkeypatch.setattr("keras_backend_torch.host.native_device", lambda name: torch.device("meta"))

    def make():
        return PRIMITIVES["arange"](0, 3, 1, "int32").device.type

    outside = contextvars.copy_context()
    with DEVICES.scope("gpu:0"):
        assert make() == "meta"
        assert PRIMITIVES["full"]((1,), 0, "bool").is_meta and from_host(np.ones(1), "float32").is_meta
        assert torch.ones(1).device.type == "cpu"  # not a mode that would slow each op
        assert outside.run(make) != "meta"
    assert make() != "meta"
    assert native_device("cpu:0") == torch.device("cpu")


def test_the_plugin_answers_for_its_own_name_only():
    for hook in ("primitives", "kernels", "transforms", "devices", "host_conversion"):
        assert getattr(contract_1_0, f"keras_{hook}")(backend="numpy") is None
        assert getattr(contract_1_0, f"keras_{hook}")(backend="torch") is not None
