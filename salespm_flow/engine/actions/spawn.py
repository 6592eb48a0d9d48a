"""The action `spawn`: a child project starts in the same transaction, under the link's contract."""

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import carried_by
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.expr.values import Reference, Value
from salespm_flow.model.actions import SpawnChild
from salespm_flow.model.decision import Birth, Reason, ReasonKind


def carry_out(turn: Turn, action: SpawnChild) -> None:
    """The child is to be opened with what the link carries.

    Raises:
        RefusalError: a child of this link is alive and the link is not `many`.
    """
    link = turn.compiled.workflow.links[action.link]
    born = turn.children.get(link.id, ())
    expected = sum(1 for birth in turn.births if birth.link == link.id)
    alive = next((child.id for child in born if child.is_open), None)
    if not link.is_many and (alive is not None or expected):
        zh, en = f"“{link.title.zh}”已经存在：{alive}", f"{link.title.en} exists already: {alive}"
        reason = Reason(id=link.id, kind=ReasonKind.CHILD, message=Bilingual(zh, en), rule=action.span, values={})
        raise RefusalError((reason,))
    birth = Birth(
        link=link.id,
        workflow=link.workflow,
        project=f"{turn.draft.id}.{link.id}.{len(born) + expected + 1}",
        owner=turn.draft.owner,
        fields={
            name: _plain(turn.evaluate(carried.text, carried_by(link.id, name))) for name, carried in link.carry.items()
        },
        action=action.id,
    )
    turn.births.append(birth)


def _plain(value: Value) -> Value:
    # A reference is carried by its key; the child looks the row up for itself.
    if isinstance(value, Reference):
        return value.key
    if isinstance(value, tuple):
        return tuple(_plain(one) for one in value)
    return value
