"""Builds who must agree to a transition and who may set its rules aside."""

from collections.abc import Mapping
from enum import StrEnum

from salespm_flow.definition.build.parties import read_parties, read_party
from salespm_flow.definition.build.reader import Reader, normalise
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import ScalarNode
from salespm_flow.definition.suggest import suggestion
from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.workflow import Approval, Override, Quorum


class OverrideComment(StrEnum):
    """Whether an override needs a comment."""

    REQUIRED = "required"
    OPTIONAL = "optional"


def read_approvals(reader: Reader) -> Mapping[str, Approval]:
    """The approvals of a transition, in file order."""
    followed: dict[str, ScalarNode] = {}
    approvals: dict[str, Approval] = {}
    for id_, key, node in reader.entries("approve"):
        inner = Reader(reader.findings, node, "workflow.approval")
        approvals[id_] = _read_approval(inner, id_, key)
        if (after := inner.scalar("after")) is not None:
            followed[id_] = after
    _check_order(reader, approvals, followed)
    return approvals


def read_override(reader: Reader) -> Override | None:
    """Who may set the transition's rules aside; None where nobody may."""
    node = reader.node("override")
    if node is None:
        return None
    inner = Reader(reader.findings, node, "workflow.override")
    inner.require("by")
    if reader.flag("auto"):
        message = Bilingual("自动转移没有人请求，无从越权", "Nobody asks for an automatic move, so nobody overrides it")
        reader.findings.error("SF387", message, reader.key_place("override"))
    return Override(
        by=read_parties(inner, "by") or (),
        span=inner.span,
        needs_comment=inner.choice("comment", OverrideComment) is not OverrideComment.OPTIONAL,
    )


def _read_approval(reader: Reader, id_: str, key: ScalarNode) -> Approval:
    reader.require("by")
    due, escalate = reader.duration("due"), read_party(reader, "escalate")
    if reader.has("escalate") and not reader.has("due"):
        report_idle_escalation(reader)
    by, excepted = read_parties(reader, "by") or (), read_parties(reader, "except") or ()
    quorum = _read_quorum(reader)
    _check_people(reader, by, excepted, quorum)
    return Approval(
        id=id_,
        title=reader.title("title", id_),
        by=by,
        span=key.span,
        when=reader.expression("when"),
        quorum=quorum,
        excepted=excepted,
        due=due,
        escalate=escalate,
        after=None if (after := reader.text("after")) is None else normalise(after),
    )


def report_idle_escalation(reader: Reader) -> None:
    """That `escalate` stands there without `due`."""
    message = Bilingual("有 `escalate` 却没有 `due`，永远不会升级", "`escalate` without `due` never happens")
    hint = Bilingual("请写期限，例如 due: 2wd", "say by when, such as due: 2wd")
    reader.findings.error("SF387", message, reader.key_place("escalate"), hint)


def _read_quorum(reader: Reader) -> Quorum | int:
    scalar = reader.scalar("quorum")
    if scalar is None:
        return Quorum.ANY
    if isinstance(scalar.value, int) and not isinstance(scalar.value, bool):
        if scalar.value >= 1:
            return scalar.value
        message = Bilingual(f"人数须至少为 1，得到 {scalar.value}", f"A quorum is at least 1, not {scalar.value}")
        reader.findings.error("SF386", message, scalar.span)
        return Quorum.ANY
    return reader.choice("quorum", Quorum) or Quorum.ANY


def _check_people(reader: Reader, by: tuple[Party, ...], excepted: tuple[Party, ...], quorum: Quorum | int) -> None:
    """Where the approvers are all named, they can be counted here; roles are counted where people are known."""
    named = {party for party in by if party.kind is PartyKind.PERSON} - set(excepted)
    if not by or any(party.kind is not PartyKind.PERSON for party in by):
        return
    wanted = quorum if isinstance(quorum, int) else 1
    if wanted > len(named):
        message = Bilingual(
            f"需要 {wanted} 人同意，却只有 {len(named)} 人可以审批",
            f"It takes {wanted} to approve, and only {len(named)} may",
        )
        place = reader.place("quorum") if reader.has("quorum") else reader.place("by")
        reader.findings.error("SF386", message, place)


def _check_order(reader: Reader, approvals: Mapping[str, Approval], followed: Mapping[str, ScalarNode]) -> None:
    """Every `after` names a sibling and does not come back to itself, or is reported."""
    for id_, scalar in followed.items():
        if normalise(scalar.text) not in approvals:
            message = Bilingual(
                f"本转移没有审批 {shown(scalar.text)}", f"The transition has no approval {shown(scalar.text)}"
            )
            others = [other for other in approvals if other != id_]
            reader.findings.error("SF385", message, scalar.span, suggestion(scalar.text, others))
        elif _comes_back(id_, approvals):
            message = Bilingual(f"{shown(id_)} 最终排在自己之后", f"{shown(id_)} comes after itself")
            reader.findings.error("SF385", message, scalar.span)


def _comes_back(id_: str, approvals: Mapping[str, Approval]) -> bool:
    seen: set[str] = set()
    here: str | None = approvals[id_].after
    while here is not None and here in approvals and here not in seen:
        if here == id_:
            return True
        seen.add(here)
        here = approvals[here].after
    return False
