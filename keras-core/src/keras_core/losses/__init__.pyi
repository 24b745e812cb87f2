"""The public names of `keras_core.losses` for editors and type checkers: imports are lazy at run time."""

from keras_core.losses.crossentropies import binary_crossentropy as binary_crossentropy
from keras_core.losses.crossentropies import binary_focal_crossentropy as binary_focal_crossentropy
from keras_core.losses.crossentropies import categorical_crossentropy as categorical_crossentropy
from keras_core.losses.crossentropies import categorical_focal_crossentropy as categorical_focal_crossentropy
from keras_core.losses.crossentropies import (
    categorical_generalized_cross_entropy as categorical_generalized_cross_entropy,
)
from keras_core.losses.crossentropies import sparse_categorical_crossentropy as sparse_categorical_crossentropy
from keras_core.losses.crossentropy_losses import BinaryCrossentropy as BinaryCrossentropy
from keras_core.losses.crossentropy_losses import BinaryFocalCrossentropy as BinaryFocalCrossentropy
from keras_core.losses.crossentropy_losses import CategoricalCrossentropy as CategoricalCrossentropy
from keras_core.losses.crossentropy_losses import CategoricalFocalCrossentropy as CategoricalFocalCrossentropy
from keras_core.losses.crossentropy_losses import (
    CategoricalGeneralizedCrossEntropy as CategoricalGeneralizedCrossEntropy,
)
from keras_core.losses.crossentropy_losses import SparseCategoricalCrossentropy as SparseCategoricalCrossentropy
from keras_core.losses.error_losses import CosineSimilarity as CosineSimilarity
from keras_core.losses.error_losses import Huber as Huber
from keras_core.losses.error_losses import KLDivergence as KLDivergence
from keras_core.losses.error_losses import LogCosh as LogCosh
from keras_core.losses.error_losses import MeanAbsoluteError as MeanAbsoluteError
from keras_core.losses.error_losses import MeanAbsolutePercentageError as MeanAbsolutePercentageError
from keras_core.losses.error_losses import MeanSquaredError as MeanSquaredError
from keras_core.losses.error_losses import MeanSquaredLogarithmicError as MeanSquaredLogarithmicError
from keras_core.losses.error_losses import Poisson as Poisson
from keras_core.losses.errors import cosine_similarity as cosine_similarity
from keras_core.losses.errors import huber as huber
from keras_core.losses.errors import kl_divergence as kl_divergence
from keras_core.losses.errors import log_cosh as log_cosh
from keras_core.losses.errors import mean_absolute_error as mean_absolute_error
from keras_core.losses.errors import mean_absolute_percentage_error as mean_absolute_percentage_error
from keras_core.losses.errors import mean_squared_error as mean_squared_error
from keras_core.losses.errors import mean_squared_logarithmic_error as mean_squared_logarithmic_error
from keras_core.losses.errors import poisson as poisson
from keras_core.losses.lookup import deserialize as deserialize
from keras_core.losses.lookup import get as get
from keras_core.losses.lookup import serialize as serialize
from keras_core.losses.loss import Loss as Loss
from keras_core.losses.loss import LossFunctionWrapper as LossFunctionWrapper
from keras_core.losses.margin_losses import CategoricalHinge as CategoricalHinge
from keras_core.losses.margin_losses import Circle as Circle
from keras_core.losses.margin_losses import Hinge as Hinge
from keras_core.losses.margin_losses import SquaredHinge as SquaredHinge
from keras_core.losses.margins import categorical_hinge as categorical_hinge
from keras_core.losses.margins import circle as circle
from keras_core.losses.margins import hinge as hinge
from keras_core.losses.margins import squared_hinge as squared_hinge
from keras_core.losses.structure_losses import CTC as CTC
from keras_core.losses.structure_losses import Dice as Dice
from keras_core.losses.structure_losses import Tversky as Tversky
from keras_core.losses.structures import ctc as ctc
from keras_core.losses.structures import dice as dice
from keras_core.losses.structures import tversky as tversky
