"""Reports side by side, as Markdown, as a page and as a badge."""

import copy
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from keras_conformance.cli import main
from keras_conformance.report import OUTCOMES
from keras_conformance.scoreboard import Deviation, ScoreboardError, read_scoreboard
from keras_conformance.scoreboard_page import page
from keras_conformance.scoreboard_text import badge, markdown

SOFTMAX = {"value/float32": "passed", "value/float16": "passed", "composite": "passed"}
TRACEBACK = "case.py:3: in check\n    compare()\nE   AssertionError: 2 elements differ | <b>badly</b>\nE   more of it"
REASON = "The framework | has no <half> of it."

Write = Callable[..., Path]


def _content(backend: str, changes: dict[str, tuple[str, str]], database: str) -> dict[str, Any]:
    content: dict[str, Any] = {
        "format": 3,
        "backend": backend,
        "date": "2026-01-02T03:04:05+00:00",
        "tier": "full",
        "claimed_tier": "full",
        "strict": True,
        "versions": {"python": "3.11.7", "keras-core": "1.0.0"},
        "digests": {"ops": database, "ledger": "b" * 64},
        "dtypes": ["float32"],
        "kernels": ["softmax"],
        "unused_kernels": [],
        "fallbacks": {"softmax": 3},
        "ops": {"softmax": dict(SOFTMAX), "add": {"value/float32": "passed"}},
        "primitives": {"exp": {"value/float32": "passed"}},
        "components": {},
        "other": {"host/roundtrip/()": "passed", "host/scalars": "passed"},
        "messages": {},
        "problems": [],
    }
    for case, (outcome, message) in changes.items():
        kind, _, rest = case.partition("/")
        if kind == "host":
            content["other"][case] = outcome
        else:
            name, _, check = rest.partition("/")
            of_kind = content[kind] if kind in content else content["components"].setdefault(kind, {})
            of_kind.setdefault(name, {})[check] = outcome
        content["messages"].update({case: message} if message else {})
    classes = (found for kind in content["components"].values() for found in kind.values())
    groups = (*content["ops"].values(), *content["primitives"].values(), *classes, content["other"])
    found = [outcome for group in groups for outcome in group.values()]
    content["counts"] = {outcome: found.count(outcome) for outcome in OUTCOMES}
    return content


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the report of a backend on which all passes but what is given by case; return the file."""

    def written(backend: str, changes: dict[str, tuple[str, str]] | None = None, database: str = "a" * 64) -> Path:
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}-{backend}.json"
        file.write_text(json.dumps(_content(backend, changes or {}, database)))
        return file

    return written


@pytest.fixture
def files(write: Write) -> list[Path]:
    """A backend that passes everything, and one on which something has each outcome."""
    changes = {
        "ops/softmax/value/float16": ("unsupported", REASON),
        "ops/softmax/composite": ("failed", TRACEBACK),
        "primitives/exp/value/float32": ("xfailed", "It is off."),
        "host/scalars": ("not run", ""),
    }
    return [write("whole"), write("broken", changes)]


def test_markdown(files: list[Path]) -> None:
    """It has a row an op, a column a backend, totals, and a reason of each case that did not pass."""
    text = markdown(read_scoreboard(files))
    assert "| name | whole | broken |" in text
    assert "| softmax | 3/3 native | 1/3 failed native |" in text
    assert "| exp | 1/1 | 0/1 xfailed |" in text
    assert "| host | 2/2 | 1/2 not run |" in text
    assert "| whole | full | 100 % | 7 | 7 | 0 | 0 | 0 | 0 | 0 | 1 | 3 | `aaaaaaaaaaaa` | `bbbbbbbbbbbb` |" in text
    assert "| broken | full | 42.86 % | 7 | 3 | 1 | 0 | 1 | 1 | 1 |" in text
    assert "| softmax | broken | 3 |" in text
    assert "| host/scalars | broken | not run | it did not run |" in text


def test_classes_have_a_table_a_kind(write: Write) -> None:
    """Layers stand beside ops, in Markdown and on the page."""
    changes = {"layers/Dense/value/plain": ("passed", ""), "layers/Dense/gradient/plain": ("unsupported", REASON)}
    board = read_scoreboard([write("whole"), write("broken", changes)])
    text = markdown(board)
    assert "## Layers\n\n| name | whole | broken |" in text
    assert "| Dense | – | 1/2 unsupported |" in text
    assert "| layers/Dense/gradient/plain | broken | unsupported |" in text
    assert '<option value="layers">Layers</option>' in page(board)
    assert 'data-name="dense" data-kind="layers"' in page(board)


def test_reasons_keep_their_place_in_markdown(files: list[Path]) -> None:
    """What a reason says neither ends a cell nor becomes HTML; of a traceback the error is shown."""
    text = markdown(read_scoreboard(files))
    assert r"| broken | unsupported | The framework \| has no &lt;half&gt; of it. |" in text
    assert r"| broken | failed | AssertionError: 2 elements differ \| &lt;b&gt;badly&lt;/b&gt; |" in text


def test_markdown_where_all_passes(write: Write) -> None:
    """It says so."""
    assert "Every case passed." in markdown(read_scoreboard([write("whole")]))


class _Page(HTMLParser):
    """What a page is made of; a tag that is not closed, or is closed twice, is an error."""

    VOID = frozenset({"meta", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_page_has_rows_for_the_filters(files: list[Path]) -> None:
    """A row knows its name, kind and outcomes."""
    rows = [row for row in _Page(page(read_scoreboard(files))).of("tr") if "data-name" in row]
    found = {row["data-name"]: (row["data-kind"], row["data-outcomes"]) for row in rows}
    assert found == {
        "add": ("ops", "passed"),
        "softmax": ("ops", "passed,failed,unsupported"),
        "exp": ("primitives", "passed,xfailed"),
        "host": ("other", "passed,not run"),
    }


def test_page_offers_each_outcome(files: list[Path]) -> None:
    """The filter by outcome has all of them."""
    offered = {option["value"] for option in _Page(page(read_scoreboard(files))).of("option")}
    assert set(OUTCOMES) <= offered


def test_page_needs_no_network(files: list[Path]) -> None:
    """Nothing is loaded from anywhere, and the page forbids it."""
    found = _Page(page(read_scoreboard(files)))
    assert not any({"src", "href", "action", "background"} & set(attributes) for _, attributes in found.tags)
    (policy,) = (meta["content"] for meta in found.of("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in str(policy)


def test_page_is_accessible(files: list[Path]) -> None:
    """It has a language, a title, labelled filters, and headings of rows and columns."""
    found = _Page(page(read_scoreboard(files)))
    assert found.of("html")[0]["lang"] == "en"
    assert found.of("title")
    labelled = {label["for"] for label in found.of("label")}
    assert {field["id"] for field in (*found.of("input"), *found.of("select"))} == labelled
    assert all(heading.get("scope") in ("row", "col") for heading in found.of("th"))
    assert len(found.of("caption")) == len(found.of("table"))


def test_page_escapes(write: Write) -> None:
    """A reason or a name is text, whatever is in it."""
    changes = {"ops/add/value/float32": ("failed", "<script>alert(1)</script>\n$rows ${titles}")}
    text = page(read_scoreboard([write("<i>odd", changes)]))
    assert "<script>alert" not in text
    assert "<i>odd" not in text
    assert "$rows ${titles}" in text


@pytest.mark.parametrize(
    ("changes", "numbers", "colour"),
    [
        ({}, "full 7/7", "#1a7f37"),
        ({"ops/add/value/float32": ("unsupported", REASON)}, "full 6/7", "#9a6700"),
        ({"ops/add/value/float32": ("failed", TRACEBACK)}, "full 6/7", "#cf222e"),
    ],
    ids=["conforms", "in part", "fails"],
)
def test_badge(write: Write, changes: Any, numbers: str, colour: str) -> None:
    """It is an image that says how many cases pass, in the colour of the verdict."""
    text = badge(read_scoreboard([write("whole", changes)]).columns[0])
    root = ElementTree.fromstring(text)
    assert root.tag.endswith("svg")
    assert [element.text for element in root.iter() if element.tag.endswith("}text")] == ["conformance", numbers]
    assert colour in text


def test_rate_is_rounded_down_below_all(write: Write) -> None:
    """One failure among very many is not 100 %."""
    content = copy.deepcopy(_content("many", {}, "a" * 64))
    content["counts"] = {"passed": 999_999, "failed": 1}
    file = write("many")
    file.write_text(json.dumps(content))
    assert read_scoreboard([file]).columns[0].rate == "99.99 %"


def test_op_that_a_report_lacks(write: Write) -> None:
    """It is shown as such."""
    file = write("small", database="c" * 64)
    content = json.loads(file.read_text())
    del content["ops"]["add"]
    file.write_text(json.dumps(content))
    assert "| add | 1/1 | – |" in markdown(read_scoreboard([write("whole"), file], allow_mixed=True))


def test_different_databases(write: Write) -> None:
    """Reports that do not compare are refused, with what differs; on request they are shown with a warning."""
    mixed = [write("one"), write("other", database="c" * 64)]
    with pytest.raises(ScoreboardError, match=r"different op databases.*aaaaaaaaaaaa: one; cccccccccccc: other"):
        read_scoreboard(mixed)
    board = read_scoreboard(mixed, allow_mixed=True)
    assert "do not compare" in markdown(board)
    assert "do not compare" in page(board)


def test_two_reports_of_one_backend(write: Write) -> None:
    """They are told apart by their files."""
    same = [write("one"), write("one")]
    titles = [column.title for column in read_scoreboard(same).columns]
    assert titles == [f"one ({file})" for file in same]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read as a report"),
        ("[]", "expected a report of format 1 or 2 or 3, got None"),
        ('{"format": 99}', "expected a report of format 1 or 2 or 3, got 99"),
        ('{"format": 1, "backend": "x"}', "the report lacks date, versions"),
    ],
)
def test_no_report(tmp_path: Path, text: str, message: str) -> None:
    """A file that is none is said to be none."""
    file = tmp_path / "no.json"
    file.write_text(text)
    with pytest.raises(ScoreboardError, match=message):
        read_scoreboard([file])


def test_problems_are_shown(write: Write) -> None:
    """What is wrong with a run as a whole stands on the board, and makes the badge red."""
    file = write("short")
    content = json.loads(file.read_text())
    content["problems"] = ["3 of 7 required cases did not run"]
    file.write_text(json.dumps(content))
    board = read_scoreboard([file])
    assert "- short: 3 of 7 required cases did not run" in markdown(board)
    assert "short: 3 of 7 required cases did not run" in page(board)
    assert not board.columns[0].conforms


def test_summary_of_a_failure_without_an_error_line() -> None:
    """The last line is taken."""
    assert Deviation("ops/add/errors", "failed", "first\nlast\n").summary == "last"


def test_command(files: list[Path], tmp_path: Path) -> None:
    """It writes what it is asked for."""
    board, html = tmp_path / "new" / "board.md", tmp_path / "new" / "board.html"
    assert main(["scoreboard", *map(str, files), "--markdown", str(board), "--html", str(html)]) == 0
    assert board.read_text(encoding="utf-8") == markdown(read_scoreboard(files))
    assert html.read_text(encoding="utf-8") == page(read_scoreboard(files))


def test_command_writes_a_badge(write: Write, tmp_path: Path) -> None:
    """Of one report."""
    file = tmp_path / "badge.svg"
    assert main(["scoreboard", str(write("whole")), "--badge", str(file)]) == 0
    assert "7/7" in file.read_text()


def test_command_refuses(write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A badge of two reports, nothing to write, and reports that do not compare."""
    one, other = str(write("one")), str(write("other", database="c" * 64))
    target = str(tmp_path / "board.md")
    for arguments, message in (
        ([one, other, "--badge", target], "a badge is of one report; got 2"),
        ([one], "nothing to write"),
        ([one, other, "--markdown", target], "--allow-mixed"),
        ([str(tmp_path / "none.json"), "--markdown", target], "cannot be read"),
    ):
        assert main(["scoreboard", *arguments]) == 2
        assert message in capsys.readouterr().err
    assert not Path(target).exists()
    assert main(["scoreboard", one, other, "--markdown", target, "--allow-mixed"]) == 0


def test_report_of_a_run(examine: Any, tmp_path: Path) -> None:
    """What a run writes can be read."""
    done = examine("-k", "primitives/tan")
    assert done.code == 0, done.output
    column = read_scoreboard([tmp_path / "report.json"]).columns[0]
    assert column.title == "guest"
    assert column.cell("primitives", "tan").outcome == "passed"
    assert column.cell("primitives", "exp").outcome == "not run"
    assert column.total == sum(done.report["counts"].values())
