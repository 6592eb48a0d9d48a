"""How many findings one misspelt name makes: `python -m tests.mutation.names [--sample N]`.

Each key and each name of each shipped definition is misspelt, one at a time, among all the others. Shows how many
findings that made, and the worst cases.
"""

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from functools import cache
from multiprocessing import Pool
from typing import Final

from salespm_flow.definition.build import default_workspace
from salespm_flow.definition.collection import collect
from salespm_flow.definition.drafts import draft_of
from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.definition.workspace import Loaded
from salespm_flow.diagnostics import Diagnostic, Span
from salespm_flow.lint.judgement import Standard, judge
from tests.mutation.operators import Cut
from tests.mutation.score import SEED, Shipped

PLAIN: Final = Standard(today=date(2026, 1, 1))
# What people are told, and what is said about the outside world.
PROSE: Final = frozenset(
    {"zh", "en", "title", "message", "source", "comment", "reason", "text", "note", "cause", "aliases"}
)
_NAME: Final = re.compile(r"(?<![\w\".$:/@-])[^\W\d]\w*(?![\w\":/@-])")
_QUOTED: Final = re.compile(r'"[^"]*"')
_WORDS: Final = frozenset(
    {"and", "or", "not", "in", "null", "true", "false", "some", "every", "satisfies", "if", "then", "else"}
)
_SHORT: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """One name misspelt; `place` leads to it by keys."""

    file: str
    place: str
    name: str
    text: str


def slips(text: str, file: str) -> Iterator[Slip]:
    """Every key and every name of the text, misspelt one at a time."""
    root = parse(text, file).root
    if root is None:
        return
    cut = Cut(text)
    for path, span, name in _names(root, ()):
        changed = cut.replaced(span, name[:-1] if len(name) > _SHORT else f"{name}x")
        yield Slip(file=file, place=".".join(path), name=name, text=changed)


def _names(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Span, str]]:
    match node:
        case MapNode(entries=entries):
            for key, entry in entries.items():
                if not entry.key.is_quoted:
                    yield (*path, f"{key}:"), entry.key.span, key
                if key not in PROSE:
                    yield from _names(entry.value, (*path, key))
        case ListNode(items=items):
            for item in items:
                yield from _names(item, path)
        case ScalarNode():
            yield from ((path, span, name) for span, name in _words(node))


def _words(node: ScalarNode) -> Iterator[tuple[Span, str]]:
    span = node.span
    if span.line != span.end_line or node.is_quoted or not isinstance(node.value, str):
        return
    quoted = [range(*found.span()) for found in _QUOTED.finditer(node.text)]
    told: set[str] = set()
    for found in _NAME.finditer(node.text):
        if found[0] in _WORDS | told or any(found.start() in one for one in quoted):
            continue
        told.add(found[0])
        begin = span.column + found.start()
        yield (
            Span(file=span.file, line=span.line, column=begin, end_line=span.line, end_column=begin + len(found[0])),
            found[0],
        )


@cache
def _shipped() -> Shipped:
    return Shipped()


def findings(slip: Slip) -> tuple[Diagnostic, ...]:
    """All that validation says about all shipped definitions where one of them has the slip."""
    drafts = _shipped().drafts
    changed = draft_of(slip.text, (drafts[slip.file].path, slip.file), UTC, with_shape=True)
    found = collect(
        [changed if name == slip.file else one for name, one in drafts.items()], default_workspace(".", ()), UTC
    )
    composed = {one.file: one.composition for one in found.drafts if one.composition is not None}
    paths = {one.file: one.path for one in found.drafts}
    loaded = Loaded(
        library=found.library, diagnostics=found.diagnostics, texts=found.texts, paths=paths, compositions=composed
    )
    return judge(loaded, PLAIN).findings


def every_slip() -> list[Slip]:
    """Every slip in every document."""
    return [one for file, draft in _shipped().drafts.items() if draft.text for one in slips(draft.text, file)]


def _line(found: Diagnostic) -> str:
    span = found.span
    return f"{span.file}:{span.line}:{span.column} {found.code} {found.message.en}"


def sampled(every: Sequence[Slip], count: int, seed: int) -> list[Slip]:
    """So many of the slips, at random."""
    return random.Random(seed).sample(every, min(count, len(every)))  # noqa: S311 - not for secrets


def main(arguments: Sequence[str]) -> int:
    """Tries the slips and shows the counts."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.names")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)
    every = every_slip()
    tried = every if chosen.sample is None else sampled(every, chosen.sample, chosen.seed)
    counts: Counter[int] = Counter()
    with Pool(chosen.processes) as pool:
        for slip, found in zip(tried, pool.imap(findings, tried, chunksize=5), strict=True):
            counts[len(found)] += 1
            if len(found) > 1:
                sys.stdout.write(f"{slip.file} {slip.place} {slip.name}\n")
                sys.stdout.writelines(f"    {_line(one)}\n" for one in found)
    sys.stdout.write(f"{len(tried)} of {len(every)}: {sorted(counts.items())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
