"""Who a party is in a given project, as far as it can be said without an organisation."""

from salespm_flow.engine.turn import Turn
from salespm_flow.model.expression import Party, PartyKind


def resolve(turn: Turn, party: Party) -> str:
    """The party as `person:<id>` or `role:<id>`."""
    match party.kind:
        case PartyKind.OWNER:
            return f"person:{turn.draft.owner}"
        case PartyKind.REQUESTER | PartyKind.ACTOR:
            return f"person:{turn.actor.id}"
        case PartyKind.PERSON:
            return f"person:{party.name}"
        case PartyKind.ROLE:
            return f"role:{party.name}"
        case PartyKind.MANAGER:
            return "role:manager"
