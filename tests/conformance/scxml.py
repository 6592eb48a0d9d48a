"""Reads a published SCXML case into a chart of ours and runs it with the smallest interpreter around the machine.

What SCXML says and our language does not is put where the kernel keeps it: the default of a history and an initial
that is a history are patched into the chart's nodes; an external transition (SCXML's default) is one that reenters;
a plain event name covers its dotted children, so `foo` is written `foo.*`.
"""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree as ET

from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.workflow import Memory, State, StateKind, Target, Transition
from salespm_flow.statechart.chart import Aim, Chart, Node, build_chart
from salespm_flow.statechart.kernel import Step
from salespm_flow.statechart.machine import WorkflowMachine, machine_of
from tests.unit.statechart.charts import SPAN, bare_workflow

KINDS = {"state": StateKind.COMPOUND, "parallel": StateKind.PARALLEL, "final": StateKind.FINAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """An event that executable content raises, or sends after `delay_ms`."""

    event: str
    delay_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case: its machine, the answers of its constant guards, its signals, and the ids that its paths stand for."""

    machine: WorkflowMachine
    answers: Mapping[str, bool]
    signals: Mapping[str, tuple[Signal, ...]]
    ids: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stimulus:
    """One step of a case's script: after `after_ms` an event arrives; then these states are the active leaves."""

    event: str
    after_ms: int
    leaves: tuple[str, ...]


def script_of(path: Path) -> tuple[tuple[str, ...], tuple[Stimulus, ...]]:
    """The initial leaves and the stimuli of a case's JSON file, leaves sorted by id."""
    script = json.loads(path.read_text(encoding="utf-8"))
    stimuli = tuple(
        Stimulus(
            event=entry["event"]["name"],
            after_ms=entry.get("after", 0),
            leaves=tuple(sorted(entry["nextConfiguration"])),
        )
        for entry in script["events"]
    )
    return tuple(sorted(script["initialConfiguration"])), stimuli


def read_case(path: Path) -> Case:
    """The case of an SCXML file."""
    reader = _Reader(ET.parse(path).getroot())  # noqa: S314 - a published file of the data set, read in tests only
    chart = build_chart(
        bare_workflow(reader.states, reader.transitions, roots=reader.roots, initial=reader.reached(reader.initial))
    )
    nodes = tuple(
        replace(node, initial=reader.aims(chart, node), fallback=reader.fallbacks(chart, node)) for node in chart.nodes
    )
    return Case(
        machine=machine_of(replace(chart, nodes=nodes)),
        answers=reader.answers,
        signals=reader.signals,
        ids={path: name for name, path in reader.paths.items()},
    )


class _Reader:
    """Collects the nouns of one document; `signals` are kept under `t…`, `entry …` and `exit …`."""

    def __init__(self, root: ET.Element) -> None:
        self.paths: dict[str, str] = {}
        self.defaults: dict[str, list[str]] = {}
        self.owners: dict[str, str] = {}
        self.memories: dict[str, Memory] = {}
        self.initials: dict[str, list[str]] = {}
        self.states: dict[str, State] = {}
        self.transitions: dict[str, Transition] = {}
        self.answers: dict[str, bool] = {}
        self.signals: dict[str, tuple[Signal, ...]] = {}
        self.initial = _initial_names(root)
        self._name_all(root, "")
        self.roots = tuple(self._read_state(element, None) for element in _states(root))
        for element in root.iter():
            if _tag(element) in KINDS:
                self._read_transitions(element)

    def reached(self, names: list[str]) -> tuple[str, ...]:
        """The paths of the states with these ids; a history stands for its state."""
        return tuple(self.paths.get(name) or self.owners[name] for name in names)

    def aims(self, chart: Chart, node: Node) -> tuple[Aim, ...]:
        """What entering the node enters, histories included."""
        names = self.initials.get(node.path, []) if node.path else self.initial
        return tuple(self._aim(chart, name) for name in names) or node.initial

    def fallbacks(self, chart: Chart, node: Node) -> tuple[Aim, ...]:
        """What the history of the node means while nothing is remembered."""
        names = [
            name for history, owner in self.owners.items() if owner == node.path for name in self.defaults[history]
        ]
        return tuple(self._aim(chart, name) for name in names) or node.fallback

    def _aim(self, chart: Chart, name: str) -> Aim:
        return Aim(chart.number(self.reached([name])[0]), name in self.owners)

    def _name_all(self, element: ET.Element, above: str) -> None:
        for number, child in enumerate(_states(element)):
            name = child.get("id") or f"{above}#{number}"
            child.set("id", name)
            self.paths[name] = f"{above}/{name}" if above else name
            for history in _children(child, "history"):
                self.owners[history.attrib["id"]] = self.paths[name]
                self.memories[self.paths[name]] = Memory(history.get("type", "shallow"))
                self.defaults[history.attrib["id"]] = _names(_children(history, "transition")[0].get("target"))
            self._name_all(child, self.paths[name])

    def _read_state(self, element: ET.Element, parent: str | None) -> str:
        name = element.attrib["id"]
        path = self.paths[name]
        self.initials[path] = _initial_names(element)
        children = tuple(self.paths[child.attrib["id"]] for child in _states(element))
        kind = KINDS[_tag(element)] if _tag(element) != "state" or children else StateKind.ATOMIC
        reached = self.reached(self.initials[path]) or children[:1]
        self.states[path] = State(
            path=path,
            name=name,
            title=Bilingual(name, name),
            kind=kind,
            span=SPAN,
            parent=parent,
            children=children,
            initial=reached if kind is StateKind.COMPOUND else (),
            memory=self.memories.get(path),
            skills={},
        )
        self.signals[f"entry {path}"] = tuple(
            each for block in _children(element, "onentry") for each in _signals(block)
        )
        self.signals[f"exit {path}"] = tuple(each for block in _children(element, "onexit") for each in _signals(block))
        for child in _states(element):
            self._read_state(child, path)
        return path

    def _read_transitions(self, element: ET.Element) -> None:
        state = self.states[self.paths[element.attrib["id"]]]
        for each in _children(element, "transition"):
            name = f"t{len(self.transitions)}"
            targets = _names(each.get("target"))
            is_internal = each.get("type") == "internal" and state.kind is StateKind.COMPOUND
            self.transitions[name] = Transition(
                id=name,
                title=Bilingual(name, name),
                sources=(state.path,),
                to=tuple(
                    Target(path=path, is_history=target in self.owners)
                    for target, path in zip(targets, self.reached(targets), strict=True)
                ),
                events=tuple(event if event.endswith("*") else f"{event}.*" for event in _names(each.get("event"))),
                span=SPAN,
                is_auto=each.get("event") is None,
                reenters=not is_internal,
            )
            self.answers[name] = {"true": True, "false": False}[each.get("cond", "true")]
            self.signals[name] = _signals(each)


class Interpreter:
    """Runs a case: macrosteps with an internal queue, and a clock for delayed sends."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._now_ms = 0
        self._internal: deque[str] = deque()
        self._external: list[tuple[int, str]] = []
        self._last = case.machine.start()
        self._absorb(self._last)
        self._settle()

    @property
    def leaves(self) -> tuple[str, ...]:
        """The ids of the active leaves, sorted."""
        return tuple(sorted(self._case.ids[path] for path in self._last.leaves))

    def hear(self, stimulus: Stimulus) -> None:
        """Lets the time pass, with the sends that fall due in it, then takes in the event."""
        until = self._now_ms + stimulus.after_ms
        while due := [sent for sent in self._external if sent[0] <= until]:
            self._external.remove(min(due))
            self._now_ms = min(due)[0]
            self._take(min(due)[1])
        self._now_ms = until
        self._take(stimulus.event)

    def _take(self, event: str) -> None:
        self._fire(event)
        self._settle()

    def _settle(self) -> None:
        while True:
            if self._fire(None):
                continue
            if self._internal:
                self._fire(self._internal.popleft())
            elif now := [sent for sent in self._external if sent[0] <= self._now_ms]:
                self._external.remove(now[0])
                self._fire(now[0][1])
            else:
                return

    def _fire(self, event: str | None) -> bool:
        fired = self._case.machine.fire(self._last.leaves, self._last.memory, event, self._case.answers)
        if fired is not None:
            self._last = fired
            self._absorb(fired)
        return fired is not None

    def _absorb(self, taken: Step) -> None:
        keys = [f"exit {path}" for path in taken.exited]
        keys += [arrow.id for arrow in taken.arrows]
        keys += [f"entry {path}" for path in taken.entered]
        for signal in (signal for key in keys for signal in self._case.signals[key]):
            if signal.delay_ms is None:
                self._internal.append(signal.event)
            else:
                self._external.append((self._now_ms + signal.delay_ms, signal.event))
        self._internal.extend(taken.completions)


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: ET.Element, tag: str) -> list[ET.Element]:
    return [child for child in element if _tag(child) == tag]


def _states(element: ET.Element) -> list[ET.Element]:
    return [child for child in element if _tag(child) in KINDS]


def _names(text: str | None) -> list[str]:
    return (text or "").split()


def _initial_names(element: ET.Element) -> list[str]:
    for block in _children(element, "initial"):
        return _names(_children(block, "transition")[0].get("target"))
    return _names(element.get("initial"))


def _signals(block: ET.Element) -> tuple[Signal, ...]:
    """The events that a block of executable content raises or sends; logging says nothing about states."""
    signals: list[Signal] = []
    for child in block:
        match _tag(child):
            case "raise":
                signals.append(Signal(event=child.attrib["event"], delay_ms=None))
            case "send":
                delay = child.get("delay", "0ms").removesuffix("ms")
                signals.append(Signal(event=child.attrib["event"], delay_ms=int(delay)))
            case "log":
                continue
            case other:
                raise NotImplementedError(f"<{other}> is not covered by this interpreter")
    return tuple(signals)
