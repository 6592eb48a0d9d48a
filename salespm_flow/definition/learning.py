"""Turns the rule of a lesson into texts: an overlay of the workflow, where need be one of its risks, and a scenario.

Knows no store and writes no file. What stands in a file already is kept, comments and all; its version is raised.
"""

import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from salespm_flow.definition.emit import leaves
from salespm_flow.definition.insertion import inserted, raised
from salespm_flow.definition.nodes import ListNode, MapNode, Node
from salespm_flow.definition.writer import write_flow
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError
from salespm_flow.model.workflow import State, StateKind, Workflow
from salespm_flow.nouns import dataclass

FOLDER: Final = "learned"
# A scenario needs a day: a Monday morning, the same for all.
_MONDAY: Final = "2026-03-02T09:00:00+08:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedRule:
    """What a lesson asks for. A check binds who leaves `stage`; a risk rule opens a risk while `condition` holds.

    `examples` make it bite: `field=value`, or a record and the columns of a row.
    """

    name: str
    title: Bilingual
    condition: str
    is_risk: bool
    stage: str = ""
    category: str = ""
    probability: int = 0
    impact: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Texts by file name, and the ids of the workflow and the scenario that they make."""

    texts: Mapping[str, str]
    workflow: str
    document: str
    scenario: str


def learned_id(workflow: str) -> str:
    """What the overlay with the lessons of a workflow is called."""
    return f"{workflow}_learned"


def patch_of(
    workflow: Workflow, rule: LearnedRule, owner: str, existing: Mapping[str, str], *, refused: tuple[str, ...] = ()
) -> Patch:
    """The rule written down; `existing` are the texts of lessons adopted before, by file name.

    `refused` are all the reasons that the scenario meets, where the check is not the only one.

    Raises:
        InputError: the rule cannot be placed, or one of its name stands there already.
    """
    id_ = learned_id(workflow.id)
    overlay, tests = f"{id_}.yaml", f"{id_}_tests.yaml"
    texts = dict(existing)
    base = texts.get(overlay)
    text = _new_overlay(workflow, id_) if base is None else raised(base)
    if rule.is_risk:
        model = _model_of(workflow)
        learned = learned_id(f"{workflow.id}_risks")
        risks = f"{learned}.yaml"
        before = texts.get(risks)
        start = (
            _header(
                "overlay",
                learned,
                _learned_title(Bilingual(f"{workflow.title.zh}的风险", f"Risks of {workflow.title.en}")),
            )
            + f"extends: {model}@1\n"
        )
        texts[risks] = inserted(raised(before) if before else start, ("rules", rule.name), _risk(rule))
        if before is None:
            swap = _map(("risks", _map(("add", leaves.names((learned,))), ("remove", leaves.names((model,))))))
            text = inserted(text, ("uses",), swap)
    else:
        text = inserted(text, (*_place(workflow, rule.stage), "exit", "check", rule.name), _check(rule))
    texts[overlay] = text
    scenarios = texts.get(tests) or _header("scenarios", f"{id_}_tests", _tests_title(workflow)) + f"workflow: {id_}\n"
    told = _scenario(workflow, rule, owner, refused)
    texts[tests] = inserted(scenarios, ("scenarios", rule.name), told)
    return Patch(texts=texts, workflow=id_, document=f"{id_}_tests", scenario=rule.name)


def _header(kind: str, id_: str, title: Bilingual) -> str:
    schema = f"# yaml-language-server: $schema=../../schemas/{kind}.schema.json\n"
    shown = leaves.title(title)
    return f"{schema}salespm: 1\nkind: {kind}\nid: {id_}\nversion: 1\ntitle: {write_flow(shown or leaves.text(id_))}\n"


def _new_overlay(workflow: Workflow, id_: str) -> str:
    header = _header("overlay", id_, _learned_title(workflow.title))
    told = "# What lessons have added: `lesson adopt` writes here, and keeps what people write.\n"
    return f"{header}{told}extends: {workflow.id}@{workflow.version}\n"


def _learned_title(title: Bilingual) -> Bilingual:
    return Bilingual(f"{title.zh}（含经验教训）", f"{title.en}, with its lessons")


def _tests_title(workflow: Workflow) -> Bilingual:
    return Bilingual(f"{workflow.title.zh}的经验教训", f"Lessons of {workflow.title.en}")


def _map(*pairs: tuple[str, Node | None]) -> MapNode:
    return leaves.entries(pairs)


def _check(rule: LearnedRule) -> MapNode:
    return _map(("that", leaves.text(rule.condition)), ("message", leaves.title(rule.title)))


def _risk(rule: LearnedRule) -> MapNode:
    return _map(
        ("title", leaves.title(rule.title)),
        ("category", leaves.text(rule.category)),
        ("when", leaves.text(rule.condition)),
        ("probability", leaves.number(rule.probability)),
        ("impact", leaves.number(rule.impact)),
        ("who", leaves.text("owner")),
    )


def _model_of(workflow: Workflow) -> str:
    if not workflow.uses.risks:
        message = Bilingual(
            f"流程 {workflow.id} 没有使用风险模型，无处写入风险规则",
            f"the workflow {workflow.id} uses no risk model to write the rule into",
        )
        raise InputError(message, Bilingual("先在 uses: {risks: [..]} 中指定", "name one in uses: {risks: [..]} first"))
    return workflow.uses.risks[0]


def _state(workflow: Workflow, name: str) -> State:
    found = next((one for one in workflow.states.values() if name in {one.name, one.path}), None)
    if found is None:
        known = ", ".join(one.name for one in workflow.states.values() if one.kind is not StateKind.FINAL)
        message = Bilingual(f"流程 {workflow.id} 没有状态“{name}”", f'the workflow {workflow.id} has no state "{name}"')
        raise InputError(message, Bilingual(f"可选：{known}", f"one of: {known}"))
    return found


def _place(workflow: Workflow, name: str) -> tuple[str, ...]:
    """The keys that lead to the state."""
    keys: list[str] = []
    path: str | None = _state(workflow, name).path
    while path is not None:
        state = workflow.states[path]
        keys = ["regions" if state.is_region else "states", path.rpartition(".")[2], *keys]
        path = state.parent
    return tuple(keys)


def _scenario(workflow: Workflow, rule: LearnedRule, owner: str, refused: tuple[str, ...]) -> MapNode:
    place = rule.stage or _beginning(workflow)
    steps = list(_steps(rule.examples))
    if rule.is_risk:
        expect = _map(("risks", leaves.names(refused or (rule.name,))))
        if steps:
            last = [(key, entry.value) for key, entry in steps[-1].entries.items()]
            steps[-1] = _map(*last, ("expect", expect))
        else:
            steps.append(_map(("wait", leaves.text("0d")), ("expect", expect)))
    else:
        expect = _map(("status", leaves.text("refused")), ("refused", leaves.names(refused or (rule.name,))))
        steps.append(_map(("advance", leaves.text(_way_out(workflow, rule.stage))), ("expect", expect)))
    listed = ListNode(items=tuple(steps), span=leaves.NOWHERE)
    given = _map(("now", leaves.text(_MONDAY)), ("owner", leaves.text(owner)), ("state", leaves.text(place)))
    return _map(("title", leaves.title(rule.title)), ("given", given), ("steps", listed))


def _beginning(workflow: Workflow) -> str:
    """Where projects begin: the innermost single state."""
    state = workflow.states[workflow.initial[0]]
    while len(state.initial) == 1:
        state = workflow.states[state.initial[0]]
    return state.name


def _steps(examples: tuple[str, ...]) -> Iterator[MapNode]:
    for example in examples:
        words = shlex.split(example)
        record = words.pop(0) if words and "=" not in words[0] else ""
        values = _map(*((name, leaves.bare(value)) for name, _, value in (word.partition("=") for word in words)))
        yield _map(("append", _map((record, values)))) if record else _map(("set", values))


def _way_out(workflow: Workflow, name: str) -> str:
    """A move by hand out of the state that its gates bind."""
    state = _state(workflow, name)
    order = list(workflow.states)

    def binds(targets: tuple[str, ...]) -> bool:
        ends = [workflow.states[path] for path in targets]
        return all(
            order.index(one.path) > order.index(state.path)
            and not one.is_aside
            and (one.outcome is None or one.outcome.is_success)
            for one in ends
        )

    is_open: Callable[[str], bool] = lambda path: path == state.path or state.path.startswith(f"{path}.")  # noqa: E731
    for one in workflow.transitions.values():
        if one.is_auto or not one.to or not any(map(is_open, one.sources)) or one.is_forward is False:
            continue
        if binds(tuple(target.path for target in one.to)) and not any(event.count(".") for event in one.events):
            return one.id
    message = Bilingual(f"没有从“{name}”向前的转移，检查不会生效", f'no move leads forward out of "{name}"')
    raise InputError(message, Bilingual("换一个阶段", "take another stage"))
