"""Due times where clocks are moved and in leap years: in the zone of the workspace, for every unit of a duration."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.definition.literals import parse_duration
from salespm_flow.definition.workspace import load
from salespm_flow.engine.durations import later
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.running.ticking import Ticked, tick
from salespm_flow.expr.values import WorkingDays
from salespm_flow.model.decision import Actor, Advance, Open, SetFields
from salespm_flow.store import open_store
from salespm_flow.working_time import plain_calendar

NEW_YORK = "America/New_York"  # forward on 8 March 2026, back on 1 November
BERLIN = "Europe/Berlin"  # forward on 29 March 2026, back on 25 October
SHANGHAI = "Asia/Shanghai"  # never


def due(zone: str, start: str, duration: str) -> str:
    """The local due time, with its offset."""
    place = ZoneInfo(zone)
    begin = datetime.fromisoformat(start)
    instant = later(
        (begin if begin.tzinfo else begin.replace(tzinfo=place)).astimezone(UTC),
        parse_duration(duration),
        plain_calendar(place),
        place,
    )
    assert instant.tzinfo is UTC
    return instant.astimezone(place).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("zone", "start", "duration", "expected"),
    [
        # Days and weeks keep the time of day, hours pass as time does.
        (NEW_YORK, "2026-03-07T09:00", "1d", "2026-03-08T09:00-04:00"),
        (NEW_YORK, "2026-03-07T09:00", "25h", "2026-03-08T11:00-04:00"),
        (NEW_YORK, "2026-03-07T23:00", "4h", "2026-03-08T04:00-04:00"),
        (NEW_YORK, "2026-03-02T09:00", "2w", "2026-03-16T09:00-04:00"),
        (NEW_YORK, "2026-10-31T09:00", "1d", "2026-11-01T09:00-05:00"),
        (NEW_YORK, "2026-10-31T23:00", "4h", "2026-11-01T02:00-05:00"),
        (NEW_YORK, "2026-10-31T09:00", "90min", "2026-10-31T10:30-04:00"),
        (BERLIN, "2026-03-28T09:00", "1d", "2026-03-29T09:00+02:00"),
        (BERLIN, "2026-03-28T09:00", "36h", "2026-03-29T22:00+02:00"),
        (BERLIN, "2026-10-24T09:00", "30d", "2026-11-23T09:00+01:00"),
        (BERLIN, "2026-10-24T23:00", "5h", "2026-10-25T03:00+01:00"),
        (SHANGHAI, "2026-03-28T09:00", "30d", "2026-04-27T09:00+08:00"),
        # Working days are hours of the office, which moves with the clocks.
        (NEW_YORK, "2026-03-06T15:00", "1wd", "2026-03-09T15:00-04:00"),
        (NEW_YORK, "2026-10-30T09:00", "2wd", "2026-11-02T18:00-05:00"),
        (BERLIN, "2026-03-27T15:00", "0.5wd", "2026-03-30T10:00+02:00"),
        (BERLIN, "2026-10-23T12:00", "5wd", "2026-10-30T12:00+01:00"),
        # Months and years.
        (NEW_YORK, "2026-02-08T02:30", "1mo", "2026-03-08T03:30-04:00"),
        (BERLIN, "2026-09-25T09:00", "1mo", "2026-10-25T09:00+01:00"),
        (BERLIN, "2028-01-31T09:00", "1mo", "2028-02-29T09:00+01:00"),
        (BERLIN, "2027-01-31T09:00", "1mo", "2027-02-28T09:00+01:00"),
        (BERLIN, "2028-02-29T09:00", "1y", "2029-02-28T09:00+01:00"),
        (BERLIN, "2028-02-29T09:00", "4y", "2032-02-29T09:00+01:00"),
        (BERLIN, "2028-02-28T09:00", "1d", "2028-02-29T09:00+01:00"),
        (BERLIN, "2028-02-28T17:00", "1wd", "2028-02-29T17:00+01:00"),
        (SHANGHAI, "2096-02-29T09:00", "4y", "2100-02-28T09:00+08:00"),
        # An hour that is left out, and one that comes twice: the first of the two.
        (BERLIN, "2026-03-28T02:30", "1d", "2026-03-29T03:30+02:00"),
        (BERLIN, "2026-10-24T02:30", "1d", "2026-10-25T02:30+02:00"),
        (BERLIN, "2026-10-25T02:30+01:00", "1d", "2026-10-26T02:30+01:00"),
        (BERLIN, "2025-10-26T02:30+01:00", "12mo", "2026-10-26T02:30+01:00"),
        (BERLIN, "2026-10-25T02:30+01:00", "0d", "2026-10-25T02:30+01:00"),
        (BERLIN, "2026-10-25T02:30+01:00", "30min", "2026-10-25T03:00+01:00"),
    ],
)
def test_due_time_is_what_a_person_there_expects(zone: str, start: str, duration: str, expected: str) -> None:
    assert due(zone, start, duration) == expected


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        # Saturday the 14th is worked before the Spring Festival, which ends with the 23rd.
        ("2026-02-13T17:00", "1wd", "2026-02-14T17:00"),
        ("2026-02-13T17:00", "2wd", "2026-02-24T17:00"),
        ("2026-02-13T17:00", "2d", "2026-02-15T17:00"),
        # The company's own: a Saturday of stocktaking, a Friday's outing.
        ("2026-03-06T17:00", "1wd", "2026-03-07T17:00"),
        ("2026-07-09T17:00", "1wd", "2026-07-13T17:00"),
    ],
)
def test_shipped_calendar_knows_holidays_make_up_days_and_the_company_s_own(
    start: str, duration: str, expected: str
) -> None:
    place = ZoneInfo(SHANGHAI)
    calendar = replace(load().library.calendars["cn_office"], zone=place)
    begin = datetime.fromisoformat(start).replace(tzinfo=place).astimezone(UTC)

    found = later(begin, parse_duration(duration), calendar, place)

    assert found.astimezone(place).isoformat(timespec="minutes")[:16] == expected


instants = st.datetimes(datetime(2020, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds
zones = st.sampled_from([NEW_YORK, BERLIN, SHANGHAI, "Australia/Lord_Howe", "Pacific/Apia"]).map(ZoneInfo)


@given(instants, zones, st.integers(1, 400))
def test_days_differ_from_hours_by_the_moved_clocks_at_most(start: datetime, zone: ZoneInfo, days: int) -> None:
    found = later(start, timedelta(days=days), plain_calendar(zone), zone)

    assert abs(found - start - timedelta(days=days)) <= timedelta(hours=1)


@given(instants, zones, st.integers(0, 100), st.integers(0, 100))
def test_longer_is_never_due_earlier(start: datetime, zone: ZoneInfo, one: int, other: int) -> None:
    shorter, longer = sorted((one, other))
    calendar = plain_calendar(zone)

    for unit in (timedelta(days=1), timedelta(hours=1)):
        assert later(start, shorter * unit, calendar, zone) <= later(start, longer * unit, calendar, zone)
    assert later(start, WorkingDays(Decimal(shorter)), calendar, zone) <= later(
        start, WorkingDays(Decimal(longer)), calendar, zone
    )


# ------------------------------------------------------------------------------------------------ a workspace abroad

SETTINGS = "salespm: 1\nkind: workspace\ntimezone: {zone}\nstore: deals.db\ndefinitions: [.]\n"
DEAL = """
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
fields: {day: {type: date}, seen: {type: date}}
initial: talk
states:
  talk: {sla: {warn: 1wd, breach: 3wd}, tasks: {call: {title: {zh: 电话, en: Call}, accountable: owner, due: 7d}}}
  held: {aside: true}
  won: {final: true, outcome: won}
