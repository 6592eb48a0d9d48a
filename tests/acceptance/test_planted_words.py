"""What others wrote is shown as words in every form: no markup, no script, no steering, no formula comes of it."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.acceptance.page_check import faults_of
from tests.acceptance.terminal import Scene, Terminal, enter, scene

SIGNS = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>]]>&lt;b>[a](javascript:b)`|`*_x_*"
STEERING = "\u202eefas\u202c\u2066x\u2069\u200f\u061c\u200e"
CONTROLS = "\x1b[31m\x1b]0;t\x07\x9b2J"
HARM = f"=cmd|'/c calc'!A1 {SIGNS} {STEERING} +1 @SUM(A1)"
FORMULAS = ("=1+1", "+1", "-1+cmd", "@SUM(A1)", "\t=1", "=cmd|'/c calc'!A1")
# As a title; what steers is refused in definitions.
TITLE = json.dumps(f"=1+1 {SIGNS}")
NOW = "--now 2026-07-06T09:00"
STEERS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
WORKFLOW = """salespm: 1
kind: workflow
id: offers
version: 1
domain: sales
title: {zh: T, en: T}
uses: {risks: [offer_risks]}
fields:
  amount:         {type: money, currency: CNY, title: {zh: T, en: T}}
  expected_close: {type: date, title: {zh: T, en: T}}
  remark:         {type: text, title: {zh: T, en: T}}
  tags:           {type: list, of: text, title: {zh: T, en: T}}
  kind:           {type: enum, title: {zh: T, en: T}, values: {a: {title: {zh: T, en: T}}}}
records:
  calls: {title: {zh: T, en: T}, fields: {who: {type: text, title: {zh: T, en: T}}}}
initial: lead
states:
  lead:
    title: {zh: T, en: T}
    probability: 20%
    sla: {breach: 5d}
    tasks: {call: {title: {zh: T, en: T}, accountable: owner}}
  won:   {title: {zh: T, en: T}, final: true, outcome: won}
transitions:
  win: {title: {zh: T, en: T}, from: lead, to: won, by: [owner]}
"""
RISKS = """salespm: 1
kind: risk_model
id: offer_risks
version: 1
title: {zh: T, en: T}
scales:
  probability: {1: 10%, 2: 90%}
  impact: {1: {title: {zh: T, en: T}}, 2: {title: {zh: T, en: T}}}
levels: {low: [1, 2], high: [3, 4]}
rules:
  large:
    title: {zh: T, en: T}
    category: customer
    when: amount > 500
    probability: 2
    impact: 2
    who: owner
"""
KPIS = """salespm: 1
kind: kpi_set
id: offer_kpis
version: 1
title: {zh: T, en: T}
workflow: offers
kpis:
  offer_count:
    title: {zh: T, en: T}
    unit: count
    better: higher
    of: projects
    basis: created
    source: T
    formula: count(projects)
