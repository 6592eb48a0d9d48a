"""`record add` and `record list`: adds a row to a record, or revises one by its key, and shows them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, fields_arguments, flag, project_argument, shared_options, writing_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.model.fields import Record
    from salespm_flow.model.project import Project, Row


def add(session: Session, project: str, record: str, assignments: tuple[str, ...]) -> int:
    """The record has one more row, or every reason why not is told."""
    from salespm_flow.cli.answer import tell_answer
    from salespm_flow.cli.lookup import check_role, find_project, known, read_assignments, workflow_of
    from salespm_flow.model.decision import AddRow

    if not assignments:
        raise BilingualUsageError(Bilingual("没有给出 字段=值", "no field=value is given"))
    found = find_project(session, project)
    workflow = workflow_of(session, found)
    declared = known(record, workflow.records, Bilingual("记录", "record"))
    check_role(session, workflow)
    whose = Bilingual(f"记录 {record} ", record)
    values = read_assignments(session, assignments, declared.fields, whose)
    choices = session.choices
    request = AddRow(record=record, values=values, actor=session.actor, comment=choices.comment or "")
    answered = session.runner.apply(found.id, request, at=session.at, key=choices.key, dry_run=choices.dry_run)
    return tell_answer(session, answered, workflow)


def list_rows(session: Session, project: str, record: str | None, *, is_all: bool) -> int:
    """The rows are told, of a record with a key the newest of each, with `is_all` every version."""
    from salespm_flow.cli.lookup import find_project, known, workflow_of
    from salespm_flow.cli.output import write_json, write_text

    found = find_project(session, project)
    workflow = workflow_of(session, found)
    records = workflow.records
    if record is not None:
        records = {record: known(record, records, Bilingual("记录", "record"))}
    rows = {name: _rows(declared, found, is_all=is_all) for name, declared in records.items()}
    if session.is_json:
        from salespm_flow.cli.changes_json import row_answer

        answers = {name: [row_answer(row) for row in some] for name, some in rows.items()}
        write_json({"status": "ok", "project": found.id, "records": answers})
        return 0
    texts = [_table(session, records[name], some) for name, some in rows.items() if some or record is not None]
    write_text("\n\n".join(texts) or session.text("没有记录", "nothing is recorded"))
    return 0


def _rows(record: "Record", project: "Project", *, is_all: bool) -> "tuple[Row, ...]":
    rows = project.records.get(record.id, ())
    if is_all or record.key is None:
        return rows
    newest = {row.values.get(record.key): row for row in rows}
    return tuple(newest.values())


def _table(session: Session, record: "Record", rows: "Sequence[Row]") -> str:
    from salespm_flow.cli.render import Ink, table
    from salespm_flow.cli.values import moment, shown

    title = session.palette.paint(f"{session.of(record.title)} ({record.id})", Ink.STRONG)
    if not rows:
        return f"{title}\n" + session.text("没有行", "no rows")
    columns = [field for field in record.fields.values() if any(row.values.get(field.id) is not None for row in rows)]
    cells = [
        (
            f"#{row.number}",
            *(shown(session, row.values.get(field.id), field.type) for field in columns),
            moment(session, row.at),
            row.by,
        )
        for row in rows
    ]
    header = (
        session.text("行", "Row"),
        *(session.of(field.title) for field in columns),
        session.text("登记于", "When"),
        session.text("登记人", "By"),
    )
    return f"{title}\n{table(header, cells, session.palette)}"


COMMAND: Final = group_of(
    "record",
    Bilingual("登记项目的记录。", "Keeps the records of a project."),
    {
        "add": BilingualCommand(
            "add",
            Bilingual(
                "登记一行；有主键的记录，主键相同则修订该行。\n"
                "例：salespm-flow record add D1 needs ref=N1 need=对接财务系统",
                "Adds a row; in a record with a key, the same key revises its row.\n"
                'Example: salespm-flow record add D1 needs ref=N1 need="link to finance"',
            ),
            (
                project_argument(),
                argument("record", Bilingual("记录的名字", "The record's name")),
                fields_arguments(),
                *writing_options(),
                *shared_options(),
            ),
            add,
        ),
        "list": BilingualCommand(
            "list",
            Bilingual(
                "列出记录的行；有主键的记录只列每个主键的最新一行，--all 列出全部版本。\n"
                "例：salespm-flow record list D1 needs",
                "Lists the rows of a record; of one with a key the newest of each, with --all every version.\n"
                "Example: salespm-flow record list D1 needs",
            ),
            (
                project_argument(),
                argument(
                    "record", Bilingual("记录的名字；不写就列全部", "The record; all without it"), is_required=False
                ),
                flag("is_all", "--all", Bilingual("列出全部版本", "Every version")),
                *shared_options(),
            ),
            list_rows,
        ),
    },
)
