"""Which state and field of the newer version is which of the older: by name, else by title, place and transitions.

A guess is only made where it is the only one; what people know better they write into the migration.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from salespm_flow.model.fields import Field
from salespm_flow.model.workflow import State, Timer, Workflow
from salespm_flow.nouns import dataclass

# Of all transitions that touch either of two states, the share that touches both: from here on they are alike.
_ALIKE: Final = 0.6
_FEWEST_SHARED: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Older to newer: `kept` holds those of one name and those renamed, in the order of the older version."""

    kept: Mapping[str, str]
    removed: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def renamed(self) -> Mapping[str, str]:
        """Those whose name or place is another one."""
        return {old: new for old, new in self.kept.items() if old != new}


def pair_states(old: Workflow, new: Workflow, known: Mapping[str, str] | None = None) -> Pairing:
    """The states by full path; `known` are pairs that are not to be guessed."""
    pairs = {path: path for path in old.states if path in new.states}
    pairs |= {before: after for before, after in (known or {}).items() if after in new.states}
    for path in old.states:
        if path not in pairs:
            free = [one for one in new.states if one not in pairs.values() and one not in old.states]
            found = _inside_renamed(path, pairs, free) or _same_state(old, new, path, free)
            if found is not None:
                pairs[path] = found
    return _pairing(old.states, new.states, pairs)


def pair_fields(old: Workflow, new: Workflow, known: Mapping[str, str] | None = None) -> Pairing:
    """The fields by id; a field has another id where its title and type alone stayed, and no other field's did."""
    pairs = {name: name for name in old.fields if name in new.fields}
    pairs |= {before: after for before, after in (known or {}).items() if after in new.fields}
    for name, field in old.fields.items():
        if name not in pairs:
            free = [one for one in new.fields.values() if one.id not in pairs.values() and one.id not in old.fields]
            alike = [one.id for one in free if _is_same_field(field, one)]
            if len(alike) == 1:
                pairs[name] = alike[0]
    return _pairing(old.fields, new.fields, pairs)


def pair_transitions(old: Workflow, new: Workflow, states: Pairing, known: Mapping[str, str] | None = None) -> Pairing:
    """The transitions by id; one has another id where it alone leads from and to the same states."""
    pairs = _pairs_of_ids(old.transitions, new.transitions, known)
    for name, transition in old.transitions.items():
        if name not in pairs:
            ways = (
                frozenset(states.kept.get(path, path) for path in transition.sources),
                tuple(states.kept.get(aim.path, aim.path) for aim in transition.to),
            )
            alike = [
                one.id
                for one in new.transitions.values()
                if one.id not in pairs.values()
                and one.id not in old.transitions
                and (frozenset(one.sources), tuple(aim.path for aim in one.to)) == ways
            ]
            if len(alike) == 1:
                pairs[name] = alike[0]
    return _pairing(old.transitions, new.transitions, pairs)


def pair_timers(old: Workflow, new: Workflow, states: Pairing, known: Mapping[str, str] | None = None) -> Pairing:
    """The timers by id; one has another id where it alone counts the same time in the same state."""
    pairs = _pairs_of_ids(old.timers, new.timers, known)
    times = {name: (states.kept.get(one.state, one.state), _time_of(one)) for name, one in old.timers.items()}
    return _by_likeness(pairs, times, {name: (one.state, _time_of(one)) for name, one in new.timers.items()})


def pair_links(old: Workflow, new: Workflow) -> Pairing:
    """The links by id; one has another id where it alone leads to the same workflow."""
    pairs = _pairs_of_ids(old.links, new.links, None)
    aims = {name: (link.workflow, link.is_many) for name, link in old.links.items()}
    return _by_likeness(pairs, aims, {name: (link.workflow, link.is_many) for name, link in new.links.items()})


def _pairs_of_ids(old: Iterable[str], new: Iterable[str], known: Mapping[str, str] | None) -> dict[str, str]:
    names = frozenset(new)
    pairs = {name: name for name in old if name in names}
    return pairs | {before: after for before, after in (known or {}).items() if after in names}


def _by_likeness(pairs: dict[str, str], old: Mapping[str, object], new: Mapping[str, object]) -> Pairing:
    """What has no pair is the one that alone is like it, if it alone is like that one too."""
    gone = {name: what for name, what in old.items() if name not in pairs}
    free = {name: what for name, what in new.items() if name not in pairs.values()}
    for name, what in gone.items():
        alike = [other for other, one in free.items() if one == what]
        if len(alike) == 1 and sum(one == what for one in gone.values()) == 1:
            pairs[name] = alike[0]
    return _pairing(old, new, pairs)


def _time_of(timer: Timer) -> object:
    return timer.after, timer.every, None if timer.at is None else timer.at.text


def pair_ids(old: Iterable[str], new: Iterable[str]) -> Pairing:
    """Things that have nothing but their ids."""
    known = tuple(new)
    return _pairing(tuple(old), known, {name: name for name in old if name in known})


def _pairing(old: Iterable[str], new: Iterable[str], pairs: Mapping[str, str]) -> Pairing:
    meant = frozenset(pairs.values())
    return Pairing(
        kept={name: pairs[name] for name in old if name in pairs},
        removed=tuple(name for name in old if name not in pairs),
        added=tuple(name for name in new if name not in meant),
    )


def _inside_renamed(path: str, pairs: Mapping[str, str], free: Iterable[str]) -> str | None:
    """The state of the same name in what the state around it became."""
    around, _, own = path.rpartition(".")
    wanted = f"{pairs[around]}.{own}" if around in pairs else own
    return wanted if wanted in free else None


def _same_state(old: Workflow, new: Workflow, path: str, free: list[str]) -> str | None:
    state = old.states[path]
    for alike in (
        [one for one in free if one.rpartition(".")[2] == path.rpartition(".")[2]],
        [one for one in free if _has_same_title(state, new.states[one])],
        [one for one in free if _likeness(old, new, path, one) >= _ALIKE],
    ):
        if len(alike) == 1:
            return alike[0]
    return None


def _has_same_title(old: State, new: State) -> bool:
    own = old.path.rpartition(".")[2]
    # Without a title the id stands for it, which says nothing new.
    return {old.title.zh, old.title.en} != {own} and old.title == new.title


def _likeness(old: Workflow, new: Workflow, before: str, after: str) -> float:
    first, second = frozenset(_touching(old, before)), frozenset(_touching(new, after))
    shared = first & second
    return len(shared) / len(first | second) if len(shared) >= _FEWEST_SHARED else 0.0


def _touching(workflow: Workflow, path: str) -> Iterator[tuple[str, bool]]:
    """Each transition that leads out of or into the state, and which of the two; `from: any` says nothing."""
    for transition in workflow.transitions.values():
        if path in transition.sources and len(transition.sources) < len(workflow.states) / 2:
            yield transition.id, True
        if any(aim.path == path for aim in transition.to):
            yield transition.id, False


def _is_same_field(old: Field, new: Field) -> bool:
    is_titled = {old.title.zh, old.title.en} != {old.id}
    return is_titled and old.title == new.title and type(old.type) is type(new.type)
