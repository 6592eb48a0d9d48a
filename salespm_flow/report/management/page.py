"""A report as it is before it is written: sections of tiles, tables and pictures, and where each figure comes from.

Knows neither figures nor the form that it will be written in.
"""

from collections.abc import Iterable
from typing import Final

from salespm_flow.diagnostics import Language
from salespm_flow.nouns import dataclass

SOURCES: Final = "sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Where figures come from: what they mean, of how many and which rows, as of when, and where that is defined."""

    id: str
    title: str
    meaning: str
    population: str
    as_of: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a table: its words, the note that its figure hangs on (empty for words), how it stands out.

    `tone` is good, warn, bad or nothing.
    """

    words: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; that of figures stands to the right."""

    title: str
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under titles; the first cell of each row names it.

    `rest` says what was left out, with its figure on `rest_note`.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    rest: str = ""
    rest_note: str = ""

    @property
    def note(self) -> str:
        """The note that its first figure hangs on; empty without figures."""
        return next((cell.note for row in self.rows for cell in row if cell.note), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One large figure with what it is, what stands below it, and the note of both; `tone` as of a cell."""

    label: str
    value: str
    note: str
    told: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """Large figures side by side."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing with what it shows in words; `data` are the same figures for those who cannot see it."""

    svg: str
    caption: str
    data: Table


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; `tone` as of a tile."""

    words: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what they stand for."""

    pairs: tuple[tuple[str, Cell], ...]


Block = Tiles | Table | Picture | Words | Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a page under a heading; `id` is unique on the page. `is_wide` takes the whole width."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    is_wide: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole report. `notes` are those that its figures hang on, in the order of the first use."""

    title: str
    subtitle: str
    language: Language
    sections: tuple[Section, ...]
    notes: tuple[Note, ...]


def used_notes(sections: Iterable[Section]) -> tuple[str, ...]:
    """The notes that figures of the sections hang on, each once, in the order of the first use."""
    found: dict[str, None] = {}
    for section in sections:
        for block in section.blocks:
            found.update(dict.fromkeys(_notes(block)))
    found.pop("", None)
    return tuple(found)


def _notes(block: Block) -> Iterable[str]:
    match block:
        case Tiles(tiles=tiles):
            return [tile.note for tile in tiles]
        case Table(rows=rows, rest_note=rest) | Picture(data=Table(rows=rows, rest_note=rest)):
            return [*(cell.note for row in rows for cell in row), rest]
        case Facts(pairs=pairs):
            return [cell.note for _, cell in pairs]
        case Words():
            return []
