"""`goal`: where the goals of the workspace stand, one of them in full, and whether they are SMART."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand, BilingualGroup, group_of
from salespm_flow.cli.commands.kpi_question import read_as_of
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, option, shared_options
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.engine.aims import Aim
    from salespm_flow.engine.measure.goals import Tracked
    from salespm_flow.expr.values import Value
    from salespm_flow.model.expression import Party
    from salespm_flow.model.goals import Goal
    from salespm_flow.rules.goals import Sum
    from salespm_flow.rules.smart import Verdict

GOAL: Final = Bilingual("目标", "goal")
AS_OF: Final = option(
    "as_of",
    "--as-of",
    Bilingual("按当时的样子计算；缺省为现在", "As things stood then; by default now"),
    metavar="TIME",
)
INKS: Final[Mapping[str, str]] = {"on_pace": "GOOD", "reached": "GOOD", "behind": "WARNING", "missed": "BAD"}


def list_goals(session: Session, as_of: str | None) -> int:
    """Every goal is told with its actual value, attainment and pace, children under their parents."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import table

    tracked = _track(session, as_of)
    if session.is_json:
        write_json({"status": "ok", "goals": [_answer(one) for one in tracked.values()]})
        return 0
    if not tracked:
        write_text(session.text("没有定义目标", "no goal is defined"))
        return 0
    rows = [_row(session, tracked[name], depth) for name, depth in _tree(tracked)]
    header = (
        session.text("目标", "Goal"),
        "id",
        session.text("目标值", "Target"),
        session.text("实际", "Actual"),
        session.text("达成", "Attained"),
        session.text("进度", "Pace"),
        session.text("状态", "Standing"),
        "SMART",
    )
    write_text(table(header, rows, session.palette, right=frozenset({2, 3, 4, 5})))
    return 0


def show(session: Session, goal: str, as_of: str | None) -> int:
    """One goal is told: what it says, where it stands, its letters, its parts and its tasks.

    Raises:
        UnknownNameError: there is no such goal.
    """
    from salespm_flow.cli.lookup import known
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.engine.measure.goals import children_of

    tracked = _track(session, as_of)
    found = known(goal, tracked, GOAL)
    children = [tracked[child.id] for child in children_of(found.aim.goal, session.library)]
    sums = _sums(found.aim, [child.aim.goal for child in children])
    if session.is_json:
        answer = _answer(found) | {
            "children": [_answer(child) for child in children],
            "sums": [_sum_answer(one) for one in sums],
        }
        write_json({"status": "ok", "goal": answer})
        return 0
    write_text("\n".join(_lines(session, found, children, sums)))
    return 0


def check(session: Session, goal: str | None) -> int:
    """The letters of each goal are told with reasons and what to write; 1 where a letter fails.

    Raises:
        UnknownNameError: there is no such goal.
    """
    from salespm_flow.cli.lookup import known
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.engine.aims import aims_of

    aims = aims_of(session.library)
    chosen = tuple(aims.values()) if goal is None else (known(goal, aims, GOAL),)
    is_well = all(aim.is_smart for aim in chosen)
    if session.is_json:
        write_json({"status": "ok" if is_well else "findings", "goals": [_check_answer(aim) for aim in chosen]})
    elif not chosen:
        write_text(session.text("没有定义目标", "no goal is defined"))
    else:
        write_text("\n\n".join("\n".join(_check_lines(session, aim)) for aim in chosen))
    return 0 if is_well else 1


def _track(session: Session, as_of: str | None) -> "Mapping[str, Tracked]":
    """The goals now, or as they stood at a moment of the past."""
    from salespm_flow.engine.measure.goals import track

    past = read_as_of(session, as_of)
    return track(session.store, session.library, at=past or session.now, is_past=past is not None)


def _tree(tracked: "Mapping[str, Tracked]") -> Iterator[tuple[str, int]]:
    """The goals in order, each child under its parent, with its depth."""
    parents = {name: one.aim.goal.parent for name, one in tracked.items()}

    def below(parent: str | None, depth: int) -> Iterator[tuple[str, int]]:
        for name, above in parents.items():
            if (above if above in parents else None) == parent:
                yield name, depth
                yield from below(name, depth + 1)

    yield from below(None, 0)


