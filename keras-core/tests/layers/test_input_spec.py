"""What layers expect of their inputs."""

import numpy as np
import pytest

from keras_core.layers import Input, InputSpec, Layer
from keras_core.runtime.keras_tensor import KerasTensor


class Mode(Layer):
    def call(self, inputs, training=None):
        return inputs * (2.0 if training else 1.0)


X = np.ones((2, 3), "float32")


@pytest.mark.parametrize(
    ("spec", "shape", "message"),
    [
        (InputSpec(ndim=3), (2, 3), "expected ndim=3, got ndim=2"),
        (InputSpec(min_ndim=3), (2, 3), "expected ndim >= 3, got ndim=2"),
        (InputSpec(max_ndim=1), (2, 3), "expected ndim <= 1, got ndim=2"),
        (InputSpec(axes={-1: 4}), (2, 3), "expected size 4 of axis -1, got 3"),
        (InputSpec(shape=(None, 4)), (2, 3), r"expected shape \(None, 4\), got \(2, 3\)"),
        (InputSpec(dtype="int32"), (2, 3), "expected dtype int32, got float32"),
    ],
)
def test_input_spec_errors_name_layer_argument_expected_and_got(spec, shape, message):
    layer = Mode(name="mode_spec")
    layer.input_spec = spec
    with pytest.raises(ValueError, match=rf"layer 'mode_spec' \(Mode\): argument 'inputs': {message}"):
        layer(np.ones(shape, "float32"))


def test_input_spec_of_several_inputs():
    layer = Mode(name="several")
    layer.input_spec = [InputSpec(ndim=2), InputSpec(ndim=1)]
    layer.call = lambda inputs, training=None: inputs[0]
    with pytest.raises(ValueError, match="expected 2 inputs, got 1"):
        layer([X])
    with pytest.raises(ValueError, match="input 1: expected ndim=1, got ndim=2"):
        layer([X, X])


def test_input_spec_itself():
    spec = InputSpec(shape=(None, 1), allow_last_axis_squeeze=True)
    assert spec.problem((5,), "float32") is None
    assert InputSpec.from_config(InputSpec(ndim=2).get_config()).ndim == 2
    with pytest.raises(ValueError, match="expected axes below 2"):
        InputSpec(ndim=2, axes={2: 3})


def test_input_needs_a_shape():
    with pytest.raises(ValueError, match="expected a shape"):
        Input()
    with pytest.raises(ValueError, match="got both"):
        Input(shape=(2,), batch_shape=(1, 2))
    with pytest.raises(ValueError, match="non-negative ints and None"):
        Input(shape=("a",))
    assert Input(shape=(2,), batch_size=4, dtype="int32", name="ids").shape == (4, 2)
    assert Input(tensor=KerasTensor((3, 4), "int32")).dtype == "int32"
