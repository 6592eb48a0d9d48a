"""The nouns of an expression's text: tokens, and the numbers that they may hold. Knows no text."""

from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from enum import StrEnum

from salespm_flow.expr.problems import Problem
from salespm_flow.expr.syntax import Unit
from salespm_flow.expr.values import Months
from salespm_flow.nouns import dataclass

MAX_DIGITS = 34
MAX_DAYS = 1_000_000
EXACT = Context(prec=MAX_DIGITS, Emin=-6143, Emax=6144, traps=[])


class TokenKind(StrEnum):
    """What a token is; a SYMBOL's text is its normalised spelling."""

    NUMBER = "number"
    PERCENT = "percent"
    DURATION = "duration"
    TEXT = "text"
    TEMPORAL = "temporal"
    WORD = "word"
    SYMBOL = "symbol"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token; `text` is a word, a symbol or a string's content, `number` and the rest belong to literals."""

    kind: TokenKind
    text: str
    start: int
    end: int
    number: Decimal = Decimal(0)
    unit: Unit = Unit.DAY
    temporal: date | datetime | time | timedelta | Months | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexed:
    """The tokens, always closed by an END; after an error that stops the lexer they reach only up to it."""

    tokens: tuple[Token, ...]
    problems: tuple[Problem, ...]
    complete: bool
