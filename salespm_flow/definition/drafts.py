"""Reads definition files one by one, each as far as it goes. Knows no other document and no workspace settings."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import tzinfo
from hashlib import sha256
from pathlib import Path

from salespm_flow.definition.build import LANGUAGE_VERSION, MISSING, UNREADABLE, Built, build, read_header
from salespm_flow.definition.compose import Composition
from salespm_flow.definition.findings import error, shown
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.definition.schema import OVERLAY, check_shape, kind_of
from salespm_flow.definition.source import ReadResult, parse, read_text
from salespm_flow.definition.suggest import did_you_mean
from salespm_flow.diagnostics import Bilingual, Diagnostic, Severity
from salespm_flow.errors import SalesPMFlowError
from salespm_flow.model.source import Source
from salespm_flow.nouns import dataclass
from salespm_flow.working_time import Calendar, supported_countries

SETTINGS = "salespm.yaml"
MAXIMUM_DEPTH = 8
MAXIMUM_FILES = 20_000
_SUFFIXES = frozenset({".yaml", ".yml"})
_CLAIM = {key: re.compile(rf"^{key}:[ \t]*[\"']?(\w+)", re.MULTILINE) for key in ("kind", "id")}


_HEAD = 1_000
_SCENARIOS = re.compile(rb"^kind: *scenarios *$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A definition file as far as it could be read; `claim` is the kind and id that it says it has.

    An `overlay` is the document of a file that extends another one; composed, it is built as that one's kind.
    """

    path: Path
    file: str
    text: str | None
    built: Built | None
    claim: tuple[str, str] | None
    diagnostics: tuple[Diagnostic, ...]
    overlay: MapNode | None = None
    composition: Composition | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the file holds a document without any error of its own."""
        return self.built is not None and all(found.severity is not Severity.ERROR for found in self.diagnostics)


def real_path(path: Path) -> Path:
    """The path without links, as far as they lead anywhere; one that leads round in a circle stays as it is."""
    # `Path.resolve` raises on such a circle.
    return Path(os.path.realpath(path))


def find_files(folder: Path) -> Iterator[Path]:
    """The definition files below a folder, sorted by path; hidden ones and settings are none.

    Raises:
        SalesPMFlowError: There are more than are read.
    """
    found = 0
    for place, folders, names in os.walk(folder):
        here = Path(place)
        depth = len(here.relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not name.startswith(".")) if depth < MAXIMUM_DEPTH else []
        for name in sorted(names):
            path = here / name
            if path.suffix in _SUFFIXES and name != SETTINGS and not name.startswith("."):
                found += 1
                if found > MAXIMUM_FILES:
                    raise SalesPMFlowError(
                        Bilingual(
                            f"文件夹 {shown(str(folder))} 里的定义文件超过 {MAXIMUM_FILES:,} 个",
                            f"The folder {shown(str(folder))} holds more than {MAXIMUM_FILES:,} definition files",
                        ),
                        Bilingual("请分成几个文件夹，分别处理", "name smaller folders, one at a time"),
                    )
                yield path


def holds_scenarios(path: Path) -> bool:
    """Whether the file says in its first lines that it holds scenarios; one that cannot be read does not say so."""
    try:
        with path.open("rb") as file:
            return _SCENARIOS.search(file.read(_HEAD)) is not None
    except OSError:
        return False


def read_draft(
    path: Path, file: str, zone: tzinfo, *, with_shape: bool = False, unsaved: Mapping[Path, str] | None = None
) -> Draft:
    """The draft of the file at `path`, shown as `file`; `with_shape` asks the schema even where all can be read.

    `unsaved` holds texts that stand in place of what is in the files, by resolved path.
    """
    text = unsaved.get(real_path(path)) if unsaved else None
    read = read_text(path, file) if text is None else ReadResult(text=text, diagnostics=())
    if read.text is None:
        return Draft(path=path, file=file, text=None, built=None, claim=None, diagnostics=read.diagnostics)
    draft = draft_of(read.text, (path, file), zone, with_shape=with_shape)
    if not read.diagnostics and not draft.diagnostics:
        return draft
    # The text may have lost a byte order mark, which both readers speak of.
    return replace(draft, diagnostics=tuple(dict.fromkeys((*read.diagnostics, *draft.diagnostics))))


def draft_of(text: str, named: tuple[Path, str], zone: tzinfo, *, with_shape: bool = False) -> Draft:
    """The draft of a text; `named` is the path and the name shown."""
    path, file = named
    parsed = parse(text, file)
    if parsed.root is None:
        return Draft(path=path, file=file, text=text, built=None, claim=_claim(text), diagnostics=parsed.diagnostics)
    header = read_header(parsed.root)
    if header is None:
        kind, findings = kind_of(parsed.root)
        shape = findings if kind is None else check_shape(parsed.root, kind)
        if kind is not None and kind != OVERLAY:
            shape = _merged(shape, _beyond_header(parsed.root, kind, (text, file), zone))
        return Draft(
            path=path,
            file=file,
            text=text,
            built=None,
            claim=_claim(text),
            diagnostics=(*parsed.diagnostics, *shape),
            overlay=parsed.root if kind == OVERLAY and not shape else None,
        )
    source = Source(
        kind=header.kind.value,
        id=header.id,
        version=header.version,
        path=file,
        text=text,
        digest=sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
    )
    built, found = judged(parsed.root, source, zone, with_shape=with_shape)
    return Draft(
        path=path,
        file=file,
        text=text,
        built=built,
        claim=(source.kind, source.id),
        diagnostics=(*parsed.diagnostics, *found),
    )


def _beyond_header(root: MapNode, kind: str, named: tuple[str, str], zone: tzinfo) -> tuple[Diagnostic, ...]:
    """What is wrong in the rest of a document that does not say who it is: all is told in one go."""
    text, file = named
    language = root.entries.get("salespm")
    if language is not None and (
        not isinstance(language.value, ScalarNode) or language.value.value != LANGUAGE_VERSION
    ):
        return ()
    claim = _claim(text)
    id_ = kind if claim is None else claim[1]
    return build(root, Source(kind=kind, id=id_, version=1, path=file, text=text, digest=""), zone).diagnostics


def judged(root: MapNode, source: Source, zone: tzinfo, *, with_shape: bool) -> tuple[Built, tuple[Diagnostic, ...]]:
    """The document that a root makes and all that is wrong in it alone."""
    built = build(root, source, zone)
    found = (*built.diagnostics, *(_check_country(built) if with_shape else ()))
    if with_shape or built.is_misshapen:
        found = _merged(check_shape(root, source.kind), found)
    return built, found


def _check_country(built: Built) -> tuple[Diagnostic, ...]:
    """A country without holiday data is told here and not while building: the data takes long to load."""
    node = built.places.get("country")
    if not isinstance(built.document, Calendar) or built.document.country is None or node is None:
        return ()
    known = supported_countries()
    if built.document.country in known:
        return ()
    message = Bilingual(f"没有国家 {shown(node.text)} 的节假日", f"The holidays of {shown(node.text)} are not known")
    return (error("SF316", node.span, message, did_you_mean(node.text, known)),)


def _merged(shape: tuple[Diagnostic, ...], built: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The schema's findings in place of the builder's "cannot be read", and of all it says about the same places."""
    if not shape:
        return built
    places = {(found.span.line, found.span.column) for found in shape}
    kept = (
        found
        for found in built
        if found.code != UNREADABLE and (found.code == MISSING or (found.span.line, found.span.column) not in places)
    )
    return (*shape, *kept)


def _claim(text: str) -> tuple[str, str] | None:
    """The kind and id that a text seems to have, so that nobody is told that the document does not exist."""
    kind, id_ = (_CLAIM[key].search(text) for key in ("kind", "id"))
    return None if kind is None or id_ is None else (kind[1], id_[1])
