"""Who a party is in a given project, and whether it covers who asks; the organisation says so where there is one."""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.reasons import guesses, reason_of
from salespm_flow.engine.turn import Turn, standings_of
from salespm_flow.model.decision import SYSTEM, Actor, Reason, ReasonKind
from salespm_flow.model.expression import PERSON, ROLE, Party, PartyKind
from salespm_flow.model.organisation import Organisation, Standing, has_left, manager_of, roles_of
from salespm_flow.nouns import dataclass

_NAMED_PEOPLE: Final = 5


@dataclass(frozen=True, slots=True)
class Right:
    """By what somebody may do something: `person` is whose right it is, `role` the role that counted, if any."""

    person: str
    role: str = ""


def resolve(turn: Turn, party: Party) -> str:
    """The party as `person:<id>` or `role:<id>`; a manager whom nobody knows stays a role."""
    match party.kind:
        case PartyKind.OWNER:
            return PERSON + turn.draft.owner
        case PartyKind.REQUESTER | PartyKind.ACTOR:
            return PERSON + turn.actor.id
        case PartyKind.PERSON:
            return PERSON + party.name
        case PartyKind.ROLE:
            return ROLE + party.name
        case PartyKind.MANAGER:
            manager = owners_manager(turn)
            return f"{ROLE}{PartyKind.MANAGER}" if manager is None else PERSON + manager


def owners_manager(turn: Turn) -> str | None:
    """The manager of the owner's unit; None without an organisation, and where it knows none."""
    organisation = turn.compiled.organisation
    return None if organisation is None else manager_of(organisation, turn.draft.owner)


def roles_that_count(turn: Turn) -> tuple[str, ...]:
    """The roles of who asks, those of absent colleagues included; the one claimed, where one is."""
    return tuple(dict.fromkeys(role for one in turn.standings for role in one.roles))


def may(turn: Turn, actor: Actor, parties: Iterable[Party] | None) -> bool:
    """Whether one of the parties covers the actor; None means any known actor does."""
    return right_of(turn, actor, parties) is not None


def right_of(turn: Turn, actor: Actor, parties: Iterable[Party] | None) -> Right | None:
    """By what one of the parties covers the actor, a right of his own before one of an absent colleague's.

    None where no party covers him. The engine itself needs no right.
    """
    if actor.is_system:
        return Right(SYSTEM)
    known = turn.standings if actor == turn.actor else standings_of(turn.compiled, actor, turn.today)
    if parties is None:
        return Right(known[0].person, actor.role) if known else None
    wanted = tuple(parties)
    for standing in known:
        for party in wanted:
            if _covers(turn, party, standing):
                return Right(standing.person, party.name if party.kind is PartyKind.ROLE else actor.role)
    return None


def _covers(turn: Turn, party: Party, standing: Standing) -> bool:
    match party.kind:
        case PartyKind.OWNER:
            return standing.person == turn.draft.owner
        case PartyKind.PERSON:
            return standing.person == party.name
        case PartyKind.MANAGER:
            return standing.person == owners_manager(turn)
        case PartyKind.ROLE:
            return party.name in standing.roles
        case PartyKind.ACTOR | PartyKind.REQUESTER:
            return True


def exercise(turn: Turn, actor: Actor, parties: Iterable[Party] | None) -> bool:
    """Whether one of the parties covers the actor; if so, the history will say by what right he did this."""
    right = right_of(turn, actor, parties)
    if right is None or actor.is_system:
        return right is not None
    turn.role = turn.role or right.role
    if right.person != actor.id:
        turn.acting_for = right.person
    return True


def actor_reasons(turn: Turn) -> tuple[Reason, ...]:
    """The reason against who asks: unknown to the organisation, gone, or without the role that he claims."""
    organisation, actor = turn.compiled.organisation, turn.actor
    if organisation is None or actor.is_system:
        return ()
    if actor.id not in organisation.people:
        return (_unknown_person("actor", actor.id, organisation),)
    if has_left(organisation, actor.id, turn.today):
        zh, en = f"{actor.id} 已离职，不能操作", f"{actor.id} has left and cannot act"
        return (reason_of("actor", ReasonKind.ROLE, Bilingual(zh, en)),)
    if actor.role and not any(one.roles for one in turn.standings):
        return (_role_not_held(actor, organisation),)
    return ()


def owner_reasons(turn: Turn, owner: str) -> tuple[Reason, ...]:
    """The reason against somebody as an owner: the engine, unknown to the organisation, or gone."""
    return person_reasons(turn, owner, "owner", Bilingual("作负责人", "be the owner"))


def person_reasons(turn: Turn, person: str, name: str, deed: Bilingual) -> tuple[Reason, ...]:
    """The reason, of id `name`, against who is to do the deed: the engine, unknown to the organisation, gone."""
    if person == SYSTEM:
        zh, en = f"“{SYSTEM}”是引擎本身，不能{deed.zh}", f'"{SYSTEM}" is the engine itself and cannot {deed.en}'
        return (reason_of(name, ReasonKind.VALUE, Bilingual(zh, en)),)
    organisation = turn.compiled.organisation
    if organisation is None:
        return ()
    if person not in organisation.people:
        return (_unknown_person(name, person, organisation),)
    if has_left(organisation, person, turn.today):
        message = Bilingual(f"{person} 已离职，不能{deed.zh}", f"{person} has left and cannot {deed.en}")
        return (reason_of(name, ReasonKind.VALUE, message),)
    return ()


def _unknown_person(name: str, person: str, organisation: Organisation) -> Reason:
    guess = guesses(person, organisation.people)
    if not guess.en and (some := list(islice(organisation.people, _NAMED_PEOPLE))):
        more = len(organisation.people) > len(some)
        guess = Bilingual(
            f"；有：{'、'.join(some)}{'……' if more else ''}", f"; there are {', '.join(some)}{', …' if more else ''}"
        )
    zh = f"组织 {organisation.id} 没有人员“{person}”{guess.zh}"
    en = f'the organisation {organisation.id} has no person "{person}"{guess.en}'
    kind = ReasonKind.ROLE if name == "actor" else ReasonKind.VALUE
    return reason_of(name, kind, Bilingual(zh, en))


def _role_not_held(actor: Actor, organisation: Organisation) -> Reason:
    if actor.role not in organisation.roles:
        guess = guesses(actor.role, organisation.roles)
        zh = f"组织 {organisation.id} 没有角色“{actor.role}”{guess.zh}"
        en = f'the organisation {organisation.id} has no role "{actor.role}"{guess.en}'
    else:
        mine = roles_of(organisation, actor.id)
        zh = f"{actor.id} 不担任角色 {actor.role}；担任的是：{'、'.join(mine) or '无'}"
        en = f"{actor.id} does not hold the role {actor.role}; held: {', '.join(mine) or 'none'}"
    return reason_of("role", ReasonKind.ROLE, Bilingual(zh, en))
