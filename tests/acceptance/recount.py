"""Counts worklists, boards and figures anew from histories as `history --format json` tells them.

Uses nothing of the engine: what an entry says is believed, everything else is worked out here, in the plainest way.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Asia/Shanghai")
DIGITS: Final = Context(prec=34, rounding=ROUND_HALF_EVEN)
ASIDE: Final = frozenset({"on_hold", "blocked"})
OPEN_TASK: Final = frozenset({"open", "blocked"})
LIGHTS: Final = ("green", "amber", "red")
HOLDERS: Final = {"legal": frozenset({"li"}), "project_manager": frozenset({"qian"})}
Facts = dict[str, Any]  # JSON as told


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(slots=True)
class Story:
    """One project, told by its entries so far."""

    project: str
    workflow: str = ""
    owner: str = ""
    parent: str = ""
    opened_at: str = ""
    outcome: str = ""
    outcome_at: str = ""
    is_open: bool = True
    leaves: list[str] = field(default_factory=list)
    active: dict[str, str] = field(default_factory=dict)
    put_aside: set[str] = field(default_factory=set)
    fired: dict[str, int] = field(default_factory=dict)
    clocks: dict[str, str | None] = field(default_factory=dict)
    limited: set[str] = field(default_factory=set)
    fields: Facts = field(default_factory=dict)
    rows: dict[str, list[Facts]] = field(default_factory=dict)
    tasks: dict[str, Facts] = field(default_factory=dict)
    risks: dict[str, Facts] = field(default_factory=dict)
    approvals: dict[str, Facts] = field(default_factory=dict)
    doings: list[Facts] = field(default_factory=list)

    def hear(self, entry: Facts) -> None:
        self.doings.append(entry)
        self.opened_at = self.opened_at or entry["at"]
        for change in entry["changes"]:
            hears = HEARS.get(change["change"])
            if hears is not None:
                hears(self, change, entry["at"])

    @property
    def place(self) -> str:
        """The state that the project stands in; two regions at once are the state around both."""
        return self.leaves[0] if len(self.leaves) == 1 else "delivery"

    def limits(self) -> list[tuple[str, str, str | None]]:
        """The light of each time limit of the active states, and when the next step of it is due."""
        found = []
        for state in self.active:
            if state in self.limited:
                stage = self.fired.get(state, 0)
                next_clock = (f"sla.warn.{state}", f"sla.breach.{state}", "")[stage]
                found.append((LIGHTS[stage], state, self.clocks.get(next_clock)))
        return found

    def amount(self) -> Facts | None:
        found: Facts | None = self.fields.get("amount" if self.workflow == "sales_pipeline" else "budget")
        return found

    def money(self, name: str) -> Decimal | None:
        found = self.fields.get(name)
        return None if found is None else Decimal(found["amount"])

    def spent(self) -> Decimal:
        return sum((Decimal(row["amount"]["amount"]) for row in self.rows.get("spending", [])), Decimal())

    def satisfaction(self) -> Decimal | None:
        scores = [Decimal(row["score"]) for row in self.rows.get("surveys", [])]
        return DIGITS.divide(sum(scores, Decimal()), Decimal(len(scores))) if scores else None

    def cycle(self) -> timedelta:
        return moment(self.outcome_at) - moment(self.opened_at)

    def is_in_time(self) -> bool:
        deadline: str = self.fields["deadline"]
        return moment(self.outcome_at).astimezone(ZONE).date().isoformat() <= deadline


def _opened(story: Story, change: Facts, _at: str) -> None:
    story.workflow, story.owner = change["workflow"], change["owner"]
    story.parent = "" if change["parent"] is None else change["parent"]["project"]


def _owner(story: Story, change: Facts, _at: str) -> None:
    story.owner = change["owner"]


def _field(story: Story, change: Facts, _at: str) -> None:
    story.fields[change["field"]] = change["value"]


def _record(story: Story, change: Facts, _at: str) -> None:
    story.rows.setdefault(change["record"], []).append(change["row"]["values"])


def _task(story: Story, change: Facts, _at: str) -> None:
    story.tasks[change["id"]] = change


def _risk(story: Story, change: Facts, _at: str) -> None:
    story.risks[change["id"]] = change


def _approval(story: Story, change: Facts, _at: str) -> None:
    story.approvals[change["id"]] = change


def _move(story: Story, change: Facts, at: str) -> None:
    is_aside = not ASIDE.isdisjoint(change["entered"])
    for state in change["exited"]:
        del story.active[state]
        if is_aside:
            story.put_aside.add(state)
    for state in change["entered"]:
        story.active[state] = at
        # Who comes back from aside goes on with what was left, whoever enters anew begins anew.
        if state not in story.put_aside:
            story.fired.pop(state, None)
        story.put_aside.discard(state)
    story.leaves = change["states"]


def _clock(story: Story, change: Facts, _at: str) -> None:
    story.clocks[change["id"]] = change["due_at"]
    kind, _, state = change["id"].rpartition(".")
    if kind in {"sla.warn", "sla.breach"}:
        story.limited.add(state)


def _clock_cleared(story: Story, change: Facts, _at: str) -> None:
    story.clocks.pop(change["id"], None)


def _note(story: Story, change: Facts, _at: str) -> None:
    stage = {"sla.warn": 1, "sla.breach": 2}.get(change["topic"])
    if stage is not None:
        story.fired[change["name"]] = stage


def _outcome(story: Story, change: Facts, at: str) -> None:
    story.outcome, story.outcome_at = change["outcome"], at


def _closed(story: Story, _change: Facts, _at: str) -> None:
    story.is_open = False


HEARS: Final[Mapping[str, Callable[[Story, Facts, str], None]]] = {
    "opened": _opened,
    "owner": _owner,
    "field": _field,
    "record": _record,
    "task": _task,
    "risk": _risk,
    "approval": _approval,
    "move": _move,
    "clock": _clock,
    "clock_cleared": _clock_cleared,
    "note": _note,
    "outcome": _outcome,
    "closed": _closed,
}


def told(project: str, entries: Iterable[Facts]) -> Story:
    story = Story(project)
    for entry in entries:
        story.hear(entry)
    return story


# ------------------------------------------------------------------------------------------------------------- inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with the roles that he holds, whom he stands for on that day, and whose work he manages."""

    name: str
    roles: tuple[str, ...]
    stands_for: "tuple[Person, ...]" = ()
    manages: tuple[str, ...] = ()

    @property
    def selves(self) -> "tuple[Person, ...]":
        return (self, *self.stands_for)

    @property
    def parties(self) -> frozenset[str]:
        names = {f"person:{one.name}" for one in self.selves}
        return frozenset(names | {f"role:{role}" for one in self.selves for role in one.roles})

    @property
    def owners(self) -> frozenset[str]:
        return frozenset({one.name for one in self.selves} | {name for one in self.selves for name in one.manages})

    def may_vote(self, request: Facts) -> bool:
        """In his own name or another's, unless that one is excepted or has voted; nobody votes on what he asked for."""
        voted = {ballot["by"] for ballot in request["ballots"]}
        if self.name in request["excepted"] or self.name in voted:
            return False
        return any(
            not {f"person:{one.name}", *(f"role:{role}" for role in one.roles)}.isdisjoint(request["approvers"])
            for one in self.selves
            if one.name not in request["excepted"]
        )


