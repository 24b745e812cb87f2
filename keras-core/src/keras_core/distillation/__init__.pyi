"""The public names of `keras_core.distillation` for editors and type checkers: imports are lazy at run time."""

from keras_core.distillation.distillation_loss import DistillationLoss as DistillationLoss
from keras_core.distillation.distiller import Distiller as Distiller
from keras_core.distillation.feature_distillation import FeatureDistillation as FeatureDistillation
from keras_core.distillation.logits_distillation import LogitsDistillation as LogitsDistillation
