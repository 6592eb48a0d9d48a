"""Builds transitions and timers: from where, to where, on which event, under which conditions."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from salespm_flow.definition.build.actions import Scope, read_actions
from salespm_flow.definition.build.approvals import read_approvals, read_override
from salespm_flow.definition.build.events import read_heard
from salespm_flow.definition.build.gates import gate_of
from salespm_flow.definition.build.parties import read_parties
from salespm_flow.definition.build.reader import Reader
from salespm_flow.definition.build.state_tree import StateTree
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import ScalarNode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Months, WorkingDays
from salespm_flow.model.expression import Duration
from salespm_flow.model.workflow import State, StateKind, Target, Timer, Transition

ANY = "any"
_HISTORY = ".history"
# A tick catches up on every firing missed: a shorter rhythm would keep it busy for ever.
_SHORTEST_RHYTHM: Final = timedelta(minutes=1)


class CommentRule(StrEnum):
    """Whether a move needs a comment."""

    OPTIONAL = "optional"
    REQUIRED = "required"


def read_transitions(
    root: Reader, tree: StateTree, states: Mapping[str, State], scope: Scope
) -> Mapping[str, Transition]:
    """The transitions of a workflow, in file order."""
    transitions: dict[str, Transition] = {}
    for id_, key, node in root.entries("transitions"):
        reader = Reader(root.findings, node, "workflow.transition")
        transitions[id_] = _read_transition(reader, (id_, key), (tree, states), scope)
    return transitions


def _read_transition(
    reader: Reader, named: tuple[str, ScalarNode], chart: tuple[StateTree, Mapping[str, State]], scope: Scope
) -> Transition:
    id_, key = named
    tree, states = chart
    return Transition(
        id=id_,
        title=reader.title("title", id_),
        sources=_read_sources(reader, tree, states),
        to=_read_targets(reader, tree, states),
        events=_read_events(reader, id_, chart),
        span=key.span,
        is_auto=reader.flag("auto") or False,
        when=reader.expression("when"),
        gate=gate_of(reader, scope),
        by=read_parties(reader, "by"),
        needs_comment=reader.choice("comment", CommentRule) is CommentRule.REQUIRED,
        is_forward=reader.flag("forward"),
        reenters=reader.flag("reenter") or False,
        approvals=read_approvals(reader),
        override=read_override(reader),
    )


def _read_sources(reader: Reader, tree: StateTree, states: Mapping[str, State]) -> tuple[str, ...]:
    reader.require("from")
    names = reader.names("from")
    excluded = tuple(path for name in reader.names("except") if (path := tree.resolve(reader.findings, name)))
    if any(name.text == ANY for name in names):
        if len(names) > 1:
            message = Bilingual("any 已包含所有状态，不能再列其他", "`any` already means every state and stands alone")
            reader.findings.error("SF327", message, reader.place("from"))
        sources = _expand_any(tree, states, excluded)
        if excluded and not sources:
            message = Bilingual("`except` 之后没有剩下任何状态", "`except` leaves no state that this could start from")
            reader.findings.error("SF327", message, reader.place("except"))
        return sources
    if reader.has("except"):
        message = Bilingual("`except` 只能与 from: any 一起用", "`except` goes only with from: any")
        reader.findings.error("SF327", message, reader.key_place("except"))
    listed: list[str] = []
    for name in names:
        path = tree.resolve(reader.findings, name)
        if path is None:
            continue
        if states[path].kind is StateKind.FINAL:
            message = Bilingual(
                f"终止状态 {shown(name.text)} 不会离开", f"The final state {shown(name.text)} is never left"
            )
            reader.findings.error("SF325", message, name.span)
        elif path not in listed:
            listed.append(path)
    return tuple(listed)


def _expand_any(tree: StateTree, states: Mapping[str, State], excluded: tuple[str, ...]) -> tuple[str, ...]:
    """The outermost states that together are every non-final state but the excluded ones and what they hold.

    Outermost, because a state inside offers what the states around it offer: a move from all of them at once would
    otherwise be written once for each level.
    """
    split = {ancestor for path in excluded for ancestor in tree.ancestors(path)}
    sources: list[str] = []

    def collect(parent: str | None) -> None:
        for path in tree.children(parent):
            if path in excluded or states[path].kind is StateKind.FINAL:
                continue
            if path in split:
                collect(path)
            elif parent is None or states[parent].kind is not StateKind.PARALLEL:
                sources.append(path)

    collect(None)
    return tuple(sources)


def _read_targets(reader: Reader, tree: StateTree, states: Mapping[str, State]) -> tuple[Target, ...]:
    if reader.flag("reenter") and not reader.has("to"):
        message = Bilingual("没有 `to` 就没有可重新进入的状态", "Without `to` there is no state to enter again")
        hint = Bilingual("把要重新进入的状态写进 `to`", "name the state to enter again in `to`")
        reader.findings.error("SF327", message, reader.key_place("reenter"), hint)
    targets: list[Target] = []
    for name in reader.names("to"):
        is_history = name.text.endswith(_HISTORY)
        path = tree.resolve(reader.findings, name, name.text.removesuffix(_HISTORY))
        if path is None:
            continue
        if is_history and states[path].memory is None:
            message = Bilingual(
                f"状态 {shown(tree.names[path])} 没有写 `history`，无从恢复",
                f"The state {shown(tree.names[path])} keeps no history to resume",
            )
            hint = Bilingual("给它写 history: deep 或 shallow", "give it history: deep or shallow")
            reader.findings.error("SF326", message, name.span, hint)
        clash = next((one for one in targets if not _can_be_active_together(tree, states, (one.path, path))), None)
        if clash is not None:
            message = Bilingual(
                f"{shown(tree.names[clash.path])} 和 {shown(tree.names[path])} 不在不同的并行区域，不能同时进入",
                f"{shown(tree.names[clash.path])} and {shown(tree.names[path])} are not in different regions: "
                "they cannot be entered together",
            )
            reader.findings.error("SF324", message, name.span)
        else:
            targets.append(Target(path=path, is_history=is_history))
    return tuple(targets)


def _can_be_active_together(tree: StateTree, states: Mapping[str, State], pair: tuple[str, str]) -> bool:
    """Whether the innermost state around both is parallel and neither holds the other."""
    first, second = pair
    around_first = (first, *tree.ancestors(first))
    around_second = (second, *tree.ancestors(second))
    if first in around_second or second in around_first:
        return False
    shared = next((path for path in around_first if path in around_second), None)
    if shared is None:
        return all(states[path].is_region for path in (around_first[-1], around_second[-1]))
    return states[shared].kind is StateKind.PARALLEL


def _read_events(reader: Reader, id_: str, chart: tuple[StateTree, Mapping[str, State]]) -> tuple[str, ...]:
    tree, states = chart
    events = reader.names("event")
    if reader.flag("auto"):
        if events:
            message = Bilingual(
                "`auto` 没有触发事件，不能再写 `event`", "`auto` has no trigger, so it takes no `event`"
            )
            reader.findings.error("SF327", message, reader.key_place("event"))
        return ()
    if not reader.has("event"):
        return (id_,)
    return tuple(read_heard(reader.findings, event, tree, states) for event in events)


def read_timers(root: Reader, tree: StateTree, scope: Scope) -> Mapping[str, Timer]:
    """The timers of a workflow, in file order; one without its state is recorded and left out."""
    timers: dict[str, Timer] = {}
    for id_, key, node in root.entries("timers"):
        timer = _read_timer(Reader(root.findings, node, "workflow.timer"), (id_, key), tree, scope)
        if timer is not None:
            timers[id_] = timer
    return timers


def _read_timer(reader: Reader, named: tuple[str, ScalarNode], tree: StateTree, scope: Scope) -> Timer | None:
    id_, key = named
    reader.require("in")
    name = reader.scalar("in")
    path = None if name is None else tree.resolve(reader.findings, name)
    given = [word for word in ("after", "every", "at") if reader.has(word)]
    if len(given) != 1:
        message = Bilingual(
            "计时器须写 `after`、`every`、`at` 中的恰好一个",
            "A timer takes exactly one of `after`, `every` and `at`",
        )
        reader.findings.error("SF328", message, reader.key_place(given[1]) if given else key.span)
    after, every, at = reader.duration("after"), _read_rhythm(reader), reader.expression("at")
    do = read_actions(reader.findings, reader.node("do"), scope)
    if path is None:
        return None
    return Timer(id=id_, state=path, do=do, after=after, every=every, at=at, span=key.span)


def _read_rhythm(reader: Reader) -> Duration | None:
    every = reader.duration("every")
    match every:
        case timedelta():
            is_slow = every >= _SHORTEST_RHYTHM
        case WorkingDays(days=days):
            is_slow = days * 24 * 60 >= 1
        case Months(count=count):
            is_slow = count > 0
        case None:
            return None
    if is_slow:
        return every
    message = Bilingual("`every` 的间隔至少是一分钟", "`every` is at least one minute")
    reader.findings.error("SF313", message, reader.place("every"), Bilingual("例如 1d", "for example 1d"))
    return None
