"""Conditions that decide nothing, or not as meant: always or never true, overlapping, with a gap, impossible together.

A verdict of "never" is a proof over all values of fields (`solve/cases`). A claim that something can happen shows
values, and the engine has confirmed it with them; what neither could be shown nor excluded is told as not proven.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from salespm_flow.definition.findings import listed, shown
from salespm_flow.diagnostics import Bilingual, Diagnostic, Span
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.model.expression import Expression
from salespm_flow.model.workflow import Gate, Transition
from salespm_flow.solve.cases import Found, Given, Verdict, Wish
from salespm_flow.solve.comparisons import Want

if TYPE_CHECKING:
    from salespm_flow.diagnostics import Witness
    from salespm_flow.lint.values import Example

_MOST_PAIRS = 2000


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """What is wrong with single conditions, then with gates, then with those that stand side by side."""
    wrong: set[str] = set()
    for transition in inspection.workflow.transitions.values():
        for found in _single(inspection, transition):
            wrong.add(transition.id)
            yield found
    for gate in inspection.gates():
        yield from _gate(inspection, gate)
    for source, event, transitions in _forks(inspection):
        sound = [one for one in transitions if one.id not in wrong]
        if len(sound) == len(transitions):
            yield from _fork(inspection, (source, event), sound)


# ------------------------------------------------------------------------------------------------- single conditions


def _single(inspection: Inspection, transition: Transition) -> Iterator[Diagnostic]:
    when = transition.when
    if when is not None:
        yield from _judged(inspection, transition, when)
    for approval in transition.approvals.values():
        if approval.when is None:
            continue
        asked = inspection.cases.together([Wish(approval.when.node, Want.NOT_FALSE)]).verdict
        if asked is Verdict.NEVER:
            yield _never(approval.when, shown(approval.id), _taking(inspection, transition))
        elif asked is Verdict.UNKNOWN:
            yield _too_complex(
                approval.when, Bilingual(f"{shown(approval.id)} 的条件", f"The condition of {shown(approval.id)}")
            )


def _judged(inspection: Inspection, transition: Transition, when: Expression) -> Iterator[Diagnostic]:
    name = shown(transition.id)
    holds = inspection.cases.together([Wish(when.node)])
    fails = inspection.cases.together([Wish(when.node, Want.NOT_TRUE)])
    if holds.verdict is Verdict.NEVER or _is_excluded(inspection, holds, [Wish(when.node)]):
        yield _never(when, name, _refusal(inspection, transition))
    elif fails.verdict is Verdict.NEVER:
        message = Bilingual(f"{name} 的条件总是成立", f"The condition of {name} always holds")
        hint = Bilingual("请删除它，或改正它", "remove it, or correct it")
        yield finding("SF620", when.place, message, hint, witness=_taking(inspection, transition))
    elif Verdict.UNKNOWN in {holds.verdict, fails.verdict}:
        yield _too_complex(when, Bilingual(f"{name} 的条件", f"The condition of {name}"))


def _taking(inspection: Inspection, transition: Transition) -> "Witness | None":
    from salespm_flow.lint.attempts import witness_of_taking  # noqa: PLC0415 - the engine only where it is needed

    return witness_of_taking(inspection, transition)


def _refusal(inspection: Inspection, transition: Transition) -> "Witness | None":
    from salespm_flow.lint.attempts import refusal_of  # noqa: PLC0415 - as above

    return refusal_of(inspection, transition)


def _never(when: Expression, name: str, witness: "Witness | None") -> Diagnostic:
    message = Bilingual(f"{name} 的条件永远不成立", f"The condition of {name} never holds")
    hint = Bilingual("没有任何字段值能使它成立", "no values of fields make it true")
    return finding("SF621", when.place, message, hint, witness=witness)


def _too_complex(condition: Expression, name: Bilingual) -> Diagnostic:
    message = Bilingual(f"{name.zh}太复杂，没有分析", f"{name.en} is too complex to be analysed: nothing is proven")
    return finding("SF625", condition.place, message, _SIMPLER)


_SIMPLER = Bilingual("把它拆成几个 conditions", "take it apart into several conditions")


# --------------------------------------------------------------------------------------------------------------- gates


def _gate(inspection: Inspection, gate: Gate) -> Iterator[Diagnostic]:
    fields = inspection.workflow.fields
    given: list[Wish | Given] = [Given(need.name) for need in gate.require if need.name in fields]
    wishes: list[Wish | Given] = []
    for check in gate.check:
        wish = Wish(check.that.node)
        name = shown(check.id)
        found = inspection.cases.together([wish])
        if found.verdict is Verdict.NEVER or _is_excluded(inspection, found, [wish]):
            message = Bilingual(f"没有任何字段值能满足 {name}", f"No values of fields satisfy {name}")
            witness = _blocked(inspection, gate, (check.span,))
            yield finding("SF622", check.that.place, message, _CORRECT, witness=witness)
            return
        if found.verdict is Verdict.UNKNOWN:
            yield _too_complex(check.that, Bilingual(name, name))
            return
        wishes.append(wish)
    if gate.check and len(wishes) + len(given) > 1:
        whole = [*given, *wishes]
        found = inspection.cases.together(whole)
        if found.verdict is Verdict.NEVER or _is_excluded(inspection, found, whole):
            names = listed(check.id for check in gate.check)
            message = Bilingual(f"{names.zh} 不能同时满足", f"{names.en} cannot be satisfied together")
            witness = _blocked(inspection, gate, [check.span for check in gate.check])
            yield finding("SF622", gate.check[-1].that.place, message, _CORRECT, witness=witness)
        elif found.verdict is Verdict.UNKNOWN:
            asked = listed(check.id for check in gate.check)
            yield _too_complex(gate.check[-1].that, Bilingual(f"{asked.zh} 合起来", f"All that {asked.en} asks"))


def _blocked(inspection: Inspection, gate: Gate, rules: Sequence[Span]) -> "Witness | None":
    from salespm_flow.lint.attempts import passages_through, witness_of_refusal  # noqa: PLC0415 - as above

    return witness_of_refusal(inspection, passages_through(inspection, gate), rules)


_CORRECT = Bilingual("请改正其中一个条件", "correct one of the conditions")


# --------------------------------------------------------------------------------------------------------- side by side


def _forks(inspection: Inspection) -> Iterator[tuple[str, str, list[Transition]]]:
    """The transitions of one state that answer to one event (empty: to none), where there are several."""
    groups: dict[tuple[str, str], list[Transition]] = {}
    for transition in inspection.workflow.transitions.values():
        for source in transition.sources:
            for event in transition.events or ("",):
                groups.setdefault((source, event), []).append(transition)
    told: set[tuple[str, tuple[str, ...]]] = set()
    for (source, event), transitions in groups.items():
        key = (event, tuple(one.id for one in transitions))
        if len(transitions) > 1 and key not in told:
            told.add(key)
            yield source, event, transitions


def _fork(inspection: Inspection, where: tuple[str, str], transitions: Sequence[Transition]) -> Iterator[Diagnostic]:
    pairs, is_sound = 0, True
    for first, second in combinations(transitions, 2):
        # One without a guard is what is done else; where it comes first, the other one never fires, which is told.
        if first.when is None or second.when is None:
            continue
        pairs += 1
        if pairs > _MOST_PAIRS:
            yield _too_many(inspection, where)
            return
        for found in _pair(inspection, where, first, second):
            is_sound = False
            yield found
    if not is_sound:
        return
    if where[1] and all(one.when is not None for one in transitions) and not _is_heard_around(inspection, where):
        yield from _gap(inspection, where, transitions)


def _too_many(inspection: Inspection, where: tuple[str, str]) -> Diagnostic:
    state = inspection.state(where[0])
    name = shown(state.name)
    event = (
        Bilingual(f"事件 {shown(where[1])}", f"for {shown(where[1])}") if where[1] else Bilingual("自动", "by itself")
    )
    message = Bilingual(
        f"状态 {name} 的转移（{event.zh}）两两组合超过 {_MOST_PAIRS} 对，没有查完：是否重叠、有无空缺都没有证明",
        f"More than {_MOST_PAIRS} pairs of transitions from {name} {event.en}: "
        "not proven that they exclude each other and leave no gap",
    )
    return finding("SF618", state.span, message, Bilingual("改用决策表", "let a decision table decide"))


def _is_heard_around(inspection: Inspection, where: tuple[str, str]) -> bool:
    source, event = where
    around = source.rpartition(".")[0]
    while around:
        if not inspection.heard.get(around, frozenset()).isdisjoint({event, "*"}):
            return True
        around = around.rpartition(".")[0]
    return False


def _pair(
    inspection: Inspection, where: tuple[str, str], first: Transition, second: Transition
) -> Iterator[Diagnostic]:
    if first.when is None or second.when is None:
        return
    both = [Wish(first.when.node), Wish(second.when.node)]
    found = inspection.cases.together(both)
    if found.verdict is Verdict.NEVER or _is_excluded(inspection, found, both):
        return
    names = (shown(first.id), shown(second.id))
    only_second = [Wish(second.when.node), Wish(first.when.node, Want.NOT_TRUE)]
    if inspection.cases.together(only_second).verdict is Verdict.NEVER and _covers(first, second):
        message = Bilingual(
            f"{names[1]} 永远不会发生：它的条件成立时，{names[0]}（第 {first.span.line} 行）的条件也成立，并且先发生",
            f"{names[1]} never fires: whenever its condition holds, that of {names[0]} (line {first.span.line}) "
            "holds too and comes first",
        )
        hint = Bilingual("换顺序，或收窄前者", "change the order, or narrow it")
        yield finding("SF611", second.span, message, hint, witness=_shadowed(inspection, where, second))
        return
    values = _example(inspection, where[0], both, found)
    if values is None:
        message = Bilingual(
            f"没有证明 {names[0]} 与 {names[1]} 的条件互斥",
            f"It is not proven that {names[0]} and {names[1]} exclude each other",
        )
        hint = Bilingual(
            f"在后者里写 not(…)；现在 {names[0]} 优先", f"write not(…) into the second; now {names[0]} comes first"
        )
        yield finding("SF625", second.when.place, message, hint)
        return
    told = _told(values.values)
    message = Bilingual(
        f"{names[0]} 与 {names[1]} 的条件会同时成立，例如 {told.zh}；这时 {names[0]} 优先",
        f"{names[0]} and {names[1]} can hold together, for example {told.en}; then {names[0]} comes first",
    )
    hint = Bilingual("让两个条件互斥，或后者不写 when", "make them exclude each other, or leave out the second `when`")
    yield finding("SF623", second.when.place, message, hint, witness=values.witness)


def _shadowed(inspection: Inspection, where: tuple[str, str], second: Transition) -> "Witness | None":
    """Values with which the second transition might fire, and how the first one then does."""
    from salespm_flow.lint.attempts import Passage, refusal_of, witness_of_another  # noqa: PLC0415 - as above

    wishes = [] if second.when is None else [Wish(second.when.node)]
    values = _example(inspection, where[0], wishes, inspection.cases.together(wishes))
    if values is None or values.walk is None:
        return refusal_of(inspection, second)
    return witness_of_another(inspection, values.walk, Passage(0, where[1], second)) or values.witness


def _covers(first: Transition, second: Transition) -> bool:
    return set(second.sources) <= set(first.sources) and set(second.events) <= set(first.events)


def _gap(inspection: Inspection, where: tuple[str, str], transitions: Sequence[Transition]) -> Iterator[Diagnostic]:
    wishes: list[Wish | Given] = [Wish(one.when.node, Want.FALSE) for one in transitions if one.when is not None]
    # That nothing is known while a field is empty is no gap: what must be known is required.
    wishes += [Given(name) for name in inspection.cases.stored_in([w.node for w in wishes if isinstance(w, Wish)])]
    found = inspection.cases.together(wishes)
    if found.verdict is Verdict.NEVER or _is_excluded(inspection, found, wishes):
        return
    names = listed(one.id for one in transitions)
    last = transitions[-1]
    place = last.span if last.when is None else last.when.place
    values = _example(inspection, where[0], wishes, found)
    if values is None:
        message = Bilingual(f"没有证明 {names.zh} 的条件没有空缺", f"It is not proven that {names.en} leave no gap")
        yield finding("SF625", place, message, _ELSE)
        return
    told = _told(values.values)
    message = Bilingual(
        f"{names.zh} 的条件都不成立时没有转移可走，例如 {told.zh}", f"None of {names.en} holds, for example {told.en}"
    )
    yield finding("SF624", place, message, _ELSE, witness=values.witness)


_ELSE = Bilingual("让最后一个不写 when", "leave out the last `when`")


def _is_excluded(inspection: Inspection, found: Found, wishes: Sequence[Wish | Given]) -> bool:
    if not found.is_entangled:
        return False
    from salespm_flow.lint.values import is_excluded  # noqa: PLC0415 - the engine only where the text does not settle it

    return is_excluded(inspection, wishes)


def _example(inspection: Inspection, source: str, wishes: Sequence[Wish | Given], found: Found) -> "Example | None":
    if found.verdict is Verdict.UNKNOWN or not inspection.space.is_whole:
        return None
    from salespm_flow.lint.values import example  # noqa: PLC0415 - as above

    return example(inspection, source, wishes, found)


def _told(values: Mapping[str, str]) -> Bilingual:
    parts_zh = [f"{name} = {value}" if value else f"{name} 为空" for name, value in values.items()]
    parts_en = [f"{name} = {value}" if value else f"{name} is empty" for name, value in values.items()]
    return Bilingual("，".join(parts_zh), ", ".join(parts_en))
