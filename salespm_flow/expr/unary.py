"""The text of a decision table's cell, FEEL's unary tests, to a condition on the column's name. Knows no table.

`-` means anything, `< 5`, `[1..5]`, `"a", "b"` and `not(..)` test the value, and a text with `?` is a condition in
which `?` stands for it.
"""

from salespm_flow.expr.lex import lex
from salespm_flow.expr.parse import Parsed, Parser, parse
from salespm_flow.expr.refusals import SyntaxStopError
from salespm_flow.expr.syntax import (
    KEYWORDS,
    MAX_LENGTH,
    Binary,
    BooleanLiteral,
    Call,
    In,
    Name,
    Node,
    NullLiteral,
    Operator,
    TextLiteral,
)
from salespm_flow.expr.tokens import Token, TokenKind

ANYTHING = "-"


def parse_cell(text: str, column: str, *, takes_words: bool = False) -> Parsed:
    """The condition that the cell puts on the name `column`; offsets count in the text of the cell.

    With `takes_words` a bare word is a text, as it is in a column of ids.
    """
    if len(text) > MAX_LENGTH:
        return parse(text)
    lexed = lex(text, asks=True)
    if not lexed.complete:
        return Parsed(node=None, problems=lexed.problems)
    parser = _CellParser(lexed.tokens, column)
    parser.takes_words = takes_words
    try:
        node = parser.cell()
    except SyntaxStopError as stop:
        return Parsed(node=None, problems=(*lexed.problems, stop.problem))
    return Parsed(node=node, problems=lexed.problems)


class _CellParser(Parser):
    def __init__(self, tokens: tuple[Token, ...], column: str) -> None:
        super().__init__(tokens)
        self.column = column
        self.takes_words = False
        self.asks = any(token.kind is TokenKind.SYMBOL and token.text == "?" for token in tokens)

    def cell(self) -> Node:
        """The condition of the whole cell.

        Raises:
            SyntaxStopError: the cell has no single reading.
        """
        if self.asks:
            return self.whole()
        if self.at_symbol(ANYTHING) and self.tokens[1].kind is TokenKind.END:
            return BooleanLiteral(value=True, start=self.token.start, end=self.token.end)
        if self.token.text == "not" and self.tokens[1].text == "(":
            start = self.advance().start
            self.advance()
            inner = self.tests(")")
            end = self.expect(")").end
            return self.ended(Call(function="not", arguments=(inner,), start=start, end=end))
        return self.ended(self.tests(""))

    def tests(self, closing: str) -> Node:
        """The condition that any of the tests up to the closing symbol holds."""
        start = self.token.start
        found = self.separated(closing, self.test)
        if not found:
            raise self.unexpected()
        end = found[-1].end
        value = Name(name=self.column, start=start, end=end)
        nulls = [one for one in found if isinstance(one, NullLiteral)]
        others = tuple(one for one in found if not isinstance(one, NullLiteral))
        # Only equality asks whether a value is there at all.
        node: Node | None = In(value=value, tests=others, start=start, end=end) if others else None
        for null in nulls[:1]:
            is_empty = Binary(operator=Operator.EQUAL, left=value, right=null, start=start, end=end)
            node = _either(is_empty, node)
        return value if node is None else node

    def name(self) -> Node:
        """A word of a column of ids is a text."""
        token = self.token
        if self.takes_words and token.text not in KEYWORDS and self.tokens[self.index + 1].text not in ("(", "."):
            self.advance()
            return TextLiteral(value=token.text, start=token.start, end=token.end)
        return super().name()

    def symbol(self) -> Node:
        """`?` is the column's value."""
        if self.at_symbol("?"):
            token = self.advance()
            return Name(name=self.column, start=token.start, end=token.end)
        return super().symbol()


def _either(first: Node, second: Node | None) -> Node:
    if second is None:
        return first
    return Binary(operator=Operator.OR, left=first, right=second, start=first.start, end=second.end)
