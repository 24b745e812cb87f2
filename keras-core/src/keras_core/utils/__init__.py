"""What does not belong to one room."""

from keras_core.runtime.seeding import set_random_seed
from keras_core.utils.labels import normalize, to_categorical

__all__ = ["normalize", "set_random_seed", "to_categorical"]
