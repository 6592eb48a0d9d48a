"""Whatever people do in whatever order: nothing moves without its quorum, and no request outlives its ground."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from salespm_flow.definition.workspace import load
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.decide import decide
from salespm_flow.engine.definitions import Definitions
from salespm_flow.engine.draft import replay
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Accepted, Actor, Advance, CastVote, FireClock, Open, Request, SetFields
from salespm_flow.model.history import Entry, Moved
from salespm_flow.model.project import ApprovalRequest, Project, Snapshot, Verdict
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.store import open_store

WORKSPACE = "salespm: 1\nkind: workspace\ndefinitions: [flows]\n"
DEAL = """
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
fields: {size: {type: integer, default: 0}, ready: {type: boolean, default: false}, note: {type: text}}
initial: talk
states: {talk: {}, contract: {}, hold: {aside: true}, over: {final: true}}
transitions:
  agree:
    from: talk
    to: contract
    check: {small: size < 9}
    approve:
      two: {when: size > 2, by: [lead, 'person:a'], quorum: 2, except: [requester], due: 2h, escalate: director}
      all: {when: size > 4, by: [lead, finance], quorum: all, after: two}
  sign: {from: contract, to: over, auto: true, when: ready, approve: {seal: {by: [director], due: 1h}}}
  rework: {from: contract, to: talk, forward: false}
  pause: {from: [talk, contract], to: hold}
  resume: {from: hold, to: talk}
"""
ACTORS = [Actor(id=name, role=role) for name, role in (("a", ""), ("b", "lead"), ("c", "lead"), ("c", "finance"))]
ACTORS += [Actor(id="d", role="finance"), Actor(id="e", role="director")]
SIZES = st.integers(0, 9).map(Decimal)


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote on one of the requests that were ever made, the latest first."""

    number: int
    verdict: Verdict
    actor: Actor


VERDICTS = st.sampled_from([Verdict.APPROVE] * 5 + [Verdict.REJECT])
VOTES = st.builds(Vote, st.sampled_from([0, 0, 0, 1, 2]), VERDICTS, st.sampled_from(ACTORS))
ADVANCE = st.builds(
    Advance, trigger=st.sampled_from(["agree"] * 4 + ["rework", "pause", "resume"]), actor=st.sampled_from(ACTORS)
)
WITH_SIZE = st.builds(
    Advance, trigger=st.just("agree"), actor=st.just(ACTORS[0]), fields=st.fixed_dictionaries({"size": SIZES})
)
SET = st.builds(
    SetFields,
    fields=st.one_of(
        st.fixed_dictionaries({"size": SIZES}),
        st.fixed_dictionaries({"ready": st.booleans()}),
        st.fixed_dictionaries({"note": st.text("x", max_size=2)}),
    ),
    actor=st.just(ACTORS[0]),
)
# None: two hours pass, and what is due fires.
STEPS = st.one_of(VOTES, VOTES, VOTES, ADVANCE, ADVANCE, WITH_SIZE, SET, st.none())


@cache
def compiled() -> Compiled:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "flows").mkdir()
        (root / "salespm.yaml").write_text(WORKSPACE, encoding="utf-8")
        (root / "flows" / "deal.yaml").write_text(DEAL, encoding="utf-8")
        loaded = load(root)
        assert loaded.errors == ()
        store = open_store(str(root / "store.db"), create=True)
        made = Definitions(store, loaded.library).openable("deal")
        store.close()
        return made


