"""The public names of `keras_core.saving` for editors and type checkers: imports are lazy at run time."""

from keras_core.models.storage import load_model as load_model
from keras_core.models.storage import load_weights as load_weights
from keras_core.models.storage import save_model as save_model
from keras_core.models.storage import save_weights as save_weights
from keras_core.runtime.refusal import ModelFileError as ModelFileError
from keras_core.runtime.serialization import CustomObjectScope as CustomObjectScope
from keras_core.runtime.serialization import custom_object_scope as custom_object_scope
from keras_core.runtime.serialization import deserialize_keras_object as deserialize_keras_object
from keras_core.runtime.serialization import get_custom_objects as get_custom_objects
from keras_core.runtime.serialization import get_registered_name as get_registered_name
from keras_core.runtime.serialization import get_registered_object as get_registered_object
from keras_core.runtime.serialization import register_keras_serializable as register_keras_serializable
from keras_core.runtime.serialization import serialize_keras_object as serialize_keras_object
from keras_core.saving.limits import loading_limit as loading_limit
