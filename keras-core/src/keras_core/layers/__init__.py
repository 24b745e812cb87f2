"""Layers: those of core, imported when they are used, then those that installed packs declare."""

from importlib import import_module
from typing import Any

from keras_core.layers.packs import layer_of_pack, names_of_packs

# Module -> the public names that it brings.
_HOMES = {
    "activations.rectifiers": ("ELU", "LeakyReLU", "PReLU", "ReLU"),
    "activations.softmax": ("Softmax",),
    "attention.attention": ("AdditiveAttention", "Attention"),
    "attention.group_query_attention": ("GroupQueryAttention",),
    "attention.multi_head_attention": ("MultiHeadAttention",),
    "convolution.channelwise": (
        *("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"),
        *("SeparableConvolution1D", "SeparableConvolution2D"),
    ),
    "convolution.convolution": ("Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D", "Convolution3D"),
    "convolution.transposed": (
        *("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
        *("Convolution1DTranspose", "Convolution2DTranspose", "Convolution3DTranspose"),
    ),
    "core.activation": ("Activation",),
    "core.dense": ("Dense",),
    "core.einsum_dense": ("EinsumDense",),
    "core.embedding": ("Embedding",),
    "core.function_layer": ("Lambda",),
    "core.identity": ("Identity",),
    "core.masking": ("Masking",),
    "core.reversible_embedding": ("ReversibleEmbedding",),
    "input_layer": ("Input", "InputLayer"),
    "input_spec": ("InputSpec",),
    "layer": ("Layer",),
    "merging.functions": ("add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract"),
    "merging.joining": ("Concatenate", "Dot"),
    "merging.merging": ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"),
    "normalization.batch_normalization": ("BatchNormalization",),
    "normalization.group_normalization": ("GroupNormalization",),
    "normalization.layer_normalization": ("LayerNormalization",),
    "normalization.norms": ("RMSNormalization", "UnitNormalization"),
    "pooling.adaptive": (
        *("AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D"),
        *("AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D"),
    ),
    "pooling.global_pooling": (
        *("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"),
        *("GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalAvgPool3D"),
        *("GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D"),
        *("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D"),
    ),
    "pooling.pooling": (
        *("AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "AvgPool1D", "AvgPool2D", "AvgPool3D"),
        *("MaxPool1D", "MaxPool2D", "MaxPool3D", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D"),
    ),
    "preprocessing.rescaling": ("Rescaling",),
    "regularization.activity_regularization": ("ActivityRegularization",),
    "regularization.dropout_variants": (
        *("AlphaDropout", "GaussianDropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
    ),
    "regularization.noise": ("Dropout", "GaussianNoise"),
    "reshaping.cropping": ("Cropping1D", "Cropping2D", "Cropping3D"),
    "reshaping.flatten": ("Flatten",),
    "reshaping.reshape": ("Permute", "RepeatVector", "Reshape"),
    "reshaping.up_sampling": ("UpSampling1D", "UpSampling2D", "UpSampling3D"),
    "reshaping.zero_padding": ("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"),
    "rnn.bidirectional": ("Bidirectional",),
    "rnn.conv_lstm": ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
    "rnn.gru": ("GRU", "GRUCell"),
    "rnn.lstm": ("LSTM", "LSTMCell"),
    "rnn.rnn": ("RNN",),
    "rnn.simple_rnn": ("SimpleRNN", "SimpleRNNCell"),
    "rnn.stacked_cells": ("StackedRNNCells",),
    "serialization": ("deserialize", "serialize"),
    "wrappers.spectral_normalization": ("SpectralNormalization",),
    "wrappers.time_distributed": ("TimeDistributed",),
    "wrappers.wrapper": ("Wrapper",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    found = layer_of_pack(name, __all__) if home is None else getattr(import_module(f"{__name__}.{home}"), name)
    if home is not None:
        globals()[name] = found  # a pack may come and go with its installation, core's classes stay
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF, *names_of_packs()})
