"""What is installed, and in what state."""

import shutil

import pytest

from keras_core.plugins.discovery import contract_of, list_plugins

CORE_1_1 = "from keras_core.contract import version\nversion.CONTRACT_VERSION = (1, 1)\n"
STATES = "result = {info.distribution: info.state for info in plugins.list_plugins()}"


@pytest.mark.parametrize(
    ("entry_point", "contract"),
    [
        ("package.plugin:contract_1_0", (1, 0)),
        ("package.plugin : contract_12_34", (12, 34)),
        ("package.plugin:contract_1", None),
        ("package.plugin:plugin", None),
        ("package.plugin", None),
        ("package.plugin:contract_1_0.attribute", None),
        ("package..plugin:contract_1_0", None),
        ("", None),
    ],
)
def test_contract_is_read_from_entry_point(entry_point, contract):
    assert contract_of(entry_point) == contract


def test_unknown_group_is_refused():
    with pytest.raises(ValueError, match=r"keras_core\.backends"):
        list_plugins("keras_core.frontends")


def test_states_and_reasons(listed):
    plugins = listed()
    expected = {
        "good": ("available", "", ""),
        "raising": ("available", "", ""),
        "extras": ("available", "", ""),
        "lacking": (
            "missing-dependency",
            "it needs example-nowhere>=4.2, which is not installed",
            'pip install "example-nowhere>=4.2"',
        ),
        "outdated": ("missing-dependency", "it needs numpy>=999, installed is numpy", 'pip install "numpy>=999"'),
        "framework": (
            "missing-dependency",
            "[framework] it needs example-big>=2, which is not installed or [framework-cpu] it needs example-small>=2",
            'pip install "example-framework[framework]"',
        ),
        "newer": ("incompatible", "written for contract 1.1, this core has 1.0", "pip install --upgrade keras-core"),
        "major": ("incompatible", "written for contract 2.0, this core has 1.0", "pip install --upgrade keras-core"),
        "unversioned": ("broken", "example_unversioned.plugin:plugin", "pip install --upgrade example-unversioned"),
        "hollow": ("broken", "'example_hollow_module'", "pip install --force-reinstall example-hollow"),
        "kernels": ("available", "", ""),
        "pack": ("available", "", ""),
    }
    for name, (state, reason, repair) in expected.items():
        assert plugins[name]["state"] == state
        assert reason in plugins[name]["reason"]
        assert plugins[name]["repair"] == repair
        assert plugins[name]["distribution"] == f"example-{name}"
        assert plugins[name]["version"] == "2.5"


def test_embedded_backend_comes_first(listed):
    first = next(iter(listed().values()))
    assert (first["name"], first["distribution"], first["state"]) == ("numpy", "keras-core", "available")
    assert first["builtin"]


def test_listing_imports_no_plugin_and_takes_no_time(environment):
    seconds, imported = environment.answer(
        """
        import sys, time
        start = time.perf_counter()
        names = [info.name for info in plugins.list_plugins()]
        result = time.perf_counter() - start, [name for name in sys.modules if name.startswith("example_")]
        assert "slow" in names and "raising" in names
        """
    )
    assert imported == []
    assert seconds < 2  # importing one of them takes 5 s


def test_two_distributions_with_one_name(listed):
    plugins = listed(by="distribution", folders=("main", "twin"))
    for distribution in ("example-good", "example-twin"):
        assert plugins[distribution]["state"] == "duplicate"
        assert "example-good and example-twin" in plugins[distribution]["reason"]
        assert "KERAS_CORE_DISABLE_PLUGINS=example-twin" in plugins[distribution]["repair"]


def test_disabling_one_of_two_frees_the_name(listed):
    plugins = listed(by="distribution", folders=("main", "twin"), KERAS_CORE_DISABLE_PLUGINS="other, Example_Twin")
    assert plugins["example-twin"]["state"] == "disabled"
    assert "KERAS_CORE_DISABLE_PLUGINS" in plugins["example-twin"]["reason"]
    assert plugins["example-good"]["state"] == "available"


