"""Builds a goal set. What a goal leaves out is no error here: whether it is SMART is for others to say."""

from collections.abc import Iterator
from datetime import date

from salespm_flow.definition.build.parties import read_party
from salespm_flow.definition.build.reader import Findings, Reader, normalise
from salespm_flow.definition.findings import shown
from salespm_flow.definition.literals import infer_literal
from salespm_flow.definition.nodes import MapNode, Node, ScalarNode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import FieldType, Scalar, SimpleType
from salespm_flow.model.goals import Goal, GoalSet, GoalTask
from salespm_flow.model.source import Source

_DATE = SimpleType(Scalar.DATE)
_AMOUNTS = ("target", "baseline", "ceiling")


def build_goal_set(findings: Findings, root: MapNode, source: Source) -> GoalSet:
    """The goal set that the document writes, with what could be read where something is wrong."""
    reader = Reader(findings, root, "goal_set")
    for name in ("salespm", "kind", "id", "version"):
        reader.node(name)
    reader.require("goals")
    goals = {
        id_: _read_goal(Reader(findings, node, "goal_set.goal"), id_, key) for id_, key, node in reader.entries("goals")
    }
    return GoalSet(
        id=source.id,
        version=source.version,
        title=reader.title("title", source.id),
        source=source,
        goals=goals,
        span=root.span,
    )


def _read_goal(reader: Reader, id_: str, key: ScalarNode) -> Goal:
    type_ = _read_type(reader)
    baseline, target, ceiling = (_read_amount(reader, name, type_) for name in ("baseline", "target", "ceiling"))
    starts_on, ends_on = _read_date(reader, "starts_on"), _read_date(reader, "ends_on")
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        message = Bilingual(
            f"{shown(id_)} 的截止日 {ends_on} 早于开始日 {starts_on}",
            f"{shown(id_)} ends on {ends_on}, before it starts on {starts_on}",
        )
        reader.findings.error("SF392", message, reader.place("ends_on"))
    return Goal(
        id=id_,
        title=reader.title("title", id_),
        span=key.span,
        kpi=_read_name(reader, "kpi", f"goals.{id_}.kpi"),
        scope=reader.title("scope", "") if reader.has("scope") else None,
        parent=_read_name(reader, "parent", f"goals.{id_}.parent"),
        who=read_party(reader, "who"),
        type=type_,
        baseline=baseline,
        target=target,
        ceiling=ceiling,
        starts_on=starts_on,
        ends_on=ends_on,
        tasks=tuple(_read_tasks(reader, type_)),
    )


def _read_name(reader: Reader, name: str, place: str) -> str | None:
    scalar = reader.scalar(name)
    if scalar is None:
        return None
    reader.findings.places[place] = scalar
    return normalise(scalar.text)


def _read_type(reader: Reader) -> FieldType | None:
    """The type that the first amount given shows by its form."""
    for name in _AMOUNTS:
        node = reader.node(name)
        if isinstance(node, ScalarNode):
            return infer_literal(node, reader.findings.zone)[0]
    return None


def _read_amount(reader: Reader, name: str, type_: FieldType | None) -> Value:
    return None if type_ is None else reader.literal(name, type_)


def _read_date(reader: Reader, name: str) -> date | None:
    value = reader.literal(name, _DATE)
    return value if isinstance(value, date) else None


def _read_tasks(reader: Reader, type_: FieldType | None) -> Iterator[GoalTask]:
    for id_, key, node in reader.entries("tasks"):
        yield _read_task(Reader(reader.findings, node, "goal_set.task"), (id_, key, node), type_)


def _read_task(reader: Reader, named: tuple[str, ScalarNode, Node], type_: FieldType | None) -> GoalTask:
    id_, key, _ = named
    return GoalTask(
        id=id_,
        title=reader.title("title", id_),
        span=key.span,
        who=read_party(reader, "who"),
        due=_read_date(reader, "due"),
        contributes=_read_amount(reader, "contributes", type_),
    )
