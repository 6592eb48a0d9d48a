"""Checks the roles, people and skills that documents name against the organisation that they stand in."""

from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from salespm_flow.definition.build import Built
from salespm_flow.definition.build.organisation import PERSON, ROLE, SKILL
from salespm_flow.definition.build.parties import PARTY_WORDS
from salespm_flow.definition.build.reader import Mention, normalise
from salespm_flow.definition.findings import error, shown, warning
from salespm_flow.definition.nodes import ScalarNode
from salespm_flow.definition.suggest import did_you_mean, renaming_at, suggestion
from salespm_flow.diagnostics import Bilingual, Diagnostic, Span
from salespm_flow.model import expression
from salespm_flow.model.fields import Field, Scalar, SimpleType
from salespm_flow.model.library import Library, organisation_named
from salespm_flow.model.organisation import Organisation
from salespm_flow.model.workflow import Workflow

# How alike a role and a reserved word are where the one is likely meant as the other: `onwer` is, `sales_manager` not.
_MISTYPED: Final = 0.75

Identity = tuple[str, str]


def check_mentions(
    built: Built, workflows: Sequence[Workflow], library: Library, unusable: Collection[Identity]
) -> Iterator[Diagnostic]:
    """What the document names is in the organisation of each of the workflows; without one, what looks mistyped."""
    names = dict.fromkeys(organisation_named(workflow, library) for workflow in workflows)
    for name in names:
        if name is None:
            yield from _without_organisation(built)
        elif (organisation := _usable(name, library, unusable)) is not None:
            for mention, scalar in built.mentions:
                yield from _check_mention(mention, scalar, organisation)


def check_people_fields(workflow: Workflow, library: Library, unusable: Collection[Identity]) -> Iterator[Diagnostic]:
    """The defaults of fields that hold a role or a person are in the organisation."""
    organisation = _usable(organisation_named(workflow, library), library, unusable)
    if organisation is None:
        return
    columns = (field for record in workflow.records.values() for field in record.fields.values())
    for field in (*workflow.fields.values(), *columns):
        yield from _check_default(field, organisation)


def _usable(name: str | None, library: Library, unusable: Collection[Identity]) -> Organisation | None:
    return None if name is None or ("organisation", name) in unusable else library.organisations.get(name)


def _check_mention(mention: Mention, scalar: ScalarNode, organisation: Organisation) -> Iterator[Diagnostic]:
    match mention:
        case Mention.ROLE:
            name = normalise(scalar.text)
            meant = did_you_mean(name, (*organisation.roles, *PARTY_WORDS))
            yield from _check_name(name, scalar.span, ("SF372", ROLE), (organisation, organisation.roles), meant=meant)
        case Mention.PERSON:
            name = normalise(scalar.text.removeprefix(expression.PERSON).strip())
            yield from _check_name(name, scalar.span, ("SF371", PERSON), (organisation, organisation.people))
        case Mention.SKILL:
            name = normalise(scalar.text)
            yield from _check_name(name, scalar.span, ("SF373", SKILL), (organisation, organisation.skills))
        case Mention.MANAGER:
            return


def _check_default(field: Field, organisation: Organisation) -> Iterator[Diagnostic]:
    match field.type, field.default:
        case SimpleType(scalar=Scalar.ROLE), str() as name:
            yield from _check_name(name, field.span, ("SF372", ROLE), (organisation, organisation.roles))
        case SimpleType(scalar=Scalar.PERSON), str() as name:
            yield from _check_name(name, field.span, ("SF371", PERSON), (organisation, organisation.people))
        case _:
            return


def _check_name(
    name: str,
    span: Span,
    kind: tuple[str, Bilingual],
    within: tuple[Organisation, Collection[str]],
    *,
    meant: Bilingual | None = None,
) -> Iterator[Diagnostic]:
    code, noun = kind
    organisation, known = within
    if name not in known:
        message = Bilingual(
            f"组织 {shown(organisation.id)} 没有{noun.zh} {shown(name)}",
            f"The organisation {shown(organisation.id)} has no {noun.en} {shown(name)}",
        )
        yield error(code, span, message, meant or suggestion(name, known), fix=renaming_at(span, name, known))


def _without_organisation(built: Built) -> Iterator[Diagnostic]:
    """Roles are what documents name, so a mistyped word passes as one; and nobody is known to be a manager."""
    told: set[str] = set()
    for mention, scalar in built.mentions:
        if scalar.text in told:
            continue
        if mention is Mention.MANAGER:
            told.add(scalar.text)
            message = Bilingual("没有组织，`manager` 不指任何人", "Without an organisation `manager` means nobody")
            hint = Bilingual(
                "请写入 uses: {organisation: …}，或改为角色", "add uses: {organisation: …}, or name a role instead"
            )
            yield warning("SF378", scalar.span, message, hint)
        elif mention is Mention.ROLE and (word := _mistyped_word(scalar.text)) is not None:
            told.add(scalar.text)
            message = Bilingual(f"{shown(scalar.text)} 在这里是一个角色", f"{shown(scalar.text)} counts as a role here")
            yield warning(
                "SF379", scalar.span, message, Bilingual(f"是否想写 {shown(word)}？", f"did you mean {shown(word)}?")
            )


@lru_cache(maxsize=1000)
def _mistyped_word(role: str) -> str | None:
    """The reserved word that a role is likely meant as. Remembered: the same roles stand all over a workspace."""
    likeness: dict[str, float] = {}
    for word in PARTY_WORDS:
        matcher = SequenceMatcher(None, role.casefold(), word)
        # The bounds from above come cheaply, and most roles are like no word at all.
        if min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= _MISTYPED:
            likeness[word] = matcher.ratio()
    nearest = max(likeness, key=likeness.__getitem__, default=None)
    return nearest if nearest is not None and likeness[nearest] >= _MISTYPED else None