Item = tuple[str, str, str | None, bool]  # project, id, due, overdue


def inbox(stories: Iterable[Story], person: Person, now: str) -> dict[str, set[Item]]:
    """What waits for the person, by section."""
    found: dict[str, set[Item]] = {name: set() for name in ("approvals", "tasks", "limits", "overdue", "reviews")}
    for story in stories:
        if story.is_open:
            _approvals(found, story, person, now)
            _tasks(found, story, person, now)
            _limits(found, story, person, now)
            _reviews(found, story, person, now)
    return found


def _item(story: Story, name: str, due: str | None, now: str) -> Item:
    return story.project, name, due, due is not None and moment(due) < moment(now)


def _approvals(found: dict[str, set[Item]], story: Story, person: Person, now: str) -> None:
    for request in story.approvals.values():
        if request["status"] == "pending" and person.may_vote(request):
            found["approvals"].add(_item(story, request["id"], request["due_at"], now))


def _tasks(found: dict[str, set[Item]], story: Story, person: Person, now: str) -> None:
    for task in story.tasks.values():
        if task["status"] in OPEN_TASK:
            item = _item(story, task["id"], task["due_at"], now)
            if task["who"] in person.parties:
                found["tasks"].add(item)
            elif item[3] and story.owner in person.owners:
                found["overdue"].add(item)


def _limits(found: dict[str, set[Item]], story: Story, person: Person, now: str) -> None:
    for light, state, due in story.limits():
        if light != "green" and not _in_charge(story, state).isdisjoint(person.owners):
            item = _item(story, state, due, now)
            found["limits"].add((*item[:3], item[3] or light == "red"))


