"""All shipped risk rules and scorecards over portfolios of their workflows, against the same formulas in rule-engine.

Ours evaluates projects as the store gives them: fields, records, tasks, children, histories of states. The peer gets
what each formula needs as ready plain values, prepared beforehand at nobody's cost, and its compiled rules; so the loop
over it is the one that a straightforward program would have.
"""

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from benchmarks.cards import OurCard, PeerCard, agree
from benchmarks.measure import Result, result, seconds
from benchmarks.portfolio import NOW, Plain, Portfolio
from benchmarks.portfolio_delivery import DELIVERIES
from benchmarks.portfolio_pipeline import DEALS
from benchmarks.portfolio_selling import PROJECTS as SELLING
from benchmarks.portfolio_templates import BIDS, BOARDS, ROLLOUTS, SPRINTS
from salespm_flow.definition.workspace import load
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.draft import replay
from salespm_flow.engine.registers.upkeep import risk_truths
from salespm_flow.engine.running.runner import Runner
from salespm_flow.expr.values import Value
from salespm_flow.model.history import Doing, Entry, Opened
from salespm_flow.model.library import Library
from salespm_flow.model.project import Project, Snapshot
from salespm_flow.rules.scorecard import score
from salespm_flow.store import open_store

PROJECTS: Final = 100_000
SAMPLE: Final = 2_000
PEER: Final = "rule-engine"
PEER_PACKAGE: Final = "rule_engine"
WORKFLOWS: Final = Path(__file__).parents[1] / "workflows"
PORTFOLIOS: Final = (DEALS, DELIVERIES, SELLING, BOARDS, SPRINTS, BIDS, ROLLOUTS)

Pair = tuple[float, float]


class _SystemClock:
    def now(self) -> datetime:
        return NOW


@dataclass(frozen=True, slots=True)
class _Cards:
    """The figures of the scorecards over one portfolio: ours from projects, ours from rows, theirs."""

    ours: OurCard
    from_rows: OurCard
    theirs: PeerCard


class _Bench:
    """One portfolio with both sides ready to run."""

    def __init__(self, portfolio: Portfolio, library: Library, compiled: Compiled, first: Project) -> None:
        self.portfolio, self.compiled, self.first = portfolio, compiled, first
        self.cards: _Cards | None = None
        if portfolio.figures:
            self.cards = _Cards(
                OurCard(library, compiled, portfolio.figures, NOW),
                OurCard(library, compiled, portfolio.figures, NOW),
                PeerCard(PEER_PACKAGE, portfolio.figures),
            )
        self.rules = _peer_rules(portfolio)
        self.judged: set[str] = set()
        self.by_rules: list[Pair] = []
        self.by_card: list[Pair] = []
        self.by_rows: list[Pair] = []

    def block(self, numbers: Iterable[int]) -> None:
        """These projects are judged and counted by both sides; none of them outlives the block."""
        snapshots = [self.portfolio.snapshot(self.first, number) for number in numbers]
        rows = [self.portfolio.row(self.compiled, snapshot) for snapshot in snapshots]
        if not self.by_rules:
            self.agree(snapshots, rows)
        judge = partial(_judge, self.compiled, snapshots)
        self.by_rules.append((seconds(judge), seconds(partial(_judge_by_peer, self.rules, rows))))
        if self.cards is not None:
            self._count(self.cards, [snapshot.project for snapshot in snapshots], rows)

    def _count(self, cards: "_Cards", projects: Sequence[Project], rows: Sequence[Plain]) -> None:
        """The figures of the cards: once with our reading of the projects, once from rows that both sides are given."""
        peer = seconds(partial(cards.theirs.take, rows))
        self.by_card.append((seconds(partial(cards.ours.take, projects)), peer))
        read = list(cards.from_rows.read(projects))
        self.by_rows.append((seconds(partial(cards.from_rows.count, read)), peer))

    def agree(self, snapshots: Sequence[Snapshot], rows: Sequence[Plain]) -> None:
        """Both sides say the same of every project, and each rule both things, or comparing would mean nothing."""
        seen: dict[str, set[bool]] = {name: set() for name in self.rules}
        for snapshot, row in zip(snapshots, rows, strict=True):
            truths = risk_truths(self.compiled, snapshot, NOW)
            self.judged.update(truths)
            ours = {name.partition(".")[2]: bool(truth) for name, truth in truths.items()}
            theirs = {name: holds(row) for name, holds in self.rules.items()}
            if ours != theirs:
                differing = {name for name in ours | theirs if ours.get(name) != theirs.get(name)}
                raise AssertionError(f"{self.portfolio.workflow} {snapshot.project.id}: {differing}")
            for name, truth in ours.items():
                seen[name].add(truth)
        if idle := [name for name, truths_seen in seen.items() if len(truths_seen) == 1]:
            raise AssertionError(f"{self.portfolio.workflow}: always the same: {idle}")


