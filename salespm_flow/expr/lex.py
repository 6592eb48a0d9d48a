"""The tokens of an expression's text. Knows no grammar.

Full-width punctuation and digits, typical of a Chinese keyboard, are read as what was meant and reported once for the
whole text: stopping at the first of them would hide everything after it.
"""

import re
import unicodedata
from decimal import Decimal

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.foreign import FOREIGN, SPELLINGS
from salespm_flow.expr.problems import MOST_PROBLEMS, Problem, Remedy
from salespm_flow.expr.strings import TURNING, name_of, refusal_of, unescaped
from salespm_flow.expr.suffixes import bad_suffix, has_no_value
from salespm_flow.expr.syntax import Unit
from salespm_flow.expr.temporal import parse_temporal, unknown_zone
from salespm_flow.expr.tokens import EXACT, MAX_DIGITS, Lexed, Token, TokenKind

_LONGEST_FIX = 200


_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(wide): ord(plain)
    for wide, plain in zip("\u3000\u201c\u201d\u2018\u2019。、【】−×÷", " \"\"''.,[]-*/", strict=True)
}
_WIDE_COMPARISONS = {"≥": ">=", "≤": "<=", "≠": "!="}
_SYMBOLS = frozenset(("..", "**", "<=", ">=", "!=", *"+-*/=<>()[]{},:."))
_USUAL_WORD = re.compile(r"\w+", re.ASCII)
_UNITS = frozenset(Unit)
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_FOREIGN_STARTS = frozenset(spelling[0] for spelling in FOREIGN)


def lex(text: str, *, asks: bool = False) -> Lexed:
    """The tokens of `text` and what is wrong with its characters; where it `asks`, `?` is a symbol too."""
    lexer = _Lexer(text, _SYMBOLS | {"?"} if asks else _SYMBOLS)
    complete = lexer.run()
    lexer.report_full_width()
    lexer.tokens.append(Token(kind=TokenKind.END, text="", start=len(text), end=len(text)))
    return Lexed(tokens=tuple(lexer.tokens), problems=tuple(lexer.problems), complete=complete)


