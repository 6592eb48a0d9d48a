"""The functions that look into lists and make lists of lists."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr import lists
from salespm_flow.expr.forms import (
    A_LIST,
    A_POSITION,
    ITS_ELEMENTS,
    LISTS,
    flat_list,
    list_of_elements,
    named,
    partial,
    simple,
)
from salespm_flow.expr.scope import Body
from salespm_flow.expr.signatures import ANY, Function, Nulls, Parameter, Rule, Signature, same_as_first
from salespm_flow.expr.types import BOOLEAN, NUMBER, ORDERED, Kind, ListType, Type, Typed

_AN_ELEMENT = Parameter("element", ANY)


def _with_element(result: Type | Rule, body: Body, *, repeats: bool = False) -> tuple[Signature]:
    """The list and an element of it, which may be null; or several."""
    return (
        Signature(
            parameters=(ITS_ELEMENTS, _AN_ELEMENT),
            result=result,
            body=body,
            nulls=Nulls.FIRST,
            repeats=repeats,
            alike=True,
        ),
    )


def _at_position(body: Body) -> tuple[Signature]:
    """The list, a position in it and an element."""
    return (
        Signature(
            parameters=(ITS_ELEMENTS, A_POSITION, _AN_ELEMENT),
            result=list_of_elements,
            body=body,
            nulls=Nulls.OPEN,
            alike=True,
        ),
    )


def _of_lists(body: Body) -> tuple[Signature]:
    """One or more lists of one type."""
    return (Signature(parameters=(A_LIST,), result=list_of_elements, body=body, repeats=True, alike=True),)


LIST_FUNCTIONS: Mapping[str, Function] = {
    "list contains": Function(
        signatures=_with_element(BOOLEAN, lists.contains_element),
        description=Bilingual("列表是否含有该元素", "Whether the element is in the list"),
        example='list contains(["CRM", "ERP"], "CRM")',
    ),
    "index of": Function(
        signatures=_with_element(ListType(Typed(NUMBER)), lists.positions),
        description=Bilingual("元素在列表中的各个位置，从 1 起", "The positions of the element in the list, from 1"),
        example="index of([5, 7, 5], 5) = [1, 3]",
    ),
    "append": Function(
        signatures=_with_element(list_of_elements, lists.append, repeats=True),
        description=Bilingual("在列表末尾加上元素", "The list with elements behind it"),
        example="append([1, 2], 3) = [1, 2, 3]",
    ),
    "concatenate": Function(
        signatures=_of_lists(lists.concatenate),
        description=Bilingual("依次连接几个列表", "The lists one after the other"),
        example="concatenate([1, 2], [2, 3]) = [1, 2, 2, 3]",
    ),
    "union": Function(
        signatures=_of_lists(lists.union),
        description=Bilingual("几个列表的全部元素，去掉重复", "The elements of all the lists without repetitions"),
        example="union([1, 2], [2, 3]) = [1, 2, 3]",
    ),
    "distinct values": Function(
        signatures=simple((A_LIST,), same_as_first, lists.distinct),
        description=Bilingual("去掉重复的元素", "The elements without repetitions"),
        example="distinct values([1, 2, 1]) = [1, 2]",
    ),
    "reverse": Function(
        signatures=simple((A_LIST,), same_as_first, lists.reverse),
        description=Bilingual("倒序的列表", "The list from last to first"),
        example="reverse([1, 2, 3]) = [3, 2, 1]",
    ),
    "sort": Function(
        signatures=(
            Signature(
                parameters=(Parameter("list", LISTS, ORDERED),),
                result=same_as_first,
                body=lists.ascending,
                nulls=Nulls.ELEMENTS,
            ),
        ),
        description=Bilingual(
            "从小到大的列表；降序再用 reverse", "The list from smallest to greatest; `reverse` turns it round"
        ),
        example="sort([3, 1, 2]) = [1, 2, 3]",
    ),
    "sublist": Function(
        signatures=(
            partial((A_LIST, *named(Kind.NUMBER, "start", "length")), same_as_first, lists.sublist, optional=1),
        ),
        description=Bilingual(
            "从第几个元素起的一段；负数从末尾数起", "The elements from a position, counted from 1, or back from -1"
        ),
        example="sublist([4, 5, 6], 2) = [5, 6]",
    ),
    "insert before": Function(
        signatures=_at_position(lists.insert_before),
        description=Bilingual("在某位置之前插入元素", "The list with an element in front of a position"),
        example="insert before([1, 3], 2, 2) = [1, 2, 3]",
    ),
    "list replace": Function(
        signatures=_at_position(lists.replace_at),
        description=Bilingual("换掉某位置的元素", "The list with another element at a position"),
        example="list replace([1, 9, 3], 2, 2) = [1, 2, 3]",
    ),
    "remove": Function(
        signatures=(partial((A_LIST, A_POSITION), same_as_first, lists.remove),),
        description=Bilingual("去掉某位置的元素", "The list without the element at a position"),
        example="remove([1, 9, 2], 2) = [1, 2]",
    ),
    "flatten": Function(
        signatures=simple((A_LIST,), flat_list, lists.flatten),
        description=Bilingual("展开嵌套的列表", "The elements of the list and of the lists within it"),
        example="flatten([[1], [2, 3]]) = [1, 2, 3]",
    ),
}
