"""The published advisories on the loading of models by Keras, each with the hostile file that it is about.

Every payload does no more than make a marker file, and every secret is a canary. Each file is refused by a
ModelFileError, in a process of its own that has 10 seconds and 1 GiB; nothing runs, nothing is read, nothing changes.
"""

import base64
import io
import json
import marshal
import os
import pathlib
import pickle
import shutil
import socket
import subprocess
import sys
import zipfile

import h5py
import numpy as np
import pytest

from keras_core.layers.wrappers.framework_layer import FrameworkLayer
from keras_core.saving import ModelFileError, load_model

DATA = pathlib.Path(__file__).parent / "data"
CANARY = "canary-7f3a9c"
NAMES = ("sequential.keras", "legacy_sequential.h5")


@pytest.fixture(scope="module")
def guard():
    """Return a function that loads a file in a process of its own."""
    # No packs: the files name layers of theirs, and to import a framework can take the ten seconds.
    environment = {**os.environ, "KERAS_CORE_BACKEND": "numpy", "KERAS_CORE_DISABLE_PLUGINS": "all"}
    script = str(pathlib.Path(__file__).parent / "hostile.py")
    with subprocess.Popen(
        [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:

        def load(path, **job):
            process.stdin.write(json.dumps({"path": str(path), **job}) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield load
        process.stdin.close()


@pytest.fixture
def marker(tmp_path):
    return tmp_path / "marker"


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text((CANARY + "\n") * 20)
    return path


@pytest.fixture
def refused(guard, tmp_path, marker):
    """Return a function that expects a file to be refused, by default where the caller trusts it, and its messages."""

    def check(path, safe_modes=(False,), **job):
        files = sorted(path.parent.iterdir())
        messages = []
        for safe_mode in safe_modes:
            more = {} if job.get("action") == "load_weights" else {"safe_mode": safe_mode}
            found = guard(path, **job, **more)
            assert found["outcome"] == "refused", found
            assert found["seconds"] <= 10
            assert CANARY not in found["message"]
            messages.append(found["message"])
        assert not marker.exists()
        assert sorted(path.parent.iterdir()) == files
        return messages

    return check


def touch(marker):
    return f"import pathlib; pathlib.Path({str(marker)!r}).touch()"


def layer(class_name, config, module="keras.layers", registered_name=None):
    return {"module": module, "class_name": class_name, "config": config, "registered_name": registered_name}


def lambda_of(marker):
    """Return a Lambda layer with the bytecode of a function that makes the marker, as Keras writes one."""
    code = marshal.dumps(compile(touch(marker), "payload", "exec"))
    function = {"code": base64.b64encode(code).decode(), "defaults": None, "closure": None}
    return layer("Lambda", {"name": "payload", "function": {"class_name": "__lambda__", "config": function}})


def with_layer(folder, name, hostile, after=True):
    """Return a copy of a model's file in which a layer is put on top, or below."""
    path = pathlib.Path(shutil.copy(DATA / name, folder))

    def changed(text):
        config = json.loads(text)
        config["config"]["layers"].insert(len(config["config"]["layers"]) if after else 1, hostile)
        return json.dumps(config)

    return with_config(path, changed)


def with_config(path, changed):
    if path.suffix == ".h5":
        with h5py.File(path, "r+") as file:
            file.attrs["model_config"] = changed(file.attrs["model_config"])
        return path
    return with_members(path, {"config.json": lambda content: changed(content.decode()).encode()})


def with_members(path, changes, more=()):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, changes[name](content) if name in changes else content)
        for name, content in more:
            archive.writestr(name, content)
    return path


def with_weights(folder, name, change):
    """Return a copy of a file of a model, or of weights, whose HDF5 is changed by a function."""
    path = pathlib.Path(shutil.copy(DATA / name, folder))
    if path.suffix == ".h5":
        with h5py.File(path, "r+") as file:
            change(file)
        return path

    def changed(content):
        stream = io.BytesIO(content)
        with h5py.File(stream, "r+") as file:
            change(file)
        return stream.getvalue()

    return with_members(path, {"model.weights.h5": changed})


@pytest.mark.parametrize("name", ["sequential.keras", "functional.keras", "half.keras", "quantized.keras"])
def test_benign_models_are_loaded(guard, name):
    found = guard(DATA / name)
    assert found["outcome"] == "loaded", found


@pytest.mark.parametrize("name", ["legacy_sequential.h5", "legacy_functional.h5"])
def test_benign_legacy_models_are_loaded(guard, name):
    found = guard(DATA / name)
    assert found["outcome"] == "loaded", found


def test_benign_weights_are_loaded(guard):
    found = guard(DATA / "sequential.weights.h5", action="load_weights", into=str(DATA / "sequential.keras"))
    assert found["outcome"] == "loaded", found


def test_cve_2021_37678_yaml(refused, guard, tmp_path, marker):
    """Models in YAML, whose tags call functions. There is no YAML here, whatever the file is called."""
    text = f"!!python/object/apply:os.system ['touch {marker}']\n"
    path = pathlib.Path(shutil.copy(DATA / "sequential.keras", tmp_path))
    refused(with_config(path, lambda _: text))
    (tmp_path / "model.json").write_text(text)
    refused(tmp_path / "model.json", action="from_json")


@pytest.mark.parametrize("name", NAMES)
def test_cve_2024_3660_bytecode_of_a_lambda(refused, tmp_path, marker, name):
    messages = refused(with_layer(tmp_path, name, lambda_of(marker)), safe_modes=(True, False, None))
    assert all("never loads code" in message for message in messages)


@pytest.mark.parametrize("place", ["function", "output_shape", "mask", "arguments"])
def test_cve_2024_3660_bytecode_anywhere_in_a_lambda(refused, tmp_path, marker, place):
    hostile = lambda_of(marker)
    code = hostile["config"].pop("function")
    relu = {"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function"}
    hostile["config"] |= {"function": relu, place: {"x": code} if place == "arguments" else code}
    refused(with_layer(tmp_path, "sequential.keras", hostile))


@pytest.mark.parametrize(
    ("module", "class_name"),
    [("os", "system"), ("subprocess", "run"), ("builtins", "exec"), ("shutil", "rmtree"), ("pathlib", "Path")],
)
@pytest.mark.parametrize("registered", [None, "same"])
def test_cve_2025_1550_module_and_class_of_the_file(refused, tmp_path, marker, module, class_name, registered):
    hostile = layer(class_name, {"args": [f"touch {marker}"]}, module, class_name if registered else None)
    refused(with_layer(tmp_path, "sequential.keras", hostile))


def test_cve_2025_1550_function_of_the_file(refused, tmp_path, marker):
    function = {"module": "os", "class_name": "function", "config": "system", "registered_name": "function"}
    config = {"name": "payload", "function": function, "arguments": {"command": f"touch {marker}"}}
    refused(with_layer(tmp_path, "sequential.keras", layer("Lambda", config)))


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("keras.utils", "get_file"),
        ("keras.src.utils.file_utils", "get_file"),
        ("keras.saving", "load_model"),
        ("keras.models", "clone_model"),
        ("keras.utils", "set_random_seed"),
        ("keras.ops", "custom_gradient"),
        ("keras_core.runtime.atomic", "atomic_write"),
        ("keras.callbacks", "CSVLogger"),
    ],
)
def test_cve_2025_8747_functions_of_the_library_as_gadgets(refused, tmp_path, secret, module, name):
    address = f"file://{secret}"
    for function in (
        {"module": module, "class_name": "function", "config": name, "registered_name": "function"},
        {"module": module, "class_name": name, "config": {"origin": address}, "registered_name": None},
    ):
        config = {"name": "payload", "function": function, "arguments": {"origin": address, "cache_dir": str(tmp_path)}}
        refused(with_layer(tmp_path, "sequential.keras", layer("Lambda", config)))
        refused(with_layer(tmp_path, "sequential.keras", function))
        refused(with_layer(tmp_path, "legacy_sequential.h5", layer("Lambda", config)))


