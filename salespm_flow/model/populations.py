"""What a KPI counts: the populations, the columns of their rows, and the moments that put a row into a period.

One table that checking, evaluation and the reference read. Knows no values.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    PERCENT,
    TEXT,
    EnumType,
    ListType,
    MoneyType,
    RecordType,
    RefType,
    Type,
    Typed,
)
from salespm_flow.model.library import Library
from salespm_flow.model.names import (
    kpi_type,
    record_type,
    reference_columns,
    risk_currency,
    row_columns,
    table_type,
    type_of_parameter,
)
from salespm_flow.model.priority import Priority
from salespm_flow.model.rules import Basis, Kpi
from salespm_flow.model.statuses import ApprovalStatus, RiskStatus, TaskStatus
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass


class Standing(StrEnum):
    """The populations that every workflow has; no record and no reference may take one of these names."""

    PROJECTS = "projects"
    VISITS = "visits"
    MOVES = "moves"
    REVISIONS = "revisions"
    APPROVALS = "approvals"
    TASKS = "tasks"
    RISKS = "risks"
    ISSUES = "issues"


# Rows of a group, as formulas see them beside the population itself.
GROUPS: Final = "groups"
# Types that differ with the workflow, written once here and put in by `_typed`.
_STATES: Final = EnumType(("state",))
_LEVELS: Final = EnumType(("level",))
_MONEY: Final = MoneyType("XXX")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the rows of a population."""

    type: Type
    meaning: Bilingual
    nullable: bool = False


def _column(type_: Type, zh: str, en: str, *, nullable: bool = False) -> Column:
    return Column(type=type_, meaning=Bilingual(zh, en), nullable=nullable)


def _one_of(choices: type[StrEnum]) -> EnumType:
    return EnumType(tuple(choice.value for choice in choices))


