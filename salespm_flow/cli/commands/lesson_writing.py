"""`lesson add` and `lesson adopt`: what is written of lessons, on the guarded path and into definitions."""

from typing import TYPE_CHECKING

from salespm_flow.cli.context import Session
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual, Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from salespm_flow.cli.adoption import Trial
    from salespm_flow.definition.learning import LearnedRule
    from salespm_flow.errors import InputError
    from salespm_flow.expr.values import Value
    from salespm_flow.model.project import Project
    from salespm_flow.model.workflow import Workflow

    RulePart = str | int | tuple[str, ...] | None


def add(
    session: Session,
    what: str,
    *,
    polarity: str | None,
    advice: str | None,
    advice_zh: str | None,
    advice_en: str | None,
    cause: str | None,
    tags: tuple[str, ...],
    project: str | None,
    id_: str | None,
    **rule: "RulePart",
) -> int:
    """The lesson is in the register, or every reason why not is told."""
    from salespm_flow.cli.lookup import find_project

    spoken = (advice_zh, advice_en) if session.language is Language.ZH else (advice_en, advice_zh)
    advice = advice or next(filter(None, spoken), None)
    missing = [name for name, given in (("--polarity", polarity), ("--advice", advice)) if given is None]
    if missing:
        listed = " ".join(missing)
        raise BilingualUsageError(
            Bilingual(f"请给出 {listed}", f"give {listed}"),
            Bilingual(
                "--polarity keep 表示以后保持，avoid 表示以后避免；--advice 写以后怎么做",
                "--polarity keep or avoid; --advice says what to do in future",
            ),
        )
    fields: dict[str, Value] = {
        "what": what,
        "polarity": polarity,
        "recommendation": advice,
        "recommendation_zh": advice_zh,
        "recommendation_en": advice_en,
        "cause": cause,
        "tags": tags or None,
        "learned_in": None if project is None else find_project(session, project).id,
        **_rule_fields(rule),
    }
    return _open(session, {key: value for key, value in fields.items() if value is not None}, id_)


def _rule_fields(rule: "Mapping[str, RulePart]") -> "dict[str, Value]":
    """What the options of a rule fill.

    Raises:
        BilingualUsageError: there are two rules, or one lacks a part.
    """
    check, risk = rule["check"], rule["risk"]
    _demand_rule(
        {"--check": check, "--risk": risk},
        {"--workflow": rule["workflow"], "--name": rule["name"]},
        {"--stage": rule["stage"]},
        {f"--{name}": rule[name] for name in ("category", "probability", "impact")},
    )
    return {
        "applies_to": _value(rule["workflow"]),
        "rule": "check" if check is not None else "risk" if risk is not None else None,
        "rule_name": _value(rule["name"]),
        "condition": _value(check or risk),
        **{name: _value(rule[name]) for name in ("stage", "category", "probability", "impact", "examples")},
    }


def _value(part: "RulePart") -> "Value":
    from decimal import Decimal

    return Decimal(part) if isinstance(part, int) else part or None


def _open(session: Session, fields: "dict[str, Value]", id_: str | None) -> int:
    from salespm_flow.cli.answer import tell_answer
    from salespm_flow.cli.commands.new import fresh_id
    from salespm_flow.engine.views.lessons import WORKFLOW
    from salespm_flow.model.decision import Open

    defined = _defined(session)
    request = Open(
        project=id_ or fresh_id(WORKFLOW, session.choices.key),
        owner=session.actor.id,
        fields=fields,
        actor=session.actor,
        comment=session.choices.comment or "",
    )
    choices = session.choices
    answered = session.runner.open(WORKFLOW, request, at=session.at, key=choices.key, dry_run=choices.dry_run)
    return tell_answer(session, answered, defined)


def _demand_rule(
    sorts: "Mapping[str, object]",
    both: "Mapping[str, object]",
    check: "Mapping[str, object]",
    risk: "Mapping[str, object]",
) -> None:
    given = [name for name, text in sorts.items() if text is not None]
    if len(given) > 1:
        raise BilingualUsageError(Bilingual("--check 与 --risk 只能用一个", "give either --check or --risk"))
    if given:
        _demand({**both, **(check if given == ["--check"] else risk)})


def _demand(given: "Mapping[str, object]") -> None:
    missing = " ".join(name for name, value in given.items() if value is None)
    if missing:
        raise BilingualUsageError(Bilingual(f"规则还缺 {missing}", f"the rule still lacks {missing}"))


def _defined(session: Session) -> "Workflow":
    from salespm_flow.cli.lookup import find_workflow
    from salespm_flow.engine.views.lessons import WORKFLOW

    return find_workflow(session, WORKFLOW)


