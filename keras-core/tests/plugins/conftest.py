"""Distributions with good and bad plugins, built as wheels and installed into folders of their own.

Each test runs in a new process with some of these folders on its path, as an environment with those packages would be.
"""

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

BACKENDS, PACKS, KERNELS = "keras_core.backends", "keras_core.packs", "keras_core.kernels"

GOOD = """
    import numpy as np
    from keras_core.contract import Devices, HostConversion, bind_array_api, hookimpl

    DTYPES = {name: np.dtype(name) for name in ("bool", "int32", "float32")}
    PRIMITIVES = bind_array_api(np, DTYPES, NAME) | {
        "cumulative_sum": lambda x, axis: np.cumsum(x, axis=axis, dtype=x.dtype),
        "cumulative_prod": lambda x, axis: np.cumprod(x, axis=axis, dtype=x.dtype),
        "take_along_axis": lambda x, indices, axis: np.take_along_axis(x, indices, axis),
    }
    HOST = HostConversion(
        tensor_type=np.ndarray,
        tensor_types=(np.ndarray,),
        dtypes=DTYPES,
        from_host=lambda array, dtype: np.array(array, dtype=DTYPES[dtype]),
        to_host=np.array,
    )

    class Plugin:
        def __init__(self, name=NAME):
            self.name, self.activated = name, []

        @hookimpl
        def keras_primitives(self, backend):
            return PRIMITIVES if backend == self.name else None

        @hookimpl
        def keras_kernels(self, backend):
            return {"relu": "RELU".lower, "softmax": "SOFTMAX".lower} if backend == self.name else None

        @hookimpl
        def keras_devices(self, backend):
            return Devices(names=lambda: ["cpu:0", "cpu:1"]) if backend == self.name else None

        @hookimpl
        def keras_host_conversion(self, backend):
            return HOST if backend == self.name else None

        @hookimpl
        def keras_backend_activated(self, backend):
            self.activated.append(backend)
"""

FROM_GOOD = (
    "from keras_core.contract import hookimpl\nfrom example_good.plugin import HOST, PRIMITIVES, Plugin as Good\n"
)

PACK = """
    from keras_core.contract import Format, hookimpl

    class Plugin:
        activated = []

        @hookimpl
        def keras_serializables(self):
            return {"example_pack>Gate": "example_pack.layers:Gate", "example_pack>Lost": "example_pack.layers:Lost"}

        @hookimpl
        def keras_formats(self):
            return {".example": Format(".example"), ".keras": Format(".keras", export=print)}

        @hookimpl
        def keras_backend_activated(self, backend):
            self.activated.append(backend)
"""


@dataclass(frozen=True)
class Project:
    """One distribution.

    Attributes:
        name: its name; the package is the same with underscores.
        source: of the module `plugin`; `NAME` is the name of its entry point.
        entry: name of its entry point.
        group: entry-point group.
        attribute: what the entry point names in the module `plugin`; the source makes it, or a `Plugin()` is made.
        requires: dependencies.
        extras: optional dependencies.
        package: the package in its entry point where it is not its own.
        folder: the folder that it is installed into.
    """

    name: str
    source: str = GOOD
    entry: str = ""
    group: str = BACKENDS
    attribute: str = "contract_1_0"
    requires: tuple[str, ...] = ()
    extras: tuple[tuple[str, str], ...] = ()
    package: str = ""
    folder: str = "main"


def good(body: str) -> str:
    """Return the source of a plugin that is like the good one but for one thing."""
    method = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return f"{FROM_GOOD}class Plugin(Good):\n    def __init__(self): super().__init__(NAME)\n{method}\n"


PARTIAL = """
@hookimpl
def keras_primitives(self, backend):
    return {name: PRIMITIVES[name] for name in PRIMITIVES if name not in ("exp", "matmul", "where")}
"""
SLOPPY = """
@hookimpl
def keras_primitives(self, backend):
    return PRIMITIVES | {"exponential": max, "exp": lambda: None}

@hookimpl
def keras_transforms(self, backend):
    return {"jitt": max} if backend == NAME else None

def keras_ops(self):
    return []
"""
SHARING = """
@hookimpl
def keras_host_conversion(self, backend):
    return dataclasses.replace(HOST, from_host=lambda array, dtype: array) if backend == NAME else None
"""
KERNELS_FOR_GOOD = """
from keras_core.contract import hookimpl

class Plugin:
    @hookimpl
    def keras_kernels(self, backend):
        return {"softmax": "BETTER".lower} if backend == "good" else None
"""
THIEF = """
from keras_core.contract import hookimpl

class Plugin:
    @hookimpl
    def keras_serializables(self):
        return {"example_pack>Gate": "example_thief.plugin:Plugin"}
"""

