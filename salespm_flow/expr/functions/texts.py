"""The functions on texts."""

from collections.abc import Callable, Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr import texts
from salespm_flow.expr.forms import A_TEXT, LISTS, TEXTS, named, partial
from salespm_flow.expr.signatures import Function, Parameter, Signature
from salespm_flow.expr.texts import on_texts
from salespm_flow.expr.types import BOOLEAN, NUMBER, TEXT, Kind, ListType, Type, Typed
from salespm_flow.expr.values import Value


def _on_texts(parameters: tuple[Parameter, ...], result: Type, function: Callable[..., Value]) -> tuple[Signature]:
    """The signature of a plain function of Python strings."""
    return (Signature(parameters=parameters, result=result, body=on_texts(function), on_texts=function),)


_A_PART = Parameter("part", TEXTS)
_A_DELIMITER = Parameter("delimiter", TEXTS)

TEXT_FUNCTIONS: Mapping[str, Function] = {
    "string length": Function(
        signatures=_on_texts((A_TEXT,), NUMBER, texts.text_length),
        description=Bilingual("文本的字符数", "How many characters the text has"),
        example='string length("销售管线") = 4',
    ),
    "upper case": Function(
        signatures=_on_texts((A_TEXT,), TEXT, str.upper),
        description=Bilingual("转为大写", "The text in upper case"),
        example='upper case("cny") = "CNY"',
    ),
    "lower case": Function(
        signatures=_on_texts((A_TEXT,), TEXT, str.lower),
        description=Bilingual("转为小写", "The text in lower case"),
        example='lower case("CNY") = "cny"',
    ),
    "trim": Function(
        signatures=_on_texts((A_TEXT,), TEXT, str.strip),
        description=Bilingual("去掉首尾空白", "The text without space around it"),
        example='trim(" CRM ") = "CRM"',
    ),
    "contains": Function(
        signatures=_on_texts((A_TEXT, _A_PART), BOOLEAN, str.__contains__),
        description=Bilingual("文本是否包含另一文本", "Whether the text holds the other"),
        example='contains("CRM 二期", "CRM")',
    ),
    "starts with": Function(
        signatures=_on_texts((A_TEXT, Parameter("start", TEXTS)), BOOLEAN, str.startswith),
        description=Bilingual("文本是否以另一文本开头", "Whether the text begins with the other"),
        example='starts with("华东公司", "华东")',
    ),
    "ends with": Function(
        signatures=_on_texts((A_TEXT, Parameter("end", TEXTS)), BOOLEAN, str.endswith),
        description=Bilingual("文本是否以另一文本结尾", "Whether the text ends with the other"),
        example='ends with("华东公司", "公司")',
    ),
    "substring": Function(
        signatures=(partial((A_TEXT, *named(Kind.NUMBER, "start", "length")), TEXT, texts.substring, optional=1),),
        description=Bilingual(
            "从第几个字符起的一段文本；负数从末尾数起",
            "The characters from a position, counted from 1, or back from -1",
        ),
        example='substring("销售管线", 1, 2) = "销售"',
    ),
    "substring before": Function(
        signatures=_on_texts((A_TEXT, _A_PART), TEXT, texts.before),
        description=Bilingual(
            "另一文本首次出现之前的部分；没有则为空文本",
            "The text up to where the other first occurs; empty if it does not",
        ),
        example='substring before("wang@crm", "@") = "wang"',
    ),
    "substring after": Function(
        signatures=_on_texts((A_TEXT, _A_PART), TEXT, texts.after),
        description=Bilingual(
            "另一文本首次出现之后的部分；没有则为空文本",
            "The text behind where the other first occurs; empty if it does not",
        ),
        example='substring after("wang@crm", "@") = "crm"',
    ),
    "string join": Function(
        signatures=(
            Signature(
                parameters=(Parameter("list", LISTS, TEXTS), _A_DELIMITER), optional=1, result=TEXT, body=texts.join
            ),
        ),
        description=Bilingual(
            "把列表中的文本连接起来，可给分隔符；空值略过",
            "The texts of the list joined, with a delimiter if given; nulls are left out",
        ),
        example='string join(["CRM", "ERP"], "+") = "CRM+ERP"',
    ),
    "split": Function(
        signatures=(partial((A_TEXT, _A_DELIMITER), ListType(Typed(TEXT)), texts.split),),
        description=Bilingual(
            "按分隔文本切开；分隔符就是文本，不是正则表达式",
            "The parts between the delimiters; a delimiter is plain text, not a regular expression",
        ),
        example='split("CRM;ERP", ";") = ["CRM", "ERP"]',
    ),
}
