"""The table of projects: what each is, its fields, and when it entered each state. Knows no file format.

A mapping can read it again: the key, the owner and the state have columns of their own, and so has each entry.
"""

from collections.abc import Iterator
from decimal import Decimal

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled
from salespm_flow.expr.values import Reference, Value
from salespm_flow.interop.extract import Extract
from salespm_flow.interop.table import MOMENT, PERCENT, Column, ExportTable, count_column
from salespm_flow.model.project import Project
from salespm_flow.model.workflow import Workflow

_TITLE = Bilingual("项目", "Projects")
_HEAD = (
    Column("project", Bilingual("项目", "Project")),
    Column("workflow", Bilingual("流程", "Workflow")),
    count_column("version", Bilingual("版本", "Version")),
    Column("state", Bilingual("状态", "State")),
    Column("outcome", Bilingual("结果", "Outcome")),
    Column("owner", Bilingual("负责人", "Owner")),
    Column("opened_at", Bilingual("开始", "Opened"), MOMENT),
    Column("outcome_at", Bilingual("结果时间", "Outcome at"), MOMENT),
    Column("closed_at", Bilingual("关闭", "Closed"), MOMENT),
    Column("probability", Bilingual("成功率", "Probability"), PERCENT),
)


def project_table(extract: Extract) -> ExportTable:
    """One row a project; its fields and entries have columns where the extract is about one workflow."""
    compiled = extract.compiled
    if compiled is None:
        return ExportTable(id="projects", title=_TITLE, columns=_HEAD[:-1], rows=_bare_rows(extract))
    columns = (*_HEAD, *_field_columns(compiled.workflow), *_entry_columns(compiled.workflow))
    return ExportTable(id="projects", title=_TITLE, columns=columns, rows=_rows(extract, compiled))


def _field_columns(workflow: Workflow) -> Iterator[Column]:
    for field in workflow.fields.values():
        yield Column(field.id, field.title, field.type)


def _entry_columns(workflow: Workflow) -> Iterator[Column]:
    for path, state in workflow.states.items():
        title = Bilingual(f"进入“{state.title.zh}”", f"Entered {state.title.en}")
        yield Column(f"entered.{path}", title, MOMENT)


def _bare_rows(extract: Extract) -> Iterator[tuple[Value, ...]]:
    for project in extract.projects():
        yield _standing(project)


def _rows(extract: Extract, compiled: Compiled) -> Iterator[tuple[Value, ...]]:
    fields, states = tuple(compiled.workflow.fields), tuple(compiled.workflow.states)
    for project in extract.projects():
        row = extract.row(project)
        yield (
            *_standing(project),
            row["probability"],
            *(_kept(row[name]) for name in fields),
            *(project.entered.get(path) for path in states),
        )


def _standing(project: Project) -> tuple[Value, ...]:
    return (
        project.id,
        project.pin.workflow,
        Decimal(project.pin.version),
        project.state,
        None if project.outcome is None else project.outcome.value,
        project.owner,
        project.opened_at,
        project.outcome_at,
        project.closed_at,
    )


def _kept(value: Value) -> Value:
    return value.key if isinstance(value, Reference) else value
