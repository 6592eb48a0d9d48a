"""Writes a page as Markdown: pictures give way to the tables of their figures."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.draw.plain import plain
from salespm_flow.draw.tables import aligned
from salespm_flow.report.management.html import note_words, told_of
from salespm_flow.report.management.page import SOURCES, Block, Cell, Facts, Page, Picture, Table, Tiles, Words

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|#~])")
_LINE_MARK: Final = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$)")
_FIGURE: Final = Bilingual("指标", "Figure")
_VALUE: Final = Bilingual("值", "Value")
_REMARK: Final = Bilingual("说明", "Remark")
_SOURCES: Final = Bilingual("数字从哪里来", "Where the figures come from")


def markdown(page: Page) -> str:
    """The file's text."""
    lines = [f"# {_text(page.title)}", "", _text(page.subtitle)]
    for section in page.sections:
        lines += ["", f'<a id="{section.id}"></a>', "", f"## {_text(section.title)}"]
        for block in section.blocks:
            lines += ["", *_block(block, page)]
    lines += ["", f'<a id="{SOURCES}"></a>', "", f"## {_SOURCES.of(page.language)}"]
    for note in page.notes:
        lines += ["", f'<a id="{note.id}"></a>', "", f"### {_text(note.title)}"]
        lines += [line for words in note_words(note, page.language) for line in ("", _text(words))]
    return "\n".join(lines) + "\n"


def _block(block: Block, page: Page) -> Iterator[str]:
    match block:
        case Tiles(tiles=tiles):
            head = tuple(one.of(page.language) for one in (_FIGURE, _VALUE, _REMARK))
            rows = [(_text(tile.label), _cell(Cell(tile.value, tile.note)), _cell(told_of(tile))) for tile in tiles]
            yield from _ruled(head, rows)
        case Table():
            yield from _table(block)
        case Picture(data=data, caption=caption):
            yield _text(caption)
            yield ""
            yield from _table(data)
        case Words(words=words):
            yield _text(words)
        case Facts(pairs=pairs):
            yield from (f"- {_text(name)}{_colon(page)}{_cell(cell)}" for name, cell in pairs)


def _table(table: Table) -> Iterator[str]:
    yield f"**{_text(table.caption)}**"
    yield ""
    yield from _ruled(tuple(_text(one.title) for one in table.columns), [tuple(map(_cell, row)) for row in table.rows])
    if table.rest:
        yield ""
        yield _cell(Cell(table.rest, table.rest_note))


def _ruled(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    yield from aligned((head, *rows))


def _colon(page: Page) -> str:
    return Bilingual("：", ": ").of(page.language)


def _cell(cell: Cell) -> str:
    return f"[{_text(cell.words)}](#{cell.note})" if cell.note else _text(cell.words)


def _text(words: str) -> str:
    return _LINE_MARK.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", plain(words)))
