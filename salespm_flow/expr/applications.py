"""Calls of names, such as `table.limit(amount: 5)`: which name is meant, whether its arguments fit, how it is applied.

Knows neither what stands behind such a name nor any built-in function.
"""

from collections.abc import Callable, Mapping
from typing import cast

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.findings import Findings
from salespm_flow.expr.fit import fit
from salespm_flow.expr.scope import Body, Compiled, Scope
from salespm_flow.expr.syntax import Call, Path
from salespm_flow.expr.terms import Term
from salespm_flow.expr.types import UNKNOWN, FunctionType, RecordType, Typed
from salespm_flow.expr.unparse import unparse
from salespm_flow.expr.values import Value


def callee_of(function: str, names: Mapping[str, Typed]) -> FunctionType | None:
    """The type of the dotted name that is called; None where it names nothing that can be."""
    root, *fields = function.split(".")
    found = names.get(root)
    for field in fields:
        found = found.type.fields.get(field) if found is not None and isinstance(found.type, RecordType) else None
    return found.type if found is not None and isinstance(found.type, FunctionType) else None


def namesakes(function: str, names: Mapping[str, Typed]) -> tuple[str, ...] | None:
    """The dotted names that stand beside the one called and can be; None where nothing can be called there."""
    root, _, field = function.partition(".")
    typed = names.get(root)
    if not field or typed is None or not isinstance(typed.type, RecordType):
        return None
    inner = typed.type.fields
    called = tuple(f"{root}.{name}" for name, one in inner.items() if isinstance(one.type, FunctionType))
    return called or None


def report_no_namesake(node: Call, known: tuple[str, ...], findings: Findings) -> Term:
    """Report that the dotted name does not exist, with those that do; the call's term is of an unknown type."""
    message = Bilingual(f"没有 `{node.function}`", f"there is no `{node.function}`")
    # Without what all of them begin with, which would make any two look alike.
    short = {name.partition(".")[2]: name for name in known}
    close = findings.nearest(node.function.partition(".")[2], short)
    listed = ", ".join(known[:8])
    hint = Bilingual(f"可用：{listed}", f"one of {listed}")
    if close is not None:
        hint = Bilingual(f"是否指 `{short[close]}`？", f"did you mean `{short[close]}`?")
    findings.error("SF206", node, message, hint)
    return Term(node=node, typed=Typed(UNKNOWN, nullable=True))


def report_uncalled(node: Path, findings: Findings) -> Typed:
    """Report that the name is not called; the path's type is unknown."""
    written = unparse(node)
    message = Bilingual(f"`{written}` 要带上输入调用", f"`{written}` is called with its inputs")
    findings.error("SF207", node, message, Bilingual(f"写作 `{written}(…)`", f"write `{written}(…)`"))
    return Typed(UNKNOWN, nullable=True)


def application(node: Call, callee: FunctionType, arguments: tuple[Term, ...], findings: Findings) -> Term:
    """The term of the call, its arguments bent to the parameters; they stay in the order written."""
    parameters = callee.parameters
    unknown = Term(node=node, typed=Typed(UNKNOWN, nullable=True), parts=arguments)
    usage = f"{node.function}({', '.join(f'{name}: …' for name in parameters)})"
    hint = Bilingual(f"用法：`{usage}`", f"usage: `{usage}`")
    if not node.names and len(arguments) > len(parameters):
        message = Bilingual(
            f"`{node.function}` 有 {len(parameters)} 个输入，不接受 {len(arguments)} 个参数",
            f"`{node.function}` has {len(parameters)} inputs and does not take {len(arguments)} arguments",
        )
        findings.error("SF207", node, message, hint)
        return unknown
    given = node.names or tuple(parameters)[: len(arguments)]
    for name, argument in zip(given, arguments, strict=True):
        if name not in parameters:
            message = Bilingual(f"`{node.function}` 没有输入 `{name}`", f"`{node.function}` has no input `{name}`")
            close = findings.nearest(name, parameters)
            meant = None if close is None else Bilingual(f"是否指 `{close}`？", f"did you mean `{close}`?")
            findings.error("SF207", argument.node, message, meant or hint)
            return unknown
    missing = [name for name in parameters if name not in given]
    if missing:
        listed = ", ".join(missing)
        message = Bilingual(f"`{node.function}` 缺少输入：{listed}", f"`{node.function}` lacks the inputs {listed}")
        findings.error("SF207", node, message, hint)
        return unknown
    fitted = tuple(fit(one, parameters[name], findings) for name, one in zip(given, arguments, strict=True))
    return Term(node=node, typed=callee.result, parts=fitted, callee=callee)


def compile_application(term: Term, node: Call, callee: FunctionType, compiled: Callable[[Term], Compiled]) -> Compiled:
    """The closure of the call; null where nothing stands behind the name."""
    root, *fields = node.function.split(".")
    given = node.names or tuple(callee.parameters)
    closures = dict(zip(given, (compiled(part) for part in term.parts), strict=True))
    ordered = tuple(closures[name] for name in callee.parameters)

    def run(scope: Scope) -> Value:
        found = scope.names.get(root)
        for field in fields:
            found = found.get(field) if isinstance(found, Mapping) else None
        # What can be called is no value, so no type says that it may stand in a record.
        body = cast("Body | None", found)
        if body is None:
            return None
        scope.burn(len(ordered))
        return body(scope, tuple([argument(scope) for argument in ordered]))

    return run
