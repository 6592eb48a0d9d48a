"""What is doubtful about a decision table's rules as a whole: gaps, overlaps, contradictions, rules that never count.

Each finding shows values for which the table, when run, does what is said. The search over the grid of `table_space` is
bounded: of a very large table it may miss something, but what it tells is so. Source of the checks: DMN 1.5, section
8.2.8; the box arithmetic is our own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

from salespm_flow.diagnostics import Bilingual, Diagnostic, Severity, Span
from salespm_flow.expr.values import Value
from salespm_flow.model.expression import Expression
from salespm_flow.model.library import Library
from salespm_flow.model.tables import DecisionTable, HitPolicy, TableRule
from salespm_flow.nouns import dataclass
from salespm_flow.rules.table_run import Answered, TableRun
from salespm_flow.rules.table_space import Box, Cells, Space, meet, space_of, subtract
from salespm_flow.rules.table_words import region, witness

MOST_RULES: Final = 1000
MOST_BOXES: Final = 200
FEW_BOXES: Final = 64  # of one rule; it is done for every rule
MOST_TOLD: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """A rule with its box, which is not empty."""

    rule: TableRule
    box: Box
    at: int


def table_findings(table: DecisionTable, library: Library) -> tuple[Diagnostic, ...]:
    """The warnings about a table that has no errors, in the order of its rules."""
    if len(table.rules) > MOST_RULES:
        message = Bilingual(
            f"规则有 {len(table.rules)} 条，超过 {MOST_RULES} 条不检查空缺和重叠",
            f"{len(table.rules)} rules: above {MOST_RULES} gaps and overlaps are not looked for",
        )
        return (_warning("SF415", table.place, message),)
    return tuple(survey(TableRun(table, library)))


def survey(run: TableRun) -> Iterator[Diagnostic]:
    """The findings about a table that is ready to run."""
    return _Survey(run.compiled.table, run).findings()


class _Survey:
    def __init__(self, table: DecisionTable, run: TableRun) -> None:
        self.table = table
        self.run = run
        rules = tuple(table.rules.values())
        cells = [{name: test.node for name, test in rule.tests.items()} for rule in rules]
        self.space: Space = space_of(table.inputs.values(), cells, run.constant)
        boxes = zip(rules, self.space.boxes, strict=True)
        self.boxed = tuple(
            _Rule(rule=rule, box=box, at=at) for at, (rule, box) in enumerate(boxes) if box is not None and all(box)
        )
        # What is not compared to the end: rules by id, and whether anything else was left.
        self.open_rules = () if all(box is not None for box in self.space.boxes) else self.not_compared(rules, cells)
        self.is_open = False

    def findings(self) -> Iterator[Diagnostic]:
        yield from self.impossible()
        is_judged = True
        match self.table.hit:
            case HitPolicy.UNIQUE:
                yield from self.overlaps()
            case HitPolicy.ANY:
                yield from self.contradictions()
            case HitPolicy.FIRST | HitPolicy.PRIORITY:
                yield from self.masked()
            case _:
                is_judged = False
        if not self.table.hit.gives_list and any(one.default is None for one in self.table.outputs.values()):
            yield from self.gaps()
            is_judged = True
        if is_judged and (self.open_rules or self.is_open):
            yield self.not_proven()

    def not_compared(self, rules: Sequence[TableRule], cells: Cells) -> tuple[str, ...]:
        """The ids of the rules that nothing is known about; none where they are sound whatever is computed."""
        # Computed inputs may take fewer values than all of their type: what holds for all holds for these.
        free = [replace(one, formula=None) for one in self.table.inputs.values()]
        space = space_of(free, cells, self.run.constant)
        unknown = tuple(rule.id for rule, box in zip(rules, space.boxes, strict=True) if box is None)
        if unknown:
            return unknown
        boxes = [box for box in space.boxes if box is not None]
        left, is_whole = [space.whole], True
        for box in boxes:
            if is_whole:
                left, is_whole = subtract(left, box, MOST_BOXES)
        is_full = (is_whole and not left) or all(one.default is not None for one in self.table.outputs.values())
        is_apart = all(meet(one, other) is None for one, other in combinations(boxes, 2))
        if is_full and is_apart:
            return ()
        return tuple(rule.id for rule, box in zip(rules, self.space.boxes, strict=True) if box is None)

    def not_proven(self) -> Diagnostic:
        """That more may be wrong than is told."""
        names = [f"`{id_}`" for id_ in self.open_rules]
        cells = Bilingual(f"（{'、'.join(names)} 的条件不是范围）", f" (the cells of {', '.join(names)} are no ranges)")
        why = cells if self.open_rules else Bilingual("（组合太多）", " (there are too many combinations)")
        message = Bilingual(
            f"没有证明规则之间没有空缺、重叠或互相遮住{why.zh}",
            f"It is not proven that no rule overlaps or masks another, and that there is no gap{why.en}",
        )
        hint = Bilingual("拆成几张表，或写成范围", "split the table, or write the cells as ranges")
        return _warning("SF415", self.table.place, message, hint)

    def answer(self, box: Box) -> tuple[Bilingual, Answered] | None:
        """What the table, run, says to a value out of the box, and that value in words."""
        values = {
            column.input.id: column.sample((mask & -mask).bit_length() - 1)
            for column, mask in zip(self.space.columns, box, strict=True)
        }
        answered = self.run.answer(values)
        return None if answered is None else (witness(self.space.columns, values), answered)

    def impossible(self) -> Iterator[Diagnostic]:
        """The rules whose cells leave nothing of a column."""
        for rule, box in zip(self.table.rules.values(), self.space.boxes, strict=True):
            if box is None or all(box):
                continue
            column = next(one for one, mask in zip(self.space.columns, box, strict=True) if not mask)
            name = column.input.id
            message = Bilingual(
                f"规则 {rule.id} 永远不会匹配：没有 {name} 的值满足这一格",
                f"The rule {rule.id} never matches: no value of {name} passes its cell",
            )
            yield _warning("SF414", rule.tests[name].place if name in rule.tests else rule.span, message)

    def pairs(self) -> Iterator[tuple[_Rule, _Rule, Box]]:
        """Every two rules that share inputs, with what they share."""
        for index, first in enumerate(self.boxed):
            for second in self.boxed[index + 1 :]:
                shared = meet(first.box, second.box)
                if shared is not None:
                    yield first, second, shared

    def overlaps(self) -> Iterator[Diagnostic]:
        """Of `unique`: two rules match together."""
        told = 0
        for first, second, shared in self.pairs():
            found = self.answer(shared)
            if found is None or not {first.rule.id, second.rule.id} <= set(found[1].matched):
                continue
            told += 1
            if told > MOST_TOLD:
                yield _more("SF411", second.rule.span)
                break
            zh = f"规则 {first.rule.id} 与 {second.rule.id} 重叠：{region(self.space.columns, shared).zh}"
            en = f"The rules {first.rule.id} and {second.rule.id} overlap: {region(self.space.columns, shared).en}"
            message = Bilingual(f"{zh}，例如 {found[0].zh}", f"{en}, for example {found[0].en}")
            hint = Bilingual(
                f"{first.rule.id} 在第 {first.rule.span.line} 行；命中策略 unique 至多一条匹配",
                f"{first.rule.id} stands on line {first.rule.span.line}; with hit: unique at most one may match",
            )
            yield _warning("SF411", second.rule.span, message, hint)

    def contradictions(self) -> Iterator[Diagnostic]:
        """Of `any`: two rules match together and answer differently."""
        told = 0
        for first, second, shared in self.pairs():
            if self.is_alike(first.rule, second.rule):
                continue
            found = self.answer(shared)
            if (
                found is None
                or not found[1].is_conflict
                or not {first.rule.id, second.rule.id} <= set(found[1].matched)
            ):
                continue
            told += 1
            if told > MOST_TOLD:
                yield _more("SF412", second.rule.span)
                break
            message = Bilingual(
                f"规则 {first.rule.id} 与 {second.rule.id} 同时匹配而答案不同，例如 {found[0].zh}",
                f"The rules {first.rule.id} and {second.rule.id} match together with different answers, "
                f"for example {found[0].en}",
            )
            yield _warning("SF412", second.rule.span, message)

    def is_alike(self, first: TableRule, second: TableRule) -> bool:
        """Whether both rules give the same constants."""
        return first.answers == second.answers and not any(
            isinstance(answer, Expression) for answer in first.answers.values()
        )

    def masked(self) -> Iterator[Diagnostic]:
        """Of `first` and `priority`: a rule that others always come before."""
        for rule in self.boxed:
            before = [other for other in self.boxed if self.comes_before(other, rule)]
            left: list[Box] = [rule.box]
            by: list[_Rule] = []
            for other in before:
                if any(meet(box, other.box) for box in left):
                    by.append(other)
                    left, is_whole = subtract(left, other.box, FEW_BOXES)
                    if not is_whole:
                        self.is_open = True
                        break
            if not left:
                yield from self.told_masked(rule, by)

    def told_masked(self, rule: _Rule, by: Sequence[_Rule]) -> Iterator[Diagnostic]:
        found = self.answer(rule.box)
        if found is None or rule.rule.id not in found[1].matched or len(found[1].matched) < 2:  # noqa: PLR2004
            return
        names = [one.rule.id for one in by[:MOST_TOLD]]
        message = Bilingual(
            f"规则 {rule.rule.id} 从不起作用：被 {'、'.join(names)} 遮住，例如 {found[0].zh}",
            f"The rule {rule.rule.id} never counts: {', '.join(names)} always come before it, "
            f"for example {found[0].en}",
        )
        yield _warning("SF413", rule.rule.span, message)

    def comes_before(self, other: _Rule, rule: _Rule) -> bool:
        """Whether the other rule wins wherever both match."""
        if other is rule:
            return False
        if self.table.hit is HitPolicy.FIRST:
            return other.at < rule.at
        ranks = self.rank(other.rule), self.rank(rule.rule)
        if ranks[0] is None or ranks[1] is None:
            return False
        return ranks[0] < ranks[1] or (ranks[0] == ranks[1] and other.at < rule.at)

    def rank(self, rule: TableRule) -> tuple[int, ...] | None:
        """Where the rule's answer stands in the order; None where it is worked out."""
        values = {name: value for name, value in rule.answers.items() if not isinstance(value, Expression)}
        if len(values) < len(rule.answers):
            return None
        answer: Value = next(iter(values.values())) if len(values) == 1 else values
        return self.run.compiled.rank(answer)

    def gaps(self) -> Iterator[Diagnostic]:
        """Inputs that no rule matches, where nothing stands for them."""
        left: list[Box] = [self.space.whole]
        for rule in sorted(self.boxed, key=lambda one: -sum(mask.bit_count() for mask in one.box)):
            left, is_whole = subtract(left, rule.box, MOST_BOXES)
            self.is_open = self.is_open or not is_whole
        told = 0
        for box in sorted(left, key=lambda box: -sum(mask.bit_count() for mask in box)):
            found = self.answer(box)
            if found is None or found[1].matched:
                continue
            told += 1
            if told > MOST_TOLD:
                yield _more("SF410", self.table.place)
                break
            where = region(self.space.columns, box)
            message = Bilingual(
                f"没有规则匹配 {where.zh}，例如 {found[0].zh}", f"No rule matches {where.en}, for example {found[0].en}"
            )
            hint = Bilingual("补一条规则，或给输出写 default", "add a rule, or give the outputs a `default`")
            yield _warning("SF410", self.table.place, message, hint)


def _more(code: str, span: Span) -> Diagnostic:
    message = Bilingual(
        f"这类问题还有，只报告前 {MOST_TOLD} 个", f"There are more of these: the first {MOST_TOLD} are told"
    )
    return _warning(code, span, message)


def _warning(code: str, span: Span, message: Bilingual, hint: Bilingual | None = None) -> Diagnostic:
    return Diagnostic(code=code, severity=Severity.WARNING, message=message, span=span, hint=hint)
