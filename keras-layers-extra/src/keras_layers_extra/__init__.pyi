from typing import Final

from keras_layers_extra.mixture_of_experts import MixtureOfExperts as MixtureOfExperts
from keras_layers_extra.rotary_embedding import RotaryEmbedding as RotaryEmbedding
from keras_layers_extra.swiglu import SwiGLU as SwiGLU

HOMES: Final[dict[str, str]]
__version__: str
