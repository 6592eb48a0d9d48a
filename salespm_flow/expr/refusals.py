"""What the parser says where a text cannot be read. Knows tokens, no grammar."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.lex import Token, TokenKind
from salespm_flow.expr.problems import Problem
from salespm_flow.expr.syntax import MAX_DEPTH

# What other languages write as a word after a value.
_FOREIGN_WORDS: Mapping[str, Bilingual] = {
    "is": Bilingual("与空值比较写作 `= null`", "write `= null`"),
    "contains": Bilingual("写作 `contains(a, b)`", "write `contains(a, b)`"),
    "not": Bilingual("写作 `not(a in b)`", "write `not(a in b)`"),
    "AND": Bilingual("写作 `and`", "write `and`"),
    "OR": Bilingual("写作 `or`", "write `or`"),
    "并且": Bilingual("写作 `and`", "write `and`"),
    "或者": Bilingual("写作 `or`", "write `or`"),
}


class SyntaxStopError(Exception):
    """The text cannot be read beyond `problem`; `parse` catches it always."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message.en)
        self.problem = problem


def stopped(message: Bilingual, token: Token, hint: Bilingual | None = None) -> SyntaxStopError:
    """The refusal of a token."""
    return SyntaxStopError(Problem(code="SF201", message=message, start=token.start, end=token.end, hint=hint))


def too_deep(start: int, end: int) -> SyntaxStopError:
    """The refusal of a text nested deeper than every reader of its tree can follow."""
    message = Bilingual(f"表达式嵌套超过 {MAX_DEPTH} 层", f"the expression is nested over {MAX_DEPTH} levels deep")
    hint = Bilingual("拆成几个 conditions", "split it into conditions")
    return SyntaxStopError(Problem(code="SF208", message=message, start=start, end=end, hint=hint))


def unexpected(token: Token, before: Token | None, expected: Bilingual | None = None) -> SyntaxStopError:
    """The refusal of a token that cannot stand after `before`, or at the very beginning if that is None."""
    if token.kind is TokenKind.END:
        message = (
            Bilingual("表达式为空", "the expression is empty")
            if before is None
            else Bilingual("表达式没有写完", "the expression ends too early")
        )
        return stopped(message, token, expected)
    hint = expected
    if token.kind is TokenKind.WORD:
        hint = _FOREIGN_WORDS.get(token.text, expected)
    if before is not None and before.text in ("not", "NOT"):
        hint = Bilingual("写作 `not(…)`", "write `not(…)`")
    shown = token.text if token.kind in (TokenKind.WORD, TokenKind.SYMBOL) else token.kind.value
    return stopped(Bilingual(f"此处不应出现 `{shown}`", f"`{shown}` is not expected here"), token, hint)
