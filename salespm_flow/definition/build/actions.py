"""Builds the actions of a transition, gate or timer; one function and one line of the registry for each."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from salespm_flow.definition.build.events import read_said
from salespm_flow.definition.build.parties import read_party
from salespm_flow.definition.build.reader import Findings, Reader, named_entries, normalise
from salespm_flow.definition.build.tasks import read_work
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import MapNode, Node, ScalarNode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.actions import (
    Action,
    AppendRow,
    Notify,
    OpenRisk,
    OpenTask,
    RaiseEvent,
    ReturnToParent,
    SendEvent,
    SetField,
    SpawnChild,
)
from salespm_flow.model.fields import Field, Record
from salespm_flow.nouns import dataclass

SELF = "self"
FIELD = Bilingual("字段", "field")
RECORD = Bilingual("记录表", "record")
LINK = Bilingual("链接", "link")
# Places of risk categories begin so: which there are, the workspace says.
CATEGORY_PLACE = "category."


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The names of the workflow that its states, transitions and actions refer to."""

    fields: Mapping[str, Field]
    records: Mapping[str, Record]
    links: Collection[str]


ActionBuilder = Callable[[Reader, str, Scope], Action | None]


def read_actions(findings: Findings, node: Node | None, scope: Scope) -> tuple[Action, ...]:
    """The actions of a map, in file order; what cannot be read is recorded and left out."""
    if node is None:
        return ()
    built = (_read_action(findings, (id_, key), value, scope) for id_, key, value in named_entries(findings, node))
    return tuple(action for action in built if action is not None)


def _read_action(findings: Findings, named: tuple[str, ScalarNode], node: Node, scope: Scope) -> Action | None:
    id_, _ = named
    if not isinstance(node, MapNode):
        findings.unreadable(node, Bilingual("映射", "a map"))
        return None
    entry = node.entries.get("action")
    if entry is None or not isinstance(entry.value, ScalarNode) or entry.value.text not in ACTIONS:
        listed = " | ".join(ACTIONS)
        findings.unreadable(node if entry is None else entry.value, Bilingual(f"动作 {listed}", f"an action {listed}"))
        return None
    word = entry.value.text
    reader = Reader(findings, node, f"workflow.action.{word}")
    reader.node("action")
    return ACTIONS[word](reader, id_, scope)


def known_name(reader: Reader, key: str, known: Collection[str], finding: tuple[str, Bilingual]) -> str | None:
    """The name under a key that must be given, where it is a known one; `finding` is the code and kind if not."""
    reader.require(key)
    name = reader.scalar(key)
    if name is None:
        return None
    text = normalise(name.text)
    if text not in known:
        code, kind = finding
        reader.findings.unknown(code, kind, name, known)
        return None
    return text


def _set(reader: Reader, id_: str, scope: Scope) -> Action | None:
    reader.require("value")
    name, value = known_name(reader, "field", scope.fields, ("SF303", FIELD)), reader.expression("value")
    if name is not None and scope.fields[name].formula is not None:
        message = Bilingual(
            f"字段 {shown(name)} 由公式计算，不能设置", f"The field {shown(name)} is computed and cannot be set"
        )
        reader.findings.error("SF317", message, reader.place("field"))
        return None
    if name is None or value is None:
        return None
    return SetField(id=id_, field=name, value=value, span=reader.span)


def _append(reader: Reader, id_: str, scope: Scope) -> Action | None:
    reader.require("value")
    name, value = known_name(reader, "record", scope.records, ("SF304", RECORD)), reader.expression("value")
    return None if name is None or value is None else AppendRow(id=id_, record=name, value=value, span=reader.span)


def _task(reader: Reader, id_: str, _: Scope) -> Action | None:
    reader.require("who")
    who, title, work = read_party(reader, "who"), reader.title("title", id_), read_work(reader)
    return None if who is None else OpenTask(id=id_, title=title, who=who, span=reader.span, **work._asdict())


def _notify(reader: Reader, id_: str, _: Scope) -> Action | None:
    reader.require("who")
    who, title = read_party(reader, "who"), reader.title("title", id_)
    return None if who is None else Notify(id=id_, title=title, who=who, span=reader.span)


def _raise(reader: Reader, id_: str, _: Scope) -> Action | None:
    reader.require("event")
    event = reader.scalar("event")
    if event is None:
        return None
    return RaiseEvent(id=id_, event=read_said(reader.findings, event), span=reader.span)


def _send(reader: Reader, id_: str, scope: Scope) -> Action | None:
    reader.require("event")
    node, after = reader.scalar("event"), reader.duration("after")
    to = known_name(reader, "to", (SELF, "parent", *scope.links), ("SF305", LINK))
    if node is None or to is None:
        return None
    event = read_said(reader.findings, node, is_heard_here=to == SELF)
    return SendEvent(id=id_, event=event, to=to, after=after, span=reader.span)


def _spawn(reader: Reader, id_: str, scope: Scope) -> Action | None:
    link = known_name(reader, "link", scope.links, ("SF305", LINK))
    return None if link is None else SpawnChild(id=id_, link=link, span=reader.span)


def _return(reader: Reader, id_: str, _: Scope) -> Action | None:
    return ReturnToParent(id=id_, span=reader.span)


def read_category(reader: Reader) -> str | None:
    """The risk category that is named; whether there is one is judged where the workspace is known."""
    named = reader.scalar("category")
    if named is None:
        return None
    reader.findings.places[f"{CATEGORY_PLACE}{named.span}"] = named
    return normalise(named.text)


def _risk(reader: Reader, id_: str, _: Scope) -> Action | None:
    for key in ("probability", "impact", "who"):
        reader.require(key)
    who, title = read_party(reader, "who"), reader.title("title", id_)
    reader.require("category")
    category = read_category(reader)
    probability, impact = reader.integer("probability"), reader.integer("impact")
    if who is None or category is None or probability is None or impact is None:
        return None
    return OpenRisk(
        id=id_,
        title=title,
        category=category,
        probability=probability,
        impact=impact,
        who=who,
        span=reader.span,
    )


ACTIONS: Mapping[str, ActionBuilder] = MappingProxyType(
    {
        "set": _set,
        "append": _append,
        "task": _task,
        "notify": _notify,
        "raise": _raise,
        "send": _send,
        "spawn": _spawn,
        "return": _return,
        "risk": _risk,
    }
)
