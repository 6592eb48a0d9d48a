"""Where a project stands, or stood at an earlier time: what `status` tells of, loaded once."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from salespm_flow.cli.context import Session
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import UnknownNameError
from salespm_flow.nouns import dataclass

if TYPE_CHECKING:
    from salespm_flow.engine.compiled import Compiled
    from salespm_flow.engine.views.offers import Offer
    from salespm_flow.expr.values import Value
    from salespm_flow.model.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that is shown of a project; `fields` holds the computed ones too, `moves` is empty for the past."""

    project: "Project"
    compiled: "Compiled"
    fields: "Mapping[str, Value]"
    children: "Mapping[str, tuple[Project, ...]]"
    moves: "tuple[Offer, ...]"
    now: datetime


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
        now=now,
    )
