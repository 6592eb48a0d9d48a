"""Builds a decision table: its columns, and rules whose cells are tests and answers. Knows nothing of hits and gaps."""

from collections.abc import Mapping

from salespm_flow.definition.build.fields import is_within, read_parameters, read_type
from salespm_flow.definition.build.reader import (
    Findings,
    Reader,
    expression_of,
    literal_of,
    named_entries,
    problem_diagnostic,
    scalar_of,
)
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.definition.suggest import suggestion
from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.parse import Parsed
from salespm_flow.expr.syntax import KEYWORDS, In, Name, TextLiteral
from salespm_flow.expr.unary import ANYTHING, parse_cell
from salespm_flow.expr.values import Value
from salespm_flow.model.expression import Expression
from salespm_flow.model.fields import EnumOf, FieldType, MoneyOf, RefTo, Scalar, SimpleType
from salespm_flow.model.source import Source
from salespm_flow.model.tables import (
    TABLE,
    Aggregator,
    DecisionTable,
    HitPolicy,
    TableInput,
    TableOutput,
    TableRule,
)
from salespm_flow.nouns import dataclass

MESSAGE, ANNOTATIONS = "message", "annotations"
_RESERVED = KEYWORDS | {TABLE, MESSAGE, ANNOTATIONS}
_SUMMED = frozenset({Scalar.INTEGER, Scalar.NUMBER, Scalar.PERCENT, Scalar.DURATION})
_COMPARED = _SUMMED | {Scalar.DATE, Scalar.DATETIME, Scalar.TEXT}
_TEXT = SimpleType(Scalar.TEXT)
_NULL = "null"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """The columns of a table; `broken` are declared ones without a readable type."""

    inputs: Mapping[str, TableInput]
    outputs: Mapping[str, TableOutput]
    broken: frozenset[str]


def build_decision_table(findings: Findings, root: MapNode, source: Source) -> DecisionTable:
    """The table that the document writes, with what could be read where something is wrong."""
    reader = Reader(findings, root, "decision_table")
    for key in ("salespm", "kind", "id", "version"):
        reader.node(key)
    for key in ("hit", "outputs", "rules"):
        reader.require(key)
    parameters = read_parameters(reader)
    inputs, outputs = _read_inputs(reader), _read_outputs(reader)
    columns = _Columns(inputs=inputs, outputs=outputs, broken=frozenset(findings.poisoned))
    _check_names(reader, columns)
    table = DecisionTable(
        id=source.id,
        version=source.version,
        title=reader.title("title", source.id),
        source=source,
        hit=reader.choice("hit", HitPolicy) or HitPolicy.UNIQUE,
        aggregate=reader.choice("aggregate", Aggregator),
        parameters=parameters,
        inputs=inputs,
        outputs=outputs,
        rules=_read_rules(reader, columns),
        span=root.span,
        place=reader.key_place("hit"),
    )
    if not columns.broken:
        _check_policy(reader, table)
    return table


# Columns


def _read_inputs(reader: Reader) -> Mapping[str, TableInput]:
    inputs: dict[str, TableInput] = {}
    for id_, _, node in reader.entries("inputs"):
        inner = Reader(reader.findings, node, "decision_table.input")
        formula = inner.expression("formula")
        # What is computed shows its type by itself.
        is_typed = inner.has("type") or not inner.has("formula")
        type_ = read_type(inner, f"inputs.{id_}") if is_typed else None
        if is_typed and type_ is None:
            reader.findings.poisoned.add(id_)
        minimum, maximum = _read_bounds(inner, type_)
        inputs[id_] = TableInput(
            id=id_,
            title=inner.title("title", id_),
            type=type_,
            span=inner.span,
            minimum=minimum,
            maximum=maximum,
            formula=formula,
        )
    return inputs


def _read_bounds(reader: Reader, type_: FieldType | None) -> tuple[Value, Value]:
    if type_ is None:
        return None, None
    for key in [key for key in ("min", "max") if reader.has(key)]:
        if not _is_among(type_, _COMPARED - {Scalar.TEXT}):
            message = Bilingual(
                f"此类型没有大小，不能写 {shown(key)}",
                f"Values of this type have no order, so {shown(key)} says nothing",
            )
            reader.findings.error("SF314", message, reader.key_place(key))
            return None, None
    minimum, maximum = reader.literal("min", type_), reader.literal("max", type_)
    if not is_within(minimum, None, maximum):
        message = Bilingual("最小值大于最大值", "The minimum is above the maximum")
        reader.findings.error("SF313", message, reader.place("min"))
    return minimum, maximum


