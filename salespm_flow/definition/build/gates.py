"""Builds what entering, leaving or one transition asks for; knows fields and records by name only."""

from salespm_flow.definition.build.actions import Scope, read_actions
from salespm_flow.definition.build.reader import Findings, Reader, expression_of, normalise
from salespm_flow.definition.nodes import MapNode, Node
from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.workflow import Check, Gate, Requirement

NAME = Bilingual("字段或记录表", "field or record")


def read_gate(reader: Reader, key: str, scope: Scope) -> Gate:
    """The gate under a key; an empty one where the key is absent."""
    node = reader.node(key)
    return Gate() if node is None else gate_of(Reader(reader.findings, node, "workflow.gate"), scope)


def gate_of(reader: Reader, scope: Scope) -> Gate:
    """The gate that the keys `require`, `check` and `do` of a map make."""
    return Gate(
        require=_read_requirements(reader, scope),
        check=_read_checks(reader),
        do=read_actions(reader.findings, reader.node("do"), scope),
    )


def _read_requirements(reader: Reader, scope: Scope) -> tuple[Requirement, ...]:
    known = (*scope.fields, *scope.records)
    required = []
    for name in reader.names("require"):
        if normalise(name.text) in known:
            required.append(Requirement(name=normalise(name.text), span=name.span))
        else:
            reader.findings.unknown("SF306", NAME, name, known)
    return tuple(required)


def _read_checks(reader: Reader) -> tuple[Check, ...]:
    built = (_read_check(reader.findings, id_, node) for id_, _, node in reader.entries("check"))
    return tuple(check for check in built if check is not None)


def _read_check(findings: Findings, id_: str, node: Node) -> Check | None:
    """A check written short is its expression alone."""
    if not isinstance(node, MapNode):
        that = expression_of(findings, node)
        return None if that is None else Check(id=id_, that=that, span=node.span)
    reader = Reader(findings, node, "workflow.check")
    reader.require("that")
    that = reader.expression("that")
    message = reader.title("message", id_) if reader.has("message") else None
    return None if that is None else Check(id=id_, that=that, message=message, span=reader.span)
