"""What packs add."""


def test_classes_of_working_packs(environment):
    result = environment.answer(
        """
        import sys
        found = plugins.pack_serializables()
        names = {name: place for name, place in found.items() if name.startswith("example")}
        result = names, "example_pack.layers" in sys.modules
        """
    )
    assert result == [
        {"example_pack>Gate": "example_pack.layers:Gate", "example_pack>Lost": "example_pack.layers:Lost"},
        False,
    ]


def test_class_is_found_by_its_name(environment):
    result = environment.answer(
        """
        name = plugins.resolve_pack_class("Gate")
        result = name, plugins.load_serializable(name).__module__, plugins.resolve_pack_class("Dense")
        """
    )
    assert result == ["example_pack>Gate", "example_pack.layers", None]


def test_broken_packs_are_silent_and_listed(environment):
    result = environment.answer(
        """
        plugins.pack_serializables()
        result = {info.name: [info.state, info.reason] for info in plugins.list_plugins(plugins.PACKS)}
        """
    )
    assert result["pack"] == ["available", ""]
    assert result["bad-pack"][0] == "broken"
    assert "no image library" in result["bad-pack"][1]
    assert result["thief"][0] == "broken"  # it claims a class of another pack
    assert "must read 'example_thief>Name'" in result["thief"][1]


def test_pack_of_a_class_is_known_from_metadata(environment):
    result = environment.answer(
        """
        import sys
        info = plugins.find_pack("example_pack")
        result = info.distribution, plugins.find_pack("nobody"), "example_pack.plugin" in sys.modules
        """
    )
    assert result == ["example-pack", None, False]


ERROR = """
try:
    plugins.load_serializable({name!r})
    result = None
except plugins.PluginError as error:
    result = type(error).__name__, str(error)
"""


def test_missing_pack(environment):
    kind, message = environment.answer(ERROR.format(name="acme_layers>Gate"))
    assert kind == "PluginError"
    assert "pack 'acme_layers', which is not installed" in message
    assert "the packs that are installed declare " in message
    assert "example_pack (example-pack 2.5): Gate" in message
    assert "The name comes from the configuration or file" in message
    assert "pip install" not in message


def test_class_that_a_pack_does_not_have(environment):
    kind, message = environment.answer(ERROR.format(name="example_pack>Door"))
    assert kind == "PluginError"
    assert "(example-pack 2.5) declares no class 'Door'" in message


def test_class_that_cannot_be_imported(environment):
    kind, message = environment.answer(ERROR.format(name="example_pack>Lost"))
    assert kind == "PackLoadError"
    assert "pack 'pack' (distribution example-pack 2.5)" in message
    assert "Lost" in message


def test_class_of_a_broken_pack(environment):
    kind, message = environment.answer(ERROR.format(name="example_bad_pack>Gate"))
    assert kind == "PackLoadError"
    assert "no image library" in message
    assert "pip install --upgrade example-bad-pack" in message


def test_class_of_a_disabled_pack(environment):
    kind, message = environment.answer(ERROR.format(name="example_pack>Gate"), KERAS_CORE_DISABLE_PLUGINS="pack")
    assert kind == "PackLoadError"
    assert "disabled: KERAS_CORE_DISABLE_PLUGINS=pack" in message


def test_two_packs_in_one_namespace_package(environment, tmp_path):
    for name in ("one", "two"):
        package = tmp_path / "folder" / "acme" / name
        package.mkdir(parents=True)
        (package / "plugin.py").write_text(
            "from keras_core.contract import hookimpl\n"
            "class Plugin:\n    @hookimpl\n    def keras_serializables(self):\n"
            f"        return {{'acme>Gate': 'acme.{name}:Gate', 'acme>{name}': 'acme.{name}:Other'}}\n"
            "contract_1_0 = Plugin()\n"
        )
        information = tmp_path / "folder" / f"acme_{name}-1.0.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: acme-{name}\nVersion: 1.0\n")
        (information / "entry_points.txt").write_text(f"[keras_core.packs]\n{name} = acme.{name}.plugin:contract_1_0\n")
    names, states = environment.answer(
        """
        names = plugins.pack_serializables()
        result = sorted(names), {info.name: info.reason for info in plugins.list_plugins(plugins.PACKS)}
        """,
        folders=(str(tmp_path / "folder"),),
    )
    assert [name for name in names if name.startswith("acme>")] == ["acme>Gate", "acme>one"]
    assert states["one"] == ""
    assert "it declares 'acme>Gate', which acme-one declares too" in states["two"]


def test_formats_of_core_cannot_be_taken_over(environment):
    result = environment.answer(
        """
        from keras_core.contract import Format, hookimpl

        class Builtin:
            @hookimpl
            def keras_formats(self):
                return {".keras": Format(".keras", save_model=print)}

        builtin = Builtin()
        plugins.register_builtin(builtin)
        plugins.register_builtin(builtin)
        formats = plugins.formats()
        result = sorted(formats), formats[".keras"].save_model is print, formats[".keras"].export is None
        """
    )
    names = [".example", ".h5", ".hdf5", ".keras", ".safetensors", ".weights.h5", ".weights.json", "/"]
    assert result == [names, True, True]


def test_no_ops_without_a_pack_that_adds_some(environment):
    assert environment.answer("result = plugins.pack_operations()") == []
