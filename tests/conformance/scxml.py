"""Writes a published SCXML case as a workflow definition of ours, and reads its script.

Where the two languages differ, the definition says in ours what the case means in SCXML:
- a plain event name covers its dotted children there, so `foo` is written `[foo, foo.*]`;
- a transition with targets inside its source leaves it there, so it is written with `reenter: true`;
- ids may hold dots there: `b1.2` is written `b1_2`;
- a machine needs no end there: a final state that nothing leads to is added;
- a root that holds nothing but a parallel state is written as root `regions`;
- an `initial` may lie deep inside there: every state on the way gets its own;
- an `initial` may be a history there: every way in that relies on it names the history;
- a history has a default of its own there, here it begins as its state does: where the two differ, two transitions
  are written, the first while the state was never entered.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import yaml

STATES = frozenset({"state", "parallel", "final"})
END = "ended"

Json = str | bool | list[str] | Mapping[str, "Json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stimulus:
    """One step of a case's script: after `after_ms` an event arrives; then these states are the active leaves."""

    event: str
    after_ms: int
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Targets that together mean a target of SCXML, while `when` holds."""

    targets: tuple[str, ...]
    when: tuple[str, ...] = ()


def script_of(path: Path) -> tuple[tuple[str, ...], tuple[Stimulus, ...]]:
    """The initial leaves and the stimuli of a case's JSON file, leaves written as here and sorted."""
    script = json.loads(path.read_text(encoding="utf-8"))
    stimuli = tuple(
        Stimulus(
            event=entry["event"]["name"],
            after_ms=entry.get("after", 0),
            leaves=tuple(sorted(map(_id, entry["nextConfiguration"]))),
        )
        for entry in script["events"]
    )
    return tuple(sorted(map(_id, script["initialConfiguration"]))), stimuli


def definition_of(path: Path) -> str:
    """The workflow that an SCXML file describes, as YAML without its header."""
    root = ET.parse(path).getroot()  # noqa: S314 - a published file of the data set, read in tests only
    return yaml.safe_dump(_Converter(root).workflow(), sort_keys=False)


