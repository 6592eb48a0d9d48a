"""The built-in functions: one table that checker, evaluator and documentation read, and what is missing from it."""

from collections.abc import Mapping

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
from salespm_flow.nouns import dataclass

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
_NO_CONTEXTS = Absence(
    why=Bilingual("记录的字段是写明的", "the fields of a record are written out"),
    instead=Bilingual("记录写作 `{a: 1}`，字段写作 `x.a`", "a record is written `{a: 1}`, its field `x.a`"),
)

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
    "is": Absence(
        why=Bilingual("两侧的类型在运行之前已经检查", "the types of both sides are checked before anything runs"),
        instead=Bilingual("相等写作 `a = b`", "equality is written `a = b`"),
    ),
    "range": Absence(
        why=Bilingual("区间不从文本读出", "ranges are not read from text"),
        instead=Bilingual("区间写作 `[1..5]`", "a range is written `[1..5]`"),
    ),
    "context": _NO_CONTEXTS,
    "context put": _NO_CONTEXTS,
    "context merge": _NO_CONTEXTS,
    "get value": _NO_CONTEXTS,
    "get entries": _NO_CONTEXTS,
}

# Names that the language has, but not here: what stands behind them does not exist yet, or elsewhere.
ABSENT_NAMES: Mapping[str, Absence] = {
    "plan": Absence(
        why=Bilingual(
            "本版本还没有计划（排程、进度、挣值）", "this version has no plans (schedules, progress, earned value)"
        ),
        instead=Bilingual(
            "在此之前请声明一个字段存放该值，例如 cpi: {type: number}",
            "until then, declare a field that holds the value, such as cpi: {type: number}",
        ),
    ),
    "period": Absence(
        why=Bilingual("期间只在指标里", "only KPIs have a period"),
        instead=Bilingual("此处可用 `today()` 和 `now()`", "`today()` and `now()` are known here"),
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
