"""Mistakes in the data for training, evaluation and prediction."""

import numpy as np

import keras_core as keras
from keras_core import layers
from mistakes.mistake import mistake

X, Y = np.ones((8, 3), "float32"), np.ones((8, 1), "float32")


def regressor():
    model = keras.Sequential([keras.Input((3,), name="features"), layers.Dense(1, name="head")], name="net")
    model.compile("sgd", "mse")
    return model


def classifier():
    inputs = keras.Input((3,), name="features")
    model = keras.Model(inputs, layers.Dense(3, activation="softmax", name="kind")(inputs), name="net")
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def of_two_inputs():
    inputs = {"size": keras.Input((3,), name="size"), "age": keras.Input((1,), name="age")}
    model = keras.Model(inputs, layers.Dense(1)(layers.concatenate([inputs["size"], inputs["age"]])), name="net")
    model.compile("sgd", "mse")
    return model


def batches(count=2):
    for _ in range(count):
        yield X[:4], Y[:4]


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: expected as many samples in all arrays, got x: 8;",
)
def fewer_targets_than_samples():
    """Fewer targets than samples."""
    regressor().fit(X, Y[:5], verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: expected as many samples in all arrays, got x: 8;",
    "sample_weight: 5.",
)
def fewer_weights_than_samples():
    """Fewer sample weights than samples."""
    regressor().fit(X, Y, sample_weight=np.ones(5), verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): input 'features': expected shape (None, 3), got (8, 5).",
    "in the call of model 'net' (Sequential), inputs of shape inputs: (8, 5)",
)
def wrong_number_of_features():
    """Another number of features than the model was made for."""
    regressor().fit(np.ones((8, 5)), Y, verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): input 'features': expected shape (None, 3), got (3,).",
    "The axis of the batch is missing: of one sample x a batch is x[None];",
    "Input(shape) is without it.",
    "in the call of model 'net' (Sequential), inputs of shape inputs: (3,)",
)
def prediction_for_one_sample():
    """One sample without a batch axis for `predict`."""
    regressor().predict(np.ones(3), verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: x: expected data, got None.",
)
def no_data():
    """`None` instead of data."""
    regressor().fit(None, Y, verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: expected at least one sample, got none (x, y empty).",
)
def no_samples():
    """Arrays without samples."""
    regressor().fit(X[:0], Y[:0], verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: x: expected numbers or bools, got an array of dtype <U1 with",
    "elements such as",
    "Turn them into numbers first.",
)
def strings_as_data():
    """Strings as data."""
    regressor().fit(np.array([["1", "2", "3"]] * 8), Y, verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: x: expected numbers or bools, got an array of dtype object with",
    "elements such as None.",
    "Turn them into numbers first.",
)
def objects_as_data():
    """An array of objects, such as a table with text columns gives."""
    regressor().fit(np.array([[1.0, 2.0, None]] * 8, dtype=object), Y, verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: x: expected arrays, tensors, nested lists, tuples and dicts of",
    "them, or an iterable of batches, got 'train.csv'",
)
def a_path_as_data():
    """The name of a file instead of data."""
    regressor().fit("train.csv", verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: batch_size: expected a positive int or None, got 0.",
)
def batch_size_of_zero():
    """A batch size of zero."""
    regressor().fit(X, Y, batch_size=0, verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: validation_split: expected arrays or tensors to split, got x",
    "give validation_data instead.",
)
def split_of_a_generator():
    """`validation_split` of a generator."""
    regressor().fit(batches(), validation_split=0.2, verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: validation_split: 20 of 8 samples leaves -152 for training and",
    "160 for validation;",
    "both need one at least.",
)
def split_in_percent():
    """`validation_split` in percent."""
    regressor().fit(X, Y, validation_split=20, verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: y: x is an iterable of batches, which must yield it: (x, y) or",
    "(x, y, weights).",
)
def targets_beside_a_generator():
    """Targets beside a generator, which yields them."""
    regressor().fit(batches(), Y, verbose=0)