class _Converter:
    """Knows the elements of one document by their ids as written here."""

    def __init__(self, root: ET.Element) -> None:
        self._root = root
        self._elements = {_id(element.attrib["id"]): element for element in root.iter() if "id" in element.attrib}
        self._parents = {child: element for element in root.iter() for child in element}
        self._initials = dict(self._all_initials())

    def workflow(self) -> dict[str, Json]:
        """The document as the YAML library takes it."""
        only, *others = _states(self._root)
        body: dict[str, Json] = {"domain": "sales"}
        if not others and _tag(only) == "parallel" and not self._is_named(only):
            body["regions"] = {_name(child): self._state(child) for child in _states(only)}
        else:
            body["initial"] = self._initials[self._root]
            children: dict[str, Json] = {_name(child): self._state(child) for child in _states(self._root)}
            body["states"] = children | {END: {"final": True}}
        sources = [element for element in self._root.iter() if _tag(element) in STATES]
        each = [self._transition(*one) for source in sources for one in self._ways(source)]
        body["transitions"] = {f"t{number}": written for number, written in enumerate(each)}
        return body

    def _is_named(self, parallel: ET.Element) -> bool:
        """Whether something needs the name of a state that could be the root."""
        targets = {target for element in self._root.iter() for target in _ids(element.get("target"))}
        return _name(parallel) in targets or bool(_children(parallel, "transition", "history", "onentry", "onexit"))

    def _state(self, element: ET.Element) -> dict[str, Json]:
        written: dict[str, Json] = {}
        for history in _children(element, "history"):
            written["history"] = history.get("type", "shallow")
        for block, gate in (("onentry", "entry"), ("onexit", "exit")):
            if actions := _actions(_children(element, block)):
                written[gate] = {"do": actions}
        inside: Mapping[str, Json] = {_name(child): self._state(child) for child in _states(element)}
        if _tag(element) == "parallel":
            written["regions"] = inside
        elif inside:
            written |= {"initial": self._initials[element], "states": inside}
        return written

    def _ways(self, source: ET.Element) -> Iterator[tuple[ET.Element, ET.Element, Way]]:
        """Every transition of a state, each way that it can go."""
        for transition in _children(source, "transition"):
            ways: tuple[Way, ...] = (Way(targets=()),)
            for target in _ids(transition.get("target")):
                ways = tuple(
                    Way(targets=before.targets + after.targets, when=before.when + after.when)
                    for before in ways
                    for after in self._meanings(target)
                )
            for way in ways:
                yield source, transition, way

    def _transition(self, source: ET.Element, transition: ET.Element, way: Way) -> dict[str, Json]:
        written: dict[str, Json] = {"from": _name(source)}
        if way.targets:
            written["to"] = list(way.targets)
        if transition.get("event") is None:
            written["auto"] = True
        else:
            written["event"] = [name for event in transition.attrib["event"].split() for name in _events(event)]
        conditions = [*way.when, *filter(None, [transition.get("cond")])]
        if conditions:
            written["when"] = " and ".join(conditions)
        if _states(source) and transition.get("type") != "internal":
            written["reenter"] = True
        if actions := _actions([transition]):
            written["do"] = actions
        return written

    def _meanings(self, target: str) -> tuple[Way, ...]:
        element = self._elements[target]
        if _tag(element) != "history":
            return (Way(targets=self._entry(target)),)
        owner = self._parents[element]
        default, resumed = self._default(element), (f"{_name(owner)}.history",)
        if default == (_name(owner),):
            return (Way(targets=resumed),)
        entered = f'entered("{_name(owner)}")'
        return (
            Way(targets=default, when=(f"{entered} = null",)),
            Way(targets=resumed, when=(f"{entered} != null",)),
        )

    def _default(self, history: ET.Element) -> tuple[str, ...]:
        """What a history means while nothing is remembered; its state itself where that begins in the same way."""
        owner = self._parents[history]
        named = _ids(_children(history, "transition")[0].get("target"))
        entries = tuple(entered for name in named for entered in self._entry(name))
        is_usual = named == [self._initials.get(owner)] or _tag(owner) == "parallel"
        return self._begun(owner) if is_usual else entries

    def _entry(self, name: str) -> tuple[str, ...]:
        """The targets that mean entering the state by default: itself, or the histories that it begins with."""
        element = self._elements[name]
        histories = [history for history in _children(element, "history") if _initial(element) == _name(history)]
        return (f"{name}.history",) if histories else self._begun(element)

    def _begun(self, element: ET.Element) -> tuple[str, ...]:
        """As `_entry`, without a history that is the state's own."""
        names = [_name(child) for child in _states(element)]
        if _tag(element) != "parallel":
            names = names and [self._initials[element]]
        inside = tuple(entered for name in names if (entries := self._entry(name)) != (name,) for entered in entries)
        return inside or (_name(element),)

    def _all_initials(self) -> Iterator[tuple[ET.Element, str]]:
        """The child that each state begins with; parents before children, so that what is given from above stands."""
        given: dict[ET.Element, str] = {}
        for element in self._root.iter():
            if _tag(element) not in {"scxml", "state"} or not _states(element):
                continue
            below = self._elements[given.get(element) or _initial(element) or _name(_states(element)[0])]
            if _tag(below) == "history":
                (below,) = (self._elements[name] for name in _ids(_children(below, "transition")[0].get("target")))
            inner = _name(below)
            while self._parents[below] is not element:
                below = self._parents[below]
                if _initial(below) is not None or self._is_target(below):
                    raise NotImplementedError(f"{_name(below)} has two ways to begin")
                given[below] = inner
            yield element, _name(below)

    def _is_target(self, element: ET.Element) -> bool:
        transitions = [each for each in self._root.iter() if _tag(each) == "transition"]
        return any(_name(element) in _ids(each.get("target")) for each in transitions)


def _id(name: str) -> str:
    return name.replace(".", "_")


def _ids(text: str | None) -> list[str]:
    return [_id(name) for name in (text or "").split()]


def _name(element: ET.Element) -> str:
    return _id(element.attrib["id"])


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: ET.Element, *tags: str) -> list[ET.Element]:
    return [child for child in element if _tag(child) in tags]


def _states(element: ET.Element) -> list[ET.Element]:
    return _children(element, *STATES)


def _initial(element: ET.Element) -> str | None:
    """The state that an element begins with, where it says so."""
    for block in _children(element, "initial"):
        return _id(_children(block, "transition")[0].attrib["target"])
    return _id(element.attrib["initial"]) if "initial" in element.attrib else None


def _events(event: str) -> tuple[str, ...]:
    return (event,) if event.endswith("*") else (event, f"{event}.*")


def _actions(blocks: list[ET.Element]) -> dict[str, Json]:
    """The events that blocks of executable content raise or send; logging says nothing about states."""
    actions: dict[str, Json] = {}
    for child in (child for block in blocks for child in block):
        name = f"a{len(actions)}"
        match _tag(child):
            case "raise":
                actions[name] = {"action": "raise", "event": child.attrib["event"]}
            case "send":
                actions[name] = {
                    "action": "send",
                    "event": child.attrib["event"],
                    "to": "self",
                    "after": child.attrib["delay"],
                }
            case "log":
                continue
            case other:
                raise NotImplementedError(f"<{other}> is not covered by this converter")
    return actions