def _in_charge(story: Story, state: str) -> frozenset[str]:
    """Who is told of a time limit: the owner, unless he lacks the role that looks after the state."""
    role = "legal" if state == "contract" else "project_manager" if story.workflow == "pm_lifecycle" else ""
    holders = HOLDERS.get(role, frozenset())
    return holders if holders and story.owner not in holders else frozenset({story.owner})


def _reviews(found: dict[str, set[Item]], story: Story, person: Person, now: str) -> None:
    for risk in story.risks.values():
        due = risk["due_at"]
        if risk["status"] == "open" and risk["owner"] in person.parties and due and moment(due) <= moment(now):
            found["reviews"].add(_item(story, risk["id"], due, now))


# ------------------------------------------------------------------------------------------------------------- board

Card = tuple[str, str, str | None, int, str | None]  # project, owner, amount, days, light


def board(stories: Iterable[Story], workflow: str, now: str) -> dict[str, set[Card]]:
    """The cards of the open projects, by the state that they stand in."""
    lanes: dict[str, set[Card]] = {}
    for story in stories:
        if story.is_open and story.workflow == workflow:
            since = max(moment(story.active[leaf]) for leaf in story.leaves)
            lights = [LIGHTS.index(light) for light, _, _ in story.limits()]
            amount = story.amount()
            card = (
                story.project,
                story.owner,
                None if amount is None else amount["amount"],
                (moment(now) - since).days,
                LIGHTS[max(lights)] if lights else None,
            )
            lanes.setdefault(story.place, set()).add(card)
    return lanes


# ---------------------------------------------------------------------------------------------------------- evaluate

Figure = tuple[str | None, int]  # value as told, rows that count


def figures(stories: Sequence[Story]) -> dict[str, Figure]:
    """Every shipped KPI, worked out in the plainest way."""
    deals = [story for story in stories if story.workflow == "sales_pipeline"]
    won = [deal for deal in deals if deal.outcome == "won"]
    lost = [deal for deal in deals if deal.outcome == "lost"]
    running = [amount for deal in deals if not deal.outcome and (amount := deal.money("amount")) is not None]
    amounts = [amount for deal in won if (amount := deal.money("amount")) is not None]
    costed = [
        (amount, cost)
        for deal in won
        if (amount := deal.money("amount")) is not None and (cost := deal.money("cost")) is not None
    ]
    rated = [rating for deal in won if (rating := deal.satisfaction()) is not None]
    earned = sum((amount for amount, _ in costed), Decimal())
    paid = sum((cost for _, cost in costed), Decimal())
    return {
        "revenue": (_money(sum(amounts, Decimal())), len(amounts)),
        "deals_won": (str(len(won)), len(won)),
        "deal_size": (_money(_mean(amounts)), len(amounts)),
        "win_rate": _share(len(won), len(won) + len(lost)),
        "conversion": _share(len(won), len(deals)),
        "rival_losses": _share(_count_reason(lost, "rival"), len(lost)),
        "no_decision_losses": _share(_count_reason(lost, "no_decision"), len(lost)),
        "cycle": (_mean_time([deal.cycle() for deal in won]), len(won)),
        "open_pipeline": (_money(sum(running, Decimal())), len(running)),
        "gross_margin": (_ratio(earned - paid, earned), len(costed)),
        "satisfied": _share(sum(rating >= 4 for rating in rated), len(rated)),
        **_delivery_figures([story for story in stories if story.workflow == "pm_lifecycle"]),
        # The team has run no sales project.
        "project_budget_used": _share(0, 0),
        "project_on_time": _share(0, 0),
        "goal_within_budget": _share(0, 0),
    }


def _delivery_figures(projects: Sequence[Story]) -> dict[str, Figure]:
    done = [one for one in projects if one.outcome == "delivered"]
    decided = len(done) + sum(one.outcome == "cancelled" for one in projects)
    in_budget = [one for one in done if one.spent() <= (one.money("budget") or 0)]
    budgets = sum((one.money("budget") or Decimal() for one in done), Decimal())
    return {
        "on_time_rate": _share(sum(one.is_in_time() for one in done), len(done)),
        "within_budget_rate": _share(len(in_budget), len(done)),
        "delivery_success": _share(sum(one.is_in_time() for one in in_budget), decided),
        "delivery_time": (_mean_time([one.cycle() for one in done]), len(done)),
        "budget_used": (_ratio(sum((one.spent() for one in done), Decimal()), budgets), len(done)),
    }


