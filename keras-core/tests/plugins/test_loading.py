"""Loading backends: what works, and what an error says."""

import pickle

import pytest

from keras_core.contract import PRIMITIVE_NAMES
from keras_core.plugins import BackendLoadError, DuplicatePluginError, PackLoadError, UnknownBackendError

ERROR = """
try:
    plugins.load_backend_plugin({name!r})
    result = None
except plugins.PluginError as error:
    result = type(error).__name__, str(error), repr(error.__cause__)
"""


def test_good_backend(environment):
    result = environment.answer(
        """
        answers = plugins.load_backend_plugin("good")
        assert plugins.load_backend_plugin("good") is answers
        result = {
            "identity": [answers.name, answers.distribution, answers.version, answers.contract],
            "primitives": list(answers.primitives),
            "sum": float(answers.primitives["sum"](answers.host.from_host([1, 2], "float32"), None, False)),
            "devices": answers.devices.names(),
            "transforms": dict(answers.transforms),
        }
        """
    )
    assert result["identity"] == ["good", "example-good", "2.5", [1, 0]]
    assert result["primitives"] == list(PRIMITIVE_NAMES)
    assert result["sum"] == 3
    assert result["devices"] == ["cpu:0", "cpu:1"]
    assert result["transforms"] == {}


def test_answers_cannot_be_changed(environment):
    result = environment.answer(
        """
        answers = plugins.load_backend_plugin("good")
        result = []
        for mapping in (answers.primitives, answers.kernels, answers.transforms):
            try:
                mapping["relu"] = print
            except TypeError:
                result.append("refused")
        """
    )
    assert result == ["refused"] * 3


def test_another_plugin_improves_the_kernels_of_a_backend(environment):
    script = "result = {op: kernel() for op, kernel in plugins.load_backend_plugin('good').kernels.items()}"
    assert environment.answer(script) == {"relu": "relu", "softmax": "better"}
    assert environment.answer(script, KERAS_CORE_DISABLE_PLUGINS="kernels") == {"relu": "relu", "softmax": "softmax"}


def test_failure_of_a_plugin_that_nobody_asked_for_is_silent(environment):
    done = environment.python("-c", "from keras_core import plugins; plugins.load_backend_plugin('good')")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    states = environment.answer(
        """
        plugins.load_backend_plugin("good")
        result = {info.name: info.reason for info in plugins.list_plugins(plugins.KERNELS)}
        """
    )
    assert states["kernels"] == ""
    assert "no compiler" in states["bad-kernels"]


@pytest.mark.parametrize(
    ("name", "cause", "repair"),
    [
        ("raising", "raised RuntimeError: the driver is too old", "pip install --upgrade example-raising"),
        ("exiting", "raised SystemExit: 3", "pip install --upgrade example-exiting"),
        (
            "unimportable",
            "No module named 'example_gone'",
            "pip install --upgrade example-unimportable (or install what",
        ),
        ("lacking", "missing-dependency: it needs example-nowhere>=4.2", 'pip install "example-nowhere>=4.2"'),
        ("outdated", "it needs numpy>=999, installed is numpy", 'pip install "numpy>=999"'),
        ("newer", "incompatible: it was written for contract 1.1", "pip install --upgrade keras-core"),
        ("major", "incompatible: it was written for contract 2.0", "pip install --upgrade keras-core"),
        ("unversioned", "does not state a contract version", "pip install --upgrade example-unversioned"),
        ("hollow", "'example_hollow_module' is not there", "pip install --force-reinstall example-hollow"),
        ("partial", "3 mandatory primitive(s) missing: exp, where, matmul", "pip install --upgrade example-partial"),
        ("hostless", "mandatory hook keras_host_conversion", "pip install --upgrade example-hostless"),
        ("untyped", "keras_devices must answer a contract.Devices, not list", "pip install --upgrade example-untyped"),
        ("failing", "its hook keras_transforms raised KeyError: 'jit'", "pip install --upgrade example-failing"),
        ("misspelled", "unknown hook 'keras_kernelz'", "pip install --upgrade example-misspelled"),
        ("class", "is a class; it must be an object with hooks", "pip install --upgrade example-class"),
        ("empty", "has no method with @hookimpl", "pip install --upgrade example-empty"),
    ],
)
def test_error_says_what_to_do(environment, name, cause, repair):
    kind, message, _ = environment.answer(ERROR.format(name=name))
    assert kind == "BackendLoadError"
    assert f"backend '{name}' (distribution example-{name} 2.5)" in message
    assert cause in message
    assert f"To repair it: {repair}" in message


def test_cause_is_chained(environment):
    assert environment.answer(ERROR.format(name="raising"))[2] == "RuntimeError('the driver is too old')"


def test_disabled_backend(environment):
    kind, message, _ = environment.answer(ERROR.format(name="good"), KERAS_CORE_DISABLE_PLUGINS="example-good")
    assert kind == "BackendLoadError"
    assert "disabled: KERAS_CORE_DISABLE_PLUGINS=example-good" in message


def test_duplicate_backend_names_both(environment):
    kind, message, _ = environment.answer(ERROR.format(name="good"), folders=("main", "twin"))
    assert kind == "DuplicatePluginError"
    assert "example-good and example-twin" in message