def _row(session: Session, one: "Tracked", depth: int) -> tuple[str, ...]:
    goal, standing = one.aim.goal, one.standing
    return (
        ("  " * depth) + session.of(goal.title),
        goal.id,
        _amount(session, goal.target, one.aim),
        _amount(session, standing.actual, one.aim),
        _share(session, standing.attainment),
        _ratio(session, standing.pace),
        _standing(session, one),
        f"{sum(verdict.holds for verdict in one.aim.verdicts)}/{len(one.aim.verdicts)}",
    )


def _lines(session: Session, one: "Tracked", children: "list[Tracked]", sums: "list[Sum]") -> Iterator[str]:
    from salespm_flow.cli.render import Ink, pairs

    goal, standing, palette = one.aim.goal, one.standing, session.palette
    yield f"{palette.paint(session.of(goal.title), Ink.STRONG)}  {goal.id}  {_standing(session, one)}"
    kpi = goal.kpi if one.aim.kpi is None else session.of(one.aim.kpi.title)
    period = f"{goal.starts_on or '?'} → {goal.ends_on or '?'}"
    yield pairs(
        [
            (session.text("指标", "KPI"), kpi or "—"),
            (session.text("范围", "Scope"), "—" if goal.scope is None else session.of(goal.scope)),
            (session.text("负责人", "Owner"), _party(goal.who)),
            (session.text("期间", "Period"), period),
            (session.text("基线", "Baseline"), _amount(session, goal.baseline, one.aim)),
            (session.text("目标值", "Target"), _amount(session, goal.target, one.aim)),
            (session.text("上限", "Ceiling"), _amount(session, goal.ceiling, one.aim)),
            (session.text("实际", "Actual"), _amount(session, standing.actual, one.aim)),
            (session.text("达成", "Attained"), _share(session, standing.attainment)),
            (session.text("已过工作日", "Working days gone"), _share(session, standing.elapsed)),
            (session.text("进度", "Pace"), _ratio(session, standing.pace)),
            (session.text("照此到期末", "At this pace by the end"), _amount(session, standing.projected, one.aim)),
        ],
        palette,
    )
    yield ""
    yield from _check_lines(session, one.aim)
    yield from _task_lines(session, one.aim)
    if children:
        yield ""
        yield session.text("下级目标：", "Child goals:")
        yield from (f"  {'  '.join(_row(session, child, 0))}" for child in children)
    for found in sums:
        yield _sum_line(session, found, one.aim)


def _task_lines(session: Session, aim: "Aim") -> Iterator[str]:
    from salespm_flow.cli.render import table

    if not aim.goal.tasks:
        return
    heads = (
        session.text("任务", "Task"),
        session.text("负责人", "Owner"),
        session.text("期限", "Due"),
        session.text("贡献", "Contributes"),
    )
    rows = [
        (
            session.of(task.title),
            _party(task.who),
            "—" if task.due is None else str(task.due),
            _amount(session, task.contributes, aim),
        )
        for task in aim.goal.tasks
    ]
    yield ""
    yield table(heads, rows, session.palette, right=frozenset({3}))


def _sums(aim: "Aim", children: "list[Goal]") -> "list[Sum]":
    from salespm_flow.rules.goals import child_sum, task_sum

    found = (child_sum(aim.goal, children, aim.kpi), task_sum(aim.goal))
    return [one for one in found if one is not None]


def _sum_line(session: Session, found: "Sum", aim: "Aim") -> str:
    parts = session.text("、", ", ").join(found.parts)
    total = _amount(session, found.sum, aim)
    if not found.missing:
        return session.text(f"合计 {total}，等于目标值（{parts}）", f"sum {total}, equal to the target ({parts})")
    if not found.is_whole:
        return session.text(f"合计 {total}，尚未分解完（{parts}）", f"sum {total}, not all broken down ({parts})")
    return session.text(f"合计 {total}，与目标值不等（{parts}）", f"sum {total}, not the target ({parts})")


def _check_lines(session: Session, aim: "Aim") -> Iterator[str]:
    from salespm_flow.cli.render import Ink
    from salespm_flow.rules.smart import LETTERS

    palette = session.palette
    held = sum(verdict.holds for verdict in aim.verdicts)
    yield f"SMART {held}/{len(aim.verdicts)}  {session.of(aim.goal.title)}  {aim.goal.id}"
    for verdict in aim.verdicts:
        mark = palette.paint("✓", Ink.GOOD) if verdict.holds else palette.paint("✗", Ink.BAD)
        name = session.of(LETTERS[verdict.letter])
        colon = session.colon
        yield f"  {mark} {verdict.letter.value} {name}{colon}{session.of(verdict.reason)}"
        yield from (f"      → {fix}" for fix in verdict.fixes)