"""


def _prepare(terminal: Terminal) -> None:
    for name, text in (("offers", WORKFLOW), ("offer_risks", RISKS), ("offer_kpis", KPIS)):
        Path(f"workflows/{name}.yaml").write_text(re.sub(r"\bT\b", lambda _: TITLE, text), encoding="utf-8")

    def does(*words: str, who: str = "wang") -> None:
        told = terminal(*words, "--as", who, "--now", "2026-06-01T09:00")
        assert told.code == 0, (words[:2], told.text)

    money = ("amount=1000", "expected_close=2026-08-01")
    does("new", "offers", "--id", "A", *money, f"remark={HARM}", f"tags={HARM}", "kind=a", "--comment", HARM)
    does("new", "offers", "--id", "B", *money, "--owner", "wu", "--comment", HARM)
    does("record", "add", "A", "calls", f"who={HARM}", "--comment", HARM)
    for formula in FORMULAS:
        does("record", "add", "A", "calls", f"who={formula}")
    does("note", "A", HARM)
    does("set", "A", "amount=2000", "--comment", HARM)
    does("task", "add", "A", HARM, "--due", "2026-06-02", "--checklist", HARM)
    does("risk", "add", "A", HARM, "--category", "customer", "--probability", "1", "--impact", "2", "--cause", HARM,
         "--effect", HARM, "--contingency", HARM)  # fmt: skip
    does("risk", "respond", "A", "large", "mitigate", HARM, "--due", "3wd", "--residual", "1x2")
    does("issue", "add", "A", HARM, "--category", "customer", "--impact", "2", "--action", HARM)
    does("lesson", "add", HARM, "--polarity", "avoid", "--advice", HARM, "--cause", HARM, "--tag", HARM)
    does("advance", "B", "win", "--comment", HARM, who="wu")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scene(tmp_path_factory.mktemp("planted"), _prepare)


@pytest.fixture
def terminal(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    enter(stage.folder, monkeypatch)
    return stage.terminal


PAGES = ("portfolio", "quarter", "risk", "team", "project A", "project B", "closing A", "closing B")
SCREENS = (
    "status A", "status A --all", "history A", "record list A calls", "task list A", "risk list A", "risk list",
    "risk show A large", "issue list A", "list", "list offers", "board", "inbox", "guide A", "why A",
    "lesson search alert", "lesson list", "risk matrix A", "funnel offers", "pipeline offers", "kpi list",
    "kpi value offer_count", "flow report offers", "describe offers", "tick",
)  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_html_holds_words_only(terminal: Terminal, page: str, language: str) -> None:
    told = terminal.done(f"report {page} --format html --lang {language} {NOW}")
    assert faults_of(told) == []
    assert STEERS.findall(told) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_markdown_holds_words_only(terminal: Terminal, page: str) -> None:
    told = terminal.done(f"report {page} --lang en {NOW}")
    bare = re.sub(r"\\.", "", told)
    assert [tag for tag in re.findall(r"<[^>]*>", bare) if not re.fullmatch(r'<a id="[\w-]+">|</a>', tag)] == []
    assert re.findall(r"\]\((?!#[\w-]+\))", bare) == []
    assert STEERS.findall(told) == []


@pytest.mark.parametrize(
    "picture", ["risk matrix A --format svg", "risk matrix --format svg", "diagram offers --form svg"]
)
def test_a_picture_holds_words_only(terminal: Terminal, picture: str) -> None:
    told = terminal.done(f"{picture} {NOW}")
    for element in ET.fromstring(told).iter():  # noqa: S314 -- what is tested
        assert element.tag.rpartition("}")[2] in {
            "svg", "title", "desc", "style", "g", "rect", "text", "tspan", "path", "polygon", "polyline", "line",
            "circle", "ellipse", "defs", "marker",
        }  # fmt: skip
        assert [name for name in element.attrib if name.lower().startswith("on") or "href" in name] == []
    assert STEERS.findall(told) == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_terminal_is_not_steered(terminal: Terminal, screen: str, language: str) -> None:
    told = terminal.type(f"{screen} --lang {language} --as wang {NOW}")
    assert told.code == 0, told.text
    assert STEERS.findall(told.text) == []


@pytest.mark.parametrize("screen", [one for one in SCREENS if one != "describe offers"])
def test_data_is_whole_and_steers_no_terminal_that_shows_it(terminal: Terminal, screen: str) -> None:
    told = terminal.type(f"{screen} --format json --as wang {NOW}")
    assert told.code == 0, told.text
    assert STEERS.findall(told.out) == []
    json.loads(told.out)


def test_data_keeps_the_words_as_they_were_written(terminal: Terminal) -> None:
    found: dict[str, Any] = terminal.data(f"history A {NOW}")
    assert HARM in [entry["comment"] for entry in found["entries"]]


@pytest.mark.parametrize(
    "table",
    [
        "projects --workflow offers",
        "history",
        "records --workflow offers --record calls",
        "tasks",
        "risks",
        "approvals",
        "clocks",
    ],
)
def test_no_cell_of_a_table_is_run_by_a_spreadsheet(terminal: Terminal, table: str) -> None:
    told = terminal.done(f"export {table} --format csv {NOW}")
    rows = list(csv.reader(io.StringIO(told)))
    run = re.compile(r"[=+\-@\t\r]")
    assert [cell for row in rows for cell in row if run.match(cell) and not re.fullmatch(r"-?[\d.]+", cell)] == []


@pytest.mark.parametrize(
    "words",
    [
        ("note", "A"),
        ("task", "add", "A"),
        ("risk", "add", "A", "--category", "customer", "--probability", "1", "--impact", "2"),
        ("issue", "add", "A", "--category", "customer", "--impact", "2"),
        ("lesson", "add"),
        ("set", "A", "amount=1", "--comment"),
        ("advance", "A", "win", "--comment"),
    ],
)
def test_controls_are_refused_where_they_come_in(terminal: Terminal, words: tuple[str, ...]) -> None:
    told = terminal(*words, CONTROLS, "--as", "wang", "--now", "2026-07-06T09:00")
    assert told.code != 0
    assert STEERS.findall(told.text) == []
