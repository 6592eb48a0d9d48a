"""Which definitions have to be looked at again when some files change; knows no version control.

Documents speak of each other by name, so what mentions a name that a changed file gives, or gave before, may be right
no longer. A word is enough to count: looking at a file too many costs a moment, one too few lets a mistake through.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from salespm_flow.definition.drafts import SETTINGS, find_files
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.definition.source import parse, read_text
from salespm_flow.definition.workspace import read_settings
from salespm_flow.nouns import dataclass

_WORD = re.compile(r"\w+")
# Maps whose keys other documents name: `kpi: win_rate`, `goal: …`.
_NAMING = ("kpis", "goals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file that differs from what it was: its resolved path, and its text before, None where there was none."""

    path: Path
    before: str | None


def definition_files(root: Path) -> tuple[Path, ...]:
    """The settings and every definition file of the workspace at `root`, of any folder where there are no settings."""
    settings = root / SETTINGS
    if not settings.is_file():
        return tuple(find_files(root))
    folders = (root / name for name in read_settings(root).definitions)
    found = (file for folder in folders if folder.is_dir() for file in find_files(folder))
    return (settings, *dict.fromkeys(found))


def affected(changes: Iterable[Change], files: Iterable[Path]) -> tuple[Path, ...]:
    """Those of the files that changed, and those that changed ones may have made wrong, in the order of the files.

    These are, over any number of steps, what mentions a name that a changed file gives or gave (a document's id, a KPI,
    a goal, the name of a table's file); and what a changed file mentions: risk models are judged by the workflows that
    use them. Changed settings concern all.
    """
    before = {change.path: change.before for change in changes}
    texts = {file: read_text(file, file.name).text or "" for file in files}
    if any(file.name == SETTINGS and file.resolve() in before for file in texts):
        return tuple(texts)
    changed = {file for file in texts if file.resolve() in before}
    now = {file.resolve(): texts[file] for file in changed}
    both = [text for path, old in before.items() for text in (now.get(path), old) if text is not None]
    names = {name for text in both for name in _names(text)}
    names |= {path.name for path in before if path.suffix not in {".yaml", ".yml"}}
    reached = _mentioning(names, texts, changed)
    told = {word for text in both for word in _WORD.findall(text)}
    reached |= {file for file, text in texts.items() if file not in reached and _id_of(text) in told}
    return tuple(file for file in texts if file in reached)


def _mentioning(names: set[str], texts: Mapping[Path, str], changed: set[Path]) -> set[Path]:
    """The changed files and all that mention one of the names, or a name given by such a file, and so on."""
    words = {file: frozenset(_WORD.findall(text)) for file, text in texts.items()}
    reached, fresh = set(changed), set(names)
    while fresh:
        tables = [name for name in fresh if "." in name]
        more = {
            file
            for file in texts
            if file not in reached
            and (not fresh.isdisjoint(words[file]) or any(name in texts[file] for name in tables))
        }
        reached |= more
        known = names | fresh
        fresh = {name for file in more for name in _names(texts[file])} - known
        names = known
    return reached


def _names(text: str) -> Iterator[str]:
    """What other documents may call by name in this one."""
    root = parse(text, "").root
    if root is None:
        known = _id_of(text)
        if known:
            yield known
        return
    named = root.entries.get("id")
    if named is not None and isinstance(named.value, ScalarNode):
        yield named.value.text
    for key in _NAMING:
        entry = root.entries.get(key)
        if entry is not None and isinstance(entry.value, MapNode):
            yield from entry.value.entries


_ID = re.compile(r"^id:[ \t]*[\"']?(\w+)", re.MULTILINE)


def _id_of(text: str) -> str:
    found = _ID.search(text)
    return "" if found is None else found[1]
