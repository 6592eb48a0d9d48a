"""`board`: the open projects of a workflow, state by state, with amount, owner, age and time limit."""

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, count_option, flag, option, shared_options
from salespm_flow.diagnostics import Bilingual
from salespm_flow.nouns import dataclass

if TYPE_CHECKING:
    from datetime import timedelta

    from salespm_flow.cli.foresight import Foresight
    from salespm_flow.engine.views.sla import Limit
    from salespm_flow.expr.values import Value
    from salespm_flow.model.project import Project
    from salespm_flow.model.workflow import State, Workflow

# As many cards of a state as leave the next states in sight.
SHOWN: Final = 10
LIGHTS: Final = {
    "green": Bilingual("正常", "on time"),
    "amber": Bilingual("预警", "at risk"),
    "red": Bilingual("超时", "overdue"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One project on the board; `limit` is the worst of its time limits."""

    project: "Project"
    where: str
    amount: "Value"
    age: "timedelta"
    limit: "Limit | None"


@dataclass(slots=True, kw_only=True)
class Lane:
    """The cards of one state; `shown` are those of a board on which not all have room."""

    state: "State"
    cards: list[Card] = field(default_factory=list)
    shown: Sequence[Card] = ()


def run(
    session: Session, workflow: str | None, *, owner: str | None, amount: str | None, is_mine: bool, limit: int | None
) -> int:
    """The board is told."""
    from salespm_flow.cli.output import write_json, write_text

    chosen = _workflow(session, workflow)
    column = _amount_field(chosen, amount)
    lanes = _lanes(session, chosen, column, session.actor.id if is_mine else owner)
    if session.is_json:
        write_json({"status": "ok", "workflow": chosen.id, "lanes": [_answer(lane) for lane in lanes]})
    else:
        write_text("\n".join(_lines(session, chosen, [_cut(lane, limit or SHOWN) for lane in lanes], column)))
    return 0


def _workflow(session: Session, named: str | None) -> "Workflow":
    from salespm_flow.cli.lookup import find_workflow
    from salespm_flow.engine.views.lessons import WORKFLOW as LESSONS
    from salespm_flow.errors import InputError

    if named is not None:
        return find_workflow(session, named)
    workflows = session.library.workflows
    store = session.store
    # Lessons are projects too, but nobody's pipeline: their board is shown to whom names them.
    usual = [name for name in workflows if name != LESSONS] or list(workflows)
    used = [name for name in usual if next(store.projects(workflow=name, is_open=True), None) is not None]
    if len(used or usual) == 1:
        return workflows[(used or usual)[0]]
    listed = ", ".join(used or usual)
    raise InputError(
        Bilingual("请指明要看哪个流程", "say which workflow to show"), Bilingual(f"可选：{listed}", f"one of: {listed}")
    )


def _amount_field(workflow: "Workflow", named: str | None) -> str | None:
    """The field that is shown and summed: as asked, else what says how much a project is worth."""
    from salespm_flow.cli.lookup import known
    from salespm_flow.engine.views.accounts import amount_field

    if named is not None:
        return known(named, workflow.fields, Bilingual("字段", "field")).id
    return amount_field(workflow)


def _open_projects(session: Session, workflow: "Workflow", owner: str | None) -> "Iterator[Project]":
    """The open projects of the workflow, by id; those of one owner are found without reading the others."""
    store = session.store
    if owner is None:
        yield from store.projects(workflow=workflow.id, is_open=True)
        return
    for stay in store.stays_of((owner,)):
        found = store.project(stay.project) if stay.pin.workflow == workflow.id else None
        if found is not None and found.is_open:
            yield found


def _lanes(session: Session, workflow: "Workflow", column: str | None, owner: str | None) -> list[Lane]:
    """The states that hold a project, in the order of the file."""
    from salespm_flow.engine.context import row_of
    from salespm_flow.engine.views.sla import limits

    now = session.now
    lanes: dict[str, Lane] = {}
    for project in _open_projects(session, workflow, owner):
        compiled = session.runner.definitions.pinned(project.pin)
        states = compiled.workflow.states
        name = project.state or compiled.workflow.id
        leaves = [states[leaf] for leaf in project.leaves]
        lane = lanes.get(name)
        if lane is None:
            state = next((one for one in states.values() if one.name == name), leaves[0])
            lane = lanes[name] = Lane(state=state)
        wanted = () if column is None else (column,)
        row = row_of(project, compiled, now, computed=wanted)
        since = max((project.entered[leaf] for leaf in project.leaves), default=project.opened_at)
        lane.cards.append(
            Card(
                project=project,
                where=""
                if len(leaves) == 1
                else session.text("、", ", ").join(session.of(one.title) for one in leaves),
                amount=None if column is None else row.get(column),
                age=now - since,
                limit=next(iter(limits(compiled.workflow, project, now)), None),
            )
        )
    order = {state.name: number for number, state in enumerate(workflow.states.values())}
    return sorted(lanes.values(), key=lambda lane: order.get(lane.state.name, len(order)))


def _cut(lane: Lane, limit: int) -> Lane:
    """The lane with as many cards as are to be shown: all, else those whose time limit is worst, the oldest first."""
    lane.shown = lane.cards
    if len(lane.cards) > limit:
        lights = list(LIGHTS)
        pressing = sorted(
            lane.cards, key=lambda card: (-lights.index(card.limit.light.value) if card.limit else 1, -card.age)
        )
        lane.shown = pressing[:limit]
    return lane


def _answer(lane: Lane) -> dict[str, object]:
    from salespm_flow.engine.answers import iso, plain

    return {
        "state": lane.state.name,
        "projects": [
            {
                "project": card.project.id,
                "owner": card.project.owner,
                "amount": plain(card.amount),
                "age_days": card.age.days,
                "sla": None if card.limit is None else card.limit.light.value,
                "sla_state": None if card.limit is None else card.limit.state,
                "due_at": None if card.limit is None or card.limit.due_at is None else iso(card.limit.due_at),
            }
            for card in lane.cards
        ],
    }


def _lines(session: Session, workflow: "Workflow", lanes: Sequence[Lane], column: str | None) -> Iterator[str]:
    from salespm_flow.cli.foresight import Foresight
    from salespm_flow.cli.render import Ink, table

    palette, foresight = session.palette, Foresight(session)
    count = sum(len(lane.cards) for lane in lanes)
    counted = session.text(f"{count} 个进行中", f"{count} open")
    yield f"{palette.paint(session.of(workflow.title), Ink.STRONG)} {workflow.id}  {counted}"
    if not lanes:
        return
    header: tuple[str, ...] = (
        session.text("项目", "Project"),
        "" if column is None else session.of(workflow.fields[column].title),
        session.text("负责人", "Owner"),
        session.text("停留", "Age"),
        session.text("时限", "Time limit"),
        session.text("位置", "Where"),
    )
    # One table, so that the columns stand below each other from state to state; the heads of the states go in between.
    rows = [_row(session, foresight, card) for lane in lanes for card in lane.shown]
    if not any(row[-1] for row in rows):
        header, rows = header[:-1], [row[:-1] for row in rows]
    right = frozenset({1, 3})
    if column is None:
        header, rows, right = (header[0], *header[2:]), [(row[0], *row[2:]) for row in rows], frozenset({2})
    # Lines of any length: one that wrapped would not be one card any more.
    unbounded = replace(palette, width=None)
    head, rule, *body = table(header, rows, unbounded, right=right).splitlines()
    yield f"  {head}"
    yield f"  {rule}"
    for lane in lanes:
        yield _head(session, lane)
        for _ in lane.shown:
            yield f"  {body.pop(0)}"
        if (more := len(lane.cards) - len(lane.shown)) > 0:
            yield "  " + palette.paint(session.text(f"……还有 {more} 个", f"… and {more} more"), Ink.FAINT)


def _head(session: Session, lane: Lane) -> str:
    from salespm_flow.cli.render import Ink
    from salespm_flow.cli.values import percent

    title = session.palette.paint(session.of(lane.state.title), Ink.STRONG)
    chance = "" if lane.state.probability is None else f"  {percent(lane.state.probability)}"
    total = "".join(f"  {one}" for one in _totals(session, lane))
    return f"{title} ({lane.state.name})  {len(lane.cards)}{chance}{total}"


def _totals(session: Session, lane: Lane) -> Iterator[str]:
    from salespm_flow.cli.values import shown
    from salespm_flow.expr.values import Money

    sums: dict[str, Decimal] = {}
    for card in lane.cards:
        if isinstance(card.amount, Money):
            sums[card.amount.currency] = sums.get(card.amount.currency, Decimal()) + card.amount.amount
    return (shown(session, Money(amount=total, currency=currency)) for currency, total in sums.items())


def _row(session: Session, foresight: "Foresight", card: Card) -> tuple[str, ...]:
    from salespm_flow.cli.values import NOTHING, shown

    days = card.age.days
    age = session.text(f"{days} 天", f"{days} d")
    amount = NOTHING if card.amount is None else shown(session, card.amount)
    return (
        card.project.id,
        amount,
        card.project.owner,
        age,
        NOTHING if card.limit is None else limit_text(session, foresight, card.project.id, card.limit),
        card.where,
    )


def limit_text(session: Session, foresight: "Foresight", project: str, limit: "Limit") -> str:
    """How a time limit of the project stands, with its colour, and when the next step of it is due."""
    from salespm_flow.cli.render import Ink
    from salespm_flow.cli.values import moment

    ink = {"green": Ink.GOOD, "amber": Ink.WARNING, "red": Ink.BAD}[limit.light.value]
    words = session.of(LIGHTS[limit.light.value])
    due = "" if limit.due_at is None else session.text("，到 ", ", until ") + moment(session, limit.due_at)
    if foresight.is_provisional(project, limit.due_at):
        due += session.text("（暂定）", " (provisional)")
    return session.palette.paint(f"● {words}", ink) + due


COMMAND: Final = BilingualCommand(
    "board",
    Bilingual(
        "看板：按状态列出进行中的项目，带金额、负责人、停留天数和时限。",
        "A board: the open projects by state, with amount, owner, age and time limit.",
    ),
    (
        argument(
            "workflow",
            Bilingual("哪个流程；只有一个流程有项目时可省略", "Which; may be left out where one has projects"),
            is_required=False,
        ),
        option("owner", "--owner", Bilingual("只看此人负责的", "Only what this person owns"), metavar="PERSON"),
        flag("is_mine", "--mine", Bilingual("只看自己负责的", "Only what the actor owns")),
        option(
            "amount",
            "--amount",
            Bilingual("显示并合计哪个字段", "The field that is shown and summed"),
            metavar="FIELD",
        ),
        count_option(
            "limit",
            "--limit",
            Bilingual(f"每个状态最多列几个，缺省 {SHOWN}", f"How many of each state at most; {SHOWN} by default"),
        ),
        *shared_options(),
    ),
    run,
)