transitions:
  hold: {from: talk, to: held}
  resume: {from: held, to: talk}
  win: {from: talk, to: won}
timers:
  daily: {in: talk, every: 1d, do: {see: {action: set, field: seen, value: today()}}}
  on_day: {in: talk, at: day, do: {tell: {action: notify, title: {zh: 到期, en: Due}, who: owner}}}
"""


class Abroad:
    """One deal in a workspace of a zone, and its clock."""

    def __init__(self, folder: Path, zone: str, start: str) -> None:
        (folder / "salespm.yaml").write_text(SETTINGS.format(zone=zone), encoding="utf-8")
        (folder / "deal.yaml").write_text(DEAL, encoding="utf-8")
        loaded = load(folder)
        assert loaded.errors == ()
        self.zone = ZoneInfo(zone)
        self.set(start)
        self.store = open_store(str(folder / "deals.db"), create=True)
        self.runner = Runner(self.store, loaded.library, self)
        request = Open(project="p", owner="ann", fields={}, actor=Actor(id="ann"))
        assert self.runner.open("deal", request).is_accepted

    def now(self) -> datetime:
        return self.moment

    def set(self, local: str) -> None:
        self.moment = datetime.fromisoformat(local).replace(tzinfo=self.zone).astimezone(UTC)

    def tick(self) -> Ticked:
        return tick(self.runner, self.moment, lambda _notice: None)

    def fired(self) -> list[tuple[str, str]]:
        return [(one.due.clock, self.local(one.due.due_at)) for one in self.tick().fired]

    def local(self, instant: datetime | None) -> str:
        assert instant is not None
        return instant.astimezone(self.zone).isoformat(timespec="minutes")


@pytest.fixture
def abroad(tmp_path: Path) -> Iterator[Abroad]:
    world = Abroad(tmp_path, NEW_YORK, "2026-03-06T09:00")
    yield world
    world.store.close()


def test_clocks_of_a_workspace_move_with_its_zone(abroad: Abroad) -> None:
    abroad.runner.apply("p", SetFields(fields={"day": datetime(2026, 3, 9).date()}, actor=Actor(id="ann")))  # noqa: DTZ001
    abroad.set("2026-03-10T08:00")

    assert abroad.fired() == [
        ("sla.warn.talk", "2026-03-06T18:00-05:00"),
        ("timer.daily", "2026-03-07T09:00-05:00"),
        ("timer.daily", "2026-03-08T09:00-04:00"),
        ("timer.on_day", "2026-03-09T00:00-04:00"),
        ("timer.daily", "2026-03-09T09:00-04:00"),
    ]
    project = abroad.store.project("p")
    assert project is not None
    assert str(project.fields["seen"]) == "2026-03-09"
    assert abroad.local(project.tasks["call"].due_at) == "2026-03-13T09:00-04:00"
    assert abroad.local(project.clocks["sla.breach.talk"].due_at) == "2026-03-10T18:00-04:00"


def test_clock_that_goes_backwards_does_no_harm(abroad: Abroad) -> None:
    abroad.set("2026-03-10T08:00")
    first = abroad.tick()
    assert first.fired
    before = abroad.store.project("p")

    abroad.set("2026-03-07T12:00")
    assert (abroad.tick().fired, abroad.store.project("p")) == ((), before)
    # Work goes on as of the earlier time; what has happened by then stays as it is.
    assert abroad.runner.apply("p", Advance(trigger="hold", actor=Actor(id="ann"), fields={})).is_accepted
    assert abroad.runner.apply("p", Advance(trigger="resume", actor=Actor(id="ann"), fields={})).is_accepted
    abroad.set("2026-03-10T08:00")
    again = abroad.fired()
    assert [name for name, _ in again] == ["timer.daily"] * len(again)
    numbers = [entry.number for entry in abroad.store.history("p")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert list(abroad.store.verify()) == []
