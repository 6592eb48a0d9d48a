"""The examples on the pages of codes, as files: what is wrong on a page gives exactly its code, what is right nothing.

A block of ```yaml is a document, one after `<!-- file: PATH -->` is that file. `<!-- made: NAME -->` before a block
says how it is changed before it is written, for what a page cannot show: `MADE` has the ways. `<!-- also: CODE -->`
names a second code that the first one needs.
"""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from salespm_flow.definition.workspace import load
from salespm_flow.diagnostics import Language, render_text
from salespm_flow.lint.judgement import Judgement, Standard, judge
from salespm_flow.lint.pages import RIGHT, WRONG

FOLDER: Final = Path(__file__).resolve().parent / "reference" / "codes"
BLOCK: Final = re.compile(
    r"(?:<!-- (?:file: (?P<file>\S+)|made: (?P<made>\S+)) -->\n)?```(?:yaml|csv)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
ALSO: Final = re.compile(r"<!-- also: (?P<code>\S+) -->")
SETTINGS: Final = "salespm: 1\nkind: workspace\ndefinitions: [workflows]\n"
# A day on which the suppressions of the examples are judged.
TODAY: Final = date(2026, 1, 1)
# From here on codes are those of analyses of whole workflows.
FIRST_ANALYSIS: Final = "SF610"
# Codes whose findings no definition file alone can show: at run time, with a baseline, about a file of another
# format, or never with the shipped schemas.
WITHOUT_EXAMPLE: Final = frozenset({"SF159", "SF230", "SF375", "SF390", "SF420", "SF421", "SF605", "SF618"})


@dataclass(frozen=True, slots=True)
class File:
    """A file of an example; `data` is None for a link that leads nowhere."""

    name: str
    data: bytes | None


def _layers(text: str) -> Iterator[File]:
    """Twenty overlays, each over the one before."""
    for layer in range(20):
        body = text.replace("my_deal", f"deal_{layer}").replace("…", f"deal_{layer - 1}@1" if layer else "deal@1")
        yield File(f"workflows/layer_{layer:02}.yaml", body.encode())


def _one(change: Callable[[str], bytes | None]) -> Callable[[str], Iterator[File]]:
    return lambda text: iter((File("", change(text)),))


MADE: Final[Mapping[str, Callable[[str], Iterator[File]]]] = {
    "link": _one(lambda _: None),
    "large": _one(lambda text: text.replace("…", "x" * (1 << 20)).encode()),
    "gbk": _one(lambda text: text.encode("gbk")),
    "utf-16": _one(lambda text: text.encode("utf-16")),
    "control": _one(lambda text: text.replace("␇", "\a").encode()),
    "bom": _one(lambda text: text.encode("utf-8-sig")),
    "tab": _one(lambda text: text.replace("→", "\t").encode()),
    "deep": _one(lambda text: text.replace("…", "[" * 70 + "]" * 70).encode()),
    "many": _one(lambda text: text.replace("…", "1, " * 100_001).encode()),
    "rules": _one(
        lambda text: text.replace("…", "".join(f"r{n}: {{amount: {n}, limit: 5%}}, " for n in range(1001))).encode()
    ),
    "aliases": _one(lambda text: text.replace("…", "*a, " * 101).encode()),
    "layers": _layers,
}


def section(page: str, title: str) -> str:
    """The Markdown below a heading of the page, empty where there is none."""
    _, _, rest = page.partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0]


def expected_codes(code: str, page: str) -> set[str]:
    """The codes that the wrong example of the page gives."""
    return {code, *(found["code"] for found in ALSO.finditer(section(page, WRONG)))}


def judged(page: str, title: str) -> Judgement:
    """What validation says about the example below a heading."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _write(File("salespm.yaml", SETTINGS.encode()), root)
        for file in files(section(page, title)):
            _write(file, root)
        judgement = judge(load(root, check_shape=True), Standard(today=TODAY))
    if page.removeprefix("# ") >= FIRST_ANALYSIS:
        return judgement
    # What an analysis thinks of an example as small as this is not what its page is about.
    return replace(judgement, findings=tuple(one for one in judgement.findings if one.code < FIRST_ANALYSIS))


def found_lines(page: str) -> Iterator[str]:
    """What validation says about the wrong example, in both languages, as two blocks of text."""
    judgement = judged(page, WRONG)
    for language in (Language.EN, Language.ZH):
        yield "```text"
        yield from render_text(judgement.findings, judgement.texts, language).splitlines()
        yield "```"
        yield ""


def files(markdown: str) -> Iterator[File]:
    """The files that the blocks of an example are."""
    for number, block in enumerate(BLOCK.finditer(markdown), 1):
        body = block["body"]
        name = block["file"] or ("salespm.yaml" if "\nkind: workspace\n" in body else f"workflows/{number}.yaml")
        if block["made"] is None:
            yield File(name, body.encode())
        else:
            yield from (File(made.name or name, made.data) for made in MADE[block["made"]](body))


def _write(file: File, root: Path) -> None:
    path = root / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    if file.data is None:
        path.symlink_to(root / "nowhere.yaml")
    else:
        path.write_bytes(file.data)


__all__ = [
    "FOLDER",
    "MADE",
    "RIGHT",
    "TODAY",
    "WITHOUT_EXAMPLE",
    "WRONG",
    "expected_codes",
    "files",
    "found_lines",
    "judged",
]
