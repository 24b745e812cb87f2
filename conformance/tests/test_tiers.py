"""Tiers: which cases each one asks for, what the report and the badge say of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from keras_conformance import registry, since
from keras_conformance.checks import CHECKS
from keras_conformance.components import KINDS
from keras_conformance.ledger import LedgerError, parse_ledger
from keras_conformance.scoreboard import read_scoreboard
from keras_conformance.scoreboard_text import badge, markdown
from keras_conformance.tiers import OF_CASE, OF_CHECK, OF_COMPONENT, OF_FAMILY, TIERS, TRAINING_OPS, holds, tier_of

RAISES = 'own["tan"] = no_tangent'
NO_GRADIENTS = 'tier = "inference"\n[[unsupported]]\ncases = ["primitives/tan/gradient"]\nreason = "None."\n'
ONLY = ("-k", "primitives/tan/ or variables/pickle or compiled_model")


@pytest.mark.parametrize(
    ("case", "tier"),
    [
        ("ops/exp/value/float32", "inference"),
        ("ops/exp/gradient", "training"),
        ("ops/exp/compiled", "full"),
        ("ops/adam_update/value/float32", "training"),
        ("ops/adam_update/compiled", "full"),
        ("primitives/exp/special/empty", "inference"),
        ("layers/Dense/value/plain", "inference"),
        ("layers/Dense/gradient/plain", "training"),
        ("layers/Dense/compiled/plain", "full"),
        ("layers/Dense/missing", "inference"),
        ("layers/Dense/of_tomorrow/plain", "full"),
        ("host/scalars", "inference"),
        ("host/dtype/float32", "inference"),
        ("weights/models_begin_alike/dense", "inference"),
        ("weights/trained_weights_move/dense", "training"),
        ("saving/round_trip/dense", "training"),
        ("saving/file_of_another_backend/from_numpy", "inference"),
        ("saving/file_of_another_backend/to_numpy", "training"),
        ("ops/exp/of_tomorrow", "full"),
        ("of_tomorrow/case", "full"),
    ],
)
def test_tier_of(case: str, tier: str) -> None:
    """By check, family or exact case; what no table knows is of the last tier."""
    assert tier_of(case) == tier
    assert [holds(name, case) for name in TIERS] == [TIERS.index(name) >= TIERS.index(tier) for name in TIERS]


def test_every_case_has_a_declared_tier() -> None:
    """No check and no family is of a tier because nobody thought of it."""
    recorded = since.recorded().versions
    families = {case.partition("/")[0] for case in recorded} - {"ops", "primitives", *KINDS}
    assert set(CHECKS) <= set(OF_CHECK)
    assert families <= set(OF_FAMILY)
    for kind in KINDS:
        checks = {case.split("/")[2] for case in recorded if case.startswith(f"{kind}/")}
        assert set(OF_COMPONENT[kind]) == checks
    assert set(registry.definitions()) >= TRAINING_OPS
    for declared in OF_CASE:
        family = declared.partition("/")[0]
        assert family in OF_FAMILY
        if family not in families:  # declared ahead of its cases
            continue
        assert any(case == declared or case.startswith(f"{declared}/") for case in recorded), declared


def test_each_tier_holds_more_than_the_one_before() -> None:
    """All of the cases of one are among those of the next."""
    asked = [{case for case in since.recorded().versions if holds(tier, case)} for tier in TIERS]
    assert asked[0] < asked[1] < asked[2] == set(since.recorded().versions)


def test_inference_asks_for_no_gradient(examine: Any, tmp_path: Path) -> None:
    """The run has the cases of the tier alone, and says which tier, of how many cases, and how many are beyond."""
    done = examine("--tier", "inference", *ONLY)
    assert done.code == 0, done.output
    assert "tier inference" in done.output
    assert "value/float32" in done.report["primitives"]["tan"]
    assert "gradient" not in done.report["primitives"]["tan"]
    assert not any(case.startswith("variables/") for case in done.report["other"])
    assert (done.report["tier"], done.report["claimed_tier"]) == ("inference", "full")
    recorded = {case for case in since.recorded().versions if holds("inference", case)}
    assert done.report["denominator"] == sum(done.report["counts"].values()) == len(recorded)
    gradients = [case for case in since.recorded().versions if case.endswith("/gradient")]
    assert done.report["beyond_tier"] > len(gradients) / 2
    board = read_scoreboard([tmp_path / "report.json"])
    assert "| guest | inference (claims full) |" in markdown(board)
    assert f">inference {done.report['counts']['passed']}/{len(recorded)}<" in badge(board.columns[0])


def test_claimed_tier(examine: Any) -> None:
    """Without `--tier` the one that the ledger claims is examined; what the ledger names beyond it is no error."""
    done = examine("-k", "primitives/tan/", ledger=NO_GRADIENTS)
    assert done.code == 0, done.output
    assert (done.report["tier"], done.report["claimed_tier"]) == ("inference", "inference")
    assert done.report["counts"]["unsupported"] == 0


def test_a_higher_tier_than_the_claimed_one(examine: Any) -> None:
    """It can be asked for, and is as strict as ever."""
    done = examine("--tier", "full", "-k", "primitives/tan/", ledger=NO_GRADIENTS)
    assert done.code == 1
    assert (done.report["tier"], done.report["claimed_tier"]) == ("full", "inference")
    assert done.report["primitives"]["tan"]["gradient"] == "failed"


def test_cases_of_a_tier_left_out(examine: Any) -> None:
    """A tier is as strict as the whole: every one of its cases must run."""
    left_out = "test_ops.py::test_case[primitives/tan/value/float32]"
    done = examine("--tier", "inference", "--", "--deselect", left_out, "-x", change=RAISES)
    assert done.code == 1, done.output
    assert "required cases did not run" in done.output


def test_share_of_unsupported_is_that_of_the_tier() -> None:
    """Cases beyond the tier do not make room for more."""
    known = [f"ops/op{number}/value/float32" for number in range(10)]
    beyond = [f"ops/op{number}/gradient" for number in range(90)]
    ledger = parse_ledger(f"[[unsupported]]\ncases = {known[:2]}\nreason = 'x'")
    ledger.check([*known, *beyond])
    with pytest.raises(LedgerError, match="2 of 10 cases are declared unsupported"):
        ledger.check(known, beyond=beyond)


def test_no_such_tier(examine: Any) -> None:
    """The command and the ledger know three."""
    with pytest.raises(LedgerError, match="expected a tier of inference, training, full, got 'some'"):
        parse_ledger("tier = 'some'")
    assert examine("--tier", "some").code == 2


def test_list_of_cases(capsys: pytest.CaptureFixture[str]) -> None:
    """`cases NAME --tier` lists what a tier asks for."""
    from keras_conformance.cli import main

    listed = {}
    for tier in TIERS:
        assert main(["cases", "numpy", "--tier", tier]) == 0
        listed[tier] = capsys.readouterr().out.split()
    assert "ops/exp/gradient" in listed["training"]
    assert "ops/exp/gradient" not in listed["inference"]
    assert main(["cases", "numpy"]) == 0
    assert capsys.readouterr().out.split() == listed["full"]


def test_report_of_the_first_format(tmp_path: Path) -> None:
    """A report from before there were tiers is one of the full suite."""
    content = {
        "format": 1,
        "backend": "old",
        "date": "",
        **{name: [] for name in ("dtypes", "kernels", "problems")},
        **{name: {} for name in ("versions", "fallbacks", "ops", "primitives", "other", "messages")},
        "digests": {"ops": "a"},
        "counts": {"passed": 1},
    }
    file = tmp_path / "old.json"
    file.write_text(json.dumps(content))
    assert ">full 1/1<" in badge(read_scoreboard([file]).columns[0])
