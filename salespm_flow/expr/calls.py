"""Type rules of function calls, over arguments already checked. Knows no names; reads the function table."""

from collections.abc import Set as AbstractSet
from difflib import get_close_matches

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.findings import Findings
from salespm_flow.expr.fit import common_type, conversion_hint, fit
from salespm_flow.expr.functions import ALIASES, FUNCTIONS, LATER, STATE_FUNCTIONS
from salespm_flow.expr.signatures import Function, Nulls, Parameter, Signature, is_nullable
from salespm_flow.expr.syntax import Call, TextLiteral
from salespm_flow.expr.terms import Term, element_of, is_null
from salespm_flow.expr.types import (
    UNKNOWN,
    Kind,
    ListType,
    SimpleType,
    Typed,
    describe,
    describe_kind,
    kind_of,
)

_SIMPLE = frozenset(Kind) - {Kind.MONEY, Kind.ENUM, Kind.REF, Kind.LIST, Kind.RECORD, Kind.RANGE}


def call(node: Call, arguments: tuple[Term, ...], states: AbstractSet[str] | None, findings: Findings) -> Term:
    """The term of a call; with `states` given, a state named by a literal must be one of them."""
    function = FUNCTIONS.get(node.function)
    if function is None:
        _report_unknown(node, findings)
        return Term(node=node, typed=Typed(UNKNOWN, nullable=True), parts=arguments)
    if node.function in STATE_FUNCTIONS and states is not None:
        _check_state(arguments, states, findings)
    signature = next((one for one in function.signatures if _fits(one, arguments)), None)
    if signature is None:
        _report_arguments(node, function, arguments, findings)
        return Term(node=node, typed=Typed(UNKNOWN, nullable=True), parts=arguments)
    if signature.alike:
        arguments = _alike(arguments, findings)
    return _result(node, signature, arguments, findings)


def written(name: str, signature: Signature) -> str:
    """How the signature reads: `round(value, places?)`."""
    last = len(signature.parameters) - signature.optional
    names = [parameter.name + ("?" if at >= last else "") for at, parameter in enumerate(signature.parameters)]
    return f"{name}({', '.join(names)}{', …' if signature.repeats else ''})"


def _result(node: Call, signature: Signature, arguments: tuple[Term, ...], findings: Findings) -> Term:
    takes_null = signature.nulls in (Nulls.FIRST, Nulls.LAST, Nulls.NEVER)
    if not takes_null and any(is_null(argument) for argument in arguments):
        findings.only_null(node)
    typed = tuple(argument.typed for argument in arguments)
    nodes = tuple(argument.node for argument in arguments)
    result = signature.result(typed, nodes) if callable(signature.result) else signature.result
    return Term(
        node=node,
        typed=Typed(result, is_nullable(signature.nulls, typed)),
        parts=arguments,
        signature=signature,
    )


def _alike(arguments: tuple[Term, ...], findings: Findings) -> tuple[Term, ...]:
    """The arguments bent to one type, where a list counts as its elements and stays a list."""
    lists = [isinstance(argument.typed.type, ListType) for argument in arguments]
    if not lists[0] or (all(lists) and len(lists) > 1 and _same_depth(arguments)):
        target = common_type(arguments)
        return tuple(fit(argument, target, findings) for argument in arguments)
    stand_ins = tuple(_element(argument) if at == 0 else argument for at, argument in enumerate(arguments))
    target = common_type(stand_ins)
    whole = fit(arguments[0], ListType(Typed(target, _element(arguments[0]).typed.nullable)), findings)
    return (whole, *(fit(argument, target, findings) for argument in arguments[1:]))


def _same_depth(arguments: tuple[Term, ...]) -> bool:
    return len({_depth(argument) for argument in arguments}) == 1


def _depth(argument: Term) -> int:
    depth, type_ = 0, argument.typed.type
    while isinstance(type_, ListType):
        depth, type_ = depth + 1, type_.of.type
    return depth


