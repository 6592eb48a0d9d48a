"""`record add`: adds a row to a record, or revises one by its key."""

from typing import Final

from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, fields_arguments, project_argument, shared_options, writing_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual


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
    noun = Bilingual(f"记录 {record} 的字段", f"field of {record}")
    values = read_assignments(session, assignments, declared.fields, noun)
    choices = session.choices
    request = AddRow(record=record, values=values, actor=session.actor, comment=choices.comment or "")
    answered = session.runner.apply(found.id, request, at=session.at, key=choices.key, dry_run=choices.dry_run)
    return tell_answer(session, answered, workflow)


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
        )
    },
)
