"""The command `keras-core`."""

import json

import pytest

from keras_core.contract import PRIMITIVE_NAMES
from keras_core.plugins.cli import Command, main


def test_list_is_a_table(environment):
    done = environment.command("plugins", "list")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["group", "name", "distribution", "version", "contract", "state", "remark"]
    assert lines[1].split() == ["backends", "numpy", "keras-core", lines[1].split()[3], "1.0", "available", "built-in"]
    lacking = next(line for line in lines if "example-lacking" in line)
    assert "missing-dependency" in lacking
    assert 'pip install "example-nowhere>=4.2"' in lacking


def test_check_of_a_good_backend(environment):
    done = environment.command("plugins", "check", "good", "--json")
    assert done.returncode == 0, done.stdout
    (report,) = json.loads(done.stdout)
    assert report["problems"] == []
    facts = report["facts"]
    assert facts["devices"] == ["cpu:0", "cpu:1"]
    assert facts["dtypes"] == ["bool", "int32", "float32"]
    assert facts["kernels"] == ["relu", "softmax"]
    assert facts["primitives"] == len(PRIMITIVE_NAMES)
    assert 0 < facts["import seconds"] < 5


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("raising", "raised RuntimeError: the driver is too old"),
        ("exiting", "raised SystemExit: 3"),
        ("dying", "the process died with exit code 7"),
        ("lacking", "missing-dependency: it needs example-nowhere>=4.2, which is not installed"),
        ("partial", "3 mandatory primitive(s) missing: exp, where, matmul"),
        ("hostless", "it does not answer the mandatory hook keras_host_conversion"),
        ("sharing", "from_host must copy"),
        ("misspelled", "unknown hook 'keras_kernelz'"),
        ("bad-kernels", "no compiler"),
        ("pack", "module 'example_pack.layers' has no attribute 'Lost'"),
        ("thief", "every name of this pack must read 'example_thief>Name'"),
    ],
)
def test_check_of_a_bad_plugin(environment, name, problem):
    done = environment.command("plugins", "check", name)
    assert done.returncode == 1
    assert problem in done.stdout


def test_check_finds_all_that_is_wrong(environment):
    done = environment.command("plugins", "check", "sloppy")
    assert done.returncode == 1
    for problem in (
        "primitives that the contract does not have: exponential",
        "primitive exp() cannot be called as exp(x), by position",
        "transforms that the contract does not have: jitt",
        "method keras_ops lacks the decorator @hookimpl",
        "hook keras_primitives answers for every backend; it must answer only for 'sloppy'",
    ):
        assert problem in done.stdout
    assert "5 problem(s)" in done.stdout


def test_check_takes_kernels_of_a_newer_core_for_no_fault(environment):
    done = environment.command("plugins", "check", "ahead", "--json")
    assert done.returncode == 0, done.stdout
    (report,) = json.loads(done.stdout)
    assert report["facts"]["kernels without op"] == ["of_a_later_core"]


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("plugins", "list"), ("example-lacking", "missing-dependency", "available")),
        (("plugins", "check", "good"), ("example-good", "primitives", "ok")),
        (("plugins", "check", "misspelled"), ("PROBLEM", "keras_kernelz")),
        (("devices", "--backend", "good"), ("good", "cpu:0, cpu:1")),
    ],
)
def test_output_on_a_terminal_is_styled_and_says_the_same(environment, arguments, shown):
    code = f"import sys; sys.stdout.isatty = lambda: True\nfrom keras_core.plugins.cli import main; main({arguments!r})"
    done = environment.python("-c", code, FORCE_COLOR="1", COLUMNS="200", TERM="xterm-256color")
    assert "\x1b[" in done.stdout
    for text in shown:
        assert text in done.stdout


def test_check_of_a_slow_plugin_ends_in_time(environment):
    done = environment.command("plugins", "check", "slow", "--timeout", "1")
    assert done.returncode == 1
    assert "no answer in 1 s" in done.stdout


def test_check_of_a_plugin_that_is_not_there(environment):
    done = environment.command("plugins", "check", "nobody")
    assert done.returncode == 1
    assert "there is no plugin 'nobody'; installed are" in done.stderr
    assert "Traceback" not in done.stderr


def test_backend_is_shown_and_kept(environment):
    assert environment.command("backend").stdout == "numpy (embedded default)\n"
    done = environment.command("backend", "good")
    assert done.returncode == 0
    assert json.loads((environment.home / "config.json").read_text()) == {"backend": "good"}
    assert environment.command("backend").stdout.startswith("good (configuration file")
    done = environment.command("backend", "numpy", KERAS_BACKEND="good")
    assert "environment variable KERAS_BACKEND chooses 'good'" in done.stderr


@pytest.mark.parametrize(
    ("name", "message"),
    [("lacking", "missing-dependency: it needs example-nowhere>=4.2"), ("goood", "Did you mean 'good'")],
)
def test_backend_that_cannot_be_used_is_not_kept(environment, name, message):
    done = environment.command("backend", name)
    assert done.returncode == 1
    assert message in done.stderr
    assert not (environment.home / "config.json").exists()


def test_devices(environment):
    done = environment.command("devices", "--backend", "good")
    assert done.returncode == 0
    assert done.stdout.splitlines()[1].split() == ["good", "cpu:0,", "cpu:1"]


def test_devices_of_a_bad_backend(environment):
    done = environment.command("devices", "--backend", "raising", "--json")
    assert done.returncode == 1
    assert "the driver is too old" in json.loads(done.stdout)["errors"]["raising"]


def test_version(environment):
    assert "contract 1.0" in environment.command("--version").stdout


def test_without_a_command_the_help_is_shown(capsys):
    assert main([]) == 2
    assert "plugins" in capsys.readouterr().out


def test_other_rooms_add_commands(capsys):
    commands = (Command("greet", "say hello", "json:loads"), Command("other", "do not import", "nowhere:nothing"))
    with pytest.raises(SystemExit):
        main(["--help"], commands)
    assert "say hello" in capsys.readouterr().out
