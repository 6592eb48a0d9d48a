"""Tree to expression text: the inverse of `parse`. Knows precedence, no types."""

from decimal import Decimal

from salespm_flow.expr.lex import lex
from salespm_flow.expr.precedence import BINDING_POWERS, COMPARISON_POWER, NEGATE_POWER, POSTFIX_POWER
from salespm_flow.expr.strings import TURNING, escaped
from salespm_flow.expr.syntax import (
    COMPARISONS,
    Between,
    Binary,
    Binding,
    BooleanLiteral,
    Call,
    Construction,
    Control,
    DurationLiteral,
    Filter,
    For,
    If,
    In,
    ListLiteral,
    Literal,
    Name,
    Negate,
    Node,
    NullLiteral,
    NumberLiteral,
    Operation,
    Operator,
    Path,
    PercentLiteral,
    Quantified,
    RangeLiteral,
    RecordLiteral,
    TemporalLiteral,
    Test,
    TextLiteral,
)
from salespm_flow.expr.temporal import write_temporal
from salespm_flow.expr.tokens import EXACT, TokenKind

_ATOM = POSTFIX_POWER + 1
_ESCAPES = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"} | {char: escaped(char) for char in TURNING}
)


def unparse(node: Node) -> str:
    """Text from which `parse` reads an equal tree, with as few parentheses as that allows."""
    match node:
        case Name(name=name):
            return name
        case Path(of=of, field=field):
            return f"{_inside(of, POSTFIX_POWER)}.{field}"
        case Call(function=function, arguments=arguments, names=()):
            return f"{function}({_listed(arguments)})"
        case Call(function=function, arguments=arguments, names=names):
            named = (f"{name}: {unparse(argument)}" for name, argument in zip(names, arguments, strict=True))
            return f"{function}({', '.join(named)})"
        case Negate() | Binary() | Between() | Test() | In():
            return _operation(node)
        case RangeLiteral() | ListLiteral() | RecordLiteral():
            return _construction(node)
        case If() | Quantified() | For() | Filter():
            return _control(node)
        case _:
            return _literal(node)


def write_number(value: Decimal) -> str:
    """The digits of a number without an exponent, unless there would be over forty."""
    return f"{value:f}" if abs(value.adjusted()) <= 40 and abs(int(value.as_tuple().exponent)) <= 40 else f"{value:E}"  # noqa: PLR2004


def write_text(value: str) -> str:
    """A string literal that reads back as `value`."""
    return f'"{value.translate(_ESCAPES)}"'


def _literal(node: Literal) -> str:
    match node:
        case NullLiteral():
            return "null"
        case BooleanLiteral(value=value):
            return "true" if value else "false"
        case NumberLiteral(value=number):
            return write_number(number)
        case PercentLiteral(value=ratio):
            return f"{write_number(ratio.scaleb(2, context=EXACT))}%"
        case TextLiteral(value=text):
            return write_text(text)
        case DurationLiteral(amount=amount, unit=unit):
            return f"{write_number(amount)}{unit}"
        case TemporalLiteral(value=temporal):
            return f'@"{write_temporal(temporal)}"'


def _operation(node: Operation) -> str:
    above = COMPARISON_POWER + 1
    match node:
        case Negate(operand=operand):
            return f"-{_inside(operand, NEGATE_POWER)}"
        case Binary(operator=operator, left=left, right=right):
            power = BINDING_POWERS[operator]
            first = _inside(left, power + 1 if operator in COMPARISONS else power)
            second = _inside(right, power + 1)
            return _with_and(first, second) if operator is Operator.AND else f"{first} {operator} {second}"
        case Between(value=value, low=low, high=high):
            return f"{_inside(value, above)} between {_with_and(_inside(low, above), _inside(high, above))}"
        case Test(operator=operator, operand=operand):
            return f"{operator} {_inside(operand, above)}"
        case In(value=value, tests=tests):
            return f"{_inside(value, above)} in ({', '.join(_inside(test, above) for test in tests)})"


def _construction(node: Construction) -> str:
    match node:
        case RangeLiteral(low=low, high=high, low_closed=low_closed, high_closed=high_closed):
            return f"{'[' if low_closed else '('}{unparse(low)}..{unparse(high)}{']' if high_closed else ')'}"
        case ListLiteral(items=items):
            return f"[{_listed(items)}]"
        case RecordLiteral(entries=entries):
            return "{" + ", ".join(f"{_key(key)}: {unparse(value)}" for key, value in entries) + "}"


def _control(node: Control) -> str:
    match node:
        case If(condition=condition, then=then, otherwise=otherwise):
            return f"if {unparse(condition)} then {unparse(then)} else {unparse(otherwise)}"
        case Quantified(quantifier=quantifier, bindings=bindings, body=body):
            return f"{quantifier} {_bound(bindings)} satisfies {unparse(body)}"
        case For(bindings=bindings, body=body):
            return f"for {_bound(bindings)} return {unparse(body)}"
        case Filter(of=of, predicate=predicate):
            return f"{_inside(of, POSTFIX_POWER)}[{unparse(predicate)}]"


def _power(node: Node) -> int:
    """How tightly the node's own operator binds; what has no operator binds tightest."""
    match node:
        case Binary(operator=operator):
            return BINDING_POWERS[operator]
        case Between() | In() | Test():
            return COMPARISON_POWER
        case Negate():
            return NEGATE_POWER
        case If() | Quantified() | For():
            return 0
        case Path() | Filter():
            return POSTFIX_POWER
        case _:
            return _ATOM


def _inside(node: Node, power: int) -> str:
    """The text of a part, in parentheses where it binds looser than `power`; a Test never stands in parentheses."""
    text = unparse(node)
    return text if _power(node) >= power or isinstance(node, Test) else f"({text})"


def _with_and(first: str, second: str) -> str:
    # `date and time(` would be read as the function of that name.
    if first.endswith("date") and second.startswith("time("):
        first = f"({first})"
    return f"{first} and {second}"


def _listed(nodes: tuple[Node, ...]) -> str:
    return ", ".join(unparse(node) for node in nodes)


def _bound(bindings: tuple[Binding, ...]) -> str:
    return ", ".join(f"{binding.name} in {unparse(binding.source)}" for binding in bindings)


def _key(key: str) -> str:
    tokens = lex(key).tokens
    is_word = len(tokens) == 2 and tokens[0].kind is TokenKind.WORD and tokens[0].text == key  # noqa: PLR2004
    return key if is_word else write_text(key)
