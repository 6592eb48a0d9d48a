"""`report` from the command line: every page in both languages and forms, its figures, its safety, its sources."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.diagnostics import Language
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.model.decision import Actor, AddNote, SetFields
from salespm_flow.store import open_store
from tests.acceptance.page_check import faults_of, loose_figures, notes_of, words_of
from tests.acceptance.terminal import Scene, Terminal, enter, scene

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> \u202eefas\u202c \u2066[a](javascript:b)"
NOW = "--now 2026-07-06T09:00"
AS_OF = "--as-of 2026-07-05T09:00"
OFFERS = """salespm: 1
kind: workflow
id: offers
version: 1
domain: sales
title: {zh: "报价<b>&", en: "Offers<b>&"}
uses: {risks: [offer_risks]}
fields:
  amount:         {type: money, currency: CNY, title: {zh: 金额, en: Amount}}
  expected_close: {type: date, title: {zh: 预计成交日, en: Expected close}}
  remark:         {type: text, title: {zh: "备注<i>", en: "Remark<i>"}}
records:
  calls: {title: {zh: 通话, en: Calls}, fields: {who: {type: text, title: {zh: 谁, en: Who}}}}
initial: lead
states:
  lead:
    title: {zh: 线索, en: Lead}
    probability: 20%
    sla: {breach: 5d}
  talks: {title: {zh: 谈判, en: Talks}, probability: 80%}
  won:   {title: {zh: 赢单, en: Won}, final: true, outcome: won}
  lost:  {title: {zh: 丢单, en: Lost}, final: true, outcome: lost}
transitions:
  meet:  {title: {zh: 谈判, en: Meet}, from: lead, to: talks, by: [owner]}
  win:   {title: {zh: 成交, en: Win}, from: talks, to: won, by: [owner]}
  lose:  {title: {zh: 丢单, en: Lose}, from: any, to: lost, by: [owner]}
"""
RISKS = """salespm: 1
kind: risk_model
id: offer_risks
version: 1
title: {zh: 报价风险, en: Offer risks}
scales:
  probability: {1: 10%, 2: 50%, 3: 90%}
  impact: {1: {title: {zh: 低, en: Low}}, 2: {title: {zh: 中, en: Medium}}, 3: {title: {zh: 高, en: High}}}
levels: {low: [1, 2], medium: [3, 5], high: [6, 9]}
rules:
  large:
    title: {zh: 金额大, en: Large}
    category: customer
    when: amount > 500
    probability: 3
    impact: 3
    who: owner
