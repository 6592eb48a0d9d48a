"""`kpi list|show|value|explain`: what figures there are, what they come to, and what stands behind them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.commands.kpi_question import Asked, question_options, read_as_of, read_period_option, read_subject
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, arguments, count_option, shared_options
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.engine.measure.evaluation import Evaluation, Question
    from salespm_flow.expr.values import Value
    from salespm_flow.model.rules import Kpi
    from salespm_flow.rules.kpi import KpiResult

FIRST_ROWS: Final = 5
MOST_GROUPS: Final = 20
NOUN: Final = Bilingual("指标", "KPI")
ARROWS: Final = {"higher": Bilingual("越高越好", "higher"), "lower": Bilingual("越低越好", "lower")}


def list_kpis(session: Session, kpi_set: str | None) -> int:
    """The KPIs of the workspace, or of one set, are told."""
    from salespm_flow.cli.lookup import known
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import table

    sets = session.library.kpi_sets
    if kpi_set is not None:
        sets = {kpi_set: known(kpi_set, sets, Bilingual("指标集", "KPI set"))}
    found = [(name, kpi) for name, one in sets.items() for kpi in one.kpis.values()]
    if session.is_json:
        write_json({"status": "ok", "kpis": [{"set": name, **_definition(kpi)} for name, kpi in found]})
        return 0
    header = (*_words(session, ("指标", "KPI"), ("编号", "id"), ("单位", "Unit"), ("方向", "Better")),)
    header += (*_words(session, ("总体", "Population"), ("依据时间", "Basis"), ("指标集", "Set")),)
    rows = [
        (session.of(kpi.title), kpi.id, kpi.unit, session.of(ARROWS[kpi.better.value]), _whose(kpi), _basis(kpi), name)
        for name, kpi in found
    ]
    none = session.text("没有定义 KPI", "no KPI is defined")
    write_text(table(header, rows, session.palette) if rows else none)
    return 0


def show(session: Session, kpi: str) -> int:
    """The definition of a KPI is told."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import Ink, pairs

    found = _kpi(session, kpi)
    if session.is_json:
        write_json({"status": "ok", **_definition(found), "place": str(found.span)})
        return 0
    title = session.palette.paint(session.of(found.title), Ink.STRONG)
    write_text(f"{title} ({found.id})\n{pairs(_lines(session, found), session.palette)}")
    return 0


def value(session: Session, kpis: tuple[str, ...], **given: str | None) -> int:
    """What the KPIs come to is told; nothing is kept."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import table

    evaluation = _evaluated(session, kpis or None, Asked(**given), 0)
    results = [one for one in evaluation.kpis.values() if not kpis or one.kpi.id in kpis]
    if session.is_json:
        write_json({"status": "ok", **_question_answer(evaluation), "kpis": [_answer(one) for one in results]})
        return 0
    header = _words(session, ("指标", "KPI"), ("编号", "id"), ("值", "Value"), ("样本", "Population"), ("说明", "Note"))
    rows = [
        (session.of(one.kpi.title), one.kpi.id, _figure(session, one), str(one.population), _note(session, one))
        for one in results
    ]
    none = session.text("没有定义 KPI", "no KPI is defined")
    block = table(header, rows, session.palette, right=frozenset({2, 3})) if rows else none
    write_text(f"{_headline(session, evaluation)}\n{block}")
    return 0


def explain(session: Session, kpi: str, rows: int | None, **given: str | None) -> int:
    """The figure is told with all that it was made of: definition, parts, population and the first rows."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import Ink, pairs

    found = _kpi(session, kpi)
    evaluation = _evaluated(session, (kpi,), Asked(**given), rows or FIRST_ROWS)
    result = evaluation.kpis[kpi]
    columns = _columns(found, evaluation)
    if session.is_json:
        definition = {**_definition(found), **_answer(result), "reads": _reads(found, evaluation)}
        write_json({"status": "ok", **_question_answer(evaluation), **definition, "rows": _rows(result, columns)})
        return 0
    title = session.palette.paint(session.of(found.title), Ink.STRONG)
    said = pairs([*_result_lines(session, result, evaluation), *_lines(session, found)], session.palette)
    write_text(f"{title} ({found.id})\n{_headline(session, evaluation)}\n{said}")
    write_text(_sample(session, result, columns))
    return 0


def _kpi(session: Session, named: str) -> "Kpi":
    from salespm_flow.cli.lookup import known

    every = {kpi.id: kpi for one in session.library.kpi_sets.values() for kpi in one.kpis.values()}
    return known(named, every, NOUN)


def _evaluated(session: Session, kpis: Iterable[str] | None, asked: Asked, samples: int) -> "Evaluation":
    from salespm_flow.cli.progress import busy
    from salespm_flow.engine.measure.evaluation import Question, evaluate_many

    named = None if kpis is None else [_kpi(session, name).id for name in kpis]
    question = Question(period=read_period_option(asked.period), subject=read_subject(session, asked))
    moment = read_as_of(session, asked.as_of)
    with busy(session.text("计算指标", "evaluating"), session):
        return evaluate_many(
            session.store,
            session.library,
            (question,),
            at=moment or session.now,
            is_past=moment is not None,
            only=named,
            samples=samples,
        )[0]


