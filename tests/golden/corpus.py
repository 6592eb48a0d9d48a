"""The corpus of broken files: one folder for each code, in it broken documents, each beside what is to be found in it.

A case is a file, or a folder where several files are wrong only together. It stands in the small sound firm of
`around/`, which its document takes the place of where it has the same id; a folder with settings of its own stands
alone. What is found is the whole output in both languages: `cd tests/golden; salespm-flow validate SF301/x.yaml`.

A first line `# made: NAME` says how the file is made before it is read, for what would be too large to keep.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from docs.code_pages import MADE
from salespm_flow.definition.drafts import SETTINGS
from salespm_flow.definition.workspace import load, validate_paths
from salespm_flow.diagnostics import Language, render_text
from salespm_flow.lint.analysis_codes import STRICT_CODES
from salespm_flow.lint.baseline import read_baseline
from salespm_flow.lint.judgement import Judgement, Standard, judge
from salespm_flow.lint.outline import outline_of

FOLDER: Final = Path(__file__).resolve().parent
# The day on which suppressions and goals are judged.
TODAY: Final = date(2026, 1, 1)
BASELINE: Final = "baseline.json"
_MADE: Final = re.compile(r"# made: (?P<name>\S+)\n")
_CHINESE: Final = "=== 中文\n"


@dataclass(frozen=True, slots=True)
class Case:
    """A broken document, or a folder of several; `code` is the one that its folder is about."""

    code: str
    path: Path

    @property
    def name(self) -> str:
        """The case as people call it: its folder and its name."""
        return f"{self.code}/{self.path.stem}"

    @property
    def expectation(self) -> Path:
        """The file that holds what is to be found."""
        return self.path.with_suffix(".txt")


def cases() -> Iterator[Case]:
    """Every case, by code and name."""
    for folder in sorted(FOLDER.glob("SF[0-9][0-9][0-9]")):
        for path in sorted(folder.iterdir()):
            if path.suffix != ".txt":
                yield Case(folder.name, path)


def judged(case: Case) -> Judgement:
    """What validation says about the case; the working folder must be the corpus's own."""
    path = case.path.relative_to(FOLDER)
    files = path.rglob("*.yaml") if path.is_dir() else (path,)
    made = {file.resolve(): data for file in files if (data := _made(file)) is not None}
    if b"" in made.values():
        # It stands for a file that is not there.
        path = path.with_suffix(".lost.yaml")
    known = path / BASELINE
    baseline = read_baseline(known.read_text(encoding="utf-8"), known.as_posix()) if known.exists() else None
    standard = Standard(today=TODAY, baseline=baseline, is_strict=case.code in STRICT_CODES)
    texts = {file: data.decode("utf-8") for file, data in made.items()}
    loaded = load(path, check_shape=True) if (path / SETTINGS).exists() else validate_paths((path,), unsaved=texts)
    return judge(loaded, standard)


def _made(file: Path) -> bytes | None:
    """What a file is made into; None for one that is as it stands, nothing for one that is a link to nowhere."""
    text = file.read_bytes().decode("utf-8", "replace")
    match = _MADE.match(text)
    if match is None:
        return None
    (made,) = MADE[match["name"]](text[match.end() :])
    return made.data or b""


def told(judgement: Judgement) -> str:
    """The whole output in English, then in Chinese."""
    english, chinese = (
        render_text(judgement.findings, judgement.texts, language) for language in (Language.EN, Language.ZH)
    )
    return f"{english}{_CHINESE}{chinese}"


def place(case: Case, judgement: Judgement) -> str:
    """Where in which document the first finding of the case's code stands, in words that outlive edits."""
    found = next(one for one in judgement.findings if one.code == case.code)
    file = found.span.file
    text = judgement.texts.get(file, "")
    outline = outline_of(text, file)
    if outline.starts:
        # Settings have no id: they are known by their folder.
        document = f"{case.name} {file}" if outline.document == "workspace" else outline.document
        return f"{document}: {outline.path(found.span)}"
    kind = _kind(text)
    # Of a text that cannot be parsed, the keys that lead there by their indentation; of none, the file.
    return f"{kind}: {'.'.join(_keys(text, found.span.line))} in column {found.span.column}" if kind else file


def _kind(text: str) -> str:
    match = re.search(r"^kind: *(?P<kind>\w+)", text, re.MULTILINE)
    return "" if match is None else match["kind"]


def _keys(text: str, line: int) -> list[str]:
    keys: dict[int, str] = {}
    for one in text.split("\n")[:line]:
        match = re.match(r"(?P<indent>[ \t]*)(?P<key>[^\s:#：]+)", one)
        if match is not None:
            indent = len(match["indent"])
            keys = {at: key for at, key in keys.items() if at < indent} | {indent: match["key"]}
    return list(keys.values())


def by_code() -> Mapping[str, tuple[Case, ...]]:
    """The cases of each code."""
    found: dict[str, list[Case]] = {}
    for case in cases():
        found.setdefault(case.code, []).append(case)
    return {code: tuple(those) for code, those in found.items()}