@pytest.mark.parametrize("disabled", ["example-good", "example-twin"])
def test_duplicate_with_one_disabled_loads_the_other(environment, disabled):
    script = "result = plugins.load_backend_plugin('good').distribution"
    other = {"example-good": "example-twin", "example-twin": "example-good"}[disabled]
    settings = {"folders": ("main", "twin"), "KERAS_CORE_DISABLE_PLUGINS": disabled}
    assert environment.answer(script, **settings) == other


def test_unknown_backend(environment):
    kind, message, _ = environment.answer(ERROR.format(name="goood"))
    assert kind == "UnknownBackendError"
    assert "Did you mean 'good'" in message
    assert "Installed: numpy, " in message
    assert "pip install keras-backend-goood" in message


def test_failed_load_leaves_nothing_behind(environment):
    result = environment.answer(
        """
        from keras_core.plugins.registry import registry
        for name in ("partial", "raising", "failing", "misspelled", "hostless"):
            try:
                plugins.load_backend_plugin(name)
            except plugins.BackendLoadError:
                pass
        answers = plugins.load_backend_plugin("good")
        loaded = [type(plugin).__module__ for plugin in registry._manager.get_plugins()]
        result = sorted(loaded), answers.kernels["relu"]()
        """
    )
    assert result == [["example_good.plugin", "example_kernels.plugin"], "relu"]


def test_failed_load_fails_again_until_refreshed(environment):
    result = environment.answer(
        """
        import example_raising
        from pathlib import Path
        result = []
        def load():
            try:
                result.append(plugins.load_backend_plugin("raising").name)
            except plugins.BackendLoadError as error:
                result.append(str(error))
        path = Path(example_raising.__file__).with_name("plugin.py")
        source = path.read_text()
        load()
        path.write_text("from example_good.plugin import Plugin\\ncontract_1_0 = Plugin('raising')")
        try:
            load()
            plugins.refresh()
            load()
        finally:
            path.write_text(source)
        """
    )
    assert "the driver is too old" in result[0]
    assert result[1:] == [result[0], "raising"]


def test_threads_load_a_backend_once(environment):
    result = environment.answer(
        """
        import threading
        found = []
        barrier = threading.Barrier(8)
        def load(name):
            barrier.wait()
            found.append((name, plugins.load_backend_plugin(name)))
        names = ["good", "extras"] * 4
        threads = [threading.Thread(target=load, args=(name,)) for name in names]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        result = sorted({(name, answers.name, id(answers)) for name, answers in found})
        """
    )
    assert [row[:2] for row in result] == [["extras", "extras"], ["good", "good"]]


def test_backends_do_not_answer_for_each_other(environment):
    result = environment.answer(
        """
        sloppy = plugins.load_backend_plugin("sloppy")  # answers keras_primitives for every name
        good = plugins.load_backend_plugin("good")
        result = sloppy.primitives["exp"] is good.primitives["exp"], good.distribution
        """
    )
    assert result == [False, "example-good"]


def test_activation_is_announced_once_to_all(environment):
    result = environment.answer(
        """
        plugins.load_backend_plugin("good")
        plugins.announce("good")
        plugins.announce("good")
        plugins.pack_serializables()  # a pack that comes later is told
        from example_good.plugin import contract_1_0 as backend
        from example_pack.plugin import contract_1_0 as pack
        result = backend.activated, pack.activated
        """
    )
    assert result == [["good"], ["good"]]


FAILING_ACTIVATION = """
import example_extras.plugin
example_extras.plugin.contract_1_0.activated = None  # so that its hook fails
plugins.load_backend_plugin("good")
plugins.load_backend_plugin("extras")
"""


def test_activation_hook_of_the_backend_itself_fails(environment):
    result = environment.answer(
        FAILING_ACTIVATION
        + """
result = []
for function in (plugins.announce, plugins.load_backend_plugin):
    try:
        function("extras")
    except plugins.BackendLoadError as error:
        result.append(str(error))
"""
    )
    assert "its hook keras_backend_activated raised AttributeError" in result[0]
    assert result[1] == result[0]


def test_activation_hook_of_another_plugin_fails(environment):
    result = environment.answer(
        FAILING_ACTIVATION
        + """
plugins.announce("good")
result = {info.name: info.reason for info in plugins.list_plugins()}
"""
    )
    assert "keras_backend_activated raised AttributeError" in result["extras"]
    assert result["good"] == ""


def test_use_of_a_backend_by_its_own_import(environment, installed, tmp_path):
    package = tmp_path / "folder" / "example_selfish"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "plugin.py").write_text("from keras_core import plugins\nplugins.load_backend_plugin('selfish')\n")
    information = package.parent / "example_selfish-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: example-selfish\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(
        "[keras_core.backends]\nselfish = example_selfish.plugin:contract_1_0\n"
    )
    kind, message, _ = environment.answer(ERROR.format(name="selfish"), folders=(str(package.parent),))
    assert kind == "BackendLoadError"
    assert "its own import uses it before it is loaded" in message


def test_importing_the_room_is_light(environment):
    result = environment.answer(
        "import sys; result = sorted({'pluggy', 'packaging', 'rich', 'numpy', 'importlib.metadata'} & set(sys.modules))"
    )
    assert result == []


@pytest.mark.parametrize(
    "error",
    [
        BackendLoadError("foo", "example-foo", "1.0", "no driver", "pip install driver"),
        DuplicatePluginError("foo", "example-foo", "1.0", "two", ""),
        PackLoadError("foo", "example-foo", "1.0", "no driver", ""),
        UnknownBackendError("foo", ["numpy", "fo"]),
    ],
)
def test_errors_can_be_pickled(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)