def _read_outputs(reader: Reader) -> Mapping[str, TableOutput]:
    outputs: dict[str, TableOutput] = {}
    for id_, _, node in reader.entries("outputs"):
        inner = Reader(reader.findings, node, "decision_table.output")
        type_ = read_type(inner, f"outputs.{id_}")
        if type_ is None:
            reader.findings.poisoned.add(id_)
        outputs[id_] = TableOutput(
            id=id_,
            title=inner.title("title", id_),
            type=type_ or _TEXT,
            span=inner.span,
            default=None if type_ is None else inner.literal("default", type_),
            order=() if type_ is None else _read_order(inner, type_),
        )
    return outputs


def _read_order(reader: Reader, type_: FieldType) -> tuple[Value, ...]:
    node = reader.node("order")
    if node is None:
        return ()
    items = node.items if isinstance(node, ListNode) else (node,)
    return tuple(literal_of(reader.findings, item, type_) for item in items)


def _check_names(reader: Reader, columns: _Columns) -> None:
    for key, known in (("inputs", columns.inputs), ("outputs", columns.outputs)):
        for id_, node, _ in reader.entries(key):
            if id_ in _RESERVED:
                message = Bilingual(
                    f"{shown(id_)} 是保留名，不能作列名", f"{shown(id_)} is reserved and names no column"
                )
                reader.findings.error("SF311", message, node.span)
            elif known is columns.outputs and id_ in columns.inputs:
                message = Bilingual(f"{shown(id_)} 既是输入又是输出", f"{shown(id_)} is both an input and an output")
                reader.findings.error("SF401", message, node.span, Bilingual("请改名其中一个", "rename one of them"))
    if not columns.outputs and reader.has("outputs"):
        message = Bilingual("决策表没有输出", "A decision table without an output answers nothing")
        reader.findings.error("SF401", message, reader.place("outputs"))


# Rules


def _read_rules(reader: Reader, columns: _Columns) -> Mapping[str, TableRule]:
    rules: dict[str, TableRule] = {}
    for id_, key, node in reader.entries("rules"):
        rules[id_] = _read_rule(reader.findings, (id_, key), node, columns)
    if not rules and reader.has("rules"):
        reader.findings.unreadable(reader.node("rules") or reader.whole, Bilingual("至少一条规则", "at least one rule"))
    return rules


def _read_rule(findings: Findings, named: tuple[str, ScalarNode], node: Node, columns: _Columns) -> TableRule:
    id_, key = named
    tests: dict[str, Expression] = {}
    answers: dict[str, Value | Expression] = {}
    for name, cell_key, cell in named_entries(findings, node):
        if name in columns.inputs:
            test = _read_test(findings, cell, columns.inputs[name])
            if test is not None:
                tests[name] = test
        elif name in columns.outputs:
            answers[name] = _read_answer(findings, cell, columns.outputs[name], columns)
        elif name not in {MESSAGE, ANNOTATIONS}:
            message = Bilingual(f"决策表没有列 {shown(name)}", f"The decision table has no column {shown(name)}")
            known = (*columns.inputs, *columns.outputs, MESSAGE, ANNOTATIONS)
            findings.error("SF402", message, cell_key.span, suggestion(name, known))
    for name in columns.outputs:
        if isinstance(node, MapNode) and name not in node.entries and name not in answers:
            message = Bilingual(
                f"规则 {shown(id_)} 没有写输出 {shown(name)}", f"The rule {shown(id_)} says no {shown(name)}"
            )
            findings.error("SF403", message, key.span)
    words = _words(findings, node)
    return TableRule(
        id=id_,
        span=key.span,
        tests=tests,
        answers=answers,
        message=words.title(MESSAGE, id_) if words.has(MESSAGE) else None,
        annotations=_read_annotations(words),
    )


def _words(findings: Findings, node: Node) -> Reader:
    """What stands in a rule beside its cells."""
    entries = node.entries if isinstance(node, MapNode) else {}
    kept = {name: entry for name, entry in entries.items() if name in {MESSAGE, ANNOTATIONS}}
    return Reader(findings, MapNode(entries=kept, span=node.span), "decision_table.rule")


def _read_annotations(reader: Reader) -> Mapping[str, str]:
    annotations: dict[str, str] = {}
    for name, _, node in reader.pairs(ANNOTATIONS):
        scalar = scalar_of(reader.findings, node)
        if scalar is not None:
            annotations[name] = scalar.text
    return annotations