# -------------------------------------------------------------------------------------------------------- for people


def _words(session: Session, *words: tuple[str, str]) -> tuple[str, ...]:
    return tuple(session.text(*word) for word in words)


def _whose(kpi: "Kpi") -> str:
    return kpi.of if kpi.workflow is None else f"{kpi.workflow}: {kpi.of}"


def _basis(kpi: "Kpi") -> str:
    return kpi.basis.value if kpi.entered is None else f"entered({kpi.entered})"


def _figure(session: Session, result: "KpiResult") -> str:
    from salespm_flow.cli.values import figure

    return figure(session, result.value, result.kpi.unit)


def _note(session: Session, result: "KpiResult") -> str:
    return "" if result.absence is None else session.of(result.absence.text)


def _headline(session: Session, evaluation: "Evaluation") -> str:
    from salespm_flow.cli.values import moment

    question = evaluation.question
    at = moment(session, evaluation.at)
    return session.text(
        f"{_subject(session, question)}，{_days(session, question)}，截至 {at}",
        f"{_subject(session, question)}, {_days(session, question)}, as of {at}",
    )


def _subject(session: Session, question: "Question") -> str:
    name = question.subject.id
    words = {
        "store": Bilingual("全部项目", "all projects"),
        "project": Bilingual(f"项目 {name}", f"project {name}"),
        "person": Bilingual(f"人员 {name}", f"person {name}"),
        "team": Bilingual(f"部门 {name}", f"unit {name}"),
        "product": Bilingual(f"产品 {name}", f"product {name}"),
    }
    return session.of(words[question.subject.kind.value])


def _days(session: Session, question: "Question") -> str:
    start, end = question.period.start, question.period.end
    if start is None and end is None:
        return session.text("不限期间", "all time")
    return f"{start or ''}..{end or ''}"


def _lines(session: Session, kpi: "Kpi") -> list[tuple[str, str]]:
    """The definition, key by key."""
    said = [
        (session.text("单位", "unit"), kpi.unit),
        (session.text("方向", "better"), session.of(ARROWS[kpi.better.value])),
        (session.text("总体", "population"), _whose(kpi)),
        (session.text("依据时间", "basis"), _basis(kpi)),
        (session.text("条件", "where"), "" if kpi.where is None else kpi.where.text),
        (session.text("算式", "formula"), "" if kpi.formula is None else kpi.formula.text),
        (session.text("分子", "numerator"), "" if kpi.numerator is None else kpi.numerator.text),
        (session.text("分母", "denominator"), "" if kpi.denominator is None else kpi.denominator.text),
        (session.text("分组", "by"), "" if kpi.by is None else kpi.by.text),
        (session.text("除以", "per"), "" if kpi.per is None else kpi.per.value),
        (session.text("算法", "computed"), "" if kpi.computed is None else kpi.computed.value),
        (session.text("出处", "source"), session.of(kpi.source)),
        (session.text("位置", "place"), f"{kpi.span.file}:{kpi.span.line}"),
    ]
    return [(name, text) for name, text in said if text]


def _result_lines(session: Session, result: "KpiResult", evaluation: "Evaluation") -> list[tuple[str, str]]:
    from salespm_flow.cli.values import figure, shown

    said = [(session.text("值", "value"), _figure(session, result))]
    if result.absence is not None:
        said.append((session.text("无数据的原因", "n/a because"), session.of(result.absence.text)))
    if result.kpi.denominator is not None:
        said.append((session.text("= 分子", "= numerator"), shown(session, result.numerator)))
        said.append((session.text("÷ 分母", "÷ denominator"), shown(session, result.denominator)))
    said.append((session.text("样本行数", "rows"), str(result.population)))
    by = "" if result.kpi.by is None else result.kpi.by.text
    said += [(f"{by} = {key}", shown(session, one)) for key, one in _first_groups(result)]
    for name in _reads(result.kpi, evaluation):
        read = evaluation.kpis[name]
        said.append((f"kpi.{name}", figure(session, read.value, read.kpi.unit)))
    return said


def _first_groups(result: "KpiResult") -> "list[tuple[str, Value]]":
    """The first groups behind the figure, by key."""
    return sorted(result.groups, key=lambda one: one[0])[:MOST_GROUPS]


def _sample(session: Session, result: "KpiResult", columns: tuple[str, ...]) -> str:
    from salespm_flow.cli.render import table
    from salespm_flow.cli.values import shown

    if not result.sample:
        return session.text("总体里没有行", "no row is in the population")
    rows = [tuple(shown(session, row.get(column)) for column in columns) for row in result.sample]
    count, whole = len(result.sample), result.population
    head = session.text(f"前 {count} 行，共 {whole} 行：", f"the first {count} of {whole} rows:")
    return f"{head}\n{table(tuple(map(_plain_name, columns)), rows, session.palette)}"


