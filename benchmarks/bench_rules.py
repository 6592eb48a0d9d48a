"""The shipped risk rules and scorecard of the pipeline over a portfolio, against the same formulas in rule-engine.

Ours evaluates projects as the store gives them: fields, records, histories of states. The peer gets what each formula
needs as ready plain values (amounts as numbers, stays as days), prepared beforehand at nobody's cost, and its compiled
rules; so the loop over it is the one a straightforward program would have.
"""

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from benchmarks.cards import OurCard, PeerCard, agree
from benchmarks.measure import Result, result, seconds
from salespm_flow.definition.workspace import load
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.registers.upkeep import risk_truths
from salespm_flow.engine.running.runner import Runner
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.decision import Actor, Open
from salespm_flow.model.library import Library
from salespm_flow.model.project import Project, Row
from salespm_flow.model.workflow import Outcome
from salespm_flow.store import open_store
from salespm_flow.working_time.days import working_days_count

PROJECTS = 100_000
SAMPLE = 2_000
RUNS = 7
PEER = "rule-engine"
PEER_PACKAGE = "rule_engine"
NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
WORKFLOWS = Path(__file__).parents[1] / "workflows"
# The rules of workflows/sales_risks.yaml in the peer's language; what they read is in `_peer_row`.
FORMULAS: Mapping[str, str] = {
    "market_moved": "[n for n in market_notes if n.at >= proposal_at].length > 0",
    "needs_changed": "needs_changed",
    "stalled": "days_in_negotiation > 25",
    "out_of_touch": "is_talking and idle_days > silence",
    "rival_present": "rivals.length > 0",
    "price_war": "[r for r in rivals if r.price < amount * undercut].length > 0",
    "samples_late": "[m for m in materials if m.ready_on == null and m.needed_by < soon].length > 0",
    "tight_promise": "not is_won and promised_on != null and promised_on < tight",
    "low_margin": "(amount - cost) / amount < 0.2",
    "uncovered_needs": "is_negotiating and [n for n in needs if n.ref in solved].length < needs.length",
}


class _SystemClock:
    def now(self) -> datetime:
        return NOW


def run(folder: Path) -> tuple[Result, ...]:
    """The rules over a sample, then rules and scorecard over the whole portfolio, block by block beside the peer."""
    library = load(WORKFLOWS).library
    compiled, first = _opened(folder, library)
    if find_spec(PEER_PACKAGE) is None:
        print(f"{PEER} is not installed: not compared", file=sys.stderr)
        return ()
    return (_over_a_sample(compiled, first), *_over_the_portfolio(library, compiled, first))


def _over_a_sample(compiled: Compiled, first: Project) -> Result:
    projects = [_project(first, number) for number in range(SAMPLE)]
    rules = _peer_rules()
    rows = [_peer_row(compiled, project) for project in projects]
    _agree(compiled, projects, rules, rows)
    pairs = [
        (
            seconds(lambda: [risk_truths(compiled, project, NOW) for project in projects]),
            seconds(lambda: [[holds(row) for holds in rules.values()] for row in rows]),
        )
        for _ in range(RUNS)
    ]
    return result(f"{len(FORMULAS)} risk rules over {SAMPLE:,} projects", PEER, pairs, floor=5)


def _over_the_portfolio(library: Library, compiled: Compiled, first: Project) -> Iterator[Result]:
    """The whole portfolio as a stream: no block of projects outlives its turn, on either side."""
    rules, ours, theirs = _peer_rules(), OurCard(library, compiled, NOW), PeerCard(PEER_PACKAGE)
    by_rules: list[tuple[float, float]] = []
    by_card: list[tuple[float, float]] = []
    for start in range(0, PROJECTS, SAMPLE):
        projects = [_project(first, number) for number in range(start, start + SAMPLE)]
        rows = [_peer_row(compiled, project) for project in projects]
        by_rules.append(
            (
                seconds(partial(_judge, compiled, projects)),
                seconds(partial(_judge_by_peer, rules, rows)),
            )
        )
        by_card.append((seconds(partial(ours.take, projects)), seconds(partial(theirs.take, rows))))
    agree(ours, theirs)
    both = [(a + c, b + d) for (a, b), (c, d) in zip(by_rules, by_card, strict=True)]
    of = f"over {PROJECTS:,} projects, in blocks of {SAMPLE:,}"
    yield result(f"risk rules and scorecard {of}", PEER, both, floor=5)
    yield result(f"the {len(FORMULAS)} risk rules alone {of}", PEER, by_rules, floor=5)
    yield result(f"the scorecard alone {of}", PEER, by_card)
    totals = [sum(one) for one in zip(*both, strict=True)]
    print(f"{PROJECTS:,} projects: {totals[0]:.1f} s against {totals[1]:.1f} s")


def _judge(compiled: Compiled, projects: Iterable[Project]) -> None:
    for project in projects:
        risk_truths(compiled, project, NOW)


def _judge_by_peer(
    rules: Mapping[str, Callable[[Mapping[str, object]], bool]], rows: Iterable[Mapping[str, object]]
) -> None:
    for row in rows:
        for holds in rules.values():
            holds(row)


