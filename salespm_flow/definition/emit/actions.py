"""Writes the actions of transitions, gates and timers."""

from collections.abc import Iterable, Iterator

from salespm_flow.definition.emit import leaves
from salespm_flow.definition.nodes import MapNode, Node
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


def actions(done: Iterable[Action]) -> MapNode | None:
    """The actions by name, in their order; nothing where there are none."""
    return leaves.section((action.id, leaves.entries(_keys(action))) for action in done)


def _keys(action: Action) -> Iterator[tuple[str, Node | None]]:
    match action:
        case SetField(field=name, value=value):
            yield from _named("set", "field", name)
            yield "value", leaves.expression(value)
        case AppendRow(record=name, value=value):
            yield from _named("append", "record", name)
            yield "value", leaves.expression(value)
        case RaiseEvent(event=event):
            yield from _named("raise", "event", event)
        case SendEvent(event=event, to=to, after=after):
            yield from _named("send", "event", event)
            yield "to", leaves.text(to)
            yield "after", leaves.duration(after)
        case SpawnChild(link=link):
            yield from _named("spawn", "link", link)
        case ReturnToParent():
            yield "action", leaves.text("return")
        case OpenTask() | Notify() | OpenRisk():
            yield from _for_people(action)


def _named(word: str, key: str, name: str) -> Iterator[tuple[str, Node | None]]:
    yield "action", leaves.text(word)
    yield key, leaves.text(name)


def _for_people(action: OpenTask | Notify | OpenRisk) -> Iterator[tuple[str, Node | None]]:
    word = {OpenTask: "task", Notify: "notify", OpenRisk: "risk"}[type(action)]
    yield "action", leaves.text(word)
    yield "title", leaves.title(action.title, action.id)
    if isinstance(action, OpenRisk):
        yield "category", leaves.text(action.category)
        yield "probability", leaves.number(action.probability)
        yield "impact", leaves.number(action.impact)
    yield "who", leaves.party(action.who)
    if isinstance(action, OpenTask):
        yield from leaves.work(action.due, action.effort, action.priority, action.checklist)
