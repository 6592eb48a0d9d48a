"""`people list` and `people gaps`: who works here, and whose skills fit what the work asks for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, option, shared_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import UnknownNameError
from salespm_flow.nouns import dataclass

if TYPE_CHECKING:
    from datetime import date

    from salespm_flow.engine.views.workload import Workload
    from salespm_flow.model.organisation import Organisation, Person
    from salespm_flow.model.workflow import Workflow
    from salespm_flow.rules.skills import Match, Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A part of the work, what it asks for, and everybody who could do it, the best first."""

    states: tuple[str, ...]
    title: Bilingual
    need: "Need"
    matches: "tuple[Match, ...]"


def run_list(session: Session, *, organisation: str | None) -> int:
    """Everybody of the organisation is told, with what is open for them."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.engine.views.workload import workloads

    firm = _organisation(session, organisation)
    loads = workloads(session.store.projects(is_open=True))
    if session.is_json:
        answer = [_person_answer(session, firm, person, loads) for person in firm.people.values()]
        write_json({"status": "ok", "organisation": firm.id, "people": answer})
    else:
        write_text(_people_table(session, firm, loads))
    return 0


def run_gaps(session: Session, project: str | None, *, workflow: str | None) -> int:
    """What the project's present state, or each state of a workflow, asks for, and whose skills fit it, are told."""
    from salespm_flow.cli.lookup import find_project, find_workflow, workflow_of
    from salespm_flow.cli.output import write_json, write_text

    if (project is None) == (workflow is None):
        raise BilingualUsageError(
            Bilingual("请给出一个项目，或用 --workflow 给出流程", "give a project, or a workflow with --workflow"),
        )
    owner = None
    if project is not None:
        found = find_project(session, project)
        owner, defined = found.owner, workflow_of(session, found)
        fits = list(_fits(session, defined, [found.leaves]))
    else:
        defined = find_workflow(session, workflow or "")
        parts = [(path,) for path in _working_states(defined)]
        fits = [fit for fit in _fits(session, defined, parts) if fit.need.skills]
    firm = _organisation_of(session, defined)
    if session.is_json:
        write_json({"status": "ok", "organisation": firm.id, "owner": owner, "needs": [_fit_answer(f) for f in fits]})
    elif not fits:
        write_text(session.text("没有状态要求技能", "no state asks for skills"))
    elif project is not None:
        write_text("\n".join(_project_lines(session, firm, owner, fits[0])))
    else:
        write_text(_workflow_table(session, firm, fits))
    return 0


# --------------------------------------------------------------------------------------------------------- finding


def _organisation(session: Session, named: str | None) -> "Organisation":
    """The organisation of that id, else the workspace's, else the only one.

    Raises:
        UnknownNameError: there is none of that id, or it is not clear which is meant.
    """
    from salespm_flow.cli.lookup import known

    every = session.library.organisations
    wanted = named or session.library.workspace.organisation or (next(iter(every)) if len(every) == 1 else None)
    if wanted is not None:
        return known(wanted, every, Bilingual("组织", "organisation"))
    if not every:
        raise _no_organisation()
    raise UnknownNameError(
        Bilingual("有多个组织", "there are several organisations"),
        Bilingual(f"用 --organisation 指明：{'、'.join(every)}", f"name one with --organisation: {', '.join(every)}"),
    )


def _organisation_of(session: Session, workflow: "Workflow") -> "Organisation":
    from salespm_flow.model.library import organisation_of

    found = organisation_of(workflow, session.library)
    if found is None:
        raise _no_organisation()
    return found


def _no_organisation() -> UnknownNameError:
    return UnknownNameError(
        Bilingual("没有组织文档", "there is no organisation"),
        Bilingual("写一个 kind: organisation 的定义文件", "write a definition file of kind: organisation"),
    )


def _working_states(workflow: "Workflow") -> Iterator[str]:
    from salespm_flow.model.workflow import StateKind

    return (path for path, state in workflow.states.items() if state.kind is StateKind.ATOMIC)