def _opened(folder: Path, library: Library) -> tuple[Compiled, Project]:
    runner = Runner(open_store(str(folder / "rules.db"), create=True), library, _SystemClock())
    runner.open("sales_pipeline", Open(project="p", owner="wang", actor=Actor(id="wang")))
    snapshot, compiled = runner.snapshot("p")
    return compiled, snapshot.project


def _project(first: Project, number: int) -> Project:
    """One of many different deals in negotiation; every rule holds for some of them."""
    entered = NOW - timedelta(days=number % 40 + 1)
    proposal = entered - timedelta(days=10)
    talking = proposal - timedelta(days=15)
    fields: dict[str, Value] = {
        "amount": Money(Decimal(100_000 + number * 37 % 90_000), "CNY"),
        "cost": Money(Decimal(80_000 + number * 53 % 60_000), "CNY"),
        "promised_on": date(2026, 6, 1) + timedelta(days=number % 90),
    }
    records = {
        "market_notes": _rows(number % 3, proposal + timedelta(days=number % 7 - 4), trend="up", source="press"),
        "activities": _rows(1 + number % 4, NOW - timedelta(days=number % 60), sort="call"),
        "rivals": tuple(
            row
            for index in range(number % 3)
            for row in _rows(1, talking, name=str(index), price=Money(Decimal(70_000 + number * 11 % 80_000), "CNY"))
        ),
        "materials": _rows(
            number % 2, talking, name="box", sort="sample", needed_by=date(2026, 6, 1) + timedelta(days=number % 10)
        ),
        "needs": tuple(row for index in range(3) for row in _rows(1, talking, ref=str(index), need="x")),
        "surveys": _rows(number % 2, talking, score=Decimal(1 + number % 5)),
        "solution": tuple(
            row for index in range(1 + number % 3) for row in _rows(1, talking, item=str(index), need=str(index))
        ),
    }
    return replace(
        first,
        id=str(number),
        state="negotiation",
        leaves=("negotiation",),
        entered={"communication": talking, "proposal": proposal, "negotiation": entered},
        fields=fields,
        records={name: rows for name, rows in records.items() if rows},
        changed={"needs": proposal + timedelta(days=number % 5 - 2)},
        updated_at=entered,
        opened_at=talking,
        outcome=(None, Outcome.WON, Outcome.LOST)[number % 3],
        outcome_at=entered if number % 3 else None,
    )


def _rows(count: int, at: datetime, **values: Value) -> tuple[Row, ...]:
    return tuple(Row(number=n + 1, at=at, by="wang", first_at=at, values=values) for n in range(count))


def _peer_rules() -> dict[str, Callable[[Mapping[str, object]], bool]]:
    peer = importlib.import_module(PEER_PACKAGE)
    context = peer.Context(default_value=None)
    return {name: peer.Rule(text, context=context).matches for name, text in FORMULAS.items()}


def _peer_row(compiled: Compiled, project: Project) -> dict[str, object]:
    """What the formulas read, as plain values; stays and working days are counted beforehand."""
    proposal = project.entered["proposal"]
    listed = {
        name: [
            {key: _plain(value) for key, value in {"ready_on": None, **row.values, "at": row.at}.items()}
            for row in project.records.get(name, ())
        ]
        for name in ("market_notes", "rivals", "materials", "needs", "solution", "activities")
    }
    last = max((row.at for row in project.records.get("activities", ())), default=project.entered["communication"])
    return {
        **listed,
        "solved": [one["need"] for one in listed["solution"]],
        "amount": _plain(project.fields["amount"]),
        "cost": _plain(project.fields["cost"]),
        "undercut": Decimal("0.9"),
        "proposal_at": proposal,
        "needs_changed": project.changed["needs"] > proposal,
        "days_in_negotiation": (NOW - project.entered["negotiation"]).days,
        "is_talking": True,
        "is_negotiating": True,
        "is_won": False,
        "idle_days": working_days_count(
            compiled.calendar, last.astimezone(compiled.zone).date(), NOW.astimezone(compiled.zone).date()
        ),
        "silence": 15,
        "promised_on": _plain(project.fields["promised_on"]),
        "tight": datetime(2026, 7, 1, tzinfo=UTC),
        "soon": datetime(2026, 6, 6, tzinfo=UTC),
        "outcome": None if project.outcome is None else project.outcome.value,
        "satisfaction": next((row.values["score"] for row in project.records.get("surveys", ())), None),
        "cycle_days": None if project.outcome_at is None else (project.outcome_at - project.opened_at).days,
    }


def _plain(value: Value) -> object:
    """Amounts as numbers and dates as moments, as the peer compares them."""
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time.min, UTC)
    return value


def _agree(
    compiled: Compiled,
    projects: list[Project],
    rules: Mapping[str, Callable[[Mapping[str, object]], bool]],
    rows: list[dict[str, object]],
) -> None:
    """Both sides say the same of every project, or the comparison would mean nothing."""
    for project, row in zip(projects, rows, strict=True):
        ours = {name.partition(".")[2]: truth for name, truth in risk_truths(compiled, project, NOW).items()}
        theirs = {name: holds(row) for name, holds in rules.items()}
        differing = {name: (ours[name], theirs[name]) for name in theirs if bool(ours[name]) != theirs[name]}
        if differing or set(ours) != set(theirs):
            raise AssertionError(f"{project.id}: {differing or set(ours) ^ set(theirs)}")
