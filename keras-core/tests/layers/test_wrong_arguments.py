"""Errors of the layers of core: they name the layer, the argument, what was expected and what came."""

import pytest

from keras_core import layers
from keras_core.runtime.keras_tensor import KerasTensor


def mapped(function, shapes):
    return [function(shape) for shape in shapes] if isinstance(shapes, list) else function(shapes)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Dense(0, name="d"), r"layer 'd' \(Dense\): expected an int >= 1 for 'units', got 0"),
        (lambda: layers.Dense(2.5), r"\(Dense\): expected an int >= 1 for 'units', got 2.5"),
        (lambda: layers.Dense(2, quantization_config={}), r"\(Dense\): expected quantization_config to be a conf"),
        (lambda: layers.Embedding(0, 2), r"\(Embedding\): expected an int >= 1 for 'input_dim', got 0"),
        (lambda: layers.Lambda(3), r"\(Lambda\): expected a function for 'function', got 3"),
        (
            lambda: layers.Conv2D(2, (3, 3, 3)),
            r"\(Conv2D\): expected an int >= 1 or a tuple of 2 of them for 'kernel_s",
        ),
        (lambda: layers.Conv2D(2, 3, padding="causal"), r"\(Conv2D\): expected 'valid' or 'same' for 'padding', got"),
        (lambda: layers.Conv2D(3, 3, groups=2), r"'filters' to be a multiple of 'groups', got 3 and 2"),
        (lambda: layers.Conv2D(3, 3, strides=2, dilation_rate=2), r"expected 1 for 'strides' or for 'dilation_rate'"),
        (
            lambda: layers.Conv1DTranspose(2, 3, padding="causal"),
            r"\(Conv1DTranspose\): expected 'valid' or 'same' for",
        ),
        (
            lambda: layers.Conv2DTranspose(2, 3, 2, output_padding=2),
            r"\(Conv2DTranspose\): expected ints below the strides \(2, 2\) for 'output_padding', got 2",
        ),
        (lambda: layers.DepthwiseConv2D(3, depth_multiplier=0), r"expected an int >= 1 for 'depth_multiplier', got 0"),
        (lambda: layers.SeparableConv1D(0, 3), r"\(SeparableConv1D\): expected an int >= 1 for 'filters', got 0"),
        (
            lambda: layers.MaxPooling2D(strides=0),
            r"\(MaxPooling2D\): expected an int >= 1 or a tuple of 2 .* 'strides'",
        ),
        (
            lambda: layers.Flatten("last"),
            r"\(Flatten\): expected 'channels_last' or 'channels_first' for 'data_format'",
        ),
        (lambda: layers.Reshape((-1, -1)), r"\(Reshape\): expected a tuple of ints with at most one -1"),
        (lambda: layers.Permute((1, 3)), r"\(Permute\): expected a tuple of the axes 1, 2, ..., each once for 'dims'"),
        (lambda: layers.RepeatVector(0), r"\(RepeatVector\): expected an int >= 1 for 'n', got 0"),
        (lambda: layers.ZeroPadding2D((1, 2, 3)), r"\(ZeroPadding2D\): expected an int, or a tuple of 2 ints or pairs"),
        (lambda: layers.ZeroPadding1D((1, -1)), r"\(ZeroPadding1D\): expected an int >= 0 or a tuple of 2 of them"),
        (
            lambda: layers.AdaptiveMaxPooling1D(0),
            r"\(AdaptiveMaxPooling1D\): expected an int >= 1 for 'output_size', go",
        ),
        (
            lambda: layers.Cropping1D((1, 2, 3)),
            r"\(Cropping1D\): expected an int >= 0 or a tuple of 2 of them for 'crop",
        ),
        (
            lambda: layers.Cropping2D((1, 2, 3)),
            r"\(Cropping2D\): expected an int, or a tuple of 2 ints or pairs of ints",
        ),
        (lambda: layers.UpSampling1D(0), r"\(UpSampling1D\): expected an int >= 1 for 'size', got 0"),
        (
            lambda: layers.UpSampling3D((1, 2)),
            r"\(UpSampling3D\): expected an int >= 1 or a tuple of 3 of them for 'size",
        ),
        (
            lambda: layers.UpSampling2D(interpolation="cubic"),
            r"expected 'nearest' or .* for 'interpolation', got 'cubic'",
        ),
        (lambda: layers.SpatialDropout1D(2), r"\(SpatialDropout1D\): expected a number from 0 to 1 for 'rate', got 2"),
        (lambda: layers.GaussianDropout(-1), r"\(GaussianDropout\): expected a number from 0 to 1 for 'rate', got -1"),
        (lambda: layers.AlphaDropout(0.5, 3), r"\(AlphaDropout\): expected a tuple of ints and None for 'noise_shape'"),
        (lambda: layers.ActivityRegularization(-1), r"expected l1 to be a non-negative finite float, got -1"),
        (lambda: layers.ReLU(threshold=-1), r"\(ReLU\): expected a number >= 0 for 'threshold', got -1"),
        (lambda: layers.LeakyReLU(None), r"\(LeakyReLU\): expected a number >= 0 for 'negative_slope', got None"),
        (lambda: layers.PReLU(shared_axes=[0]), r"\(PReLU\): expected an int >= 1 for 'shared_axes', got 0"),
        (lambda: layers.Softmax("a"), r"\(Softmax\): expected an int for 'axis', got 'a'"),
        (
            lambda: layers.GroupNormalization(0),
            r"\(GroupNormalization\): expected a positive int, or -1 for a group a c",
        ),
        (lambda: layers.Wrapper(3), r"\(Wrapper\): expected a layer \(an instance, not a class\) for 'layer', got 3"),
        (
            lambda: layers.TimeDistributed(layers.Dense),
            r"\(TimeDistributed\): expected a layer \(an instance, not a cl",
        ),
        (
            lambda: layers.SpectralNormalization(layers.Dense(2), 0),
            r"expected an int >= 1 for 'power_iterations', got 0",
        ),
        (lambda: layers.Dot(0), r"\(Dot\): expected axes other than 0, that of the batch, for 'axes', got 0"),
        (lambda: layers.Dropout(1.5), r"\(Dropout\): expected a number from 0 to 1 for 'rate', got 1.5"),
        (lambda: layers.GaussianNoise(-1), r"\(GaussianNoise\): expected a number >= 0 for 'stddev', got -1"),
        (lambda: layers.EinsumDense("abc,cd", 8), r"\(EinsumDense\): expected the form 'abc,cd->abd', .* got 'abc,cd'"),
        (lambda: layers.EinsumDense("ab,bc->ad", 8), r"\(EinsumDense\): expected the form 'abc,cd->abd'"),
        (
            lambda: layers.EinsumDense("ab,bc->ac", 8, bias_axes="b"),
            r"expected letters of the outputs 'ac' for 'bias_a",
        ),
        (
            lambda: layers.EinsumDense("ab,bc->ac", 0),
            r"\(EinsumDense\): expected an int >= 1 for 'output_shape', got 0",
        ),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: layers.AdaptiveAveragePooling2D((1, 2, 3)),
            r"\(AdaptiveAveragePooling2D\): expected an int or a tuple",
        ),
        (lambda: layers.AdaptiveMaxPooling1D("a"), r"\(AdaptiveMaxPooling1D\): expected an int for 'output_size', got"),
        (lambda: layers.RMSNormalization("a"), r"\(RMSNormalization\): expected an int for 'axis', got 'a'"),
        (lambda: layers.UnitNormalization("a"), r"\(UnitNormalization\): expected an int for 'axis', got 'a'"),
        (lambda: layers.UpSampling1D(2.5), r"\(UpSampling1D\): expected an int for 'size', got 2.5"),
    ],
)
def test_arguments_of_a_wrong_kind(make, message):
    with pytest.raises(TypeError, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "shapes", "message"),
    [
        (layers.EinsumDense, (2, 3), r"\(EinsumDense\): expected inputs with the axes 'abc' of equation 'abc,cd->abd'"),
        (layers.EinsumDense, (2, 4, 3), r"\(EinsumDense\): expected 4, the size of axis 'b' of the inputs, in 'output"),
        (layers.EinsumDense, (2, 3, None), r"\(EinsumDense\): expected a known size of axis 'c' of equation 'abc,cd->"),
        (layers.Dense, (3,), r"\(Dense\): argument 'inputs': expected ndim >= 2, got ndim=1"),
        (layers.Dense, (2, None), r"\(Dense\): expected an input whose axis -1 has a known size"),
        (layers.Conv2D, (2, 5, 5, None), r"\(Conv2D\): expected an input whose axis -1 has a known size"),
        (layers.Conv2D, (2, 2, 5, 3), r"window of size \(3, 3\) is larger than the padded input"),
        (layers.MaxPooling2D, (2, 4, 4), r"\(MaxPooling2D\): argument 'inputs': expected ndim=4, got ndim=3"),
        (layers.Reshape, (2, 5), r"\(Reshape\): expected inputs whose elements a sample fill target_shape=\(3, 2\)"),
        (
            layers.Cropping1D,
            (2, 2, 3),
            r"\(Cropping1D\): cropping=\(1, 1\) leaves nothing of an input of shape \(2, 2, 3",
        ),
        (
            layers.UpSampling2D,
            (2, None, 3, 3),
            r"\(UpSampling2D\): expected inputs of known height and width with inter",
        ),
        (layers.GroupNormalization, (2, 5), r"\(GroupNormalization\): expected a divisor of 5, the number of channels"),
        (
            layers.PReLU,
            (2, 5),
            r"\(PReLU\): expected inputs that have the axes shared_axes=\[3\], got the shape \(2, 5\)",
        ),
        (layers.RMSNormalization, (2,), r"\(RMSNormalization\): expected axes of inputs of shape \(2,\) for 'axis'"),
        (layers.Add, (2, 4), r"\(Add\): expected a list of tensors, got the shape \(2, 4\)"),
        (layers.Add, [(2, 4), (2, 3)], r"\(Add\): expected inputs that broadcast, got the shapes"),
        (layers.Add, [(2, 4), (3, 4)], r"\(Add\): expected inputs of one batch size, got the shapes"),
        (layers.Subtract, [(2, 4)], r"\(Subtract\): expected two inputs, got the shapes"),
        (
            layers.Concatenate,
            [(2, 3, 4), (2, 4, 4)],
            r"\(Concatenate\): expected inputs whose shapes are equal but",
        ),
        (layers.Dot, [(2, 3), (2, 4)], r"\(Dot\): expected inputs with equal sizes of the axes 1, got the shapes"),
    ],
)
def test_wrong_inputs(layer, shapes, message):
    arguments = {layers.Dense: (2,), layers.Conv2D: (2, 3), layers.Reshape: ((3, 2),), layers.Dot: (1,)}
    arguments[layers.UpSampling2D] = (2, None, "bilinear")
    arguments |= {layers.GroupNormalization: (2,), layers.RMSNormalization: (2,)}
    arguments[layers.PReLU] = ("zeros", None, None, 3)
    arguments[layers.EinsumDense] = ("abc,cd->abd", (3, 8))
    made = layer(*arguments.get(layer, ()))
    with pytest.raises(ValueError, match=message):
        made(mapped(lambda shape: KerasTensor(shape, "float32"), shapes))
