"""Builds a scorecard: weighted criteria, grades and vetoes."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from salespm_flow.definition.build.actions import known_name
from salespm_flow.definition.build.fields import is_within
from salespm_flow.definition.build.reader import Findings, Reader, literal_of
from salespm_flow.definition.literals import infer_literal, write_value
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import FieldType, Scalar, SimpleType
from salespm_flow.model.rules import Criterion, Missing, Scorecard, Veto
from salespm_flow.model.source import Source

_PERCENT = SimpleType(Scalar.PERCENT)
_NUMBER = SimpleType(Scalar.NUMBER)
GRADE = Bilingual("等级", "grade")


class Subject(StrEnum):
    """Whom a scorecard rates."""

    PROJECT = "project"
    PERSON = "person"
    TEAM = "team"
    UNIT = "unit"


def build_scorecard(findings: Findings, root: MapNode, source: Source) -> Scorecard:
    """The scorecard that the document writes, with what could be read where something is wrong."""
    reader = Reader(findings, root, "scorecard")
    for key in ("salespm", "kind", "id", "version"):
        reader.node(key)
    for key in ("for", "criteria", "grades"):
        reader.require(key)
    criteria, grades = _read_criteria(reader), _read_grades(reader)
    return Scorecard(
        id=source.id,
        version=source.version,
        title=reader.title("title", source.id),
        source=source,
        subject=(reader.choice("for", Subject) or Subject.PERSON).value,
        missing=reader.choice("missing", Missing) or Missing.EXCLUDE,
        criteria=criteria,
        grades=grades,
        veto=_read_vetoes(reader, tuple(grades)),
        span=root.span,
    )


def _read_criteria(reader: Reader) -> Mapping[str, Criterion]:
    criteria: dict[str, Criterion] = {}
    total = Decimal(0)
    is_whole = True
    for id_, key, node in reader.entries("criteria"):
        inner = Reader(reader.findings, node, "scorecard.criterion")
        criterion = _read_criterion(inner, (id_, key))
        if criterion is None:
            is_whole = False
        else:
            criteria[id_] = criterion
            total += criterion.weight
    if is_whole and criteria and total != 1:
        written = write_value(total, _PERCENT)
        message = Bilingual(f"权重之和应为 100%，实际是 {written}", f"The weights must sum to 100%, not {written}")
        reader.findings.error("SF330", message, reader.key_place("criteria"))
    return criteria


def _read_criterion(reader: Reader, named: tuple[str, ScalarNode]) -> Criterion | None:
    id_, key = named
    for name in ("kpi", "weight", "floor", "target"):
        reader.require(name)
    kpi, weight = reader.scalar("kpi"), reader.literal("weight", _PERCENT)
    floor, type_ = _read_target(reader, "floor", None)
    target, type_ = _read_target(reader, "target", type_)
    stretch, type_ = _read_target(reader, "stretch", type_)
    if kpi is None or not isinstance(weight, Decimal) or type_ is None or floor is None or target is None:
        return None
    reader.findings.places[f"criteria.{id_}.kpi"] = kpi
    _check_order(reader, (floor, target, stretch))
    return Criterion(
        id=id_,
        kpi=kpi.text,
        weight=weight,
        floor=floor,
        target=target,
        stretch=stretch,
        type=type_,
        span=key.span,
    )


def _read_target(reader: Reader, key: str, type_: FieldType | None) -> tuple[Value, FieldType | None]:
    """The value under a key and its type: the type of the one before it, else what the literal shows."""
    scalar = reader.scalar(key)
    if scalar is None:
        return None, type_
    if type_ is not None:
        return reader.literal(key, type_), type_
    found, value = infer_literal(scalar, reader.findings.zone)
    return value, found


def _check_order(reader: Reader, marks: tuple[Value, Value, Value]) -> None:
    """Floor, target and stretch go one way: up where more is better, down where less is."""
    floor, target, stretch = marks
    if stretch is None or is_within(target, floor, stretch) or is_within(target, stretch, floor):
        return
    message = Bilingual("`target` 应在 `floor` 和 `stretch` 之间", "`target` lies between `floor` and `stretch`")
    reader.findings.error("SF313", message, reader.place("target"))


def _read_grades(reader: Reader) -> Mapping[str, Decimal]:
    """Grades by lowest score, best first, whatever the file's order."""
    grades: dict[str, Decimal] = {}
    for id_, _, node in reader.pairs("grades"):
        score = literal_of(reader.findings, node, _NUMBER)
        if isinstance(score, Decimal):
            grades[id_] = score
    if grades and min(grades.values()) > 0:
        message = Bilingual(
            f"低于 {min(grades.values())} 分没有等级", f"A score below {min(grades.values())} has no grade"
        )
        hint = Bilingual("最低等级从 0 开始", "the lowest grade begins at 0")
        reader.findings.error("SF335", message, reader.key_place("grades"), hint)
    return dict(sorted(grades.items(), key=lambda grade: -grade[1]))


def _read_vetoes(reader: Reader, grades: tuple[str, ...]) -> Mapping[str, Veto]:
    vetoes: dict[str, Veto] = {}
    for id_, key, node in reader.entries("veto"):
        inner = Reader(reader.findings, node, "scorecard.veto")
        inner.require("when")
        when, cap = inner.expression("when"), known_name(inner, "cap", grades, ("SF309", GRADE))
        message = inner.title("message", id_)
        if when is not None and cap is not None:
            vetoes[id_] = Veto(id=id_, when=when, cap=cap, message=message, span=key.span)
    return vetoes
