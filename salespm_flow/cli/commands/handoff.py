"""`handoff show`: what was sold against what delivery accepted, and what the two told each other."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import project_argument, shared_options
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import UnknownNameError
from salespm_flow.nouns import dataclass

if TYPE_CHECKING:
    from salespm_flow.engine.views.handoff_changes import CarriedChange
    from salespm_flow.engine.views.handoffs import Handoff, Message
    from salespm_flow.model.project import Project
    from salespm_flow.model.workflow import Workflow
    from salespm_flow.working_time import Calendar

STATUSES: Final = {
    "waiting": Bilingual("等待接收", "waiting for an answer"),
    "accepted": Bilingual("已接收", "accepted"),
    "returned": Bilingual("已退回", "returned"),
    "closed": Bilingual("未答复即关闭", "closed without an answer"),
}


# What the fields of the receiving side are compared at.
LATER: Final = {
    "waiting": Bilingual("现在", "Now"),
    "accepted": Bilingual("接收时", "Accepted"),
    "returned": Bilingual("退回时", "Returned"),
    "closed": Bilingual("关闭时", "Closed"),
}


def show(session: Session, project: str) -> int:
    """Every handoff of the project is told, oldest first; of a child project its own."""
    from salespm_flow.cli.lookup import find_project
    from salespm_flow.cli.output import write_json, write_text

    found = find_project(session, project)
    told = list(_handoffs(session, found))
    if session.is_json:
        handoffs = [_answer(one) for one in told]
        write_json({"status": "ok", "project": found.id, "handoffs": handoffs})
        return 0
    if not told:
        write_text(session.text(f"{found.id} 没有交接", f"{found.id} has handed nothing over"))
    for number, one in enumerate(told):
        write_text(("\n" if number else "") + "\n".join(_lines(session, one)))
    return 0


@dataclass(frozen=True, slots=True)
class _Told:
    """A handoff with the workflows of both sides and the calendar of the receiving one."""

    handoff: "Handoff"
    changes: "tuple[CarriedChange, ...]"
    child: "Workflow"
    parent: "Workflow"
    calendar: "Calendar"


def _handoffs(session: Session, project: "Project") -> Iterator[_Told]:
    """Each handoff, by link and oldest first."""
    from salespm_flow.engine.views.handoff_changes import changes_since
    from salespm_flow.engine.views.handoffs import handoff_of

    if project.parent is not None:
        parent = session.store.project(project.parent.project)
        if parent is None:
            gone = project.parent.project
            raise UnknownNameError(
                Bilingual(f"父项目 {gone} 不在数据库中", f"the parent project {gone} is not in the store"),
                Bilingual("请用 verify 检查存储", "check the store with verify"),
            )
        families: list[tuple[Project, str, tuple[Project, ...]]] = [(parent, project.parent.link, (project,))]
    else:
        families = [(project, link, born) for link, born in session.store.children(project.id).items()]
    for parent, name, born in families:
        above = session.runner.definitions.pinned(parent.pin).workflow
        if name not in above.links:  # a migration has dropped the link: what it carried is not known any more
            continue
        for child in born:
            compiled = session.runner.definitions.pinned(child.pin)
            history = session.store.history(child.id)
            handoff = handoff_of(child, history, above.links[name], compiled.calendar)
            changes = changes_since(session.runner, parent, child, name)
            yield _Told(handoff, changes, compiled.workflow, above, compiled.calendar)


def _answer(told: _Told) -> dict[str, object]:
    from salespm_flow.engine.answers import iso, plain

    handoff = told.handoff
    return {
        "link": handoff.link,
        "child": handoff.child,
        "owner": handoff.owner,
        "handoff_status": handoff.status.value,
        "handed_at": iso(handoff.handed_at),
        "answered_at": None if handoff.answered_at is None else iso(handoff.answered_at),
        "answered_by": handoff.answered_by,
        "reason": handoff.reason,
        "working_days": plain(handoff.working_days),
        "outcome": None if handoff.outcome is None else handoff.outcome.value,
        "completeness": plain(handoff.completeness),
        "carried": [
            {
                "field": one.field,
                "sold": plain(one.sold),
                "accepted": plain(one.accepted),
                "now": plain(one.now),
                "changed": one.is_changed,
                "changed_since": one.is_changed_since,
            }
            for one in handoff.carried
        ],
        "changes": [
            {
                "at": iso(one.entry.at),
                "project": one.entry.project,
                "number": one.entry.number,
                "side": "delivery" if one.entry.project == handoff.child else "sale",
                "actor": one.entry.actor,
                "role": one.entry.role,
                "acting_for": one.entry.acting_for,
                "field": one.field,
                "from": plain(one.before),
                "to": plain(one.after),
                "comment": one.entry.comment,
            }
            for one in told.changes
        ],
        "messages": [
            {
                "at": iso(message.at),
                "to": "parent" if message.is_upwards else "child",
                "event": message.name,
                "comment": message.comment,
            }
            for message in handoff.messages
        ],
    }


def _lines(session: Session, told: _Told) -> Iterator[str]:
    from salespm_flow.cli.changes import outcome_text
    from salespm_flow.cli.render import Ink
    from salespm_flow.cli.values import moment, percent

    palette, handoff = session.palette, told.handoff
    status = session.of(STATUSES[handoff.status.value])
    if handoff.outcome is not None and handoff.outcome.value != handoff.status.value:
        status += session.text("，", ", ") + outcome_text(session, handoff.outcome)
    yield f"{palette.paint(handoff.child, Ink.NAME)}  {status}  {handoff.owner}"
    handed = session.text("交出 ", "handed over ") + moment(session, handoff.handed_at)
    yield f"  {handed}{_waiting(session, told)}"
    if handoff.answered_at is not None and handoff.working_days is not None:
        days = _days(session, handoff.working_days)
        spent = session.text(f"（{days}）", f" ({days})")
        answered = session.text("答复 ", "answered ") + moment(session, handoff.answered_at)
        yield f"  {answered}{spent}  {handoff.answered_by}"
    if handoff.reason:
        yield f"  “{handoff.reason}”"
    if handoff.completeness is not None:
        yield "  " + session.text("内容完整度 ", "completeness ") + percent(handoff.completeness)
    if handoff.carried:
        yield ""
        yield from (f"  {line}" for line in _comparison(session, told).splitlines())
    if told.changes:
        yield ""
        yield from _changes(session, told)
    if handoff.messages:
        yield ""
        yield from (f"  {_message(session, told, message)}" for message in handoff.messages)


def _comparison(session: Session, told: _Told) -> str:
    """What was sold beside what was accepted, and beside what stands now where that is something else."""
    from salespm_flow.cli.render import Ink, indented, table
    from salespm_flow.cli.values import shown

    palette, handoff = session.palette, told.handoff
    has_moved_on = any(one.is_changed_since for one in handoff.carried)
    rows = []
    for one in handoff.carried:
        field = told.child.fields.get(one.field)
        kind = None if field is None else field.type
        is_other = one.is_changed or one.is_changed_since
        mark = palette.paint(session.text("有变化", "changed"), Ink.WARNING) if is_other else ""
        values = (one.sold, one.accepted, one.now) if has_moved_on else (one.sold, one.accepted)
        rows.append((_title(session, told, one.field), *(shown(session, value, kind) for value in values), mark))
    now = (session.text("现在", "Now"),) if has_moved_on else ()
    later = session.of(LATER[handoff.status.value])
    heads = (session.text("内容", "What"), session.text("销售时", "Sold"), later, *now, "")
    return table(heads, rows, indented(palette))


def _changes(session: Session, told: _Told) -> Iterator[str]:
    """Who changed which carried value on which side, when and why: a paragraph for each request."""
    from itertools import groupby

    from salespm_flow.cli.render import Ink, padded, width_of, wrapped
    from salespm_flow.cli.values import moment, shown

    yield "  " + session.palette.paint(session.text("交出之后的变更", "Changed since it was handed over"), Ink.STRONG)
    sides = (session.text("销售", "sale"), session.text("交付", "delivery"))
    room = max(width_of(side) for side in sides)
    limit = session.palette.width
    for entry, changes in groupby(told.changes, key=lambda one: one.entry):
        side = padded(sides[entry.project == told.handoff.child], room)
        who = f"{entry.actor} ({entry.role})" if entry.role else entry.actor
        if entry.acting_for:
            who += session.text(f"，代 {entry.acting_for}", f", for {entry.acting_for}")
        yield f"  {moment(session, entry.at)}  {side}  {who}"
        sentences = []
        for one in changes:
            field = told.child.fields.get(one.field)
            before, after = (
                shown(session, value, None if field is None else field.type) for value in (one.before, one.after)
            )
            sentences.append(f"{_title(session, told, one.field)} {before or '—'} → {after or '—'}")
        sentences += [f"“{entry.comment}”"] if entry.comment else []
        for sentence in sentences:
            lines = (sentence,) if limit is None else wrapped(sentence, limit - 6)
            yield from (("    " if number == 0 else "      ") + line for number, line in enumerate(lines))


def _title(session: Session, told: _Told, field: str) -> str:
    found = told.child.fields.get(field)
    return field if found is None else session.of(found.title)


def _waiting(session: Session, told: _Told) -> str:
    """How long the handoff has waited for its answer by now, nothing once it has one or needs none."""
    from salespm_flow.working_time import working_days_between

    handoff = told.handoff
    if handoff.status.value != "waiting" or handoff.handed_at > session.now:
        return ""
    days = _days(session, working_days_between(told.calendar, handoff.handed_at, session.now))
    return session.text(f"，已等待 {days}", f", waiting for {days}")


def _days(session: Session, days: Decimal) -> str:
    """The working days to a hundredth, without zeros at the end."""
    figure = f"{round(days, 2).normalize():f}"
    return session.text(f"{figure} 个工作日", f"{figure} working day{'' if figure == '1' else 's'}")


def _message(session: Session, told: _Told, message: "Message") -> str:
    """The message by the title of what hears it, with its comment."""
    from salespm_flow.cli.values import moment
    from salespm_flow.engine.views.handoffs import FROM_PARENT

    way = session.text("→ 父项目", "→ parent") if message.is_upwards else session.text("→ 本项目", "→ child")
    comment = f" “{message.comment}”" if message.comment else ""
    hearer, event = (
        (told.parent, f"{told.handoff.link}.{message.name}")
        if message.is_upwards
        else (told.child, f"{FROM_PARENT}{message.name}")
    )
    title = next((one.title for one in hearer.transitions.values() if event in one.events), None)
    title = title or STATUSES.get(message.name)
    name = message.name if title is None else f"{session.of(title)} ({message.name})"
    return f"{moment(session, message.at)}  {way}  {name}{comment}"


COMMAND: Final = group_of(
    "handoff",
    Bilingual("查看销售与交付之间的交接。", "Looks at handoffs between sales and delivery."),
    {
        "show": BilingualCommand(
            "show",
            Bilingual("对照销售所卖与交付所接收的内容。", "Compares what was sold with what delivery accepted."),
            (project_argument(), *shared_options()),
            show,
        )
    },
)
