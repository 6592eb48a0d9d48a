"""Smallest changes of what comes again (weekdays, remainders) and of what only people can write (texts, lists)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.remedies.remedy import remedy
from salespm_flow.engine.running.runner import Runner
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Actor, Open
from salespm_flow.solve.change import FieldChange
from salespm_flow.store.sqlite import open_sqlite
from tests.unit.solve.bench import NOW, WORKSPACE

FLOW = """
salespm: 1
kind: workflow
id: flow
version: 1
domain: sales
title: {zh: 测试, en: Test}
fields:
  d:    {type: date}
  at:   {type: datetime}
  t:    {type: text}
  a:    {type: integer}
  tags: {type: list, of: text}
  ms:   {type: list, of: integer}
records:
  needs: {fields: {ref: {type: text}, priority: {type: integer}, due: {type: date}}}
initial: start
states: {start: {}, over: {final: true}}
transitions:
"""
WANG = Actor(id="wang")
SATURDAY = date(2026, 3, 7)

CLAIMS: tuple[tuple[str, dict[str, Value], str | None], ...] = (
    ('day of week(d) = "Monday"', {"d": SATURDAY}, "d=2026-03-09"),
    ('day of week(d) in ("Monday", "Friday")', {"d": SATURDAY}, "d=2026-03-06"),
    ('day of week(d) != "Saturday"', {"d": SATURDAY}, "d=2026-03-08 to 2026-03-13"),
    ("d.weekday <= 5", {"d": SATURDAY}, "d=2026-03-06 from 2026-03-02"),
    ("d.month = 6", {"d": SATURDAY}, "d=2026-06-01 to 2026-06-30"),
    ("week of year(d) = 30", {"d": SATURDAY}, "d=2026-07-20 to 2026-07-26"),
    ("day of year(d) = 200", {"d": SATURDAY}, "d=2026-07-19"),
    ('day of week(d) = "Monday" and d > @"2031-05-01"', {"d": SATURDAY}, "d=2031-05-05"),
    (
        'day of week(at) = "Monday" and at.hour between 9 and 17',
        {"at": datetime(2026, 3, 7, 1, tzinfo=UTC)},
        "at=2026-03-09 01:00:00+00:00 to 2026-03-09 09:59:00+00:00",
    ),
    ("odd(a) and a > 20", {"a": Decimal(4)}, "a=21"),
    ("string length(t) > 3", {"t": "ab"}, "t=ab……"),
    ("string length(t) >= 3", {}, "t=………"),
    ("string length(t) <= 5", {"t": "abcdefgh"}, "t=abcde"),
    ("string length(t) = a", {"t": "abcdefgh", "a": Decimal(4)}, "t=abcd"),
    ('contains(t, "ERP")', {"t": "云"}, "t=云 ERP"),
    ('starts with(t, "ERP") and string length(t) > 8', {"t": "云"}, "t=ERP 云…………"),
    ('ends with(t, ".pdf")', {}, "t=.pdf"),
    ('contains(t, "A") and contains(t, "B")', {"t": "x"}, "t=x A B"),
    ('not(contains(t, "x"))', {"t": "axc"}, "t=ac"),
    ('t != "x"', {"t": "x"}, "t any"),
    ('t in ("p", "q")', {"t": "x"}, "t=p"),
    ("string length(t) > 5000", {"t": "ab"}, None),
    ("count(tags) >= 2", {"tags": ("a",)}, "tags=('a', '…')"),
    ("count(tags) <= 1", {"tags": ("a", "b")}, "tags=('a',)"),
    ('list contains(tags, "vip") and count(tags) >= 3', {"tags": ("a",)}, "tags=('a', 'vip', '…')"),
    ("count(tags) > 0", {}, "tags any"),
    ("sum(ms) >= 10", {"ms": (Decimal(1),)}, "ms=(Decimal('1'), Decimal('10'))"),
    ("count(needs) >= 2", {}, "needs: ref any; needs: ref any"),
    (
        "count(needs[priority > 3]) >= 2",
        {},
        "needs: priority=4 to None; needs: priority=4 to None",
    ),
    ("some n in needs satisfies string length(n.ref) > 3", {}, "needs: ref=…………"),
    ("some n in needs satisfies n.due.weekday = 7", {}, "needs: due=2026-03-01"),
)


class Morning:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


def shown(change: FieldChange) -> str:
    if change.is_any:
        return f"{change.field} any"
    beginning = "" if change.low in (None, change.after) else f" from {change.low}"
    end = "" if change.low is None or change.high == change.after else f" to {change.high}"
    return f"{change.field}={change.after}{beginning}{end}"


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """One workflow in which every claim is a move of its own."""
    folder = tmp_path_factory.mktemp("claims")
    moves = "".join(
        f"  go_{number}: {{from: start, to: over, check: {{it: {claim!r}}}}}\n"
        for number, (claim, _, _) in enumerate(CLAIMS)
    )
    (folder / "flows").mkdir()
    (folder / "salespm.yaml").write_text(WORKSPACE, "utf-8")
    (folder / "flows" / "flow.yaml").write_text(FLOW.lstrip() + moves, "utf-8")
    loaded = load(folder)
    assert [found.message.en for found in loaded.diagnostics if found.severity == "error"] == []
    return Runner(open_sqlite(str(folder / "store.db"), create=True, wait_seconds=5), loaded.library, Morning())


@pytest.mark.parametrize(("number", "claim"), list(enumerate(CLAIMS)), ids=[claim for claim, _, _ in CLAIMS])
def test_the_nearest_value_that_will_do_is_proposed(
    runner: Runner, number: int, claim: tuple[str, dict[str, Value], str | None]
) -> None:
    _, fields, expected = claim
    opened = runner.open("flow", Open(project=f"p{number}", owner="wang", fields=fields, actor=WANG))
    assert opened.is_accepted, opened.result
    snapshot, compiled = runner.snapshot(f"p{number}")
    found = remedy(compiled, snapshot, f"go_{number}", actor=WANG, now=NOW)
    if found is None:
        assert expected is None
        return
    parts = [shown(change) for change in found.changes]
    parts += [f"{row.record}: {', '.join(shown(value) for value in row.values)}" for row in found.rows]
    assert "; ".join(parts) == expected
