"""Decision tables as functions that expressions call: one closure per cell, the hit policy over the matches.

Knows neither projects nor how a table is written. Semantics are DMN 1.5's (section 8.2.8), with two choices of our own
where it says null: a list policy answers the empty list where nothing matches, and a sum of nothing is zero.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from types import MappingProxyType
from typing import Final

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.aggregates import count, greatest, least, total, zero_of
from salespm_flow.expr.arithmetic import equal
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.scope import Body, Compiled, Conflict, Scope
from salespm_flow.expr.types import BOOLEAN, Typed
from salespm_flow.expr.values import Value
from salespm_flow.model.expression import Expression
from salespm_flow.model.fields import EnumOf
from salespm_flow.model.library import Library
from salespm_flow.model.names import table_names, type_of
from salespm_flow.model.tables import TABLE, Aggregator, DecisionTable, HitPolicy, TableOutput, TableRule
from salespm_flow.nouns import dataclass

Answer = Mapping[str, Value]
Matches = Sequence["CompiledRule"]
_SHOWN: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRule:
    """A rule with the closures of its tests, and of its answers in the order of the outputs."""

    rule: TableRule
    tests: tuple[Compiled, ...]
    answers: tuple[Compiled, ...]

    def holds(self, scope: Scope) -> bool:
        """Whether every test is true."""
        return all(test(scope) is True for test in self.tests)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledTable:
    """A table ready to be called; shared freely between threads. `computed` are the inputs that it works out itself."""

    table: DecisionTable
    arguments: tuple[str, ...]
    around: Mapping[str, Value]
    computed: tuple[tuple[str, Compiled], ...]
    rules: tuple[CompiledRule, ...]
    zero: Value

    def __call__(self, scope: Scope, arguments: tuple[Value, ...]) -> Value:
        """What the table answers to the arguments, in the order of its parameters.

        Raises:
            OutOfFuel: the scope does not allow so many steps.
        """
        inner = self._opened(scope, arguments)
        inner.burn(len(self.rules))
        matching = (rule for rule in self.rules if rule.holds(inner))
        matches = tuple(islice(matching, 1) if self.table.hit is HitPolicy.FIRST else matching)
        answer = _ANSWERS[self.table.hit](self, inner, matches)
        scope.fuel = inner.fuel
        return answer

    def explained(self, scope: Scope, arguments: tuple[Value, ...]) -> tuple[Value, Matches]:
        """What the table answers, and every rule that matches, in file order.

        Raises:
            OutOfFuel: as a call.
        """
        inner = self._opened(scope, arguments)
        inner.burn(len(self.rules))
        matches = tuple(rule for rule in self.rules if rule.holds(inner))
        counted = matches[:1] if self.table.hit is HitPolicy.FIRST else matches
        return _ANSWERS[self.table.hit](self, inner, counted), matches

    def _opened(self, scope: Scope, arguments: tuple[Value, ...]) -> Scope:
        """A scope over the arguments and what is computed from them."""
        names: dict[str, Value] = {**self.around, **dict(zip(self.arguments, arguments, strict=True))}
        inner = replace(scope, names=names, locals=[])
        for name, run in self.computed:
            names[name] = run(inner)
        return inner

    def answer_of(self, rule: CompiledRule, inner: Scope) -> Value:
        """The rule's answer: a value where there is one output, else a record."""
        values = [answer(inner) for answer in rule.answers]
        return values[0] if len(values) == 1 else dict(zip(self.table.outputs, values, strict=True))

    def default(self) -> Value:
        """What stands where no rule matches; null without any default."""
        values = {one.id: one.default for one in self.table.outputs.values()}
        if len(values) == 1:
            return next(iter(values.values()))
        return values if any(value is not None for value in values.values()) else None

    def rank(self, answer: Value) -> tuple[int, ...]:
        """How far down the order the answer stands, output by output; what has no order does not count."""
        outputs = self.table.outputs.values()
        record = answer if isinstance(answer, Mapping) and len(self.table.outputs) > 1 else None
        return tuple(_place(one, answer if record is None else record.get(one.id)) for one in outputs)

    def disagreement(self, matches: Matches) -> Conflict:
        """That the rules cannot hold together."""
        table = self.table
        shown = [match.rule for match in matches[:_SHOWN]]
        zh = "、".join(f"{rule.id}（{_place_of(rule.span)}）" for rule in shown)
        en = " and ".join(f"{rule.id} ({_place_of(rule.span)})" for rule in shown)
        more = len(matches) - len(shown)
        zh, en = (f"{zh} 等 {len(matches)} 条", f"{en} and {more} more") if more else (zh, en)
        why = Bilingual("答案各不相同", "with different answers")
        if table.hit is HitPolicy.UNIQUE:
            why = Bilingual("而最多只能有一条", "where only one may")
        return Conflict(
            name=f"{TABLE}.{table.id}",
            message=Bilingual(
                f"决策表 {table.title.zh} 的规则 {zh} 同时匹配，{why.zh}",
                f"the rules {en} of the decision table {table.title.en} match together, {why.en}",
            ),
            choices=tuple(match.rule.id for match in matches),
            places=tuple(match.rule.span for match in matches),
        )