def test_cve_2025_9905_legacy_format_that_ignores_safe_mode(refused, tmp_path, marker):
    code = base64.b64encode(marshal.dumps(compile(touch(marker), "payload", "exec"))).decode()
    for function in ([code, None, None], code, {"class_name": "__lambda__", "config": {"code": code}}):
        for config in ({"function_type": "lambda"}, {}):
            config |= {"name": "payload", "function": function, "module": "__main__", "arguments": {}}
            hostile = {"class_name": "Lambda", "config": config}
            refused(with_layer(tmp_path, "legacy_sequential.h5", hostile), safe_modes=(True, False))


@pytest.mark.parametrize("name", NAMES)
def test_cve_2025_9906_configuration_that_turns_unsafe_mode_on(refused, tmp_path, marker, name):
    for module in ("keras.config", "keras.src.saving.serialization_lib", "keras_core.config"):
        switch = "enable_unsafe_deserialization"
        for first in (
            layer(switch, {}, module),
            {"module": module, "class_name": "function", "config": switch, "registered_name": "function"},
        ):
            path = with_layer(tmp_path, name, first, after=False)
            refused(path, safe_modes=(True, None))
    for key, value in (("safe_mode", False), ("custom_objects", {"x": "y"})):
        hostile = lambda_of(marker)
        hostile["config"][key] = hostile[key] = value
        refused(with_layer(tmp_path, name, hostile), safe_modes=(True, None))


