"""A DMN decision table as columns and rules of ours. Knows elements and names; what its inputs are is the caller's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from decimal import Decimal
from typing import Final

from salespm_flow.definition.emit.leaves import NOWHERE
from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.parse import parse
from salespm_flow.expr.syntax import BooleanLiteral, Negate, NullLiteral, NumberLiteral, TextLiteral
from salespm_flow.expr.values import Value
from salespm_flow.interop.dmn.feel import Names, identifier
from salespm_flow.interop.dmn.source import Element
from salespm_flow.interop.dmn.types import (
    NUMBER,
    TEXT,
    UNKNOWN,
    NotSupported,
    Shape,
    Types,
    field_type,
    limited,
    numbers_of,
)
from salespm_flow.model.expression import Expression
from salespm_flow.model.fields import EnumOf, FieldType, Scalar, SimpleType
from salespm_flow.model.tables import Aggregator, HitPolicy, TableInput, TableOutput, TableRule
from salespm_flow.nouns import dataclass

COLUMN_WORDS: Final = frozenset({"table", "message", "annotations"})
_HITS: Final = {policy.value.upper().replace("_", " "): policy for policy in HitPolicy}
_BOOLEAN: Final = SimpleType(Scalar.BOOLEAN)


@dataclass(slots=True, kw_only=True)
class Draft:
    """A decision table in the making."""

    hit: HitPolicy = HitPolicy.UNIQUE
    aggregate: Aggregator | None = None
    inputs: dict[str, TableInput]
    outputs: dict[str, TableOutput] = field(default_factory=dict)
    rules: dict[str, TableRule] = field(default_factory=dict)
    tested: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a table is read with: its owner's name, the names in view, the types of the file."""

    name: str
    names: Names
    types: Types


def written(text: str) -> Expression:
    """An expression that is only good for being written."""
    return Expression(text=text, node=NullLiteral(start=0, end=0), place=NOWHERE)


def new_input(id_: str, title: str, type_: FieldType | None, formula: str | None = None) -> TableInput:
    """An input column; with a formula it is computed."""
    return TableInput(
        id=id_,
        title=Bilingual(title, title),
        type=type_,
        span=NOWHERE,
        formula=None if formula is None else written(formula),
    )


def new_output(id_: str, title: str, type_: FieldType | None, span: Span) -> TableOutput:
    """An output column.

    Raises:
        NotSupported: it has no type.
    """
    if type_ is None:
        raise NotSupported(Bilingual(f"输出 {title} 没有类型", f"the output {title} has no type"), span)
    return TableOutput(id=id_, title=Bilingual(title, title), type=type_, span=NOWHERE)


def read_table(element: Element, result: Shape, draft: Draft, context: Reading) -> Draft:
    """The table that the element writes, over the inputs of the draft, which get its computed columns.

    Raises:
        NotSupported: something in it has no counterpart.
    """
    hit = element.get("hitPolicy") or "UNIQUE"
    if hit not in _HITS:
        raise NotSupported(Bilingual(f"不支持命中策略 {hit}", f"the hit policy {hit} is not supported"), element.span)
    draft.hit = _HITS[hit]
    aggregation = element.get("aggregation").lower()
    draft.aggregate = Aggregator(aggregation) if draft.hit is HitPolicy.COLLECT and aggregation else None
    columns = [_column(one, draft, context.names, context.types) for one in element.all("input")]
    rules = list(element.all("rule"))
    if not rules:
        raise NotSupported(Bilingual("决策表没有规则", "the decision table has no rules"), element.span)
    cells = [[_text(cell) for cell in rule.all("outputEntry")] for rule in rules]
    for at, output in enumerate(element.all("output")):
        own = output.get("name") or context.name
        shape = _output_shape(output, result, context.types, element)
        texts = [row[at] if at < len(row) else "" for row in cells]
        column = _output(output, _as_written(shape, texts), texts, replace(context, name=own))
        column = replace(column, id=identifier(own, {*draft.inputs, *draft.outputs}, COLUMN_WORDS))
        draft.outputs[column.id] = column
    notes = [one.get("name") for one in element.all("annotation")]
    for number, (rule, answers) in enumerate(zip(rules, cells, strict=True), start=1):
        id_ = f"rule_{number}"
        read = _rule(rule, answers, draft, (columns, context.names))
        draft.rules[id_] = replace(read, id=id_, annotations=_annotations(rule, notes))
    return draft


def _column(element: Element, draft: Draft, names: Names, types: Types) -> str:
    """The id of the input that the column tests; a computed one where it is more than the name of one."""
    expression = element.first("inputExpression")
    if expression is None:
        raise NotSupported(Bilingual("输入列没有表达式", "an input column without an expression"), element.span)
    text = names.rewritten(_text(expression))
    allowed = element.first("inputValues")
    id_ = text
    if text not in draft.inputs or text in draft.tested:
        label = element.get("label") or _text(expression)
        id_ = identifier(label, {*draft.inputs, *names.known.values()}, COLUMN_WORDS)
        shape = types.shape(expression.get("typeRef"), expression.span)
        draft.inputs[id_] = new_input(id_, label, field_type(shape), text)
    draft.inputs[id_] = _narrowed(draft.inputs[id_], allowed)
    draft.tested.append(id_)
    return id_


