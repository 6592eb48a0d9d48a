"""Three usual guards against the CEL binding on the same three, and how fast expressions are read and typed.

Each guard runs twice. Once a project is handed over as an engine has it: all its values, as many as a project of
sales_pipeline has fields, whether the guard reads them or not. Once both sides get only the values that the guard
reads, picked beforehand at nobody's cost, since the peer converts whatever it is handed. Each side keeps what it can
keep between projects: the compiled guard, and our scope. Dates in rows are text for the peer, because it takes no date
within a map; it reads them with its own `timestamp`.
"""

import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.measure import Result, result, seconds
from salespm_flow.definition.workspace import load
from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import Compiled, compile_term
from salespm_flow.expr.parse import parse
from salespm_flow.expr.scope import DEFAULT_FUEL, Scope
from salespm_flow.expr.types import BOOLEAN, DATE, NUMBER, TEXT, EnumType, ListType, MoneyType, RecordType, Typed
from salespm_flow.expr.values import Money, Value
from salespm_flow.working_time import plain_calendar

PROJECTS = 2000
# Over all projects so many times a run, since a shorter one is at the mercy of what else the machine does.
ROUNDS = 10
MEMBERS = 5
RUNS = 9
EXPRESSIONS = 100_000
SHANGHAI = ZoneInfo("Asia/Shanghai")
PEER = "cel-expr-python"
PEER_PACKAGE = "cel_expr_python"
# A guard in both languages, what it reads, and how many times as fast ours has to be.
GUARDS: tuple[tuple[str, str, tuple[str, ...], float], ...] = (
    ("amount > 50000 and risk.score < 12", "amount > 50000.0 && risk.score < 12.0", ("amount", "risk"), 8),
    (
        'status in ("立项", "评审") and owner.dept = "研发部" and probability * impact >= 15',
        'status in ["立项", "评审"] && owner.dept == "研发部" && probability * impact >= 15.0',
        ("status", "owner", "probability", "impact"),
        8,
    ),
    (
        'some m in members satisfies m.joined >= @"2026-01-01" and starts with(m.name, "华北")',
        'members.exists(m, timestamp(m.joined) >= timestamp("2026-01-01T00:00:00Z") && m.name.startsWith("华北"))',
        ("members",),
        3,
    ),
)
NAMES: Mapping[str, Typed] = {
    "amount": Typed(MoneyType("CNY")),
    "risk": Typed(RecordType({"score": Typed(NUMBER)})),
    "status": Typed(EnumType(("立项", "评审", "执行"))),
    "owner": Typed(RecordType({"dept": Typed(TEXT)})),
    "probability": Typed(NUMBER),
    "impact": Typed(NUMBER),
    "members": Typed(ListType(Typed(RecordType({"name": Typed(TEXT), "joined": Typed(DATE)})))),
}


class _Absent:
    """Nothing is asked of stays here."""

    def is_in(self, _state: str) -> bool:
        return False

    def entered_at(self, _state: str) -> None:
        return None

    def changed_at(self, _name: str) -> None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Project:
    """One project in the values of either side."""

    ours: Mapping[str, Value]
    peer: Mapping[str, object]


def run(_folder: Path) -> tuple[Result, ...]:
    """The ratio of the peer's time to ours for each guard, handed over both ways; then of reading to a minute."""
    if find_spec(PEER_PACKAGE) is None:
        print(f"guards: skipped, {PEER} is not installed (dependency group `bench`)", file=sys.stderr)
        return (_reading(),)
    return (*_guards(), _reading())


def _guards() -> tuple[Result, ...]:
    # Loaded by name, since nothing but this comparison has it.
    cel = importlib.import_module(f"{PEER_PACKAGE}.cel")
    others = tuple(f"other_{number}" for number in range(len(load().library.workflows["sales_pipeline"].fields)))
    projects = tuple(_project(number, others) for number in range(PROJECTS))
    types = _peer_types(cel.Type, others)
    found: list[Result] = []
    for ours, theirs, reads, floor in GUARDS:
        program = _compiled(ours)
        answers = [program(_scope(project.ours)) for project in projects]
        for names, words in ((tuple(types), "all values"), (reads, "only what it reads")):
            peer = cel.NewEnv(variables={name: types[name] for name in names}).compile(theirs).eval
            given = tuple({name: project.peer[name] for name in names} for project in projects)
            kept = tuple({name: project.ours[name] for name in names} for project in projects)
            if answers != [peer(data=values).plain_value() for values in given]:
                raise RuntimeError(ours)
            times = [
                (seconds(partial(_run_ours, program, kept)), seconds(partial(_run_peer, peer, given)))
                for _ in range(RUNS)
            ]
            what = f"guard `{ours}`, {PROJECTS * ROUNDS:,} times"
            found.append(result(what, f"{PEER}, given {words}", times, floor=floor))
    return tuple(found)