def test_nobody_takes_the_embedded_name(listed):
    plugins = listed(by="distribution", folders=("usurper",))
    assert plugins["keras-core"]["state"] == "available"
    assert plugins["example-usurper"]["state"] == "duplicate"
    assert "keras-core itself" in plugins["example-usurper"]["reason"]


def test_disabling_all_leaves_the_embedded_backend(listed):
    plugins = listed(KERAS_CORE_DISABLE_PLUGINS="all")
    assert [name for name, info in plugins.items() if info["state"] != "disabled"] == ["numpy"]


def test_disabling_by_name(listed):
    plugins = listed(KERAS_CORE_DISABLE_PLUGINS="raising")
    assert plugins["raising"]["state"] == "disabled"
    assert plugins["good"]["state"] == "available"


@pytest.mark.parametrize("folder", ["big", "small"])
def test_one_framework_extra_is_enough(listed, folder):
    assert listed(folders=("main", folder))["framework"]["state"] == "available"


def test_core_of_a_newer_minor_takes_older_plugins(environment):
    states = environment.answer(CORE_1_1 + STATES)
    assert states["example-good"] == "available"  # written for 1.0
    assert states["example-newer"] == "available"  # written for 1.1
    assert states["example-major"] == "incompatible"


def test_core_of_a_newer_major_refuses_older_plugins(environment):
    info = environment.answer(
        CORE_1_1.replace("(1, 1)", "(2, 0)")
        + "result = [i.to_json() for i in plugins.list_plugins() if i.name == 'good'][0]"
    )
    assert info["state"] == "incompatible"
    assert info["repair"] == "pip install --upgrade example-good"  # here it is the plugin that lags behind


def test_damaged_metadata(installed, tmp_path, listed):
    folder = tmp_path / "damaged"
    shutil.copytree(installed / "twin", folder)
    (folder / "example_twin-2.5.dist-info" / "METADATA").unlink()
    plugins = listed(by="entry_point", folders=(str(folder),))
    assert plugins["example_twin.plugin:contract_1_0"]["state"] == "broken"
    assert "damaged" in plugins["example_twin.plugin:contract_1_0"]["reason"]


def test_invalid_requirement(installed, tmp_path, listed):
    folder = tmp_path / "damaged"
    shutil.copytree(installed / "twin", folder)
    metadata = folder / "example_twin-2.5.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("Version: 2.5", "Version: 2.5\nRequires-Dist: numpy >> 2"))
    info = listed(folders=(str(folder),))["good"]
    assert info["state"] == "broken"
    assert "invalid requirement" in info["reason"]


def test_foreign_distribution_with_damaged_entry_points_is_ignored(tmp_path, listed):
    folder = tmp_path / "foreign-1.0.dist-info"
    folder.mkdir()
    (folder / "entry_points.txt").write_bytes(b"\xff\xfe[keras_core.backends]")
    assert listed(folders=(str(tmp_path),))["numpy"]["state"] == "available"


def test_shadowed_version_is_not_listed(installed, tmp_path, listed):
    newer = tmp_path / "newer" / "example_good-3.0.dist-info"
    newer.mkdir(parents=True)
    (newer / "METADATA").write_text("Metadata-Version: 2.1\nName: example-good\nVersion: 3.0\n")
    assert "good" not in listed(folders=(str(newer.parent), "main"))


def test_failed_load_is_listed_as_broken(environment):
    info = environment.answer(
        """
        try:
            plugins.load_backend_plugin("raising")
        except plugins.BackendLoadError:
            pass
        result = [info.to_json() for info in plugins.list_plugins() if info.name == "raising"][0]
        """
    )
    assert info["state"] == "broken"
    assert "the driver is too old" in info["reason"]
