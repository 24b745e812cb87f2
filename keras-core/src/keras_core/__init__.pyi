"""The public names of `keras_core` for editors and type checkers: imports are lazy at run time."""

from keras_core import activations as activations
from keras_core import backend as backend
from keras_core import callbacks as callbacks
from keras_core import config as config
from keras_core import constraints as constraints
from keras_core import distillation as distillation
from keras_core import dtype_policies as dtype_policies
from keras_core import initializers as initializers
from keras_core import layers as layers
from keras_core import losses as losses
from keras_core import metrics as metrics
from keras_core import mixed_precision as mixed_precision
from keras_core import models as models
from keras_core import ops as ops
from keras_core import optimizers as optimizers
from keras_core import quantizers as quantizers
from keras_core import random as random
from keras_core import regularizers as regularizers
from keras_core import saving as saving
from keras_core import transforms as transforms
from keras_core import tree as tree
from keras_core import utils as utils
from keras_core import wrappers as wrappers
from keras_core.dtype_policies import DTypePolicy as DTypePolicy
from keras_core.dtype_policies import FloatDTypePolicy as FloatDTypePolicy
from keras_core.initializers import Initializer as Initializer
from keras_core.layers import Input as Input
from keras_core.layers import InputSpec as InputSpec
from keras_core.layers import Layer as Layer
from keras_core.losses import Loss as Loss
from keras_core.metrics import Metric as Metric
from keras_core.models import Function as Function
from keras_core.models import Model as Model
from keras_core.models import Sequential as Sequential
from keras_core.optimizers import Optimizer as Optimizer
from keras_core.quantizers import Quantizer as Quantizer
from keras_core.regularizers import Regularizer as Regularizer
from keras_core.runtime.devices import device as device
from keras_core.runtime.keras_tensor import KerasTensor as KerasTensor
from keras_core.runtime.operation import Operation as Operation
from keras_core.runtime.rematerialization import RematScope as RematScope
from keras_core.runtime.rematerialization import remat as remat
from keras_core.runtime.scopes import StatelessScope as StatelessScope
from keras_core.runtime.scopes import name_scope as name_scope
from keras_core.runtime.symbolic import SymbolicScope as SymbolicScope
from keras_core.runtime.table import load_table as _load_table
from keras_core.runtime.table import set_backend as set_backend
from keras_core.runtime.table import use_backend as use_backend
from keras_core.runtime.variable import Variable as Variable

__version__: str
load_backend = _load_table

def version() -> str: ...
