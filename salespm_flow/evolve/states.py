"""What has changed about the states: which there are, what they demand, how long a stay may last, what they mean."""

from collections.abc import Iterator
from dataclasses import replace

from salespm_flow.diagnostics import Bilingual
from salespm_flow.evolve.difference import Difference, Impact, Nature
from salespm_flow.evolve.versions import Place, Versions, gate_differences, repr_of, told
from salespm_flow.evolve.words import NOTHING, length, state_label
from salespm_flow.model.expression import Duration
from salespm_flow.model.workflow import State, StateKind

_ENTRY = Bilingual("进入条件", "entry gate")
_EXIT = Bilingual("离开条件", "exit gate")
_KINDS = {
    StateKind.ATOMIC: Bilingual("单一状态", "without parts"),
    StateKind.COMPOUND: Bilingual("含子状态的状态", "made of states"),
    StateKind.PARALLEL: Bilingual("并行状态", "made of regions"),
    StateKind.FINAL: Bilingual("终态", "final"),
}


def state_differences(versions: Versions) -> Iterator[Difference]:
    """In the order of the older version, what is new last."""
    for path in versions.states.removed:
        state = versions.old.states[path]
        words = Bilingual("被移除：其中的项目须说明去向", "is removed: projects in it need a place to go")
        yield told(_gone(state), Nature.REMOVED, Impact.MAPPING, words, was=state.name)
    for before, after in versions.states.kept.items():
        yield from _kept(versions, versions.old.states[before], versions.new.states[after])
    for path in versions.states.added:
        state = versions.new.states[path]
        is_inside = state.parent in versions.states.kept.values()
        # What stood in the state as a whole stands in one of its parts now.
        was_whole = any(
            not versions.old.states[old].children for old, new in versions.states.kept.items() if new == state.parent
        )
        impact = Impact.MAPPING if is_inside and was_whole else Impact.SAFE
        yield told(_now(state), Nature.ADDED, impact, Bilingual("是新增状态", "is a new state"), now=state.name)


def _now(state: State, former: State | None = None) -> Place:
    return Place(
        path=f"states.{state.path}",
        subject=state.name,
        name=_noun(state),
        span=state.span,
        former=None if former is None else former.span,
    )


def _gone(state: State) -> Place:
    return Place(path=f"states.{state.path}", subject=state.name, name=_noun(state), former=state.span)


def _noun(state: State) -> Bilingual:
    name = state_label(state)
    return Bilingual(f"状态{name.zh}", f"State {name.en}")


def _kept(versions: Versions, old: State, new: State) -> Iterator[Difference]:
    place = _now(new, old)
    yield from _named(old, new, place)
    if old.kind is not new.kind:
        impact = Impact.BREAKING if StateKind.FINAL in {old.kind, new.kind} else Impact.MAPPING
        was, now = _KINDS[old.kind], _KINDS[new.kind]
        words = Bilingual(f"从{was.zh}变为{now.zh}", f"was {was.en} and is {now.en}")
        yield told(place, Nature.CHANGED, impact, words, was=was.en, now=now.en)
    inner = replace(place, path=place.inside("entry"))
    yield from gate_differences(versions, inner, _ENTRY, (old.entry, new.entry))
    yield from gate_differences(versions, replace(place, path=place.inside("exit")), _EXIT, (old.exit, new.exit))
    yield from _limits(old, new, place)
    yield from _meaning(versions, old, new, place)


def _named(old: State, new: State, place: Place) -> Iterator[Difference]:
    if old.path == new.path:
        return
    own = old.path.rpartition(".")[2], new.path.rpartition(".")[2]
    if own[0] == own[1]:
        words = Bilingual(f"移动了位置：{old.path} → {new.path}", f"has moved: {old.path} → {new.path}")
        yield told(place, Nature.MOVED, Impact.MAPPING, words, was=old.path, now=new.path)
    else:
        words = Bilingual(f"由 {old.path} 改名而来", f"was called {old.path}")
        yield told(place, Nature.RENAMED, Impact.MAPPING, words, was=old.path, now=new.path)


def _limits(old: State, new: State, place: Place) -> Iterator[Difference]:
    for key, zh, en in (("warn", "预警", "warning"), ("breach", "时限", "limit")):
        was: Duration | None = None if old.sla is None else getattr(old.sla, key)
        now: Duration | None = None if new.sla is None else getattr(new.sla, key)
        if was == now:
            continue
        texts = length(was), length(now)
        words = Bilingual(
            f"的停留{zh}从{texts[0] or NOTHING.zh}改为{texts[1] or NOTHING.zh}",
            f"has another {en} of a stay: {texts[0] or NOTHING.en} → {texts[1] or NOTHING.en}",
        )
        path = place.inside(f"sla.{key}")
        yield told(place, Nature.CHANGED, Impact.SAFE, words, path=path, was=texts[0], now=texts[1])


def _meaning(versions: Versions, old: State, new: State, place: Place) -> Iterator[Difference]:
    if old.outcome is not new.outcome:
        was, now = (None if one.outcome is None else one.outcome.value for one in (old, new))
        words = Bilingual(
            f"的结果从 {was or NOTHING.zh} 改为 {now or NOTHING.zh}",
            f"means {now or 'no outcome'}, not {was or 'none'}",
        )
        path = place.inside("outcome")
        yield told(place, Nature.CHANGED, Impact.BREAKING, words, path=path, was=was or "", now=now or "")
    if old.is_aside != new.is_aside:
        words = Bilingual("是否属于搁置状态改了", "is aside in one version only")
        yield told(place, Nature.CHANGED, Impact.BREAKING, words, path=place.inside("aside"))
    if old.probability != new.probability:
        was, now = (("" if one.probability is None else f"{one.probability * 100:f}%") for one in (old, new))
        words = Bilingual(
            f"的赢率从 {was or NOTHING.zh} 改为 {now or NOTHING.zh}", f"has another probability: {was} → {now}"
        )
        yield told(place, Nature.CHANGED, Impact.SAFE, words, path=place.inside("probability"), was=was, now=now)
    if old.owner_role != new.owner_role:
        was, now = old.owner_role or "", new.owner_role or ""
        words = Bilingual(
            f"的责任角色从 {was or NOTHING.zh} 改为 {now or NOTHING.zh}",
            f"is owned by {now or 'no role'}, not by {was or 'no role'}",
        )
        impact = Impact.BREAKING if was else Impact.SAFE
        yield told(place, Nature.CHANGED, impact, words, path=place.inside("owner_role"), was=was, now=now)
    if [repr_of(task) for task in old.tasks] != [repr_of(task) for task in new.tasks]:
        ids = ", ".join(task.id for task in old.tasks), ", ".join(task.id for task in new.tasks)
        words = Bilingual("的进入任务改了", "opens other tasks at entry")
        yield told(place, Nature.CHANGED, Impact.SAFE, words, path=place.inside("tasks"), was=ids[0], now=ids[1])
    if old.children and new.children:
        initial = tuple(versions.state_now(path) for path in old.initial)
        if initial != new.initial:
            words = Bilingual("的初始子状态改了", "begins in another state")
            yield told(place, Nature.CHANGED, Impact.SAFE, words, path=place.inside("initial"))