@mistake(
    UserWarning,
    "the data ran out after 0 of the 2 batches of epoch 2, which ends here.",
    "Give data that have at least steps_per_epoch times epochs batches, or no steps_per_epoch.",
)
def generator_that_ends():
    """A generator that ends before the epochs do."""
    regressor().fit(batches(count=2), steps_per_epoch=2, epochs=3, verbose=0)


@mistake(
    ValueError,
    "batch 0 of the data: a batch: expected inputs, (inputs, targets) or (inputs, targets,",
    "sample_weight), got 4.",
)
def generator_of_four():
    """A generator that yields four values a batch."""
    regressor().fit(((X, Y, Y, Y) for _ in range(2)), verbose=0)


@mistake(
    ValueError,
    "y: the output 'head' has the loss 'mse' but no targets came for it.",
    "Give y, or data that are pairs (inputs, targets).",
)
def validation_data_without_targets():
    """Validation data without targets."""
    regressor().fit(X, Y, validation_data=X, verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: validation_data: a batch: expected inputs, (inputs, targets) or",
    "(inputs, targets, sample_weight), got 4.",
)
def validation_data_of_four():
    """Validation data with four parts."""
    regressor().fit(X, Y, validation_data=(X, Y, Y, Y), verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: class_weight: expected a dict from class to weight, got [1.0,",
)
def class_weights_in_a_list():
    """Class weights in a list."""
    regressor().fit(X, Y, class_weight=[1.0, 2.0], verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: expected class_weight or sample_weight, got both;",
    "multiply them into one sample_weight.",
)
def both_kinds_of_weights():
    """Class weights and sample weights."""
    regressor().fit(X, Y, class_weight={0: 1.0, 1: 2.0}, sample_weight=np.ones(8), verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: shuffle: expected True, False or 'batch', got 'batches'.",
)
def misspelt_shuffle():
    """A `shuffle` that is not known."""
    regressor().fit(X, Y, shuffle="batches", verbose=0)


@mistake(
    NotImplementedError,
    "Images: write __getitem__(self, index), which returns a batch.",
)
def dataset_without_batches():
    """A `PyDataset` without `__getitem__`."""

    class Images(keras.utils.PyDataset):
        def __len__(self):
            return 2

    regressor().fit(Images(), shuffle=False, verbose=0)


@mistake(
    ValueError,
    "to_categorical: expected class numbers in [0, 3), got numbers from 0 to 3.",
)
def label_beyond_the_classes():
    """A label beyond the number of classes."""
    keras.utils.to_categorical([0, 1, 3], num_classes=3)


@mistake(
    ValueError,
    "model 'net' (Sequential): input 'features': expected a tensor, array, number or list of",
    "numbers, got None",
    "in the call of model 'net' (Sequential), inputs of shape none",
)
def targets_for_predict():
    """Batches that are no arrays."""
    regressor().predict(iter([{"features": None}]), verbose=0)


@mistake(
    ValueError,
    "y: the output 'head' has the loss 'mse' but no targets came for it.",
    "Give y, or data that are pairs (inputs, targets).",
)
def batch_without_targets():
    """A batch without targets for `train_on_batch`."""
    regressor().train_on_batch(X)


@mistake(
    ValueError,
    "model 'net' (Functional): fit: y: expected class numbers in [0, 3) for the loss",
    "'sparse_categorical_crossentropy' of the output 'kind', got 3 at sample 2.",
    "Do the labels begin at 1? Subtract 1 then, or give the last layer one more unit.",
)
def labels_that_begin_at_one():
    """Labels from 1 on instead of from 0 on."""
    classifier().fit(X, np.array([1, 2, 3, 1, 2, 3, 1, 2]), verbose=0)


@mistake(
    ValueError,
    "fit: y: expected class numbers in [0, 3)",
    "got -1 at sample 7.",
    "Labels that do not count are for ignore_class of the loss.",
)
def negative_label():
    """A label of -1 for what has no class."""
    classifier().fit(X, np.array([0, 1, 2, 0, 1, 2, 0, -1]), verbose=0)


@mistake(
    ValueError,
    "evaluate: batch 1 of the data: y: expected class numbers in [0, 3)",
    "got 7 at sample 0.",
    "The last layer needs a unit for each class.",
)
def label_beyond_the_classes_of_a_batch():
    """A label that no class has, in a batch of a generator."""
    classifier().evaluate(((X[:1], np.array([label])) for label in (2, 7)), verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): fit: validation_data: sample_weight: expected finite numbers, got nan at",
    "sample 2.",
)
def weights_that_are_no_numbers():
    """Sample weights that are NaN."""
    weights = np.array([1.0, 1.0, np.nan, 1.0, 1.0, 1.0, 1.0, 1.0])
    regressor().fit(X, Y, validation_data=(X, Y, weights), verbose=0)


