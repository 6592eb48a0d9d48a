"""`lesson`: keeps what projects have taught, finds it again, and makes it a rule of the definition."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand, group_of
from salespm_flow.cli.commands.lesson_writing import add, adopt, find_lesson
from salespm_flow.cli.context import Session
from salespm_flow.cli.lesson_lines import lesson_answer, lesson_line, lesson_lines
from salespm_flow.cli.options import (
    Described,
    argument,
    arguments,
    count_option,
    many_option,
    option,
    shared_options,
    word_option,
    writing_options,
)
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.engine.views.lessons import Lesson
    from salespm_flow.model.project import Project


def _projects(session: Session) -> "Iterator[Project]":
    from salespm_flow.engine.views.lessons import WORKFLOW

    return session.runner.store.projects(workflow=WORKFLOW)


def listing(session: Session, *, tags: tuple[str, ...], polarity: str | None, state: str | None) -> int:
    """The lessons that have all the tags, that polarity and that state are told."""
    from salespm_flow.engine.views.lessons import lesson_of

    wanted = {tag.casefold() for tag in tags}
    found = [
        one
        for one in map(lesson_of, _projects(session))
        if wanted <= {tag.casefold() for tag in one.tags}
        and polarity in {None, one.polarity}
        and state in {None, one.state}
    ]
    return _tell(session, found)


def search(session: Session, words: tuple[str, ...]) -> int:
    """The lessons in which every word stands are told."""
    from salespm_flow.engine.views.lessons import holds, lesson_of

    if not words:
        raise BilingualUsageError(Bilingual("请给出要找的词", "give the words to look for"))
    return _tell(session, [one for one in map(lesson_of, _projects(session)) if holds(one, words)])


def show(session: Session, lesson: str) -> int:
    """The lesson is told whole, with who recorded and who adopted it."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import pairs
    from salespm_flow.cli.values import moment
    from salespm_flow.engine.answers import iso
    from salespm_flow.engine.views.lessons import lesson_of

    project = find_lesson(session, lesson)
    found = lesson_of(project)
    entries = [one for one in session.runner.store.history(project.id) if one.name in {"lesson", "adopt", "retire"}]
    if session.is_json:
        deeds = [{"doing": one.name, "actor": one.actor, "at": iso(one.at), "comment": one.comment} for one in entries]
        write_json({"status": "ok", "lesson": lesson_answer(found), "history": deeds})
        return 0
    facts = [
        (session.text("建议", "Recommendation"), session.of(found.advice)),
        (session.text("原因", "Cause"), found.cause),
        (session.text("标签", "Tags"), session.text("、", ", ").join(found.tags)),
        (session.text("来源项目", "Learned in"), found.learned_in),
        (session.text("规则", "Rule"), _rule_text(project)),
        (session.text("写入", "Adopted in"), found.adopted_in),
    ]
    write_text(lesson_line(session, found))
    write_text(pairs([(name, told) for name, told in facts if told], session.palette))
    verbs = {"lesson": ("登记", "recorded"), "adopt": ("采纳", "adopted"), "retire": ("停用", "retired")}
    for one in entries:
        write_text(
            f"  {moment(session, one.at)}  {one.actor}  {session.text(*verbs[one.name])}  {one.comment}".rstrip()
        )
    return 0


def _rule_text(project: "Project") -> str:
    fields = project.fields
    parts = (fields.get(name) for name in ("rule", "applies_to", "stage", "rule_name", "condition"))
    return " · ".join(str(one) for one in parts if one) if fields.get("rule") else ""


def _tell(session: Session, lessons: "list[Lesson]") -> int:
    from salespm_flow.cli.output import write_json, write_text

    if session.is_json:
        write_json({"status": "ok", "lessons": [lesson_answer(one) for one in lessons]})
    elif not lessons:
        write_text(session.text("没有符合的经验教训", "no lesson fits"))
    else:
        write_text("\n".join(line for one in lessons for line in lesson_lines(session, one)))
    return 0


def _lesson_argument() -> Described:
    return argument("lesson", Bilingual("教训编号，可只写开头几位", "The lesson's id; its first characters are enough"))