class Life:
    """One project in memory, with all that ever was decided about it."""

    def __init__(self, size: Decimal) -> None:
        self.asked: dict[str, Mapping[str, Value]] = {}
        self.now = datetime(2026, 3, 2, tzinfo=UTC)
        self.entries: list[Entry] = []
        opened = decide(
            compiled(), None, Open(project="p", owner="a", actor=ACTORS[0], fields={"size": size}), self.now
        )
        assert isinstance(opened, Accepted)
        self.project = opened.project
        self.entries.append(opened.entry)

    def ask(self, step: Request | Vote | None) -> None:
        self.now += timedelta(minutes=1)
        if step is None:
            self.now += timedelta(hours=2)
            for clock in tuple(self.project.clocks.values()):
                if clock.due_at is not None and clock.due_at <= self.now and clock.id in self.project.clocks:
                    self._decide(FireClock(clock=clock.id))
        elif isinstance(step, Vote):
            names = list(self.project.approvals)[::-1]
            if step.number < len(names):
                self._decide(CastVote(approval=names[step.number], verdict=step.verdict, actor=step.actor))
        else:
            self._decide(step)

    def _decide(self, request: Request) -> None:
        snapshot = Snapshot(project=self.project, children={}, parent=None, kpis={})
        decision = decide(compiled(), snapshot, request, self.now)
        if isinstance(decision, Accepted):
            check_step(self.project, decision, self.asked)
            self.project = decision.project
            self.entries.append(decision.entry)


def needed(size: Decimal) -> set[str]:
    return {name for name, least in (("two", 2), ("all", 4)) if size > least}


def by_rule(project: Project, transition: str) -> Mapping[str, ApprovalRequest]:
    used = (one for one in project.approvals.values() if one.transition == transition)
    return {one.approval: one for one in used if one.status is ApprovalStatus.USED}


def check_step(before: Project, decision: Accepted, asked: dict[str, Mapping[str, Value]]) -> None:
    """Nothing moved without its approvals, and what is decided about a request stays."""
    after = decision.project
    moved = {name for change in decision.entry.changes if isinstance(change, Moved) for name in change.transitions}
    if "agree" in moved:
        check_agreement(after)
    if "sign" in moved:
        assert set(by_rule(after, "sign")) == {"seal"}
    for name, request in after.approvals.items():
        check_ground(before.approvals.get(name), request, after, asked)
    for name, request in before.approvals.items():
        assert request.is_live or after.approvals[name] == request


def check_agreement(after: Project) -> None:
    """Each approval that the size needs was granted by as many as it takes."""
    size = after.fields["size"]
    assert isinstance(size, Decimal)
    granted = by_rule(after, "agree")
    assert needed(size) <= set(granted)
    if "two" in needed(size):
        assert len({ballot.by for ballot in granted["two"].ballots}) == 2
    if "all" in needed(size):
        assert {ballot.role for ballot in granted["all"].ballots} == {"lead", "finance"}


def check_ground(
    before: ApprovalRequest | None, request: ApprovalRequest, after: Project, asked: dict[str, Mapping[str, Value]]
) -> None:
    """What is live, or was used just now, speaks of the values that it was asked for."""
    field = "ready" if request.approval == "seal" else "size"
    read = {field: after.fields[field]}
    is_used_now = request.status is ApprovalStatus.USED and (before is None or before.is_live)
    if request.is_live or is_used_now:
        assert asked.setdefault(request.id, read) == read


@given(SIZES, st.lists(STEPS, min_size=5, max_size=30))
@settings(max_examples=200, deadline=None)
def test_every_sequence_keeps_the_promises_of_approvals(size: Decimal, steps: list[Request | Vote | None]) -> None:
    life = Life(size)
    for step in steps:
        life.ask(step)
        project = life.project
        live = [one for one in project.approvals.values() if one.is_live]
        assert all(one.transition == "agree" for one in live) or project.state in {"contract", "hold"}
        assert not live or project.state in {"talk", "contract", "hold"}
        assert all(one.transition == "sign" for one in live) or project.state in {"talk", "hold"}
        for one in project.approvals.values():
            voters = [ballot.by for ballot in one.ballots]
            assert len(voters) == len(set(voters))
            assert not set(voters) & set(one.excepted)
            assert (f"approval.{one.id}" in project.clocks) <= (one.status is ApprovalStatus.PENDING)
        # What the history says is what the project is.
        assert replay(life.entries) == project