@pytest.mark.parametrize("class_name", ["StringLookup", "IntegerLookup", "TextVectorization"])
def test_cve_2025_12058_vocabulary_that_is_a_path_or_an_address(refused, tmp_path, secret, class_name):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        for vocabulary in (str(secret), f"file://{secret}", f"http://127.0.0.1:{port}/words", "$HOME/.netrc"):
            config = {"name": "words", "vocabulary": vocabulary, "max_tokens": None}
            for name in NAMES:
                refused(with_layer(tmp_path, name, layer(class_name, config), after=False))
        with pytest.raises(TimeoutError):  # nobody has called
            server.accept()


def test_cve_2025_49655_pickle_in_a_wrapped_module(refused, tmp_path, marker):
    class Payload:
        def __reduce__(self):
            return exec, (touch(marker),)

    text = base64.b64encode(pickle.dumps(Payload())).decode()
    for content in ({"class_name": "__bytes__", "config": {"value": text}}, text):
        for name in NAMES:
            config = {"name": "payload", "module": content, "output_shape": [3]}
            refused(with_layer(tmp_path, name, layer("TorchModuleWrapper", config)))


def shape_bomb(shape, **options):
    def change(file):
        path = next(path for path in paths_of_arrays(file) if file[path].ndim == 2)
        del file[path]
        file.create_dataset(path, shape=shape, dtype="float32", **options)

    return change


def paths_of_arrays(file):
    found = []
    file.visititems(lambda path, item: found.append(path) if isinstance(item, h5py.Dataset) else None)
    return found


@pytest.mark.parametrize("name", [*NAMES, "sequential.weights.h5"])
@pytest.mark.parametrize("compressed", [True, False])
def test_cve_2026_0897_shape_bomb(refused, tmp_path, name, compressed):
    options = {"chunks": (1024, 1024), "compression": "gzip"} if compressed else {}
    job = {"action": "load_weights", "into": str(DATA / "sequential.keras")} if "weights" in name else {}
    refused(with_weights(tmp_path, name, shape_bomb((1 << 20, 1 << 20), **options)), **job)


@pytest.mark.parametrize("name", NAMES)
def test_cve_2026_0897_shape_bomb_of_the_configuration(refused, tmp_path, name):
    for units in (10**9, 10**15):
        refused(with_layer(tmp_path, name, layer("Dense", {"name": "bomb", "units": units})))


@pytest.mark.parametrize("name", NAMES)
def test_cve_2026_1462_program_that_is_named_by_its_path(refused, tmp_path, secret, name):
    for class_name in ("TFSMLayer", "SavedModelLayer"):
        config = {"name": "program", "filepath": str(secret), "call_endpoint": "serve"}
        refused(with_layer(tmp_path, name, layer(class_name, config)), safe_modes=(True, None))


class Program(FrameworkLayer):
    """As the layers of packs that run a program which another tool wrote, or code."""

    program_argument = "filepath"
    code_arguments = ("module",)

    def __init__(self, **kwargs):
        raise AssertionError("it was made")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("safe_mode", [True, None])
