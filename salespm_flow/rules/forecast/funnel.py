"""How many projects reached each state, went on from there, or were lost from there. Knows no storage."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from salespm_flow.model.workflow import State
from salespm_flow.nouns import dataclass
from salespm_flow.rules.forecast.calibration import is_stage, share


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What became of the projects that reached a state: each is counted once.

    `went_on` reached a later state or ended well, `lost` ended otherwise with this as their last state, `waiting` are
    open and have done neither; one that went back and was lost from an earlier state is in none of the three.
    `conversion` and `leak` are shares of those that do not wait; None where there is none.
    """

    state: str
    reached: int
    went_on: int
    lost: int
    waiting: int

    @property
    def conversion(self) -> Decimal | None:
        """The share that went on."""
        return share(self.went_on, self.reached - self.waiting)

    @property
    def leak(self) -> Decimal | None:
        """The share that was lost from here."""
        return share(self.lost, self.reached - self.waiting)


class Funnel:
    """Counts projects on their way; the stages are those of the definition, in the order of the file."""

    __slots__ = ("_counts", "_places", "_under")

    def __init__(self, states: Mapping[str, State]) -> None:
        stages = [path for path, state in states.items() if is_stage(state)]
        self._places = {path: place for place, path in enumerate(stages)}
        self._under = {path: tuple(one for one in stages if one.startswith(f"{path}.")) for path in stages}
        self._counts = {path: [0, 0, 0, 0] for path in stages}

    def take(self, entered: Mapping[str, datetime], *, is_success: bool | None) -> None:
        """A project that entered these states, latest entries given, is counted; None for one that has not ended."""
        places = self._places
        reached = [path for path in entered if path in places]
        if not reached:
            return
        # Of states entered at once, the last in the file is the innermost and the furthest.
        last = max(reached, key=lambda path: (entered[path], places[path]))
        for path in reached:
            counts = self._counts[path]
            counts[0] += 1
            if is_success or self._is_beyond(path, reached):
                counts[1] += 1
            elif is_success is None:
                counts[3] += 1
            elif last == path or last in self._under[path]:
                counts[2] += 1

    def _is_beyond(self, path: str, reached: list[str]) -> bool:
        place, under = self._places[path], self._under[path]
        return any(self._places[one] > place and one not in under for one in reached)

    def steps(self) -> tuple[Step, ...]:
        """The stages, in the order of the file."""
        return tuple(
            Step(state=path, reached=reached, went_on=went_on, lost=lost, waiting=waiting)
            for path, (reached, went_on, lost, waiting) in self._counts.items()
        )
