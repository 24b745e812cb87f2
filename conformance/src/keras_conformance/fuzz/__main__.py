"""The command: random calls of a backend's ops for some time, each finding printed as a case."""

from __future__ import annotations

import argparse
import random
import sys
import time
import warnings
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings

from keras_conformance.case import ANY, leaves
from keras_conformance.checks.comparison import Mismatch
from keras_conformance.fuzz.arguments import calls
from keras_conformance.fuzz.findings import Refused, as_case, examine
from keras_conformance.registry import cases, definitions
from keras_conformance.subject import Subject, load


def main(given: list[str] | None = None) -> int:
    """Fuzz a backend; the exit code is 1 where something was found."""
    parser = argparse.ArgumentParser(prog="python -m keras_conformance.fuzz", description=__doc__)
    parser.add_argument("backend", help="its name, as `keras-core plugins list` shows it")
    parser.add_argument("--seconds", type=float, default=60.0, help="for how long")
    parser.add_argument("--seed", type=int, help="one that an earlier run printed")
    parser.add_argument("--examples", type=int, default=20, help="calls of an op at a time")
    parser.add_argument("--op", action="append", help="only this op; may be given several times")
    options = parser.parse_args(given)
    seed = random.SystemRandom().randrange(2**32) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    found, count = fuzz(load(options.backend), options.seconds, seed, options.examples, options.op)
    print(f"{options.backend}: {count} calls, {len(found)} findings")
    return 1 if found else 0


def fuzz(
    subject: Subject, seconds: float, seed: int, examples: int = 20, only: list[str] | None = None
) -> tuple[dict[str, str], int]:
    """Fuzz ops in random order until the time is over.

    Returns:
        What was found by op, and how many calls were compared.
    """
    from keras_core.runtime.table import use_table

    order = random.Random(seed)
    end = time.monotonic() + seconds
    found: dict[str, str] = {}
    count = 0
    names = [name for name in definitions() if name in cases("ops") and (only is None or name in only)]
    with use_table(subject.table), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        while time.monotonic() < end:
            order.shuffle(names)
            for name in names:
                if time.monotonic() >= end:
                    break
                if name in found:
                    continue
                compared, finding = _fuzz_op(subject, name, order.randrange(2**32), examples, end)
                count += compared
                if finding is not None:
                    found[name] = finding
                    print(f"\n{finding}", flush=True)
            if len(found) == len(names):
                break
    return found, count


def _fuzz_op(subject: Subject, name: str, seed: int, examples: int, end: float) -> tuple[int, str | None]:
    definition, case = definitions()[name], cases("ops")[name]
    last: dict[str, Any] = {"count": 0}

    @hypothesis.seed(seed)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(calls(definition, case, tuple(dtype for dtype in ANY if subject.has(dtype))))
    def check(call: Any) -> None:
        if time.monotonic() >= end:
            return
        _, arguments = call
        try:
            examine(subject, definition, case, arguments)
        except Refused:
            return
        except Mismatch as mismatch:
            last["finding"] = arguments, str(mismatch)
            raise
        last["count"] += 1

    try:
        check()
    except Exception as error:
        if "finding" not in last:
            raise RuntimeError(f"the fuzzer itself failed on {name}") from error
        arguments, message = last["finding"]
        return last[
            "count"
        ], f"# {message[:300]}\n{as_case(definition, arguments, _dtypes(subject, definition, arguments))}"
    return last["count"], None


def _dtypes(subject: Subject, definition: Any, arguments: Any) -> list[str]:
    positional, named = subject.tensors(arguments)
    try:
        return [array.dtype.name for array in subject.arrays(leaves(definition.function(*positional, **named)))]
    except Exception:
        return []


if __name__ == "__main__":
    sys.exit(main())