def _answer(one: "Tracked") -> dict[str, object]:
    from salespm_flow.engine.answers import plain, texts

    goal, standing = one.aim.goal, one.standing
    return {
        "id": goal.id,
        "title": texts(goal.title),
        "kpi": goal.kpi,
        "parent": goal.parent,
        "who": None if goal.who is None else _party(goal.who),
        "starts_on": plain(goal.starts_on),
        "ends_on": plain(goal.ends_on),
        "baseline": plain(goal.baseline),
        "target": plain(goal.target),
        "ceiling": plain(goal.ceiling),
        "actual": plain(standing.actual),
        "population": one.population,
        "attainment": plain(standing.attainment),
        "elapsed": plain(standing.elapsed),
        "pace": plain(standing.pace),
        "projected": plain(standing.projected),
        "progress": standing.progress.value,
        "smart": [verdict.letter.value for verdict in one.aim.verdicts if verdict.holds],
        "tasks": [
            {
                "id": task.id,
                "title": texts(task.title),
                "who": None if task.who is None else _party(task.who),
                "due": plain(task.due),
                "contributes": plain(task.contributes),
            }
            for task in goal.tasks
        ],
    }


def _sum_answer(found: "Sum") -> dict[str, object]:
    from salespm_flow.engine.answers import plain

    return {
        "parts": list(found.parts),
        "sum": plain(found.sum),
        "missing": plain(found.missing),
        "is_whole": found.is_whole,
    }


def _check_answer(aim: "Aim") -> dict[str, object]:
    return {"id": aim.goal.id, "is_smart": aim.is_smart, "letters": [_verdict(one) for one in aim.verdicts]}


def _verdict(verdict: "Verdict") -> dict[str, object]:
    from salespm_flow.engine.answers import texts

    return {
        "letter": verdict.letter.value,
        "holds": verdict.holds,
        "reason": texts(verdict.reason),
        "fixes": list(verdict.fixes),
    }


def _standing(session: Session, one: "Tracked") -> str:
    from salespm_flow.cli.render import Ink
    from salespm_flow.report.management.words import PROGRESS

    word = one.standing.progress.value
    text = session.of(PROGRESS[word])
    return session.palette.paint(text, Ink[INKS[word]]) if word in INKS else text


def _amount(session: Session, value: "Value", aim: "Aim") -> str:
    from salespm_flow.cli.values import percent, shown

    if isinstance(value, Decimal) and aim.kpi is not None and aim.kpi.unit == "percent":
        return percent(value)
    return shown(session, value)


def _share(_session: Session, value: Decimal | None) -> str:
    from salespm_flow.cli.values import percent

    return "—" if value is None else percent(value)


def _ratio(_session: Session, value: Decimal | None) -> str:
    return "—" if value is None else f"{value.quantize(Decimal('0.01'))}"


def _party(named: "Party | None") -> str:
    if named is None:
        return "—"
    return named.name or named.kind.value


COMMAND: Final[BilingualGroup] = group_of(
    "goal",
    Bilingual("查看目标：达成、进度、SMART。", "Looks at goals: attainment, pace, SMART."),
    {
        "list": BilingualCommand(
            "list",
            Bilingual(
                "列出全部目标：实际值、达成率，以及按工作日计算的进度（1 为恰好跟上）。",
                "Lists every goal: actual value, attainment, and pace by working days (1 is on the line).",
            ),
            (AS_OF, *shared_options()),
            list_goals,
        ),
        "show": BilingualCommand(
            "show",
            Bilingual(
                "查看一个目标：内容、进展、SMART、任务和下级目标。\n例：salespm-flow goal show quarter_revenue",
                "Shows one goal: what it says, where it stands, SMART, tasks and child goals.\n"
                "Example: salespm-flow goal show quarter_revenue",
            ),
            (argument("goal", Bilingual("目标的标识", "The goal's id")), AS_OF, *shared_options()),
            show,
        ),
        "check": BilingualCommand(
            "check",
            Bilingual(
                "逐项检查 SMART，说明理由并给出修改建议；有不符合的则退出码为 1。",
                "Checks SMART letter by letter, with reasons and what to write; exit code 1 where a letter fails.",
            ),
            (
                argument("goal", Bilingual("只看这个目标", "Only this goal"), is_required=False),
                *shared_options(),
            ),
            check,
        ),
    },
)
