"""What KPIs count besides projects: stays, moves, registers, records and references; for whom, of when, and why not."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from salespm_flow.definition.workspace import load
from salespm_flow.engine.measure.evaluation import Evaluation, Question, evaluate_many
from salespm_flow.engine.measure.subjects import EVERYTHING, Subject, SubjectKind
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.decision import Actor, Advance
from salespm_flow.rules.absence import Absent
from salespm_flow.rules.kpi import ALWAYS, Period
from tests.unit.engine.conftest import WORKSPACE

if TYPE_CHECKING:
    from tests.unit.engine.conftest import World

    MakeWorld = Callable[[dict[str, str]], World]

DEALS = """
domain: sales
uses: {organisation: firm}
fields:
  account: {type: ref, to: accounts}
  product: {type: text}
  amount: {type: money, currency: CNY}
records:
  calls: {fields: {minutes: {type: integer}}}
  needs: {key: name, fields: {name: {type: text}, weight: {type: integer}}}
initial: talk
states:
  talk: {tasks: {visit: {title: Visit, accountable: owner, due: 2d}}}
  offer: {exit: {check: {priced: {that: amount != null}}}}
  won: {final: true, outcome: won}
  lost: {final: true, outcome: lost}
transitions:
  offer: {from: talk, to: offer}
  back: {from: offer, to: talk}
  win: {from: offer, to: won, override: {by: [boss]}}
  ask: {from: offer, to: talk, approve: {nod: {by: [boss]}}}
  lose: {from: any, to: lost}
"""
ACCOUNTS = """
key: name
fields: {name: {type: text}, sector: {type: text}}
source: accounts.csv
"""
FIRM = """
roles: {boss: {}, seller: {}}
units: {market: {}, east: {parent: market}, west: {parent: market}}
people:
  wang: {unit: east, roles: [seller], hours: 8h, away: ["2026-03-10..2026-03-10"]}
  he: {unit: west, roles: [seller], hours: 6h}
  zhao: {unit: market, roles: [boss]}
"""


def kpis(*bodies: str) -> str:
    lines = "".join(f"  k{number}: {{better: higher, source: test, {body}}}\n" for number, body in enumerate(bodies))
    return f"workflow: deals\nkpis:\n{lines}"


def world_with(world_of: "MakeWorld", *bodies: str) -> "World":
    table = "name,sector\nHua,steel\nMing,health\nDe,steel\n"
    return world_of(
        {
            "workflow/deals": DEALS,
            "reference/accounts": ACCOUNTS,
            "table/accounts": table,
            "organisation/firm": FIRM,
            "kpi_set/figures": kpis(*bodies),
        }
    )


def asked(
    world: "World",
    *,
    period: Period = ALWAYS,
    subject: Subject = EVERYTHING,
    at: datetime | None = None,
    samples: int = 0,
) -> Evaluation:
    question = Question(period=period, subject=subject)
    now = at or world.clock.now()
    return evaluate_many(
        world.store, world.runner.library, (question,), at=now, is_past=at is not None, samples=samples
    )[0]


def values(evaluation: Evaluation) -> list[Value]:
    return [result.value for result in evaluation.kpis.values()]


def reasons(evaluation: Evaluation) -> list[Absent | None]:
    return [None if one.absence is None else one.absence.why for one in evaluation.kpis.values()]


def cny(amount: int) -> Money:
    return Money(Decimal(amount), "CNY")


def march(day: int, hour: int = 1) -> datetime:
    """The hour is that of UTC; Shanghai is eight hours ahead."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_stays_are_rows_and_an_open_one_lasts_until_now(world_of: "MakeWorld") -> None:
    world = world_with(
        world_of,
        "unit: count, of: visits, basis: created, formula: count(visits)",
        'unit: d, of: visits, basis: closed, where: state = "talk", formula: mean(visits.duration)',
        'unit: d, of: visits, basis: as_of, where: state = "offer", formula: max(visits.duration)',
        "unit: count, of: visits, basis: created, where: number = 2, formula: count(visits)",
        'unit: count, of: visits, basis: created, where: left_to = "offer", formula: count(visits)',
    )
    world.open("deals")  # talk for 2 days, offer for 1, talk for 4, offer until now: 3
    for trigger, days in (("offer", 2), ("back", 1), ("offer", 4)):
        world.clock.wait(days=days)
        assert world.advance(trigger).is_accepted
    world.clock.wait(days=3)

    assert values(asked(world)) == [
        Decimal(4),
        timedelta(days=3),  # (2 + 4) / 2
        timedelta(days=3),
        Decimal(2),
        Decimal(2),
    ]