def _project(number: int, others: tuple[str, ...]) -> _Project:
    """Each guard is true of some projects and false of others, by each of its conditions."""
    amount, score, probability = 40_000 + 10 * number, number % 20, 1 + number % 6
    status, dept = ("立项", "评审", "执行")[number % 3], ("研发部", "销售部")[number % 2]
    members = [
        (f"{'华北' if number % 7 == place else '华东'}{place}", 1 + (number + place) % 12) for place in range(MEMBERS)
    ]
    joined = [(name, date(2025 + month % 2, month, 5)) for name, month in members]
    return _Project(
        ours={
            "amount": Money(Decimal(amount), "CNY"),
            "risk": {"score": Decimal(score)},
            "status": status,
            "owner": {"dept": dept},
            "probability": Decimal(probability),
            "impact": Decimal(5),
            "members": tuple({"name": name, "joined": day} for name, day in joined),
            **dict.fromkeys(others, "text"),
        },
        peer={
            "amount": float(amount),
            "risk": {"score": float(score)},
            "status": status,
            "owner": {"dept": dept},
            "probability": float(probability),
            "impact": 5.0,
            "members": [{"name": name, "joined": f"{day.isoformat()}T00:00:00Z"} for name, day in joined],
            **dict.fromkeys(others, "text"),
        },
    )


def _peer_types(types: object, others: tuple[str, ...]) -> Mapping[str, object]:
    number, text, of = types.DOUBLE, types.STRING, types.Map  # type: ignore[attr-defined]  # loaded by name
    return {
        "amount": number,
        "risk": of(text, number),
        "status": text,
        "owner": of(text, text),
        "probability": number,
        "impact": number,
        "members": types.List(of(text, text)),  # type: ignore[attr-defined]  # as above
        **dict.fromkeys(others, text),
    }


def _compiled(text: str) -> Compiled:
    parsed = parse(text)
    if parsed.node is None:
        raise RuntimeError(text)
    checked = check(parsed.node, NAMES, BOOLEAN)
    if parsed.problems or checked.problems:
        raise RuntimeError(text)
    return compile_term(checked.term, checked.slots)


def _scope(names: Mapping[str, Value]) -> Scope:
    now = datetime(2026, 3, 2, tzinfo=SHANGHAI)
    return Scope(names=names, now=now, zone=SHANGHAI, calendar=plain_calendar(SHANGHAI), stays=_Absent())


def _run_ours(program: Compiled, kept: tuple[Mapping[str, Value], ...]) -> None:
    scope = _scope({})
    for values in kept * ROUNDS:
        scope.names = values
        scope.fuel = DEFAULT_FUEL
        program(scope)


def _run_peer(peer: Callable[..., object], given: tuple[Mapping[str, object], ...]) -> None:
    for values in given * ROUNDS:
        peer(data=values).plain_value()  # type: ignore[attr-defined]  # as above


def _reading() -> Result:
    """The time for so many different expressions, as a share of a minute: published, no target was set."""
    texts = tuple(
        GUARDS[number % len(GUARDS)][0].replace("50000", str(number)).replace("15", f"15.{number}")
        for number in range(EXPRESSIONS)
    )

    def read() -> None:
        for text in texts:
            parsed = parse(text)
            if parsed.node is not None:
                check(parsed.node, NAMES, BOOLEAN)

    taken = seconds(read)
    per_second = f"{EXPRESSIONS / taken:,.0f} a second"
    return result(f"{EXPRESSIONS:,} guards parsed and checked ({per_second})", "a minute", [(taken, 60.0)])
