"""Where a project stands, or stood at an earlier time: what `status` tells of, loaded once."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.context import Session
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import UnknownNameError
from salespm_flow.nouns import dataclass

# The reason against whoever is unknown to the organisation, or has left it.
STRANGER: Final = "actor"

if TYPE_CHECKING:
    from salespm_flow.engine.compiled import Compiled
    from salespm_flow.engine.views.offers import Offer
    from salespm_flow.expr.values import Value
    from salespm_flow.model.decision import Reason
    from salespm_flow.model.history import Moved
    from salespm_flow.model.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that is shown of a project; `fields` holds the computed ones too, `moves` is empty for the past.

    `overrides` are the moves that were made by setting rules aside. `stranger` says why who looks can do nothing at all
    here, such as being unknown to the organisation.
    """

    project: "Project"
    compiled: "Compiled"
    fields: "Mapping[str, Value]"
    children: "Mapping[str, tuple[Project, ...]]"
    moves: "tuple[Offer, ...]"
    overrides: "tuple[Moved, ...]"
    now: datetime

    @property
    def stranger(self) -> "Reason | None":
        """Why nobody's moves are the viewer's; None for whoever is known here."""
        found = (reason for move in self.moves for reason in move.reasons if reason.id == STRANGER)
        return next(found, None)

    @property
    def moves_of_others(self) -> "tuple[Offer, ...]":
        """The moves as they stand for people of the organisation: what is told once is not told with every move."""
        if self.stranger is None:
            return self.moves
        return tuple(
            replace(move, reasons=tuple(reason for reason in move.reasons if reason.id != STRANGER))
            for move in self.moves
        )


def standing_of(session: Session, project: str, as_of: datetime | None) -> Standing:
    """The project as it stands, or stood at `as_of`.

    Raises:
        UnknownNameError: it did not exist yet.
    """
    from salespm_flow.engine.context import Names, View
    from salespm_flow.engine.draft import draft_of
    from salespm_flow.engine.views.prospects import prospects

    runner = session.runner
    now = session.now if as_of is None else as_of
    found = runner.snapshot(project) if as_of is None else runner.snapshot_as_of(project, as_of)
    if found is None:
        raise UnknownNameError(
            Bilingual(f"项目 {project} 在那时还不存在", f"the project {project} did not exist yet at that time"),
            Bilingual("见 history", "see its history"),
        )
    snapshot, compiled = found
    moment = max(now, snapshot.project.updated_at)
    draft = draft_of(snapshot.project, moment)
    names = Names(View(compiled=compiled, draft=draft, snapshot=snapshot, actor=session.actor, now=moment))
    return Standing(
        project=snapshot.project,
        compiled=compiled,
        fields={name: names[name] for name in compiled.workflow.fields},
        children=snapshot.children,
        moves=prospects(runner, found, session.actor, now) if as_of is None else (),
        overrides=tuple(_overrides(session, snapshot.project)),
        now=now,
    )


def _overrides(session: Session, project: "Project") -> "Iterator[Moved]":
    """The moves up to the project's revision that an override made, in order."""
    from salespm_flow.model.history import Moved

    for entry in session.store.history(project.id):
        if entry.number > project.revision:
            return
        yield from (change for change in entry.changes if isinstance(change, Moved) and change.waived)
