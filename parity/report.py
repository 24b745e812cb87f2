"""The page `docs/parity.md`: what was compared, and each difference with its reason.

`python -m parity.report` compares everything (some minutes) and prints the page; `--markdown FILE` writes it;
`--unlisted` prints what is not on the list, as lines that can be put there.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from parity.comparison import KINDS, Comparison, comparison
from parity.differences import Entry, Uncompared, entries, lines, problems, uncompared
from parity.second_opinion import SecondOpinion
from parity.subjects import calls_of, group_of, names

_MEANINGS: Final = {
    "dtype": "Results have another dtype",
    "shape": "Results have another shape",
    "value": "Results have another value",
    "raises": "Keras raises, keras_core answers",
    "refuses": "keras_core raises, Keras answers",
    "class": "Both raise, with unrelated exception classes",
}
_HEAD: Final = """\
# Comparison with Keras

Keras {version} from PyPI runs beside `keras_core` on the same inputs: every function of `keras.ops` and `keras.random`,
and what is above them.

Of ops each sample of their conformance cases is drawn in each dtype, with nan and infinities, without elements and
without axes; besides, tensors of two dtypes are mixed, Python numbers and lists take the place of tensors, and wrong
arguments must be refused. dtype and shape must be the same, values agree within the tolerance of the dtype; of random
numbers only dtype and shape are compared.

What is above the ops is built by both packages with the same arguments, in several configurations of each class, and
called with the same weights:

- layers: outputs and losses, outputs in training, shapes and dtypes for a batch of unknown size, names, shapes and
  dtypes of weights, masks, gradients of weights and inputs; narrow dtypes and mixed precision, state that is kept;
- losses: values, each reduction with weights and masks, gradients, narrow dtypes;
- metrics: results of batches with weights and masks, state, reset;
- optimizers: what their variables hold in 20 steps, also where a step is compiled with JAX;
- six models: what 50 steps of training make of them, their curves, weights and predictions; masks through layers;
- initializers: values, of random ones quantiles; values of regularizers, constraints, activations, schedules; policies;
- of all of them what `get_config()` and `serialize` give, and what is made here of what they give in Keras;
- wrong arguments, which both refuse;
- model files, saved by each of the two and loaded by both: what stands in them, predictions, and two further steps of
  training with the state of the optimizer, the losses and the metrics that come from the file. Each class that both
  have is in one of them; besides there are whole models: nested, shared, subclassed, by name, stateful, in mixed
  precision, quantized, with low-rank changes; and their weights alone.

Numbers agree there within 1e-5 in float32, of the largest element of a result.

`keras_core` computes with its NumPy backend. Keras is asked on NumPy first and, where it differs there, on JAX: what
follows differs from both (of 64 bits and gradients, which Keras has not on NumPy, from JAX alone).

This page is written by `python -m parity.report --markdown docs/parity.md` from `parity/differences.toml`; a difference
that is not there fails the tests, and so does one that is there and is none any more.

"""


def page(comparisons: Sequence[Comparison], written: Sequence[Entry], left_out: Sequence[Uncompared]) -> str:
    """Return the page."""
    return (
        _HEAD.format(version=version("keras"))
        + _by_group(comparisons)
        + _counts(comparisons)
        + "".join(_section(kind, [entry for entry in written if entry.kind == kind]) for kind in KINDS)
        + _left_out(left_out)
    )


def _by_group(comparisons: Sequence[Comparison]) -> str:
    """Return the table of what is compared: ops, layers, losses, ..."""
    groups: dict[str, list[Comparison]] = {}
    for compared in comparisons:
        groups.setdefault(group_of(compared.name), []).append(compared)
    rows = []
    for group, members in groups.items():
        differing = {str(difference.call) for member in members for difference in member.differences}
        calls, alike = sum(len(member.calls) for member in members), sum(not member.differences for member in members)
        rows.append(f"| {group} | {len(members)} | {alike} | {calls:,} | {calls - len(differing):,} |\n")
    head = "| | names | of these equal in every call | calls | of these equal |\n|---|---:|---:|---:|---:|\n"
    return head + "".join(rows) + "\n"


def _left_out(entries: Sequence[Uncompared]) -> str:
    rows = [f"| {', '.join(f'`{name}`' for name in entry.names)} | {_in_cell(entry.reason)} |\n" for entry in entries]
    return "\n## Not compared\n\n| names | reason |\n|---|---|\n" + "".join(rows) if rows else ""


def _counts(comparisons: Sequence[Comparison]) -> str:
    calls = sum(len(comparison.calls) for comparison in comparisons)
    differing = {str(difference.call) for comparison in comparisons for difference in comparison.differences}
    alike = sum(not comparison.differences for comparison in comparisons)
    kinds = Counter(difference.kind for comparison in comparisons for difference in comparison.differences)
    rows = [
        ("names compared", len(comparisons)),
        ("of these equal in every call", alike),
        ("calls compared", calls),
        ("of these equal", calls - len(differing)),
        ("of these listed", len(differing)),
        *((f"differences: {_MEANINGS[kind][0].lower() + _MEANINGS[kind][1:]}", kinds[kind]) for kind in KINDS),
    ]
    return "| | |\n|---|---:|\n" + "".join(f"| {what} | {number:,} |\n" for what, number in rows)


def _section(kind: str, written: Iterable[Entry]) -> str:
    rows = [
        f"| {', '.join(f'`{name}`' for name in entry.names)} | {len(entry.calls)} | {_in_cell(entry.reason)} |\n"
        for entry in sorted(written, key=lambda entry: -len(entry.calls))
    ]
    head = f"\n## {_MEANINGS[kind]}\n\n| names | calls | reason |\n|---|---:|---|\n"
    return head + "".join(rows) if rows else ""


def _in_cell(text: str) -> str:
    return text.replace("|", "\\|")


def unlisted(comparisons: Iterable[Comparison], written: Sequence[Entry]) -> str:
    """Return what is not listed, by kind, as lines of entries, and what is listed and does not differ."""
    listed = {(call, entry.kind) for entry in written for call in entry.calls}
    comparisons = list(comparisons)
    text = ""
    for kind in KINDS:
        calls = [
            str(difference.call)
            for comparison in comparisons
            for difference in comparison.differences
            if difference.kind == kind and (str(difference.call), kind) not in listed
        ]
        text += "".join(f'{kind}: "{line}"\n' for line in lines(calls))
    stale = [problem for comparison in comparisons for problem in problems(comparison, written) if "but" in problem]
    return text + "".join(f"{problem}\n" for problem in stale if problem.startswith("listed"))


def main() -> None:
    """Compare, and print or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--markdown", type=Path, help="the file to write")
    parser.add_argument("--unlisted", action="store_true", help="print what is not on the list")
    options = parser.parse_args()
    with SecondOpinion() as second:
        comparisons = [comparison(name, calls_of(name), second) for name in names()]
    text = unlisted(comparisons, entries()) if options.unlisted else page(comparisons, entries(), uncompared())
    if options.markdown:
        options.markdown.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
