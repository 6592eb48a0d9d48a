"""What every HTML page of ours must be: closed elements, headings in order, heads of tables, anchors that lead on."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

# What names something or explains a picture; the figures of a picture stand in its table too.
NAMES = {"h1", "h2", "h3", "svg", "figcaption", "caption", "summary", "nav", "header", "footer", "thead"}
VOID = {"meta", "br", "hr", "img", "link", "input"}
FORBIDDEN = {"script", "iframe", "object", "embed", "form", "link", "img", "base"}


@dataclass
class Seen(HTMLParser):
    """Reads a page and keeps what is wrong with it."""

    faults: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    unlinked: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _levels: list[int] = field(default_factory=list)
    _is_number: bool = False
    _has_link: bool = False
    loose: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in FORBIDDEN:
            self.faults.append(f"<{tag}>")
        self.faults += [f"{tag} {name}" for name in given if name.startswith("on") or name in {"src", "srcset"}]
        if "id" in given:
            self.ids.append(given["id"] or "")
        if "href" in given:
            self.links.append(given["href"] or "")
            self._has_link = True
        if tag == "th" and given.get("scope") not in {"row", "col"}:
            self.faults.append("a head of a table that says not of what")
        if tag == "svg" and not (given.get("role") == "img" and given.get("aria-label")):
            self.faults.append("a drawing without words")
        if tag == "td":
            self._is_number, self._has_link = "number" in (given.get("class") or ""), False
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self._levels.append(int(tag[1]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> out of place")
        if tag == "td":
            self._is_number = False

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        is_told = "main" in self._open and not NAMES.intersection(self._open)
        if is_told and "a" not in self._open and any(map(str.isdigit, data)):
            self.loose.append(data.strip())
        if self._is_number and not self._has_link and data.strip() not in {"", "—"}:
            self.unlinked.append(data)


def faults_of(page: str) -> list[str]:
    """All that is wrong with the page."""
    seen = Seen()
    seen.feed(page)
    seen.close()
    found = list(seen.faults)
    found += [f"<{tag}> is not closed" for tag in seen._open]
    found += [f"the id {name} twice" for name in {one for one in seen.ids if seen.ids.count(one) > 1}]
    found += [f"{link} leads nowhere" for link in seen.links if link[:1] != "#" or link[1:] not in seen.ids]
    found += [f"the figure {words} hangs on nothing" for words in seen.unlinked]
    levels = seen._levels
    if levels[:1] != [1] or levels.count(1) != 1:
        found.append("not one heading of the first level, at the top")
    found += [f"h{after} after h{before}" for before, after in pairwise(levels) if after > before + 1]
    return found


def words_of(page: str) -> str:
    """What a reader of the page reads."""
    seen = Seen()
    seen.feed(page)
    return " ".join(" ".join(seen.words).split())


def loose_figures(page: str) -> list[str]:
    """Every piece of the report's own part that holds a digit and leads to no note."""
    seen = Seen()
    seen.feed(page)
    return seen.loose


def notes_of(page: str) -> dict[str, str]:
    """What each note says, by its anchor."""
    parts = re.findall(r'<div class="note" id="([^"]+)">(.*?)</div>', page, re.DOTALL)
    return {anchor: words_of(said) for anchor, said in parts}
