"""The built-in functions: one table that checker, evaluator and documentation read, and what is missing from it."""

from collections.abc import Mapping
from dataclasses import dataclass

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.functions.aggregates import AGGREGATE_FUNCTIONS
from salespm_flow.expr.functions.conversions import CONVERSION_FUNCTIONS
from salespm_flow.expr.functions.dates import DATE_FUNCTIONS
from salespm_flow.expr.functions.intervals import INTERVAL_FUNCTIONS
from salespm_flow.expr.functions.lists import LIST_FUNCTIONS
from salespm_flow.expr.functions.numbers import NUMBER_FUNCTIONS
from salespm_flow.expr.functions.stays import STAY_FUNCTIONS
from salespm_flow.expr.functions.texts import TEXT_FUNCTIONS
from salespm_flow.expr.signatures import Function

FUNCTIONS: Mapping[str, Function] = {
    **CONVERSION_FUNCTIONS,
    **AGGREGATE_FUNCTIONS,
    **NUMBER_FUNCTIONS,
    **TEXT_FUNCTIONS,
    **LIST_FUNCTIONS,
    **DATE_FUNCTIONS,
    **INTERVAL_FUNCTIONS,
    **STAY_FUNCTIONS,
}

STATE_FUNCTIONS = frozenset({"in_state", "time_in", "entered"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Why a function of FEEL or of a later version is not here, and what to write instead."""

    why: Bilingual
    instead: Bilingual


_NO_PATTERNS = Bilingual("规则语言没有正则表达式", "the rules have no regular expressions")

ABSENT: Mapping[str, Absence] = {
    "table": Absence(
        why=Bilingual("这里没有决策表", "there is no decision table here"),
        instead=Bilingual("先写一个 kind: decision_table 的文档", "write a document of kind: decision_table first"),
    ),
    "matches": Absence(
        why=_NO_PATTERNS,
        instead=Bilingual(
            "可用 `contains(a, b)`、`starts with(a, b)`、`ends with(a, b)`",
            "use `contains(a, b)`, `starts with(a, b)` or `ends with(a, b)`",
        ),
    ),
    "replace": Absence(
        why=_NO_PATTERNS,
        instead=Bilingual(
            "可用 `string join(split(a, b), c)`，按文本替换",
            "`string join(split(a, b), c)` replaces one text by another",
        ),
    ),
}

# What people type for a function that has another name here.
ALIASES: Mapping[str, str] = {
    "len": "count",
    "length": "string length",
    "size": "count",
    "avg": "mean",
    "average": "mean",
    "std": "stddev",
    "upper": "upper case",
    "lower": "lower case",
    "join": "string join",
    "slice": "sublist",
    "ln": "log",
    "ceil": "ceiling",
    "truncate": "round down",
    "coalesce": "default",
    "exists": "is defined",
    "unique": "distinct values",
    "mod": "modulo",
    "datetime": "date and time",
    "str": "string",
    "instate": "in_state",
    "timein": "time_in",
}
