"""The types of what a path reads: a field of a record, a part of a date or an amount. Knows no names in view."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.applications import report_uncalled
from salespm_flow.expr.findings import Findings
from salespm_flow.expr.problems import Remedy
from salespm_flow.expr.syntax import Name, Node, Path
from salespm_flow.expr.types import (
    PROPERTIES,
    SELDOM_THERE,
    UNKNOWN,
    FunctionType,
    Kind,
    ListType,
    RecordType,
    RefType,
    Type,
    Typed,
    describe,
    kind_of,
)


def member(node: Path, of: Typed, findings: Findings) -> Typed:
    """The type of the field in a value of type `of`; over a list the list of the elements' fields."""
    match of.type:
        case RecordType(fields=fields) | RefType(fields=fields):
            if node.field in fields:
                found = fields[node.field]
                if isinstance(found.type, FunctionType):
                    return report_uncalled(node, findings)
                return Typed(found.type, found.nullable or of.nullable or isinstance(of.type, RefType))
            return _no_field(node, fields, findings)
        case ListType(of=element):
            return Typed(ListType(member(node, element, findings)), of.nullable)
        case _:
            return _part(node, of, findings)


def _part(node: Path, of: Typed, findings: Findings) -> Typed:
    """The type of what a path reads from a value that is no record, such as a date's year."""
    kind = kind_of(of.type)
    if kind is Kind.UNKNOWN:
        return Typed(UNKNOWN, nullable=True)
    if kind is Kind.NULL:
        findings.only_null(node)
        return Typed(UNKNOWN, nullable=True)
    properties = PROPERTIES.get(kind)
    if properties is None:
        described = describe(of.type)
        message = Bilingual(f"{described.zh}没有字段 `{node.field}`", f"{described.en} has no field `{node.field}`")
        findings.error("SF203", node, message)
        return Typed(UNKNOWN, nullable=True)
    if node.field in properties:
        return Typed(properties[node.field], of.nullable or (kind, node.field) in SELDOM_THERE)
    return _no_field(node, properties, findings)


def _no_field(node: Path, fields: Mapping[str, Typed] | Mapping[str, Type], findings: Findings) -> Typed:
    message = Bilingual(f"没有字段 `{node.field}`", f"there is no field `{node.field}`")
    close = findings.nearest(node.field, fields)
    listed = ", ".join(list(fields)[:8])
    hint = Bilingual(f"可用：{listed}", f"one of {listed}") if close is None else did_you_mean(close)
    findings.error("SF202", node, message, hint, remedy=instead(node, node.field, close))
    return Typed(UNKNOWN, nullable=True)


def free_path(node: Node) -> tuple[str, ...] | None:
    """The names of a path that begins at a free name; None of any other node."""
    match node:
        case Name(name=name):
            return (name,)
        case Path(of=of, field=field):
            before = free_path(of)
            return None if before is None else (*before, field)
        case _:
            return None


def instead(node: Node, name: str, meant: str | None) -> Remedy | None:
    """What was probably meant in place of the name that `node` ends with; safe where only letter case differs."""
    if meant is None:
        return None
    return Remedy(node.end - len(name), node.end, meant, is_safe=meant.casefold() == name.casefold())


def did_you_mean(name: str) -> Bilingual:
    """The hint that the name was probably meant."""
    return Bilingual(f"是否指 `{name}`？", f"did you mean `{name}`?")
