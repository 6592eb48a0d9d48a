"""The functions that make one value of many: of a list's elements, or of their arguments."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr import aggregates, lists
from salespm_flow.expr.forms import A_LIST, ADDABLE, LISTS, NUMBERS, aggregate
from salespm_flow.expr.scope import Body
from salespm_flow.expr.signatures import ANY, Function, Nulls, Parameter, Signature, same_as_first
from salespm_flow.expr.types import BOOLEAN, NUMBER, ORDERED, Kind

_TRUTHS = frozenset({Kind.BOOLEAN})


def _truths(fold: Body) -> tuple[Signature, Signature]:
    """Over a list of booleans, and over booleans: nulls take part, since one value may decide without them."""
    return (
        Signature(
            parameters=(Parameter("list", LISTS, _TRUTHS),),
            result=BOOLEAN,
            body=aggregates.over_list(fold),
            nulls=Nulls.ELEMENTS,
        ),
        Signature(parameters=(Parameter("value", _TRUTHS),), result=BOOLEAN, body=fold, nulls=Nulls.OPEN, repeats=True),
    )


AGGREGATE_FUNCTIONS: Mapping[str, Function] = {
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
        example='count(["CRM", "ERP"]) = 2',
    ),
    "sum": Function(
        signatures=aggregate(ADDABLE, aggregates.total, Nulls.ELEMENTS),
        description=Bilingual(
            "总和；空列表为 0，含空值则为空值", "The sum; 0 of an empty list, null if an element is null"
        ),
        example="sum([1, 2, 3]) = 6",
    ),
    "product": Function(
        signatures=aggregate(NUMBERS, aggregates.product, Nulls.ALWAYS),
        description=Bilingual("乘积；空列表为空值", "The product; null of an empty list"),
        example="product([2, 3, 4]) = 24",
    ),
    "mean": Function(
        signatures=aggregate(ADDABLE, aggregates.mean, Nulls.ALWAYS),
        description=Bilingual("平均值；空列表为空值", "The arithmetic mean; null of an empty list"),
        example="mean([1d, 2d, 6d]) = 3d",
    ),
    "median": Function(
        signatures=aggregate(ADDABLE, aggregates.median, Nulls.ALWAYS),
        description=Bilingual("中位数；空列表为空值", "The value in the middle; null of an empty list"),
        example="median([1d, 2d, 6d]) = 2d",
    ),
    "mode": Function(
        signatures=(
            Signature(
                parameters=(Parameter("list", LISTS, ORDERED),),
                result=same_as_first,
                body=aggregates.over_list(lists.mode),
                nulls=Nulls.ELEMENTS,
            ),
        ),
        description=Bilingual(
            "出现次数最多的值，从小到大；空列表为空列表", "The most frequent values, in order; none of an empty list"
        ),
        example="mode([6, 3, 9, 6, 6, 3]) = [6]",
    ),
    "stddev": Function(
        signatures=aggregate(NUMBERS, aggregates.standard_deviation, Nulls.ALWAYS, beside=Nulls.ALWAYS),
        description=Bilingual(
            "样本标准差；不足两个值则为空值", "The sample standard deviation; null of fewer than two"
        ),
        example="stddev([2, 4, 7, 5]) > 2",
    ),
    "min": Function(
        signatures=aggregate(ORDERED, aggregates.least, Nulls.ALWAYS),
        description=Bilingual("最小值；空列表为空值", "The smallest value; null of an empty list"),
        example='min([@"2026-03-02", @"2026-01-05"]) = @"2026-01-05"',
    ),
    "max": Function(
        signatures=aggregate(ORDERED, aggregates.greatest, Nulls.ALWAYS),
        description=Bilingual("最大值；空列表为空值", "The greatest value; null of an empty list"),
        example="max(2, 10) = 10",
    ),
    "all": Function(
        signatures=_truths(aggregates.all_true),
        description=Bilingual(
            "是否全部为真；有一个为假即为假，否则含空值则为空值",
            "Whether all are true; one that is false decides, else a null makes it null",
        ),
        example="all([true, 2 > 1])",
    ),
    "any": Function(
        signatures=_truths(aggregates.any_true),
        description=Bilingual("是否有一个为真；否则含空值则为空值", "Whether one is true; else a null makes it null"),
        example="any([false, 2 > 1])",
    ),
}
