"""What a picture of a workflow shows: its states under short ids, and which arrows stand for its transitions.

Renderers fail on some arrows that a statechart allows, so the same is said with others: an arrow to a state with
children inside a parallel region goes to its initial leaf, and an arrow from a state to itself or into its own inside
starts at a stand-in node. Such a node also gathers a transition with many sources, as `from: any` has. Knows neither
running projects nor the notation that it is written in.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.marks import NO_MARKS, Marks
from salespm_flow.model.workflow import Memory, StateKind, Target, Transition, Workflow
from salespm_flow.nouns import dataclass

# Words of the notation that cannot be ids.
RESERVED: Final = frozenset(
    (
        *("state", "note", "end", "class", "classdef", "direction", "as", "default", "style", "left", "right", "of"),
        *("tb", "td", "bt", "rl", "lr", "scale", "hide", "acctitle", "accdescr", "fork", "join", "choice", "click"),
        "href",
    )
)
# From so many sources on, a stand-in is easier to read than an arrow from each.
GATHER_MOST_FROM: Final = 3
GATHER_ALWAYS_FROM: Final = 5
ANY: Final = Bilingual("任意状态", "Any state")
APPROVAL: Final = Bilingual("（须审批）", " (approval)")


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow between node ids; transitions of one mark share it."""

    source: str
    target: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class StandIn:
    """A node that stands for several sources, or for the inside of `container`."""

    container: str | None
    label: str


class Sketch:
    """What is to be drawn, gathered transition by transition in file order."""

    __slots__ = ("arrows", "ids", "language", "loops", "marks", "stand_ins", "workflow")

    def __init__(self, workflow: Workflow, language: Language, marks: Marks) -> None:
        self.workflow = workflow
        self.language = language
        self.marks = marks
        self.ids = _node_ids(workflow)
        self.arrows: dict[Arrow, tuple[str, ...]] = {}
        self.stand_ins: dict[StandIn, str] = {}
        self.loops: dict[str, tuple[str, ...]] = {}

    def add(self, transition: Transition) -> None:
        """The transition is part of the picture."""
        sources = _highest(self.workflow, transition.sources)
        note = self.marks.transition_notes.get(transition.id)
        title = _noted(transition.title.of(self.language), note) + self._approval_mark(transition)
        if not transition.to:
            for path in sources:
                self.loops[path] = (*self.loops.get(path, ()), title)
            return
        gathered, mark = self._gathered(sources), self.marks.transitions.get(transition.id, "")
        for target in transition.to:
            label = title + self._memory_mark(target)
            if gathered:
                self._from_stand_in(StandIn(None, gathered), target, label, mark)
                continue
            for path in sources:
                if target.path == path and not self.workflow.states[path].children:
                    self._draw(Arrow(self.ids[path], self.ids[path], mark), label)
                elif _is_within(target.path, path):
                    self._from_stand_in(StandIn(path, ANY.of(self.language)), target, label, mark)
                else:
                    end = _drawable_end(self.workflow, target.path, path)
                    self._draw(Arrow(self.ids[path], self.ids[end], mark), label)

    def title(self, path: str) -> str:
        """The state's title, with what is noted behind it."""
        return _noted(self.workflow.states[path].title.of(self.language), self.marks.state_notes.get(path))

    def _from_stand_in(self, stand_in: StandIn, target: Target, label: str, mark: str) -> None:
        node = self.stand_ins.setdefault(stand_in, free_id(f"from_{len(self.stand_ins) + 1}", self.ids.values()))
        end = _drawable_end(self.workflow, target.path, stand_in.container)
        self._draw(Arrow(node, self.ids[end], mark), label)

    def _draw(self, arrow: Arrow, label: str) -> None:
        self.arrows[arrow] = (*self.arrows.get(arrow, ()), label)

    def _gathered(self, sources: tuple[str, ...]) -> str | None:
        """The label of the one node that stands for all the sources, None where an arrow from each reads better."""
        left_out = tuple(_left_out(self.workflow, self.workflow.roots, frozenset(sources)))
        is_most = len(sources) >= GATHER_MOST_FROM and len(left_out) < len(sources)
        if not is_most and len(sources) < GATHER_ALWAYS_FROM:
            return None
        if len(left_out) < len(sources):
            if not left_out:
                return ANY.of(self.language)
            titles = self._titles(left_out)
            return Bilingual(f"任意状态（{titles}除外）", f"Any state except {titles}").of(self.language)
        return self._titles(sources)

    def _titles(self, paths: Iterable[str]) -> str:
        comma = Bilingual("、", ", ").of(self.language)
        return comma.join(self.workflow.states[path].title.of(self.language) for path in paths)

    def _approval_mark(self, transition: Transition) -> str:
        return APPROVAL.of(self.language) if transition.approvals else ""

    def _memory_mark(self, target: Target) -> str:
        if not target.is_history:
            return ""
        return " (H*)" if self.workflow.states[target.path].memory is Memory.DEEP else " (H)"


def sketch_of(workflow: Workflow, language: Language, marks: Marks = NO_MARKS) -> Sketch:
    """The whole workflow, in words of one language."""
    sketch = Sketch(workflow, language, marks)
    for transition in workflow.transitions.values():
        sketch.add(transition)
    return sketch


# ------------------------------------------------------------------------------------------------- which arrows


def _noted(title: str, note: str | None) -> str:
    return title if note is None else f"{title} {note}"


def _highest(workflow: Workflow, sources: Iterable[str]) -> tuple[str, ...]:
    """The sources in document order, without those inside another: an arrow from a box is from all that is in it."""
    given = frozenset(sources)
    return tuple(path for path in workflow.states if path in given and given.isdisjoint(_ancestors(workflow, path)))


def _left_out(workflow: Workflow, paths: Iterable[str], covered: frozenset[str]) -> Iterator[str]:
    """The highest states that are not final and of which nothing is covered."""
    for path in paths:
        state = workflow.states[path]
        if path in covered or state.kind is StateKind.FINAL:
            continue
        if any(_is_within(inner, path) for inner in covered):
            yield from _left_out(workflow, state.children, covered)
        else:
            yield path


def _is_within(path: str, container: str) -> bool:
    return path == container or path.startswith(f"{container}.")


def _ancestors(workflow: Workflow, path: str) -> Iterator[str]:
    parent = workflow.states[path].parent
    while parent is not None:
        yield parent
        parent = workflow.states[parent].parent


def _drawable_end(workflow: Workflow, target: str, source: str | None) -> str:
    """The target, or its initial leaf where renderers cannot draw an arrow to the whole of it."""
    is_in_region = any(workflow.states[path].is_region for path in (target, *_ancestors(workflow, target)))
    if not is_in_region and (source is None or not _is_within(source, target)):
        return target
    state = workflow.states[target]
    while state.children:
        state = workflow.states[(state.initial or state.children)[0]]
    return state.path


def _node_ids(workflow: Workflow) -> Mapping[str, str]:
    ids: dict[str, str] = {}
    for path, state in workflow.states.items():
        ids[path] = free_id(state.name.replace(".", "__"), ids.values())
    return ids


def free_id(wanted: str, taken: Iterable[str]) -> str:
    """An id like the wanted one that is neither taken nor a word of the notation."""
    used = set(taken)
    candidate = f"{wanted}_" if wanted.lower() in RESERVED else wanted
    while candidate in used:
        candidate += "_"
    return candidate
