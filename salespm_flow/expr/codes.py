"""The permanent codes of what can be wrong with an expression (SF2xx)."""

from collections.abc import Mapping
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual

EXPRESSION_CODES: Mapping[str, Bilingual] = MappingProxyType(
    {
        "SF201": Bilingual("表达式无法读懂", "the text cannot be read"),
        "SF202": Bilingual("未知的名字或字段", "an unknown name or field"),
        "SF203": Bilingual("类型不合", "a type that does not fit"),
        "SF204": Bilingual("不是枚举的可选值", "not one of the enum's values"),
        "SF205": Bilingual("两种币种", "two currencies"),
        "SF206": Bilingual("未知的函数", "an unknown function"),
        "SF207": Bilingual("函数的参数不合", "arguments that do not fit the function"),
        "SF208": Bilingual("太长、太深或数值太大", "too long, too deep, or a literal too big"),
        "SF209": Bilingual("全角字符", "full-width characters"),
        "SF210": Bilingual("结果只能是空值", "it can only be null"),
        "SF211": Bilingual("未知的状态", "an unknown state"),
        "SF212": Bilingual("本版本还没有", "not available in this version"),
        "SF230": Bilingual("计算量超出上限（运行时）", "out of fuel, at run time"),
    }
)
