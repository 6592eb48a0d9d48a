"""`scorecard show`: a card filled in for whom it rates: a person, a team, a project."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand, BilingualGroup, group_of
from salespm_flow.cli.commands.kpi_question import Asked, question_options, read_as_of, read_period_option, read_subject
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, shared_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.engine.measure.subjects import Subject
    from salespm_flow.model.rules import Scorecard

CARD: Final = Bilingual("计分卡", "scorecard")
# The option by which a card is told whom it rates; a unit is a team.
OPTIONS: Final = {"person": "person", "team": "team", "unit": "team", "project": "project"}


def show(session: Session, card: str, **given: str | None) -> int:
    """The card is told with the points of every line, its total and its grade; nothing is kept.

    Raises:
        UnknownNameError: there is no such card, project, person or unit.
        BilingualUsageError: the card rates somebody else than the options name.
    """
    from salespm_flow.cli.commands.evaluate import score_answer, score_text
    from salespm_flow.cli.lookup import known
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.engine.measure.evaluation import Question, evaluate_many

    found = known(card, session.library.scorecards, CARD)
    asked = Asked(**given)
    subject = read_subject(session, asked)
    _check(found, subject)
    past = read_as_of(session, asked.as_of)
    question = Question(period=read_period_option(asked.period), subject=subject)
    (evaluation,) = evaluate_many(
        session.store, session.library, (question,), at=past or session.now, is_past=past is not None
    )
    score = evaluation.scores[found.id]
    if session.is_json:
        whom = {"kind": subject.kind.value, "id": subject.id}
        write_json({"status": "ok", "for": whom, "scorecard": score_answer(score)})
    else:
        write_text(score_text(session, score, evaluation))
    return 0


def _check(card: "Scorecard", subject: "Subject") -> None:
    """A card rates whom it is for, or, where nobody is named, everybody together."""
    option = OPTIONS[card.subject]
    if subject.id and subject.kind.value != option:
        raise BilingualUsageError(
            Bilingual(
                f"计分卡 {card.id} 不是用来考核 {subject.kind.value} 的",
                f"the scorecard {card.id} does not rate a {subject.kind.value}",
            ),
            Bilingual(f"请用 --{option}，或不写", f"give --{option}, or nothing"),
        )


COMMAND: Final[BilingualGroup] = group_of(
    "scorecard",
    Bilingual("查看计分卡。", "Looks at scorecards."),
    {
        "show": BilingualCommand(
            "show",
            Bilingual(
                "给一个人、团队或项目打分，不保存。计分卡的 `for` 决定用哪个选项；都不写则看全部项目。\n"
                "例：salespm-flow scorecard show pm_scorecard --person qian --period 2026-Q2",
                "Rates a person, a team or a project; nothing is kept. The card's `for` says which option it takes; "
                "without one all projects count.\n"
                "Example: salespm-flow scorecard show pm_scorecard --person qian --period 2026-Q2",
            ),
            (argument("card", Bilingual("计分卡的标识", "The card's id")), *question_options(), *shared_options()),
            show,
        ),
    },
)
