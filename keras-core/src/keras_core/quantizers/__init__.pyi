"""The public names of `keras_core.quantizers` for editors and type checkers: imports are lazy at run time."""

from keras_core.quantizers.calibrated_config import AWQConfig as AWQConfig
from keras_core.quantizers.calibrated_config import GPTQConfig as GPTQConfig
from keras_core.quantizers.config import Float8QuantizationConfig as Float8QuantizationConfig
from keras_core.quantizers.config import Int4QuantizationConfig as Int4QuantizationConfig
from keras_core.quantizers.config import Int8QuantizationConfig as Int8QuantizationConfig
from keras_core.quantizers.config import QuantizationConfig as QuantizationConfig
from keras_core.quantizers.fake import fake_quant_with_min_max_vars as fake_quant_with_min_max_vars
from keras_core.quantizers.float8 import compute_float8_amax_history as compute_float8_amax_history
from keras_core.quantizers.float8 import compute_float8_scale as compute_float8_scale
from keras_core.quantizers.float8 import quantize_and_dequantize as quantize_and_dequantize
from keras_core.quantizers.integers import abs_max_quantize as abs_max_quantize
from keras_core.quantizers.integers import (
    abs_max_quantize_grouped_with_zero_point as abs_max_quantize_grouped_with_zero_point,
)
from keras_core.quantizers.lookup import deserialize as deserialize
from keras_core.quantizers.lookup import get as get
from keras_core.quantizers.lookup import serialize as serialize
from keras_core.quantizers.packing import pack_int4 as pack_int4
from keras_core.quantizers.packing import unpack_int4 as unpack_int4
from keras_core.quantizers.quantizer import AbsMaxQuantizer as AbsMaxQuantizer
from keras_core.quantizers.quantizer import Quantizer as Quantizer
