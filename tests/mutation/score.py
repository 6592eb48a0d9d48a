"""How many mutants of the shipped definitions validation notices: `python -m tests.mutation.score [--sample N]`.

A mutant is noticed where validation at its strictest says anything: the shipped definitions as they are have no
findings. Writes `docs/validation-mutation.md`; without `--sample` every mutant of every document is tried, which takes
two processes about half an hour.
"""

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from functools import cache, cached_property
from multiprocessing import Pool
from pathlib import Path
from typing import Final

from salespm_flow.definition.build import default_workspace
from salespm_flow.definition.collection import collect
from salespm_flow.definition.drafts import Draft, draft_of, find_files, read_draft
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.definition.workspace import Loaded, shipped_definitions
from salespm_flow.lint import document_titles
from salespm_flow.lint.judgement import Standard, judge
from tests.mutation.operators import OPERATORS, Mutant, mutants

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "validation-mutation.md"
STRICT: Final = Standard(today=date(2026, 1, 1), is_strict=True)
SEED: Final = 20260101
# Whether amounts can be converted depends on documents that nothing names.
FAR: Final = frozenset({"swap a currency"})
_WORD: Final = re.compile(r"\w+")
RARE: Final = frozenset({"drop a state", "add an unreachable state", "drop a transition"})


@dataclass(frozen=True, slots=True)
class Trial:
    """One mutant of one file."""

    file: str
    mutant: Mutant


class Shipped:
    """The shipped definitions, read once."""

    def __init__(self) -> None:
        self.folder = shipped_definitions()
        self.files = tuple(find_files(self.folder))
        self._near: dict[str, tuple[str, ...]] = {}

    @cached_property
    def drafts(self) -> dict[str, Draft]:
        """Every document, by the name of its file."""
        return {self._name(path): read_draft(path, self._name(path), UTC, with_shape=True) for path in self.files}

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    @cached_property
    def every_trial(self) -> list[Trial]:
        """Every mutant of every document."""
        return [
            Trial(file, mutant)
            for file, draft in self.drafts.items()
            if draft.text is not None
            for mutant in mutants(draft.text, file)
        ]

    def notices(self, trial: Trial) -> bool:
        """Whether validation says anything about the mutant where it stands among the others."""
        before = self.drafts[trial.file]
        draft = draft_of(trial.mutant.text, (before.path, trial.file), UTC, with_shape=True)
        # A missing title is told whatever the rest of the workspace says, or something worse is.
        if draft.diagnostics or any(document_titles.findings(trial.mutant.text, trial.file)):
            return True
        if trial.mutant.operator not in FAR:
            # What is told beside all that the file stands on is told among all, too; silence has to hold among all.
            near = self.near(trial.file)
            if self._tells(draft, near):
                return True
            if len(near) == len(self.drafts):
                return False
        return self._tells(draft, tuple(self.drafts))

    def near(self, file: str) -> tuple[str, ...]:
        """The file with all that it stands on; every file where these are not sound by themselves."""
        if file not in self._near:
            self._near[file] = self._all_below(file) or tuple(self.drafts)
        return self._near[file]

    def _all_below(self, file: str) -> tuple[str, ...]:
        """The file with all that it stands on, by the names they mention; none unless these are sound by themselves."""
        words = {name: frozenset(_WORD.findall(draft.text or "")) for name, draft in self.drafts.items()}
        found, mentioned = {file}, set(words[file])
        while more := {name for name, given in self._given.items() if name not in found and given & mentioned}:
            found |= more
            mentioned.update(*(words[name] for name in more))
        near = tuple(name for name in self.drafts if name in found)
        return () if self._tells(self.drafts[file], near) else near

    @cached_property
    def _given(self) -> dict[str, frozenset[str]]:
        """What other documents may call by name, by the file that gives it."""
        found: dict[str, frozenset[str]] = {}
        for name, draft in self.drafts.items():
            root = parse(draft.text or "", name).root
            values = [root.entries[key].value for key in ("id", "kpis", "goals") if root and key in root.entries]
            ids = (value.text for value in values if isinstance(value, ScalarNode))
            found[name] = frozenset((*ids, *(key for one in values if isinstance(one, MapNode) for key in one.entries)))
        return found

    def _tells(self, draft: Draft, names: Sequence[str]) -> bool:
        """Whether validation says anything about the draft, where it stands among the files named."""
        every = [draft if name == draft.file else self.drafts[name] for name in names]
        found = collect(every, default_workspace(".", ()), UTC)
        if found.diagnostics:
            return True
        composed = {one.file: one.composition for one in found.drafts if one.composition is not None}
        paths = {draft.file: draft.path}
        loaded = Loaded(library=found.library, diagnostics=(), texts=found.texts, paths=paths, compositions=composed)
        return bool(judge(loaded, STRICT).findings)


