"""The children that a decision gives birth to, decided on before anything is written. Knows no request but to open."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.decide import decide
from salespm_flow.engine.definitions import Definitions, require_live
from salespm_flow.engine.ports import Store
from salespm_flow.model.decision import Accepted, Birth, Open, Reason, ReasonKind, Rejected
from salespm_flow.model.project import ParentLink
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass

GENERATIONS: Final = 16
BROOD_LIMIT: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Brood:
    """The children that a decision opens, theirs included, and what they stand on; else why one cannot start."""

    children: tuple[Accepted, ...] = ()
    openings: tuple[Compiled, ...] = ()
    reasons: tuple[Reason, ...] = ()


def brood_of(
    parent: Accepted, definitions: Definitions, store: Store, recorded_at: datetime, *, generation: int = 1
) -> Brood:
    """The children that the decision gives birth to, and theirs; else every reason why one cannot start.

    Raises:
        UnknownNameError, PinnedDefinitionError, LiveDefinitionError: a child has no definition to stand on.
    """
    brood = Brood()
    for birth in parent.births:
        if generation > GENERATIONS or len(brood.children) >= BROOD_LIMIT:
            return Brood(reasons=(_too_many(birth),))
        taken = store.project(birth.project)
        if taken is not None and (taken.parent is None or taken.parent.project != parent.project.id):
            return Brood(reasons=(_child_reason(birth, already_there(birth.project)),))
        compiled = definitions.openable(birth.workflow)
        require_live(compiled)
        request = _opening(parent, birth, definitions.pinned(parent.project.pin))
        decision = decide(compiled, None, request, parent.entry.at, recorded_at=recorded_at)
        if isinstance(decision, Rejected):
            sale = definitions.pinned(parent.project.pin).workflow
            return Brood(
                reasons=tuple(_child_reason(birth, _with_source(sale, birth, one)) for one in decision.reasons)
            )
        deeper = brood_of(decision, definitions, store, recorded_at, generation=generation + 1)
        if deeper.reasons:
            return deeper
        brood = Brood(
            children=(*brood.children, decision, *deeper.children),
            openings=(*brood.openings, compiled, *deeper.openings),
        )
    return brood


def already_there(project: str) -> Reason:
    """The reason against a project whose id is taken."""
    zh, en = f"项目“{project}”已经存在", f'the project "{project}" exists already'
    return Reason(id="project", kind=ReasonKind.STATE, message=Bilingual(zh, en), rule=None, values={})


def kept_for_child(project: str, workflows: Iterable[Workflow]) -> Reason | None:
    """The reason against an id of the form in which children are numbered: a child would find it taken, for ever."""
    name, _, number = project.rpartition(".")
    parent, _, link = name.rpartition(".")
    if not parent or not number.isdecimal() or not any(link in workflow.links for workflow in workflows):
        return None
    zh = f"“{project}”这种编号留给子项目（{link}）"
    en = f'ids like "{project}" are kept for child projects ({link})'
    return Reason(id="project", kind=ReasonKind.STATE, message=Bilingual(zh, en), rule=None, values={})


def _with_source(sale: Workflow, birth: Birth, reason: Reason) -> Reason:
    """The reason against a field of the child, saying which of the parent's it is carried from."""
    carried = sale.links[birth.link].carry.get(reason.id)
    if carried is None:
        return reason
    field = sale.fields.get(carried.text)
    zh = f"{reason.message.zh}（由本项目的{f'“{field.title.zh}”' if field else f' {carried.text} '}带入）"
    en = f"{reason.message.en} (carried from {field.title.en if field else carried.text})"
    return replace(reason, message=Bilingual(zh, en))


def _opening(parent: Accepted, birth: Birth, compiled: Compiled) -> Open:
    link = ParentLink(project=parent.project.id, link=birth.link, is_many=compiled.workflow.links[birth.link].is_many)
    return Open(
        project=birth.project, owner=birth.owner, fields=birth.fields, actor=birth.actor, parent=link, hops=birth.hops
    )


def _child_reason(birth: Birth, reason: Reason) -> Reason:
    zh = f"子项目 {birth.link}（{birth.workflow}）不能开始：{reason.message.zh}"
    en = f"the {birth.link} project ({birth.workflow}) cannot start: {reason.message.en}"
    return replace(reason, kind=ReasonKind.CHILD, message=Bilingual(zh, en))


def _too_many(birth: Birth) -> Reason:
    zh = f"一次产生的子项目超过 {BROOD_LIMIT} 个或 {GENERATIONS} 层"
    en = f"one request opens more than {BROOD_LIMIT} children or {GENERATIONS} generations"
    return Reason(id=birth.link, kind=ReasonKind.LIMIT, message=Bilingual(zh, en), rule=None, values={})
