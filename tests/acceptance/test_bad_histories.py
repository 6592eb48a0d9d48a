"""Histories as no one would wish them: forecast, pipeline, funnel and flow answer; what is not known has a reason."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.draft import replay
from salespm_flow.engine.ports import Write
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.expr.values import Money
from salespm_flow.model.history import Change, Closed, Doing, Entry, FieldSet, Moved, Opened, OutcomeReached
from salespm_flow.model.workflow import Outcome
from salespm_flow.store import open_store
from tests.acceptance.terminal import STORE, Scene, Terminal, enter, scene
from tests.acceptance.test_forecast import WORKFLOW

NOW = datetime(2026, 7, 6, 1, tzinfo=UTC)
COMMANDS = (
    "forecast offers --target 1000 --former 2",
    *(f"forecast offers --by {by}" for by in ("quarter", "team", "product", "person")),
    "pipeline offers",
    "funnel offers",
    "flow report offers",
    "flow cumulative offers",
    "flow burndown offers",
    "flow compare-versions offers",
)
# When, in days from now, and what happened: `open`, a state, `won`, `lost`, or an amount with its currency.
Told = list[tuple[float, str]]
WORLDS: dict[str, list[Told]] = {
    "nothing": [],
    "one deal": [[(-30, "open"), (-30, "100 CNY")]],
    "one deal without an amount": [[(-30, "open")]],
    "one deal won at once": [[(-30, "open"), (-30, "100 CNY"), (-30, "talks"), (-30, "won")]],
    "all lost": [[(-30 - n, "open"), (-30, "100 CNY"), (-20, "lost")] for n in range(12)],
    "a currency without a rate": [[(-30, "open"), (-30, "100 XAU")], [(-30, "open"), (-20, "100 XAU"), (-9, "won")]],
    "fifty times there and back": [
        [(-60, "open"), *((-50 + n / 3, ("talks", "lead")[n % 2]) for n in range(101)), (-5, "lost")]
    ],
    "clocks set back": [
        [(-10, "open"), (-20, "talks"), (-30, "won")],
        [(-10, "open"), (-40, "talks"), (-5, "lead"), (-50, "lost")],
    ],
    "clocks that ran ahead": [[(5, "open"), (6, "talks"), (7, "won")], [(-5, "open"), (400, "talks")]],
    "all in one instant": [[(-9, "open"), (-9, "talks"), (-9, "lead"), (-9, "talks"), (-9, "won")] for _ in range(11)],
}


def _prepare(_terminal: Terminal) -> None:
    Path("workflows/offers.yaml").write_text(WORKFLOW, encoding="utf-8")
    Terminal().done("list")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scene(tmp_path_factory.mktemp("bad"), _prepare)


@pytest.fixture
def told(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Terminal]:
    """A terminal where a world has happened, written into the store as another program's import would."""

    def happened(world: str) -> Terminal:
        terminal = stage.again(monkeypatch)
        enter(stage.folder, monkeypatch)
        runner = Runner(open_store(STORE), load(stage.folder).library, SystemClock())
        compiled = runner.definitions.openable("offers")
        runner.definitions.keep(compiled)
        for number, events in enumerate(WORLDS[world]):
            runner.store.commit((_write(f"D{number}", events, Opened(pin=compiled.pin, owner="wang")),))
        runner.store.close()
        return terminal

    return happened


def _write(name: str, events: Told, opened: Opened) -> Write:
    state = "lead"
    entries: list[Entry] = []
    for number, (days, what) in enumerate(events, start=1):
        changes = tuple(_changes(what, state, opened))
        state = next((change.state for change in changes if isinstance(change, Moved)), state)
        at = NOW + timedelta(days=days)
        doing = Doing.OPEN if number == 1 else Doing.ADVANCE
        entries.append(
            Entry(
                project=name,
                number=number,
                doing=doing,
                name=what,
                actor="wang",
                role="",
                at=at,
                recorded_at=at,
                comment="",
                changes=changes,
            )
        )
    project = replay(entries)
    assert project is not None
    return Write(before=None, after=project, entries=tuple(entries))


def _changes(what: str, state: str, opened: Opened) -> Iterator[Change]:
    if what == "open":
        yield opened
        yield _moved((), "lead", ())
    elif what.partition(" ")[2]:
        amount, _, currency = what.partition(" ")
        yield FieldSet(field="amount", value=Money(Decimal(amount), currency))
    else:
        yield _moved((state,), what, (what,))
        if what in {"won", "lost"}:
            yield OutcomeReached(outcome=Outcome(what))
            yield Closed()