def run(folder: Path) -> tuple[Result, ...]:
    """All rules and cards over the portfolio, block by block beside the peer; then each part."""
    if find_spec(PEER_PACKAGE) is None:
        print(f"{PEER} is not installed: not compared", file=sys.stderr)
        return ()
    library = load(WORKFLOWS).library
    benches = tuple(_opened(folder, library))
    _complete(library, benches)
    for number, start in enumerate(range(0, PROJECTS, SAMPLE)):
        benches[number % len(benches)].block(range(start, start + SAMPLE))
    cards = [bench.cards for bench in benches if bench.cards is not None]
    for one in cards:
        agree(one.ours, one.theirs)
        agree(one.from_rows, one.theirs)
    figures = {name: value for one in cards for name, value in one.ours.figures().items()}
    _score(library, figures)
    return tuple(_told(library, benches))


def _told(library: Library, benches: Sequence[_Bench]) -> Iterator[Result]:
    by_rules = _rounds([bench.by_rules for bench in benches])
    rated = [bench for bench in benches if bench.cards is not None]
    by_card = _rounds([bench.by_card for bench in rated])
    by_rows = _rounds([bench.by_rows for bench in rated])
    both = [(a + c, b + d) for (a, b), (c, d) in zip(by_rules, by_card, strict=False)]
    # The workflows of overlays have the rules of their base, too: each rule counts once.
    rules = len({name for bench in benches for name in bench.judged})
    figures = sum(len(bench.portfolio.figures) for bench in benches)
    cards = len(library.scorecards)
    of = f"over {PROJECTS:,} projects of {len(benches)} workflows"
    yield result(f"all {rules} risk rules and {cards} scorecards {of}", PEER, both, floor=5)
    yield result(f"the {rules} risk rules alone", PEER, by_rules, floor=5)
    alone = f"the {figures} KPIs of the {cards} scorecards alone"
    yield result(f"{alone}, from rows that both are given", PEER, by_rows)
    yield result(f"{alone}, ours reading the projects first", PEER, by_card)
    for bench in benches:
        name = bench.portfolio.workflow
        yield result(f"{len(bench.rules)} risk rules of {name}, {SAMPLE:,} projects", PEER, bench.by_rules, floor=5)
        if bench.cards is not None:
            yield result(f"{len(bench.portfolio.figures)} KPIs of {name}, {SAMPLE:,} projects", PEER, bench.by_card)
    totals = [sum(pair[side] for bench in benches for pair in (*bench.by_rules, *bench.by_card)) for side in (0, 1)]
    print(f"{PROJECTS:,} projects: {totals[0]:.1f} s against {totals[1]:.1f} s, {totals[1] / totals[0]:.2f} times")


def _rounds(parts: Sequence[Sequence[Pair]]) -> list[Pair]:
    """What a block of each portfolio took together; a last round that is not whole is left out."""
    return [(sum(one for one, _ in pairs), sum(other for _, other in pairs)) for pairs in zip(*parts, strict=False)]


def _complete(library: Library, benches: Sequence[_Bench]) -> None:
    """No rule of a shipped model and no KPI of a card is left out."""
    models = {one.model.id: one.model for bench in benches for one in bench.compiled.risks}
    if left := library.risk_models.keys() - models.keys():
        raise AssertionError(f"left out: {left}")
    known = {name for bench in benches for name in bench.portfolio.figures}
    asked = {criterion.kpi for card in library.scorecards.values() for criterion in card.criteria.values()}
    if known != asked:
        raise AssertionError(f"left out: {known ^ asked}")


def _score(library: Library, figures: dict[str, Value]) -> None:
    for card in library.scorecards.values():
        if score(card, figures, {}).missing:
            raise AssertionError(f"{card.id} lacks figures")


def _judge(compiled: Compiled, snapshots: Iterable[Snapshot]) -> None:
    for snapshot in snapshots:
        risk_truths(compiled, snapshot, NOW)


def _judge_by_peer(rules: dict[str, Callable[[Plain], bool]], rows: Iterable[Plain]) -> None:
    for row in rows:
        for holds in rules.values():
            holds(row)


def _opened(folder: Path, library: Library) -> Iterator[_Bench]:
    runner = Runner(open_store(str(folder / "rules.db"), create=True), library, _SystemClock())
    for portfolio in PORTFOLIOS:
        compiled = runner.definitions.openable(portfolio.workflow)
        opening = Entry(
            project=portfolio.workflow,
            number=1,
            doing=Doing.OPEN,
            name="open",
            actor="wang",
            role="",
            at=NOW,
            recorded_at=NOW,
            comment="",
            changes=(Opened(pin=compiled.pin, owner="wang"),),
        )
        first = replay((opening,))
        if first is None:
            raise RuntimeError("nothing was told")
        yield _Bench(portfolio, library, compiled, first)


def _peer_rules(portfolio: Portfolio) -> dict[str, Callable[[Plain], bool]]:
    peer = importlib.import_module(PEER_PACKAGE)
    context = peer.Context(default_value=None)
    return {name: peer.Rule(text, context=context).matches for name, text in portfolio.rules.items()}
