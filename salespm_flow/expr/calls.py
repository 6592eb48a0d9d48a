"""Type rules of function calls, over arguments already checked. Knows no names; reads the function table."""

from collections.abc import Set as AbstractSet

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.conversions import is_currency
from salespm_flow.expr.findings import Findings
from salespm_flow.expr.fit import common_type, conversion_hint, fit
from salespm_flow.expr.functions import ABSENT, ALIASES, FUNCTIONS, STATE_FUNCTIONS
from salespm_flow.expr.problems import Remedy
from salespm_flow.expr.signatures import Counts, Function, Parameter, Signature, is_nullable, takes_nulls
from salespm_flow.expr.syntax import Call, Node, TextLiteral
from salespm_flow.expr.temporal import parse_temporal
from salespm_flow.expr.terms import Term, element_of, is_null
from salespm_flow.expr.types import (
    UNKNOWN,
    EnumType,
    Kind,
    ListType,
    RangeType,
    SimpleType,
    Type,
    Typed,
    describe,
    describe_kind,
    kind_of,
)
from salespm_flow.expr.unparse import write_text
from salespm_flow.nouns import dataclass

# What reads a date, time or duration off a text.
_MOMENTS = frozenset({"date", "time", "date and time", "duration"})
_SIMPLE = frozenset(Kind) - {Kind.MONEY, Kind.ENUM, Kind.REF, Kind.LIST, Kind.RECORD, Kind.RANGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotable:
    """What calls may name by text: states, and the fields and records that change; None where anything goes."""

    states: AbstractSet[str] | None
    changeable: AbstractSet[str] | None


def call(node: Call, arguments: tuple[Term, ...], quotable: Quotable, findings: Findings) -> Term:
    """The term of a call; a state, field or record that it names by text must be `quotable`."""
    function = FUNCTIONS.get(node.function)
    if function is None:
        _report_unknown(node, findings)
        return Term(node=node, typed=Typed(UNKNOWN, nullable=True), parts=arguments)
    signature = next((one for one in function.signatures if _fits(one, arguments)), None)
    if signature is None:
        _report_arguments(node, function, arguments, findings)
        return Term(node=node, typed=Typed(UNKNOWN, nullable=True), parts=arguments)
    if node.function in STATE_FUNCTIONS and quotable.states is not None:
        _check_quoted(node, arguments[0], quotable.states, findings)
    if node.function == "changed" and quotable.changeable is not None:
        _check_quoted(node, arguments[0], quotable.changeable, findings)
    if node.function == "convert":
        _check_currency(arguments[1], findings)
    if signature.alike:
        arguments = _alike(signature, arguments, findings)
    return _result(node, signature, arguments, findings)


def written(name: str, signature: Signature) -> str:
    """How the signature reads: `round(value, places?)`."""
    last = len(signature.parameters) - signature.optional
    names = [parameter.name + ("?" if at >= last else "") for at, parameter in enumerate(signature.parameters)]
    return f"{name}({', '.join(names)}{', …' if signature.repeats else ''})"


def _result(node: Call, signature: Signature, arguments: tuple[Term, ...], findings: Findings) -> Term:
    if not takes_nulls(signature.nulls) and any(is_null(argument) for argument in arguments):
        findings.only_null(node)
    match arguments:
        case (Term(node=TextLiteral(value=text)),) if node.function in _MOMENTS and parse_temporal(text) is None:
            example = FUNCTIONS[node.function].example
            findings.only_null(node, Bilingual(f"例如 `{example}`", f"such as `{example}`"))
        case _:
            pass
    typed = tuple(argument.typed for argument in arguments)
    nodes = tuple(argument.node for argument in arguments)
    result = signature.result(typed, nodes) if callable(signature.result) else signature.result
    return Term(
        node=node,
        typed=Typed(result, is_nullable(signature.nulls, typed)),
        parts=arguments,
        signature=signature,
    )


def _alike(signature: Signature, arguments: tuple[Term, ...], findings: Findings) -> tuple[Term, ...]:
    """The arguments bent to one type, each as far as its parameter says."""
    counted = [(argument, signature.parameter(at).counts) for at, argument in enumerate(arguments)]
    target = common_type(_stand_in(argument, counts) for argument, counts in counted if counts is not Counts.APART)
    return tuple(_bent(argument, counts, target, findings) for argument, counts in counted)


def _stand_in(argument: Term, counts: Counts) -> Term:
    """What stands for the argument where a common type is sought."""
    match counts, argument.typed.type:
        case Counts.ELEMENTS, ListType(of=of):
            return element_of(argument, of)
        case Counts.BOUNDS, RangeType(of=type_):
            return element_of(argument, Typed(type_))
        case ((Counts.ELEMENTS | Counts.BOUNDS), _):
            return element_of(argument, Typed(UNKNOWN))
        case _:
            return argument


def _bent(argument: Term, counts: Counts, target: Type, findings: Findings) -> Term:
    match counts, argument.typed.type:
        case Counts.ELEMENTS, ListType(of=of):
            return fit(argument, ListType(Typed(target, of.nullable)), findings)
        case Counts.BOUNDS, RangeType():
            return fit(argument, RangeType(target), findings)
        case Counts.WHOLE, _:
            return fit(argument, target, findings)
        case _:
            return argument


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


def _check_quoted(node: Call, argument: Term, known: AbstractSet[str], findings: Findings) -> None:
    """Report a name that is not known, or that nobody can check before running because it is computed."""
    match argument:
        case Term(node=TextLiteral(value=name)):
            if name not in known:
                _report_unknown_name(node, name, known, findings)
        case Term(typed=Typed(type=EnumType(values=values))) if set(values) <= known:
            pass
        case Term(typed=Typed(type=SimpleType(kind=Kind.UNKNOWN | Kind.NULL))):
            pass
        case _:
            message = Bilingual(
                f"`{node.function}` 的名称要直接写出，不能计算得出",
                f"`{node.function}` takes a name that is written out",
            )
            hint = Bilingual(f"例如 `{node.function}({_some(known)})`", f"such as `{node.function}({_some(known)})`")
            findings.error("SF207", argument.node, message, hint)


def _check_currency(argument: Term, findings: Findings) -> None:
    """Report a currency that is not written out as one: the result's type would be unknown."""
    match argument.node:
        case TextLiteral(value=code) if is_currency(code):
            return
        case _:
            message = Bilingual("换算到哪种货币要直接写出", "the currency to convert to is written out")
            hint = Bilingual('三个大写字母的代码，例如 `"CNY"`', 'a code of three capitals, such as `"CNY"`')
            findings.error("SF207", argument.node, message, hint)


def _some(known: AbstractSet[str]) -> str:
    return write_text(min(known, default="…"))


def _report_unknown_name(node: Call, name: str, known: AbstractSet[str], findings: Findings) -> None:
    at = node.arguments[0]
    if node.function in STATE_FUNCTIONS:
        _report_unknown_state(at, name, known, findings)
        return
    close = findings.nearest(name, known)
    hint = None if close is None else Bilingual(f"是否指 `{close}`？", f"did you mean `{close}`?")
    remedy = None if close is None else Remedy(at.start, at.end, write_text(close), is_safe=False)
    message = Bilingual(f"没有可修改的字段或记录 `{name}`", f"there is no field or record `{name}` that can change")
    findings.error("SF202", at, message, hint, remedy=remedy)


def _report_unknown_state(at: Node, name: str, known: AbstractSet[str], findings: Findings) -> None:
    """Report a state that is not written by the shortest part of its path that means only it."""
    message = Bilingual(f"没有状态 `{name}`", f"there is no state `{name}`")
    longer = sorted(one for one in known if one.endswith(f".{name}"))
    shorter = [one for one in known if name.endswith(f".{one}")]
    meant = shorter[0] if len(shorter) == 1 else longer[0] if len(longer) == 1 else findings.nearest(name, known)
    hint = None if meant is None else Bilingual(f"是否指 `{meant}`？", f"did you mean `{meant}`?")
    if len(longer) > 1:
        meant, listed = None, [f"`{one}`" for one in longer]
        message = Bilingual(f"有多个状态叫 `{name}`", f"several states are called `{name}`")
        hint = Bilingual(f"请写 {'、'.join(listed)} 之一", f"write one of {', '.join(listed)}")
    elif len(shorter) == 1:
        message = Bilingual(
            f"状态 `{name}` 在表达式里要用最短的名称", f"an expression calls the state `{name}` by its shortest name"
        )
        hint = Bilingual(f"请写 `{meant}`", f"write `{meant}`")
    remedy = None if meant is None else Remedy(at.start, at.end, write_text(meant), is_safe=False)
    findings.error("SF211", at, message, hint, remedy=remedy)


def _report_unknown(node: Call, findings: Findings) -> None:
    name = node.function
    absent = ABSENT.get(name.partition(".")[0])
    if absent is not None:
        message = Bilingual(f"`{name}(…)` 不可用：{absent.why.zh}", f"`{name}(…)` is not available: {absent.why.en}")
        findings.error("SF212", node, message, absent.instead)
        return
    message = Bilingual(f"没有函数 `{name}`", f"there is no function `{name}`")
    findings.error("SF206", node, message, _function_hint(name, findings))


def _function_hint(name: str, findings: Findings) -> Bilingual | None:
    if name in ("year", "month", "day", "weekday", "hour", "minute", "second"):
        return Bilingual(f"写作 `x.{name}`", f"write `x.{name}`")
    spaced = name.replace("_", " ").lower()
    near = findings.nearest(spaced, (*FUNCTIONS, *ALIASES))
    meant = ALIASES.get(name.lower()) or ALIASES.get(near or "", near)
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
    actual_type = arguments[at].typed.type
    if isinstance(actual_type, ListType) and Kind.LIST in wanted.kinds:
        findings.error("SF207", arguments[at].node, _element_message(node.function, actual_type, wanted), hint)
        return
    kinds = [kind for kind in Kind if kind in wanted.kinds]
    actual = describe(actual_type)
    taken = _listed(kinds)
    message = Bilingual(
        f"`{node.function}` 的第 {at + 1} 个参数需要{taken.zh}，实际是{actual.zh}",
        f"argument {at + 1} of `{node.function}` takes {taken.en}, this is {actual.en}",
    )
    better = conversion_hint(arguments[at], SimpleType(kinds[0])) if len(kinds) == 1 and kinds[0] in _SIMPLE else None
    findings.error("SF207", arguments[at].node, message, better or hint)


def _element_message(function: str, actual: ListType, wanted: Parameter) -> Bilingual:
    """That the list is one of things the function does not take."""
    taken, element = _listed([kind for kind in Kind if kind in wanted.elements]), describe(actual.of.type)
    return Bilingual(
        f"`{function}` 的列表元素需要{taken.zh}，实际是{element.zh}",
        f"`{function}` takes a list of {taken.en}, this one is of {element.en}",
    )


def _listed(kinds: list[Kind]) -> Bilingual:
    """The first few kinds in words."""
    words = [describe_kind(kind) for kind in kinds[:4]]
    return Bilingual("、".join(word.zh for word in words), " or ".join(word.en for word in words))