"""
PAGES = ("portfolio", "quarter", "risk", "team", "project A", "closing B")


def _prepare(terminal: Terminal) -> None:
    Path("workflows/offers.yaml").write_text(OFFERS, encoding="utf-8")
    Path("workflows/offer_risks.yaml").write_text(RISKS, encoding="utf-8")
    close = "expected_close=2026-08-01"
    terminal.done(f"new offers --id A amount=1000 {close} --as wang --now 2026-06-01T09:00")
    terminal.done("record add A calls who=陈总 --as wang --now 2026-06-02T09:00")
    terminal.done("task add A 报价 --who person:wang --due 2026-06-10 --as wang --now 2026-06-02T09:00")
    terminal.done("tick --now 2026-06-20T09:00")
    terminal.done(f"new offers --id B amount=300 {close} --as wang --now 2026-07-01T09:00")
    terminal.done("advance B meet --as wang --now 2026-07-02T09:00", "advance B win --as wang --now 2026-07-03T09:00")
    terminal.done(f"new offers --id C amount=200 {close} --as wu --now 2026-07-01T09:00")
    terminal.done("advance C lose --as wu --now 2026-07-03T09:00")
    terminal.done(f"new offers --id D amount=100 {close} --as wu --now 2026-07-01T09:00")
    terminal.done("advance D meet --as wu --now 2026-07-02T09:00")
    _plant()


def _plant() -> None:
    """Words that mean harm are in every place that takes words."""
    store = open_store("salespm.db")
    runner = Runner(store, load(Path()).library, SystemClock())
    at = datetime(2026, 7, 4, 1, tzinfo=UTC)
    wang = Actor(id="wang")
    for request in (SetFields(fields={"remark": EVIL}, actor=wang), AddNote(comment=EVIL, actor=wang)):
        assert runner.apply("A", request, at=at).is_accepted
    store.close()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scene(tmp_path_factory.mktemp("report"), _prepare)


@pytest.fixture
def terminal(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    enter(stage.folder, monkeypatch)
    return stage.again(monkeypatch)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_sound_html_that_needs_nothing_else(terminal: Terminal, page: str, language: str) -> None:
    told = terminal.done(f"report {page} --format html --lang {language} {NOW}")
    assert faults_of(told) == []
    assert "http://" not in told.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in told
    assert f'lang="{ {"zh": "zh-CN", "en": "en"}[language] }"' in told


@pytest.mark.parametrize("form", ["html", "markdown"])
@pytest.mark.parametrize("page", PAGES)
def test_two_runs_as_of_the_same_time_give_the_same_bytes(terminal: Terminal, page: str, form: str) -> None:
    first = terminal.done(f"report {page} --format {form} {AS_OF} --now 2026-07-06T09:00")
    terminal.done("set A amount=9999 --as wang --now 2026-07-07T09:00")
    assert terminal.done(f"report {page} --format {form} {AS_OF} --now 2026-07-09T09:00") == first


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_figure_leads_to_what_it_means_of_which_rows_and_as_of_when(
    terminal: Terminal, page: str, language: str
) -> None:
    told = terminal.done(f"report {page} --format html --lang {language} {NOW}")
    library = load(Path()).library
    named = {kpi.title.of(Language(language)) for one in library.kpi_sets.values() for kpi in one.kpis.values()}
    named |= {goal.title.of(Language(language)) for one in library.goal_sets.values() for goal in one.goals.values()}
    # Only what others called so may hold a digit and lead nowhere.
    assert [words for words in loose_figures(told) if words not in named and "alert" not in words] == []
    population = {"zh": "范围：", "en": "Population: "}[language]
    as_of = {"zh": "截至：2026-07-06 09:00", "en": "As of: 2026-07-06 09:00"}[language]
    notes = notes_of(told)
    assert notes
    for said in notes.values():
        meaning, _, rest = said.partition(population)
        assert len(meaning.split()) > 1, said
        assert not rest.startswith("·"), said
        assert as_of in rest, said
    assert set(notes) == set(re.findall(r'<a class="figure" href="#([^"]+)"', told))


@pytest.mark.parametrize("form", ["html", "markdown"])
@pytest.mark.parametrize("page", PAGES)
def test_words_that_mean_harm_stay_words(terminal: Terminal, page: str, form: str) -> None:
    told = terminal.done(f"report {page} --format {form} {NOW}")
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", told)
    assert "<script" not in told.replace("\\<script", "")
    # In HTML it is text; in Markdown only an escaped bracket keeps it from being a link.
    assert form == "html" or "](javascript" not in told.replace("\\](javascript", "")


def test_the_project_page_shows_the_planted_words_as_they_were_written(terminal: Terminal) -> None:
    told = words_of(terminal.done(f"report project A --format html --lang en {NOW}"))
    assert "<script>alert(1)</script>" in told
    assert "Remark<i>" in told


def test_the_portfolio_counts_what_is_there(terminal: Terminal) -> None:
    told = terminal.done(f"report portfolio --lang en --workflow offers {NOW}")
    assert "| Lead  | [1](#about-states-offers) | [1,000 CNY](#about-states-offers)" in told
    assert "| Talks | [1](#about-states-offers) | [100 CNY](#about-states-offers)" in told
    assert "| Lead  | [4](#about-funnel-offers) | [2](#about-funnel-offers) | [1](#about-funnel-offers)" in told
    # Won 300; open are 1,000 at 20 % and 100 at 80 %.
    quarter = next(line for line in told.splitlines() if line.startswith("| [2026-Q3]"))
    assert re.findall(r"\[(.*?)\]", quarter)[1:4] == ["300 CNY", "1,100 CNY", "580 CNY"]
    assert "Population: 4 project(s) of Offers\\<b\\>&" in told
    assert "Defined in: workflows/offers.yaml:" in told
    assert "| A       | Lead  | wang  | [35 d](#about-lines)" in told


def test_the_team_page_tells_each_person(terminal: Terminal) -> None:
    told = terminal.done(f"report team --lang en --workflow offers {NOW}")
    wang = next(line for line in told.splitlines() if line.startswith("| wang"))
    wu = next(line for line in told.splitlines() if line.startswith("| wu"))
    plain = [re.sub(r"\[(.*?)\]\(#about-people\)", r"\1", line).split(" | ") for line in (wang, wu)]
    cells = [[cell.strip(" |") for cell in row] for row in plain]
    assert cells == [
        ["wang", "1", "1,000 CNY", "1", "300 CNY", "0", "100%", "1", "1", "1"],
        ["wu", "1", "100 CNY", "0", "—", "1", "0%", "0", "0", "0"],
    ]


def test_the_risk_page_counts_the_cell_and_the_category(terminal: Terminal) -> None:
    told = terminal.done(f"report risk --lang en {NOW}")
    assert "| [3 (90%)](#about-risks) | [0](#about-risks) | [0](#about-risks) | [1](#about-risks) |" in told
    assert "| Customer | [1](#about-risks) | [1](#about-risks)" in told


def test_a_page_of_the_past_knows_only_what_was_then(terminal: Terminal) -> None:
    told = terminal.done("report portfolio --lang en --workflow offers --as-of 2026-06-15T09:00 --now 2026-07-06T09:00")
    assert "Population: 1 project(s) of Offers\\<b\\>&" in told
    code = terminal.type("report project B --as-of 2026-06-15T09:00 --now 2026-07-06T09:00")
    assert (code.code, code.out) == (1, "")
    assert "did not exist yet" in code.err


def test_an_empty_store_and_a_period_not_begun_are_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(tmp_path, monkeypatch)
    terminal = Terminal()
    terminal.done("init --lang en")
    for page in PAGES[:4]:
        told = terminal.done(f"report {page} --format html --period 2027-Q1 {NOW}")
        assert faults_of(told) == []
    assert "There is no project yet." in terminal.done(f"report portfolio {NOW}")


def test_a_report_goes_into_a_file_and_replaces_none_unasked(terminal: Terminal) -> None:
    terminal.done(f"report risk --format html --output risk.html {NOW}")
    written = Path("risk.html").read_bytes()
    again = terminal.type(f"report risk --format html --output risk.html {NOW}")
    assert again.code == 1
    assert Path("risk.html").read_bytes() == written
    terminal.done(f"report risk --format html --output risk.html --force --lang zh {NOW}")
    assert Path("risk.html").read_bytes() != written


@pytest.mark.parametrize("words", ["report portfolio --period 2026-Q9", "report portfolio --workflow ofers"])
def test_what_is_asked_wrongly_is_told_with_what_would_do(terminal: Terminal, words: str) -> None:
    told = terminal.type(f"{words} {NOW}")
    assert told.code in {1, 2}
    assert told.out == ""
    assert "2026-Q2" in told.err or "offers" in told.err
