"""The table of projects: what each is, its fields, and when it entered each state. Knows no file format.

A mapping can read it again: the key, the owner and the state have columns of their own, and so has each entry.
"""

from collections.abc import Iterator
from decimal import Decimal

from salespm_flow.diagnostics import Bilingual
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
    """One row a project; the fields and entries of all workflows that are exported have columns.

    Workflows share the columns of fields with one name and type; of a name with two types the later one's column says
    whose it is, as `pm_lifecycle.budget`.
    """
    layout = _Layout()
    for compiled in extract.definitions():
        layout.add(compiled.workflow)
    columns = (*_HEAD, *layout.columns.values())
    return ExportTable(id="projects", title=_TITLE, columns=columns, rows=_rows(extract, layout))


class _Layout:
    """The columns of several workflows, and in which of them what a project of each has stands."""

    def __init__(self) -> None:
        self.columns: dict[str, Column] = {}
        self.fields: dict[str, dict[str, str]] = {}

    def add(self, workflow: Workflow) -> None:
        """What the workflow's projects have has its columns."""
        places = self.fields[workflow.id] = {}
        for field in workflow.fields.values():
            name = field.id
            if name in self.columns and self.columns[name].type != field.type:
                name = f"{workflow.id}.{name}"
            self.columns.setdefault(name, Column(name, field.title, field.type))
            places[field.id] = name
        for path, state in workflow.states.items():
            title = Bilingual(f"进入“{state.title.zh}”", f"Entered {state.title.en}")
            self.columns.setdefault(f"entered.{path}", Column(f"entered.{path}", title, MOMENT))


def _rows(extract: Extract, layout: _Layout) -> Iterator[tuple[Value, ...]]:
    empty = dict.fromkeys(layout.columns)
    for project in extract.projects():
        row = extract.row(project) if project.pin.workflow in layout.fields else {}
        found: dict[str, Value] = {
            column: _kept(row[name]) for name, column in layout.fields.get(project.pin.workflow, {}).items()
        }
        entries = {f"entered.{path}": at for path, at in project.entered.items()}
        found |= {name: at for name, at in entries.items() if name in empty}
        yield (*_standing(project), row.get("probability"), *(empty | found).values())


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