def test_cve_2026_1462_and_cve_2026_12481_where_the_layer_is_installed(tmp_path, secret, name, safe_mode):
    path = with_layer(tmp_path, name, layer("Program", {"filepath": str(secret)}, registered_name="Program"))
    with pytest.raises(ModelFileError, match="names the program") as caught:
        load_model(path, custom_objects={"Program": Program}, safe_mode=safe_mode)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("safe_mode", [True, None, False])
def test_cve_2025_49655_where_the_layer_is_installed(tmp_path, marker, safe_mode, monkeypatch):
    monkeypatch.setattr(Program, "program_argument", None)
    content = {"class_name": "__bytes__", "config": {"value": "gASVLgAAAA=="}}
    hostile = layer("Program", {"module": content}, registered_name="Program")
    with pytest.raises(ModelFileError, match="pickled code"):
        load_model(
            with_layer(tmp_path, "sequential.keras", hostile), custom_objects={"Program": Program}, safe_mode=safe_mode
        )


def external_storage(path, file, secret):
    del file[path]
    file.create_dataset(path, shape=(20,), dtype="uint8", external=[(str(secret), 0, 20)])


def external_link(path, file, secret):
    del file[path]
    file[path] = h5py.ExternalLink(str(secret), "/x")


def external_link_of_a_group(path, file, secret):
    group = path.rpartition("/")[0]
    del file[group]
    file[group] = h5py.ExternalLink(str(secret), "/")


def soft_link(path, file, secret):
    del file[path]
    file[path] = h5py.SoftLink("/" + path)


def virtual_array(path, file, secret):
    layout = h5py.VirtualLayout((4,), "float32")
    layout[:] = h5py.VirtualSource(str(secret), "x", shape=(4,))
    del file[path]
    file.create_virtual_dataset(path, layout)


@pytest.mark.parametrize("name", [*NAMES, "sequential.weights.h5"])
@pytest.mark.parametrize(
    "change", [external_storage, external_link, external_link_of_a_group, soft_link, virtual_array]
)
def test_cve_2026_1669_and_cve_2026_12480_hdf5_that_reaches_out(refused, tmp_path, secret, name, change):
    """By external storage and by links, in the reader of today and in the legacy one."""
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = np.frombuffer(secret.read_bytes(), "uint8")
    target = tmp_path / "other.h5" if "link" in change.__name__ or "virtual" in change.__name__ else secret
    job = {"action": "load_weights", "into": str(DATA / "sequential.keras")} if "weights" in name else {}
    path = with_weights(tmp_path, name, lambda file: change(paths_of_arrays(file)[-1], file, target))
    refused(path, **job)


def test_cve_2026_12479_name_of_a_layer_as_the_path_of_an_asset(refused, tmp_path, marker):
    for name in ("../../marker", str(marker), "..\\marker", "C:marker"):
        path = pathlib.Path(shutil.copy(DATA / "sequential.keras", tmp_path))
        refused(with_members(path, {}, [(f"assets/layers/{name}", b"x"), (f"assets/{name}/vocabulary.txt", b"x")]))
        refused(with_layer(tmp_path, "sequential.keras", layer("Dense", {"name": name, "units": 2})))


@pytest.mark.parametrize("name", NAMES)
def test_cve_2026_12481_safe_mode_none(refused, tmp_path, marker, secret, name):
    refused(with_layer(tmp_path, name, lambda_of(marker)), safe_modes=(None,))
    program = layer("TFSMLayer", {"name": "program", "filepath": str(secret)})
    refused(with_layer(tmp_path, name, program), safe_modes=(None,))


def test_guard_sees_what_it_must(guard, tmp_path):
    """The guard is worth something: it tells other errors, and what is killed, from what is refused."""
    (tmp_path / "model.unknown").write_text("x")
    assert guard(tmp_path / "model.unknown")["outcome"] == "error"
    os.mkfifo(tmp_path / "model.keras")  # nobody writes to it
    assert guard(tmp_path / "model.keras", seconds=1)["outcome"] == "killed"