PROJECTS = (
    Project("example-good", entry="good"),
    Project("example-raising", "raise RuntimeError('the driver is too old')"),
    Project("example-exiting", "raise SystemExit(3)"),
    Project("example-dying", "import os; os._exit(7)"),
    Project("example-unimportable", "import example_gone", requires=("numpy",)),
    Project("example-lacking", "raise AssertionError('imported')", requires=("numpy>=2", "example-nowhere>=4.2")),
    Project("example-outdated", "raise AssertionError('imported')", requires=("numpy>=999",)),
    Project("example-framework", extras=(("framework", "example-big>=2"), ("framework-cpu", "example-small>=2"))),
    Project("example-extras", extras=(("docs", "example-docs"),)),
    Project("example-newer", attribute="contract_1_1"),
    Project("example-major", "raise AssertionError('imported')", attribute="contract_2_0"),
    Project("example-unversioned", attribute="plugin"),
    Project("example-hollow", package="example_hollow_module"),
    Project("example-slow", "import time; time.sleep(5)"),
    Project("example-partial", good(PARTIAL)),
    Project("example-hostless", good("@hookimpl\ndef keras_host_conversion(self, backend): return None")),
    Project("example-untyped", good("@hookimpl\ndef keras_devices(self, backend): return ['cpu:0']")),
    Project("example-failing", good("@hookimpl\ndef keras_transforms(self, backend): raise KeyError('jit')")),
    Project("example-misspelled", good("@hookimpl\ndef keras_kernelz(self, backend): return {}")),
    Project(
        "example-ahead",
        good(
            "@hookimpl\ndef keras_kernels(self, backend): return {'of_a_later_core': abs} if backend == NAME else None"
        ),
    ),
    Project("example-class", FROM_GOOD + "contract_1_0 = Good"),
    Project("example-empty", "contract_1_0 = object()"),
    Project("example-sharing", "import dataclasses\n" + good(SHARING)),
    Project("example-sloppy", good(SLOPPY)),
    Project("example-kernels", KERNELS_FOR_GOOD, group=KERNELS),
    Project("example-bad-kernels", "raise RuntimeError('no compiler')", group=KERNELS),
    Project("example-pack", PACK, group=PACKS),
    Project("example-bad-pack", "raise RuntimeError('no image library')", group=PACKS),
    Project("example-thief", THIEF, group=PACKS),
    Project("example-twin", entry="good", folder="twin"),
    Project("example-usurper", entry="numpy", folder="usurper"),
    Project("example-big", "", group="", folder="big"),
    Project("example-small", "", group="", folder="small"),
)

BUILD = """
import os, sys
from hatchling.build import build_wheel
for project in sys.argv[2:]:
    os.chdir(project)
    build_wheel(sys.argv[1])
"""


def write_project(project: Project, folder: Path) -> Path:
    """Write the sources of a distribution."""
    package = project.name.replace("-", "_")
    entry = project.entry or project.name.removeprefix("example-")
    lines = [
        *("[build-system]", 'requires = ["hatchling"]', 'build-backend = "hatchling.build"', "[project]"),
        *(
            f'name = "{project.name}"',
            'version = "2.5"',
            'requires-python = ">=3.11"',
            f"dependencies = {json.dumps(project.requires)}",
        ),
        "[project.optional-dependencies]",
        *(f'{extra} = ["{requirement}"]' for extra, requirement in project.extras),
    ]
    if project.group:
        target = f"{project.package or package}.plugin:{project.attribute}"
        lines += [f'[project.entry-points."{project.group}"]', f'{entry} = "{target}"']
    root = folder / project.name
    (root / package).mkdir(parents=True)
    (root / "pyproject.toml").write_text("\n".join(lines))
    (root / package / "__init__.py").write_text("")
    (root / package / "layers.py").write_text("class Gate:\n    pass\n")
    source = f"NAME = {entry!r}\n" + textwrap.dedent(project.source)
    if "class Plugin" in source:
        source += f"\n\n{project.attribute} = Plugin()\n"
    (root / package / "plugin.py").write_text(source)
    return root


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder whose subfolders hold the installed distributions."""
    root = tmp_path_factory.mktemp("distributions")
    wheels = root / "wheels"
    wheels.mkdir()
    sources = [str(write_project(project, root / "sources")) for project in PROJECTS]
    _run(sys.executable, "-c", BUILD, str(wheels), *sources)
    for folder in {project.folder for project in PROJECTS}:
        names = [project.name.replace("-", "_") for project in PROJECTS if project.folder == folder]
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
        files = [str(wheels / f"{name}-2.5-py3-none-any.whl") for name in names]
        _run(*pip, "--target", str(root / folder), *files)
    return root


@dataclass(frozen=True)
class Environment:
    """Runs Python with installed distributions on its path."""

    installed: Path
    home: Path

    def python(self, *arguments: str, folders: tuple[str, ...] = ("main",), **variables: str) -> Any:
        """Run Python and return the completed process."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("KERAS_")}
        path = [str(self.installed / folder) for folder in folders] + [environ.get("PYTHONPATH", "")]
        environ |= {"PYTHONPATH": os.pathsep.join(filter(None, path)), "KERAS_CORE_HOME": str(self.home)} | variables
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, env=environ, cwd=self.home, capture_output=True, text=True, timeout=50, check=False
        )

    def answer(self, script: str, **settings: Any) -> Any:
        """Run a script that sets `result` and return that, through JSON."""
        code = f"import json\nfrom keras_core import plugins\n{textwrap.dedent(script)}\nprint(json.dumps(result))"
        done = self.python("-c", code, **settings)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def command(self, *arguments: str, **settings: Any) -> Any:
        """Run the command `keras-core`."""
        return self.python("-m", "keras_core.plugins.cli", *arguments, **settings)


@pytest.fixture
def environment(installed: Path, tmp_path: Path) -> Environment:
    """Return an environment with an empty configuration."""
    return Environment(installed, tmp_path)


@pytest.fixture
def listed(environment: Environment) -> Callable[..., dict[str, dict[str, Any]]]:
    """Return a function that lists the plugins of an environment by one of their attributes."""

    def list_them(by: str = "name", **settings: Any) -> dict[str, dict[str, Any]]:
        done = environment.command("plugins", "list", "--json", **settings)
        assert done.returncode == 0, done.stderr
        return {info[by]: info for info in json.loads(done.stdout)}

    return list_them
