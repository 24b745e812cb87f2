"""The public names of `keras_core.layers` for editors and type checkers: imports are lazy at run time."""

from typing import Any

from keras_core.layers.attention.multi_head_attention import MultiHeadAttention as MultiHeadAttention
from keras_core.layers.convolution.convolution import Conv1D as Conv1D
from keras_core.layers.convolution.convolution import Conv2D as Conv2D
from keras_core.layers.convolution.convolution import Conv3D as Conv3D
from keras_core.layers.convolution.convolution import Convolution1D as Convolution1D
from keras_core.layers.convolution.convolution import Convolution2D as Convolution2D
from keras_core.layers.convolution.convolution import Convolution3D as Convolution3D
from keras_core.layers.core.activation import Activation as Activation
from keras_core.layers.core.dense import Dense as Dense
from keras_core.layers.core.einsum_dense import EinsumDense as EinsumDense
from keras_core.layers.core.embedding import Embedding as Embedding
from keras_core.layers.core.function_layer import Lambda as Lambda
from keras_core.layers.core.identity import Identity as Identity
from keras_core.layers.core.masking import Masking as Masking
from keras_core.layers.input_layer import Input as Input
from keras_core.layers.input_layer import InputLayer as InputLayer
from keras_core.layers.input_spec import InputSpec as InputSpec
from keras_core.layers.layer import Layer as Layer
from keras_core.layers.merging.functions import add as add
from keras_core.layers.merging.functions import average as average
from keras_core.layers.merging.functions import concatenate as concatenate
from keras_core.layers.merging.functions import dot as dot
from keras_core.layers.merging.functions import maximum as maximum
from keras_core.layers.merging.functions import minimum as minimum
from keras_core.layers.merging.functions import multiply as multiply
from keras_core.layers.merging.functions import subtract as subtract
from keras_core.layers.merging.joining import Concatenate as Concatenate
from keras_core.layers.merging.joining import Dot as Dot
from keras_core.layers.merging.merging import Add as Add
from keras_core.layers.merging.merging import Average as Average
from keras_core.layers.merging.merging import Maximum as Maximum
from keras_core.layers.merging.merging import Minimum as Minimum
from keras_core.layers.merging.merging import Multiply as Multiply
from keras_core.layers.merging.merging import Subtract as Subtract
from keras_core.layers.normalization.batch_normalization import BatchNormalization as BatchNormalization
from keras_core.layers.normalization.layer_normalization import LayerNormalization as LayerNormalization
from keras_core.layers.pooling.global_pooling import GlobalAveragePooling1D as GlobalAveragePooling1D
from keras_core.layers.pooling.global_pooling import GlobalAveragePooling2D as GlobalAveragePooling2D
from keras_core.layers.pooling.global_pooling import GlobalAveragePooling3D as GlobalAveragePooling3D
from keras_core.layers.pooling.global_pooling import GlobalAvgPool1D as GlobalAvgPool1D
from keras_core.layers.pooling.global_pooling import GlobalAvgPool2D as GlobalAvgPool2D
from keras_core.layers.pooling.global_pooling import GlobalAvgPool3D as GlobalAvgPool3D
from keras_core.layers.pooling.global_pooling import GlobalMaxPool1D as GlobalMaxPool1D
from keras_core.layers.pooling.global_pooling import GlobalMaxPool2D as GlobalMaxPool2D
from keras_core.layers.pooling.global_pooling import GlobalMaxPool3D as GlobalMaxPool3D
from keras_core.layers.pooling.global_pooling import GlobalMaxPooling1D as GlobalMaxPooling1D
from keras_core.layers.pooling.global_pooling import GlobalMaxPooling2D as GlobalMaxPooling2D
from keras_core.layers.pooling.global_pooling import GlobalMaxPooling3D as GlobalMaxPooling3D
from keras_core.layers.pooling.pooling import AveragePooling1D as AveragePooling1D
from keras_core.layers.pooling.pooling import AveragePooling2D as AveragePooling2D
from keras_core.layers.pooling.pooling import AveragePooling3D as AveragePooling3D
from keras_core.layers.pooling.pooling import AvgPool1D as AvgPool1D
from keras_core.layers.pooling.pooling import AvgPool2D as AvgPool2D
from keras_core.layers.pooling.pooling import AvgPool3D as AvgPool3D
from keras_core.layers.pooling.pooling import MaxPool1D as MaxPool1D
from keras_core.layers.pooling.pooling import MaxPool2D as MaxPool2D
from keras_core.layers.pooling.pooling import MaxPool3D as MaxPool3D
from keras_core.layers.pooling.pooling import MaxPooling1D as MaxPooling1D
from keras_core.layers.pooling.pooling import MaxPooling2D as MaxPooling2D
from keras_core.layers.pooling.pooling import MaxPooling3D as MaxPooling3D
from keras_core.layers.preprocessing.rescaling import Rescaling as Rescaling
from keras_core.layers.regularization.noise import Dropout as Dropout
from keras_core.layers.regularization.noise import GaussianNoise as GaussianNoise
from keras_core.layers.reshaping.flatten import Flatten as Flatten
from keras_core.layers.reshaping.reshape import Permute as Permute
from keras_core.layers.reshaping.reshape import RepeatVector as RepeatVector
from keras_core.layers.reshaping.reshape import Reshape as Reshape
from keras_core.layers.reshaping.zero_padding import ZeroPadding1D as ZeroPadding1D
from keras_core.layers.reshaping.zero_padding import ZeroPadding2D as ZeroPadding2D
from keras_core.layers.reshaping.zero_padding import ZeroPadding3D as ZeroPadding3D
from keras_core.layers.rnn.lstm import LSTM as LSTM
from keras_core.layers.rnn.lstm import LSTMCell as LSTMCell
from keras_core.layers.rnn.rnn import RNN as RNN
from keras_core.layers.rnn.stacked_cells import StackedRNNCells as StackedRNNCells
from keras_core.layers.serialization import deserialize as deserialize
from keras_core.layers.serialization import serialize as serialize

__all__: list[str]

def __getattr__(name: str) -> Any: ...  # the layers of installed packs
