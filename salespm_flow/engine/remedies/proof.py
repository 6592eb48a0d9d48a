"""Whether a change of fewer fields could make a refused move possible, proved by the solver of the extra `prove`."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from importlib.util import find_spec

from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.decide import decide
from salespm_flow.engine.remedies.remedy import Remedy, remedies, smallest
from salespm_flow.model.decision import Accepted, Actor, Advance
from salespm_flow.model.project import Snapshot
from salespm_flow.nouns import dataclass
from salespm_flow.solve.propose import Proposal
from salespm_flow.solve.world import Demand, World


class Proved(StrEnum):
    """What is certain: no change of fewer fields does it, no change of fields at all does, or neither."""

    SMALLEST = "smallest"
    IMPOSSIBLE = "impossible"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was proved, with the change where there is one; rows are taken as they are."""

    proved: Proved
    remedy: Remedy | None


def is_available() -> bool:
    """Whether the solver is installed."""
    return find_spec("z3") is not None


def proof(compiled: Compiled, snapshot: Snapshot, trigger: str, *, actor: Actor, now: datetime) -> Proof:
    """What can be proved about changes of fields that make the engine accept the trigger.

    Needs the solver; takes seconds at most for each way that the trigger could go. What is accepted as it is has no
    remedy, and that is the smallest.
    """
    from salespm_flow.solve.prove import Verdict, prove  # noqa: PLC0415 -- the extra may not be installed

    request = Advance(trigger=trigger, actor=actor, fields={})
    if isinstance(decide(compiled, snapshot, request, now), Accepted):
        return Proof(proved=Proved.SMALLEST, remedy=None)
    worlds: list[World] = []
    ends: list[Verdict | None] = []

    def proposer(world: World, demands: Iterable[Demand]) -> Proposal | None:
        found = prove(world, demands)
        if not worlds or worlds[-1] is not world:
            worlds.append(world)
            ends.append(None)
        ends[-1] = found if isinstance(found, Verdict) else None
        return found if isinstance(found, Proposal) else None

    found = remedies(compiled, snapshot, request, proposer, now=now)
    is_certain = all(one is not None or end is Verdict.IMPOSSIBLE for one, end in zip(found, ends, strict=True))
    best = smallest(found)
    if not is_certain:
        return Proof(proved=Proved.UNDECIDED, remedy=best)
    return Proof(proved=Proved.IMPOSSIBLE if best is None else Proved.SMALLEST, remedy=best)
