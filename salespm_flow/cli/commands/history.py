"""`history`: what happened to a project, decision by decision."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import option, project_argument, shared_options
from salespm_flow.diagnostics import Bilingual
from salespm_flow.nouns import dataclass

if TYPE_CHECKING:
    from salespm_flow.model.history import Entry, OutboxItem
    from salespm_flow.model.project import Project
    from salespm_flow.model.workflow import Workflow


def run(session: Session, project: str, *, field: str | None = None) -> int:
    """The history is told, oldest first; of one field or record only what changed it."""
    from salespm_flow.cli.lookup import find_project, workflow_of
    from salespm_flow.cli.output import write_json, write_text

    found = find_project(session, project)
    workflow = workflow_of(session, found)
    if field is not None:
        from salespm_flow.cli.field_history import tell

        return tell(session, workflow, found, field)
    sent = _sent(session, found.id)
    entries = _told_by(session, session.store.history(found.id))
    if session.is_json:
        answers = [_entry_answer(*told, sent(told[1])) for told in entries]
        write_json({"status": "ok", "project": found.id, "entries": answers})
        return 0
    for then, entry in entries:
        write_text("\n".join(_entry_lines(session, then, entry, sent(entry))))
    return 0


@dataclass(frozen=True, slots=True)
class Sent:
    """What left the project with one decision: notices and messages, and the children that began with it."""

    items: "tuple[OutboxItem, ...]" = ()
    children: "tuple[Project, ...]" = ()


def _sent(session: Session, project: str) -> "Callable[[Entry], Sent]":
    """Tells of each entry what it sent; to be asked in the order of the history."""
    from salespm_flow.model.history import Moved

    outbox = session.store.outbox_of(project)
    unborn = [child for born in session.store.children(project).values() for child in born]

    def told(entry: "Entry") -> Sent:
        # A child begins with a move, at its very moment.
        is_move = any(isinstance(change, Moved) for change in entry.changes)
        children = tuple(child for child in unborn if is_move and child.opened_at == entry.at)
        for child in children:
            unborn.remove(child)
        return Sent(outbox.get(entry.number, ()), children)

    return told


def _told_by(session: Session, entries: "Iterable[Entry]") -> "Iterator[tuple[Workflow, Entry]]":
    """Each entry with the definition that the project ran on after it: a migration changes it."""
    from salespm_flow.model.history import Migrated, Opened

    workflow: Workflow | None = None
    for entry in entries:
        for change in entry.changes:
            if isinstance(change, Opened | Migrated):
                workflow = session.runner.definitions.pinned(change.pin).workflow
        if workflow is not None:
            yield workflow, entry


def _entry_answer(workflow: "Workflow", entry: "Entry", sent: Sent) -> dict[str, object]:
    from salespm_flow.cli.changes_json import change_answer
    from salespm_flow.engine.answers import iso, outbox_answer

    return {
        "number": entry.number,
        "doing": entry.doing.value,
        "name": entry.name,
        "actor": entry.actor,
        "role": entry.role,
        "acting_for": entry.acting_for,
        "at": iso(entry.at),
        "recorded_at": iso(entry.recorded_at),
        "comment": entry.comment,
        "changes": [change_answer(change, workflow) for change in entry.changes],
        "sent": [outbox_answer(item) for item in sent.items],
        "children": [child.id for child in sent.children],
    }


def _entry_lines(session: Session, workflow: "Workflow", entry: "Entry", sent: Sent) -> Iterator[str]:
    from salespm_flow.cli.changes import change_lines, outbox_lines
    from salespm_flow.cli.render import Ink
    from salespm_flow.cli.values import moment
    from salespm_flow.model.history import SENT, Noted

    who = f"{entry.actor} ({entry.role})" if entry.role else entry.actor
    if entry.acting_for:
        who = session.text(f"{who}，代理 {entry.acting_for}", f"{who} for {entry.acting_for}")
    palette = session.palette
    number = palette.paint(f"#{entry.number}", Ink.NAME)
    yield f"{number} {moment(session, entry.at)}  {palette.paint(_did(session, workflow, entry), Ink.STRONG)}  {who}"
    if entry.comment:
        yield f"    “{entry.comment}”"
    # That the clock has fired is the headline; what was sent stands below with where it went.
    known = (SENT, entry.name.rpartition(".")[0])
    told = [one for one in entry.changes if not (isinstance(one, Noted) and one.topic in known)]
    yield from (f"    {line}" for line in change_lines(session, workflow, told))
    yield from (f"    {line}" for line in outbox_lines(session, sent.items))
    label = palette.paint(session.text("子项目", "child project"), Ink.FAINT)
    yield from (f"    {label} {child.id} ({child.pin.workflow})" for child in sent.children)


def _did(session: Session, workflow: "Workflow", entry: "Entry") -> str:
    """What was done, in words; a clock says by itself what it is, and of which state."""
    from salespm_flow.cli.changes import clock_text
    from salespm_flow.model.history import Doing
    from salespm_flow.report.management.words import DOINGS

    doing = DOINGS.get(entry.doing.value)
    did = entry.doing.value if doing is None else session.of(doing)
    if entry.doing is not Doing.TIMER:
        return f"{did} {entry.name}".rstrip()
    state = next((one for one in workflow.states.values() if entry.name in _limits_of(one.name)), None)
    if state is None:
        clock = clock_text(session, entry.name)
        return clock if clock != entry.name else f"{did} {clock}"
    words = clock_text(session, entry.name).removesuffix(state.name)
    return f"{words}{session.of(state.title)} ({state.name})"


def _limits_of(state: str) -> tuple[str, str]:
    from salespm_flow.engine.limits import BREACH, WARN

    return WARN + state, BREACH + state


COMMAND: Final = BilingualCommand(
    "history",
    Bilingual(
        "按时间列出项目的全部历史；--field 只看一个字段或记录表：谁在何时从什么改成什么。\n"
        "例：salespm-flow history D1 --field discount",
        "Lists the whole history of a project, oldest first; with --field who changed one field or record, when, from "
        "what to what.\nExample: salespm-flow history D1 --field discount",
    ),
    (
        project_argument(),
        option("field", "--field", Bilingual("只看这个字段或记录表", "Only this field or record"), metavar="NAME"),
        *shared_options(),
    ),
    run,
)
