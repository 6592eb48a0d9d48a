"""What an import did, row by row accounted for. Counts and keeps examples; decides nothing."""

from collections.abc import Iterable
from dataclasses import field
from enum import StrEnum
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.interop.import_row import ImportRow
from salespm_flow.model.decision import Reason
from salespm_flow.nouns import dataclass

EXAMPLES: Final = 5


class Fate(StrEnum):
    """What became of a row; every row has exactly one."""

    CREATED = "created"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one row did: the entries written, and every reason if it was refused (then nothing was written)."""

    fate: Fate
    entries: int = 0
    is_assumed: bool = False
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnresolvedValue:
    """A text that is none of the values a field may take; `line` is its first, `nearest` what it may mean."""

    text: str
    count: int
    line: int
    nearest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """How many rows left a field empty because of its text, and the commonest of the `distinct` texts."""

    field: str
    count: int
    distinct: int
    examples: tuple[UnresolvedValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A refused row: its line and project, what it was told, and the cell at fault where it is one."""

    line: int
    project: str
    message: Bilingual
    column: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """The rows refused for one reason (`id`, as in a refusal of `advance`); a row counts under each of its reasons."""

    id: str
    count: int
    examples: tuple[RefusedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """An import as figures: `created + revised + unchanged + refused == rows`.

    `entries` were written to histories, `assumed` rows stand on a date that the file does not give, `unread` are
    columns that the mapping says nothing about. Of a dry run: what would have been.
    """

    rows: int
    created: int
    revised: int
    unchanged: int
    refused: int
    entries: int
    assumed: int
    unresolved: tuple[Unresolved, ...]
    refusals: tuple[Refusals, ...]
    unread: tuple[str, ...]

    @property
    def is_changed(self) -> bool:
        """Whether the import wrote anything."""
        return self.created + self.revised > 0


@dataclass(slots=True)
class _Texts:
    count: int = 0
    line: int = 0


@dataclass(slots=True)
class _Reasons:
    count: int = 0
    examples: list[RefusedRow] = field(default_factory=list)


def _example(row: ImportRow, reason: Reason) -> RefusedRow:
    cell = next((cell for cell in row.unread if reason.values.get("column") == cell.column), None)
    return RefusedRow(
        line=row.line,
        project=row.key,
        message=reason.message,
        column=None if cell is None else cell.column,
        text=None if cell is None else cell.text,
    )


class Tally:
    """Counts rows while they are taken."""

    def __init__(self) -> None:
        self._fates = dict.fromkeys(Fate, 0)
        self._entries = 0
        self._assumed = 0
        self._unresolved: dict[str, dict[str, _Texts]] = {}
        self._refusals: dict[str, _Reasons] = {}

    def add(self, row: ImportRow, taken: Taken) -> None:
        """The row is counted."""
        self._fates[taken.fate] += 1
        self._entries += taken.entries
        self._assumed += taken.is_assumed
        for name, text in row.unresolved:
            texts = self._unresolved.setdefault(name, {}).setdefault(text, _Texts(line=row.line))
            texts.count += 1
        for reason in {reason.id: reason for reason in reversed(taken.reasons)}.values():
            refusals = self._refusals.setdefault(reason.id, _Reasons())
            refusals.count += 1
            if len(refusals.examples) < EXAMPLES:
                refusals.examples.append(_example(row, reason))

    @property
    def kept(self) -> int:
        """How many rows the store says the same as."""
        return self._fates[Fate.CREATED] + self._fates[Fate.REVISED] + self._fates[Fate.UNCHANGED]

    @property
    def unresolved_texts(self) -> Iterable[tuple[str, tuple[str, ...]]]:
        """Each field with its commonest unresolved texts."""
        return ((name, self._commonest(texts)) for name, texts in self._unresolved.items())

    def report(self, *, nearest: dict[tuple[str, str], str | None], unread: tuple[str, ...]) -> ImportReport:
        """The figures; `nearest` says for (field, text) what the text may mean."""
        return ImportReport(
            rows=sum(self._fates.values()),
            created=self._fates[Fate.CREATED],
            revised=self._fates[Fate.REVISED],
            unchanged=self._fates[Fate.UNCHANGED],
            refused=self._fates[Fate.REFUSED],
            entries=self._entries,
            assumed=self._assumed,
            unresolved=tuple(
                Unresolved(
                    field=name,
                    count=sum(found.count for found in texts.values()),
                    distinct=len(texts),
                    examples=tuple(
                        UnresolvedValue(
                            text=text,
                            count=texts[text].count,
                            line=texts[text].line,
                            nearest=nearest.get((name, text)),
                        )
                        for text in self._commonest(texts)
                    ),
                )
                for name, texts in self._unresolved.items()
            ),
            refusals=tuple(
                Refusals(id=name, count=found.count, examples=tuple(found.examples))
                for name, found in self._refusals.items()
            ),
            unread=unread,
        )

    @staticmethod
    def _commonest(texts: dict[str, _Texts]) -> tuple[str, ...]:
        return tuple(sorted(texts, key=lambda text: (-texts[text].count, texts[text].line))[:EXAMPLES])