def _narrowed(column: TableInput, allowed: Element | None) -> TableInput:
    """The column with only the values that the table says occur in it."""
    if column.type is None:
        return column
    shape = limited(Shape(field=column.type, low=column.minimum, high=column.maximum), allowed)
    return replace(column, type=shape.field, minimum=shape.low, maximum=shape.high)


def _text(element: Element) -> str:
    inner = element.first("text")
    return "" if inner is None else inner.text.strip()


def _tests(rule: Element, columns: Sequence[str], names: Names) -> Iterator[tuple[str, Expression]]:
    entries = list(rule.all("inputEntry"))
    if len(entries) != len(columns):
        raise NotSupported(Bilingual("规则的输入格数不对", "a rule with too few or too many inputs"), rule.span)
    for column, entry in zip(columns, entries, strict=True):
        text = names.rewritten(_text(entry))
        if text not in {"", "-"}:
            yield column, written(text)


def _rule(element: Element, answers: Sequence[str], draft: Draft, seen: tuple[Sequence[str], Names]) -> TableRule:
    """The rule without id and annotations; `seen` are the columns that it tests and the names in view."""
    if len(answers) != len(draft.outputs):
        raise NotSupported(Bilingual("规则的输出格数不对", "a rule with too few or too many outputs"), element.span)
    columns, names = seen
    return TableRule(
        id="",
        span=NOWHERE,
        tests=dict(_tests(element, columns, names)),
        answers={
            column.id: _answer(text, column.type, names)
            for column, text in zip(draft.outputs.values(), answers, strict=True)
        },
        message=_message(element),
        annotations={},
    )


def _output_shape(output: Element, result: Shape, types: Types, table: Element) -> Shape:
    """The type of an output: its own, else what the table's or the decision's type says of it."""
    own = types.shape(output.get("typeRef"), output.span)
    whole = types.shape(table.get("typeRef"), table.span)
    for around in (whole, result):
        if own != UNKNOWN:
            break
        own = around
        if around.components is not None:
            own = around.components.get(output.get("name"), UNKNOWN)
    if own.components is not None:
        raise NotSupported(Bilingual("输出不能是结构", "an output cannot be a structure"), output.span)
    # A list is what several matches make; each of them is one of its elements.
    return Shape(field=own.field, low=own.low, high=own.high)


def _as_written(shape: Shape, texts: Sequence[str]) -> Shape:
    """The shape, where none is declared or the answers are of another (the result of a count is a number) theirs."""
    values = [value for text in texts if (value := constant(text)) is not None]
    if values and len(values) == len(texts):
        if all(isinstance(value, str) for value in values) and not _takes_strings(shape):
            return Shape(field=TEXT)
        if shape.field is None and all(isinstance(value, bool) for value in values):
            return Shape(field=_BOOLEAN)
        if shape.field is None and all(isinstance(value, Decimal) for value in values):
            return Shape(field=NUMBER)
    return shape


def _takes_strings(shape: Shape) -> bool:
    return isinstance(shape.field, EnumOf) or shape.field == TEXT


def _output(element: Element, shape: Shape, texts: Sequence[str], context: Reading) -> TableOutput:
    allowed = element.first("outputValues")
    type_ = limited(shape, allowed).field
    given = element.first("defaultOutputEntry")
    every = [*texts, *([] if given is None else [_text(given)])]
    if isinstance(type_, EnumOf) and not all(constant(text) in type_.values for text in every):
        # Its values are not the only ones, and their order is not needed.
        type_ = TEXT
    default = None if given is None else constant(_text(given))
    if given is not None and (
        default is None or isinstance(_answer(_text(given), type_ or TEXT, context.names), Expression)
    ):
        raise NotSupported(Bilingual("默认输出不是常量", "a default output that is no constant"), given.span)
    order: tuple[Value, ...] = ()
    if type_ == NUMBER and allowed is not None:
        order = numbers_of(_text(allowed))
    return replace(new_output(context.name, context.name, type_, element.span), default=default, order=order)


def constant(text: str) -> str | bool | Decimal | None:
    """The string, boolean or number that the text writes; None of anything else."""
    node = parse(text).node if text else None
    match node:
        case TextLiteral(value=value):
            return value
        case BooleanLiteral(value=flag):
            return flag
        case NumberLiteral(value=number):
            return number
        case Negate(operand=NumberLiteral(value=number)):
            return -number
        case _:
            return None


def _answer(text: str, type_: FieldType, names: Names) -> Value | Expression:
    """The answer as a value where it is one of the type, else as an expression; an empty cell is null."""
    plain = names.rewritten(text)
    value = constant(plain)
    match value:
        case str() if isinstance(type_, EnumOf) or type_ == TEXT:
            # A value with blanks at its ends, or none at all, is no plain text of a document.
            return value if value and value.strip() == value else written(plain)
        case bool() if type_ == _BOOLEAN:
            return value
        case Decimal() if type_ == NUMBER:
            return value
        case _:
            return written("null" if plain in {"", "-"} else plain)


def _message(rule: Element) -> Bilingual | None:
    said = rule.first("description")
    text = "" if said is None else " ".join(said.text.split())
    return Bilingual(text, text) if text else None


def _annotations(rule: Element, names: Sequence[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for at, entry in enumerate(rule.all("annotationEntry")):
        text = " ".join(_text(entry).split())
        name = names[at] if at < len(names) and names[at] else f"annotation {at + 1}"
        if text:
            found[name] = text
    return found
