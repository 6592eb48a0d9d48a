"""The tree of a workflow's states by path, and the resolving of written state names; knows no state's content."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from salespm_flow.definition.build.reader import Findings, Reader, named_entries
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import MapNode, Node, ScalarNode
from salespm_flow.definition.suggest import renaming, suggestion
from salespm_flow.diagnostics import Bilingual
from salespm_flow.nouns import dataclass

RESERVED_STATES = frozenset({"history", "done", "any"})
STATE = Bilingual("状态", "state")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A state's place in the tree: its own id, full path, parent path and the nodes that write it."""

    id: str
    path: str
    parent: str | None
    is_region: bool
    key: ScalarNode
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTree:
    """Every state and region by full path, parents first, and the shortest name of each.

    `inside` holds the paths directly inside a path (None: the root), `endings` all paths by each suffix of theirs.
    """

    places: Mapping[str, Place]
    names: Mapping[str, str]
    inside: Mapping[str | None, tuple[str, ...]]
    endings: Mapping[str, tuple[str, ...]]

    def children(self, parent: str | None) -> tuple[str, ...]:
        """The full paths of the states directly inside, in file order; None means the root."""
        return self.inside.get(parent, ())

    def matches(self, written: str) -> tuple[str, ...]:
        """The full paths that a written name can mean: itself a full path, else every path that ends with it."""
        if written in self.places:
            return (written,)
        return self.endings.get(written, ())

    def resolve(self, findings: Findings, name: ScalarNode, written: str | None = None) -> str | None:
        """The full path that a scalar names; an unknown or ambiguous name is recorded and gives None."""
        text = name.text if written is None else written
        found = self.matches(text)
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(self.names[path] for path in found)
            message = Bilingual(f"状态 {shown(text)} 不唯一", f"The state {shown(text)} is ambiguous")
            findings.error("SF302", message, name.span, Bilingual(f"请写 {listed} 之一", f"write one of {listed}"))
        else:
            fix = renaming(name, self.names.values()) if text == name.text else None
            message = Bilingual(f"未知的状态 {shown(text)}", f"Unknown state {shown(text)}")
            findings.error("SF301", message, name.span, suggestion(text, self.names.values()), fix=fix)
        return None

    def ancestors(self, path: str) -> tuple[str, ...]:
        """The path's proper ancestors, innermost first."""
        found = []
        parent = self.places[path].parent
        while parent is not None:
            found.append(parent)
            parent = self.places[parent].parent
        return tuple(found)


def read_state_tree(findings: Findings, root: Reader) -> StateTree:
    """The tree under `states` or `regions` of a workflow's root."""
    places: dict[str, Place] = {}
    for place in _walk(findings, root.node("states"), root.node("regions"), None):
        places[place.path] = place
    inside: dict[str | None, list[str]] = {}
    for path, place in places.items():
        inside.setdefault(place.parent, []).append(path)
    endings = _endings(places)
    return StateTree(
        places=places,
        names=_shortest_names(endings, places),
        inside={parent: tuple(paths) for parent, paths in inside.items()},
        endings=endings,
    )


def _walk(findings: Findings, states: Node | None, regions: Node | None, parent: str | None) -> Iterator[Place]:
    for node, is_region in ((states, False), (regions, True)):
        if node is None:
            continue
        for id_, key, value in named_entries(findings, node):
            if id_ in RESERVED_STATES:
                message = Bilingual(
                    f"{shown(id_)} 是保留名，不能作状态名", f"{shown(id_)} is a reserved name and cannot name a state"
                )
                findings.error("SF311", message, key.span)
            # A key with a dot is reported as no id; as a path it would look like a nested state.
            path = id_ if parent is None else f"{parent}.{id_}"
            yield Place(id=id_, path=path, parent=parent, is_region=is_region, key=key, node=value)
            if isinstance(value, MapNode):
                yield from _walk(findings, _value(value, "states"), _value(value, "regions"), path)


def _value(node: MapNode, key: str) -> Node | None:
    entry = node.entries.get(key)
    return None if entry is None else entry.value


def _suffixes(path: str) -> Iterator[str]:
    """The suffixes of a path in whole steps, shortest first, itself last."""
    steps = path.split(".")
    return (".".join(steps[start:]) for start in range(len(steps) - 1, -1, -1))


def _endings(paths: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        for suffix in _suffixes(path):
            found.setdefault(suffix, []).append(path)
    return {suffix: tuple(ending) for suffix, ending in found.items()}


def _shortest_names(endings: Mapping[str, tuple[str, ...]], full: Collection[str]) -> Mapping[str, str]:
    """The shortest suffix of each path that means only this path; a full path always means itself."""
    return {
        path: next(
            (one for one in _suffixes(path) if len(endings[one]) == 1 and (one == path or one not in full)), path
        )
        for path in full
    }
