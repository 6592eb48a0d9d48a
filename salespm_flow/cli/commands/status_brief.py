"""`status` on one screen: where a project stands, what is to be done, by whom and when, and what blocks."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.commands.standing import Standing
from salespm_flow.cli.context import Session
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.engine.views.agenda import Item
    from salespm_flow.engine.views.offers import Offer
    from salespm_flow.model.decision import Reason

# As many of each as leave the whole on a screen of 24 lines.
ITEMS_SHOWN: Final = 6
BLOCKED_SHOWN: Final = 2
REASONS_SHOWN: Final = 4
DUTIES: Final = {
    "approval": Bilingual("审批", "approval"),
    "task": Bilingual("任务", "task"),
    "risk": Bilingual("风险应对", "risk response"),
}


def brief_lines(session: Session, standing: Standing) -> Iterator[str]:
    """The lines; sections without content are left out."""
    from salespm_flow.cli.render import Ink

    yield from _head(session, standing)
    if standing.stranger is not None:
        yield session.palette.paint(stranger_text(session, standing.stranger), Ink.WARNING)
    sections = (
        (Bilingual("谁、何时", "Who, by when"), list(_agenda(session, standing))),
        (Bilingual("现在可以", "Possible now"), list(_possible(session, standing))),
        (Bilingual("什么挡住了", "What blocks"), list(_blocked(session, standing))),
    )
    for heading, lines in sections:
        if lines:
            yield ""
            yield session.palette.paint(session.of(heading), Ink.STRONG)
            yield from (f"  {line}" for line in lines)


def overrides_text(session: Session, standing: Standing) -> str:
    """How often rules were set aside, and which moves that made."""
    transitions = standing.compiled.workflow.transitions
    names = dict.fromkeys(name for moved in standing.overrides for name in moved.transitions)
    titles = [session.of(transitions[name].title) if name in transitions else name for name in names]
    listed, count = session.text("、", ", ").join(titles), len(standing.overrides)
    return session.text(f"{count} 次：{listed}", f"{count}: {listed}")


def stranger_text(session: Session, reason: "Reason") -> str:
    """Why the viewer can do nothing, and for whom the moves below are told."""
    told = session.of(reason.message)
    return session.text(
        f"{told}（以下转移按有权限的人列出）", f"{told} (the moves below are of those who may make them)"
    )


def _head(session: Session, standing: Standing) -> Iterator[str]:
    from salespm_flow.cli.changes import outcome_text
    from salespm_flow.cli.render import Ink, pairs
    from salespm_flow.cli.values import moment, percent, shown
    from salespm_flow.engine.views.accounts import amount_field

    project, workflow, palette = standing.project, standing.compiled.workflow, session.palette
    title = f"{session.of(workflow.title)} {workflow.id} v{workflow.version}"
    yield f"{palette.paint(project.id, Ink.NAME)}  {title}"
    rows = list(_places(session, standing))
    column = amount_field(workflow)
    if column is not None and standing.fields.get(column) is not None:
        rows.append((session.of(workflow.fields[column].title), shown(session, standing.fields[column])))
    chances = (workflow.states[leaf].probability for leaf in project.leaves)
    chance = next((one for one in chances if one is not None), None)
    if project.outcome is not None:
        rows.append((session.text("结果", "Outcome"), outcome_text(session, project.outcome)))
    elif chance is not None:
        rows.append((session.text("成功率", "Probability"), percent(chance)))
    rows.append((session.text("负责人", "Owner"), project.owner))
    if risks := _risks(session, standing):
        rows.append((session.text("风险", "Risks"), risks))
    if standing.overrides:
        rows.append((session.text("越权", "Overrides"), overrides_text(session, standing)))
    if project.parent is not None:
        rows.append((session.text("来自项目", "Parent"), f"{project.parent.project} ({project.parent.link})"))
    rows += [(session.text("子项目", "Child"), child) for child in _children(session, standing)]
    if project.closed_at is not None:
        rows.append((session.text("关闭", "Closed"), moment(session, project.closed_at)))
    yield pairs(rows, palette)


def _places(session: Session, standing: Standing) -> Iterator[tuple[str, str]]:
    """Each active leaf with how long it has been so and how its time limit stands."""
    from salespm_flow.cli.commands.board import limit_text
    from salespm_flow.cli.foresight import Foresight
    from salespm_flow.cli.render import Ink
    from salespm_flow.engine.places import is_within
    from salespm_flow.engine.views.sla import limits

    project, states = standing.project, standing.compiled.workflow.states
    found = limits(standing.compiled.workflow, project, standing.now)
    named = {state.name: state.path for state in states.values()}
    label, foresight = session.text("状态", "State"), Foresight(session)
    for leaf in project.leaves:
        state = states[leaf]
        days = (standing.now - project.entered.get(leaf, project.opened_at)).days
        age = session.text(f"{days} 天", f"{days} d") if project.is_open else ""
        own = [limit_text(session, foresight, project.id, one) for one in found if is_within(leaf, named[one.state])]
        text = session.palette.paint(f"{session.of(state.title)} ({state.name})", Ink.STRONG)
        yield label, "  ".join(part for part in (text, age, *own[:1]) if part)
        label = ""


def _risks(session: Session, standing: Standing) -> str:
    from salespm_flow.cli.changes import risk_text
    from salespm_flow.model.statuses import RiskStatus

    waiting = [risk for risk in standing.project.risks.values() if risk.status is RiskStatus.OPEN]
    if not waiting:
        return ""
    worst = max(waiting, key=lambda risk: risk.score)
    more = len(waiting) - 1
    rest = session.text(f"，另有 {more} 项", f", and {more} more") if more else ""
    return risk_text(session, worst) + rest


def _children(session: Session, standing: Standing) -> Iterator[str]:
    from salespm_flow.cli.changes import outcome_text, state_text

    for link, born in standing.children.items():
        child = born[-1]
        outcome = "" if child.outcome is None else f" [{outcome_text(session, child.outcome)}]"
        title = session.of(standing.compiled.workflow.links[link].title)
        place = state_text(session, session.runner.definitions.pinned(child.pin).workflow, child)
        yield f"{child.id} {title}{session.colon}{place}{outcome}"


def _agenda(session: Session, standing: Standing) -> Iterator[str]:
    from salespm_flow.cli.render import Palette, table
    from salespm_flow.engine.views.agenda import agenda

    items = agenda(standing.project)
    rows = [_item(session, standing, item) for item in items[:ITEMS_SHOWN]]
    if rows:
        header = (session.text("期限", "Due"), session.text("做什么", "What"), session.text("谁", "Who"), "")
        unbounded = Palette(is_coloured=session.palette.is_coloured, width=None)
        # The columns explain themselves: the heads would cost two lines of the screen.
        yield from table(header, rows, unbounded).splitlines()[2:]
    if len(items) > ITEMS_SHOWN:
        more = len(items) - ITEMS_SHOWN
        yield session.text(f"……另有 {more} 项，见 --all", f"… and {more} more, see --all")


def _item(session: Session, standing: Standing, item: "Item") -> tuple[str, str, str, str]:
    from salespm_flow.cli.render import Ink
    from salespm_flow.cli.values import NOTHING, party

    kind = session.of(DUTIES[item.duty.value])
    who = session.text("、", ", ").join(party(session, one) for one in item.who)
    due = NOTHING if item.due_at is None else due_text(session, standing, item.due_at)
    is_late = item.due_at is not None and item.due_at < standing.now
    late = session.palette.paint(session.text("已逾期", "overdue"), Ink.BAD) if is_late else ""
    if item.blocked:
        late = session.palette.paint(session.text(f"受阻：{item.blocked}", f"blocked: {item.blocked}"), Ink.WARNING)
    return (due, f"{kind} {session.of(item.title)} ({item.id})", who, late)


def due_text(session: Session, standing: Standing, due_at: datetime) -> str:
    """The due time; said to be provisional where the holidays of its year are not announced yet."""
    from salespm_flow.cli.values import moment
    from salespm_flow.working_time import is_provisional

    text = moment(session, due_at)
    if is_provisional(standing.compiled.calendar, due_at.astimezone(session.zone).year):
        text += session.text("（暂定）", " (provisional)")
    return text


def _possible(session: Session, standing: Standing) -> Iterator[str]:
    from salespm_flow.cli.render import Ink

    for move in standing.moves_of_others:
        if move.is_possible:
            note = ""
            if move.approvals:
                waits = session.text("；", "; ").join(session.of(approval.message) for approval in move.approvals)
                note = session.palette.paint(f"  {waits}", Ink.FAINT)
            yield f"{session.palette.paint('✓', Ink.GOOD)} {_move(session, standing, move)}{note}"


def _blocked(session: Session, standing: Standing) -> Iterator[str]:
    """The first moves that are refused, with their reasons; of the others only the names."""
    from salespm_flow.cli.render import Ink

    blocked = [move for move in standing.moves_of_others if not move.is_possible]
    for move in blocked[:BLOCKED_SHOWN]:
        yield f"{session.palette.paint('✗', Ink.BAD)} {_move(session, standing, move)}"
        for reason in move.reasons[:REASONS_SHOWN]:
            yield f"    {session.of(reason.message)}"
        if len(move.reasons) > REASONS_SHOWN:
            more = len(move.reasons) - REASONS_SHOWN
            yield session.text(f"    ……另有 {more} 条原因", f"    … and {more} more reasons")
    others = [f"{session.of(move.title)} ({move.transition})" for move in blocked[BLOCKED_SHOWN:]]
    if others:
        listed = session.text("、", ", ").join(others)
        yield session.palette.paint("✗", Ink.BAD) + session.text(
            f" 还有：{listed}；见 why", f" also: {listed}; see why"
        )


def _move(session: Session, standing: Standing, move: "Offer") -> str:
    by_name = {state.name: state for state in standing.compiled.workflow.states.values()}
    targets = session.text("、", ", ").join(session.of(by_name[name].title) for name in move.targets)
    arrow = f" → {targets}" if targets else ""
    return f"{session.of(move.title)} ({move.transition}){arrow}"