def compile_tables(tables: Iterable[DecisionTable], library: Library) -> Mapping[str, Body]:
    """What stands behind the name `table`: a function for each table, which may call the others.

    Args:
        tables: checked, with all that they call; none comes back to itself.
        library: types what they read; its own tables are not looked at.
    """
    found = {table.id: table for table in tables}
    world = replace(library, decision_tables=found)
    functions: dict[str, Body] = {}
    shown = MappingProxyType(functions)
    for table in found.values():
        functions[table.id] = _compile(table, world, shown)
    return shown


def _compile(table: DecisionTable, library: Library, functions: Mapping[str, Body]) -> CompiledTable:
    names = table_names(table, library)
    types = {one.id: type_of(one.type, library.references) for one in table.outputs.values()}
    around: dict[str, Value] = {name: given.value for name, given in table.parameters.items()}
    around[TABLE] = functions
    computed = tuple(
        (one.id, compile_node(one.formula.node, names, names[one.id]))
        for one in table.inputs.values()
        if one.formula is not None
    )
    return CompiledTable(
        table=table,
        arguments=tuple(one.id for one in table.arguments),
        around=around,
        computed=computed,
        rules=tuple(
            CompiledRule(
                rule=rule,
                tests=tuple(compile_node(test.node, names, BOOLEAN) for test in rule.tests.values()),
                answers=tuple(_answer(rule.answers.get(id_), names, Typed(types[id_])) for id_ in table.outputs),
            )
            for rule in table.rules.values()
        ),
        zero=zero_of(next(iter(types.values()))) if table.aggregate is Aggregator.SUM else None,
    )


def _answer(answer: Value | Expression, names: Mapping[str, Typed], expected: Typed) -> Compiled:
    if isinstance(answer, Expression):
        return compile_node(answer.node, names, expected)
    return lambda _scope: answer


def _unique(table: CompiledTable, inner: Scope, matches: Matches) -> Value:
    if len(matches) > 1:
        return _conflict(table, inner, matches)
    return _first(table, inner, matches)


def _first(table: CompiledTable, inner: Scope, matches: Matches) -> Value:
    return table.answer_of(matches[0], inner) if matches else table.default()


def _any(table: CompiledTable, inner: Scope, matches: Matches) -> Value:
    answers = [table.answer_of(match, inner) for match in matches]
    others = [match for match, answer in zip(matches, answers, strict=True) if not _is_same(answer, answers[0])]
    if others:
        return _conflict(table, inner, (matches[0], *others))
    return answers[0] if answers else table.default()


def _is_same(left: Value, right: Value) -> bool:
    return left is right or equal(left, right) is True


def _conflict(table: CompiledTable, inner: Scope, matches: Matches) -> Value:
    if inner.conflicts is not None:
        inner.conflicts.append(table.disagreement(matches))
    return None


def _priority(table: CompiledTable, inner: Scope, matches: Matches) -> Value:
    answers = [table.answer_of(match, inner) for match in matches]
    return min(answers, key=table.rank) if answers else table.default()


def _rule_order(table: CompiledTable, inner: Scope, matches: Matches) -> Value:
    return _listed(table, [table.answer_of(match, inner) for match in matches])


def _output_order(table: CompiledTable, inner: Scope, matches: Matches) -> Value:
    return _listed(table, sorted((table.answer_of(match, inner) for match in matches), key=table.rank))


def _listed(table: CompiledTable, answers: Sequence[Value]) -> Value:
    default = None if answers else table.default()
    return tuple(answers) if default is None else (default,)


def _collect(table: CompiledTable, inner: Scope, matches: Matches) -> Value:
    answers = tuple(table.answer_of(match, inner) for match in matches)
    default = None if answers else table.default()
    match table.table.aggregate:
        case None:
            return _listed(table, answers)
        case Aggregator.COUNT:
            return count(inner, answers)
        case Aggregator.SUM:
            return total(inner, answers) if answers else (table.zero if default is None else default)
        case Aggregator.MIN:
            return least(inner, answers) if answers else default
        case Aggregator.MAX:
            return greatest(inner, answers) if answers else default


def _place(output: TableOutput, value: Value) -> int:
    """Where the value stands in the order of its output, behind all others where it stands nowhere."""
    ordered: Sequence[Value] = output.order
    if not ordered:
        ordered = tuple(output.type.values) if isinstance(output.type, EnumOf) else ()
    found = next((at for at, one in enumerate(ordered) if _is_same(one, value)), None)
    return len(ordered) if found is None else found


def _place_of(span: Span) -> str:
    return f"{span.file}:{span.line}"


_ANSWERS: Final[Mapping[HitPolicy, Callable[[CompiledTable, Scope, Matches], Value]]] = {
    HitPolicy.UNIQUE: _unique,
    HitPolicy.ANY: _any,
    HitPolicy.FIRST: _first,
    HitPolicy.PRIORITY: _priority,
    HitPolicy.RULE_ORDER: _rule_order,
    HitPolicy.OUTPUT_ORDER: _output_order,
    HitPolicy.COLLECT: _collect,
}
