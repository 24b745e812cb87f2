"""The public names of `keras_core.wrappers` for editors and type checkers: imports are lazy at run time."""

from keras_core.wrappers.estimators import SKLearnClassifier as SKLearnClassifier
from keras_core.wrappers.estimators import SKLearnRegressor as SKLearnRegressor
from keras_core.wrappers.estimators import SKLearnTransformer as SKLearnTransformer
