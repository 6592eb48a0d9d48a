"""The functions on numbers, amounts and lengths."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr import numbers
from salespm_flow.expr.forms import A_NUMBER, ADDABLE, AMOUNTS, named, partial, rounding, simple
from salespm_flow.expr.signatures import Function, Parameter, same_as_first
from salespm_flow.expr.types import BOOLEAN, NUMBER, Kind

NUMBER_FUNCTIONS: Mapping[str, Function] = {
    "abs": Function(
        signatures=simple((Parameter("value", ADDABLE),), same_as_first, numbers.absolute),
        description=Bilingual("绝对值", "The value without its sign"),
        example="abs(-5d) = 5d",
    ),
    "decimal": Function(
        signatures=simple(
            (Parameter("value", AMOUNTS), *named(Kind.NUMBER, "places")), same_as_first, numbers.round_half_even
        ),
        description=Bilingual("保留几位小数，四舍六入五成双", "Rounded half to even to so many places"),
        example="decimal(2.125, 2) = 2.12",
    ),
    "round": Function(
        signatures=rounding(numbers.round_half_even),
        description=Bilingual(
            "四舍六入五成双，可给小数位数", "Rounded half to even, to whole numbers or so many places"
        ),
        example="round(2.125, 2) = 2.12",
    ),
    "round half up": Function(
        signatures=rounding(numbers.round_half_up),
        description=Bilingual("四舍五入，可给小数位数", "Rounded half away from zero, to whole numbers or places"),
        example="round half up(2.125, 2) = 2.13",
    ),
    "round half down": Function(
        signatures=rounding(numbers.round_half_down),
        description=Bilingual("五舍六入，可给小数位数", "Rounded half towards zero, to whole numbers or places"),
        example="round half down(2.125, 2) = 2.12",
    ),
    "round up": Function(
        signatures=rounding(numbers.round_up),
        description=Bilingual("远离零取整，可给小数位数", "Rounded away from zero, to whole numbers or places"),
        example="round up(-2.1) = -3",
    ),
    "round down": Function(
        signatures=rounding(numbers.round_down),
        description=Bilingual("向零取整，可给小数位数", "Rounded towards zero, to whole numbers or places"),
        example="round down(-2.9) = -2",
    ),
    "floor": Function(
        signatures=rounding(numbers.floor),
        description=Bilingual("向下取整，可给小数位数", "Rounded down, to whole numbers or so many places"),
        example="floor(-2.1) = -3",
    ),
    "ceiling": Function(
        signatures=rounding(numbers.ceiling),
        description=Bilingual("向上取整，可给小数位数", "Rounded up, to whole numbers or so many places"),
        example="ceiling(2.1) = 3",
    ),
    "modulo": Function(
        signatures=(partial(named(Kind.NUMBER, "dividend", "divisor"), NUMBER, numbers.modulo),),
        description=Bilingual("余数，符号同除数", "The remainder, with the sign of the divisor"),
        example="modulo(-7, 3) = 2",
    ),
    "sqrt": Function(
        signatures=(partial((A_NUMBER,), NUMBER, numbers.square_root),),
        description=Bilingual("平方根；负数为空值", "The square root; null of a negative number"),
        example="sqrt(16) = 4",
    ),
    "log": Function(
        signatures=(partial((A_NUMBER,), NUMBER, numbers.logarithm),),
        description=Bilingual(
            "自然对数；零和负数为空值", "The natural logarithm; null of zero and of negative numbers"
        ),
        example="log(1) = 0",
    ),
    "exp": Function(
        signatures=(partial((A_NUMBER,), NUMBER, numbers.exponential),),
        description=Bilingual("e 的幂；过大为空值", "Euler's number to the power; null if too big"),
        example="exp(0) = 1",
    ),
    "odd": Function(
        signatures=(partial((A_NUMBER,), BOOLEAN, numbers.odd),),
        description=Bilingual("是否奇数；不是整数则为空值", "Whether a whole number is odd; null of any other"),
        example="odd(3)",
    ),
    "even": Function(
        signatures=(partial((A_NUMBER,), BOOLEAN, numbers.even),),
        description=Bilingual("是否偶数；不是整数则为空值", "Whether a whole number is even; null of any other"),
        example="even(4)",
    ),
}