def _plain_name(column: str) -> str:
    """The entry into a state as the definition writes it; any other column as it is."""
    return f"entered({column.removeprefix('$entered.')})" if column.startswith("$entered.") else column


# ------------------------------------------------------------------------------------------------------- for programs


def _reads(kpi: "Kpi", evaluation: "Evaluation") -> list[str]:
    from salespm_flow.model.figures import kpis_read

    return [name for name in kpis_read(kpi) if name in evaluation.kpis]


def _columns(kpi: "Kpi", evaluation: "Evaluation") -> tuple[str, ...]:
    """What tells a row from the others, then what the KPI reads of it."""
    read = evaluation.columns[kpi.id]
    own = "id" if kpi.of == "projects" else "project"
    first = () if kpi.workflow is None or own in read else (own,)
    return (*first, *read) or tuple(dict.fromkeys(name for row in evaluation.kpis[kpi.id].sample for name in row))


def _rows(result: "KpiResult", columns: tuple[str, ...]) -> list[dict[str, object]]:
    from salespm_flow.engine.answers import plain

    return [{_plain_name(column): plain(row.get(column)) for column in columns} for row in result.sample]


def _definition(kpi: "Kpi") -> dict[str, object]:
    from salespm_flow.engine.answers import texts

    parts = {"where": kpi.where, **kpi.formulas, "by": kpi.by}
    return {
        "id": kpi.id,
        "title": texts(kpi.title),
        "unit": kpi.unit,
        "better": kpi.better.value,
        "of": kpi.of,
        "workflow": kpi.workflow,
        "basis": _basis(kpi),
        "expressions": {name: part.text for name, part in parts.items() if part is not None},
        "per": None if kpi.per is None else kpi.per.value,
        "computed": None if kpi.computed is None else kpi.computed.value,
        "source": texts(kpi.source),
    }


def _question_answer(evaluation: "Evaluation") -> Mapping[str, object]:
    from salespm_flow.engine.answers import iso

    question = evaluation.question
    start, end = question.period.start, question.period.end
    return {
        "at": iso(evaluation.at),
        "period": {
            "start": None if start is None else start.isoformat(),
            "end": None if end is None else end.isoformat(),
        },
        "subject": {"kind": question.subject.kind.value, "id": question.subject.id},
    }


def _answer(result: "KpiResult") -> dict[str, object]:
    from salespm_flow.engine.answers import plain, texts

    missing = result.absence
    told = None if missing is None else {"why": missing.why.value, "text": texts(missing.text)}
    figure: dict[str, Value] = {
        "value": result.value,
        "numerator": result.numerator,
        "denominator": result.denominator,
    }
    return {
        "id": result.kpi.id,
        "title": texts(result.kpi.title),
        "unit": result.kpi.unit,
        **{name: plain(one) for name, one in figure.items()},
        "population": result.population,
        "absent": told,
        **({"groups": {key: plain(one) for key, one in result.groups}} if result.groups else {}),
    }


_ONE: Final = argument("kpi", Bilingual("指标编号", "The KPI's id"))

COMMAND: Final = group_of(
    "kpi",
    Bilingual(
        "查看指标：有哪些、怎么算、是多少、由哪些行算出。",
        "Looks at KPIs: which there are, how they are worked out, what they come to and from which rows.",
    ),
    {
        "list": BilingualCommand(
            "list",
            Bilingual("列出指标", "Lists the KPIs."),
            (
                argument("kpi_set", Bilingual("只列这个指标集", "Only those of this set"), is_required=False),
                *shared_options(),
            ),
            list_kpis,
        ),
        "show": BilingualCommand(
            "show", Bilingual("查看一个指标的定义", "Shows how a KPI is defined."), (_ONE, *shared_options()), show
        ),
        "value": BilingualCommand(
            "value",
            Bilingual(
                "计算指标，可限定期间、时点、人员、部门、项目或产品；不保存。",
                "Works KPIs out for a period, as of a time, for a person, unit, project or product; keeps nothing.",
            ),
            (
                arguments("kpis", "[KPI]...", Bilingual("指标编号，默认全部", "The KPIs' ids; by default all")),
                *question_options(),
                *shared_options(),
            ),
            value,
        ),
        "explain": BilingualCommand(
            "explain",
            Bilingual(
                "说明一个数是怎么来的：分子、分母、总体和最前面的几行；没有值时说明原因。",
                "Tells where a figure comes from: numerator, denominator, population, first rows; or why it is n/a.",
            ),
            (
                _ONE,
                count_option("rows", "--rows", Bilingual("列出几行，默认 5", "How many rows; 5 by default")),
                *question_options(),
                *shared_options(),
            ),
            explain,
        ),
    },
)