@mistake(
    ValueError,
    "fit: class_weight: expected finite numbers, got inf for class 1.",
)
def infinite_class_weight():
    """A class weight that is infinite, for a class without samples."""
    regressor().fit(X, Y, class_weight={0: 1.0, 1: np.inf}, verbose=0)


@mistake(
    ValueError,
    "weights of shape (8, 4) do not fit values of shape (8,).",
    "There is one weight for each sample.",
)
def several_weights_a_sample():
    """Several sample weights for each sample."""
    regressor().fit(X, Y, sample_weight=np.ones((8, 4)), verbose=0)


@mistake(
    UserWarning,
    "fit: y: targets of shape (8, 3) and the output 'head' of shape (None, 1) differ;",
    "Give the last layer a unit for each number of a target.",
)
def targets_wider_than_the_output():
    """More targets a sample than the last layer has units."""
    regressor().fit(X, np.ones((8, 3)), verbose=0)


@mistake(
    ValueError,
    "fit: batch 1 of the data: expected as many samples in all arrays, got x: 8;",
    "y: 5.",
)
def fewer_targets_than_samples_in_a_batch():
    """Fewer targets than samples in a batch of a generator."""
    regressor().fit(((X, Y[:count]) for count in (8, 5)), verbose=0)


@mistake(
    ValueError,
    "fit: batch 0 of the data: expected at least one sample, got none (x, y empty).",
)
def batch_without_samples():
    """A batch without samples."""
    regressor().fit(((X[:0], Y[:0]) for _ in range(2)), verbose=0)


@mistake(
    ValueError,
    "model 'net' (Sequential): input 'features': expected shape (None, 3), got (8, 2).",
    "in batch 1 of the epoch, of fit",
)
def batch_of_another_shape():
    """Another number of features in a later batch."""
    regressor().fit(((X[:, :width], Y) for width in (3, 2)), verbose=0)


@mistake(
    ValueError,
    "batch 0 of the data: y: expected numbers or bools, got an array of dtype <U3 with elements such",
    "as 'cat'.",
    "Turn them into numbers first.",
)
def strings_as_labels_of_a_batch():
    """Names of classes as labels, in a batch."""
    classifier().fit(((X, np.array(["cat", "dog"] * 4)) for _ in range(2)), verbose=0)


@mistake(
    ValueError,
    "fit: x: column 'city': expected numbers or bools, got",
    "such as 'Bonn'.",
    "Turn them into numbers first, or leave the column out.",
)
def text_in_a_frame():
    """A frame with a column of text."""
    import polars

    frame = polars.DataFrame({"size": [1.0, 2.0], "rooms": [3, 4], "city": ["Bonn", "Rome"]})
    regressor().fit(frame, Y[:2], verbose=0)


@mistake(
    ValueError,
    "model 'net' (Functional): expected a dict with the keys ['age', 'size'], got the keys ['size'];",
    "missing: ['age'].",
)
def input_that_is_missing():
    """Data without one of the inputs."""
    of_two_inputs().fit({"size": X}, Y, verbose=0)


@mistake(
    ValueError,
    "model 'net' (Functional): expected a dict with the keys ['age', 'size'], got the keys",
    "missing: ['age'].",
)
def misspelt_input():
    """Data with a misspelt name of an input."""
    of_two_inputs().fit({"size": X, "aeg": Y}, Y, verbose=0)


@mistake(
    UserWarning,
    "model 'net' (Sequential): fit: the loss is nan, not finite.",
    "x has nan at sample 2, position (1,).",
)
def numbers_that_are_missing():
    """Data with missing numbers."""
    x = X.copy()
    x[2, 1] = np.nan
    regressor().fit(x, Y, verbose=0)