def _count_reason(lost: Iterable[Story], reason: str) -> int:
    return sum(deal.fields.get("lost_reason") == reason for deal in lost)


def _share(part: int, whole: int) -> Figure:
    return _ratio(Decimal(part), Decimal(whole)), whole


def _ratio(part: Decimal, whole: Decimal) -> str | None:
    return _plain(DIGITS.divide(part, whole)) if whole else None


def _mean(values: Sequence[Decimal]) -> Decimal:
    return DIGITS.divide(sum(values, Decimal()), Decimal(len(values)))


def _mean_time(spans: Sequence[timedelta]) -> str:
    whole = timedelta(microseconds=1)
    mean = DIGITS.divide(Decimal(sum(span // whole for span in spans)), Decimal(len(spans)))
    return _plain(mean.quantize(Decimal(1), ROUND_HALF_EVEN).scaleb(-6)) + "s"


def _money(amount: Decimal) -> str:
    return _plain(amount)


def _plain(number: Decimal) -> str:
    """A number as JSON answers write it: no exponent, no zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _points(value: Decimal, ends: Sequence[Decimal]) -> Decimal:
    """0 at the floor, 100 at the target, 120 at the stretch, straight lines between, flat outside."""
    marks = (0, 100, 120)[: len(ends)]
    for (begin, at_begin), (end, at_end) in zip(
        zip(ends, marks, strict=True), zip(ends[1:], marks[1:], strict=True), strict=False
    ):
        share = DIGITS.divide(DIGITS.subtract(value, begin), end - begin)
        if share <= 0:
            return Decimal(at_begin)
        if share < 1:
            return DIGITS.add(Decimal(at_begin), DIGITS.multiply(share, Decimal(at_end - at_begin)))
    return Decimal(marks[-1])


Line = tuple[str, str, tuple[str | int, ...]]  # KPI, weight, floor and target and stretch

DAY: Final = 86_400
SALES_CARD: Final[tuple[Line, ...]] = (
    ("revenue", "0.4", (0, 1_000_000, 1_200_000)),
    ("gross_margin", "0.15", ("0.1", "0.25", "0.3")),
    ("win_rate", "0.15", ("0.2", "0.5", "0.65")),
    ("satisfied", "0.15", ("0.6", "0.9", "0.95")),
    ("cycle", "0.15", (180 * DAY, 90 * DAY, 60 * DAY)),
)
DELIVERY_CARD: Final[tuple[Line, ...]] = (
    ("on_time_rate", "0.25", ("0.5", "0.9", 1)),
    ("within_budget_rate", "0.25", ("0.5", "0.9", 1)),
    ("delivery_success", "0.25", ("0.4", "0.8", "0.95")),
    ("delivery_time", "0.1", (240 * DAY, 120 * DAY, 90 * DAY)),
    ("budget_used", "0.15", ("1.2", 1, "0.9")),
)
PROJECT_CARD: Final[tuple[Line, ...]] = (
    ("revenue", "0.4", (0, 7_000_000, 8_500_000)),
    ("project_budget_used", "0.2", ("1.3", 1, "0.9")),
    ("project_on_time", "0.2", (0, 1)),
    ("win_rate", "0.2", ("0.2", "0.5", "0.65")),
)


def scores(figure: Mapping[str, Figure]) -> dict[str, tuple[str, str]]:
    """The total and the grade of each shipped scorecard, what caps it included."""
    return {
        "sales_scorecard": _score(figure, SALES_CARD, _is_below(figure, "satisfied")),
        "pm_scorecard": _score(figure, DELIVERY_CARD, _is_below(figure, "delivery_success")),
        # What was not measured earns nothing; a budget that nobody had was not exceeded.
        "sales_project_scorecard": _score(figure, PROJECT_CARD, is_capped=False),
    }


def _is_below(figure: Mapping[str, Figure], name: str) -> bool:
    """Whether the share is known and less than a half."""
    share = figure[name][0]
    return share is not None and Decimal(share) < Decimal("0.5")


def _score(figure: Mapping[str, Figure], card: Iterable[Line], is_capped: bool) -> tuple[str, str]:
    total = Decimal()
    for name, weight, line in card:
        value = figure[name][0]
        if value is not None:
            reached = _points(Decimal(value.removesuffix("s")), [Decimal(end) for end in line])
            total = DIGITS.add(total, DIGITS.multiply(reached, Decimal(weight)))
    grade = next(name for name, lowest in (("A", 90), ("B", 75), ("C", 60), ("D", 0)) if total >= lowest)
    return _plain(total), max(grade, "C") if is_capped else grade
