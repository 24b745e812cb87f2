"""`Progbar`: what it writes."""

import logging
import re
import sys

import pytest

from keras_core import config
from keras_core.utils import Progbar


def run(capsys, updates, **options):
    bar = Progbar(**options)
    for current, values in updates:
        bar.update(current, values)
    return capsys.readouterr().out


STEPS = [(1, [("loss", 4.0), ("rate", 1e-4)]), (3, [("loss", 1.0), ("rate", 1e-5)])]


def test_the_end_is_a_line_with_the_means_of_values(capsys):
    found = run(capsys, STEPS, target=3, verbose=2)
    assert re.fullmatch(r"3/3 - \d+s - \d+(us|ms)/step - loss: 2\.0000 - rate: 4\.0000e-05\n", found)


def test_a_bar_is_as_wide_as_it_was_told_and_moves_in_terminals_only(capsys):
    found = run(capsys, STEPS, target=3, width=6, unit_name="file")
    assert re.fullmatch(r"3/3 ━━━━━━ \d+s \d+(us|ms)/file - loss: 2\.0000 - rate: .*\n", found)


def test_in_a_terminal_the_bar_is_written_over(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    found = run(capsys, STEPS, target=3, width=6, interval=0)
    first, _, last = found.split("\r")
    assert first.startswith("1/3 ━━     ")
    assert last.startswith("3/3 ━━━━━━ ")


@pytest.mark.parametrize(
    ("options", "loss"),
    [
        *(({}, 2), ({"stateful_metrics": ["loss"]}, 1), ({"stateful_metrics": ["rate"]}, 2)),
        *(({"stateless_metrics": ["loss"]}, 2), ({"stateless_metrics": ["rate"]}, 1)),
    ],
)
def test_the_mean_of_values_is_shown_weighted_by_steps_unless_they_are_stateful(capsys, options, loss):
    assert f"loss: {loss}.0000" in run(capsys, STEPS, target=3, **options)


def test_names_of_both_kinds_are_refused():
    with pytest.raises(ValueError, match="got both"):
        Progbar(3, stateful_metrics=["a"], stateless_metrics=["b"])


def test_without_a_target_the_end_is_told(capsys):
    bar = Progbar(None, verbose=2)
    bar.add(2, [("loss", 4.0)])
    bar.add(2)
    assert capsys.readouterr().out == ""
    bar.update(4, finalize=True)
    assert capsys.readouterr().out.startswith("4/Unknown - ")


def test_nothing_is_shown_where_nothing_is_wanted(capsys):
    assert run(capsys, STEPS, target=3, verbose=0) == ""


def test_without_interactive_logging_the_line_goes_to_the_logger(capsys, caplog):
    config.disable_interactive_logging()
    try:
        with caplog.at_level(logging.INFO, "keras_core"):
            assert run(capsys, STEPS, target=3) == ""
    finally:
        config.enable_interactive_logging()
    assert "loss: 2.0000" in caplog.text


def test_another_verbosity_is_refused():
    with pytest.raises(ValueError, match="verbose to be 0, 1 or 2, got 7"):
        Progbar(3, verbose=7)