_ID: Final = _column(TEXT, "编号", "the id")
_VISITS: Final = {
    "state": _column(_STATES, "停留的状态", "the state stayed in"),
    "entered_at": _column(DATETIME, "进入时间", "when it was entered"),
    "left_at": _column(
        DATETIME, "离开时间，仍在其中为 null", "when it was left, null while still in it", nullable=True
    ),
    "duration": _column(
        DURATION, "停留时长；未离开的算到计算时刻", "how long; an open stay counts to the moment asked for"
    ),
    "overridden": _column(BOOLEAN, "离开时豁免了规则", "rules were set aside to leave it"),
    "number": _column(NUMBER, "本项目第几次停留在此状态，从 1 起", "the how-manieth stay of the project there, from 1"),
    "left_by": _column(TEXT, "由哪个转移离开", "the transition that left it", nullable=True),
    "left_to": _column(_STATES, "离开后到了哪个状态", "the state gone to", nullable=True),
}
_MOVES: Final = {
    "transition": _column(TEXT, "转移", "the transition"),
    "from": _column(_STATES, "离开的最外层状态", "the outermost state left", nullable=True),
    "to": _column(_STATES, "进入的最外层状态", "the outermost state entered", nullable=True),
    "at": _column(DATETIME, "发生时间", "when"),
    "by": _column(TEXT, "操作人；自动的为 system", "who; system for what moved by itself"),
    "overridden": _column(BOOLEAN, "豁免了规则", "rules were set aside"),
    "forward": _column(BOOLEAN, "前进：受离开关卡约束", "a forward move, which exit gates bind"),
    "comment": _column(TEXT, "说明", "the remark"),
}
_REVISIONS: Final = {
    "field": _column(TEXT, "被修改的字段", "the field whose value was replaced"),
    "at": _column(DATETIME, "修改时间", "when"),
    "by": _column(TEXT, "修改人", "who"),
    "shift": _column(
        DURATION,
        "日期推迟了多久，提前为负；不是日期的字段为 null",
        "how much later a date became, negative for earlier; null for fields that are no dates",
        nullable=True,
    ),
}
_APPROVALS: Final = {
    "id": _ID,
    "approval": _column(TEXT, "哪一项审批", "which approval"),
    "transition": _column(TEXT, "等待它的转移", "the transition that waits for it"),
    "requester": _column(TEXT, "申请人", "who asked"),
    "requested_at": _column(DATETIME, "申请时间", "when it was asked for"),
    "status": _column(_one_of(ApprovalStatus), "状态", "where it stands"),
    "due_at": _column(DATETIME, "期限", "when it is due", nullable=True),
    "closed_at": _column(DATETIME, "有结论或作废的时间", "when it was decided or voided", nullable=True),
    "escalated": _column(BOOLEAN, "升级过", "whether it was escalated"),
}
_TASKS: Final = {
    "id": _ID,
    "origin": _column(TEXT, "由什么产生", "what made it"),
    "who": _column(TEXT, "执行人，角色为 role:<id>", "who does it; `role:<id>` for a role"),
    "accountable": _column(TEXT, "担责人", "who answers for it"),
    "status": _column(_one_of(TaskStatus), "状态", "where it stands"),
    "priority": _column(_one_of(Priority), "优先级", "its priority"),
    "opened_at": _column(DATETIME, "产生时间", "when it was made"),
    "due_at": _column(DATETIME, "期限", "when it is due", nullable=True),
    "closed_at": _column(DATETIME, "完成或取消的时间", "when it was done or cancelled", nullable=True),
    "closed_by": _column(TEXT, "由谁完成", "who closed it", nullable=True),
}
_RISKS: Final = {
    "id": _ID,
    "rule": _column(TEXT, "发现它的规则", "the rule that found it"),
    "category": _column(TEXT, "类别", "its category"),
    "probability": _column(NUMBER, "概率等级", "the step of probability"),
    "impact": _column(NUMBER, "影响等级", "the step of impact"),
    "score": _column(NUMBER, "风险值", "probability times impact"),
    "level": _column(_LEVELS, "级别", "its level"),
    "chance": _column(PERCENT, "概率", "how likely it is", nullable=True),
    "money": _column(_MONEY, "发生后的损失金额", "what is lost if it occurs", nullable=True),
    "days": _column(NUMBER, "发生后损失的工作日", "working days lost if it occurs", nullable=True),
    "exposure": _column(_MONEY, "概率乘以损失金额", "chance times what is lost", nullable=True),
    "inherent_exposure": _column(_MONEY, "应对前的概率乘以损失金额", "its exposure before the response", nullable=True),
    "inherent": _column(NUMBER, "应对前的风险值", "its score before the response", nullable=True),
    "residual": _column(NUMBER, "应对后预期的风险值", "the score meant to remain", nullable=True),
    "cost": _column(_MONEY, "应对成本", "what the response costs", nullable=True),
    "owner": _column(TEXT, "负责人", "who owns it"),
    "status": _column(_one_of(RiskStatus), "状态", "where it stands"),
    "strategy": _column(TEXT, "应对策略", "the response's strategy", nullable=True),
    "foreseen": _column(BOOLEAN, "发生前已在册", "on the register before it occurred"),
    "opened_at": _column(DATETIME, "识别时间", "when it was found"),
    "due_at": _column(DATETIME, "应对期限", "when the response is due", nullable=True),
    "done_at": _column(DATETIME, "应对完成时间", "when the response was done", nullable=True),
    "occurred_at": _column(DATETIME, "发生时间", "when it occurred", nullable=True),
    "closed_at": _column(DATETIME, "关闭时间", "when it was closed", nullable=True),
}
_ISSUES: Final = {
    "id": _ID,
    "rule": _column(TEXT, "发现其风险的规则", "the rule that had found its risk"),
    "category": _column(TEXT, "类别", "its category"),
    "level": _column(_LEVELS, "风险级别", "the level of its risk"),
    "owner": _column(TEXT, "负责人", "who owns it"),
    "foreseen": _column(BOOLEAN, "发生前已在风险登记册中", "was on the register before it occurred"),
    "answered": _column(BOOLEAN, "发生前应对已完成", "its response was done before it occurred"),
    "money": _column(_MONEY, "实际损失金额", "what it really cost", nullable=True),
    "days": _column(NUMBER, "实际损失的工作日", "working days really lost", nullable=True),
    "opened_at": _column(DATETIME, "发生时间", "when it occurred"),
    "due_at": _column(DATETIME, "解决期限", "when it is due", nullable=True),
    "closed_at": _column(DATETIME, "解决时间", "when it was resolved", nullable=True),
}
COLUMNS: Final[Mapping[Standing, Mapping[str, Column]]] = {
    Standing.VISITS: _VISITS,
    Standing.MOVES: _MOVES,
    Standing.REVISIONS: _REVISIONS,
    Standing.APPROVALS: _APPROVALS,
    Standing.TASKS: _TASKS,
    Standing.RISKS: _RISKS,
    Standing.ISSUES: _ISSUES,
}
_REGISTER: Final = {Basis.CREATED: "opened_at", Basis.CLOSED: "closed_at"}
_MOMENTS: Final[Mapping[str, Mapping[Basis, str]]] = {
    Standing.PROJECTS: {**_REGISTER, Basis.OUTCOME: "outcome_at"},
    Standing.VISITS: {Basis.CREATED: "entered_at", Basis.CLOSED: "left_at"},
    Standing.MOVES: {Basis.CREATED: "at"},
    Standing.REVISIONS: {Basis.CREATED: "at"},
    Standing.APPROVALS: {Basis.CREATED: "requested_at", Basis.CLOSED: "closed_at"},
    Standing.TASKS: _REGISTER,
    Standing.RISKS: _REGISTER,
    Standing.ISSUES: _REGISTER,
}
_RECORD: Final = {Basis.CREATED: "at"}