def test_moves_are_rows_and_an_override_is_seen(world_of: "MakeWorld") -> None:
    world = world_with(
        world_of,
        "unit: count, of: moves, basis: created, formula: count(moves)",
        "unit: percent, of: moves, basis: created, where: forward, "
        "numerator: 'count(moves[not(overridden)])', denominator: count(moves)",
        'unit: count, of: moves, basis: created, where: from = "offer" and to = "talk", formula: count(moves)',
        'unit: count, of: moves, basis: created, where: by = "zhao" and project.outcome = "won", formula: count(moves)',
    )
    world.open("deals")
    for trigger in ("offer", "back", "offer"):
        assert world.advance(trigger).is_accepted
    boss = Actor(id="zhao", role="boss")
    asked_for = Advance(trigger="win", actor=boss, comment="strategic", is_override=True)
    assert world.runner.apply("p", asked_for).is_accepted

    # Forward are offer, offer and win; the win went without its price.
    assert values(asked(world)) == [Decimal(4), Decimal("0." + "6" * 33 + "7"), Decimal(1), Decimal(1)]


def test_registers_are_rows(world_of: "MakeWorld") -> None:
    world = world_with(
        world_of,
        'unit: percent, of: tasks, basis: closed, where: status = "done", '
        "numerator: 'count(tasks[closed_at <= due_at])', denominator: count(tasks)",
        'unit: count, of: approvals, basis: created, where: status = "pending" and requester = "wang", '
        "formula: count(approvals)",
        "unit: count, of: risks, basis: created, formula: count(risks)",
        "unit: count, of: issues, basis: as_of, formula: count(issues)",
        'unit: count, of: tasks, basis: as_of, where: who = "wang" and project.state = "talk", formula: count(tasks)',
    )
    for name, wait in (("a", 1), ("b", 3), ("c", 0)):
        world.open("deals", name)
        world.clock.wait(days=wait)
        if wait:
            assert world.finish_task("visit", name).is_accepted
    assert world.advance("offer", "a").is_accepted
    assert world.advance("ask", "a").is_accepted

    # Tasks: a after 1 day, b after 3 days, due after 2; c is open.
    assert values(asked(world)) == [Decimal("0.5"), Decimal(1), Decimal(0), Decimal(0), Decimal(2)]


def test_rows_of_records_are_all_rows_or_the_newest_of_each_key(world_of: "MakeWorld") -> None:
    world = world_with(
        world_of,
        "unit: count, of: calls, basis: created, formula: sum(calls.minutes)",
        "unit: points, of: needs, basis: as_of, formula: sum(needs.weight)",
        'unit: count, of: calls, basis: created, where: by = "he" and project.owner = "wang", formula: count(calls)',
        "unit: count, of: calls, basis: created, formula: count(distinct values(calls.project))",
    )
    world.open("deals", "a")
    world.open("deals", "b", owner="he")
    for project, minutes in (("a", 10), ("a", 20), ("b", 5)):
        assert world.add("calls", project, by="wang" if project == "a" else "he", minutes=Decimal(minutes)).is_accepted
    for name, weight in (("price", 1), ("price", 4), ("speed", 2)):
        assert world.add("needs", "a", name=name, weight=Decimal(weight)).is_accepted

    assert values(asked(world)) == [Decimal(35), Decimal(6), Decimal(0), Decimal(2)]


def test_rows_of_a_reference_need_no_project(world_of: "MakeWorld") -> None:
    world = world_with(
        world_of,
        'unit: count, of: accounts, basis: as_of, where: sector = "steel", formula: count(accounts)',
        'unit: percent, of: projects, by: account, basis: outcome, where: outcome = "won", '
        "numerator: count(groups), denominator: count(reference.accounts)",
    )
    world.open("deals", account="Hua", amount=cny(1))
    assert world.advance("offer").is_accepted
    assert world.advance("win").is_accepted

    assert values(asked(world)) == [Decimal(2), Decimal("0." + "3" * 34)]


DEAL_ROWS = (("a", "Hua", 100, 2), ("b", "Hua", 50, 12), ("c", "Ming", 30, 20), ("d", None, 7, 20))


def sold(world: "World") -> None:
    """Four deals, each opened and won on a day of March: Hua on the 2nd and 12th, Ming and nobody on the 20th."""
    for project, account, amount, day in DEAL_ROWS:
        world.clock.moment = march(day)
        world.open("deals", project, amount=cny(amount), account=account)
        assert world.advance("offer", project).is_accepted
        assert world.advance("win", project).is_accepted
    world.clock.moment = march(25)


