"""How many mutants of the shipped definitions validation notices: `python -m tests.mutation.score [--sample N]`.

A mutant is noticed where validation at its strictest says anything: the shipped definitions as they are have no
findings. Writes `docs/validation-mutation.md`; without `--sample` every mutant of every document is tried.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from functools import cached_property
from pathlib import Path
from typing import Final

from salespm_flow.definition.build import default_workspace
from salespm_flow.definition.collection import collect
from salespm_flow.definition.drafts import Draft, draft_of, find_files, read_draft
from salespm_flow.definition.workspace import Loaded, shipped_definitions
from salespm_flow.lint.judgement import Standard, judge
from tests.mutation.operators import OPERATORS, Mutant, mutants

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "validation-mutation.md"
STRICT: Final = Standard(today=date(2026, 1, 1), is_strict=True)
SEED: Final = 20260101
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
        if draft.diagnostics:
            return True
        every = [draft if name == trial.file else one for name, one in self.drafts.items()]
        found = collect(every, default_workspace(".", ()), UTC)
        if found.diagnostics:
            return True
        composed = {one.file: one.composition for one in found.drafts if one.composition is not None}
        paths = {trial.file: before.path}
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


def main(arguments: Sequence[str]) -> int:
    """Tries the mutants and writes the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.score")
    parser.add_argument("--sample", type=int, help="try so many, chosen at random")
    chosen = parser.parse_args(arguments)
    shipped = Shipped()
    every = shipped.every_trial
    trials = every if chosen.sample is None else sampled(every, chosen.sample)
    tried = []
    for number, trial in enumerate(trials, 1):
        tried.append((trial, shipped.notices(trial)))
        if number % 50 == 0:
            sys.stderr.write(f"{number} of {len(trials)}, {sum(seen for _, seen in tried)} noticed\n")
            PAGE.write_text(page(tried, len(every)), encoding="utf-8")
    PAGE.write_text(page(tried, len(every)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