def _fits(session: Session, workflow: "Workflow", parts: Iterable[Sequence[str]]) -> Iterator[Fit]:
    """Each part of the work, given by its active states, with who could do it."""
    from salespm_flow.engine.views.workload import workloads
    from salespm_flow.rules.skills import candidates, need_of

    firm, today = _organisation_of(session, workflow), _today(session)
    loads = {name: load.total for name, load in workloads(session.store.projects(is_open=True)).items()}
    for leaves in parts:
        need = need_of(workflow, leaves, firm)
        yield _fit(workflow, leaves, need, candidates(firm, need, today, loads))


def _fit(workflow: "Workflow", leaves: Sequence[str], need: "Need", matches: "tuple[Match, ...]") -> Fit:
    states = [workflow.states[leaf] for leaf in leaves if leaf in workflow.states]
    return Fit(
        states=tuple(state.name for state in states),
        title=Bilingual("、".join(state.title.zh for state in states), ", ".join(state.title.en for state in states)),
        need=need,
        matches=matches,
    )


def _today(session: Session) -> "date":
    return session.now.astimezone(session.zone).date()


# ------------------------------------------------------------------------------------------------------------ JSON


def _person_answer(
    session: Session, firm: "Organisation", person: "Person", loads: "Mapping[str, Workload]"
) -> dict[str, object]:
    from salespm_flow.engine.answers import texts
    from salespm_flow.engine.views.workload import Workload
    from salespm_flow.model.organisation import acting_for, has_left, is_away, manager_of

    today, load = _today(session), loads.get(person.id, Workload())
    return {
        "person": person.id,
        "title": texts(person.title),
        "unit": person.unit,
        "manager": manager_of(firm, person.id),
        "roles": list(person.roles),
        "skills": dict(person.skills),
        "away": is_away(firm, person.id, today),
        "left": has_left(firm, person.id, today),
        "deputy": person.deputy,
        "acting_for": list(acting_for(firm, person.id, today)),
        "open": {"projects": load.projects, "tasks": load.tasks, "approvals": load.approvals},
    }


def _fit_answer(fit: Fit) -> dict[str, object]:
    return {
        "states": list(fit.states),
        "role": fit.need.role,
        "skills": dict(fit.need.skills),
        "candidates": [
            {
                "person": match.person,
                "missing": match.missing,
                "gaps": [{"skill": gap.skill, "needed": gap.needed, "level": gap.level} for gap in match.gaps],
                "spare": match.spare,
                "away": match.is_away,
                "open": match.load,
            }
            for match in fit.matches
        ],
    }


# ------------------------------------------------------------------------------------------------------------ text


def _people_table(session: Session, firm: "Organisation", loads: "Mapping[str, Workload]") -> str:
    from salespm_flow.cli.render import table
    from salespm_flow.cli.values import NOTHING
    from salespm_flow.engine.views.workload import Workload

    rows = []
    for person in firm.people.values():
        load = loads.get(person.id, Workload())
        unit = firm.units.get(person.unit or "")
        rows.append(
            (
                person.id,
                session.of(person.title),
                NOTHING if unit is None else session.of(unit.title),
                session.text("、", ", ").join(session.of(firm.roles[role].title) for role in person.roles) or NOTHING,
                _presence(session, firm, person),
                str(load.projects),
                str(load.tasks),
                str(load.approvals),
            )
        )
    header = (
        session.text("人员", "Person"),
        session.text("姓名", "Name"),
        session.text("部门", "Unit"),
        session.text("角色", "Roles"),
        session.text("今天", "Today"),
        session.text("项目", "Projects"),
        session.text("任务", "Tasks"),
        session.text("审批", "Approvals"),
    )
    return table(header, rows, session.palette, right=frozenset({5, 6, 7}))


def _presence(session: Session, firm: "Organisation", person: "Person") -> str:
    from salespm_flow.model.organisation import acting_for, has_left, is_away

    today = _today(session)
    if has_left(firm, person.id, today):
        return session.text("已离职", "left")
    if is_away(firm, person.id, today):
        deputy = person.deputy
        return session.text("不在", "away") + ("" if deputy is None else f" → {deputy}")
    stood_for = acting_for(firm, person.id, today)
    return session.text(f"代理 {'、'.join(stood_for)}", f"for {', '.join(stood_for)}") if stood_for else ""


