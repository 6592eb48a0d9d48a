"""Both versions as one state diagram: what is new, gone or changed has a class of its own. Renders nothing."""

from dataclasses import replace

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.mermaid import mermaid
from salespm_flow.evolve.comparison import Comparison
from salespm_flow.evolve.difference import Nature
from salespm_flow.evolve.versions import Versions
from salespm_flow.model.workflow import State, Target, Transition, Workflow


def diff_mermaid(comparison: Comparison, language: Language) -> str:
    """The Mermaid text, newline at the end: states of both versions, arrows marked `+`, `−` and `~`."""
    versions = comparison.versions
    return mermaid(_both(comparison), language, marks=_marks(comparison, versions))


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
    touched = {one.subject for one in comparison.differences if one.path.startswith("transitions.")}
    arrows: dict[str, Transition] = {}
    for name, transition in versions.new.transitions.items():
        sign = "+ " if name in versions.transitions.added else "~ " if name in touched else ""
        arrows[name] = replace(transition, title=_signed(sign, transition))
    for name in versions.transitions.removed:
        transition = versions.old.transitions[name]
        sources = tuple(path for one in transition.sources if (path := versions.state_now(one)) in shown.states)
        aims = tuple(Target(path=versions.state_now(one.path), is_history=one.is_history) for one in transition.to)
        if sources and all(aim.path in shown.states for aim in aims):
            arrows[f"−{name}"] = replace(transition, sources=sources, to=aims, title=_signed("− ", transition))
    return arrows


def _signed(sign: str, transition: Transition) -> Bilingual:
    return Bilingual(f"{sign}{transition.title.zh}", f"{sign}{transition.title.en}")
