"""Expressions, durations and parties in words that a salesperson reads. Knows nothing of the page around them.

The words are for reading only and are never parsed; what has no words of its own keeps the notation of expressions.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.settled import settled
from salespm_flow.draw.words import (
    CALLS,
    GOAL_PATHS,
    GROUPING,
    LENGTHS,
    NAMES_STATES,
    NO,
    OPPOSITES,
    OUTCOMES,
    PARTIES,
    PATHS,
    RISK_LEVELS,
    SIGNS,
    UNITS,
    escaped,
    ratio,
)
from salespm_flow.expr.precedence import BINDING_POWERS
from salespm_flow.expr.syntax import (
    Between,
    Binary,
    BooleanLiteral,
    Call,
    DurationLiteral,
    Filter,
    For,
    If,
    In,
    ListLiteral,
    Name,
    Node,
    NullLiteral,
    Operator,
    Path,
    Quantified,
    Quantifier,
    RangeLiteral,
    TemporalLiteral,
    TextLiteral,
    Unit,
)
from salespm_flow.expr.unparse import unparse
from salespm_flow.expr.values import Money, Months, Value, WorkingDays
from salespm_flow.model.expression import Duration, Expression, Party, PartyKind
from salespm_flow.model.fields import EnumOf, Field, Parameter, Record, RefTo, Scalar, SimpleType
from salespm_flow.model.organisation import Organisation, Person, Role, Skill
from salespm_flow.model.rules import LEVEL_TITLES
from salespm_flow.model.workflow import Outcome, Workflow
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Words of one workflow in one language; `rows` are the records that the names in scope range over.

    The organisation, if there is one, gives roles, skills and people their titles; `titles` are those of KPIs, tables
    and columns of references. `items` are the names in scope that stand for plain values.
    """

    workflow: Workflow
    language: Language
    parameters: Mapping[str, Parameter]
    rows: Mapping[str, Record] = field(default_factory=lambda: MappingProxyType({}))
    organisation: Organisation | None = None
    titles: Mapping[str, Bilingual] = field(default_factory=lambda: MappingProxyType({}))
    items: frozenset[str] = frozenset()

    def pick(self, zh: str, en: str) -> str:
        """The text of the language."""
        return zh if self.language is Language.ZH else en

    def of(self, text: Bilingual) -> str:
        """An author's text on one line, safe in Markdown."""
        return escaped(text.of(self.language))

    def listed(self, parts: tuple[str, ...]) -> str:
        """The parts one after the other."""
        return self.pick("、", ", ").join(parts)

    def party(self, party: Party) -> str:
        """Who it is; roles and people by their titles, else by their id."""
        if party.kind in PARTIES:
            return PARTIES[party.kind].of(self.language)
        if party.kind is PartyKind.PERSON and self.organisation is not None:
            return self._titled(party.name, self.organisation.people)
        return self.role(party.name)

    def role(self, role: str) -> str:
        """The role by its title, else by its id."""
        return self._titled(role, {} if self.organisation is None else self.organisation.roles)

    def skill(self, skill: str) -> str:
        """The skill by its title, else by its id."""
        return self._titled(skill, {} if self.organisation is None else self.organisation.skills)

    def _titled(self, name: str, known: Mapping[str, Person] | Mapping[str, Role] | Mapping[str, Skill]) -> str:
        found = known.get(name)
        return f"`{name}`" if found is None or found.title.zh == name else self.of(found.title)

    def amount(self, number: Decimal | int, unit: Unit) -> str:
        """A number of units."""
        zh, en = UNITS[unit]
        return f"{number:f} {zh}" if self.language is Language.ZH else f"{number:f} {en}{'' if number == 1 else 's'}"

    def duration(self, length: Duration) -> str:
        """The length in its largest whole unit."""
        match length:
            case WorkingDays(days=days):
                return self.amount(days, Unit.WORKING_DAY)
            case Months(count=count):
                is_years = count % 12 == 0
                return self.amount(Decimal(count // 12 if is_years else count), Unit.YEAR if is_years else Unit.MONTH)
            case timedelta():
                for size, unit in LENGTHS:
                    if length % size == timedelta():
                        return self.amount(Decimal(length // size), unit)
                return str(length)

    def value(self, value: Value) -> str:
        """A literal value; percent is told from numbers by `parameter` only."""
        match value:
            case timedelta() | Months() | WorkingDays():
                return self.duration(value)
            case Money(amount=amount, currency=currency):
                return f"{amount:,f} {currency}"
            case Decimal():
                return f"{value:,f}"
            case bool():
                return self.pick("是", "yes") if value else self.pick("否", "no")
            case _:
                return escaped(str(value))

    def parameter(self, parameter: Parameter) -> str:
        """The parameter's value."""
        if parameter.type == SimpleType(Scalar.PERCENT) and isinstance(parameter.value, Decimal):
            return ratio(parameter.value)
        return self.value(parameter.value)

    def expression(self, expression: Expression) -> str:
        """What must be true, in words; what parameters have settled is left out."""
        return self.words(self.settled(expression))

    def settled(self, expression: Expression) -> Node:
        """The expression without what parameters have settled."""
        return settled(expression.node, self.workflow.conditions, self.parameters)

    def assigned(self, name: str, expression: Expression) -> str:
        """What the field is set to; a value of an enum by its title."""
        target = Name(name=name, start=0, end=0)
        return self._choice(target, expression.node) or self.words(expression.node)

    def words(self, node: Node) -> str:
        """The node in words."""
        match node:
            case Name(name=name):
                return self._name(name)
            case Path():
                return self._path(node)
            case Call():
                return self._call(node)
            case Binary():
                return self._binary(node)
            case Quantified() | Filter() | For() | If():
                return self._rows(node)
            case Between() | In():
                return self._within(node)
            case _:
                return self._literal(node)

    def _literal(self, node: Node) -> str:
        match node:
            case ListLiteral(items=items):
                return self.listed(tuple(self._called(items, one) for one in items))
            case BooleanLiteral(value=value):
                return self.pick("是", "yes") if value else self.pick("否", "no")
            case DurationLiteral(amount=amount, unit=unit):
                return self.amount(amount, unit)
            case TemporalLiteral():
                return unparse(node)[2:-1]
            case TextLiteral(value=text):
                return f"“{escaped(text)}”"
            case _:
                return escaped(unparse(node))

    def _name(self, name: str) -> str:
        workflow = self.workflow
        if name in self.items:
            return self.pick("该项", "it")
        if len(self.rows) == 1 and (own := self.rows.get("")) is not None and name in own.fields:
            return self.of(own.fields[name].title)
        if name in self.rows:
            return self.of(self.rows[name].title)
        if name in workflow.conditions:
            return self.words(workflow.conditions[name].node)
        if name in self.parameters:
            return self.parameter(self.parameters[name])
        titled = workflow.fields.get(name) or workflow.records.get(name) or workflow.links.get(name)
        if titled is not None:
            return self.of(titled.title)
        return PATHS[name].of(self.language) if name in PATHS else escaped(name)

    def _path(self, node: Path) -> str:
        text = unparse(node)
        if text in PATHS:
            return PATHS[text].of(self.language)
        if node.field in GOAL_PATHS and (goal := self.titles.get(unparse(node.of))) is not None:
            return GOAL_PATHS[node.field].of(self.language).format(self.of(goal))
        record = self._record(node.of)
        if record is not None and node.field in record.fields:
            title = self.of(record.fields[node.field].title)
            if isinstance(node.of, Name) and len(self.rows) == 1 and node.of.name in self.rows:
                return title
        else:
            title = self._column(node)
        match node.of:
            case Path(of=Name(name="child"), field=link) if link in self.workflow.links:
                owner = self.of(self.workflow.links[link].title)
            case of:
                owner = self.words(of)
        return self.pick(f"{owner}的{title}", f"{title} of {owner}")

    def _column(self, node: Path) -> str:
        """What the field of no record is called."""
        read = self._field(node.of)
        if read is not None and isinstance(read.type, RefTo):
            known = self.titles.get(f"{read.type.reference}.{node.field}")
            if known is not None:
                return self.of(known)
        return PATHS[node.field].of(self.language) if node.field in PATHS else escaped(node.field)

    def _record(self, node: Node) -> Record | None:
        match node:
            case Name(name=name):
                return self.rows.get(name) or self.workflow.records.get(name)
            case Filter(of=of):
                return self._record(of)
            case _:
                return None

    def _field(self, node: Node) -> Field | None:
        """The field that the node reads, if it reads one."""
        match node:
            case Name(name=name):
                own = self.rows.get("")
                return own.fields[name] if own and name in own.fields else self.workflow.fields.get(name)
            case Path(of=of, field=name):
                record = self._record(of)
                return record.fields.get(name) if record else None
            case Call(function="default", arguments=(first, *_)):
                return self._field(first)
            case _:
                return None

    def _call(self, node: Call) -> str:
        if node.function == "not" and len(node.arguments) == 1:
            return self._opposite(node.arguments[0])
        if node.function == "default" and node.arguments[1:] == (NO,):
            return self.words(node.arguments[0])  # what is unknown does not hold, as readers expect
        pattern = CALLS.get((node.function, len(node.arguments)))
        parts = [self._named(node, argument) for argument in node.arguments]
        if pattern is None:
            title = self.titles.get(node.function)
            name = node.function if title is None else self.pick(f"表“{self.of(title)}”", f"table “{self.of(title)}” ")
            return self.pick(f"{name}（{self.listed(tuple(parts))}）", f"{name}({self.listed(tuple(parts))})")
        return pattern.of(self.language).format(*parts)

    def _named(self, call: Call, argument: Node) -> str:
        """An argument in words: a text that names a state, field or record is told by its title."""
        match argument:
            case TextLiteral(value=name) if call.function in NAMES_STATES:
                titles = [state.title for state in self.workflow.states.values() if name in {state.name, state.path}]
                return f"“{self.of(titles[0]) if titles else escaped(name)}”"
            case TextLiteral(value=name) if call.function == "changed":
                return self._name(name)
            case TextLiteral() if call.function == "default":
                return self._choice(call.arguments[0], argument) or self.words(argument)
            case _:
                return self.words(argument)

    def _opposite(self, node: Node) -> str:
        match node:
            case Binary(operator=operator) if operator in OPPOSITES:
                return self._binary(replace(node, operator=OPPOSITES[operator]))
            case Name(name=name) if name in self.workflow.conditions:
                return self._opposite(self.workflow.conditions[name].node)
            case Quantified(quantifier=Quantifier.SOME):
                return self.pick("没有任何", "there are no ") + self._such(node)
            case Name() | Path():
                return self.pick(f"不是“{self.words(node)}”", f"not “{self.words(node)}”")
            case _:
                return self.pick(f"并非（{self.words(node)}）", f"not ({self.words(node)})")

    def _binary(self, node: Binary) -> str:
        if isinstance(node.right, NullLiteral) and node.operator in {Operator.EQUAL, Operator.UNEQUAL}:
            name = self.words(node.left)
            if node.operator is Operator.EQUAL:
                return self.pick(f"未填写{name}", f"{name} is empty")
            return self.pick(f"已填写{name}", f"{name} is filled in")
        if node.operator is Operator.OR and isinstance(node.left, Call) and node.left.function == "not":
            condition, then = self.words(node.left.arguments[0]), self.words(node.right)
            return self.pick(f"若{condition}，则{then}", f"if {condition}, then {then}")
        left = self._operand(node, node.left)
        right = self._choice(node.left, node.right) or self._operand(node, node.right)
        match node.operator:
            case Operator.AND:
                return self.pick(f"{left}，且{right}", f"{left} and {right}")
            case Operator.OR:
                return self.pick(f"{left}，或{right}", f"{left} or {right}")
            case operator:
                return f"{left} {SIGNS.get(operator, operator.value)} {right}"

    def _operand(self, node: Binary, part: Node) -> str:
        if isinstance(part, Name) and part.name in self.workflow.conditions:
            part = self.workflow.conditions[part.name].node
        text = self.words(part)
        match part:
            case Binary(operator=operator):
                power, limit = BINDING_POWERS[operator], BINDING_POWERS[node.operator]
                is_looser = power < limit or (power == limit and node.operator in GROUPING and part == node.right)
            case _:
                is_looser = isinstance(part, Quantified)
        return self.pick(f"（{text}）", f"({text})") if is_looser else text

    def _choice(self, left: Node, right: Node) -> str | None:
        """The title of the value that a field is compared with."""
        if not isinstance(right, TextLiteral):
            return None
        read = self._field(left)
        if read is not None and isinstance(read.type, EnumOf) and right.value in read.type.values:
            return f"“{self.of(read.type.values[right.value])}”"
        if unparse(left) in RISK_LEVELS and right.value in LEVEL_TITLES:
            return f"“{LEVEL_TITLES[right.value].of(self.language)}”"
        is_outcome = isinstance(left, Path) and left.field == "outcome" and right.value in set(Outcome)
        return f"“{OUTCOMES[Outcome(right.value)].of(self.language)}”" if is_outcome else None

    def _within(self, node: Between | In) -> str:
        if isinstance(node, Between):
            low, high = self.words(node.low), self.words(node.high)
            return self.pick(
                f"{self.words(node.value)}在 {low} 与 {high} 之间", f"{self.words(node.value)} is from {low} to {high}"
            )
        first = node.tests[0]
        if isinstance(first, RangeLiteral) and len(node.tests) == 1 and first.low_closed and first.high_closed:
            return self._within(Between(value=node.value, low=first.low, high=first.high, start=0, end=0))
        tests = self.listed(tuple(self._choice(node.value, test) or self.words(test) for test in node.tests))
        return self.pick(f"{self.words(node.value)}属于 {tests}", f"{self.words(node.value)} is in {tests}")

    def _rows(self, node: Quantified | Filter | For | If) -> str:
        if isinstance(node, For | If):
            return self._made(node)
        if isinstance(node, Quantified):
            lead = self.pick("至少有一条", "at least one of ")
            if node.quantifier is Quantifier.EVERY:
                lead = self.pick("每一条", "each of ")
            return lead + self._such(node)
        record = self._record(node.of)
        inner = replace(self, rows={"": record}) if record else self
        return self.pick("{}（其中{}）", "{} (those where {})").format(self.words(node.of), inner.words(node.predicate))

    def _such(self, node: Quantified) -> str:
        """The rows and what they satisfy."""
        inner = self._inside(node)
        sources = self.listed(tuple(self.words(one.source) for one in node.bindings))
        return self.pick(f"{sources}满足：{inner.words(node.body)}", f"{sources} such that {inner.words(node.body)}")

    def _inside(self, node: Quantified | For) -> "Phrases":
        """The words inside of a loop, where its variables are known."""
        found = {one.name: record for one in node.bindings if (record := self._record(one.source)) is not None}
        items = self.items | {one.name for one in node.bindings if isinstance(one.source, ListLiteral)}
        return replace(self, rows={**self.rows, **found}, items=items)

    def _made(self, node: For | If) -> str:
        """A value chosen, or one for each row."""
        if isinstance(node, If):
            condition, then, otherwise = map(self.words, (node.condition, node.then, node.otherwise))
            return self.pick(f"若{condition}则取{then}，否则取{otherwise}", f"{then} if {condition}, else {otherwise}")
        body = self._inside(node).words(node.body)
        sources = self.listed(tuple(self.words(one.source) for one in node.bindings))
        return self.pick(f"（每一条{sources}：{body}）的", f"({body}, for each of {sources})")

    def _called(self, among: tuple[Node, ...], node: Node) -> str:
        """A value of a list: by its title, where one choice of the workflow has all the values of the list."""
        texts = {one.value for one in among if isinstance(one, TextLiteral)}
        places = (self.workflow.fields, *(record.fields for record in self.workflow.records.values()))
        for one in (each for place in places for each in place.values()):
            if isinstance(node, TextLiteral) and isinstance(one.type, EnumOf) and texts <= one.type.values.keys():
                return f"“{self.of(one.type.values[node.value])}”"
        return self.words(node)
