"""`why`: which moves a project has now, and every reason against each."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, flag, project_argument, shared_options
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.cli.commands.remedy import Advice
    from salespm_flow.engine.views.offers import Offer
    from salespm_flow.model.decision import Reason
    from salespm_flow.model.workflow import Workflow


def run(session: Session, project: str, trigger: str | None, *, is_proved: bool) -> int:
    """The moves are told; 1 where the one asked for is not possible."""
    if is_proved:
        _require_prover(trigger)
    from salespm_flow.cli.lookup import check_role, check_trigger, find_project
    from salespm_flow.engine.views import offers
    from salespm_flow.engine.views.prospects import births_refused, prospects

    found = find_project(session, project)
    snapshot, compiled = session.runner.snapshot(found.id)
    workflow = compiled.workflow
    check_role(session, workflow)
    actor, now, ground = session.actor, session.now, (snapshot, compiled)
    moves = prospects(session.runner, ground, actor, now)
    reasons: tuple[Reason, ...] = ()
    advice: Advice | None = None
    if trigger is not None:
        check_trigger(workflow, trigger)
        moves = tuple(move for move in moves if trigger in (move.transition, *move.triggers))
        reasons = offers.why(compiled, snapshot, trigger, actor=actor, now=now)
        reasons = reasons or births_refused(session.runner, ground, trigger, actor=actor, now=now)
    if trigger is not None and reasons:
        from salespm_flow.cli.commands.remedy import advice_of

        advice = advice_of(session, compiled, snapshot, trigger, is_proved=is_proved)
    _tell(session, found.id, moves, reasons, advice=advice)
    return 1 if reasons else 0


def _require_prover(trigger: str | None) -> None:
    from salespm_flow.engine.remedies.proof import is_available
    from salespm_flow.errors import InputError

    if trigger is None:
        raise InputError(
            Bilingual("--prove 需要给出转移名", "--prove needs a transition"),
            Bilingual("例如：why D1 agree --prove", "such as: why D1 agree --prove"),
        )
    if not is_available():
        raise InputError(
            Bilingual("没有安装求解器 z3", "the solver z3 is not installed"),
            Bilingual(
                "安装附加组件：pip install 'salespm-flow[prove]'", "install it: pip install 'salespm-flow[prove]'"
            ),
        )


def move_answer(move: "Offer") -> dict[str, object]:
    """A possible or impossible move as stable JSON."""
    from salespm_flow.engine.answers import reason_answer, texts

    return {
        "transition": move.transition,
        "triggers": list(move.triggers),
        "title": texts(move.title),
        "targets": list(move.targets),
        "possible": move.is_possible,
        "reasons": [reason_answer(reason) for reason in move.reasons],
        "approvals": [reason_answer(reason) for reason in move.approvals],
    }


def move_lines(session: Session, workflow: "Workflow", moves: tuple["Offer", ...]) -> list[str]:
    """Each move with its target, and below it the reasons against it."""
    from salespm_flow.cli.answer import reason_lines
    from salespm_flow.cli.render import Ink

    lines: list[str] = []
    by_name = {state.name: state for state in workflow.states.values()}
    palette = session.palette
    for move in moves:
        mark = palette.paint("✓", Ink.GOOD) if move.is_possible else palette.paint("✗", Ink.BAD)
        targets = session.text("、", ", ").join(session.of(by_name[name].title) for name in move.targets)
        arrow = f" → {targets}" if targets else ""
        lines.append(f"{mark} {palette.paint(move.transition, Ink.NAME)} {session.of(move.title)}{arrow}")
        lines += reason_lines(session, move.reasons, palette)
        for approval in move.approvals:
            waits = f"  {palette.paint('…', Ink.WARNING)} {session.of(approval.message)}"
            lines.append(f"{waits} {palette.paint(f'[{approval.id}]', Ink.FAINT)}")
    return lines


def _tell(
    session: Session,
    project: str,
    moves: tuple["Offer", ...],
    reasons: tuple["Reason", ...],
    *,
    advice: "Advice | None",
) -> None:
    from salespm_flow.cli.answer import refusal_text
    from salespm_flow.cli.commands.remedy import advice_answer, advice_lines
    from salespm_flow.cli.lookup import find_project, workflow_of
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.engine.answers import reason_answer

    if session.is_json:
        write_json(
            {
                "status": "refused" if reasons else "ok",
                "project": project,
                "moves": [move_answer(move) for move in moves],
                "reasons": [reason_answer(reason) for reason in reasons],
                **advice_answer(advice),
            }
        )
        return
    if moves:
        workflow = workflow_of(session, find_project(session, project))
        write_text("\n".join(move_lines(session, workflow, moves)))
    elif reasons:
        write_text(refusal_text(session, reasons, session.palette))
    else:
        write_text(session.text("没有可以请求的转移。", "There is no move to ask for."))
    # A trigger that the project's state does not listen to has no gate that values could open.
    lines = () if advice is None or not moves else tuple(advice_lines(session, advice))
    if lines:
        write_text("\n".join(lines))


COMMAND: Final = BilingualCommand(
    "why",
    Bilingual(
        "列出当前状态下的转移；不可行的，逐条说明原因、规则位置和相关的值。\n"
        "给出转移名时，不可行则退出码为 1，并给出使它可行的最小改动；改动已由引擎验证。",
        "Lists the moves from the present state, and for each that is not possible every reason, with the rule's place "
        "and the values behind it.\nWith a transition's name, exits with 1 where it is not possible, and tells the "
        "smallest change that would make it so, as verified by the engine.",
    ),
    (
        project_argument(),
        argument("trigger", Bilingual("只看这个转移", "Only this transition"), is_required=False),
        flag(
            "is_proved",
            "--prove",
            Bilingual(
                "用求解器证明：改动的字段不能更少，或只改字段行不通",
                "Prove with a solver that no fewer fields will do, or that no change of fields does",
            ),
        ),
        *shared_options(),
    ),
    run,
)