def adopt(session: Session, lesson: str) -> int:
    """The rule of the lesson is in an overlay of its workflow, and the lesson says where and by whom."""
    from salespm_flow.cli.adoption import restore, tried, write
    from salespm_flow.cli.answer import tell_answer
    from salespm_flow.cli.lookup import find_workflow, workflow_of
    from salespm_flow.engine.views.lessons import lesson_of
    from salespm_flow.model.decision import Advance

    project = find_lesson(session, lesson)
    found = lesson_of(project)
    if not found.rule:
        raise _without_rule(found.id)
    if found.adopted_in:
        raise _adopted_already(found.id, found.adopted_in)
    trial = tried(session, find_workflow(session, found.workflow), _rule(project))
    defined, choices = workflow_of(session, project), session.choices
    request = Advance(
        trigger="adopt",
        actor=session.actor,
        fields={"adopted_in": f"{trial.patch.workflow}@{trial.version}"},
        comment=choices.comment or "",
    )
    answered = session.runner.apply(project.id, request, at=session.at, dry_run=True)
    if not answered.is_accepted or choices.dry_run:
        if answered.is_accepted:
            _tell_trial(session, trial)
        return tell_answer(session, answered, defined)
    write(trial)
    try:
        answered = session.runner.apply(project.id, request, at=session.at, key=choices.key)
    except BaseException:
        restore(trial, trial.changed)
        raise
    if not answered.is_accepted:
        restore(trial, trial.changed)
    else:
        _tell_trial(session, trial)
    return tell_answer(session, answered, defined)


def _without_rule(id_: str) -> "InputError":
    from salespm_flow.errors import InputError

    return InputError(
        Bilingual(f"{id_} 没有规则，无可采纳", f"{id_} carries no rule that could be adopted"),
        Bilingual("登记教训时用 --check 或 --risk 写明规则", "record the lesson with --check or --risk"),
    )


def _rule(project: "Project") -> "LearnedRule":
    from salespm_flow.definition.learning import LearnedRule

    fields = project.fields
    said = str(fields["recommendation"])
    examples = fields.get("examples")
    return LearnedRule(
        name=str(fields["rule_name"]),
        title=Bilingual(str(fields.get("recommendation_zh") or said), str(fields.get("recommendation_en") or said)),
        condition=str(fields["condition"]),
        is_risk=fields["rule"] == "risk",
        stage=str(fields.get("stage") or ""),
        category=str(fields.get("category") or ""),
        probability=int(str(fields.get("probability") or 0)),
        impact=int(str(fields.get("impact") or 0)),
        examples=tuple(map(str, examples)) if isinstance(examples, tuple | list) else (),
    )


def _tell_trial(session: Session, trial: "Trial") -> None:
    from salespm_flow.cli.output import write_message
    from salespm_flow.cli.render import Ink

    palette = session.palette
    failed = trial.without.failures[0]
    write_message(
        session.text(
            f"情景 {trial.patch.scenario}（{trial.patch.document}）：",
            f"scenario {trial.patch.scenario} ({trial.patch.document}):",
        )
    )
    wanted = session.text(f"应为 {failed.wanted}，实际 {failed.got}", f"wanted {failed.wanted}, got {failed.got}")
    fails = session.text("没有规则时失败：", "fails without the rule: ")
    write_message(f"  {palette.paint('✗', Ink.BAD)} {fails}{wanted}")
    write_message(f"  {palette.paint('✓', Ink.GOOD)} {session.text('有规则时通过', 'passes with the rule')}")
    for name in trial.changed:
        write_message(f"  + {(trial.folder / name).as_posix()}")


def _adopted_already(lesson: str, place: str) -> "InputError":
    from salespm_flow.errors import InputError

    return InputError(
        Bilingual(f"教训 {lesson} 已采纳，写在 {place} 里", f"the lesson {lesson} is adopted already, in {place}"),
        Bilingual("要改规则，请直接编辑那个覆盖层", "to change the rule, edit that overlay"),
    )


def find_lesson(session: Session, named: str) -> "Project":
    """The lesson of that id, else the only one whose id begins so.

    Raises:
        UnknownNameError: there is none, or several begin so.
        InputError: it is a project, but no lesson.
    """
    from salespm_flow.definition.suggest import suggestion
    from salespm_flow.engine.views.lessons import WORKFLOW
    from salespm_flow.errors import InputError, UnknownNameError

    every = [one.id for one in session.store.projects(workflow=WORKFLOW)]
    begun = [named] if named in every else [one for one in every if one.startswith(named)]
    found = session.store.project(begun[0]) if len(begun) == 1 else None
    if found is not None:
        return found
    if begun:
        shown = ", ".join(begun)
        raise UnknownNameError(
            Bilingual(f"有 {len(begun)} 条教训以“{named}”开头", f'{len(begun)} lessons begin with "{named}"'),
            Bilingual(f"请多写几位：{shown}", f"write more of the id: {shown}"),
        )
    if session.store.project(named) is not None:
        raise InputError(
            Bilingual(f"{named} 不是经验教训", f"{named} is no lesson"),
            Bilingual("用 lesson list 查看", "see them with lesson list"),
        )
    raise UnknownNameError(
        Bilingual(f"没有教训“{named}”", f'there is no lesson "{named}"'),
        (suggestion(named, tuple(every)) if every else None)
        or Bilingual("用 lesson list 查看所有教训", "see all lessons with lesson list"),
    )
