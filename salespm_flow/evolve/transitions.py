"""What has changed about the transitions: which there are, where they lead, who may take them, what they wait for."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from salespm_flow.diagnostics import Bilingual
from salespm_flow.evolve.difference import Difference, Impact, Nature
from salespm_flow.evolve.pairing import pair_ids
from salespm_flow.evolve.versions import Place, Versions, condition_differences, gate_differences, repr_of, told
from salespm_flow.evolve.words import length, names_of, parties, transition_label
from salespm_flow.expr.syntax import BooleanLiteral, Call
from salespm_flow.model.expression import Expression, Party
from salespm_flow.model.workflow import Approval, Target, Transition, Workflow

_WHEN = Bilingual("前提", "condition")
_GATE = Bilingual("条件", "gate")
_COMMENT = {
    True: Bilingual("须写说明", "needs a comment"),
    False: Bilingual("不再须写说明", "needs no comment any more"),
}
_EXEMPTION = Bilingual("免批条件", "exemption")


def transition_differences(versions: Versions) -> Iterator[Difference]:
    """In the order of the older version, what is new last."""
    for name in versions.transitions.removed:
        transition = versions.old.transitions[name]
        place = Place(path=f"transitions.{name}", subject=name, name=_noun(transition), former=transition.span)
        words = Bilingual("被移除", "is removed")
        yield told(place, Nature.REMOVED, Impact.BREAKING, words, was=_way(transition, versions.old))
    for before, after in versions.transitions.kept.items():
        yield from _kept(versions, versions.old.transitions[before], versions.new.transitions[after])
    for name in versions.transitions.added:
        transition = versions.new.transitions[name]
        place = Place(path=f"transitions.{name}", subject=name, name=_noun(transition), span=transition.span)
        # What moves by itself moves projects that nobody moved before.
        impact = Impact.BREAKING if transition.is_auto else Impact.SAFE
        words = Bilingual("是新增转移", "is a new transition")
        yield told(place, Nature.ADDED, impact, words, now=_way(transition, versions.new))


def _noun(transition: Transition) -> Bilingual:
    name = transition_label(transition)
    return Bilingual(f"转移{name.zh}", f"Transition {name.en}")


def _way(transition: Transition, workflow: Workflow) -> str:
    return f"{names_of(transition.sources, workflow)} → {_aims(transition.to, workflow)}"


def _aims(aims: Iterable[Target], workflow: Workflow) -> str:
    return ", ".join(workflow.states[aim.path].name + (".history" if aim.is_history else "") for aim in aims) or "—"


def _kept(versions: Versions, old: Transition, new: Transition) -> Iterator[Difference]:
    place = Place(path=f"transitions.{new.id}", subject=new.id, name=_noun(new), span=new.span, former=old.span)
    if old.id != new.id:
        words = Bilingual(f"由 {old.id} 改名而来", f"was called {old.id}")
        yield told(place, Nature.RENAMED, Impact.BREAKING, words, was=old.id, now=new.id)
    yield from _ends(versions, old, new, place)
    yield from _triggers(old, new, place)
    guards = (
        (() if old.when is None else (old.when,)),
        (() if new.when is None else (new.when,)),
    )
    yield from condition_differences(versions, replace(place, path=place.inside("when")), _WHEN, guards)
    yield from gate_differences(versions, place, _GATE, (old.gate, new.gate))
    yield from _rights(old, new, place)
    yield from _approvals(versions, old, new, place)


def _ends(versions: Versions, old: Transition, new: Transition, place: Place) -> Iterator[Difference]:
    # A source that is new, or gone with its state, is told of the state; here only what was and still is.
    known = frozenset(versions.states.kept.values())
    before = frozenset(versions.state_now(path) for path in old.sources) & known
    after = frozenset(new.sources) & known
    for path in sorted(before - after):
        name = versions.new.states[path].name
        words = Bilingual(f"不能再从 {name} 出发", f"no longer leads out of {name}")
        yield told(place, Nature.REMOVED, Impact.BREAKING, words, path=place.inside("from"), was=name)
    for path in sorted(after - before):
        name = versions.new.states[path].name
        words = Bilingual(f"也可从 {name} 出发", f"leads out of {name} too")
        yield told(place, Nature.ADDED, Impact.SAFE, words, path=place.inside("from"), now=name)
    aims = tuple(Target(path=versions.state_now(aim.path), is_history=aim.is_history) for aim in old.to)
    if aims != new.to:
        texts = _aims(old.to, versions.old), _aims(new.to, versions.new)
        words = Bilingual(f"的目标从 {texts[0]} 改为 {texts[1]}", f"leads to {texts[1]}, not to {texts[0]}")
        path = place.inside("to")
        yield told(place, Nature.RETARGETED, Impact.BREAKING, words, path=path, was=texts[0], now=texts[1])


def _triggers(old: Transition, new: Transition, place: Place) -> Iterator[Difference]:
    own = frozenset(old.events) - {old.id}, frozenset(new.events) - {new.id}
    if (own[0], old.is_auto) == (own[1], new.is_auto):
        return
    texts = tuple("auto" if one.is_auto else ", ".join(one.events) for one in (old, new))
    is_wider = not old.is_auto and not new.is_auto and own[0] <= own[1] and old.events <= new.events
    impact = Impact.SAFE if is_wider else Impact.BREAKING
    words = Bilingual(f"的触发方式从 {texts[0]} 改为 {texts[1]}", f"is triggered by {texts[1]}, not by {texts[0]}")
    yield told(place, Nature.CHANGED, impact, words, path=place.inside("event"), was=texts[0], now=texts[1])


def _rights(old: Transition, new: Transition, place: Place) -> Iterator[Difference]:
    yield from right_differences(place, "by", old.by, new.by)
    if old.needs_comment != new.needs_comment:
        nature, impact = (Nature.TIGHTENED, Impact.BREAKING) if new.needs_comment else (Nature.LOOSENED, Impact.SAFE)
        yield told(place, nature, impact, _COMMENT[new.needs_comment], path=place.inside("comment"))
    waived = tuple("" if one.override is None else parties(one.override.by).en for one in (old, new))
    if waived[0] != waived[1]:
        impact = Impact.BREAKING if waived[0] else Impact.SAFE
        words = Bilingual("的越权规定改了", "may be overridden by others")
        yield told(place, Nature.CHANGED, impact, words, path=place.inside("override"), was=waived[0], now=waived[1])


def right_differences(
    place: Place, key: str, old: tuple[Party, ...] | None, new: tuple[Party, ...] | None
) -> Iterator[Difference]:
    """Who may no longer, and who may now."""
    lost, won = frozenset(old or ()) - frozenset(new or ()), frozenset(new or ()) - frozenset(old or ())
    texts = parties(old), parties(new)
    if old is None and new is not None:
        words = Bilingual(f"现在只限{texts[1].zh}", f"is for {texts[1].en} only now")
        yield told(place, Nature.TIGHTENED, Impact.BREAKING, words, path=place.inside(key), now=texts[1].en)
    elif old is not None and new is None:
        words = Bilingual("现在谁都可以", "is open to anybody now")
        yield told(place, Nature.LOOSENED, Impact.SAFE, words, path=place.inside(key), was=texts[0].en)
    elif lost:
        gone = parties(sorted(lost, key=lambda party: (party.kind, party.name)))
        words = Bilingual(f"不再允许{gone.zh}", f"is no longer for {gone.en}")
        path = place.inside(key)
        yield told(place, Nature.TIGHTENED, Impact.BREAKING, words, path=path, was=texts[0].en, now=texts[1].en)
    elif won:
        more = parties(sorted(won, key=lambda party: (party.kind, party.name)))
        words = Bilingual(f"也允许{more.zh}", f"is for {more.en} too")
        path = place.inside(key)
        yield told(place, Nature.LOOSENED, Impact.SAFE, words, path=path, was=texts[0].en, now=texts[1].en)


def _approvals(versions: Versions, old: Transition, new: Transition, place: Place) -> Iterator[Difference]:
    pairs = pair_ids(old.approvals, new.approvals)
    for name in pairs.removed:
        words = Bilingual(f"不再需要审批 {name}", f"needs the approval {name} no more")
        yield told(place, Nature.LOOSENED, Impact.SAFE, words, path=place.inside(f"approve.{name}"), was=name)
    for name in pairs.added:
        words = Bilingual(f"多了审批 {name}", f"needs the approval {name} too")
        yield told(place, Nature.TIGHTENED, Impact.BREAKING, words, path=place.inside(f"approve.{name}"), now=name)
    for name in pairs.kept:
        yield from _approval(versions, old.approvals[name], new.approvals[name], place)


def _approval(versions: Versions, old: Approval, new: Approval, place: Place) -> Iterator[Difference]:
    path = place.inside(f"approve.{new.id}")
    inner = Place(
        path=path,
        subject=place.subject,
        name=Bilingual(f"{place.name.zh}的审批 {new.id} ", f"{place.name.en}: the approval {new.id}"),
        span=new.span,
        former=old.span,
    )
    exemptions = _exemption(old), _exemption(new)
    yield from condition_differences(versions, inner, _EXEMPTION, exemptions)
    yield from right_differences(inner, "by", old.by, new.by)
    for key, was, now in (
        ("quorum", str(old.quorum), str(new.quorum)),
        ("except", parties(old.excepted).en, parties(new.excepted).en),
        ("after", old.after or "", new.after or ""),
    ):
        if was != now:
            words = Bilingual(f"的 {key} 从 {was or '无'} 改为 {now or '无'}", f"has another {key}: {was} → {now}")
            yield told(inner, Nature.CHANGED, Impact.BREAKING, words, path=f"{path}.{key}", was=was, now=now)
    was, now = (f"{length(one.due)} {repr_of(one.escalate)}" for one in (old, new))
    if was != now:
        words = Bilingual("的期限或升级对象改了", "is due or escalated otherwise")
        yield told(
            inner, Nature.CHANGED, Impact.SAFE, words, path=f"{path}.due", was=length(old.due), now=length(new.due)
        )


def _exemption(approval: Approval) -> tuple[Expression, ...]:
    """What a move must fulfil to need no such approval: `when` is certainly false; without `when`, it never is."""
    when = approval.when
    if when is None:
        never = BooleanLiteral(value=False, start=0, end=0)
        return (Expression(text="false", node=never, place=approval.span),)
    turned = Call(function="not", arguments=(when.node,), start=0, end=0)
    return (Expression(text=f"not({when.text})", node=turned, place=when.place),)