def _element(argument: Term) -> Term:
    type_ = argument.typed.type
    return element_of(argument, type_.of if isinstance(type_, ListType) else Typed(UNKNOWN))


def _fits(signature: Signature, arguments: tuple[Term, ...]) -> bool:
    return signature.takes(len(arguments)) and all(
        _takes(signature.parameter(at), argument) for at, argument in enumerate(arguments)
    )


def _takes(parameter: Parameter, argument: Term) -> bool:
    kind = kind_of(argument.typed.type)
    if kind in (Kind.UNKNOWN, Kind.NULL):
        return True
    if kind not in parameter.kinds:
        return False
    if not isinstance(argument.typed.type, ListType):
        return True
    element = kind_of(argument.typed.type.of.type)
    return element in parameter.elements or element in (Kind.UNKNOWN, Kind.NULL)


def _check_state(arguments: tuple[Term, ...], states: AbstractSet[str], findings: Findings) -> None:
    if not arguments or not isinstance(arguments[0].node, TextLiteral) or arguments[0].node.value in states:
        return
    name = arguments[0].node.value
    close = get_close_matches(name, states, n=1)
    hint = Bilingual(f"是否指 `{close[0]}`？", f"did you mean `{close[0]}`?") if close else None
    findings.error("SF211", arguments[0].node, Bilingual(f"没有状态 `{name}`", f"there is no state `{name}`"), hint)


def _report_unknown(node: Call, findings: Findings) -> None:
    name = node.function
    later = LATER.get(name.partition(".")[0])
    if later is not None:
        message = Bilingual(f"`{name}(…)` 尚不可用", f"`{name}(…)` is not available yet")
        findings.error("SF212", node, message, later)
        return
    message = Bilingual(f"没有函数 `{name}`", f"there is no function `{name}`")
    findings.error("SF206", node, message, _function_hint(name))


def _function_hint(name: str) -> Bilingual | None:
    if name in ("year", "month", "day", "weekday", "hour", "minute", "second"):
        return Bilingual(f"写作 `x.{name}`", f"write `x.{name}`")
    spaced = name.replace("_", " ").lower()
    close = get_close_matches(spaced, FUNCTIONS, n=1)
    meant = ALIASES.get(name.lower()) or (close[0] if close else None)
    return None if meant is None else Bilingual(f"是否指 `{meant}(…)`？", f"did you mean `{meant}(…)`?")


def _report_arguments(node: Call, function: Function, arguments: tuple[Term, ...], findings: Findings) -> None:
    """Report the one argument that no signature takes, else the number of arguments."""
    usage = " | ".join(written(node.function, signature) for signature in function.signatures)
    hint = Bilingual(f"用法：{usage}，例如 `{function.example}`", f"usage: {usage}, such as `{function.example}`")
    counted = [one for one in function.signatures if one.takes(len(arguments))]
    if not counted:
        message = Bilingual(
            f"`{node.function}` 不接受 {len(arguments)} 个参数",
            f"`{node.function}` does not take {len(arguments)} arguments",
        )
        findings.error("SF207", node, message, hint)
        return
    at = next((at for at, one in enumerate(arguments) if not any(_takes(sig.parameter(at), one) for sig in counted)), 0)
    wanted = counted[0].parameter(at)
    kinds = [kind for kind in Kind if kind in wanted.kinds]
    actual = describe(arguments[at].typed.type)
    listed = [describe_kind(kind) for kind in kinds[:4]]
    listed_zh, listed_en = "、".join(one.zh for one in listed), " or ".join(one.en for one in listed)
    message = Bilingual(
        f"`{node.function}` 的第 {at + 1} 个参数需要{listed_zh}，实际是{actual.zh}",
        f"argument {at + 1} of `{node.function}` takes {listed_en}, this is {actual.en}",
    )
    better = conversion_hint(arguments[at], SimpleType(kinds[0])) if len(kinds) == 1 and kinds[0] in _SIMPLE else None
    findings.error("SF207", arguments[at].node, message, better or hint)
