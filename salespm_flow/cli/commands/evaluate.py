"""`evaluate`: all KPIs and scorecards of the workspace; the figures become the snapshot that guards read."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.commands.kpi_question import PERIOD_FORMS, read_period_option
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import dry_run_option, flag, many_option, option, shared_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.engine.measure.evaluation import Evaluation
    from salespm_flow.model.library import Library
    from salespm_flow.model.rules import KpiSet
    from salespm_flow.rules.kpi import KpiResult
    from salespm_flow.rules.scorecard import Score


def run(
    session: Session,
    *,
    start: str | None,
    end: str | None,
    within: str | None,
    named: tuple[str, ...] = (),
    is_whole: bool = False,
) -> int:
    """The figures are told and, unless for a period or a dry run, kept as the newest snapshot, told or not."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.progress import busy
    from salespm_flow.engine.measure.evaluation import ALWAYS, Period, evaluate, keep

    first, last = _day(start), _day(end)
    if first is not None and last is not None and first > last:
        raise BilingualUsageError(
            Bilingual(f"--from（{first}）晚于 --to（{last}）", f"--from ({first}) is after --to ({last})"),
            Bilingual("起始日期不能晚于截止日期", "the first day comes before the last, or is the same"),
        )
    if within is not None and (start is not None or end is not None):
        raise BilingualUsageError(
            Bilingual("--period 不能与 --from、--to 同时使用", "--period excludes --from and --to"),
            Bilingual("只用其中一种", "give the one or the other"),
        )
    sets = _sets(session, named, is_whole=is_whole)
    period = Period(start=first, end=last) if within is None else read_period_option(within)
    with busy(session.text("计算指标", "evaluating"), session):
        evaluation = evaluate(session.store, session.library, at=session.now, period=period)
    # Guards read the figures of all time; those of one period are only looked at.
    is_kept = not session.choices.dry_run and period == ALWAYS
    if is_kept:
        keep(session.store, evaluation)
        _keep_goals(session)
    scores = tuple(_told_scores(evaluation, sets, session.library))
    if session.is_json:
        write_json(_answer(evaluation, sets, scores, is_kept=is_kept))
    else:
        write_text(_text(session, evaluation, sets, scores))
    return 0


def _sets(session: Session, named: tuple[str, ...], *, is_whole: bool) -> "tuple[KpiSet, ...]":
    """The sets that are told: those named, else those that a scorecard reads; all where asked for or none does.

    Raises:
        UnknownNameError: there is no set of that name.
    """
    from salespm_flow.cli.lookup import known

    library = session.library
    if named:
        return tuple(known(name, library.kpi_sets, Bilingual("指标集", "set of KPIs")) for name in named)
    scored = {criterion.kpi for card in library.scorecards.values() for criterion in card.criteria.values()}
    every = tuple(library.kpi_sets.values())
    read = tuple(one for one in every if not scored.isdisjoint(one.kpis))
    return every if is_whole or not read else read


def _told_scores(evaluation: "Evaluation", sets: "tuple[KpiSet, ...]", library: "Library") -> "Iterator[Score]":
    """The scorecards that read a KPI of the sets."""
    told = {name for one in sets for name in one.kpis}
    for score in evaluation.scores.values():
        if any(criterion.kpi in told for criterion in library.scorecards[score.card].criteria.values()):
            yield score


def _keep_goals(session: Session) -> None:
    """What guards read as `goal.<id>` is of the same moment as the figures."""
    if session.library.goal_sets:
        from salespm_flow.engine.measure.goals import keep_goals, track

        keep_goals(session.store, track(session.store, session.library, at=session.now), session.now)


def _day(text: str | None) -> date | None:
    from salespm_flow.definition.literals import parse_value
    from salespm_flow.model.fields import Scalar, SimpleType

    value = None if text is None else parse_value(text, SimpleType(Scalar.DATE))
    return value if isinstance(value, date) else None


def _answer(
    evaluation: "Evaluation", sets: "tuple[KpiSet, ...]", scores: "Iterable[Score]", *, is_kept: bool
) -> dict[str, object]:
    from salespm_flow.engine.answers import iso

    return {
        "status": "ok",
        "at": iso(evaluation.at),
        "kept": is_kept,
        "sets": [one.id for one in sets],
        "kpis": [_kpi_answer(evaluation.kpis[name]) for one in sets for name in one.kpis],
        "scorecards": [score_answer(score) for score in scores],
    }


def _kpi_answer(result: "KpiResult") -> dict[str, object]:
    from salespm_flow.engine.answers import plain, texts

    return {
        "id": result.kpi.id,
        "title": texts(result.kpi.title),
        "unit": result.kpi.unit,
        "value": plain(result.value),
        "population": result.population,
        "numerator": plain(result.numerator),
        "denominator": plain(result.denominator),
        "absent": None if result.absence is None else result.absence.why.value,
    }


