"""A place in the tokens of an expression, and what can be asked and expected there. Knows no node but by its reader."""

from collections.abc import Callable, Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.refusals import SyntaxStopError, own_function, unexpected
from salespm_flow.expr.syntax import KEYWORDS, Node
from salespm_flow.expr.tokens import Token, TokenKind
from salespm_flow.expr.words import LEFT_OUT, SPACED_FUNCTIONS

_NAMES = (*SPACED_FUNCTIONS, *LEFT_OUT)

# By the first word; the longest first, since `date and time(` must win over a name `date`.
_SPACED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    word: tuple(sorted((tuple(name.split()) for name in _NAMES if name.split()[0] == word), key=len, reverse=True))
    for word in {name.split()[0] for name in _NAMES}
}


class Cursor:
    """Moves over the tokens, from the first to the end."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.index = 0

    @property
    def token(self) -> Token:
        """The token here; the last one is the end."""
        return self.tokens[self.index]

    def unexpected(self, expected: Bilingual | None = None) -> SyntaxStopError:
        """The refusal of the token here."""
        if self._follows_parameters():
            return own_function(self.token)
        return unexpected(self.token, self.tokens[self.index - 1] if self.index else None, expected)

    def _follows_parameters(self) -> bool:
        """Whether `function(…)` stands before, as the parameters of FEEL's functions do."""
        depth = 0
        for index in range(self.index - 1, 0, -1):
            depth += {")": 1, "(": -1}.get(self.tokens[index].text, 0)
            if depth <= 0:
                before = self.tokens[index - 1]
                return depth == 0 and self.tokens[index].text == "(" and before.text == "function"
        return False

    def at_symbol(self, *texts: str) -> bool:
        """Whether one of these symbols stands here."""
        return self.token.kind is TokenKind.SYMBOL and self.token.text in texts

    def advance(self) -> Token:
        """The token here, which is then behind."""
        token = self.token
        self.index += 1
        return token

    def expect(self, text: str) -> Token:
        """The symbol or word of that text, which must stand here.

        Raises:
            SyntaxStopError: something else stands here.
        """
        if self.token.kind in (TokenKind.SYMBOL, TokenKind.WORD) and self.token.text == text:
            return self.advance()
        raise self.unexpected(Bilingual(f"此处应为 `{text}`", f"`{text}` is expected here"))

    def separated(self, closing: str, item: Callable[[], Node]) -> tuple[Node, ...]:
        """The items up to the closing symbol, which stays unread."""
        items: list[Node] = []
        if self.at_symbol(closing):
            return ()
        items.append(item())
        while self.at_symbol(","):
            self.advance()
            items.append(item())
        return tuple(items)

    def names_an_argument(self) -> bool:
        """Whether a colon follows, as in FEEL's `substring(string: x, start position: 2)`."""
        ahead = self.index
        while self.tokens[ahead].kind is TokenKind.WORD and self.tokens[ahead].text not in KEYWORDS:
            ahead += 1
        return self.tokens[ahead].kind is TokenKind.SYMBOL and self.tokens[ahead].text == ":"

    def spaced_function(self) -> tuple[str, ...] | None:
        """The words of the function name with spaces that is called here; None where none is."""
        for words in _SPACED.get(self.token.text, ()):
            ahead = self.tokens[self.index : self.index + len(words) + 1]
            if len(ahead) == len(words) + 1 and tuple(token.text for token in ahead) == (*words, "("):
                return words if all(token.kind is TokenKind.WORD for token in ahead[:-1]) else None
        return None
