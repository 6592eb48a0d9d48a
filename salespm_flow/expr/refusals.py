"""What the parser says where a text cannot be read. Knows tokens, no grammar."""

import re
from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.problems import Problem
from salespm_flow.expr.syntax import MAX_DEPTH, MAX_LENGTH
from salespm_flow.expr.tokens import Token, TokenKind

# What other languages write as a word after a value.
_FOREIGN_WORDS: Mapping[str, Bilingual] = {
    "is": Bilingual("与空值比较写作 `= null`", "write `= null`"),
    "contains": Bilingual("写作 `contains(a, b)`", "write `contains(a, b)`"),
    "not": Bilingual("写作 `not(a in b)`", "write `not(a in b)`"),
    "like": Bilingual("写作 `contains(a, b)` 或 `starts with(a, b)`", "write `contains(a, b)` or `starts with(a, b)`"),
    "instance": Bilingual(
        "没有 `instance of`：类型在运行之前已经检查；是否有值写作 `is defined(a)`",
        "there is no `instance of`: types are checked before anything runs; `is defined(a)` asks for a value",
    ),
    "AND": Bilingual("写作 `and`", "write `and`"),
    "OR": Bilingual("写作 `or`", "write `or`"),
    "并且": Bilingual("写作 `and`", "write `and`"),
    "或者": Bilingual("写作 `or`", "write `or`"),
}
# What a literal is called that stands where it cannot.
_LITERALS: Mapping[TokenKind, Bilingual] = {
    TokenKind.NUMBER: Bilingual("数字", "a number"),
    TokenKind.PERCENT: Bilingual("百分比", "a percentage"),
    TokenKind.DURATION: Bilingual("时长", "a duration"),
    TokenKind.TEXT: Bilingual("文本", "text"),
    TokenKind.TEMPORAL: Bilingual("日期或时刻", "a date or time"),
}
_CURRENCY = re.compile("[A-Z]{3}")


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


def too_long(start: int, end: int) -> SyntaxStopError:
    """The refusal of a chain of operators, or of parts that are nested besides, higher than its readers can follow."""
    message = Bilingual(
        f"表达式连在一起的运算超过 {MAX_DEPTH} 层", f"the expression joins over {MAX_DEPTH} operations in a row"
    )
    hint = Bilingual("拆成几个 conditions", "split it into conditions")
    return SyntaxStopError(Problem(code="SF208", message=message, start=start, end=end, hint=hint))


def too_many_characters(text: str) -> Problem:
    """The finding about a text longer than any expression may be."""
    message = Bilingual(
        f"表达式有 {len(text)} 个字符，最多 {MAX_LENGTH} 个",
        f"the expression has {len(text)} characters of {MAX_LENGTH} allowed",
    )
    hint = Bilingual("拆成几个 conditions", "split it into conditions")
    return Problem(code="SF208", message=message, start=MAX_LENGTH, end=len(text), hint=hint)


def unexpected(token: Token, before: Token | None, expected: Bilingual | None = None) -> SyntaxStopError:
    """The refusal of a token that cannot stand after `before`, or at the very beginning if that is None."""
    if token.kind is TokenKind.END:
        message = (
            Bilingual("表达式为空", "the expression is empty")
            if before is None
            else Bilingual("表达式没有写完", "the expression ends too early")
        )
        return stopped(message, token, expected)
    hint = expected if before is None else _habit(token, before) or expected
    literal = _LITERALS.get(token.kind)
    if literal is not None:
        return stopped(Bilingual(f"此处不应出现{literal.zh}", f"{literal.en} is not expected here"), token, hint)
    return stopped(Bilingual(f"此处不应出现 `{token.text}`", f"`{token.text}` is not expected here"), token, hint)


def _habit(token: Token, before: Token) -> Bilingual | None:
    """What is written here instead of what people are used to write from elsewhere; None where nothing is known."""
    if before.text in ("not", "NOT"):
        return Bilingual("写作 `not(…)`", "write `not(…)`")
    if before.kind is TokenKind.NUMBER and token.text == ",":
        return Bilingual("数字不写千位分隔符，如 `50000`", "numbers take no thousands separator: `50000`")
    if token.kind is TokenKind.WORD and before.kind is TokenKind.NUMBER and _CURRENCY.fullmatch(token.text):
        written = f'money(5, "{token.text}")'
        return Bilingual(
            f"写作 `{written}`；与金额比较时只写数字", f"write `{written}`; beside money the number will do"
        )
    if before.text == "in" and token.text == "]":
        return Bilingual("不含端点的区间写作 `(1..5)`", "a range without its ends is written `(1..5)`")
    return _FOREIGN_WORDS.get(token.text) if token.kind is TokenKind.WORD else None


def own_function(token: Token) -> SyntaxStopError:
    """The refusal of `function(…)`, whose body starts at the token."""
    message = Bilingual(
        "`function(…)` 不可用：规则不定义函数", "`function(…)` is not available: rules define no functions"
    )
    hint = Bilingual(
        "可用 `for x in xs return …`、`some x in xs satisfies …`、`xs[item > 1]`；`sort(xs)` 从小到大",
        "use `for x in xs return …`, `some x in xs satisfies …` or `xs[item > 1]`; `sort(xs)` is ascending",
    )
    return SyntaxStopError(Problem(code="SF212", message=message, start=token.start, end=token.end, hint=hint))
