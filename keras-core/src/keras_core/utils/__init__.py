"""What does not belong to one room."""

from keras_core.runtime.seeding import set_random_seed
from keras_core.training.data.unpack import pack_x_y_sample_weight, unpack_x_y_sample_weight
from keras_core.utils.labels import normalize, to_categorical

__all__ = ["normalize", "pack_x_y_sample_weight", "set_random_seed", "to_categorical", "unpack_x_y_sample_weight"]
