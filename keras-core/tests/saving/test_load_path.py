"""The load path has no way to turn data into code: a rule on its source."""

import ast
import pathlib

import pytest

import keras_core

SOURCE = pathlib.Path(keras_core.__file__).parent
LOAD_PATH = sorted(
    {
        *(SOURCE / "saving").rglob("*.py"),
        *(SOURCE / "layers").rglob("*.py"),
        *(SOURCE / "models").rglob("*.py"),
        *(SOURCE / "losses").rglob("*.py"),
        *(SOURCE / "metrics").rglob("*.py"),
        *(SOURCE / "optimizers").rglob("*.py"),
        *(SOURCE / "initializers").rglob("*.py"),
        *(SOURCE / "quantizers").rglob("*.py"),
        *(SOURCE / "dtype_policies").rglob("*.py"),
        *(SOURCE / "regularizers").rglob("*.py"),
        *(SOURCE / "constraints").rglob("*.py"),
        *(SOURCE / "activations").rglob("*.py"),
        *(SOURCE / "distillation").rglob("*.py"),
        *(
            SOURCE / "runtime" / f"{name}.py"
            for name in ("identifiers", "known_objects", "refusal", "registry", "rooms", "serialization", "strict_json")
        ),
        SOURCE / "training" / "compilation.py",
    }
)
"""What runs between the bytes of a file and a model."""

MODULES = {
    *("cloudpickle", "code", "codeop", "ctypes", "dill", "imp", "joblib", "jsonpickle", "marshal", "pickle"),
    *("pty", "runpy", "shelve", "socket", "subprocess", "urllib", "requests", "http", "yaml", "zipimport"),
}
CALLS = {"__import__", "compile", "eval", "exec"}
ATTRIBUTES = {"extract", "extractall", "unpack_archive", "allow_pickle", "find_spec", "load_module", "exec_module"}

TABLES = {
    "_HOME_OF[name]": "the home of a public name of a package, from the table above it",
    "f'{__name__}.{_HOME_OF[name]}'": "the same, inside the package",
    "f'{__name__}.{home}'": "the same, looked up a line before",
    "self._module": "runtime/identifiers.py: the module of `Attributes`, given where the table is made",
    "module": "runtime/rooms.py: the first part of a value of MORE_CLASSES",
    "ROOMS[room]": "runtime/rooms.py: the package of a room; a name from a file is only a key into ROOMS",
    "'keras_core.ops'": "runtime/rooms.py: fills the database of ops",
}
"""What `import_module` may be given, and why no file decides it."""


ANY_OBJECT = "takes any object"
UNTYPED = {
    "layers/configuration.py": "arguments of classes of users, which core does not know",
    "layers/wrappers/framework_layer.py": "arguments of layers around functions and modules of a framework",
}
"""Modules with a slot for any registered object, and why."""


def name_of(function):
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def violations(tree):
    """Return what a module does that the load path must not."""
    found = []
    for node in ast.walk(tree):
        imported = []
        if isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported = [node.module or "", *(alias.name for alias in node.names)]
        elif isinstance(node, ast.Call):
            called = name_of(node.func)
            if called in CALLS and (isinstance(node.func, ast.Name) or called != "compile"):
                found.append(f"calls {called}()")
            if called == "import_module" and ast.unparse(node.args[0]) not in TABLES:
                found.append(f"imports {ast.unparse(node.args[0])}")
            if called == "deserialize_keras_object" and "expected" not in {word.arg for word in node.keywords}:
                found.append(ANY_OBJECT)
            found += [f"passes {word.arg}" for word in node.keywords if word.arg in ATTRIBUTES]
        elif isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES:
            found.append(f"uses .{node.attr}")
        found += [f"imports {name}" for name in imported if name.partition(".")[0] in MODULES]
    return found


@pytest.mark.parametrize("path", LOAD_PATH, ids=lambda path: str(path.relative_to(SOURCE)))
def test_module_runs_no_data(path):
    allowed = [ANY_OBJECT] if path.relative_to(SOURCE).as_posix() in UNTYPED else []
    assert violations(ast.parse(path.read_text())) == allowed


def test_tables_are_not_changed_by_files():
    """The names that `import_module` gets come from constants: no function of the load path writes to them."""
    tables = {"_HOME_OF", "_HOMES", "ROOMS", "MORE_CLASSES"}
    for path in LOAD_PATH:
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else []
            changed = [target.value for target in targets if isinstance(target, ast.Subscript)]
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr
                in (
                    "update",
                    "setdefault",
                    "pop",
                )
            ):
                changed.append(node.func.value)
            assert not {ast.unparse(item) for item in changed} & tables, path


@pytest.mark.parametrize(
    "code",
    [
        *("import pickle", "from pickle import loads", "import yaml.safe", "from urllib.request import urlopen"),
        *("eval(text)", "exec(text)", "compile(text, '', 'exec')", "__import__(name)", "builtins.exec(text)"),
        *("import_module(config['module'])", "importlib.import_module(name)", "archive.extractall(folder)"),
        *("np.load(file, allow_pickle=True)", "importlib.util.find_spec(name)", "def f():\n    import marshal"),
        "deserialize_keras_object(config)",
    ],
)
def test_rule_finds(code):
    assert violations(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "model.compile(loss)",
        "re.compile('a')",
        "import json",
        "np.load(file)",
        "deserialize_keras_object(x, expected=DATA)",
    ],
)
def test_rule_lets_pass(code):
    assert not violations(ast.parse(code))
