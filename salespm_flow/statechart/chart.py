"""A workflow compiled for the kernel: numbered nodes and arrows. Must not know guards, fields or configurations."""

from collections.abc import Mapping
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import UnknownNameError
from salespm_flow.model.workflow import Memory, StateKind, Workflow
from salespm_flow.nouns import dataclass

ROOT = 0
ANY_EVENT = "*"
ANY_SUFFIX = ".*"


@dataclass(frozen=True, slots=True)
class Aim:
    """A node to enter; with `is_history` what the node remembers is entered instead."""

    node: int
    is_history: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A state by its number in document order; its descendants are exactly the numbers `index + 1 .. last`.

    `ancestors` lists numbers from the parent up to the root. Virtual nodes (the root and, over parallel root regions,
    their parent) have the path "".
    """

    index: int
    last: int
    path: str
    name: str
    kind: StateKind
    ancestors: tuple[int, ...]
    children: tuple[int, ...]
    initial: tuple[Aim, ...]
    memory: Memory | None

    def holds(self, index: int) -> bool:
        """Whether the node `index` lies inside this one, at any depth."""
        return self.index < index <= self.last


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arrow:
    """A transition seen from one of its sources; compared and hashed by identity, as there is one of each in a chart.

    `order` is the transition's place in the file. `reenters` means that the source is left even for a target inside.
    """

    id: str
    order: int
    source: str
    source_node: int
    aims: tuple[Aim, ...]
    events: tuple[str, ...]
    is_auto: bool
    reenters: bool

    def listens_to(self, event: str | None) -> bool:
        """Whether the arrow is looked at for `event`; None asks for transitions without a trigger."""
        if event is None or self.is_auto:
            return event is None and self.is_auto
        return any(matches(pattern, event) for pattern in self.events)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chart:
    """All nodes by number (preorder) and, by source node, the arrows in file order. Compared by identity.

    `top` is the node whose completion ends the project: the root, or the virtual parent of parallel root regions.
    """

    nodes: tuple[Node, ...]
    numbers: Mapping[str, int]
    arrows: tuple[tuple[Arrow, ...], ...]
    top: int

    def number(self, path: str) -> int:
        """The number of the state with this full path.

        Raises:
            UnknownNameError: the workflow has no such state.
        """
        try:
            return self.numbers[path]
        except KeyError:
            raise UnknownNameError(
                Bilingual(f"流程中没有状态“{path}”", f'the workflow has no state "{path}"'),
                Bilingual("需要状态的完整路径，各级用点号连接", "give the full path of a state, joined by dots"),
            ) from None


def matches(pattern: str, event: str) -> bool:
    """Whether an event descriptor covers an event: `*` all, `foo.*` both `foo` and `foo.bar`, else the same name.

    SCXML 1.0 section 3.12.1 lets a plain `foo` cover `foo.bar` too. Here it does not: a transition's id is its
    trigger, and a transition called as a link must not fire on every event of that link.
    """
    if pattern in (ANY_EVENT, event):
        return True
    stem = pattern.removesuffix(ANY_SUFFIX)
    return stem != pattern and (event == stem or event.startswith(stem + "."))


def build_chart(workflow: Workflow) -> Chart:
    """The workflow's states and transitions, numbered; every later lookup is by number."""
    paths, parents = _preorder(workflow)
    numbers = {path: number for number, path in enumerate(paths) if path}
    lasts = list(range(len(paths)))
    children: list[list[int]] = [[] for _ in paths]
    for number in range(len(paths) - 1, ROOT, -1):
        lasts[parents[number]] = max(lasts[parents[number]], lasts[number])
        children[parents[number]].insert(0, number)
    top = len(paths) - len(numbers) - 1
    nodes: list[Node] = []
    for number, path in enumerate(paths):
        state = workflow.states.get(path)
        paths_entered = state.initial if state else workflow.initial if number == top else ()
        nodes.append(
            Node(
                index=number,
                last=lasts[number],
                path=path,
                name=state.name if state else "",
                kind=state.kind if state else _virtual_kind(workflow, number),
                ancestors=(parents[number], *nodes[parents[number]].ancestors) if number else (),
                children=tuple(children[number]),
                initial=tuple(Aim(numbers[entered]) for entered in paths_entered)
                or tuple(map(Aim, children[number][:1])),
                memory=state.memory if state else None,
            )
        )
    return Chart(
        nodes=tuple(nodes),
        numbers=MappingProxyType(numbers),
        arrows=_arrows_by_source(workflow, numbers, len(paths)),
        top=top,
    )


def _preorder(workflow: Workflow) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Paths and parents' numbers of all nodes, parents first, siblings in file order; virtual nodes come first.

    SCXML completes a parallel state, not a root, so parallel root regions get a virtual parent below the root.
    """
    paths, parents = ([""], [ROOT]) if not workflow.is_parallel else (["", ""], [ROOT, ROOT])
    waiting = [(path, len(paths) - 1) for path in reversed(workflow.roots)]
    while waiting:
        path, parent = waiting.pop()
        paths.append(path)
        parents.append(parent)
        number = len(paths) - 1
        waiting.extend((child, number) for child in reversed(workflow.states[path].children))
    return tuple(paths), tuple(parents)


def _virtual_kind(workflow: Workflow, number: int) -> StateKind:
    return StateKind.PARALLEL if workflow.is_parallel and number != ROOT else StateKind.COMPOUND


def _arrows_by_source(workflow: Workflow, numbers: Mapping[str, int], count: int) -> tuple[tuple[Arrow, ...], ...]:
    arrows: list[list[Arrow]] = [[] for _ in range(count)]
    for order, transition in enumerate(workflow.transitions.values()):
        for source in transition.sources:
            arrows[numbers[source]].append(
                Arrow(
                    id=transition.id,
                    order=order,
                    source=source,
                    source_node=numbers[source],
                    aims=tuple(Aim(numbers[target.path], target.is_history) for target in transition.to),
                    events=transition.events,
                    is_auto=transition.is_auto,
                    reenters=transition.reenters,
                )
            )
    return tuple(map(tuple, arrows))
