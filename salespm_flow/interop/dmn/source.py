"""Reads the XML of a DMN file into a plain tree with places, within limits. Knows nothing of what the elements mean.

The parser is the standard library's expat with every door shut: a document type, which entities come with, is refused
where it begins, so that nothing is ever fetched or expanded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Final
from xml.parsers import expat

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.errors import ModelFileError
from salespm_flow.nouns import dataclass

MAXIMUM_BYTES: Final = 10_000_000
MAXIMUM_DEPTH: Final = 100
MAXIMUM_ELEMENTS: Final = 200_000
_SEPARATOR: Final = "\n"


@dataclass(slots=True)
class Element:
    """One element: its name without the namespace, what it holds, and where it begins; `text` is its own text."""

    name: str
    namespace: str
    attributes: Mapping[str, str]
    span: Span
    children: "list[Element]" = field(default_factory=list)
    text: str = ""

    def all(self, *names: str) -> "Iterator[Element]":
        """The children of these names, in file order."""
        return (child for child in self.children if child.name in names)

    def first(self, *names: str) -> "Element | None":
        """The first child of one of these names."""
        return next(self.all(*names), None)

    def get(self, attribute: str) -> str:
        """The attribute's value, empty where it is absent."""
        return self.attributes.get(attribute, "").strip()


def read_xml(data: bytes, file: str) -> Element:
    """The root of the document.

    Raises:
        ModelFileError: it is too large, too deep, no XML, in an odd encoding, or declares a document type.
    """
    if len(data) > MAXIMUM_BYTES:
        raise ModelFileError(
            Bilingual(
                f"{file} 有 {len(data)} 字节，最多 {MAXIMUM_BYTES}", f"{file} has {len(data)} bytes of {MAXIMUM_BYTES}"
            )
        )
    tree = _Tree(file)
    try:
        tree.parser.Parse(data, True)
    except expat.ExpatError as error:
        line, column = error.lineno, error.offset + 1
        why = expat.ErrorString(error.code)
        raise ModelFileError(
            Bilingual(f"{file}:{line}:{column} 不是有效的 XML（{why}）", f"{file}:{line}:{column} is no XML: {why}"),
            _not_as_declared(data),
        ) from error
    except (LookupError, ValueError) as error:  # an encoding that the parser does not know, or of several bytes
        raise ModelFileError(
            Bilingual(f"{file} 声明的编码无法读取", f"{file} declares an encoding that cannot be read"),
            Bilingual("另存为 UTF-8", "save it as UTF-8"),
        ) from error
    if tree.root is None:
        raise ModelFileError(Bilingual(f"{file} 是空的", f"{file} is empty"))
    return tree.root


def _not_as_declared(data: bytes) -> Bilingual | None:
    """What to do about bytes that are not the UTF-8 that a file without another declaration holds."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return Bilingual("内容不是 UTF-8：请另存为 UTF-8", "its bytes are not UTF-8: save it as UTF-8")
    return None


class _Tree:
    """The tree as it grows while the parser runs."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0
        self.parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.refuse_type
        self.parser.EntityDeclHandler = self.refuse_type
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def refuse_type(self, *_declared: object) -> None:
        place = f"{self.file}:{self.parser.CurrentLineNumber}"
        raise ModelFileError(
            Bilingual(f"{place} 不允许 DOCTYPE 和实体", f"{place}: a document type with entities is not accepted"),
            Bilingual("删去 <!DOCTYPE …>", "remove <!DOCTYPE …>"),
        )

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) >= MAXIMUM_DEPTH or self.count > MAXIMUM_ELEMENTS:
            place = f"{self.file}:{self.parser.CurrentLineNumber}"
            raise ModelFileError(
                Bilingual(
                    f"{place} 超出限制（深度 {MAXIMUM_DEPTH}，元素 {MAXIMUM_ELEMENTS}）",
                    f"{place} goes beyond the limits ({MAXIMUM_DEPTH} levels, {MAXIMUM_ELEMENTS} elements)",
                )
            )
        namespace, _, local = name.rpartition(_SEPARATOR)
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        element = Element(
            name=local,
            namespace=namespace,
            attributes={key.rpartition(_SEPARATOR)[2]: value for key, value in attributes.items()},
            span=Span(file=self.file, line=line, column=column, end_line=line, end_column=column + len(local) + 1),
        )
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _name: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        if self.open:
            self.open[-1].text += text
