"""What to do in the states that a project is in: criteria met and open, skills, tools, tasks. Moves nothing."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.draft import draft_of
from salespm_flow.engine.gates import gate_reasons
from salespm_flow.engine.places import active_paths
from salespm_flow.engine.turn import Turn
from salespm_flow.model.decision import Actor, Reason
from salespm_flow.model.expression import Expression
from salespm_flow.model.project import Project, Snapshot, Task
from salespm_flow.model.workflow import Gate, State
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """Something that leaving a state asks for: a field or record by its `title`, or the expression `that`.

    `reason` says why it does not hold, None where it does.
    """

    id: str
    title: Bilingual
    reason: Reason | None
    that: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillNeed:
    """A skill that a state asks for, at which level, and the owner's: None where no organisation tells."""

    skill: str
    title: Bilingual
    wanted: int
    has: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateGuide:
    """One active state: what leaves it, who works in it with what, and what is still to be done."""

    state: State
    entered_at: datetime
    criteria: tuple[Criterion, ...]
    skills: tuple[SkillNeed, ...]
    tasks: tuple[Task, ...]


def guidance(compiled: Compiled, snapshot: Snapshot, actor: Actor, now: datetime) -> tuple[StateGuide, ...]:
    """The active states that say something to a person, outermost first."""
    moment = max(now, snapshot.project.updated_at)
    turn = Turn(compiled, draft_of(snapshot.project, moment), snapshot, actor, now=moment)
    return tuple(_guides(turn))


def other_tasks(project: Project, guides: Iterable[StateGuide]) -> tuple[Task, ...]:
    """The open tasks that no state of the guides made: added by hand, by a move, by a risk, or in a state left since.

    What is due first comes first.
    """
    told = {task.id for guide in guides for task in guide.tasks}
    found = (task for task in project.tasks.values() if task.is_open and task.id not in told)
    return tuple(sorted(found, key=lambda task: (task.due_at is None, task.due_at or task.opened_at)))


def _guides(turn: Turn) -> Iterator[StateGuide]:
    project, states = turn.draft, turn.compiled.workflow.states
    for path in active_paths(project.leaves):
        state = states[path]
        origins = {task.id for task in state.tasks}
        guide = StateGuide(
            state=state,
            entered_at=project.entered.get(path, project.opened_at),
            criteria=tuple(_criteria(turn, state.exit)),
            skills=tuple(_skills(turn, state)),
            tasks=tuple(task for task in project.tasks.values() if task.is_open and task.origin in origins),
        )
        if not state.children or guide.criteria or guide.skills or guide.tasks or state.tools:
            yield guide


def _criteria(turn: Turn, gate: Gate) -> Iterator[Criterion]:
    failed = {reason.id: reason for reason in gate_reasons(turn, gate, "")}
    workflow = turn.compiled.workflow
    for need in gate.require:
        noun = workflow.fields.get(need.name) or workflow.records.get(need.name)
        title = Bilingual(need.name, need.name) if noun is None else noun.title
        yield Criterion(id=need.name, title=title, reason=failed.get(need.name))
    for check in gate.check:
        text = check.that.text
        yield Criterion(id=check.id, title=Bilingual(text, text), reason=failed.get(check.id), that=check.that)


def _skills(turn: Turn, state: State) -> Iterator[SkillNeed]:
    organisation = turn.compiled.organisation
    owner = None if organisation is None else organisation.people.get(turn.draft.owner)
    for name, wanted in state.skills.items():
        known = None if organisation is None else organisation.skills.get(name)
        yield SkillNeed(
            skill=name,
            title=Bilingual(name, name) if known is None else known.title,
            wanted=wanted,
            has=None if owner is None else owner.skills.get(name, 0),
        )