def _project_lines(session: Session, firm: "Organisation", owner: str | None, fit: Fit) -> Iterator[str]:
    from salespm_flow.cli.render import pairs, table
    from salespm_flow.cli.values import NOTHING
    from salespm_flow.rules.skills import match_of

    asked = [f"{_skill(session, firm, skill)} {level}" for skill, level in fit.need.skills.items()]
    role = None if fit.need.role is None else firm.roles.get(fit.need.role)
    person = firm.people.get(owner or "")
    mine = session.text("组织中没有此人", "not in the organisation")
    if person is not None:
        mine = _gaps(session, firm, match_of(person, fit.need)) or session.text("没有差距", "no gap")
    yield pairs(
        [
            (session.text("状态", "State"), session.of(fit.title)),
            (session.text("角色", "Role"), NOTHING if role is None else session.of(role.title)),
            (session.text("要求", "Asks for"), session.text("、", ", ").join(asked) or NOTHING),
            (session.text("负责人", "Owner"), f"{owner}{session.colon}{mine}"),
        ],
        session.palette,
    )
    yield ""
    header = (
        session.text("人选", "Candidate"),
        session.text("差距", "Gaps"),
        session.text("缺", "Missing"),
        session.text("今天", "Today"),
        session.text("未完", "Open"),
    )
    rows = [
        (
            match.person,
            _gaps(session, firm, match) or NOTHING,
            str(match.missing),
            _presence(session, firm, firm.people[match.person]),
            str(match.load),
        )
        for match in fit.matches
    ]
    yield table(header, rows, session.palette, right=frozenset({2, 4}))


def _workflow_table(session: Session, firm: "Organisation", fits: Sequence[Fit]) -> str:
    from salespm_flow.cli.render import table
    from salespm_flow.cli.values import NOTHING

    rows = []
    for fit in fits:
        fitting = [match.person for match in fit.matches if not match.gaps]
        best = fit.matches[0] if fit.matches else None
        role = None if fit.need.role is None else firm.roles.get(fit.need.role)
        rows.append(
            (
                session.of(fit.title),
                NOTHING if role is None else session.of(role.title),
                f"{len(fitting)}/{len(fit.matches)}",
                NOTHING if best is None else best.person,
                NOTHING if best is None else _gaps(session, firm, best) or NOTHING,
            )
        )
    header = (
        session.text("状态", "State"),
        session.text("角色", "Role"),
        session.text("胜任", "Fit"),
        session.text("最佳人选", "Best"),
        session.text("其差距", "Gaps of the best"),
    )
    return table(header, rows, session.palette, right=frozenset({2}))


def _gaps(session: Session, firm: "Organisation", match: "Match") -> str:
    """Each gap as the level there is over the level needed."""
    gaps = (f"{_skill(session, firm, gap.skill)} {gap.level}/{gap.needed}" for gap in match.gaps)
    return session.text("、", ", ").join(gaps)


def _skill(session: Session, firm: "Organisation", skill: str) -> str:
    found = firm.skills.get(skill)
    return skill if found is None else session.of(found.title)


COMMAND: Final = group_of(
    "people",
    Bilingual("查看人员和技能。", "Shows people and their skills."),
    {
        "list": BilingualCommand(
            "list",
            Bilingual(
                "列出人员：部门、角色、今天是否在、未完的项目、任务和审批。",
                "Lists people: unit, roles, whether they are here today, open projects, tasks and approvals.",
            ),
            (
                option(
                    "organisation", "--organisation", Bilingual("组织的标识", "The organisation's id"), metavar="ID"
                ),
                *shared_options(),
            ),
            run_list,
        ),
        "gaps": BilingualCommand(
            "gaps",
            Bilingual(
                "比较当前状态（或流程各状态）要求的技能与人员的级别，给出人选排名。\n例：salespm-flow people gaps D1",
                "Compares the skills that the present state (or each state of a workflow) asks for with people's "
                "levels, and ranks who could do it.\nExample: salespm-flow people gaps D1",
            ),
            (
                argument("project", Bilingual("项目编号", "The project"), is_required=False),
                option(
                    "workflow", "--workflow", Bilingual("流程的每个状态", "Every state of a workflow"), metavar="ID"
                ),
                *shared_options(),
            ),
            run_gaps,
        ),
    },
)
