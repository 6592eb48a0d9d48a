"""What all projects of one configuration that go the same way have in common, worked out once. Knows no project."""

from collections.abc import Iterator, Mapping

from salespm_flow.engine.limits import BREACH, TIMER, WARN
from salespm_flow.engine.places import active_paths, is_within, standing
from salespm_flow.evolve.configuration import completed, counterpart
from salespm_flow.evolve.course import Course
from salespm_flow.model.expression import Duration
from salespm_flow.model.workflow import StateKind, Workflow
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A clock of an active newer state; `former` is the older one that it was, empty for none, `length` its time."""

    id: str
    path: str
    duration: Duration
    former: str
    length: Duration | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """Where the projects come to.

    `states` are the older active states with their newer ones, `renamed` those that have another path; `sources` say
    for each newer active state which older ones its entry counts from. `gates` are the active states whose entry gate
    is asked, `has_dates` says that a timer on a date runs. `lasting` are the clocks that run on as they are, by id with
    their state, while no other is wanted.
    """

    leaves: tuple[str, ...]
    state: str
    is_over: bool
    active: tuple[str, ...]
    states: Mapping[str, str]
    sources: Mapping[str, tuple[str, ...]]
    limits: Mapping[str, Limit]
    lasting: Mapping[str, str]
    gates: tuple[str, ...]
    has_dates: bool
    renamed: Mapping[str, str]


def track_of(course: Course, old: tuple[str, ...], targets: tuple[str, ...]) -> Track:
    """The track of the older leaves, each to the target at its place; kept for the next project.

    Raises:
        Unplaced: the targets exclude each other.
    """
    found = course.tracks.get((old, targets))
    if not isinstance(found, Track):
        found = course.tracks[old, targets] = _track(course, dict(zip(old, targets, strict=True)))
    return found


def place_of(course: Course, path: str) -> str | None:
    """The newer state of an older one in which a project is no more; of one that splits the whole, where it is left."""
    if path not in course.places:
        now = counterpart(path, course.new.workflow, course.moved)
        course.places[path] = path if now is None and path in course.new.workflow.states else now
    return course.places[path]


def _track(course: Course, targets: Mapping[str, str]) -> Track:
    workflow = course.new.workflow
    leaves = completed(targets.values(), workflow)
    active = active_paths(leaves)
    states = {path: now for path in active_paths(targets) if (now := targets.get(path) or place_of(course, path))}
    limits = {limit.id: limit for limit in _limits(course, active, states)}
    return Track(
        leaves=leaves,
        state=standing(leaves, workflow),
        is_over=_is_over(leaves, workflow),
        active=active,
        states=states,
        sources={path: tuple(_sources(path, states, targets)) for path in active},
        limits=limits,
        lasting={
            limit.id: limit.path
            for limit in limits.values()
            if (limit.former, limit.length) == (limit.id, limit.duration)
        },
        gates=tuple(path for path in active if path in course.gates),
        has_dates=any(timer.at is not None and timer.state in active for timer in workflow.timers.values()),
        renamed={old: new for old, new in states.items() if old != new},
    )


def _is_over(leaves: tuple[str, ...], workflow: Workflow) -> bool:
    """Whether the root would be complete."""
    if not workflow.is_parallel:
        return workflow.states[leaves[0]].kind is StateKind.FINAL and leaves[0] in workflow.roots
    return all(workflow.states[leaf].kind is StateKind.FINAL for leaf in leaves)


def _sources(path: str, states: Mapping[str, str], targets: Mapping[str, str]) -> Iterator[str]:
    """What the state was; else what stands for it: the leaves that lead into it or around it, at worst all of them."""
    was = [old for old, now in states.items() if now == path]
    near = [leaf for leaf, target in targets.items() if is_within(path, target) or is_within(target, path)]
    yield from was or near or targets


def _limits(course: Course, active: tuple[str, ...], states: Mapping[str, str]) -> Iterator[Limit]:
    former: dict[str, tuple[str, Duration]] = {}
    for path, now in states.items():
        # What a part has become keeps the clocks of the whole as well.
        for place in dict.fromkeys((path, now)):
            for name, length in course.old.limits[path].items():
                renamed = renamed_clock(course, name, place) if place in active else ""
                if renamed:
                    former[renamed] = name, length
    for path in active:
        for name, duration in course.new.limits[path].items():
            was, length_was = former.get(name, ("", None))
            yield Limit(id=name, path=path, duration=duration, former=was, length=length_was)


def renamed_clock(course: Course, name: str, path: str) -> str:
    """The id of the same clock in the newer state, empty where it has none such."""
    limits = course.new.limits.get(path, {})
    if name.startswith(TIMER):
        own = name.removeprefix(TIMER)
        name = TIMER + course.timers.get(own, own)
        return name if name in limits else ""
    wanted = (WARN if name.startswith(WARN) else BREACH) + course.new.workflow.states[path].name
    return wanted if wanted in limits else ""
