"""The action `spawn`: a child project starts in the same transaction, under the link's contract."""

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import carried_by
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.engine.values import kept
from salespm_flow.model.actions import SpawnChild
from salespm_flow.model.decision import Actor, Birth, Reason, ReasonKind


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
        name = alive or next(birth.project for birth in turn.births if birth.link == link.id)
        zh, en = f"“{link.title.zh}”已经存在：{name}", f"{link.title.en} exists already: {name}"
        reason = Reason(id=link.id, kind=ReasonKind.CHILD, message=Bilingual(zh, en), rule=action.span, values={})
        raise RefusalError((reason,))
    birth = Birth(
        link=link.id,
        workflow=link.workflow,
        project=f"{turn.draft.id}.{link.id}.{len(born) + expected + 1}",
        owner=turn.draft.owner,
        # Of a move made at quorum that is its requester, not who voted last.
        actor=Actor(id=turn.actor.id, role=turn.role),
        fields={
            name: kept(turn.evaluate(carried.text, carried_by(link.id, name))) for name, carried in link.carry.items()
        },
        action=action.id,
        hops=turn.hops,
    )
    turn.births.append(birth)
