"""`diff`: what differs in meaning between two versions of a definition, and what that does to running projects."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, option, shared_options, word_option
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.diagnostics import Span
    from salespm_flow.evolve.comparison import Comparison
    from salespm_flow.evolve.difference import Difference, Example
    from salespm_flow.evolve.documents import DocumentComparison

FORMATS: Final = ("human", "json", "markdown", "mermaid", "svg")
# Only a workflow has a picture.
PICTURES: Final = frozenset({"mermaid", "svg"})
SIGNS: Final = {"added": "+", "removed": "-", "renamed": ">", "moved": ">", "retargeted": ">"}


def run(session: Session, old: str, new: str, *, fail_on: str | None, output: str | None) -> int:
    """Every difference is told; 1 where one is as bad as `fail_on`."""
    from salespm_flow.evolve.difference import Impact

    comparison = _compared(session, old, new)
    _write(session, comparison, output)
    fails = fail_on is not None and bool(comparison.differences) and comparison.worst.rank >= Impact(fail_on).rank
    return 1 if fails else 0


def _compared(session: Session, old: str, new: str) -> "Comparison | DocumentComparison":
    from salespm_flow.cli.revisions import version_at
    from salespm_flow.definition.findings import shown
    from salespm_flow.errors import InputError
    from salespm_flow.evolve.comparison import compare_workflows
    from salespm_flow.evolve.documents import Versioned, compare_documents

    before, after = version_at(session, old), version_at(session, new)
    if isinstance(before, Versioned) and isinstance(after, Versioned) and before.kind is after.kind:
        if session.choices.format in PICTURES:
            raise InputError(Bilingual("只有流程可以画成图", "only workflows can be drawn"))
        return compare_documents(before, after)
    if isinstance(before, Versioned) or isinstance(after, Versioned):
        raise InputError(
            Bilingual(
                f"{shown(old)} 和 {shown(new)} 不是同一种定义", f"{shown(old)} and {shown(new)} are of different kinds"
            )
        )
    return compare_workflows(before, after, session.library)


def _write(session: Session, comparison: "Comparison | DocumentComparison", output: str | None) -> None:
    from salespm_flow.cli.output import write_json, write_message, write_text

    text = _text(session, comparison)
    if output is not None:
        import json

        from salespm_flow.cli.files import write_file

        whole = text or json.dumps(_answer(session, comparison), ensure_ascii=False, indent=2) + "\n"
        write_file(output, whole.encode("utf-8", "backslashreplace"))
        write_message(_summary(session, comparison))
    elif not text:
        write_json(_answer(session, comparison))
    else:
        write_text(text)


def _text(session: Session, comparison: "Comparison | DocumentComparison") -> str:
    """What is written in the asked form, empty for JSON."""
    from salespm_flow.evolve.comparison import Comparison
    from salespm_flow.evolve.markdown import diff_markdown
    from salespm_flow.evolve.picture import diff_drawing, diff_mermaid

    match session.choices.format:
        case "json":
            return ""
        case "markdown":
            return diff_markdown(comparison, session.language)
        case "mermaid" if isinstance(comparison, Comparison):
            return diff_mermaid(comparison, session.language)
        case "svg" if isinstance(comparison, Comparison):
            from salespm_flow.draw.forms import as_svg

            return as_svg(diff_drawing(comparison, session.language)).decode()
        case _:
            return _for_people(session, comparison)


def _summary(session: Session, comparison: "Comparison | DocumentComparison") -> str:
    from salespm_flow.evolve.markdown import heading_of, summary_of

    return f"{session.of(heading_of(comparison))}: {session.of(summary_of(comparison))}"


def _for_people(session: Session, comparison: "Comparison | DocumentComparison") -> str:
    from salespm_flow.cli.render import Ink
    from salespm_flow.evolve.difference import IMPACTS, Impact
    from salespm_flow.evolve.markdown import heading_of, summary_of

    inks = {Impact.BREAKING: Ink.BAD, Impact.MAPPING: Ink.WARNING, Impact.SAFE: Ink.GOOD}
    lines = [session.palette.paint(session.of(heading_of(comparison)), Ink.STRONG)]
    if not comparison.differences:
        return "\n".join((*lines, session.text("没有含义上的差别", "no difference in meaning")))
    for impact in reversed(Impact):
        found = [one for one in comparison.differences if one.impact is impact]
        if found:
            lines += ["", session.palette.paint(session.of(IMPACTS[impact]), inks[impact])]
        for one in found:
            sign = SIGNS.get(one.nature.value, "~")
            lines.append(f"  {session.palette.paint(sign, inks[impact])} {session.of(one.message)}")
            lines += [f"      {session.palette.paint(text, Ink.FAINT)}" for text in _excerpts(one)]
    return "\n".join((*lines, "", session.of(summary_of(comparison))))


def _excerpts(one: "Difference") -> tuple[str, ...]:
    """Where it stands, and both texts where they are not in the sentence already."""
    place = one.span or one.former_span
    where = () if place is None else (f"{place.file}:{place.line}  {one.path}",)
    is_said = one.before in one.message.en and one.after in one.message.en
    return where if is_said or one.before == one.after else (*where, f"{one.before or '—'}  →  {one.after or '—'}")


def _answer(session: Session, comparison: "Comparison | DocumentComparison") -> dict[str, object]:
    from salespm_flow.evolve.comparison import Comparison
    from salespm_flow.evolve.difference import Impact
    from salespm_flow.evolve.picture import diff_mermaid

    sides = comparison.versions if isinstance(comparison, Comparison) else comparison
    kind = "workflow" if isinstance(comparison, Comparison) else comparison.new.kind.value
    return {
        "status": "same" if not comparison.differences else comparison.worst.value,
        "old": {kind: sides.old.id, "version": sides.old.version},
        "new": {kind: sides.new.id, "version": sides.new.version},
        "counts": {impact.value: comparison.count(impact) for impact in Impact},
        "differences": [_difference(one) for one in comparison.differences],
        "mermaid": diff_mermaid(comparison, session.language) if isinstance(comparison, Comparison) else None,
    }


def _difference(one: "Difference") -> dict[str, object]:
    return {
        "path": one.path,
        "subject": one.subject,
        "nature": one.nature.value,
        "impact": one.impact.value,
        "message": {"zh": one.message.zh, "en": one.message.en},
        "before": one.before,
        "after": one.after,
        "place": _place(one.span),
        "former_place": _place(one.former_span),
        "examples": [_example(example) for example in one.examples],
    }


def _place(span: "Span | None") -> dict[str, object] | None:
    return None if span is None else {"file": span.file, "line": span.line, "column": span.column}


def _example(example: "Example") -> dict[str, object]:
    from salespm_flow.engine.answers import plain

    return {
        "values": {name: plain(value) for name, value in example.values.items()},
        "was_allowed": example.was_allowed,
        "is_allowed": not example.was_allowed,
        "partial": example.is_partial,
    }


COMMAND: Final = BilingualCommand(
    "diff",
    Bilingual(
        "比较一份定义（流程、风险模型、KPI、评分卡、决策表等）的两个版本：按含义列出差别，分为安全、需要映射、不兼容三级。\n"
        "版本可写：文件、REV:文件（git 修订）、流程@版本（存储中）、id（工作区最新）。",
        "Compares two versions of a definition by meaning, of whatever kind: each difference is safe, needs mapping or "
        "breaks something.\n"
        "A version is a file, REV:file (git), workflow@version (as in the store) or an id (the newest).",
    ),
    (
        argument("old", Bilingual("旧版本", "The older version")),
        argument("new", Bilingual("新版本", "The newer version")),
        word_option(
            "fail_on",
            "--fail-on",
            Bilingual("有这一级别或更严重的差别时退出码为 1", "Exit with 1 on differences of this impact or worse"),
            ("safe", "mapping", "breaking"),
        ),
        option("output", "--output", Bilingual("写入文件", "Write it into a file"), metavar="FILE"),
        *shared_options(FORMATS),
    ),
    run,
)