def score_answer(score: "Score") -> dict[str, object]:
    """The scored card as JSON."""
    from salespm_flow.engine.answers import plain

    return {
        "id": score.card,
        "total": plain(score.total),
        "grade": score.grade,
        "earned": score.earned,
        "capped_by": list(score.capped_by),
        "missing": list(score.missing),
        "criteria": [
            {
                "id": line.criterion,
                "value": plain(line.value),
                "points": plain(line.points),
                "weight": plain(line.weight),
            }
            for line in score.lines
        ],
    }


def _text(session: Session, evaluation: "Evaluation", sets: "tuple[KpiSet, ...]", scores: "Iterable[Score]") -> str:
    """Each set under its title, then the scorecards, then how many sets are not told."""
    blocks = [_set_text(session, evaluation, one) for one in sets]
    blocks += [score_text(session, score, evaluation) for score in scores]
    more = len(session.library.kpi_sets) - len(sets)
    if more > 0:
        blocks.append(session.text(f"另有 {more} 个指标集，见 --all", f"{more} more set(s) of KPIs: --all"))
    return "\n\n".join(blocks) or session.text("没有定义 KPI", "no KPI is defined")


def _set_text(session: Session, evaluation: "Evaluation", kpi_set: "KpiSet") -> str:
    from salespm_flow.cli.render import Ink, table
    from salespm_flow.cli.values import figure

    results = [evaluation.kpis[name] for name in kpi_set.kpis]
    rows = [
        (
            session.of(result.kpi.title),
            result.kpi.id,
            figure(session, result.value, result.kpi.unit),
            str(result.population),
        )
        for result in results
    ]
    header = (session.text("指标", "KPI"), "id", session.text("值", "Value"), session.text("样本", "Population"))
    title = f"{session.palette.paint(session.of(kpi_set.title), Ink.STRONG)} {kpi_set.id}"
    return f"{title}\n{table(header, rows, session.palette, right=frozenset({2, 3}))}"


def score_text(session: Session, score: "Score", evaluation: "Evaluation") -> str:
    """The scored card: its lines, total and grade, and what capped it."""
    from salespm_flow.cli.render import Ink, table
    from salespm_flow.cli.values import figure, number, percent

    card = session.library.scorecards[score.card]
    absent = session.text("无数据", "n/a")
    rows = []
    for line in score.lines:
        result = evaluation.kpis.get(card.criteria[line.criterion].kpi)
        title = line.criterion if result is None else session.of(result.kpi.title)
        value = absent if result is None else figure(session, line.value, result.kpi.unit)
        points = absent if line.points is None else number(_tenth(line.points))
        rows.append((title, percent(line.weight), value, points))
    header = (session.text("考核项", "Criterion"), session.text("权重", "Weight"), session.text("值", "Value"))
    block = table((*header, session.text("得分", "Points")), rows, session.palette, right=frozenset({1, 2, 3}))
    total = absent if score.total is None else number(_tenth(score.total))
    grade = absent if score.grade is None else score.grade
    summary = session.text(f"总分 {total}，等级 {grade}", f"total {total}, grade {grade}")
    for veto in score.capped_by:
        why = session.of(card.veto[veto].message)
        summary += session.text(f"（原为 {score.earned}，被否决：{why}）", f" (earned {score.earned}, capped: {why})")
    return f"{session.palette.paint(session.of(card.title), Ink.STRONG)}\n{block}\n{summary}"


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"))


COMMAND: Final = BilingualCommand(
    "evaluate",
    Bilingual(
        "计算全部 KPI 和计分卡，并保存为守卫条件可读的快照；列出计分卡用到的指标集。分母为零时显示“无数据”。\n"
        "给出起止日期时只看这段时间，不保存。",
        "Works out all KPIs and scorecards and keeps them as what guards read; tells the sets that scorecards read. A "
        "zero denominator gives n/a.\n"
        "With a first or last day only that period counts, and nothing is kept.",
    ),
    (
        option("within", "--period", Bilingual(f"期间：{PERIOD_FORMS}", f"The days: {PERIOD_FORMS}"), metavar="PERIOD"),
        option("start", "--from", Bilingual("起始日期", "The first day"), metavar="DATE"),
        option("end", "--to", Bilingual("截止日期（含）", "The last day, included"), metavar="DATE"),
        many_option(
            "named",
            "--set",
            Bilingual("只列这个指标集，可重复", "Only this set of KPIs; can be repeated"),
            metavar="ID",
        ),
        flag("is_whole", "--all", Bilingual("列出全部指标集", "Every set of KPIs")),
        dry_run_option(),
        *shared_options(),
    ),
    run,
)