def _read_test(findings: Findings, node: Node, column: TableInput) -> Expression | None:
    """The condition of a cell; None where it means anything or cannot be read."""
    if isinstance(node, ListNode):
        written = ", ".join(item.text for item in node.items if isinstance(item, ScalarNode))
        message = Bilingual("单元格是一段文字，不是列表", "A cell is a text, not a list")
        is_range = ".." in written
        proposal = f'"[{written}]"' if is_range else f'"{written}"'
        findings.error("SF404", message, node.span, Bilingual(f"加引号：{proposal}", f"quote it: {proposal}"))
        return None
    is_null = isinstance(node, ScalarNode) and node.text == _NULL
    scalar = node if is_null and isinstance(node, ScalarNode) else scalar_of(findings, node)
    if scalar is None or scalar.text.strip() == ANYTHING:
        return None
    parsed = _parse(scalar, column)
    findings.diagnostics.extend(problem_diagnostic(problem, scalar) for problem in parsed.problems)
    if parsed.node is None:
        return None
    findings.expressions[scalar.span] = scalar
    return Expression(text=scalar.text, node=parsed.node, place=scalar.span)


def _parse(scalar: ScalarNode, column: TableInput) -> Parsed:
    text = scalar.text
    if isinstance(column.type, EnumOf) and text in column.type.values:
        # The id as it stands, whatever characters it is made of.
        value = Name(name=column.id, start=0, end=len(text))
        test = TextLiteral(value=text, start=0, end=len(text))
        return Parsed(node=In(value=value, tests=(test,), start=0, end=len(text)), problems=())
    return parse_cell(text, column.id, takes_words=_holds_ids(column.type))


def _holds_ids(type_: FieldType | None) -> bool:
    """Whether the values of a type are ids, so that a bare word in a cell is one."""
    return isinstance(type_, EnumOf | RefTo) or (
        isinstance(type_, SimpleType) and type_.scalar in {Scalar.PERSON, Scalar.ROLE}
    )


def _read_answer(findings: Findings, node: Node, column: TableOutput, columns: _Columns) -> Value | Expression:
    if isinstance(node, MapNode):
        formula = Reader(findings, node, "decision_table.cell").require("formula")
        return None if formula is None else expression_of(findings, formula)
    return None if column.id in columns.broken else literal_of(findings, node, column.type)


# The hit policy


def _check_policy(reader: Reader, table: DecisionTable) -> None:
    if table.aggregate is not None:
        _check_aggregate(reader, table, table.aggregate)
    ordered = any(isinstance(one.type, EnumOf) or one.order for one in table.outputs.values())
    if table.hit.needs_order and not ordered and table.outputs:
        message = Bilingual(
            f"{table.hit} 按输出值的先后取舍，而没有一个输出有先后",
            f"{table.hit} goes by the order of the outputs' values, and no output has one",
        )
        hint = Bilingual(
            "给一个输出写 `order: [最优先, …]`，或把它声明为 enum",
            "give an output `order: [highest priority, …]`, or make it an enum",
        )
        reader.findings.error("SF405", message, reader.place("hit"), hint)


def _check_aggregate(reader: Reader, table: DecisionTable, aggregate: Aggregator) -> None:
    place = reader.place("aggregate")
    if table.hit is not HitPolicy.COLLECT:
        message = Bilingual(
            f"aggregate 只用于 hit: collect，这里是 {table.hit}",
            f"aggregate goes with hit: collect, this is {table.hit}",
        )
        reader.findings.error("SF405", message, place)
        return
    if len(table.outputs) > 1:
        message = Bilingual("aggregate 只能有一个输出", "aggregate takes exactly one output")
        reader.findings.error("SF405", message, place)
        return
    taken = {Aggregator.SUM: _SUMMED, Aggregator.MIN: _COMPARED, Aggregator.MAX: _COMPARED}.get(aggregate)
    output = next(iter(table.outputs.values()), None)
    if taken is not None and output is not None and not _is_among(output.type, taken):
        message = Bilingual(f"此输出的类型不能 {aggregate}", f"The type of this output has no {aggregate}")
        reader.findings.error("SF405", message, place)


def _is_among(type_: FieldType, scalars: frozenset[Scalar]) -> bool:
    return isinstance(type_, MoneyOf) or (isinstance(type_, SimpleType) and type_.scalar in scalars)
