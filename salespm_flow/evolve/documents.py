"""How two versions of a document that is no workflow differ in meaning, and what that does to those who read it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from salespm_flow.definition.build import Document, DocumentKind, Header
from salespm_flow.definition.emit import emit
from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.engine.values import shown
from salespm_flow.evolve.difference import Difference, Impact, Nature, worst
from salespm_flow.evolve.naming import naming_differences
from salespm_flow.evolve.outline import Entry, outline
from salespm_flow.evolve.readers import fields_of, kpi_readers, parties_named, readers_of, users_of
from salespm_flow.evolve.table_answers import Shifted, shifted_answers
from salespm_flow.model.library import Library, Reference
from salespm_flow.model.tables import DecisionTable
from salespm_flow.nouns import dataclass

# What is words for people alone.
_WORDS: Final = frozenset({"title", "message", "description", "note", "unit_label", "annotations"})
_MOST_SHOWN: Final = 3
_NOWHERE: Final = Span(file="", line=1, column=1, end_line=1, end_column=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Versioned:
    """A version of a document with the documents around it."""

    kind: DocumentKind
    id: str
    version: int
    document: Document
    library: Library


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentComparison:
    """Two versions of a document and everything that differs in meaning."""

    old: Versioned
    new: Versioned
    differences: tuple[Difference, ...]

    @property
    def worst(self) -> Impact:
        """The worst impact of them all."""
        return worst(self.differences)

    def count(self, impact: Impact) -> int:
        """How many have that impact."""
        return sum(one.impact is impact for one in self.differences)


def compare_documents(old: Versioned, new: Versioned) -> DocumentComparison:
    """How `new` differs from `old`, which are of one kind; who reads them is told by the newer workspace."""
    return DocumentComparison(old=old, new=new, differences=tuple(_differences(old, new)))


def _differences(old: Versioned, new: Versioned) -> Iterator[Difference]:
    if isinstance(old.document, DecisionTable) and isinstance(new.document, DecisionTable):
        yield from _answers(old.document, new.document, new.library)
    before, after = _outline(old), _outline(new)
    judge = _JUDGES.get(new.kind, _unread)

    def readers(path: str, was: Entry | None, now: Entry | None) -> tuple[str, ...]:
        # What reads something that is gone is broken, and stands in the older workspace alone.
        return tuple(dict.fromkeys(name for version in (old, new) for name in judge(version, path, was, now)))

    is_table = new.kind is DocumentKind.DECISION_TABLE
    for path in dict.fromkeys((*before, *after)):
        was, now = before.get(path), after.get(path)
        if is_table and (was or now) is not None and path.startswith("rules."):
            continue  # told by what they answer
        if was is None or now is None:
            yield from _whole(path, was, now, readers(path, was, now))
        elif was.texts != now.texts:
            yield from _inside(was, now, readers(path, was, now))
    spans = (getattr(one.document, "span", _NOWHERE) for one in (old, new))
    yield from naming_differences(old.document, new.document, *spans)
    if isinstance(old.document, Reference) and isinstance(new.document, Reference):
        yield from _rows(old.document, new.document, new.library)


def _outline(version: Versioned) -> Mapping[str, Entry]:
    header = Header(kind=version.kind, id=version.id, version=version.version)
    return outline(emit(version.document, header, "rows.csv" if version.kind is DocumentKind.REFERENCE else None))


# ------------------------------------------------------------------------------------------------ who is concerned

# Who reads the entry, so that another meaning of it breaks something; and whether its removal does.
_Judge = Callable[[Versioned, str, Entry | None, Entry | None], tuple[str, ...]]


def _unread(_new: Versioned, _path: str, _was: Entry | None, _now: Entry | None) -> tuple[str, ...]:
    return ()


def _kpis(new: Versioned, path: str, _was: Entry | None, _now: Entry | None) -> tuple[str, ...]:
    name = path.partition(".")[2]
    return kpi_readers(name, new.library) if path.startswith("kpis.") else ()


def _goals(new: Versioned, path: str, _was: Entry | None, _now: Entry | None) -> tuple[str, ...]:
    name = path.partition(".")[2]
    return readers_of(f"goal.{name}", new.library) if path.startswith("goals.") else ()


def _users(new: Versioned, _path: str, was: Entry | None, _now: Entry | None) -> tuple[str, ...]:
    # What is new adds to the judgement; what was there, somebody counts on.
    return () if was is None and new.kind is DocumentKind.RISK_MODEL else users_of(new.kind, new.id, new.library)


def _people(new: Versioned, path: str, _was: Entry | None, now: Entry | None) -> tuple[str, ...]:
    section, _, name = path.partition(".")
    return parties_named(name, new.library) if now is None and section in {"roles", "people"} else ()


def _callers(new: Versioned, _path: str, _was: Entry | None, _now: Entry | None) -> tuple[str, ...]:
    return readers_of(f"table.{new.id}", new.library)


def _referring(new: Versioned, path: str, was: Entry | None, _now: Entry | None) -> tuple[str, ...]:
    is_read = path.startswith(("fields.", "key")) and was is not None
    return fields_of(new.id, new.library) if is_read else ()


_JUDGES: Final[Mapping[DocumentKind, _Judge]] = {
    DocumentKind.KPI_SET: _kpis,
    DocumentKind.GOAL_SET: _goals,
    DocumentKind.SCORECARD: _users,
    DocumentKind.RISK_MODEL: _users,
    DocumentKind.ORGANISATION: _people,
    DocumentKind.DECISION_TABLE: _callers,
    DocumentKind.REFERENCE: _referring,
}


# ------------------------------------------------------------------------------------------------ told


def _whole(path: str, was: Entry | None, now: Entry | None, readers: tuple[str, ...]) -> Iterator[Difference]:
    entry = was or now
    if entry is None:
        return
    text = ", ".join(f"{key}: {value}" if key else value for key, value in entry.texts.items() if key not in _WORDS)
    if now is None:
        impact = Impact.BREAKING if readers else Impact.SAFE
        message = Bilingual(f"{path} 被移除{_read_zh(readers)}", f"{path} is removed{_read_en(readers)}")
        yield _told(path, Nature.REMOVED, impact, message, texts=(text, ""))
    else:
        is_harmless = not readers or entry.section in {"kpis", "goals", "roles", "people"}
        impact = Impact.SAFE if is_harmless else Impact.BREAKING
        message = Bilingual(f"{path} 是新增的", f"{path} is new")
        yield _told(path, Nature.ADDED, impact, message, texts=("", text))


def _inside(was: Entry, now: Entry, readers: tuple[str, ...]) -> Iterator[Difference]:
    for key in dict.fromkeys((*was.texts, *now.texts)):
        texts = was.texts.get(key, ""), now.texts.get(key, "")
        if texts[0] == texts[1]:
            continue
        path = f"{was.path}.{key}" if key else was.path
        is_words = bool(_WORDS & {was.section, *key.split(".")})
        impact = Impact.SAFE if is_words or not readers else Impact.BREAKING
        zh = f"{path} 从 {texts[0] or '无'} 改为 {texts[1] or '无'}"
        en = f"{path} has changed: {texts[0] or 'none'} → {texts[1] or 'none'}"
        told = () if is_words else readers
        yield _told(path, Nature.CHANGED, impact, Bilingual(zh + _read_zh(told), en + _read_en(told)), texts=texts)


def _read_zh(readers: tuple[str, ...]) -> str:
    return f"；{_few(readers, '、')} 要用它" if readers else ""


def _read_en(readers: tuple[str, ...]) -> str:
    return f"; read by {_few(readers, ', ')}" if readers else ""


def _few(names: tuple[str, ...], between: str) -> str:
    return between.join(names[:_MOST_SHOWN]) + (" …" if len(names) > _MOST_SHOWN else "")


def _told(path: str, nature: Nature, impact: Impact, message: Bilingual, *, texts: tuple[str, str]) -> Difference:
    subject = path.split(".")[1] if "." in path else path
    return Difference(
        path=path, subject=subject, nature=nature, impact=impact, message=message, before=texts[0], after=texts[1]
    )


def _rows(old: Reference, new: Reference, library: Library) -> Iterator[Difference]:
    """The rows of a table: what is gone leaves the fields that hold its key without it."""
    users = fields_of(new.id, library)
    gone = tuple(key for key in old.rows if key not in new.rows)
    came = tuple(key for key in new.rows if key not in old.rows)
    other = tuple(key for key, row in old.rows.items() if key in new.rows and new.rows[key] != row)
    for keys, nature, zh, en in (
        (gone, Nature.REMOVED, "移除的行", "rows removed"),
        (came, Nature.ADDED, "新增的行", "new rows"),
        (other, Nature.CHANGED, "改变的行", "rows changed"),
    ):
        if keys:
            names = ", ".join(keys[:_MOST_SHOWN]) + (" …" if len(keys) > _MOST_SHOWN else "")
            impact = Impact.MAPPING if nature is Nature.REMOVED and users else Impact.SAFE
            told = users if impact is Impact.MAPPING else ()
            message = Bilingual(
                f"{len(keys)} {zh}：{names}{_read_zh(told)}", f"{len(keys)} {en}: {names}{_read_en(told)}"
            )
            yield _told("rows", nature, impact, message, texts=("", ""))


def _answers(old: DecisionTable, new: DecisionTable, library: Library) -> Iterator[Difference]:
    """The rows, by what both versions answer."""
    found = shifted_answers(old, new, library)
    if found is None:
        before, after = (tuple((dict(r.tests), dict(r.answers)) for r in t.rules.values()) for t in (old, new))
        if repr(before) != repr(after):
            message = Bilingual(
                "行改了，无法证明回答相同", "the rows have changed, and it is not proven that they answer the same"
            )
            yield _told("rules", Nature.UNDECIDED, Impact.BREAKING, message, texts=("", ""))
        return
    for one in found:
        yield _answered(one)


def _answered(one: Shifted) -> Difference:
    case = ", ".join(f"{name} = {shown(value)}" for name, value in one.values.items())
    was, now = (None if value is None else shown(value) for value in (one.was, one.now))
    row = (one.matched or one.former or ("",))[-1]
    nature = Nature.ADDED if was is None else Nature.REMOVED if now is None else Nature.CHANGED
    message = Bilingual(
        f"{case}：以前答 {was or '无'}，现在答 {now or '无'}",
        f"{case}: was answered {was or 'nothing'}, is answered {now or 'nothing'}",
    )
    impact = Impact.SAFE if nature is Nature.ADDED else Impact.BREAKING
    return _told(f"rules.{row}", nature, impact, message, texts=(was or "", now or ""))
