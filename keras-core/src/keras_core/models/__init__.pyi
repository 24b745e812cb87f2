"""The public names of `keras_core.models` for editors and type checkers: imports are lazy at run time."""

from keras_core.models.cloning import clone_model as clone_model
from keras_core.models.function import Function as Function
from keras_core.models.functional import Functional as Functional
from keras_core.models.model import Model as Model
from keras_core.models.model import model_from_json as model_from_json
from keras_core.models.sequential import Sequential as Sequential
from keras_core.models.storage import load_model as load_model
from keras_core.models.storage import save_model as save_model