def _moved(left: Iterable[str], entered: str, by: Iterable[str]) -> Moved:
    return Moved(
        transitions=tuple(by),
        event="go",
        exited=tuple(left),
        entered=(entered,),
        leaves=(entered,),
        memory={},
        state=entered,
    )


def _figures(data: object) -> Iterator[float]:
    match data:
        case dict():
            for key, value in data.items():
                if (
                    key != "accuracy"
                ):  # the one figure that may be below zero: a forecast further off than all that came
                    yield from _figures(value)
        case list():
            for value in data:
                yield from _figures(value)
        case str() if re.fullmatch(r"-?\d+(\.\d+)?", data):
            yield float(data)
        case int() | float():
            yield float(data)
        case _:
            pass


@pytest.mark.parametrize("world", WORLDS)
def test_every_command_answers_and_nothing_is_below_zero(told: Callable[[str], Terminal], world: str) -> None:
    terminal = told(world)
    for command in COMMANDS:
        line = f"{command} --now 2026-07-06T09:00"
        data = json.loads(terminal.done(f"{line} --format json"))
        assert [one for one in _figures(data) if one < 0] == [], line
        # English is read below.
        shown = terminal.done(f"{line} --lang zh")
        assert not re.search(r"Traceback|\b[Nn]a[Nn]\b|None|-\d+(\.\d+)? (天|d)\b", shown), shown


@pytest.mark.parametrize(
    ("world", "command", "reason"),
    [
        ("nothing", "forecast offers --target 1000", "no coverage needed: no project with an amount has ended yet"),
        ("nothing", "funnel offers", "no project"),
        ("nothing", "flow report offers", "no project stayed anywhere"),
        ("nothing", "flow compare-versions offers", "no project"),
        ("one deal", "pipeline offers", "fewer than 10 projects have ended in every stage"),
        ("one deal", "flow report offers", "no project ended in these days: no success rate"),
        ("one deal", "flow compare-versions offers", "one version only: nothing to compare"),
        ("one deal without an amount", "forecast offers --undated", "1, 0 CNY (1 without an amount)"),
        ("one deal won at once", "flow report offers", "100% (20.65%–100%)"),
        ("all lost", "forecast offers --target 1000", "no coverage needed: nothing has been won yet"),
        ("all lost", "forecast offers --period 2026-Q4 --target 9", "no pace: the period has not begun"),
        ("all lost", "flow report offers", "no project ended well in these days"),
        ("a currency without a rate", "forecast offers", "no exchange rate, told apart: 2 deal(s) of 200 XAU"),
        ("clocks set back", "flow report offers", "lead time P50 / P85   0.0 d / 0.0 d"),
        ("clocks that ran ahead", "flow report offers", "no project ended in these days"),
        ("all in one instant", "flow report offers", "cycle time P50 / P85  0.0 d / 0.0 d"),
    ],
)
def test_what_is_not_known_is_said_with_the_reason(
    told: Callable[[str], Terminal], world: str, command: str, reason: str
) -> None:
    assert reason in told(world).done(f"{command} --now 2026-07-06T09:00 --lang en")


def test_an_import_with_dates_out_of_order_and_to_come_is_told_without_negative_times(
    stage: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.again(monkeypatch)
    terminal = Terminal(is_reading_again=True)
    Path("workflows/offer_import.yaml").write_text(MAPPING, encoding="utf-8")
    Path("deals.csv").write_text(ROWS, encoding="utf-8")
    terminal.done("import csv deals.csv --mapping offer_import --as zhao --now 2026-07-06T09:00 --lang en")
    flow = terminal.data("flow report offers --now 2026-07-06T09:00")
    assert flow["projects"] == 3
    assert [one for one in _figures(flow) if one < 0] == []
    Path("workflows/offer_import.yaml").unlink()


MAPPING = """salespm: 1
kind: mapping
id: offer_import
version: 1
title: {zh: 导入, en: Import}
workflow: offers
format: csv
key: id
owner: owner
state: {from: stage, values: {lead: lead, talks: talks, won: won, lost: lost}}
fields: {amount: amount}
entered: {lead: opened, talks: met, won: closed, lost: closed}
"""
# Met before it was opened; closed before it was met; all on one day.
ROWS = """id,owner,amount,stage,opened,met,closed
A,wang,100,won,2026-05-10,2026-04-01,2026-06-01
B,wang,100,lost,2026-05-10,2026-06-10,2026-05-20
C,wang,100,won,2026-05-10,2026-05-10,2026-05-10
"""