def test_groups_are_asked_one_by_one(world_of: "MakeWorld") -> None:
    of = 'of: projects, basis: outcome, where: outcome = "won", by: account'
    world = world_with(
        world_of,
        f"unit: count, {of}, formula: count(groups)",
        f"unit: count, {of}, formula: 'count(groups[count(item) >= 2])'",
        f"unit: CNY, {of}, formula: 'max(for g in groups return sum(g.amount))'",
        f"unit: CNY, {of}, formula: 'sum(for g in groups return if count(g) > 1 then min(g.amount) else 30)'",
        f"unit: count, {of}, formula: 'sum(for g in groups return count(distinct values(g.owner)))'",
        "unit: count, of: projects, basis: created, by: account.sector, formula: count(groups)",
    )
    sold(world)

    # The deal without an account is in no group: Hua 100 + 50, Ming 30.
    assert values(asked(world)) == [Decimal(2), Decimal(1), cny(150), cny(80), Decimal(2), Decimal(2)]


def test_first_wins_are_the_groups_whose_first_row_is_in_the_period(world_of: "MakeWorld") -> None:
    world = world_with(
        world_of,
        'unit: count, of: projects, basis: outcome, where: outcome = "won", by: account, computed: first_wins',
        # Without `by`, the only column that refers to a table makes the groups.
        'unit: count, of: projects, basis: outcome, where: outcome = "won", computed: first_wins',
    )
    sold(world)
    late = Period(start=date(2026, 3, 10), end=date(2026, 3, 31))

    # Hua was first won on the 2nd, so that only Ming is new.
    assert values(asked(world, period=late)) == [Decimal(1)] * 2
    assert values(asked(world, period=Period(start=date(2026, 3, 1), end=date(2026, 3, 31)))) == [Decimal(2)] * 2
    assert reasons(asked(world)) == [Absent.OPEN_PERIOD] * 2


def test_figures_divide_by_the_period_and_see_its_facts(world_of: "MakeWorld") -> None:
    world = world_with(
        world_of,
        "unit: CNY, of: projects, basis: outcome, per: month, formula: sum(projects.amount)",
        "unit: CNY, of: projects, basis: outcome, per: working_day, formula: sum(projects.amount)",
        "unit: count, of: projects, basis: as_of, formula: period.days + period.working_days",
    )
    sold(world)
    quarter = Period(start=date(2026, 1, 1), end=date(2026, 3, 31))

    # 187 CNY in 3 months of 90 days, 64 of them from Monday to Friday.
    assert values(asked(world, period=quarter)) == [
        Money(Decimal("62." + "3" * 32), "CNY"),
        Money(Decimal("2.921875"), "CNY"),
        Decimal(154),
    ]
    assert reasons(asked(world)) == [Absent.OPEN_PERIOD, Absent.OPEN_PERIOD, Absent.OPEN_PERIOD]


def test_an_entry_into_a_state_puts_a_project_into_the_period(world_of: "MakeWorld") -> None:
    world = world_with(world_of, "unit: count, of: projects, basis: entered(offer), formula: count(projects)")
    sold(world)
    world.open("deals", "still_talking")

    assert values(asked(world)) == [Decimal(4)]
    assert values(asked(world, period=Period(start=date(2026, 3, 12), end=date(2026, 3, 12)))) == [Decimal(1)]


def test_figures_read_each_other_in_any_order(world_of: "MakeWorld") -> None:
    world = world_with(
        world_of,
        "unit: ratio, of: projects, basis: as_of, numerator: kpi.k2, denominator: kpi.k1",
        "unit: CNY, of: projects, basis: outcome, formula: sum(projects.amount)",
        "unit: CNY, of: projects, basis: outcome, where: account != null, formula: sum(projects.amount)",
        "unit: CNY, of: projects, basis: outcome, formula: 'sum(projects[amount > kpi.k4].amount)'",
        "unit: CNY, of: projects, basis: outcome, formula: mean(projects.amount)",
        "unit: CNY, of: calls, basis: created, formula: kpi.k6",
        "unit: CNY, of: projects, basis: outcome, where: amount > 1000, formula: mean(projects.amount)",
        "unit: CNY, of: projects, basis: outcome, formula: 'default(kpi.k6, 5)'",
    )
    sold(world)
    answer = asked(world)

    # 180 of 187; the mean is 46.75, above which are 100 and 50.
    assert str(values(answer)[0])[:6] == "0.9625"
    assert values(answer)[1:5] == [cny(187), cny(180), cny(150), Money(Decimal("46.75"), "CNY")]
    assert reasons(answer)[5:] == [Absent.MISSING_KPI, Absent.EMPTY, None]
    assert values(answer)[7] == cny(5)


