"""Mistakes in saving and loading."""

import tempfile
from pathlib import Path

import numpy as np

import keras_core as keras
from keras_core import layers
from mistakes.mistake import mistake


def net(units=2, name="head"):
    return keras.Sequential([keras.Input((3,), name="features"), layers.Dense(units, name=name)], name="net")


def in_folder(use):
    with tempfile.TemporaryDirectory() as folder:
        use(Path(folder))


@mistake(
    ValueError,
    "save model: no installed format has the extension of 'model'.",
)
def file_without_extension():
    """A model file without an extension."""
    net().save("model")


@mistake(
    ValueError,
    "save weights: no installed format has the extension of 'net.h5'.",
)
def weights_file_of_another_extension():
    """A weights file whose name does not end in `.weights.h5`."""
    net().save_weights("net.h5")


@mistake(
    ValueError,
    "there is no file 'missing.keras';",
)
def file_that_is_not_there():
    """A file that does not exist."""
    keras.models.load_model("missing.keras")


@mistake(
    ValueError,
    "is not a .keras file: it does not begin as a zip archive does.",
    "A file of weights alone is read by model.load_weights().",
)
def file_that_is_none():
    """A file that is no model."""

    def use(folder):
        path = folder / "model.keras"
        path.write_text("no model")
        keras.models.load_model(path)

    in_folder(use)


@mistake(
    ValueError,
    "does not fit model 'net' (Sequential);",
    "nothing was loaded:",
    "layers/dense: 'kernel': expected shape (3, 5), the file has (3, 2)",
    "layers/dense: 'bias': expected shape (5,), the file has (2,)",
    "Make the model as it was when the file was saved, or pass skip_mismatch=True to load what fits.",
)
def weights_of_another_shape():
    """Weights of another shape."""

    def use(folder):
        net(2).save_weights(folder / "net.weights.h5")
        net(5).load_weights(folder / "net.weights.h5")

    in_folder(use)


@mistake(
    ValueError,
    "does not fit model 'net' (Sequential);",
    "nothing was loaded:",
    "layers/dense_1: missing in the file: 'kernel' of shape (2, 1)",
    "layers/dense_1: missing in the file: 'bias' of shape (1,)",
    "Make the model as it was when the file was saved, or pass skip_mismatch=True to load what fits.",
)
def weights_of_fewer_layers():
    """Weights of a model with fewer layers."""

    def use(folder):
        net().save_weights(folder / "net.weights.h5")
        larger = net()
        larger.add(layers.Dense(1, name="last"))
        larger.load_weights(folder / "net.weights.h5")

    in_folder(use)


@mistake(
    UserWarning,
    ": left as it is in model 'net' (Sequential), since it does not fit:",
    "layers/dense: 'kernel': expected shape (3, 5), the file has (3, 2)",
    "layers/dense: 'bias': expected shape (5,), the file has (2,)",
)
def skipped_weights():
    """Weights that do not fit, skipped."""

    def use(folder):
        net(2).save_weights(folder / "net.weights.h5")
        net(5).load_weights(folder / "net.weights.h5", skip_mismatch=True)

    in_folder(use)


@mistake(
    ValueError,
    "does not fit model 'net' (Sequential);",
    "nothing was loaded:",
    "layers/dense: unexpected in the file: '0' of shape (3, 2), '1' of shape (2,) (the layer is not",
    "built;",
    "build it before its weights are loaded)",
    "Make the model as it was when the file was saved, or pass skip_mismatch=True to load what fits.",
)
def weights_for_an_unbuilt_model():
    """`load_weights` before the model is built."""

    def use(folder):
        net().save_weights(folder / "net.weights.h5")
        keras.Sequential([layers.Dense(2, name="head")], name="net").load_weights(folder / "net.weights.h5")

    in_folder(use)


class Scale(layers.Layer):
    """Multiplies by a constant."""

    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor


@mistake(
    ValueError,
    ": the model cannot be built.",
    "deserialize_keras_object: unknown class 'Scale'.",
    "Decorate it with @keras_core.saving.register_keras_serializable(package='my_package') and",
    "import it before loading, or pass custom_objects={'Scale': Scale}.",
)
def custom_layer_without_registration():
    """A layer of one's own that the loader does not know."""

    def use(folder):
        keras.Sequential([keras.Input((3,)), Scale(2.0, name="scale")]).save(folder / "model.keras")
        keras.models.load_model(folder / "model.keras")

    in_folder(use)


class Project(layers.Layer):
    """Gets a layer that its configuration does not hold."""

    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.function = inner

    def call(self, inputs):
        return self.function(inputs)


@mistake(
    NotImplementedError,
    "layer 'project' (Project): the argument 'inner' =",
    "> has no form as plain data",
    "Write get_config() for Project: extend the dict of super().get_config() by the arguments of",
    "__init__().",
)
def layer_without_get_config():
    """A layer whose arguments are no plain data, without `get_config`."""
    Project(lambda x: x, name="project").get_config()


@mistake(
    ValueError,
    "layer 'double' (Lambda): the argument 'function' cannot be saved: serialize_keras_object: the",
    "lambda",
    "of module mistakes.saving cannot be saved, since a model file holds no code.",
    "Write it as a named function and register it by",
    "@keras_core.saving.register_keras_serializable().",
)
def lambda_in_a_file():
    """A `Lambda` in a model file."""

    def use(folder):
        model = keras.Sequential([keras.Input((3,)), layers.Lambda(lambda x: x * 2, name="double")], name="net")
        model.save(folder / "model.keras")
        keras.models.load_model(folder / "model.keras")

    in_folder(use)


@mistake(
    ValueError,
    "layer 'dense' (Dense): unexpected arguments ['colour'].",
)
def configuration_with_another_argument():
    """A configuration with an argument that the class does not have."""
    layers.Dense.from_config({"units": 2, "colour": "red"})


@mistake(
    TypeError,
    "deserialize_keras_object: Keras Core has no class 'Dnse' in 'keras.layers'.",
    "Did you mean 'Dense'?",
    "Pass a class that does the same: custom_objects={'Dnse': ...}.",
)
def unknown_class_in_json():
    """A class that is not known, in the JSON of a model."""
    keras.models.model_from_json(net().to_json().replace("Dense", "Dnse"))


@mistake(
    ValueError,
    "model 'net' (Sequential): no installed plugin exports the format 'tf_savedmodel'.",
)
def unknown_export_format():
    """An export format that is not known."""
    net().export("folder", format="tf_savedmodel")


@mistake(
    ValueError,
    "model 'net' (Sequential): set_state_tree: no variable of trainable_variables has the path",
    "'net/body/bias';",
    "there are ['net/head/bias', 'net/head/kernel'].",
)
def state_of_another_model():
    """The state of another model."""
    net().set_state_tree({"trainable_variables": {"net": {"body": {"bias": np.zeros(2)}}}})
