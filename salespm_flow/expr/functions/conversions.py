"""The functions that make one kind of value from another, or take the place of none."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr import conversions, currencies
from salespm_flow.expr.forms import A_TEXT, NUMBERS, TEXTS, named, partial, simple
from salespm_flow.expr.signatures import ANY, Function, Nulls, Parameter, Signature, same_as_first
from salespm_flow.expr.types import BOOLEAN, NUMBER, TEXT, Kind

CONVERSION_FUNCTIONS: Mapping[str, Function] = {
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
        example='default(number("n/a"), 7) = 7',
    ),
    "is defined": Function(
        signatures=(
            Signature(
                parameters=(Parameter("value", ANY),), result=BOOLEAN, body=conversions.is_defined, nulls=Nulls.NEVER
            ),
        ),
        description=Bilingual("值是否不为空", "Whether the value is not null"),
        example='is defined("price")',
    ),
    "not": Function(
        signatures=simple(named(Kind.BOOLEAN, "condition"), BOOLEAN, conversions.negation),
        description=Bilingual("取反；空值仍为空值", "The opposite; null stays null"),
        example="not(1 > 2)",
    ),
    "number": Function(
        signatures=(
            partial((Parameter("from", TEXTS | NUMBERS),), NUMBER, conversions.to_number),
            Signature(
                parameters=(A_TEXT, Parameter("thousands mark", TEXTS), Parameter("decimal mark", TEXTS)),
                result=NUMBER,
                body=conversions.to_number_by_marks,
                nulls=Nulls.OPEN,
            ),
        ),
        description=Bilingual(
            "由文本得到数字，可给千位分隔符与小数点", "The number that a text spells, with its marks if they are given"
        ),
        example='number("1,234.5", ",", ".") = 1234.5',
    ),
    "string": Function(
        signatures=simple((Parameter("value", ANY),), TEXT, conversions.to_string),
        description=Bilingual("值的文本", "The value as text"),
        example='string(12.5) = "12.5"',
    ),
    "money": Function(
        signatures=(
            Signature(
                parameters=(Parameter("amount", NUMBERS), *named(Kind.TEXT, "currency")),
                result=conversions.money_type,
                body=conversions.to_money,
            ),
        ),
        description=Bilingual("某币种的金额", "An amount in a currency"),
        example='money(5, "CNY").currency = "CNY"',
    ),
    "convert": Function(
        signatures=(
            partial(
                (Parameter("amount", frozenset({Kind.MONEY})), *named(Kind.TEXT, "currency"), *named(Kind.DATE, "on")),
                conversions.money_type,
                currencies.convert,
                optional=1,
            ),
        ),
        description=Bilingual(
            "按工作区汇率表在某日（缺省为今天）的汇率换算；没有汇率时为空值",
            "The amount at the workspace's rate of a day, by default today; null where there is no rate",
        ),
        example='convert(money(5, "CNY"), "CNY") = money(5, "CNY")',
    ),
}