class _Lexer:
    def __init__(self, text: str, symbols: frozenset[str] = _SYMBOLS) -> None:
        self.text = text
        self.symbols = symbols
        self.plain = text if text.isascii() else text.translate(_PLAIN)
        self.is_plain = self.plain == text
        self.at = 0
        self.tokens: list[Token] = []
        self.problems: list[Problem] = []
        self.wide: dict[int, str] = {}

    def run(self) -> bool:
        """Read up to the end or the first error that stops; False after such an error."""
        while self.at < len(self.plain):
            if self.plain[self.at].isspace():
                self.consume(1)
            elif not self.token() or len(self.problems) >= MOST_PROBLEMS:
                return False
        return True

    def token(self) -> bool:
        char = self.plain[self.at]
        if char == '"':
            return self.string(self.at)
        if char == "@":
            return self.temporal()
        if char in "0123456789":
            return self.number()
        if char == "_" or char.isalpha():
            return self.word()
        return self.symbol()

    def consume(self, count: int) -> int:
        """Step over characters outside strings, remembering the full-width ones; the position after them."""
        if self.is_plain:
            self.at += count
            return self.at
        for at in range(self.at, self.at + count):
            if self.text[at] != self.plain[at]:
                self.wide[at] = self.plain[at]
        self.at += count
        return self.at

    def add(self, kind: TokenKind, start: int, text: str) -> None:
        self.tokens.append(Token(kind=kind, text=text, start=start, end=self.at))

    def fail(
        self, message: Bilingual, start: int, end: int, hint: Bilingual | None = None, *, instead: Remedy | None = None
    ) -> None:
        self.problems.append(Problem(code="SF201", message=message, start=start, end=end, hint=hint, remedy=instead))

    def word(self) -> bool:
        start = self.at
        self.rest_of_word()
        self.add(TokenKind.WORD, start, unicodedata.normalize("NFC", self.plain[start : self.at]))
        return True

    def rest_of_word(self) -> None:
        """Step over everything that may stand in a word."""
        if usual := _USUAL_WORD.match(self.plain, self.at):
            self.consume(usual.end() - self.at)
        while self.at < len(self.plain) and _continues_word(self.plain[self.at]):
            self.consume(1)

    def symbol(self) -> bool:
        start = self.at
        if wide := _WIDE_COMPARISONS.get(self.plain[start]):
            self.wide[start] = wide
            self.at += 1
            self.add(TokenKind.SYMBOL, start, wide)
            return True
        if unicodedata.category(self.text[start])[0] == "C":
            return self.unseen(start)
        foreign = None
        if self.plain[start] in _FOREIGN_STARTS:
            foreign = next((spelling for spelling in FOREIGN if self._foreign_here(spelling)), None)
        here = (self.plain[start : start + 2], self.plain[start])
        found = next((one for one in here if one in self.symbols), None)
        if foreign is not None or found is None:
            end = start + len(foreign or "?")
            shown = self.text[start:end]
            hint = FOREIGN.get(foreign or "")
            message = Bilingual(f"不能识别 `{shown}`", f"`{shown}` is not understood")
            meant = SPELLINGS.get(foreign or "")
            instead = None if meant is None else Remedy(start, end, self.spaced(meant, start, end), is_safe=True)
            self.fail(message, start, end, hint, instead=instead)
            return False
        self.consume(len(found))
        self.add(TokenKind.SYMBOL, start, found)
        return True

    def spaced(self, word: str, start: int, end: int) -> str:
        """The word with the spaces that it needs where it takes the place of a symbol."""
        if not word.isalpha():
            return word
        before = "" if start == 0 or self.plain[start - 1].isspace() else " "
        return f"{before}{word}{'' if self.plain[end : end + 1].isspace() else ' '}"

    def unseen(self, start: int) -> bool:
        """Stop at a character that nobody sees, which is told by its name."""
        name = name_of(self.text[start])
        message = Bilingual(f"看不见的字符 {name}", f"a character that cannot be seen: {name}")
        self.fail(message, start, start + 1, Bilingual("删去它", "delete it"))
        return False

    def _foreign_here(self, spelling: str) -> bool:
        here = self.plain.startswith(spelling, self.at)
        return here and not (spelling == "!" and self.plain.startswith("!=", self.at))

    def number(self) -> bool:
        start = self.at
        found = _NUMBER.match(self.plain, start)
        if found is None:  # unreachable: the caller saw an ASCII digit
            return False
        self.consume(found.end() - start)
        value = EXACT.create_decimal(found[0])
        digits = found[0].lower().partition("e")[0].replace(".", "").strip("0")
        if len(digits) > MAX_DIGITS or not value.is_finite() or (digits and not value):
            message = Bilingual(
                f"数字超过 {MAX_DIGITS} 位、过大或过小",
                f"the number has over {MAX_DIGITS} digits, or is too big or too small",
            )
            self.problems.append(Problem(code="SF208", message=message, start=start, end=self.at))
            value = Decimal(0)
        self.suffix(start, value)
        return True

    def suffix(self, start: int, value: Decimal) -> None:
        """Add the number with what follows it without a space: `%`, a unit, or letters that are an error."""
        if self.plain.startswith("%", self.at):
            self.consume(1)
            ratio = EXACT.scaleb(value, -2)
            self.tokens.append(Token(kind=TokenKind.PERCENT, text="", start=start, end=self.at, number=ratio))
            return
        letters = self.at
        self.rest_of_word()
        suffix = self.plain[letters : self.at]
        if suffix in _UNITS:
            self.duration(start, value, Unit(suffix))
            return
        if suffix:
            value = self.bad_suffix(start, value, suffix)
        self.tokens.append(Token(kind=TokenKind.NUMBER, text="", start=start, end=self.at, number=value))

    def duration(self, start: int, value: Decimal, unit: Unit) -> None:
        if has_no_value(value, unit):
            message = Bilingual(
                "时长过大，或年、月不是整数", "the duration is too long, or its years or months not whole"
            )
            self.problems.append(Problem(code="SF208", message=message, start=start, end=self.at))
            value = Decimal(0)
        self.tokens.append(Token(kind=TokenKind.DURATION, text="", start=start, end=self.at, number=value, unit=unit))

    def bad_suffix(self, start: int, value: Decimal, suffix: str) -> Decimal:
        """Report letters glued to a number; the value that was meant, where one can be told."""
        problem, meant = bad_suffix(self.text[start : self.at], start, value, suffix)
        self.problems.append(problem)
        return meant

    def string(self, start: int) -> bool:
        """Add the string that starts here; `start` is where its token starts, before an `@`."""
        opened = self.at
        closing = '"' if self.text[opened] == '"' else None
        self.consume(1)
        content: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == closing or (closing is None and self.plain[self.at] == '"'):
                self.consume(1)
                self.add(TokenKind.TEXT, start, "".join(content))
                return True
            if len(self.problems) >= MOST_PROBLEMS:
                return False
            if char == "\\":
                content.append(self.escape())
                continue
            if char in TURNING or "\ud800" <= char <= "\udfff":
                self.problems.append(refusal_of(char, self.at))
            else:
                content.append(char)
            self.at += 1
        self.fail(
            Bilingual("字符串没有结束", "the string is not closed"),
            opened,
            len(self.text),
            Bilingual('以 `"` 结束', 'close it with `"`'),
        )
        return False

    def escape(self) -> str:
        start = self.at
        char, self.at = unescaped(self.text, start)
        if char is not None:
            return char
        self.fail(
            Bilingual("不能识别的转义", "the escape is not understood"),
            start,
            min(self.at, len(self.text)),
            Bilingual(r"可用：\n \t \r \" \\ \uXXXX \UXXXXXXXX", r"one of \n \t \r \" \\ \uXXXX \UXXXXXXXX"),
        )
        return ""

    def temporal(self) -> bool:
        start = self.at
        self.consume(1)
        while self.at < len(self.plain) and self.plain[self.at].isspace():
            self.consume(1)
        if not self.plain.startswith('"', self.at):
            hint = Bilingual('例如 `@"2026-01-05"`', 'such as `@"2026-01-05"`')
            self.fail(Bilingual("`@` 后应为带引号的日期", "`@` takes a quoted date"), start, start + 1, hint)
            return False
        if not self.string(start):
            return False
        read = self.tokens.pop()
        value = parse_temporal(read.text)
        if value is None:
            message = Bilingual(f"`{read.text}` 不是日期、时刻或时长", f"`{read.text}` is no date, time or duration")
            hint = Bilingual(
                '例如 `@"2026-01-05"`、`@"2026-01-05T09:30:00+08:00"`、`@"P5D"`',
                'such as `@"2026-01-05"`, `@"2026-01-05T09:30:00+08:00"`, `@"P5D"`',
            )
            if (zone := unknown_zone(read.text)) is not None:
                message = Bilingual(f"没有时区 `{zone}`", f"there is no time zone `{zone}`")
                hint = Bilingual("例如 `Asia/Shanghai`、`UTC`", "such as `Asia/Shanghai`, `UTC`")
            self.fail(message, start, self.at, hint)
            return False
        self.tokens.append(Token(kind=TokenKind.TEMPORAL, text=read.text, start=start, end=self.at, temporal=value))
        return True

    def report_full_width(self) -> None:
        if not self.wide:
            return
        fixed = "".join(self.wide.get(at, char) for at, char in enumerate(self.text))
        # Each full-width character but a comparison stands for one; what stands before the last keeps its length.
        end = len(fixed) - (len(self.text) - max(self.wide) - 1)
        found = "".join(dict.fromkeys(self.text[at] for at in sorted(self.wide))).replace("\u3000", "␣")
        self.problems.append(
            Problem(
                code="SF209",
                message=Bilingual(f"表达式中有全角字符 {found}", f"the expression has full-width characters {found}"),
                start=min(self.wide),
                end=max(self.wide) + 1,
                hint=Bilingual(f"写作 `{fixed}`", f"write `{fixed}`")
                if len(fixed) <= _LONGEST_FIX
                else Bilingual("改用半角标点和数字", "write half-width punctuation and digits"),
                remedy=Remedy(min(self.wide), max(self.wide) + 1, fixed[min(self.wide) : end], is_safe=True),
            )
        )


def _continues_word(char: str) -> bool:
    return char == "_" or char.isalnum() or unicodedata.category(char) in ("Mn", "Mc")
