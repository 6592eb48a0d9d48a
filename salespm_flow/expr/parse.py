"""Expression text to tree, by precedence climbing. Knows no types and no names but the keywords.

From loosest to tightest: or, and, comparisons (one, not a chain), + -, * /, **, unary minus, paths, filters, calls. The
parser recurses per nesting level only; chains are loops, and the height of the finished
tree is checked apart, so that no reader of the tree can run out of stack.
"""

from functools import lru_cache
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.cursor import Cursor
from salespm_flow.expr.lex import lex
from salespm_flow.expr.precedence import BINDING_POWERS, COMPARISON_POWER, OPERATORS, POSTFIX_POWER, POWER_POWER
from salespm_flow.expr.problems import Problem
from salespm_flow.expr.refusals import SyntaxStopError, stopped, too_deep, too_long, too_many_characters
from salespm_flow.expr.syntax import (
    EQUALITIES,
    KEYWORDS,
    MAX_DEPTH,
    MAX_LENGTH,
    ORDERINGS,
    Between,
    Binary,
    Binding,
    BooleanLiteral,
    Call,
    DurationLiteral,
    Filter,
    For,
    If,
    In,
    ListLiteral,
    Name,
    Negate,
    Node,
    NullLiteral,
    NumberLiteral,
    Operator,
    Path,
    PercentLiteral,
    Quantified,
    Quantifier,
    RangeLiteral,
    RecordLiteral,
    TemporalLiteral,
    Test,
    TextLiteral,
    walk,
)
from salespm_flow.expr.tokens import Token, TokenKind
from salespm_flow.nouns import dataclass