_RULE_OPTIONS: Final = (
    option("workflow", "--workflow", Bilingual("适用的流程", "The workflow that it concerns"), metavar="WORKFLOW"),
    option("name", "--name", Bilingual("规则的名称", "What the rule is called"), metavar="ID"),
    option(
        "check",
        "--check",
        Bilingual("离开 --stage 前必须成立的条件", "What must be true before --stage is left"),
        metavar="EXPRESSION",
    ),
    option("stage", "--stage", Bilingual("检查所在的阶段", "The stage that the check guards"), metavar="STATE"),
    option("risk", "--risk", Bilingual("成立时产生风险的条件", "What opens a risk"), metavar="EXPRESSION"),
    option("category", "--category", Bilingual("风险类别", "The category of the risk"), metavar="CATEGORY"),
    count_option("probability", "--probability", Bilingual("可能性等级", "The step of probability")),
    count_option("impact", "--impact", Bilingual("影响等级", "The step of impact")),
    many_option(
        "examples",
        "--example",
        Bilingual(
            "触发规则的值：字段=值，或“记录 列=值 列=值”",
            "Values that make it bite: field=value, or a record and its columns",
        ),
        metavar="EXAMPLE",
    ),
)

COMMAND: Final = group_of(
    "lesson",
    Bilingual("经验教训：登记、查找，并写成流程的规则。", "Lessons: kept, found again, and made rules."),
    {
        "add": BilingualCommand(
            "add",
            Bilingual(
                "登记一条经验教训，可以附上规则。\n"
                "例：salespm-flow lesson add 接口没有联调就上线 --polarity avoid --advice 先联调接口 --tag 接口",
                "Records a lesson, with a rule if it has one.\n"
                'Example: salespm-flow lesson add "went live with an interface untested" --polarity avoid '
                '--advice "test interfaces first" --tag interface',
            ),
            (
                argument("what", Bilingual("发生了什么", "What happened")),
                word_option(
                    "polarity",
                    "--polarity",
                    Bilingual("保持还是避免", "Keep it or avoid it"),
                    ("keep", "avoid"),
                ),
                option("advice", "--advice", Bilingual("以后怎么做", "What to do in future"), metavar="TEXT"),
                option(
                    "advice_zh",
                    "--advice-zh",
                    Bilingual("中文建议，采纳后规则用中文时的说明", "The advice in Chinese, for the rule once adopted"),
                    metavar="TEXT",
                ),
                option(
                    "advice_en",
                    "--advice-en",
                    Bilingual("英文建议，采纳后规则用英文时的说明", "The advice in English, for the rule once adopted"),
                    metavar="TEXT",
                ),
                option("cause", "--cause", Bilingual("原因", "Why it happened"), metavar="TEXT"),
                many_option("tags", "--tag", Bilingual("标签，可写多个", "A tag; several may be given"), metavar="TAG"),
                option("project", "--project", Bilingual("来源项目", "The project that taught it"), metavar="PROJECT"),
                *_RULE_OPTIONS,
                option(
                    "id_",
                    "--id",
                    Bilingual("教训编号，默认自动生成", "The lesson's id; made up by default"),
                    metavar="ID",
                ),
                *writing_options(),
                *shared_options(),
            ),
            add,
        ),
        "list": BilingualCommand(
            "list",
            Bilingual("列出经验教训。", "Lists lessons."),
            (
                many_option("tags", "--tag", Bilingual("须有这个标签", "Only those with this tag"), metavar="TAG"),
                word_option("polarity", "--polarity", Bilingual("性质", "Only of this polarity"), ("keep", "avoid")),
                word_option(
                    "state", "--state", Bilingual("状态", "Only in this state"), ("recorded", "adopted", "retired")
                ),
                *shared_options(),
            ),
            listing,
        ),
        "show": BilingualCommand(
            "show",
            Bilingual("查看一条经验教训，连同谁登记、谁采纳。", "Shows a lesson, and who recorded and adopted it."),
            (_lesson_argument(), *shared_options()),
            show,
        ),
        "search": BilingualCommand(
            "search",
            Bilingual("按词查找经验教训。", "Finds lessons by words."),
            (
                arguments("words", "WORD...", Bilingual("要找的词，须全部出现", "Words, all of them there")),
                *shared_options(),
            ),
            search,
        ),
        "adopt": BilingualCommand(
            "adopt",
            Bilingual(
                "把教训的规则写成流程的覆盖层，连同它的情景：没有规则时失败，有规则时通过。",
                "Writes the lesson's rule into an overlay of its workflow, with a scenario that fails without it and "
                "passes with it.",
            ),
            (_lesson_argument(), *writing_options(), *shared_options()),
            adopt,
        ),
    },
)