def page(tried: Sequence[tuple[Trial, bool]], of: int) -> str:
    """The published score, with every survivor."""
    noticed = sum(seen for _, seen in tried)
    extent = "" if len(tried) == of else f" (a random sample, seed {SEED}, of {of}, and all of states and transitions)"
    lines = [
        "# What validation notices",
        "",
        "Every structural mutation is applied at every place of every shipped definition; `validate --strict`",
        "has to say something. `python -m tests.mutation.score` tries them all and writes this page.",
        "Nobody can tell a transition that was dropped from one that was never meant, where the process is sound",
        "without it: such mutants count as not noticed and are listed.",
        "",
        f"**{noticed} of {len(tried)} mutants noticed: {noticed / len(tried):.1%}**{extent}.",
        "",
        "| mutation | tried | noticed |",
        "|---|---|---|",
    ]
    counts = Counter(trial.mutant.operator for trial, _ in tried)
    seen = Counter(trial.mutant.operator for trial, is_seen in tried if is_seen)
    lines += [f"| {name} | {counts[name]} | {seen[name]} |" for name in OPERATORS]
    lines += ["", "## Survivors", ""]
    survivors = sorted({(t.mutant.operator, t.file, t.mutant.place) for t, is_seen in tried if not is_seen})
    lines += [f"- {operator}: `{file}`, `{place}`: {reason(operator, place)}" for operator, file, place in survivors]
    return "\n".join(lines) + "\n"


def reason(operator: str, place: str) -> str:
    """Why a mutant of this kind may go unnoticed."""
    match operator:
        case "delete a title" | "one language of a title":
            return "a miss: people are shown the id"
        case "drop a transition":
            return "another valid process: its states are reached and left by other transitions"
        case "swap a currency":
            return "the amount stands alone: nothing beside it says which currency is meant"
        case "drop a state":
            return "an inherited or unused state: nothing names it"
        case "break a reference" | "unknown role":
            return "a name that stands for people or systems outside of the definitions"
        case "drop a needed key":
            return f"`{place.rpartition('.')[2]}` is optional there"
        case _:
            return "another valid definition"


def sampled(every: Sequence[Trial], count: int) -> list[Trial]:
    """So many at random, and all that a sample would hardly hit: those that change the process itself."""
    drawn = random.Random(SEED).sample(every, min(count, len(every)))  # noqa: S311 - not for secrets
    return [*drawn, *(one for one in every if one.mutant.operator in RARE and one not in drawn)]


@cache
def _shipped() -> Shipped:
    """The shipped definitions of this process."""
    return Shipped()


def _is_noticed(trial: Trial) -> bool:
    return _shipped().notices(trial)


def main(arguments: Sequence[str]) -> int:
    """Tries the mutants and writes the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.score")
    parser.add_argument("--sample", type=int, help="try so many, chosen at random")
    parser.add_argument("--processes", type=int, default=2, help="how many to try at a time")
    chosen = parser.parse_args(arguments)
    every = _shipped().every_trial
    trials = every if chosen.sample is None else sampled(every, chosen.sample)
    tried: list[tuple[Trial, bool]] = []
    with Pool(chosen.processes) as pool:
        for trial, is_seen in zip(trials, pool.imap(_is_noticed, trials, chunksize=20), strict=True):
            tried.append((trial, is_seen))
            if len(tried) % 1000 == 0:
                sys.stderr.write(f"{len(tried)} of {len(trials)}, {sum(seen for _, seen in tried)} noticed\n")
    PAGE.write_text(page(tried, len(every)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
