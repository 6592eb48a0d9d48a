"""Parties that a request names as text: `owner`, `manager`, a role, `role:<id>`, `person:<id>`."""

from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.parties import person_reasons, resolve
from salespm_flow.engine.reasons import guesses, reason_of
from salespm_flow.engine.turn import Turn
from salespm_flow.engine.values import identity_flaw, shown
from salespm_flow.model.decision import Reason, ReasonKind
from salespm_flow.model.expression import PERSON, ROLE, Party, PartyKind

OWNER: Final = PartyKind.OWNER
MANAGER: Final = PartyKind.MANAGER
_TAKE_IT: Final = Bilingual("承担任务", "take a task")
_SLOTS: Final = {"who": "人选", "party": "人选", "accountable": "担责人"}
_WORDS: Final = {"owner": OWNER, "manager": MANAGER, "actor": PartyKind.ACTOR}


def party_of(text: str) -> Party:
    """The party that a text means; a bare name is a role."""
    if text in _WORDS:
        return Party(_WORDS[text])
    if text.startswith(PERSON):
        return Party(PartyKind.PERSON, text.removeprefix(PERSON))
    return Party(PartyKind.ROLE, text.removeprefix(ROLE))


def resolve_named(turn: Turn, text: str, name: str) -> tuple[str, tuple[Reason, ...]]:
    """The party that the text means as `person:<id>` or `role:<id>`, and every reason against it, of that id."""
    party = party_of(text.strip())
    flaw = _flaw(turn, party)
    if flaw is not None:
        message = Bilingual(f"{_SLOTS.get(name, name)}{flaw.zh}", f"{name} {flaw.en}")
        return "", (reason_of(name, ReasonKind.VALUE, message),)
    if party.kind is PartyKind.PERSON and (reasons := person_reasons(turn, party.name, name, _TAKE_IT)):
        return "", reasons
    return resolve(turn, party), ()


def _flaw(turn: Turn, party: Party) -> Bilingual | None:
    if party.kind not in {PartyKind.PERSON, PartyKind.ROLE}:
        return None
    if (flaw := identity_flaw(party.name)) is not None:
        return flaw
    if party.kind is PartyKind.PERSON:
        return None
    organisation = turn.compiled.organisation
    roles = turn.compiled.workflow.roles if organisation is None else organisation.roles
    if party.name in roles:
        return None
    name, people = shown(party.name), () if organisation is None else organisation.people
    if party.name in people:
        zh = f"：“{name}”是人员，不是角色；请写 {PERSON}{name}"
        return Bilingual(zh, f'is no role: "{name}" is a person; write {PERSON}{name}')
    guess = guesses(party.name, (*roles, *_WORDS))
    zh = f"：没有角色“{name}”{guess.zh}；人员写作 person:姓名"
    en = f'is no role: "{name}"{guess.en}; a person is written person:NAME'
    return Bilingual(zh, en)