@pytest.mark.parametrize(
    ("subject", "count"),
    [
        (EVERYTHING, 3),
        (Subject(kind=SubjectKind.PERSON, id="he"), 1),
        (Subject(kind=SubjectKind.PERSON, id="nobody"), 0),
        (Subject(kind=SubjectKind.TEAM, id="east"), 1),
        (Subject(kind=SubjectKind.TEAM, id="market"), 3),
        (Subject(kind=SubjectKind.PRODUCT, id="CRM"), 2),
        (Subject(kind=SubjectKind.PROJECT, id="a"), 1),
    ],
)
def test_subject_says_whose_projects_count(world_of: "MakeWorld", subject: Subject, count: int) -> None:
    world = world_with(
        world_of,
        "unit: count, of: projects, basis: created, formula: count(projects)",
        "unit: count, of: tasks, basis: created, formula: count(tasks)",
    )
    world.open("deals", "a", owner="wang", product="CRM")
    world.open("deals", "b", owner="he", product="CRM")
    world.open("deals", "c", owner="zhao")

    assert values(asked(world, subject=subject)) == [Decimal(count), Decimal(count)]


def test_many_questions_are_answered_from_one_pass(world_of: "MakeWorld") -> None:
    world = world_with(world_of, "unit: CNY, of: projects, basis: outcome, formula: sum(projects.amount)")
    sold(world)
    days = tuple(Question(period=Period(start=date(2026, 3, day), end=date(2026, 3, day))) for day in (2, 12, 20, 21))

    answers = evaluate_many(world.store, world.runner.library, days, at=world.clock.now())

    assert [values(answer) for answer in answers] == [[cny(100)], [cny(50)], [cny(37)], [cny(0)]]


def test_figures_of_the_past_are_those_of_the_replayed_history(world_of: "MakeWorld") -> None:
    world = world_with(
        world_of,
        "unit: CNY, of: projects, basis: outcome, formula: sum(projects.amount)",
        'unit: count, of: projects, basis: as_of, where: state = "talk", formula: count(projects)',
        "unit: count, of: moves, basis: created, formula: count(moves)",
        'unit: d, of: visits, basis: as_of, where: state = "talk" and left_at = null, formula: sum(visits.duration)',
    )
    seen = {}
    for project, amount, day in (("a", 100, 2), ("b", 50, 12), ("c", 30, 20)):
        world.clock.moment = march(day)
        world.open("deals", project, amount=cny(amount))
        world.clock.wait(days=1)
        seen[world.clock.moment] = values(asked(world))
        world.clock.wait(hours=1)
        assert world.advance("offer", project).is_accepted
        world.clock.wait(hours=1)
        assert world.advance("win", project).is_accepted
        seen[world.clock.moment] = values(asked(world))
    world.clock.moment = march(31)

    again = {at: values(asked(world, at=at)) for at in seen}

    assert again == seen
    assert values(asked(world, at=march(1))) == [cny(0), Decimal(0), Decimal(0), timedelta(0)]


def test_capacity_is_the_working_hours_of_the_subjects_people(world_of: "MakeWorld") -> None:
    world = world_with(world_of, "unit: h, of: projects, basis: as_of, computed: capacity_hours")
    week = Period(start=date(2026, 3, 9), end=date(2026, 3, 15))
    east, alone = Subject(kind=SubjectKind.TEAM, id="east"), Subject(kind=SubjectKind.PERSON, id="he")

    # Five working days: wang has 8 hours and is away on the 10th, he has 6; nobody knows the hours of zhao.
    assert values(asked(world, period=week)) == [timedelta(hours=4 * 8 + 5 * 6)]
    assert values(asked(world, period=week, subject=east)) == [timedelta(hours=32)]
    assert values(asked(world, period=week, subject=alone)) == [timedelta(hours=30)]
    nobody = asked(world, period=week, subject=Subject(kind=SubjectKind.PERSON, id="zhao"))
    assert (values(nobody), reasons(nobody)) == ([None], [Absent.NO_ORGANISATION])


