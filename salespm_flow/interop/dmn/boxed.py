"""DMN's boxed expressions as texts of our rule language. What has a name of its own becomes a table by the caller.

Knows names and elements, neither types nor documents.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.interop.dmn.feel import Names, identifier
from salespm_flow.interop.dmn.source import Element
from salespm_flow.interop.dmn.types import NotSupported
from salespm_flow.model.tables import TABLE
from salespm_flow.nouns import dataclass

EXPRESSIONS: Final = (
    "literalExpression",
    "decisionTable",
    "invocation",
    "context",
    "list",
    "relation",
    "functionDefinition",
    "conditional",
    "for",
    "every",
    "some",
    "filter",
)
_FEEL: Final = "feel"


@dataclass(frozen=True, slots=True)
class Function:
    """A table that texts may call: its id, and its parameters' ids by their names, in order."""

    table: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """What boxed expressions are read with: the names in view, the functions by name, and what makes a nested table."""

    names: Names
    functions: Mapping[str, Function]
    nested: Callable[[Element, "Boxes"], str]

    def seeing(self, more: Mapping[str, str]) -> "Boxes":
        """The same with more names."""
        return Boxes(names=self.names.extended(more), functions=self.functions, nested=self.nested)

    def text(self, element: Element) -> str:
        """The expression as one text.

        Raises:
            NotSupported: it is of a kind that no text of our language says.
        """
        match element.name:
            case "literalExpression":
                return self._literal(element)
            case "invocation":
                return self._invocation(element)
            case "decisionTable":
                return self.nested(element, self)
            case "list":
                return f"[{', '.join(self.text(one) for one in element.all(*EXPRESSIONS))}]"
            case "relation":
                return self._relation(element)
            case "context":
                return self._record(element)
            case "conditional" | "filter" | "for" | "every" | "some":
                return self._control(element)
            case _:
                raise unsupported(element, f"{element.name}")

    def _control(self, element: Element) -> str:
        match element.name:
            case "conditional":
                condition, then, otherwise = (self.part(element, name) for name in ("if", "then", "else"))
                return f"if {condition} then {then} else {otherwise}"
            case "filter":
                return f"({self.part(element, 'in')})[{self.part(element, 'match')}]"
            case _:
                return self._loop(element)

    def _literal(self, element: Element) -> str:
        language = element.get("expressionLanguage").lower().rstrip("/")
        if language and not language.endswith(_FEEL):
            raise unsupported(element, language)
        imported = element.first("importedValues")
        if imported is not None:
            raise unsupported(imported, "importedValues")
        text = element.first("text")
        written = "" if text is None else self.names.rewritten(text.text)
        if not written:
            raise NotSupported(Bilingual("表达式是空的", "the expression is empty"), element.span)
        return written

    def part(self, element: Element, name: str) -> str:
        """The expression in the child of that name.

        Raises:
            NotSupported: there is none, or it is of no kind that texts say.
        """
        part = element.first(name)
        inner = None if part is None else part.first(*EXPRESSIONS)
        if inner is None:
            raise NotSupported(
                Bilingual(f"{element.name} 缺少 {name}", f"the {element.name} has no {name}"), element.span
            )
        return self.text(inner)

    def _loop(self, element: Element) -> str:
        written = element.get("iteratorVariable")
        variable = identifier(written)
        source = self.part(element, "in")
        word = "return" if element.name == "for" else "satisfies"
        body = self.seeing({written: variable}).part(element, word)
        return f"{element.name} {variable} in {source} {word} {body}"

    def _invocation(self, element: Element) -> str:
        called = element.first("literalExpression")
        name = "" if called is None else " ".join(called_name(called).split())
        function = self.functions.get(name)
        if function is None:
            raise NotSupported(Bilingual(f"不能调用 {name}", f"{name} cannot be invoked"), element.span)
        given: dict[str, str] = {}
        for binding in element.all("binding"):
            parameter, inner = binding.first("parameter"), binding.first(*EXPRESSIONS)
            if parameter is not None:
                given[parameter.get("name")] = "null" if inner is None else self.text(inner)
        return call(function, given)

    def _relation(self, element: Element) -> str:
        columns = [identifier(column.get("name")) for column in element.all("column")]
        rows = []
        for row in element.all("row"):
            cells = [self.text(cell) for cell in row.all(*EXPRESSIONS)]
            if len(cells) != len(columns):
                raise NotSupported(Bilingual("行的格数不对", "a row with too few or too many cells"), row.span)
            rows.append(record(zip(columns, cells, strict=True)))
        return f"[{', '.join(rows)}]"

    def _record(self, element: Element) -> str:
        """A context whose entries do not speak of each other, as a record."""
        entries: list[tuple[str, str]] = []
        for entry in element.all("contextEntry"):
            variable, inner = entry.first("variable"), entry.first(*EXPRESSIONS)
            if variable is None or inner is None or inner.name == "functionDefinition":
                raise unsupported(entry, "context")
            entries.append((identifier(variable.get("name")), self.text(inner)))
        return record(entries)


def record(entries: Iterable[tuple[str, str]]) -> str:
    """A record literal."""
    return "{" + ", ".join(f"{key}: {text}" for key, text in entries) + "}"


def call(function: Function, given: Mapping[str, str]) -> str:
    """The call of a table with texts by the names of its parameters; what is not given is null."""
    arguments = (f"{id_}: {given.get(name, 'null')}" for name, id_ in function.parameters.items())
    return f"{TABLE}.{function.table}({', '.join(arguments)})"


def called_name(element: Element) -> str:
    """The text of a literal expression that only names something."""
    text = element.first("text")
    return "" if text is None else text.text.strip()


def unsupported(element: Element, what: str) -> NotSupported:
    """That an element is of a kind that our documents cannot say."""
    return NotSupported(Bilingual(f"不支持 {what}", f"{what} is not supported"), element.span)
