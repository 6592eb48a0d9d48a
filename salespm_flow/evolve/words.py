"""How differences name states, fields, transitions, parties, times and types. Knows no comparison."""

from collections.abc import Iterable

from salespm_flow.definition.literals import write_duration, write_value
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.gates import name_parties
from salespm_flow.engine.values import label
from salespm_flow.evolve.difference import Example
from salespm_flow.expr.types import describe
from salespm_flow.model.expression import Duration, Expression, Party
from salespm_flow.model.fields import EnumOf, Field, FieldType
from salespm_flow.model.names import type_of
from salespm_flow.model.workflow import State, Transition, Workflow

NOTHING = Bilingual("无", "none")


def state_label(state: State) -> Bilingual:
    """The state by title and name."""
    return label(state.name, state.title)


def field_label(field: Field) -> Bilingual:
    """The field by title and id."""
    return label(field.id, field.title)


def transition_label(transition: Transition) -> Bilingual:
    """The transition by title and id."""
    return label(transition.id, transition.title)


def names_of(paths: Iterable[str], workflow: Workflow) -> str:
    """The names of the states at the paths."""
    return ", ".join(workflow.states[path].name for path in paths)


def from_to(was: str, now: str) -> Bilingual:
    """What was and what is, `none` where there is nothing."""
    zh = f"从 {was or NOTHING.zh} 改为 {now or NOTHING.zh}"
    return Bilingual(zh, f"{was or NOTHING.en} → {now or NOTHING.en}")


def parties(by: Iterable[Party] | None) -> Bilingual:
    """Who may, anybody where nobody is named."""
    return Bilingual("任何人", "anybody") if by is None else name_parties(by)


def length(duration: Duration | None) -> str:
    """The duration as it is written, empty for none."""
    return "" if duration is None else write_duration(duration)


def text_of(expression: Expression | None) -> str:
    """The expression on one line, empty for none."""
    return "" if expression is None else " ".join(expression.text.split())


def type_label(declared: FieldType) -> Bilingual:
    """What values of the type are called; the ids of an enum are left out."""
    return describe(type_of(declared, {}))


def enum_ids(declared: FieldType) -> tuple[str, ...]:
    """The ids of an enum, none of any other type."""
    return tuple(declared.values) if isinstance(declared, EnumOf) else ()


def example_text(example: Example, workflow: Workflow, former: Workflow) -> Bilingual:
    """The values as a person reads them, and what either version says to them."""
    zh, en = [], []
    for name, value in example.values.items():
        field = workflow.fields.get(name) or former.fields[name]
        written = write_value(value, field.type)
        zh.append(f"{name} 为空" if value is None else f"{name} = {written}")
        en.append(f"{name} is empty" if value is None else f"{name} = {written}")
    case_zh, case_en = "，".join(zh) or "某些情况", ", ".join(en) or "something"
    if example.was_allowed:
        return Bilingual(f"{case_zh}：以前放行，现在拒绝", f"{case_en}: was let through, is refused now")
    return Bilingual(f"{case_zh}：以前拒绝，现在放行", f"{case_en}: was refused, is let through now")
