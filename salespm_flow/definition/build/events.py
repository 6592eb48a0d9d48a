"""Reads the names of events, and finds those that nothing raises or nothing hears; knows no transition's other keys."""

import re
from collections.abc import Collection, Iterable, Mapping

from salespm_flow.definition.build.reader import Findings, normalise
from salespm_flow.definition.build.state_tree import StateTree
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import ScalarNode
from salespm_flow.definition.suggest import did_you_mean, renaming, suggestion
from salespm_flow.diagnostics import Bilingual, Severity
from salespm_flow.model.workflow import Sla, State, StateKind

ANY_EVENT = "*"
_ALL_BELOW = ".*"
# The first words of what the engine itself raises.
_OWN_WORDS = ("parent", "done", "sla")
# Places of events that are heard or said begin so; what is said here is what this project tells itself.
_HEARD, _SAID = "heard.", "said."
_NAME = re.compile(r"\w+(\.\w+)*")


def read_heard(findings: Findings, node: ScalarNode, tree: StateTree, states: Mapping[str, State]) -> str:
    """The pattern as the engine matches it: with the shortest name of the state it is about."""
    pattern = normalise(node.text)
    stem = pattern.removesuffix(_ALL_BELOW)
    if pattern != ANY_EVENT and _NAME.fullmatch(stem) is None:
        findings.error("SF310", _no_pattern(node), node.span, _proposal(pattern))
        return pattern
    findings.places[f"{_HEARD}{node.span}"] = node
    for prefix in ("done.", "sla.warn.", "sla.breach."):
        written = pattern.removeprefix(prefix)
        if written not in {pattern, ANY_EVENT} and stem == pattern:
            path = tree.resolve(findings, node, written)
            if path is None:
                return pattern
            _check_happens(findings, node, prefix, (path, states))
            return f"{prefix}{tree.names[path]}"
    return pattern


def read_said(findings: Findings, node: ScalarNode, *, is_heard_here: bool = True) -> str:
    """The event that an action raises or sends; `is_heard_here` where this project is the one to hear it."""
    event = normalise(node.text)
    if _NAME.fullmatch(event) is None:
        message = Bilingual(
            f"{shown(node.text)} 不是事件：只能用字母（含汉字）、数字、下划线，各段用点号连接",
            f"{shown(node.text)} is no event: letters (CJK included), digits and underscores, joined by dots",
        )
        findings.error("SF310", message, node.span)
    elif is_heard_here:
        findings.places[f"{_SAID}{node.span}"] = node
    return event


def check_events(findings: Findings, heard: Iterable[str], links: Collection[str]) -> None:
    """What is said without a listener, and what is listened to but begins almost like a link, is told.

    Other dotted events are in order: messages may bring them.
    """
    patterns = tuple(dict.fromkeys(heard))
    said = {normalise(node.text): node for place, node in findings.places.items() if place.startswith(_SAID)}
    for place, node in findings.places.items():
        if place.startswith(_SAID) and not any(_matches(pattern, normalise(node.text)) for pattern in patterns):
            event = shown(node.text)
            message = Bilingual(f"没有转移监听事件 {event}", f"No transition listens to the event {event}")
            findings.warn("SF318", message, node.span, suggestion(node.text, patterns), fix=renaming(node, patterns))
    known = (*_OWN_WORDS, *links)
    spoken = {*known, *(event.partition(".")[0] for event in said)}
    for place, node in findings.places.items():
        first, dot, _ = normalise(node.text).partition(".")
        if place.startswith(_HEARD) and dot and first not in spoken and (hint := did_you_mean(first, known)):
            _never(findings, node, hint)


def _check_happens(findings: Findings, node: ScalarNode, prefix: str, about: tuple[str, Mapping[str, State]]) -> None:
    """An event of a state that can never be complete, or has no such time limit, is told."""
    if any(one.severity is Severity.ERROR for one in findings.diagnostics):
        # What would raise it may be what could not be read.
        return
    path, states = about
    state = states[path]
    if prefix == "done.":
        if not _can_complete(path, states):
            where, each = shown(state.name), state.kind is StateKind.PARALLEL
            zh = (
                f"{where} 的每个区域里都要有一个状态写 final: true" if each else f"{where} 里要有一个状态写 final: true"
            )
            en = f"every region of {where} needs a final state" if each else f"{where} needs a final state inside"
            _never(findings, node, Bilingual(zh, en))
        return
    stage = prefix.removeprefix("sla.").removesuffix(".")
    if not _has_stage(state.sla, stage):
        where = shown(state.name)
        hint = Bilingual(f"给 {where} 写 sla: {{{stage}: 5wd}}", f"give {where} sla: {{{stage}: 5wd}}")
        _never(findings, node, hint)


def _can_complete(path: str, states: Mapping[str, State]) -> bool:
    state = states[path]
    if state.kind is StateKind.PARALLEL:
        return all(_can_complete(child, states) for child in state.children)
    return any(states[child].kind is StateKind.FINAL for child in state.children)


def _has_stage(sla: Sla | None, stage: str) -> bool:
    return sla is not None and (sla.warn if stage == "warn" else sla.breach) is not None


def _never(findings: Findings, node: ScalarNode, hint: Bilingual) -> None:
    event = shown(node.text)
    message = Bilingual(f"没有谁会发出事件 {event}", f"Nothing here raises the event {event}")
    findings.warn("SF318", message, node.span, hint)


def _no_pattern(node: ScalarNode) -> Bilingual:
    name = shown(node.text)
    return Bilingual(
        f"{name} 不是事件：写用点号连接的名字，末尾可加 .*（其下全部），或只写 *（任何事件）",
        f"{name} is no event: names joined by dots, with .* at the end for all below, or * alone for any event",
    )


def _proposal(pattern: str) -> Bilingual | None:
    words = pattern.split()
    if len(words) > 1:
        listed = ", ".join(words)
        return Bilingual(f"几个事件写成列表：[{listed}]", f"several events are a list: [{listed}]")
    stem = pattern.rstrip("*.")
    if pattern.endswith(ANY_EVENT) and _NAME.fullmatch(stem):
        return Bilingual(f"是否想写 `{stem}.*`？", f"did you mean `{stem}.*`?")
    return None


def _matches(pattern: str, event: str) -> bool:
    """Whether a pattern takes the event, as the machine decides it: a plain name takes only itself."""
    stem = pattern.removesuffix(_ALL_BELOW)
    return pattern in {ANY_EVENT, event} or (stem != pattern and f"{event}.".startswith(f"{stem}."))
