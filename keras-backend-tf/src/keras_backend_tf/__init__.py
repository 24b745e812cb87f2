"""The backend `tensorflow` of keras_core.

The one global setting: TensorFlow's start-up log is silenced below errors, unless `TF_CPP_MIN_LOG_LEVEL` is set.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
