"""Finds what each overlay extends, and composes the two.

Knows drafts and nodes; what a composed document then means is for `build` and `check`, as for any other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo
from hashlib import sha256

from salespm_flow.definition.build.keys import COMPOSABLE
from salespm_flow.definition.build.reader import normalise
from salespm_flow.definition.compose import EXTENDS, Composition, compose
from salespm_flow.definition.compose_names import with_lasting_names
from salespm_flow.definition.drafts import Draft, judged
from salespm_flow.definition.findings import error, shown, warning
from salespm_flow.definition.inherited import pointed
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.definition.suggest import renaming, suggestion
from salespm_flow.definition.writer import write
from salespm_flow.diagnostics import Bilingual, Diagnostic, in_source_order
from salespm_flow.model.source import Source

Reference = tuple[str, int]
MAXIMUM_CHAIN = 16
# What follows the overlay's file in the path of the document that it makes.
COMPOSED = " (composed)"
# The limits on bytes and values are far above what fits into so many characters.
_SURELY_READABLE = 100_000


def with_overlays(drafts: Sequence[Draft], zone: tzinfo) -> tuple[Draft, ...]:
    """The drafts, every overlay among them as the document that it makes with its base."""
    if all(draft.overlay is None for draft in drafts):
        return tuple(drafts)
    composer = _Composer(drafts, zone)
    return tuple(composer.composed(draft) for draft in drafts)


class _Composer:
    """Composes each overlay once, bases first."""

    def __init__(self, drafts: Sequence[Draft], zone: tzinfo) -> None:
        self._zone = zone
        self._done: dict[str, Draft] = {}
        self._by_reference: dict[Reference, list[Draft]] = {}
        for draft in drafts:
            reference = _reference(draft)
            if reference is not None:
                self._by_reference.setdefault(reference, []).append(draft)

    def composed(self, draft: Draft) -> Draft:
        """The draft itself, an overlay with the document that it makes."""
        if draft.overlay is None:
            return draft
        if draft.file not in self._done:
            self._done[draft.file] = self._compose(draft, draft.overlay)
        return self._done[draft.file]

    def _compose(self, draft: Draft, overlay: MapNode) -> Draft:
        extends = overlay.entries[EXTENDS].value
        if not isinstance(extends, ScalarNode):
            return draft
        found = self._bases(draft)
        if len(found) != 1:
            return _failed(draft, self._not_one(draft, extends, found))
        endless = self._endless(draft, extends)
        if endless is not None:
            return _failed(draft, endless)
        base = self.composed(found[0])
        root = _root_of(base)
        if root is None or base.built is None or not base.is_whole:
            message = Bilingual(
                f"{shown(extends.text)}（{base.file}）有错误，无法扩展",
                f"{shown(extends.text)} ({base.file}) has errors and cannot be extended",
            )
            # A warning: what is wrong is told where it stands, and once.
            cause = next((one.owing_to for one in base.diagnostics if one.owing_to is not None), base.file)
            return _failed(draft, replace(warning("SF361", extends.span, message), owing_to=cause), base)
        kind = base.built.source.kind
        if kind not in COMPOSABLE:
            kinds = ", ".join(COMPOSABLE)
            message = Bilingual(f"{kind} 不能扩展", f"A {kind} cannot be extended")
            hint = Bilingual(f"可扩展：{kinds}", f"can be: {kinds}")
            return _failed(draft, error("SF365", extends.span, message, hint))
        return self._judge(draft, kind, (root, overlay), base.diagnostics)

    def _bases(self, draft: Draft) -> Sequence[Draft]:
        """What the overlay may mean by the document that it extends; itself only where nothing else has the name."""
        extends = None if draft.overlay is None else _scalar(draft.overlay, EXTENDS)
        reference = None if extends is None else _split(extends.text)
        same = [] if reference is None else self._by_reference.get(reference, [])
        return [one for one in same if one.file != draft.file] or same

    def _endless(self, draft: Draft, extends: ScalarNode) -> Diagnostic | None:
        """Why the way down to a document that is no overlay cannot be gone: it comes back, or it is too long."""
        here = draft
        for _ in range(MAXIMUM_CHAIN):
            bases = self._bases(here)
            if here.overlay is None or len(bases) != 1:
                return None
            here = bases[0]
            if here.file == draft.file:
                message = Bilingual(
                    f"{shown(extends.text)} 又扩展了本文件", f"{shown(extends.text)} extends this file in turn"
                )
                return error("SF362", extends.span, message)
        if here.overlay is None:
            return None
        message = Bilingual(f"超过 {MAXIMUM_CHAIN} 层覆盖", f"More than {MAXIMUM_CHAIN} overlays lie over one another")
        return error("SF366", extends.span, message)

    def _judge(self, draft: Draft, kind: str, nodes: tuple[MapNode, MapNode], known: Iterable[Diagnostic]) -> Draft:
        base, overlay = nodes
        composition = compose(base, overlay)
        if kind == "workflow":
            lasting = with_lasting_names(base, composition.root)
            composition = composition if lasting is base else compose(lasting, overlay)
        source = _source(draft, composition, kind)
        built, found = judged(composition.root, source, self._zone, with_shape=True)
        told = set(known)
        fresh = pointed(composition, (one for one in found if one not in told))
        every = (*draft.diagnostics, *composition.diagnostics, *fresh, *_unreadable(source, overlay))
        return replace(
            draft,
            built=built,
            claim=(kind, source.id),
            composition=composition,
            diagnostics=in_source_order(every),
        )

    def _not_one(self, draft: Draft, extends: ScalarNode, found: Sequence[Draft]) -> Diagnostic:
        if found:
            files = ", ".join(draft.file for draft in found)
            message = Bilingual(
                f"{shown(extends.text)} 不唯一：{files}", f"{shown(extends.text)} is ambiguous: {files}"
            )
            return error("SF365", extends.span, message)
        message = Bilingual(f"没有 {shown(extends.text)}", f"There is no {shown(extends.text)}")
        own = _reference(draft)
        known = [f"{id_}@{version}" for id_, version in self._by_reference if (id_, version) != own]
        return error("SF360", extends.span, message, suggestion(extends.text, known), fix=renaming(extends, known))


def _unreadable(source: Source, overlay: MapNode) -> Iterator[Diagnostic]:
    """A whole beyond what one file may hold: a project pinned to it could not be read again."""
    if len(source.text) > _SURELY_READABLE and parse(source.text, source.path).root is None:
        message = Bilingual("合成后的文档超过一个文件的上限", "The whole is larger than one file may be")
        yield error("SF366", overlay.entries[EXTENDS].value.span, message)


def _failed(draft: Draft, found: Diagnostic, base: Draft | None = None) -> Draft:
    """An overlay without a usable base; where the base's kind is known, nobody is told that the document is missing."""
    claim = (
        draft.claim if base is None or base.claim is None or draft.claim is None else (base.claim[0], draft.claim[1])
    )
    return replace(draft, claim=claim, diagnostics=(*draft.diagnostics, found))


