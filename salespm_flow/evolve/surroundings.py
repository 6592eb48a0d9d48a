"""What has changed around states and transitions: roles, timers, links, parameters and the documents it stands on."""

from collections.abc import Iterator

from salespm_flow.definition.literals import write_value
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.values import label
from salespm_flow.evolve.difference import Difference, Impact, Nature
from salespm_flow.evolve.pairing import pair_ids
from salespm_flow.evolve.versions import Place, Versions, repr_of, told
from salespm_flow.evolve.words import from_to, length, text_of
from salespm_flow.model.actions import RaiseEvent
from salespm_flow.model.workflow import Link, Timer, Uses


def surrounding_differences(versions: Versions) -> Iterator[Difference]:
    """Roles first, then timers, links, parameters and what the workflow uses."""
    yield from _roles(versions)
    yield from _timers(versions)
    yield from _links(versions)
    yield from _parameters(versions)
    yield from _uses(versions)


def _place(path: str, name: Bilingual, versions: Versions) -> Place:
    subject = path.rpartition(".")[2]
    return Place(path=path, subject=subject, name=name, span=versions.new.span, former=versions.old.span)


def _roles(versions: Versions) -> Iterator[Difference]:
    pairs = pair_ids(versions.old.roles, versions.new.roles)
    for name in pairs.removed:
        words = Bilingual("在流程里不再有任何职责", "has no part in the workflow any more")
        place = _place(f"roles.{name}", Bilingual(f"角色 {name} ", f"The role {name}"), versions)
        yield told(place, Nature.REMOVED, Impact.BREAKING, words, was=name)
    for name in pairs.added:
        words = Bilingual("在流程里有了职责", "has a part in the workflow now")
        place = _place(f"roles.{name}", Bilingual(f"角色 {name} ", f"The role {name}"), versions)
        yield told(place, Nature.ADDED, Impact.SAFE, words, now=name)


def _timers(versions: Versions) -> Iterator[Difference]:
    old, new, pairs = versions.old.timers, versions.new.timers, versions.timers
    for name in (*pairs.removed, *pairs.added):
        is_gone = name in pairs.removed
        timer = old[name] if is_gone else new[name]
        place = Place(
            path=f"timers.{name}",
            subject=name,
            name=Bilingual(f"定时器 {name} ", f"The timer {name}"),
            span=None if is_gone else timer.span,
            former=timer.span if is_gone else None,
        )
        nature = Nature.REMOVED if is_gone else Nature.ADDED
        words = Bilingual("被移除", "is removed") if is_gone else Bilingual("是新增定时器", "is new")
        texts = ("", _when(timer)) if not is_gone else (_when(timer), "")
        yield told(place, nature, _impact(timer), words, was=texts[0], now=texts[1])
    for before, after in pairs.kept.items():
        yield from _timer(versions, old[before], new[after])


def _impact(timer: Timer) -> Impact:
    """A timer that moves projects is one that somebody counts on, or that nobody has counted on."""
    return Impact.BREAKING if any(isinstance(action, RaiseEvent) for action in timer.do) else Impact.SAFE


def _timer(versions: Versions, old: Timer, new: Timer) -> Iterator[Difference]:
    name = Bilingual(f"定时器 {new.id} ", f"The timer {new.id}")
    place = Place(path=f"timers.{new.id}", subject=new.id, name=name, span=new.span, former=old.span)
    if old.id != new.id:
        yield told(place, Nature.RENAMED, Impact.MAPPING, _was_called(old.id), was=old.id, now=new.id)
    was, now = _when(old), _when(new)
    if was != now:
        words = Bilingual(f"从 {was} 改为 {now}", f"was {was} and is {now}")
        yield told(place, Nature.CHANGED, _impact(new), words, was=was, now=now)
    if versions.state_now(old.state) != new.state:
        words = Bilingual(f"改在 {new.state} 里计时", f"runs in {new.state}, not in {old.state}")
        yield told(place, Nature.CHANGED, _impact(new), words, path=place.inside("in"), was=old.state, now=new.state)
    if repr_of(old.do) != repr_of(new.do):
        impact = Impact.BREAKING if Impact.BREAKING in {_impact(old), _impact(new)} else Impact.SAFE
        words = Bilingual("所做的动作改了", "does something else")
        yield told(place, Nature.CHANGED, impact, words, path=place.inside("do"))


