"""Both versions as one state diagram: what is new, gone or changed has a class of its own. Renders nothing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.forms import Drawing
from salespm_flow.draw.marks import Marks
from salespm_flow.draw.mermaid import mermaid
from salespm_flow.evolve.comparison import Comparison
from salespm_flow.evolve.difference import Nature
from salespm_flow.evolve.versions import Versions
from salespm_flow.model.workflow import State, Target, Transition, Workflow

_GONE: Final = "−"
_LEGEND: Final[tuple[tuple[str, Bilingual], ...]] = (
    ("added", Bilingual("+ 新增", "+ added")),
    ("removed", Bilingual("− 删除", "− removed")),
    ("changed", Bilingual("~ 改动", "~ changed")),
)


def diff_mermaid(comparison: Comparison, language: Language) -> str:
    """The Mermaid text, newline at the end: states of both versions, arrows marked `+`, `−` and `~`."""
    drawing = diff_drawing(comparison, language)
    return mermaid(drawing.workflow, language, marks=replace(drawing.marks, legend=()))


def diff_drawing(comparison: Comparison, language: Language) -> Drawing:
    """States and moves of both versions, coloured by what has become of them."""
    versions = comparison.versions
    new, before = versions.new, versions.old.version
    title = Bilingual(f"{new.title.zh}：{before} → {new.version}", f"{new.title.en}: {before} → {new.version}")
    shown = replace(_both(comparison), title=title)
    marks = Marks(states=_marks(comparison, versions), transitions=dict(_move_marks(comparison, shown)), legend=_LEGEND)
    return Drawing(workflow=shown, language=language, marks=marks)


def _move_marks(comparison: Comparison, shown: Workflow) -> Iterator[tuple[str, str]]:
    """The classes of moves: those that only the older version has stand under ids with a minus."""
    added, touched = comparison.versions.transitions.added, _touched(comparison)
    for name in shown.transitions:
        if name.startswith(_GONE):
            yield name, "removed"
        elif name in added or name in touched:
            yield name, "added" if name in added else "changed"


def _touched(comparison: Comparison) -> frozenset[str]:
    return frozenset(one.subject for one in comparison.differences if one.path.startswith("transitions."))


def _marks(comparison: Comparison, versions: Versions) -> dict[str, str]:
    changed = {f"states.{path}": path for path in versions.new.states}
    marks: dict[str, str] = {}
    for one in comparison.differences:
        around = one.path
        while around and around not in changed:
            around = around.rpartition(".")[0]
        if around and one.nature is not Nature.ADDED:
            marks[changed[around]] = "changed"
    return marks | dict.fromkeys(versions.states.added, "added") | dict.fromkeys(versions.states.removed, "removed")


def _both(comparison: Comparison) -> Workflow:
    """The newer version with what only the older one has put back in its place."""
    versions = comparison.versions
    states = dict(versions.new.states)
    roots = list(versions.new.roots)
    for path in versions.states.removed:
        state = versions.old.states[path]
        parent = None if state.parent is None else versions.states.kept.get(state.parent, state.parent)
        if path in states or (parent is not None and not _can_hold(states, parent)):
            continue
        children = tuple(one for one in state.children if one in versions.states.removed)
        states[path] = replace(state, parent=parent, children=children)
        if parent is None:
            roots.append(path)
        elif path not in states[parent].children:
            states[parent] = replace(states[parent], children=(*states[parent].children, path))
    shown = replace(versions.new, states=states, roots=tuple(roots))
    return replace(shown, transitions=_arrows(comparison, shown))


def _can_hold(states: dict[str, State], parent: str) -> bool:
    return parent in states and bool(states[parent].children)


def _arrows(comparison: Comparison, shown: Workflow) -> dict[str, Transition]:
    versions = comparison.versions
    touched = _touched(comparison)
    arrows: dict[str, Transition] = {}
    for name, transition in versions.new.transitions.items():
        sign = "+ " if name in versions.transitions.added else "~ " if name in touched else ""
        arrows[name] = replace(transition, title=_signed(sign, transition))
    for name in versions.transitions.removed:
        transition = versions.old.transitions[name]
        sources = tuple(path for one in transition.sources if (path := versions.state_now(one)) in shown.states)
        aims = tuple(Target(path=versions.state_now(one.path), is_history=one.is_history) for one in transition.to)
        if sources and all(aim.path in shown.states for aim in aims):
            arrows[f"{_GONE}{name}"] = replace(transition, sources=sources, to=aims, title=_signed("− ", transition))
    return arrows


def _signed(sign: str, transition: Transition) -> Bilingual:
    return Bilingual(f"{sign}{transition.title.zh}", f"{sign}{transition.title.en}")
