"""`history`: what happened to a project, decision by decision."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import option, project_argument, shared_options
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.model.history import Entry
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
    entries = _told_by(session, session.store.history(found.id))
    if session.is_json:
        write_json({"status": "ok", "project": found.id, "entries": [_entry_answer(*told) for told in entries]})
        return 0
    for then, entry in entries:
        write_text("\n".join(_entry_lines(session, then, entry)))
    return 0


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


def _entry_answer(workflow: "Workflow", entry: "Entry") -> dict[str, object]:
    from salespm_flow.cli.changes_json import change_answer
    from salespm_flow.engine.answers import iso

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
    }


def _entry_lines(session: Session, workflow: "Workflow", entry: "Entry") -> Iterator[str]:
    from salespm_flow.cli.changes import change_lines, clock_text
    from salespm_flow.cli.render import Ink
    from salespm_flow.cli.values import moment
    from salespm_flow.report.management.words import DOINGS

    doing = DOINGS.get(entry.doing.value)
    did = entry.doing.value if doing is None else session.of(doing)
    name = clock_text(session, entry.name)
    who = f"{entry.actor} ({entry.role})" if entry.role else entry.actor
    if entry.acting_for:
        who = session.text(f"{who}，代理 {entry.acting_for}", f"{who} for {entry.acting_for}")
    palette = session.palette
    number = palette.paint(f"#{entry.number}", Ink.NAME)
    yield f"{number} {moment(session, entry.at)}  {palette.paint(f'{did} {name}'.rstrip(), Ink.STRONG)}  {who}"
    if entry.comment:
        yield f"    “{entry.comment}”"
    yield from (f"    {line}" for line in change_lines(session, workflow, entry.changes))


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
