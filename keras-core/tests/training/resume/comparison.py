"""Runs of the program in this process, and the comparison of what came out."""

import contextlib

import numpy as np

from resume import program


class Killed(BaseException):
    """Stands for the end of the process."""


def kill():
    raise Killed


def in_this_process(folder, kind, *kill_at, **options):
    program.save_result(folder, *program.run(folder, kind, *kill_at, **options))


def result(folder):
    with np.load(folder / "result.npz") as saved:
        return {name: (saved[name].dtype.str, saved[name].tobytes()) for name in saved}


def assert_same(folder, expected):
    found = result(folder)
    assert sorted(found) == sorted(expected)
    assert [name for name in expected if found[name] != expected[name]] == []


def assert_same_after(folder, undisturbed, kind, moment, options):
    with contextlib.suppress(Killed):
        program.run(folder, kind, moment, kill, **options)
    in_this_process(folder, kind, **options)
    of_result = {name: options[name] for name in ("steps_per_execution", "lazy") if name in options}
    assert_same(folder, undisturbed(kind, **of_result))
