"""`guide`: what to do in the state that a project is in, by when, with which skills and tools."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import project_argument, shared_options
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.engine.compiled import Compiled
    from salespm_flow.engine.views.guidance import Criterion, SkillNeed, StateGuide
    from salespm_flow.engine.views.offers import Offer
    from salespm_flow.model.project import Project, Task
    from salespm_flow.model.workflow import Workflow


def run(session: Session, project: str) -> int:
    """The guide of the project's present states is told."""
    from salespm_flow.cli.changes_json import task_answer
    from salespm_flow.cli.lesson_lines import lessons_for, match_answer, match_lines
    from salespm_flow.cli.lookup import find_project
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.engine.views.guidance import guidance, other_tasks
    from salespm_flow.engine.views.prospects import prospects

    snapshot, compiled = session.runner.snapshot(find_project(session, project).id)
    guides = guidance(compiled, snapshot, session.actor, session.now)
    moves = prospects(session.runner, (snapshot, compiled), session.actor, session.now)
    lessons = lessons_for(session, snapshot.project, compiled.workflow)
    if session.is_json:
        write_json(
            {
                "status": "ok",
                "project": snapshot.project.id,
                "states": [_answer(one) for one in guides],
                "tasks": [task_answer(task) for task in other_tasks(snapshot.project, guides)],
                "moves": [one.transition for one in moves if one.is_possible],
                "lessons": [match_answer(one) for one in lessons],
            }
        )
    else:
        told = (*_lines(session, compiled, snapshot.project, (guides, moves)), *match_lines(session, lessons))
        write_text("\n".join(told))
    return 0


def _answer(guide: "StateGuide") -> dict[str, object]:
    from salespm_flow.cli.changes_json import task_answer
    from salespm_flow.engine.answers import iso, reason_answer, texts

    return {
        "state": guide.state.name,
        "title": texts(guide.state.title),
        "entered_at": iso(guide.entered_at),
        "owner_role": guide.state.owner_role,
        "function": None if guide.state.function is None else guide.state.function.value,
        "tools": list(guide.state.tools),
        "skills": [{"skill": one.skill, "wanted": one.wanted, "has": one.has} for one in guide.skills],
        "criteria": [
            {
                "id": one.id,
                "met": one.reason is None,
                "reason": None if one.reason is None else reason_answer(one.reason),
            }
            for one in guide.criteria
        ],
        "tasks": [task_answer(task) for task in guide.tasks],
    }


def _lines(
    session: Session, compiled: "Compiled", project: "Project", told: "tuple[tuple[StateGuide, ...], tuple[Offer, ...]]"
) -> Iterator[str]:
    from salespm_flow.cli.render import Ink
    from salespm_flow.engine.views.guidance import other_tasks

    guides, moves = told
    palette = session.palette
    yield f"{palette.paint(project.id, Ink.NAME)}  {session.of(compiled.workflow.title)}"
    for guide in guides:
        yield ""
        yield from _state(session, compiled.workflow, guide)
    if others := other_tasks(project, guides):
        yield ""
        yield palette.paint(session.text("其他任务", "Other tasks"), Ink.STRONG)
        yield from (f"  {_task(session, one)}" for one in others)
    if moves:
        yield ""
        yield palette.paint(session.text("下一步", "Next"), Ink.STRONG)
        yield from (f"  {line}" for line in _moves(session, moves))


def _state(session: Session, workflow: "Workflow", guide: "StateGuide") -> Iterator[str]:
    from salespm_flow.cli.render import Ink, pairs
    from salespm_flow.draw.entries import FUNCTIONS

    state, palette = guide.state, session.palette
    since = (session.now - guide.entered_at).days
    age = session.text(f"已 {since} 天", f"{since} days")
    yield f"{palette.paint(session.of(state.title), Ink.STRONG)} ({state.name})  {age}"
    facts = []
    if state.function is not None:
        facts.append((session.text("职能", "Function"), session.of(FUNCTIONS[state.function])))
    if state.owner_role is not None:
        facts.append((session.text("负责角色", "Role"), state.owner_role))
    if guide.skills:
        facts.append((session.text("技能", "Skills"), _listed(session, [_skill(session, one) for one in guide.skills])))
    if state.tools:
        facts.append((session.text("工具", "Tools"), _listed(session, state.tools)))
    if facts:
        yield from (f"  {line}" for line in pairs(facts, palette).splitlines())
    if guide.criteria:
        yield session.text("  离开前要做到：", "  Before leaving it:")
        yield from (f"    {_criterion(session, workflow, one)}" for one in guide.criteria)
    if guide.tasks:
        yield session.text("  任务：", "  Tasks:")
        yield from (f"    {_task(session, one)}" for one in guide.tasks)


def _listed(session: Session, parts: "tuple[str, ...] | list[str]") -> str:
    return session.text("、", ", ").join(parts)


def _skill(session: Session, need: "SkillNeed") -> str:
    from salespm_flow.cli.render import Ink

    text = f"{session.of(need.title)} {need.wanted}"
    if need.has is None or need.has >= need.wanted:
        return text
    return session.palette.paint(
        session.text(f"{text}（负责人 {need.has}）", f"{text} (owner: {need.has})"), Ink.WARNING
    )


def _criterion(session: Session, workflow: "Workflow", one: "Criterion") -> str:
    from salespm_flow.cli.render import Ink

    if one.reason is not None:
        return f"{session.palette.paint('✗', Ink.BAD)} {session.of(one.reason.message)}"
    mark = session.palette.paint("✓", Ink.GOOD)
    if one.that is None:
        return f"{mark} {session.of(one.title)}"
    from salespm_flow.draw.phrases import Phrases

    words = Phrases(workflow=workflow, language=session.language, parameters=workflow.parameters).expression(one.that)
    return f"{mark} {words.replace('`', '').replace(chr(92), '')}"


def _task(session: Session, task: "Task") -> str:
    from salespm_flow.cli.render import Ink
    from salespm_flow.cli.values import moment, party

    due = "" if task.due_at is None else session.text("，期限 ", ", due ") + moment(session, task.due_at)
    if task.due_at is not None and task.due_at < session.now:
        due = session.palette.paint(due, Ink.BAD)
    return f"{session.of(task.title)} ({task.id}) → {party(session, task.who)}{due}"


def _moves(session: Session, moves: "tuple[Offer, ...]") -> Iterator[str]:
    from salespm_flow.cli.render import Ink

    palette = session.palette
    for move in moves:
        mark = palette.paint("✓", Ink.GOOD) if move.is_possible else palette.paint("✗", Ink.BAD)
        yield f"{mark} {session.of(move.title)} ({move.transition})"
        yield from (palette.paint(f"    {session.of(reason.message)}", Ink.FAINT) for reason in move.reasons)


COMMAND: Final = BilingualCommand(
    "guide",
    Bilingual(
        "现在该做什么：离开当前状态的条件、技能、工具、任务和下一步。",
        "What to do now: what leaving the present state asks for, skills, tools, tasks and the next moves.",
    ),
    (project_argument(), *shared_options()),
    run,
)
