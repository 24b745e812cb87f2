"""The backend `tensorflow` of keras_core.

The one global setting: TensorFlow's start-up log is silenced below errors, unless `TF_CPP_MIN_LOG_LEVEL` is set.
"""

import os

from keras_core.contract import lazy_names

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

__getattr__ = lazy_names(__name__, {"to_module": "module_view"})
