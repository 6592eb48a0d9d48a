"""Writes a page as one HTML file that needs nothing else: no script, no network, no font file."""

from collections.abc import Iterator
from html import escape

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.plain import plain
from salespm_flow.report.management.page import (
    SOURCES,
    Cell,
    Column,
    Facts,
    Note,
    Page,
    Picture,
    Section,
    Table,
    Tile,
    Tiles,
    Words,
)
from salespm_flow.report.management.style import STYLE

_CONTENTS = Bilingual("目录", "Contents")
_SOURCES = Bilingual("数字从哪里来", "Where the figures come from")
_AS_TABLE = Bilingual("以表格查看", "As a table")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def html(page: Page) -> str:
    """The file's text."""
    language = page.language
    lang = "zh-CN" if language is Language.ZH else "en"
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{lang}">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{_text(page.title)}</title>",
        f"<style>{STYLE}</style>",
        "</head>",
        "<body>",
        "<header>",
        f"<h1>{_text(page.title)}</h1>",
        f'<p class="subtitle">{_text(page.subtitle)}</p>',
        *_contents(page),
        "</header>",
        "<main>",
        *(line for section in page.sections for line in _section(section, language)),
        "</main>",
        "<footer>",
        *_sources(page),
        "</footer>",
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _contents(page: Page) -> Iterator[str]:
    yield f'<nav aria-label="{_CONTENTS.of(page.language)}"><ul>'
    for section in page.sections:
        yield f'<li><a href="#{section.id}">{_text(section.title)}</a></li>'
    yield f'<li><a href="#{SOURCES}">{_SOURCES.of(page.language)}</a></li>'
    yield "</ul></nav>"


def _section(section: Section, language: Language) -> Iterator[str]:
    kind = ' class="wide"' if section.is_wide else ""
    yield f'<section id="{section.id}" aria-labelledby="{section.id}-title"{kind}>'
    yield f'<h2 id="{section.id}-title">{_text(section.title)}</h2>'
    for number, block in enumerate(section.blocks):
        if isinstance(block, Table):
            label = f"{section.id}-title {section.id}-table-{number}"
            yield from _table(block, label, is_named_above=block.caption == section.title)
        else:
            yield from _block(block, f"{section.id}-table-{number}", language)
    yield "</section>"


def _block(block: Tiles | Picture | Words | Facts, label: str, language: Language) -> Iterator[str]:
    match block:
        case Tiles(tiles=tiles):
            yield '<dl class="tiles">'
            for tile in tiles:
                yield from _tile(tile)
            yield "</dl>"
        case Picture():
            yield from _picture(block, label, language)
        case Words(words=words, tone=tone):
            yield f"<p{_class(tone)}>{_text(words)}</p>"
        case Facts(pairs=pairs):
            yield '<dl class="facts">'
            for name, cell in pairs:
                yield f"<dt>{_text(name)}</dt><dd>{_cell(cell)}</dd>"
            yield "</dl>"


def _tile(tile: Tile) -> Iterator[str]:
    value = _cell(Cell(tile.value, tile.note))
    yield f'<div class="tile"><dt>{_text(tile.label)}</dt>'
    yield f'<dd class="{" ".join(filter(None, ("value", tile.tone)))}">{value}</dd>'
    if tile.told:
        yield f'<dd class="told">{_cell(told_of(tile))}</dd>'
    yield "</div>"


def _table(table: Table, label: str, *, is_named_above: bool = False) -> Iterator[str]:
    """The table; where the heading above says the same as its caption, that is for those who hear the page only.

    `label` are the ids of what names it, the last one that of its caption: captions alone repeat from part to part.
    """
    # What is wider than the page scrolls by itself; whoever uses the keyboard can reach it.
    yield f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{label}"><table>'
    heard = _class("heard" if is_named_above else "")
    yield f'<caption id="{label.rsplit(maxsplit=1)[-1]}"{heard}>{_text(table.caption)}</caption>'
    heads = "".join(f'<th scope="col"{_number(one)}>{_text(one.title)}</th>' for one in table.columns)
    yield f"<thead><tr>{heads}</tr></thead>"
    yield "<tbody>"
    for row in table.rows:
        yield "<tr>" + "".join(_data(place, cell, table.columns[place]) for place, cell in enumerate(row)) + "</tr>"
    yield "</tbody></table></div>"
    if table.rest:
        yield f'<p class="rest">{_cell(Cell(table.rest, table.rest_note))}</p>'


def _data(place: int, cell: Cell, column: Column) -> str:
    if place == 0:
        return f'<th scope="row"{_class(cell.tone)}>{_cell(cell)}</th>'
    kinds = " ".join(filter(None, ("number" if column.is_number else "", cell.tone)))
    return f"<td{_class(kinds)}>{_cell(cell)}</td>"


def _picture(picture: Picture, label: str, language: Language) -> Iterator[str]:
    yield "<figure>"
    yield picture.svg.strip()
    note = picture.data.note
    source = f' · <a href="#{note}">{_SOURCES.of(language)}</a>' if note else ""
    yield f"<figcaption>{_text(picture.caption)}{source}</figcaption>"
    yield "</figure>"
    yield f"<details><summary>{_AS_TABLE.of(language)}</summary>"
    yield from _table(picture.data, label)
    yield "</details>"


def _sources(page: Page) -> Iterator[str]:
    yield f'<section id="{SOURCES}" aria-labelledby="{SOURCES}-title">'
    yield f'<h2 id="{SOURCES}-title">{_SOURCES.of(page.language)}</h2>'
    for note in page.notes:
        yield f'<div class="note" id="{note.id}"><h3>{_text(note.title)}</h3>'
        meaning, *rest = note_words(note, page.language)
        yield f"<p>{_text(meaning)}</p><p>{_text(' · '.join(rest))}</p>"
        yield "</div>"
    yield "</section>"


def note_words(note: Note, language: Language) -> Iterator[str]:
    """What a note says, a sentence at a time."""
    yield note.meaning
    population, as_of = Bilingual("范围", "Population"), Bilingual("截至", "As of")
    colon = Bilingual("：", ": ").of(language)
    yield f"{population.of(language)}{colon}{note.population}"
    yield f"{as_of.of(language)}{colon}{note.as_of}"
    if note.place:
        yield f"{Bilingual('定义', 'Defined in').of(language)}{colon}{note.place}"


def told_of(tile: Tile) -> Cell:
    """What stands below a large figure: figures in it hang on the same note."""
    return Cell(tile.told, tile.note if any(map(str.isdigit, tile.told)) else "")


def _cell(cell: Cell) -> str:
    return f'<a class="figure" href="#{cell.note}">{_text(cell.words)}</a>' if cell.note else _text(cell.words)


def _number(column: Column) -> str:
    return _class("number" if column.is_number else "")


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _text(words: str) -> str:
    return escape(plain(words))
