"""Two versions of one workflow side by side: what is which in both, and differences told about them."""

from collections.abc import Iterator, Mapping, Sequence

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.evolve.difference import Difference, Impact, Nature
from salespm_flow.evolve.guards import Guards, Shift
from salespm_flow.evolve.pairing import Pairing, pair_fields, pair_links, pair_states, pair_timers, pair_transitions
from salespm_flow.evolve.words import example_text, text_of
from salespm_flow.model.expression import Expression
from salespm_flow.model.library import Library
from salespm_flow.model.workflow import Gate, Workflow
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """Both versions with their pairs and what compares their conditions."""

    old: Workflow
    new: Workflow
    states: Pairing
    fields: Pairing
    transitions: Pairing
    timers: Pairing
    links: Pairing
    guards: Guards

    def state_now(self, path: str) -> str:
        """The path that an older state has now; a removed one keeps its own."""
        return self.states.kept.get(path, path)

    def field_now(self, name: str) -> str:
        """The id that an older field has now; a removed one keeps its own."""
        return self.fields.kept.get(name, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Pairs of older and newer ids (of states: paths) that are told and not to be guessed."""

    states: Mapping[str, str]
    fields: Mapping[str, str]
    transitions: Mapping[str, str]
    timers: Mapping[str, str]


NOTHING_KNOWN = Known(states={}, fields={}, transitions={}, timers={})


def side_by_side(old: Workflow, new: Workflow, library: Library, known: Known = NOTHING_KNOWN) -> Versions:
    """The two versions, with what is which in both."""
    states, fields = pair_states(old, new, known.states), pair_fields(old, new, known.fields)
    return Versions(
        old=old,
        new=new,
        states=states,
        fields=fields,
        transitions=pair_transitions(old, new, states, known.transitions),
        timers=pair_timers(old, new, states, known.timers),
        links=pair_links(old, new),
        guards=Guards(old, new, library, (states, fields)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a difference stands: its path and subject, what to call it, and its spans in both versions."""

    path: str
    subject: str
    name: Bilingual
    span: Span | None = None
    former: Span | None = None

    def inside(self, key: str) -> str:
        """The path of something below."""
        return f"{self.path}.{key}"


def told(
    place: Place, nature: Nature, impact: Impact, words: Bilingual, *, path: str = "", was: str = "", now: str = ""
) -> Difference:
    """The difference, in a sentence that begins with the name of its place."""
    return Difference(
        path=path or place.path,
        subject=place.subject,
        nature=nature,
        impact=impact,
        message=Bilingual(f"{place.name.zh}{words.zh}", f"{place.name.en} {words.en}"),
        before=was,
        after=now,
        span=place.span,
        former_span=place.former,
    )


_SHIFTS = {
    Shift.TIGHTER: (Nature.TIGHTENED, Impact.BREAKING, Bilingual("收紧了", "is tighter")),
    Shift.LOOSER: (Nature.LOOSENED, Impact.SAFE, Bilingual("放宽了", "is looser")),
    Shift.OTHER: (
        Nature.CHANGED,
        Impact.BREAKING,
        Bilingual("有的收紧、有的放宽", "is tighter for some and looser for others"),
    ),
    Shift.UNDECIDED: (
        Nature.UNDECIDED,
        Impact.BREAKING,
        Bilingual("改了，无法证明没有收紧", "has changed, and it is not proven that it refuses no more than before"),
    ),
}


def condition_differences(
    versions: Versions, place: Place, noun: Bilingual, pair: tuple[Sequence[Expression], Sequence[Expression]]
) -> Iterator[Difference]:
    """How a condition (all of the older expressions, all of the newer) has shifted, with values that show it."""
    shifted = versions.guards.shifted((one.node for one in pair[0]), (one.node for one in pair[1]))
    if shifted.shift is Shift.SAME:
        return
    nature, impact, words = _SHIFTS[shifted.shift]
    shown = [example_text(one, versions.new, versions.old) for one in shifted.examples]
    zh = "；".join(one.zh for one in shown)
    en = "; ".join(one.en for one in shown)
    yield Difference(
        path=place.path,
        subject=place.subject,
        nature=nature,
        impact=impact,
        message=Bilingual(
            f"{place.name.zh}的{noun.zh}{words.zh}" + (f"，例如 {zh}" if zh else ""),
            f"{noun.en[:1].upper()}{noun.en[1:]} of {place.name.en} {words.en}" + (f", for example {en}" if en else ""),
        ),
        before=" and ".join(map(text_of, pair[0])),
        after=" and ".join(map(text_of, pair[1])),
        span=place.span,
        former_span=place.former,
        examples=shifted.examples,
    )


def gate_differences(
    versions: Versions, place: Place, noun: Bilingual, gates: tuple[Gate, Gate]
) -> Iterator[Difference]:
    """What a gate demands more or less, and whether it does something else."""
    old, new = gates
    demanded = {versions.field_now(need.name) for need in old.require}
    demands = {need.name for need in new.require}
    for name in sorted(demands - demanded):
        words = Bilingual(f"的{noun.zh}多要求 {name}", f"demands {name} too ({noun.en})")
        yield told(place, Nature.TIGHTENED, Impact.BREAKING, words, path=place.inside("require"), now=name)
    for name in sorted(demanded - demands):
        words = Bilingual(f"的{noun.zh}不再要求 {name}", f"demands {name} no more ({noun.en})")
        yield told(place, Nature.LOOSENED, Impact.SAFE, words, path=place.inside("require"), was=name)
    checks = tuple(check.that for check in old.check), tuple(check.that for check in new.check)
    yield from condition_differences(versions, place, noun, checks)
    before, after = [repr_of(action) for action in old.do], [repr_of(action) for action in new.do]
    if before != after:
        ids = ", ".join(action.id for action in old.do), ", ".join(action.id for action in new.do)
        words = Bilingual(f"的{noun.zh}所做的动作改了", f"does something else ({noun.en})")
        yield told(place, Nature.CHANGED, Impact.SAFE, words, path=place.inside("do"), was=ids[0], now=ids[1])


def repr_of(thing: object) -> str:
    """The noun as a text that leaves out where it stands in its file."""
    if isinstance(thing, Expression):
        return text_of(thing)
    if isinstance(thing, tuple):
        return f"({', '.join(repr_of(one) for one in thing)})"
    slots = getattr(type(thing), "__dataclass_fields__", None)
    if slots is None or isinstance(thing, Span):
        return "" if isinstance(thing, Span) else repr(thing)
    parts = (f"{name}={repr_of(getattr(thing, name))}" for name in slots if name not in {"span", "place", "node"})
    return f"{type(thing).__name__}({', '.join(parts)})"
