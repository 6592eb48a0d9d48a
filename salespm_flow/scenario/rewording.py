"""Says an expression in one small way otherwise: an operator flipped or shifted, an amount moved, a denial dropped."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.parse import parse
from salespm_flow.expr.syntax import (
    Binary,
    Call,
    DurationLiteral,
    In,
    Node,
    NumberLiteral,
    Operator,
    PercentLiteral,
    RangeLiteral,
    Test,
    walk,
)
from salespm_flow.model.expression import Expression

_FLIPPED: Final[Mapping[Operator, Operator]] = {
    Operator.LESS: Operator.GREATER_EQUAL,
    Operator.LESS_EQUAL: Operator.GREATER,
    Operator.GREATER: Operator.LESS_EQUAL,
    Operator.GREATER_EQUAL: Operator.LESS,
    Operator.EQUAL: Operator.UNEQUAL,
    Operator.UNEQUAL: Operator.EQUAL,
    Operator.AND: Operator.OR,
    Operator.OR: Operator.AND,
}
_SHIFTED: Final[Mapping[Operator, Operator]] = {
    Operator.LESS: Operator.LESS_EQUAL,
    Operator.LESS_EQUAL: Operator.LESS,
    Operator.GREATER: Operator.GREATER_EQUAL,
    Operator.GREATER_EQUAL: Operator.GREATER,
}
# How much of a long expression stands around what was changed in it.
_AROUND: Final = 24
_BRIEF: Final = 60


def reworded(expression: Expression) -> Iterator[tuple[Expression, Bilingual]]:
    """The expression with one operator or amount changed, as a text that reads so, and what was changed."""
    for text in dict.fromkeys(_texts(expression)):
        parsed = parse(text)
        if parsed.node is not None and not parsed.problems:
            said = _contrast(expression.text, text)
            yield Expression(text=text, node=parsed.node, place=expression.place), Bilingual(said, said)


def shifted_cell(cell: Expression) -> Iterator[tuple[Expression, Bilingual]]:
    """A condition of a table's row with its bound moved out or in, or turned round."""
    for node, said in _cells(cell.node):
        change = Bilingual(f"{cell.text} → {said}", f"{cell.text} → {said}")
        yield Expression(text=said, node=node, place=cell.place), change


def _texts(expression: Expression) -> Iterator[str]:
    text = expression.text
    for node, _ in walk(expression.node):
        match node:
            case Binary(operator=operator, left=left, right=right):
                for other in (_FLIPPED.get(operator), _SHIFTED.get(operator)):
                    if other is not None and (new := _with_operator(text, (left, right), operator, other)) is not None:
                        yield new
            case NumberLiteral(value=value, start=start, end=end):
                yield f"{text[:start]}{value + 1}{text[end:]}"
            case PercentLiteral(value=value, start=start, end=end):
                yield f"{text[:start]}{(value * 100 + 7).normalize():f}%{text[end:]}"
            case DurationLiteral(amount=amount, start=start, end=end):
                unit = text[start:end].lstrip("0123456789.")
                yield f"{text[:start]}{amount + 1}{unit}{text[end:]}"
            case Call(function="not", arguments=(inner,), start=start, end=end):
                yield f"{text[:start]}({text[inner.start : inner.end]}){text[end:]}"
            case _:
                continue


def _with_operator(text: str, sides: tuple[Node, Node], was: Operator, now: Operator) -> str | None:
    """The text with the operator between the two sides replaced; None where it does not stand there plainly."""
    left, right = sides
    between = text[left.end : right.start]
    if between.count(was.value) != 1:
        return None
    return f"{text[: left.end]}{between.replace(was.value, now.value)}{text[right.start :]}"


def _contrast(was: str, now: str) -> str:
    """Both texts; of long ones what is around the change."""
    if len(was) <= _BRIEF:
        return f"{was} → {now}"
    start = next(place for place in range(len(now) + 1) if was[: place + 1] != now[: place + 1])
    rest = min(len(was), len(now)) - start
    end = next((place for place in range(rest) if was[-place - 1] != now[-place - 1]), rest)
    first = max(0, start - _AROUND)
    before, after = "…" if first else "", "…" if end > _AROUND else ""
    sides = (f"{before}{text[first : len(text) - max(0, end - _AROUND)]}{after}" for text in (was, now))
    return " → ".join(sides)


def _cells(node: Node) -> Iterator[tuple[Node, str]]:
    match node:
        case In(tests=tests):
            for number, test in enumerate(tests):
                for other, said in _cells(test):
                    yield replace(node, tests=(*tests[:number], other, *tests[number + 1 :])), said
        case Test(operator=operator, operand=operand) | Binary(operator=operator, right=operand):
            for now in (_FLIPPED.get(operator), _SHIFTED.get(operator)):
                if now is not None:
                    yield replace(node, operator=now), f"{now.value} {_plain(operand)}"
        case RangeLiteral(low=low, high=high, low_closed=is_low, high_closed=is_high):
            said = f"{_plain(low)}..{_plain(high)}"
            yield replace(node, low_closed=not is_low), f"{'(' if is_low else '['}{said}{']' if is_high else ')'}"
            yield replace(node, high_closed=not is_high), f"{'[' if is_low else '('}{said}{')' if is_high else ']'}"
        case _:
            return


def _plain(node: Node) -> str:
    match node:
        case NumberLiteral(value=value):
            return f"{value:f}"
        case PercentLiteral(value=value):
            return f"{(value * Decimal(100)).normalize():f}%"
        case _:
            return "…"
