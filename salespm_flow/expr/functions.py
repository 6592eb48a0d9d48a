"""The built-in functions: one table that checker, evaluator and documentation read."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr import aggregates, conversions
from salespm_flow.expr.conversions import on_texts
from salespm_flow.expr.forms import (
    A_LIST,
    A_STATE,
    A_TEXT,
    ADDABLE,
    NUMBERS,
    TEXTS,
    aggregate,
    flat_list,
    list_of_elements,
    named,
    partial,
    rounding,
    simple,
)
from salespm_flow.expr.signatures import (
    ANY,
    Function,
    Nulls,
    Parameter,
    Signature,
    same_as_first,
)
from salespm_flow.expr.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    ORDERED,
    TEXT,
    TIME,
    Kind,
    ListType,
    Typed,
)

FUNCTIONS: Mapping[str, Function] = {
    "count": Function(
        signatures=(
            Signature(parameters=(A_LIST,), result=NUMBER, body=aggregates.over_list(aggregates.count)),
            Signature(
                parameters=(Parameter("value", ANY), Parameter("value", ANY)),
                repeats=True,
                result=NUMBER,
                body=aggregates.count,
                nulls=Nulls.NEVER,
            ),
        ),
        description=Bilingual("列表中元素的个数", "How many elements the list has"),
        example="count(needs) = 3",
    ),
    "sum": Function(
        signatures=aggregate(ADDABLE, aggregates.total, Nulls.ELEMENTS),
        description=Bilingual(
            "总和；空列表为 0，含空值则为空值", "The sum; 0 of an empty list, null if an element is null"
        ),
        example="sum(spending.amount)",
    ),
    "mean": Function(
        signatures=aggregate(ADDABLE, aggregates.mean, Nulls.ALWAYS),
        description=Bilingual("平均值；空列表为空值", "The arithmetic mean; null of an empty list"),
        example="mean(projects.cycle_time)",
    ),
    "min": Function(
        signatures=aggregate(ORDERED, aggregates.least, Nulls.ALWAYS),
        description=Bilingual("最小值；空列表为空值", "The smallest value; null of an empty list"),
        example="min(milestones.due)",
    ),
    "max": Function(
        signatures=aggregate(ORDERED, aggregates.greatest, Nulls.ALWAYS),
        description=Bilingual("最大值；空列表为空值", "The greatest value; null of an empty list"),
        example="max(amount, 1000)",
    ),
    "default": Function(
        signatures=(
            Signature(
                parameters=(Parameter("value", ANY), Parameter("otherwise", ANY)),
                result=same_as_first,
                body=conversions.default,
                nulls=Nulls.LAST,
                alike=True,
            ),
        ),
        description=Bilingual("第一个值为空时取第二个值", "The second value where the first is null"),
        example='default(risk.level, "low")',
    ),
    "is defined": Function(
        signatures=(
            Signature(
                parameters=(Parameter("value", ANY),), result=BOOLEAN, body=conversions.is_defined, nulls=Nulls.NEVER
            ),
        ),
        description=Bilingual("值是否不为空", "Whether the value is not null"),
        example="is defined(lost_reason)",
    ),
    "not": Function(
        signatures=simple(named(Kind.BOOLEAN, "condition"), BOOLEAN, conversions.negation),
        description=Bilingual("取反；空值仍为空值", "The opposite; null stays null"),
        example="not(passed)",
    ),
    "now": Function(
        signatures=simple((), DATETIME, conversions.now),
        description=Bilingual("当前时间", "The present instant"),
        example="now()",
    ),
    "today": Function(
        signatures=simple((), DATE, conversions.today),
        description=Bilingual("今天的日期", "Today's date"),
        example="today() + 5wd",
    ),
    "date": Function(
        signatures=(
            *simple((Parameter("from", frozenset({Kind.DATETIME, Kind.DATE})),), DATE, conversions.to_date),
            partial((A_TEXT,), DATE, conversions.to_date),
            partial(named(Kind.NUMBER, "year", "month", "day"), DATE, conversions.to_date),
        ),
        description=Bilingual(
            "由日期时间、文本或年月日得到日期", "The date of an instant, a text or year, month and day"
        ),
        example='date(entered("evaluate")) <= ends_on',
    ),
    "time": Function(
        signatures=(
            *simple((Parameter("from", frozenset({Kind.DATETIME, Kind.TIME})),), TIME, conversions.to_time),
            partial((A_TEXT,), TIME, conversions.to_time),
            partial(named(Kind.NUMBER, "hour", "minute", "second"), TIME, conversions.to_time),
        ),
        description=Bilingual(
            "由日期时间、文本或时分秒得到时刻", "The time of an instant, a text or hour, minute and second"
        ),
        example='time("09:30")',
    ),
    "date and time": Function(
        signatures=(
            *simple(named(Kind.DATETIME, "from"), DATETIME, conversions.to_datetime),
            partial((A_TEXT,), DATETIME, conversions.to_datetime),
            *simple((*named(Kind.DATE, "date"), *named(Kind.TIME, "time")), DATETIME, conversions.to_datetime),
        ),
        description=Bilingual("由文本或日期与时刻得到日期时间", "The instant of a text, or of a date and a time"),
        example='date and time(today(), time("18:00"))',
    ),
    "duration": Function(
        signatures=(
            Signature(
                parameters=(A_TEXT,),
                result=conversions.duration_type,
                body=conversions.to_duration,
                nulls=Nulls.ALWAYS,
            ),
        ),
        description=Bilingual("由 ISO 8601 文本得到时长", "The duration of an ISO 8601 text"),
        example='duration("P5DT2H")',
    ),
    "number": Function(
        signatures=(partial((Parameter("from", TEXTS | NUMBERS),), NUMBER, conversions.to_number),),
        description=Bilingual("由文本得到数字", "The number that a text spells"),
        example='number("12.5")',
    ),
    "string": Function(
        signatures=simple((Parameter("value", ANY),), TEXT, conversions.to_string),
        description=Bilingual("值的文本", "The value as text"),
        example="string(amount)",
    ),
    "money": Function(
        signatures=(
            Signature(
                parameters=(Parameter("amount", NUMBERS), Parameter("currency", frozenset({Kind.TEXT}))),
                result=conversions.money_type,
                body=conversions.to_money,
            ),
        ),
        description=Bilingual("某币种的金额", "An amount in a currency"),
        example='money(5, "CNY")',
    ),
    "abs": Function(
        signatures=(
            Signature(parameters=(Parameter("value", ADDABLE),), result=same_as_first, body=aggregates.absolute),
        ),
        description=Bilingual("绝对值", "The value without its sign"),
        example="abs(plan.slip)",
    ),
    "floor": Function(
        signatures=rounding(aggregates.floor),
        description=Bilingual("向下取整，可给小数位数", "Rounded down, to whole numbers or so many places"),
        example="floor(score)",
    ),
    "ceiling": Function(
        signatures=rounding(aggregates.ceiling),
        description=Bilingual("向上取整，可给小数位数", "Rounded up, to whole numbers or so many places"),
        example="ceiling(score)",
    ),
    "round": Function(
        signatures=rounding(aggregates.round_half_even),
        description=Bilingual(
            "四舍六入五成双，可给小数位数", "Rounded half to even, to whole numbers or so many places"
        ),
        example="round(amount * 13%, 2)",
    ),
    "modulo": Function(
        signatures=(partial(named(Kind.NUMBER, "dividend", "divisor"), NUMBER, aggregates.modulo),),
        description=Bilingual("余数，符号同除数", "The remainder, with the sign of the divisor"),
        example="modulo(7, 3)",
    ),
    "sqrt": Function(
        signatures=(partial((Parameter("number", NUMBERS),), NUMBER, aggregates.square_root),),
        description=Bilingual("平方根；负数为空值", "The square root; null of a negative number"),
        example="sqrt(2)",
    ),
    "string length": Function(
        signatures=simple((A_TEXT,), NUMBER, on_texts(conversions.text_length)),
        description=Bilingual("文本的字符数", "How many characters the text has"),
        example="string length(scope) >= 10",
    ),
    "upper case": Function(
        signatures=simple((A_TEXT,), TEXT, on_texts(str.upper)),
        description=Bilingual("转为大写", "The text in upper case"),
        example='upper case("cny")',
    ),
    "lower case": Function(
        signatures=simple((A_TEXT,), TEXT, on_texts(str.lower)),
        description=Bilingual("转为小写", "The text in lower case"),
        example='lower case("CNY")',
    ),
    "trim": Function(
        signatures=simple((A_TEXT,), TEXT, on_texts(str.strip)),
        description=Bilingual("去掉首尾空白", "The text without space around it"),
        example="trim(scope)",
    ),
    "contains": Function(
        signatures=simple((A_TEXT, Parameter("part", TEXTS)), BOOLEAN, on_texts(str.__contains__)),
        description=Bilingual("文本是否包含另一文本", "Whether the text holds the other"),
        example='contains(scope, "CRM")',
    ),
    "starts with": Function(
        signatures=simple((A_TEXT, Parameter("start", TEXTS)), BOOLEAN, on_texts(str.startswith)),
        description=Bilingual("文本是否以另一文本开头", "Whether the text begins with the other"),
        example='starts with(account, "华")',
    ),
    "ends with": Function(
        signatures=simple((A_TEXT, Parameter("end", TEXTS)), BOOLEAN, on_texts(str.endswith)),
        description=Bilingual("文本是否以另一文本结尾", "Whether the text ends with the other"),
        example='ends with(account, "公司")',
    ),
    "substring": Function(
        signatures=(
            Signature(
                parameters=(A_TEXT, *named(Kind.NUMBER, "start", "length")),
                optional=1,
                result=TEXT,
                body=conversions.substring,
                nulls=Nulls.ALWAYS,
            ),
        ),
        description=Bilingual("从第几个字符起的一段文本", "The characters from a position, counted from 1"),
        example='substring("销售管线", 1, 2)',
    ),
    "list contains": Function(
        signatures=(
            Signature(
                parameters=(A_LIST, Parameter("element", ANY)),
                result=BOOLEAN,
                body=aggregates.contains_element,
                nulls=Nulls.FIRST,
                alike=True,
            ),
        ),
        description=Bilingual("列表是否含有该元素", "Whether the element is in the list"),
        example='list contains(states, "red")',
    ),
    "append": Function(
        signatures=(
            Signature(
                parameters=(A_LIST, Parameter("element", ANY)),
                result=list_of_elements,
                body=aggregates.append,
                nulls=Nulls.FIRST,
                repeats=True,
                alike=True,
            ),
        ),
        description=Bilingual("在列表末尾加上元素", "The list with elements behind it"),
        example='append(contacts, "王芳")',
    ),
    "concatenate": Function(
        signatures=(
            Signature(
                parameters=(A_LIST,), result=list_of_elements, body=aggregates.concatenate, repeats=True, alike=True
            ),
        ),
        description=Bilingual("依次连接几个列表", "The lists one after the other"),
        example="concatenate([1, 2], [3])",
    ),
    "distinct values": Function(
        signatures=(Signature(parameters=(A_LIST,), result=same_as_first, body=aggregates.distinct),),
        description=Bilingual("去掉重复的元素", "The elements without repetitions"),
        example="count(distinct values(projects.account))",
    ),
    "reverse": Function(
        signatures=(Signature(parameters=(A_LIST,), result=same_as_first, body=aggregates.reverse),),
        description=Bilingual("倒序的列表", "The list from last to first"),
        example="reverse([1, 2, 3])",
    ),
    "index of": Function(
        signatures=(
            Signature(
                parameters=(A_LIST, Parameter("element", ANY)),
                result=ListType(Typed(NUMBER)),
                body=aggregates.positions,
                nulls=Nulls.FIRST,
                alike=True,
            ),
        ),
        description=Bilingual("元素在列表中的各个位置，从 1 起", "The positions of the element in the list, from 1"),
        example='index of(contacts, "王芳")',
    ),
    "flatten": Function(
        signatures=(Signature(parameters=(A_LIST,), result=flat_list, body=aggregates.flatten),),
        description=Bilingual("展开嵌套的列表", "The elements of the list and of the lists within it"),
        example="flatten([[1], [2, 3]])",
    ),
    "working days": Function(
        signatures=(
            Signature(
                parameters=named(Kind.DATE, "from", "to"),
                result=NUMBER,
                body=conversions.working_days,
                nulls=Nulls.ALWAYS,
            ),
            Signature(
                parameters=named(Kind.DATETIME, "from", "to"),
                result=NUMBER,
                body=conversions.working_days,
                nulls=Nulls.ALWAYS,
            ),
        ),
        description=Bilingual(
            "两个日期之间的工作日数，不含后者", "The working days from one date until before another"
        ),
        example="working days(opened_on, today()) > 10",
    ),
    "in_state": Function(
        signatures=simple((A_STATE,), BOOLEAN, conversions.in_state),
        description=Bilingual("项目是否处于该状态", "Whether the project is in the state"),
        example='in_state("red")',
    ),
    "time_in": Function(
        signatures=(partial((A_STATE,), DURATION, conversions.time_in),),
        description=Bilingual(
            "本次停留的时长；不在该状态时为空值", "How long the current stay has lasted; null outside it"
        ),
        example='time_in("negotiation") > 25d',
    ),
    "entered": Function(
        signatures=(partial((A_STATE,), DATETIME, conversions.entered_at),),
        description=Bilingual("最近一次进入该状态的时间", "When the state was entered last; null if never"),
        example='date(entered("evaluate")) <= ends_on',
    ),
}

STATE_FUNCTIONS = frozenset({"in_state", "time_in", "entered"})

# Functions that the language names but this version does not have, and what to do meanwhile.
LATER: Mapping[str, Bilingual] = {
    "changed": Bilingual(
        '可改用记录的 at：`count(needs[at > entered("proposal")]) > 0`',
        'compare the rows\' `at` instead: `count(needs[at > entered("proposal")]) > 0`',
    ),
    "convert": Bilingual("请使用同一种币种的字段", "use fields of one currency"),
    "table": Bilingual("把规则写成 conditions", "write the rule as conditions"),
}

# What people type for a function that has another name here.
ALIASES: Mapping[str, str] = {
    "len": "count",
    "length": "string length",
    "size": "count",
    "avg": "mean",
    "average": "mean",
    "upper": "upper case",
    "lower": "lower case",
    "ceil": "ceiling",
    "coalesce": "default",
    "exists": "is defined",
    "unique": "distinct values",
    "mod": "modulo",
    "datetime": "date and time",
    "str": "string",
    "instate": "in_state",
    "timein": "time_in",
}