def test_what_has_no_value_says_why(world_of: "MakeWorld") -> None:
    world = world_with(
        world_of,
        "unit: CNY, of: projects, basis: created, formula: mean(projects.amount)",
        "unit: percent, of: projects, basis: created, numerator: count(projects), "
        "denominator: 'count(projects[outcome = \"won\"])'",
        "unit: CNY, of: projects, basis: outcome, formula: mean(projects.amount)",
        "unit: CNY, of: projects, basis: created, "
        'formula: \'sum(for p in projects return convert(money(1, "USD"), "CNY"))\'',
        "unit: count, of: projects, basis: created, formula: 'sum(for a in projects, b in projects, c in projects, "
        "d in projects, e in projects, f in projects, g in projects, h in projects return 1)'",
    )
    for number in range(9):
        world.open("deals", f"p{number}", amount=None if number < 3 else cny(1))
    answer = asked(world)

    assert values(answer) == [None] * 5
    assert reasons(answer) == [
        Absent.UNKNOWN_VALUES,
        Absent.ZERO_DENOMINATOR,
        Absent.EMPTY,
        Absent.MISSING_RATE,
        Absent.TOO_LARGE,
    ]
    first = answer.kpis["k0"].absence
    assert first is not None
    assert first.text.en == "3 of 9 rows lack a value that it needs; `where` can leave them out"


def test_sample_holds_the_first_rows_of_the_population(world_of: "MakeWorld") -> None:
    world = world_with(
        world_of, "unit: CNY, of: projects, basis: outcome, where: amount > 40, formula: sum(projects.amount)"
    )
    sold(world)
    answer = asked(world, samples=1)

    def cells(row: Mapping[str, Value]) -> dict[str, Value]:
        return {name: row[name] for name in ("id", *answer.columns["k0"])}

    assert [cells(row) for row in answer.kpis["k0"].sample] == [
        {"id": "a", "outcome_at": march(2), "amount": cny(100)},
    ]


@pytest.mark.parametrize(
    "period",
    [
        Period(start=date(1, 1, 1), end=date(1, 12, 31)),
        Period(start=date(9999, 1, 1), end=date(9999, 12, 31)),
        Period(start=date(1, 1, 1), end=date(9999, 12, 31)),
    ],
)
def test_periods_at_the_ends_of_time_are_answered(world_of: "MakeWorld", period: Period) -> None:
    world = world_with(
        world_of,
        "unit: count, of: projects, basis: created, per: month, formula: count(projects)",
        "unit: count, of: projects, basis: created, per: working_day, formula: count(projects)",
        "unit: h, of: projects, basis: as_of, computed: capacity_hours",
    )
    world.open("deals")

    assert len(values(asked(world, period=period))) == 3


RATES = """
key: [currency, to, on]
fields:
  currency: {type: text}
  to: {type: text}
  on: {type: date}
  rate: {type: number}
source: rates.csv
"""


def test_amounts_of_an_older_currency_are_converted_where_there_are_rates(world_of: "MakeWorld") -> None:
    world = world_of(
        {
            "workflow/deals": DEALS,
            "reference/accounts": ACCOUNTS,
            "table/accounts": "name,sector\nHua,steel\n",
            "organisation/firm": FIRM,
            "reference/rates": RATES,
            "table/rates": "currency,to,on,rate\nUSD,CNY,2026-03-01,7\nUSD,CNY,2026-03-15,8\n",
            "kpi_set/figures": kpis("unit: CNY, of: projects, basis: outcome, formula: sum(projects.amount)"),
        }
    )
    for project, _, amount, day in DEAL_ROWS:
        world.clock.moment = march(day)
        world.open("deals", project, amount=cny(amount))
        assert world.advance("offer", project).is_accepted
        assert world.advance("win", project).is_accepted
    flows = world.folder / "flows"
    deals, figures = flows / "deals.yaml", flows / "figures.yaml"
    newer = deals.read_text("utf-8").replace("currency: CNY", "currency: USD").replace("version: 1", "version: 2")
    deals.write_text(newer, "utf-8")
    figures.write_text(figures.read_text("utf-8").replace("unit: CNY", "unit: USD"), "utf-8")

    def figure(settings: str) -> tuple[Value, Absent | None]:
        (world.folder / "salespm.yaml").write_text(WORKSPACE + settings, "utf-8")
        loaded = load(world.folder)
        assert [found for found in loaded.diagnostics if found.severity == "error"] == []
        (answer,) = evaluate_many(world.store, loaded.library, (Question(),), at=world.clock.now())
        one = answer.kpis["k0"]
        return one.value, None if one.absence is None else one.absence.why

    # 100 and 50 CNY at 7, 30 and 7 CNY after the 15th at 8; without rates they stay in CNY, which is no USD.
    value, absent = figure("rates: rates\n")
    assert isinstance(value, Money)
    assert (round(value.amount, 4), value.currency, absent) == (Decimal("26.0536"), "USD", None)
    assert figure("") == (None, Absent.MIXED_CURRENCIES)
