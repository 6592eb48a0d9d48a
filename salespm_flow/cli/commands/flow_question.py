"""Whose flow is asked for, in which stretch of time, and the head of the answer. Works no figure out."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.commands.deal_question import chosen_workflow
from salespm_flow.cli.commands.kpi_question import Asked, read_as_of, read_period_option, read_subject
from salespm_flow.cli.context import Session
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.engine.answers import Json
    from salespm_flow.engine.measure.flow import Ways
    from salespm_flow.rules.flow.trips import Window

# Where no period is given: long enough for rates, short enough to tell how things are now.
DAYS: Final = 90


def flow_question(
    session: Session, workflow: str | None, given: dict[str, str | None], *, is_whole: bool = False
) -> "tuple[Ways, Window]":
    """Whose ways, and in which stretch of time: the last 90 days, or all of it, where none is given."""
    from salespm_flow.engine.measure.deals import first_moment
    from salespm_flow.engine.measure.flow import Ways
    from salespm_flow.rules.flow.trips import Window

    asked = Asked(**given)
    moment = read_as_of(session, asked.as_of)
    at = moment or session.now
    ways = Ways(
        store=session.store,
        library=session.library,
        workflow=chosen_workflow(session, workflow),
        at=at,
        is_past=moment is not None,
        subject=read_subject(session, asked),
    )
    period = read_period_option(asked.period)
    start, end = at - timedelta(days=DAYS), at
    if period.start is not None:
        start = first_moment(period.start, session.library) + timedelta(microseconds=1)
    elif is_whole or period.end is not None:
        start = min((project.opened_at for project in session.store.projects(workflow=ways.workflow.id)), default=start)
    if period.end is not None:
        # What is yet to come has not flowed.
        end = min(first_moment(period.end + timedelta(days=1), session.library), end)
    return ways, Window(start=start, end=max(start, end))


def head_line(session: Session, ways: "Ways", window: "Window") -> str:
    """The workflow and the stretch of time."""
    from salespm_flow.cli.render import Ink
    from salespm_flow.cli.values import moment

    title = session.palette.paint(session.of(ways.workflow.title), Ink.STRONG)
    start, end = moment(session, window.start), moment(session, window.end)
    return session.text(f"{title}：{start} 至 {end} 的流动", f"{title}: flow from {start} to {end}")


def head_answer(ways: "Ways", window: "Window") -> "dict[str, Json]":
    """The same for programs."""
    from salespm_flow.engine.answers import iso

    return {
        "status": "ok",
        "workflow": ways.workflow.id,
        "at": iso(ways.at),
        "window": {"start": iso(window.start), "end": iso(window.end)},
    }


def title_of(ways: "Ways", name: str) -> Bilingual:
    """The title of the state of that name."""
    return next(state.title for state in ways.workflow.states.values() if state.name == name)


def numbers(header: Sequence[str]) -> frozenset[int]:
    """The columns of figures: all but the first."""
    return frozenset(range(1, len(header)))