def _source(draft: Draft, composition: Composition, kind: str) -> Source:
    """The composed text: what a project is pinned to must not depend on the base's file."""
    text = write(composition.root)
    reference = _reference(draft)
    id_, version = ("", 0) if reference is None else reference
    return Source(
        kind=kind,
        id=id_,
        version=version,
        path=f"{draft.file}{COMPOSED}",
        text=text,
        digest=sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
    )


def _reference(draft: Draft) -> Reference | None:
    if draft.overlay is not None:
        id_, version = _scalar(draft.overlay, "id"), _scalar(draft.overlay, "version")
        if id_ is None or version is None or not isinstance(version.value, int):
            return None
        return normalise(id_.text), version.value
    if draft.built is None or draft.claim is None or draft.claim[0] == "workspace":
        return None
    return draft.built.source.id, draft.built.source.version


def _root_of(draft: Draft) -> MapNode | None:
    if draft.composition is not None:
        return draft.composition.root
    return None if draft.text is None else parse(draft.text, draft.file).root


def _scalar(root: MapNode, key: str) -> ScalarNode | None:
    entry = root.entries.get(key)
    return entry.value if entry is not None and isinstance(entry.value, ScalarNode) else None


def _split(extends: str) -> Reference | None:
    id_, at, version = extends.partition("@")
    return (normalise(id_), int(version)) if at and version.isascii() and version.isdigit() else None
