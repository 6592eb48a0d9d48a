"""Which moves running projects have now and would be refused after a migration: criteria run, not compared."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.turn import THE_SYSTEM
from salespm_flow.engine.views.offers import Offer, offers
from salespm_flow.evolve.comparison import Comparison
from salespm_flow.evolve.difference import Nature
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Reason, ReasonKind
from salespm_flow.model.project import Project, Snapshot
from salespm_flow.nouns import dataclass

_CRITERIA: Final = frozenset({ReasonKind.WHEN, ReasonKind.MISSING, ReasonKind.CHECK, ReasonKind.CONFLICT})
_NARROWER: Final = frozenset({Nature.TIGHTENED, Nature.CHANGED, Nature.UNDECIDED, Nature.RETARGETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """A move (by its newer id and title) that these projects have now and would not have, for the same reasons."""

    transition: str
    title: Bilingual
    reasons: tuple[Reason, ...]
    projects: tuple[str, ...]


class Narrowing:
    """Looks at each project as it is and as it would be, and remembers what it would lose."""

    def __init__(self, runner: Runner, comparison: Comparison, target: Compiled, now: datetime) -> None:
        self._runner = runner
        self._renamed = comparison.versions.transitions.kept
        self._target = target
        self._now = now
        self._is_needed = any(_may_narrow(one.path, one.nature) for one in comparison.differences)
        self._found: dict[tuple[str, tuple[str, ...]], tuple[Offer, list[str]]] = {}

    def heard(self, before: Project, after: Project) -> None:
        """The project, which would move so, is looked at; where nothing is narrower it costs nothing."""
        if not self._is_needed:
            return
        snapshot, old = self._runner.snapshot_of(before)
        had = {self._renamed.get(one.transition) for one in offers(old, snapshot, THE_SYSTEM, self._now) if _holds(one)}
        for offer in offers(self._target, self._snapshot(after), THE_SYSTEM, self._now):
            if offer.transition in had and not _holds(offer):
                why = tuple(reason.id for reason in _criteria(offer))
                self._found.setdefault((offer.transition, why), (offer, []))[1].append(before.id)

    @property
    def narrowed(self) -> tuple[Narrowed, ...]:
        """What was found, in the order in which it was."""
        return tuple(
            Narrowed(transition=offer.transition, title=offer.title, reasons=_criteria(offer), projects=tuple(projects))
            for offer, projects in self._found.values()
        )

    def _snapshot(self, project: Project) -> Snapshot:
        """What the newer version reads of the project, which no store has so."""
        target, store = self._target, self._runner.store
        parent = project.parent.project if project.parent is not None and target.needs_parent else None
        kpis: Mapping[str, Value] = {}
        if target.needs_kpis:
            kpis = {name: stored.value for name, stored in store.kpis().items()}
        return Snapshot(
            project=project,
            children=store.children(project.id) if target.needs_children else {},
            parent=None if parent is None else store.project(parent),
            kpis=kpis,
        )


def _may_narrow(path: str, nature: Nature) -> bool:
    section, _, rest = path.partition(".")
    is_gate = section == "transitions" or (section == "states" and (".entry" in rest or ".exit" in rest))
    return (is_gate and nature in _NARROWER) or section in {"parameters", "fields"}


def _criteria(offer: Offer) -> tuple[Reason, ...]:
    """The reasons that come of the project and not of who asks."""
    return tuple(reason for reason in offer.reasons if reason.kind in _CRITERIA)


def _holds(offer: Offer) -> bool:
    return not _criteria(offer)


def projects_in(narrowed: Iterable[Narrowed]) -> int:
    """How many projects lose at least one move."""
    return len({project for one in narrowed for project in one.projects})