def _when(timer: Timer) -> str:
    if timer.at is not None:
        return f"at {text_of(timer.at)}"
    return f"after {length(timer.after)}" if timer.after is not None else f"every {length(timer.every)}"


def _links(versions: Versions) -> Iterator[Difference]:
    old, new, pairs = versions.old.links, versions.new.links, versions.links
    for name in pairs.removed:
        words = Bilingual("被移除：不再听取子项目的事件", "is removed: nothing is heard of its children any more")
        place = Place(path=f"links.{name}", subject=name, name=_link(old[name]), former=old[name].span)
        yield told(place, Nature.REMOVED, Impact.BREAKING, words, was=old[name].workflow)
    for name in pairs.added:
        place = Place(path=f"links.{name}", subject=name, name=_link(new[name]), span=new[name].span)
        words = Bilingual("是新增关联", "is new")
        yield told(place, Nature.ADDED, Impact.SAFE, words, now=new[name].workflow)
    for name, name_now in pairs.kept.items():
        before, after = old[name], new[name_now]
        path = f"links.{name_now}"
        place = Place(path=path, subject=name_now, name=_link(after), span=after.span, former=before.span)
        if name != name_now:
            # Children keep the name of the link by which they were born.
            yield told(place, Nature.RENAMED, Impact.BREAKING, _was_called(name), was=name, now=name_now)
        if (before.workflow, before.is_many) != (after.workflow, after.is_many):
            words = Bilingual("指向另一个流程，或数量限制改了", "leads to another workflow, or to one instead of many")
            yield told(place, Nature.CHANGED, Impact.BREAKING, words, was=before.workflow, now=after.workflow)
        texts = _carried(before), _carried(after)
        if texts[0] != texts[1]:
            words = Bilingual("交给子项目的内容改了", "hands other values to its children")
            path = place.inside("carry")
            yield told(place, Nature.CHANGED, Impact.SAFE, words, path=path, was=texts[0], now=texts[1])


def _was_called(name: str) -> Bilingual:
    return Bilingual(f"由 {name} 改名而来", f"was called {name}")


def _link(link: Link) -> Bilingual:
    name = label(link.id, link.title)
    return Bilingual(f"关联{name.zh}", f"The link {name.en}")


def _carried(link: Link) -> str:
    return ", ".join(f"{name}: {text_of(value)}" for name, value in sorted(link.carry.items()))


def _parameters(versions: Versions) -> Iterator[Difference]:
    old, new = versions.old.parameters, versions.new.parameters
    for name in dict.fromkeys((*old, *new)):
        was = write_value(old[name].value, old[name].type) if name in old else ""
        now = write_value(new[name].value, new[name].type) if name in new else ""
        if was == now:
            continue
        # What it does to conditions is told where they stand.
        place = _place(f"parameters.{name}", Bilingual(f"参数 {name} ", f"The parameter {name}"), versions)
        words = Bilingual(from_to(was, now).zh, f"has changed: {from_to(was, now).en}")
        yield told(place, Nature.CHANGED, Impact.SAFE, words, was=was, now=now)


def _uses(versions: Versions) -> Iterator[Difference]:
    old, new = versions.old.uses, versions.new.uses
    for key, was, now in _used(old, new):
        if was != now:
            place = _place(f"uses.{key}", Bilingual(f"所用的 {key} ", f"What it uses as {key}"), versions)
            words = Bilingual(from_to(was, now).zh, f"has changed: {from_to(was, now).en}")
            yield told(place, Nature.CHANGED, Impact.SAFE, words, was=was, now=now)


def _used(old: Uses, new: Uses) -> Iterator[tuple[str, str, str]]:
    yield "organisation", old.organisation or "", new.organisation or ""
    yield "calendar", old.calendar or "", new.calendar or ""
    for key in ("goals", "risks", "scorecards"):
        yield key, ", ".join(getattr(old, key)), ", ".join(getattr(new, key))
