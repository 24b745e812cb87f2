"""`clear_session`: begin anew in a process that made many models."""

import gc

from keras_core.dtype_policies import set_dtype_policy
from keras_core.runtime.config import reset_session_settings
from keras_core.runtime.naming import reset_uids


def clear_session(free_memory: bool = True) -> None:
    """Begin anew: names of layers count from the start, and the settings of the session are those at the start.

    These settings are the dtype policy, interactive logging, the filter of tracebacks and fused attention. Models that
    exist stay as they are; what nothing refers to is freed.

    Args:
        free_memory: whether the garbage collector runs, so that memory of models is free at once.

    Example:
        >>> keras.utils.clear_session()
        >>> keras.layers.Dense(1).name
        'dense'
    """
    reset_uids()
    set_dtype_policy(None)
    reset_session_settings()
    if free_memory:
        gc.collect()