def is_reference(population: str, workflow: Workflow | None, library: Library) -> bool:
    """Whether the population is the rows of a reference."""
    is_record = workflow is not None and population in workflow.records
    return population not in set(Standing) and not is_record and population in library.references


def known_populations(workflow: Workflow | None, library: Library) -> tuple[str, ...]:
    """What a KPI of the workflow may be `of`; without a workflow only references."""
    own = () if workflow is None else (*(one.value for one in Standing), *workflow.records)
    return (*own, *library.references)


def moment_of(kpi: Kpi) -> str | None:
    """The column whose moment puts a row into the period; None where the basis takes every row, or has no moment."""
    match kpi.basis:
        case Basis.AS_OF:
            return None
        case Basis.ENTERED:
            return entered_column(kpi.entered or "")
        case basis:
            return _MOMENTS.get(kpi.of, _RECORD).get(basis)


def bases_of(population: str, workflow: Workflow | None, library: Library) -> tuple[Basis, ...]:
    """The bases that rows of the population have a moment for."""
    if is_reference(population, workflow, library):
        return (Basis.AS_OF,)
    own = tuple(_MOMENTS.get(population, _RECORD))
    return (*own, Basis.ENTERED, Basis.AS_OF) if population == Standing.PROJECTS else (*own, Basis.AS_OF)


def entered_column(state: str) -> str:
    """The column of the latest entry into the state; no author can write its name."""
    return f"$entered.{state}"


def population_columns(population: str, workflow: Workflow | None, library: Library) -> Mapping[str, Typed] | None:
    """The columns of a row; None where there is no such population."""
    if workflow is None or is_reference(population, workflow, library):
        table = library.references.get(population)
        return None if table is None else reference_columns(table)
    rows = row_columns(workflow, library.references)
    if population == Standing.PROJECTS:
        return rows
    if population in workflow.records:
        columns = dict(record_type(workflow.records[population], library.references).fields)
    elif population in set(Standing):
        columns = dict(_typed(COLUMNS[Standing(population)], workflow, library))
    else:
        return None
    # Its text is the project's id; a path from it reads the project's own columns.
    columns["project"] = Typed(RefType(rows, "id"))
    return columns


def _typed(columns: Mapping[str, Column], workflow: Workflow, library: Library) -> Iterator[tuple[str, Typed]]:
    models = (library.risk_models[name] for name in workflow.uses.risks if name in library.risk_models)
    levels = tuple(dict.fromkeys(level.id for model in models for level in model.levels))
    for name, column in columns.items():
        found: Type = column.type
        if found is _STATES:
            found = EnumType(tuple(state.name for state in workflow.states.values()))
        elif found is _LEVELS:
            found = EnumType(levels) if levels else TEXT
        elif found is _MONEY:
            found = MoneyType(risk_currency(workflow, library))
        yield name, Typed(found, column.nullable)


_PERIOD: Final = Typed(
    RecordType(
        {
            "start": Typed(DATE, nullable=True),
            "end": Typed(DATE, nullable=True),
            "days": Typed(NUMBER, nullable=True),
            "working_days": Typed(NUMBER, nullable=True),
        }
    )
)


def kpi_row_names(kpi: Kpi, workflow: Workflow | None, library: Library) -> Mapping[str, Typed]:
    """What the `where` of a KPI sees: the columns of one row, and what stands around it."""
    return {**_around(kpi, library), **(population_columns(kpi.of, workflow, library) or {})}


def kpi_names(kpi: Kpi, workflow: Workflow | None, library: Library) -> Mapping[str, Typed]:
    """What a KPI's formula sees: its population under the population's name, its groups, and what stands around.

    `kpi` are the other figures of the same evaluation.
    """
    rows = Typed(ListType(Typed(RecordType(population_columns(kpi.of, workflow, library) or {}))))
    groups = {} if kpi.by is None else {GROUPS: Typed(ListType(rows))}
    return {**_around(kpi, library), "kpi": kpi_type(library), kpi.of: rows, **groups}


def _around(kpi: Kpi, library: Library) -> Mapping[str, Typed]:
    own = next((kpis.parameters for kpis in library.kpi_sets.values() if kpis.kpis.get(kpi.id) == kpi), {})
    names = {name: Typed(type_of_parameter(given, library.references)) for name, given in own.items()}
    tables = {name: Typed(ListType(Typed(RecordType(reference_columns(t))))) for name, t in library.references.items()}
    return {**names, "period": _PERIOD, "table": table_type(library), "reference": Typed(RecordType(tables))}