# Documents share conditions: `not(is_large)` stands in many, and a tree depends on nothing but its text.
_TEXTS_KEPT: Final = 2_048


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The tree, or None where the text has no single reading; full-width characters alone leave a tree to check."""

    node: Node | None
    problems: tuple[Problem, ...]


@lru_cache(maxsize=_TEXTS_KEPT)
def parse(text: str) -> Parsed:
    """The tree of `text` with its syntax findings; never raises and never recurses deeper than MAX_DEPTH levels."""
    if len(text) > MAX_LENGTH:
        return Parsed(node=None, problems=(too_many_characters(text),))
    lexed = lex(text)
    if not lexed.complete:
        return Parsed(node=None, problems=lexed.problems)
    try:
        node = Parser(lexed.tokens).whole()
    except SyntaxStopError as stop:
        return Parsed(node=None, problems=(*lexed.problems, stop.problem))
    return Parsed(node=node, problems=lexed.problems)


class Parser(Cursor):
    """Reads one whole expression from its tokens; `unary` reads a cell by the same grammar."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        super().__init__(tokens)
        self.depth = 0

    def whole(self) -> Node:
        """The tree of all the tokens.

        Raises:
            SyntaxStopError: they have no single reading.
        """
        return self.ended(self.expression())

    def ended(self, node: Node) -> Node:
        """The node, after which nothing may follow, and which must not be too high.

        Raises:
            SyntaxStopError: something follows, or it is.
        """
        if self.token.kind is not TokenKind.END:
            raise self.unexpected()
        if any(level > MAX_DEPTH for _, level in walk(node)):
            raise too_long(node.start, node.end)
        return node

    def expression(self, power: int = 0) -> Node:
        """The expression that starts here, taking operators that bind tighter than `power`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_deep(self.token.start, self.token.end)
        left = self.prefix()
        while (longer := self.infix(left, power)) is not None:
            left = longer
        self.depth -= 1
        return left

    def infix(self, left: Node, power: int) -> Node | None:
        """`left` with the operator that follows it, or None where none follows that binds tighter than `power`."""
        token = self.token
        if token.kind not in (TokenKind.SYMBOL, TokenKind.WORD):
            return None
        if token.text in ("[", ".", "("):
            return self.postfix(left) if power < POSTFIX_POWER else None
        if token.text in ("between", "in"):
            return self.membership(left, power)
        operator = OPERATORS.get(token.text)
        if operator is None or BINDING_POWERS[operator] <= power:
            return None
        self.refuse_chain(left)
        self.advance()
        right = self.expression(BINDING_POWERS[operator])
        return Binary(operator=operator, left=left, right=right, start=left.start, end=right.end)

    def refuse_chain(self, left: Node) -> None:
        """Stop at `a < b < c`, which would compare a boolean."""
        token = self.token
        if token.text not in ORDERINGS | EQUALITIES or self.tokens[self.index - 1].text == ")":
            return
        if isinstance(left, Binary) and left.operator in ORDERINGS | EQUALITIES:
            hint = Bilingual(
                "写作 `b between a and c` 或 `a < b and b < c`", "write `b between a and c` or `a < b and b < c`"
            )
            raise stopped(Bilingual("比较不能连写", "comparisons cannot be chained"), token, hint)

    def membership(self, left: Node, power: int) -> Node | None:
        """`left` with the `between` or `in` that stands here."""
        if power >= COMPARISON_POWER:
            return None
        if self.advance().text == "between":
            low = self.expression(COMPARISON_POWER)
            self.expect("and")
            high = self.expression(COMPARISON_POWER)
            return Between(value=left, low=low, high=high, start=left.start, end=high.end)
        if not self.at_symbol("("):
            test = self.test()
            return In(value=left, tests=(test,), start=left.start, end=test.end)
        opened = self.advance()
        tests = self.separated(")", self.test)
        if len(tests) == 1 and self.at_symbol(".."):
            ranged = self.range_rest(opened, tests[0])
            return In(value=left, tests=(ranged,), start=left.start, end=ranged.end)
        end = self.expect(")").end
        if not tests:
            raise stopped(Bilingual("`in` 后没有值", "`in` has no values"), opened)
        return In(value=left, tests=tests, start=left.start, end=end)

    def test(self) -> Node:
        """One test of an `in`."""
        token = self.token
        if token.kind is TokenKind.SYMBOL and token.text in ORDERINGS | EQUALITIES:
            self.advance()
            operand = self.expression(COMPARISON_POWER)
            return Test(operator=Operator(token.text), operand=operand, start=token.start, end=operand.end)
        return self.expression(COMPARISON_POWER)

    def postfix(self, left: Node) -> Node | None:
        """`left` with its path, filter or arguments."""
        opening = self.advance()
        if opening.text == ".":
            field = self.advance()
            if field.kind is not TokenKind.WORD:
                self.index -= 1
                raise self.unexpected(Bilingual("`.` 后应为名称", "a name is expected after `.`"))
            return Path(of=left, field=field.text, start=left.start, end=field.end)
        if opening.text == "[":
            predicate = self.expression()
            end = self.expect("]").end
            return Filter(of=left, predicate=predicate, start=left.start, end=end)
        function = _dotted(left)
        if function is None:
            self.index -= 1
            raise self.unexpected()
        return self.call(function, left.start)

    def call(self, function: str, start: int) -> Call:
        """The call whose opening parenthesis has been read."""
        names: list[str] = []
        takes_names = "." in function and self.names_an_argument()
        arguments = self.separated(")", (lambda: self.named(names)) if takes_names else self.expression)
        if self.names_an_argument():
            hint = Bilingual("按顺序写参数，不写名称", "write the arguments in their order, without names")
            raise stopped(Bilingual("参数没有名称", "arguments have no names"), self.token, hint)
        end = self.expect(")").end
        return Call(function=function, arguments=arguments, names=tuple(names), start=start, end=end)

    def named(self, names: list[str]) -> Node:
        """The argument after its `name:`, which is added to the names.

        Raises:
            SyntaxStopError: there is no name, or it was given before.
        """
        name = self.token
        if name.kind is not TokenKind.WORD or name.text in KEYWORDS or name.text in names:
            raise self.unexpected(Bilingual("此处应为未用过的参数名", "a parameter's name not used before is expected"))
        self.advance()
        self.expect(":")
        names.append(name.text)
        return self.expression()

    def prefix(self) -> Node:
        """The operand that starts here."""
        token = self.token
        match token.kind:
            case TokenKind.WORD:
                return self.word()
            case TokenKind.SYMBOL:
                return self.symbol()
            case TokenKind.END:
                raise self.unexpected(Bilingual("此处应为值", "a value is expected here"))
            case _:
                return self.literal()

    def literal(self) -> Node:
        """The literal here."""
        token = self.advance()
        start, end = token.start, token.end
        match token.kind:
            case TokenKind.NUMBER:
                return NumberLiteral(value=token.number, start=start, end=end)
            case TokenKind.PERCENT:
                return PercentLiteral(value=token.number, start=start, end=end)
            case TokenKind.DURATION:
                return DurationLiteral(amount=token.number, unit=token.unit, start=start, end=end)
            case TokenKind.TEMPORAL if token.temporal is not None:
                return TemporalLiteral(value=token.temporal, start=start, end=end)
            case _:
                return TextLiteral(value=token.text, start=start, end=end)

    def symbol(self) -> Node:
        """The operand that starts with a symbol."""
        token = self.token
        match token.text:
            case "-":
                self.advance()
                operand = self.expression(POWER_POWER)
                return Negate(operand=operand, start=token.start, end=operand.end)
            case "(":
                return self.parenthesised()
            case "[":
                return self.bracketed()
            case "{":
                return self.record()
            case _:
                raise self.unexpected(Bilingual("此处应为值", "a value is expected here"))

    def parenthesised(self) -> Node:
        """What stands in parentheses, or the range that they begin."""
        opened = self.advance()
        inner = self.expression()
        if self.at_symbol(".."):
            return self.range_rest(opened, inner)
        self.expect(")")
        return inner

    def bracketed(self) -> Node:
        """The list, or the range that a bracket begins."""
        opened = self.advance()
        items = self.separated("]", self.expression)
        if len(items) == 1 and self.at_symbol(".."):
            return self.range_rest(opened, items[0])
        return ListLiteral(items=items, start=opened.start, end=self.expect("]").end)

    def range_rest(self, opened: Token, low: Node) -> RangeLiteral:
        """The range after its low end."""
        self.expect("..")
        high = self.expression()
        if not self.at_symbol(")", "]"):
            raise self.unexpected(Bilingual("区间以 `]` 或 `)` 结束", "a range ends with `]` or `)`"))
        closing = self.advance()
        return RangeLiteral(
            low=low,
            high=high,
            low_closed=opened.text == "[",
            high_closed=closing.text == "]",
            start=opened.start,
            end=closing.end,
        )

    def record(self) -> RecordLiteral:
        """The record here."""
        opened = self.advance()
        entries: dict[str, Node] = {}
        while not self.at_symbol("}"):
            key = self.token
            if key.kind not in (TokenKind.WORD, TokenKind.TEXT) or key.text in entries:
                raise self.unexpected(Bilingual("此处应为未用过的键名", "a key not used before is expected here"))
            self.advance()
            self.expect(":")
            entries[key.text] = self.expression()
            if not self.at_symbol(","):
                break
            self.advance()
        return RecordLiteral(entries=tuple(entries.items()), start=opened.start, end=self.expect("}").end)

    def word(self) -> Node:
        """The operand that starts with a word."""
        token = self.token
        match token.text:
            case "if":
                return self.condition()
            case "some" | "every":
                self.advance()
                bindings, body = self.bindings(), self.after("satisfies")
                kind = Quantifier(token.text)
                return Quantified(quantifier=kind, bindings=bindings, body=body, start=token.start, end=body.end)
            case "for":
                self.advance()
                bindings, body = self.bindings(), self.after("return")
                return For(bindings=bindings, body=body, start=token.start, end=body.end)
            case "true" | "false":
                self.advance()
                return BooleanLiteral(value=token.text == "true", start=token.start, end=token.end)
            case "null":
                self.advance()
                return NullLiteral(start=token.start, end=token.end)
            case _:
                return self.name()

    def name(self) -> Node:
        """The name here, or the call of a function with spaces."""
        token = self.token
        if (spaced := self.spaced_function()) is not None:
            self.index += len(spaced) + 1
            return self.call(" ".join(spaced), token.start)
        if token.text in KEYWORDS:
            raise self.unexpected(Bilingual("此处应为值", "a value is expected here"))
        self.advance()
        return Name(name=token.text, start=token.start, end=token.end)

    def condition(self) -> If:
        """The `if` here."""
        start = self.advance().start
        condition = self.expression()
        then = self.after("then")
        otherwise = self.after("else")
        return If(condition=condition, then=then, otherwise=otherwise, start=start, end=otherwise.end)

    def after(self, keyword: str) -> Node:
        """The expression after the keyword."""
        self.expect(keyword)
        return self.expression()

    def bindings(self) -> tuple[Binding, ...]:
        """The variables of a loop."""
        found = [self.binding()]
        while self.at_symbol(","):
            self.advance()
            found.append(self.binding())
        return tuple(found)

    def binding(self) -> Binding:
        """One variable of a loop."""
        name = self.token
        if name.kind is not TokenKind.WORD or name.text in KEYWORDS:
            raise self.unexpected(Bilingual("此处应为变量名", "a variable's name is expected here"))
        self.advance()
        self.expect("in")
        source = self.expression()
        if self.at_symbol(".."):
            self.advance()
            high = self.expression()
            source = RangeLiteral(
                low=source, high=high, low_closed=True, high_closed=True, start=source.start, end=high.end
            )
        return Binding(name=name.text, source=source, start=name.start, end=source.end)


def _dotted(node: Node) -> str | None:
    """`table.limit` of a path made of names only, so that it can be called; None for any other node."""
    match node:
        case Name(name=name):
            return name
        case Path(of=of, field=field):
            before = _dotted(of)
            return None if before is None else f"{before}.{field}"
        case _:
            return None
